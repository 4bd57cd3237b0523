import { Eta } from 'eta';
import { loadLayout, type TemplateName } from './layout.ts';
import { cutAtSlots, type Piece } from './pieces.ts';

/** A mail template after MJML, cut at its `<!-- cut -->` marks. */
export interface MailTemplate {
  /**
   * Renders the section with this index. Every value is HTML-escaped where it is placed, and never
   * read as template again.
   */
  render(section: number, values: object): Piece[];
}

const CUT = '<!-- cut -->';

const eta = new Eta({ autoEscape: true, autoTrim: false });
const loaded = new Map<string, Promise<MailTemplate>>();

/** Compiles a mail template, once for the life of the process. */
export function loadMailTemplate(name: TemplateName): Promise<MailTemplate> {
  const known = loaded.get(name);
  if (known) return known;
  const template = compileTemplate(name);
  loaded.set(name, template);
  return template;
}

async function compileTemplate(name: TemplateName): Promise<MailTemplate> {
  const sections = (await loadLayout(name)).split(CUT).map((section) => eta.compile(section));
  return {
    render: (section, values) => cutAtSlots(withoutIndentation(sections[section]!.call(eta, values))),
  };
}

/**
 * MJML indents by up to 16 columns, a third of the size. Values are single lines, so this touches
 * none of them.
 */
const withoutIndentation = (html: string): string => html.replace(/[ \t]*\n\s*/g, '\n');
