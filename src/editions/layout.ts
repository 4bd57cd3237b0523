import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export type TemplateName = 'digest' | 'confirm';

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
  return mark === markOf(source) ? html : layOut(source);
}

/** What `layoutFile` should hold: the layout under a line that tells which template it is of. */
export async function freshLayout(name: TemplateName): Promise<string> {
  const source = await readTemplate(name);
  return `${markOf(source)}\n${await layOut(source)}`;
}

const readTemplate = (name: TemplateName): Promise<string> => readFile(new URL(`${name}.mjml`, MAIL_TEMPLATES), 'utf8');

const markOf = (source: string): string =>
  `<!-- laid out by "npm run layout" from ${createHash('sha256').update(source).digest('hex')} -->`;

const cutAt = (text: string, separator: string): [string, string] => [
  text.slice(0, text.indexOf(separator)),
  text.slice(text.indexOf(separator) + 1),
];

async function layOut(source: string): Promise<string> {
  const { default: mjml2html } = await import('mjml');
  const { html } = await mjml2html(source, { validationLevel: 'strict' });
  return html;
}
