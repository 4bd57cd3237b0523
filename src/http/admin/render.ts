import path from 'node:path';
import { Eta } from 'eta';
import type { Assets } from '../assets.ts';
import type { Clock } from './words.ts';
import { type DeskViews, MORE, PLACES } from './views.ts';

const TEMPLATES = path.join(import.meta.dirname, '../../../templates/desk');

export type RenderDesk = <Name extends keyof DeskViews>(name: Name, view: DeskViews[Name]) => string;

/** Templates of the desk, compiled on first use and kept. Every interpolation is escaped. */
export function createDeskRenderer({
  assets,
  name,
  clock,
}: {
  assets: Assets;
  /** What the newspaper is called by now. */
  name: () => string;
  clock: Clock;
}): RenderDesk {
  const eta = new Eta({ views: TEMPLATES, cache: true, autoEscape: true, autoTrim: [false, 'nl'] });
  const href = (file: string): string => `/assets/${assets.named(file).hashedName}`;
  // Asked for each page: the icon has the accent of the brand, which may change.
  const deskView = () => ({
    name: name(),
    icon: href('icon.svg'),
    stylesheet: href('desk.css'),
    script: href('desk.js'),
    places: PLACES,
    more: MORE,
    place: clock.place,
  });
  return (template, view) => eta.render(template, { ...view, desk: deskView() });
}
