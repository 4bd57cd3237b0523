import { Eta } from 'eta';
import { DEFAULT_BRAND } from '../brand/brand.ts';
import type { Look } from '../brand/look.ts';
import { loadLayout, type TemplateName } from './layout.ts';
import type { Language } from '../words/languages.ts';
import type { Words } from '../words/words.ts';
import { mirrored } from './mirror.ts';
import { cutAtSlots, type Piece } from './pieces.ts';

type Direction = Language['dir'];

/** A mail template after MJML, cut at its `<!-- cut: NAME -->` marks; before the first is `top`. */
export interface MailTemplate {
  /**
   * Renders the section of this name. Every value is HTML-escaped where it is placed, and never
   * read as template again.
   */
  render(section: string, values: object): Piece[];
}

const CUT = /<!-- cut: ([\w-]+) -->/;

/** What a mail template can call: the sentences of its reader's language. */
export const MAIL_FUNCTIONS = 'const { t, html } = it.catalogue;';

const eta = new Eta({ autoEscape: true, autoTrim: false, functionHeader: MAIL_FUNCTIONS });
const loaded = new WeakMap<Look, Map<string, Promise<MailTemplate>>>();

/** Compiles a mail template, once for each look and direction of writing. */
export function loadMailTemplate(
  name: TemplateName,
  { look, words }: { readonly look: Look; words: Words },
): Promise<MailTemplate> {
  const { dir } = words.language;
  const ofLook = loaded.get(look) ?? new Map<string, Promise<MailTemplate>>();
  loaded.set(look, ofLook);
  const template = ofLook.get(`${name} ${dir}`) ?? compileTemplate(name, look, dir);
  ofLook.set(`${name} ${dir}`, template);
  return template;
}

async function compileTemplate(name: TemplateName, look: Look, dir: Direction): Promise<MailTemplate> {
  const turned = dir === 'rtl' ? mirrored : (html: string): string => html;
  const ours = compileLayout(turned(inColours(look, await loadLayout(name))), eta);
  const own = look.layouts[name];
  return own === undefined
    ? ours
    : instead(ours, compileLayout(turned(inColours(look, own)), eta), (err) =>
        look.tell(
          `mail/${name}.mjml: a part of it cannot be filled in (${err.message}), so ours took its place. Mend it`,
        ),
      );
}

/** Mail must go out: a part of the operator's template that fails on some paper gives way to ours. */
const instead = (ours: MailTemplate, own: MailTemplate, tell: (error: Error) => void): MailTemplate => ({
  render(section, values) {
    try {
      return own.render(section, values);
    } catch (error) {
      tell(error as Error);
      return ours.render(section, values);
    }
  },
});

/** Cuts what MJML made into its sections, each a function of Eta's. */
export function compileLayout(html: string, by: Eta): MailTemplate {
  const [top, ...rest] = html.split(CUT);
  const sections = new Map([['top', by.compile(top!)]]);
  for (let i = 0; i < rest.length; i += 2) sections.set(rest[i]!, by.compile(rest[i + 1]!));
  return {
    render: (section, values) => cutAtSlots(withoutIndentation(sections.get(section)!.call(by, values, {}))),
  };
}

/** Templates are drawn in the colours that ship, and MJML wants colours: the brand's take their place. */
const inColours = ({ brand }: Look, html: string): string =>
  html.replaceAll(DEFAULT_BRAND.accent, brand.accent).replaceAll(DEFAULT_BRAND.accentDark, brand.accentDark);

/**
 * MJML indents by up to 16 columns, a third of the size. Values are single lines, so this touches
 * none of them.
 */
const withoutIndentation = (html: string): string => html.replace(/[ \t]*\n\s*/g, '\n');
