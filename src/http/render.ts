import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Eta } from 'eta';
import type { Look } from '../brand/look.ts';
import { ownPages } from '../editions/nameplate.ts';
import type { Words } from '../words/words.ts';
import type { Assets } from './assets.ts';
import type { Views } from './pages/views.ts';

const TEMPLATES = path.join(import.meta.dirname, '../../templates/pages');

export type Render = <Name extends keyof Views>(words: Words, name: Name, view: Views[Name]) => string;

/**
 * Templates are compiled in each language on first use and kept as long as their look is in force.
 * Every interpolation is escaped, but for what `texToHtml` and `markdownToHtml` made.
 */
export function createRenderer(site: { publicUrl: string; assets: Assets; look: () => Look }): Render {
  let current = site.look();
  const inForce = new Map<Words, RenderIn>();
  return (words, name, view) => {
    const look = site.look();
    if (look !== current) inForce.clear();
    current = look;
    const render = inForce.get(words) ?? rendererOf(site, look, words);
    inForce.set(words, render);
    return render(name, view);
  };
}

type RenderIn = <Name extends keyof Views>(name: Name, view: Views[Name]) => string;

function rendererOf({ publicUrl, assets }: { publicUrl: string; assets: Assets }, look: Look, words: Words): RenderIn {
  const ours = etaOf({}, words);
  const own = Object.keys(look.pages).length === 0 ? null : etaOf(look.pages, words);
  const site = { publicUrl, language: words.language, ...brandView(words, look), ...filesOf(assets, look) };
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

/** What is included is given no language of its own, so its renderer has it. */
class SpeakingEta extends Eta {
  words!: Words;
}

/** Our templates, with some in the place of ours: those keep count of lines, to tell what is wrong. */
function etaOf(pages: Look['pages'], words: Words): Eta {
  const debug = Object.keys(pages).length > 0;
  const eta = new SpeakingEta({
    views: TEMPLATES,
    cache: true,
    autoEscape: true,
    autoTrim: [false, 'nl'],
    debug,
    functionHeader: 'const { t, html } = this.words;',
  });
  eta.words = words;
  eta.readFile = (file) => pages[path.basename(file, '.eta')] ?? readFileSync(file, 'utf8');
  return eta;
}

const brandView = (words: Words, { brand, logo }: Look) => ({
  name: brand.name,
  tagline: brand.tagline,
  footer: brand.footer ?? words.t('site-footer', { site: brand.name }),
  contact: brand.contact,
  ownPages: ownPages(words, brand),
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
