import path from 'node:path';
import { Eta } from 'eta';
import type { Assets } from './assets.ts';
import type { Views } from './pages/views.ts';

const TEMPLATES = path.join(import.meta.dirname, '../../templates/pages');

export type Render = <Name extends keyof Views>(name: Name, view: Views[Name]) => string;

/** Templates are compiled on first use and kept. Every interpolation is escaped, but for what `texToHtml` made. */
export function createRenderer(site: { publicUrl: string; assets: Assets }): Render {
  const eta = new Eta({ views: TEMPLATES, cache: true, autoEscape: true, autoTrim: [false, 'nl'] });
  const shared = {
    publicUrl: site.publicUrl,
    stylesheet: site.assets.href('site.css'),
    script: site.assets.href('form.js'),
    work: site.assets.href('work.js'),
    icon: site.assets.href('icon.svg'),
    touchIcon: site.assets.href('touch.png'),
    card: site.assets.href('card.png'),
  };
  return (name, view) => eta.render(name, { ...view, site: shared });
}
