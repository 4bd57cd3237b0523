import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The core of MJML and its elements. The package `mjml` is these two and a program for the command
 * line, which brings thirty packages more.
 */
interface Mjml {
  default: (source: string, options: object) => Promise<{ html: string }>;
}

const require = createRequire(import.meta.url);

export type TemplateName = 'digest' | 'confirm';

/** What is wrong with a template, in words without a dot; `line`: as far as it is known. */
export interface TemplateFault {
  line: number | null;
  what: string;
}

/** Where the templates that ship are. */
export const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
const MAIL_TEMPLATES = new URL('../../templates/mail/', import.meta.url);
/** Where `npm run layout` keeps the HTML of a template. */
export const layoutFile = (name: TemplateName): URL => new URL(`${name}.html`, MAIL_TEMPLATES);

/**
 * The HTML of templates/mail/NAME.mjml, its Eta tags still in it. MJML knows nothing of the values,
 * so that no title can meet its parser. It takes half a second and 100 MB (measured) to load, so
 * its work is kept beside the template and done anew only when the template was changed since.
 */
export async function loadLayout(name: TemplateName): Promise<string> {
  const source = await readTemplate(name);
  const [mark, html] = await readFile(layoutFile(name), 'utf8').then(
    (text) => cutAt(text, '\n'),
    () => ['', ''],
  );
  return mark === markOf(source) ? html : laidOut(source);
}

/** What `layoutFile` should hold: the layout under a line that tells which template it is of. */
export async function freshLayout(name: TemplateName): Promise<string> {
  const source = await readTemplate(name);
  return `${markOf(source)}\n${await laidOut(source)}`;
}

/** A template that ships has no fault. */
async function laidOut(source: string): Promise<string> {
  const made = await layOut(source);
  if ('html' in made) return made.html;
  throw new Error(
    `Cannot lay out a template: ${made.faults.map(({ line, what }) => `line ${line}: ${what}`).join('; ')}`,
  );
}

const readTemplate = (name: TemplateName): Promise<string> => readFile(new URL(`${name}.mjml`, MAIL_TEMPLATES), 'utf8');

const markOf = (source: string): string =>
  `<!-- laid out by "npm run layout" from ${createHash('sha256').update(source).digest('hex')} -->`;

const cutAt = (text: string, separator: string): [string, string] => [
  text.slice(0, text.indexOf(separator)),
  text.slice(text.indexOf(separator) + 1),
];

/**
 * Has MJML lay out a template. What it would take silently for something else is a fault: a tag that
 * is not closed, an element or an attribute that it does not know.
 */
export async function layOut(source: string): Promise<{ html: string } | { faults: TemplateFault[] }> {
  const unclosed = faultsOfTags(source);
  if (unclosed.length > 0) return { faults: unclosed };
  const { default: mjml2html } = require('mjml-core') as Mjml;
  const preset: unknown = require('mjml-preset-core');
  try {
    const { html } = await mjml2html(source, { validationLevel: 'strict', presets: [preset] });
    return { html };
  } catch (error) {
    return { faults: faultsOfMjml(error) };
  }
}

/** MJML names each of its errors in `errors`, and what it cannot read at all in no way. */
function faultsOfMjml(error: unknown): TemplateFault[] {
  const named = (error as { errors?: { line: number; message: string; tagName: string }[] }).errors ?? [];
  if (named.length === 0)
    return [{ line: null, what: 'MJML cannot read it: begin it with <mjml> and end it with </mjml>' }];
  return named.map(({ line, message, tagName }) => ({ line, what: `<${tagName}>: ${message}` }));
}

const TAG = /<!--[^]*?-->|<%[^]*?%>|<(\/?)(mj[\w-]*)((?:<%[^]*?%>|"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g;

/** MJML closes by itself what is left open, and a mail looks broken. */
function faultsOfTags(source: string): TemplateFault[] {
  const open: { name: string; line: number }[] = [];
  for (const { 1: slash, 2: name, 4: selfClosing, index } of source.matchAll(TAG)) {
    if (name === undefined || selfClosing === '/') continue;
    const line = source.slice(0, index).split('\n').length;
    if (slash === '') {
      open.push({ name, line });
      continue;
    }
    const last = open.pop();
    if (last === undefined) return [{ line, what: `</${name}> closes nothing` }];
    if (last.name !== name)
      return [{ line: last.line, what: `<${last.name}> is not closed before </${name}> in line ${line}` }];
  }
  return open.slice(0, 1).map(({ name, line }) => ({ line, what: `<${name}> is not closed` }));
}
