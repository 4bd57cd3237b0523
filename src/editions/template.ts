import { readFile } from 'node:fs/promises';
import { Eta } from 'eta';
import { cutAtSlots, type Piece } from './pieces.ts';

/** A mail template after MJML, cut at its `<!-- cut -->` marks. */
export interface MailTemplate {
  /** Renders the section with this index. Every value is HTML-escaped where it is placed, and never read as template again. */
  render(section: number, values: object): Piece[];
}

const MAIL_TEMPLATES = new URL('../../templates/mail/', import.meta.url);
const CUT = '<!-- cut -->';

const eta = new Eta({ autoEscape: true, autoTrim: false });
const loaded = new Map<string, Promise<MailTemplate>>();

/** Compiles templates/mail/NAME.mjml, once for the life of the process. */
export function loadMailTemplate(name: 'digest' | 'confirm'): Promise<MailTemplate> {
  const known = loaded.get(name);
  if (known) return known;
  const template = compileTemplate(name);
  loaded.set(name, template);
  return template;
}

/**
 * MJML knows nothing of the values: it lays out the template with its Eta tags, and its HTML is the Eta template. So it runs
 * once, blocks the loop for some milliseconds, and no title can meet its parser. It is loaded here, late: it takes 40 MB.
 */
async function compileTemplate(name: string): Promise<MailTemplate> {
  const { default: mjml2html } = await import('mjml');
  const source = await readFile(new URL(`${name}.mjml`, MAIL_TEMPLATES), 'utf8');
  const { html } = await mjml2html(source, { validationLevel: 'strict' });
  const sections = html.split(CUT).map((section) => eta.compile(section));
  return {
    render: (section, values) => cutAtSlots(withoutIndentation(sections[section]!.call(eta, values))),
  };
}

/** MJML indents by up to 16 columns, a third of the size. Values are single lines, so this touches none of them. */
const withoutIndentation = (html: string): string => html.replace(/[ \t]*\n\s*/g, '\n');
