import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Eta } from 'eta';
import type { Look } from '../brand/look.ts';
import { ownPages } from '../editions/nameplate.ts';
import type { Assets } from './assets.ts';
import type { Views } from './pages/views.ts';

const TEMPLATES = path.join(import.meta.dirname, '../../templates/pages');

export type Render = <Name extends keyof Views>(name: Name, view: Views[Name]) => string;

/**
 * Templates are compiled on first use and kept as long as their look is in force. Every
 * interpolation is escaped, but for what `texToHtml` and `markdownToHtml` made.
 */
export function createRenderer(site: { publicUrl: string; assets: Assets; look: () => Look }): Render {
  let current = site.look();
  let inForce = rendererOf(site, current);
  return (name, view) => {
    const look = site.look();
    if (look !== current) inForce = rendererOf(site, look);
    current = look;
    return inForce(name, view);
  };
}

function rendererOf({ publicUrl, assets }: { publicUrl: string; assets: Assets }, look: Look): Render {
  const ours = etaOf({});
  const own = Object.keys(look.pages).length === 0 ? null : etaOf(look.pages);
  const site = { publicUrl, ...brandView(look), ...filesOf(assets, look) };
  return (name, view) => {
    if (own === null) return ours.render(name, { ...view, site });
    try {
      return own.render(name, { ...view, site });
    } catch (error) {
      // A reader must get the page: the operator's template fails on what this one holds.
      look.tell(
        `pages/${name}.eta or what it includes: it cannot be filled in (${whyNot(error)}), so ours took its place.`,
      );
      return ours.render(name, { ...view, site });
    }
  };
}

/** Eta says first which template and line it was, and last what was wrong. */
function whyNot(error: unknown): string {
  const { message, cause } = error as Error;
  const where = /^\/.*\/(\w[\w-]*\.eta):(\d+)/.exec(message);
  const what = cause instanceof Error ? cause.message : message;
  return where === null ? what : `${where[1]}, line ${where[2]}: ${what}`;
}

/** Our templates, with some in the place of ours: those keep count of lines, to tell what is wrong. */
function etaOf(pages: Look['pages']): Eta {
  const debug = Object.keys(pages).length > 0;
  const eta = new Eta({ views: TEMPLATES, cache: true, autoEscape: true, autoTrim: [false, 'nl'], debug });
  eta.readFile = (file) => pages[path.basename(file, '.eta')] ?? readFileSync(file, 'utf8');
  return eta;
}

const brandView = ({ brand, logo }: Look) => ({
  name: brand.name,
  tagline: brand.tagline,
  footer:
    brand.footer ?? `${brand.name} gathers new research papers, sees which are being talked about, and delivers them.`,
  contact: brand.contact,
  ownPages: ownPages(brand),
  logo: logo?.href ?? null,
});

const filesOf = (assets: Assets, look: Look) => ({
  stylesheet: assets.href(look, 'site.css'),
  script: assets.href(look, 'form.js'),
  work: assets.href(look, 'work.js'),
  icon: assets.href(look, 'icon.svg'),
  touchIcon: assets.href(look, 'touch.png'),
  card: assets.href(look, 'card.png'),
});
