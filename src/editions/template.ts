import { Eta } from 'eta';
import { loadLayout, type TemplateName } from './layout.ts';
import { cutAtSlots, type Piece } from './pieces.ts';

/** A mail template after MJML, cut at its `<!-- cut: NAME -->` marks; before the first is `top`. */
export interface MailTemplate {
  /**
   * Renders the section of this name. Every value is HTML-escaped where it is placed, and never
   * read as template again.
   */
  render(section: string, values: object): Piece[];
}

const CUT = /<!-- cut: ([\w-]+) -->/;

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
  const [top, ...rest] = (await loadLayout(name)).split(CUT);
  const sections = new Map([['top', eta.compile(top!)]]);
  for (let i = 0; i < rest.length; i += 2) sections.set(rest[i]!, eta.compile(rest[i + 1]!));
  return {
    render: (section, values) => cutAtSlots(withoutIndentation(sections.get(section)!.call(eta, values))),
  };
}

/**
 * MJML indents by up to 16 columns, a third of the size. Values are single lines, so this touches
 * none of them.
 */
const withoutIndentation = (html: string): string => html.replace(/[ \t]*\n\s*/g, '\n');
