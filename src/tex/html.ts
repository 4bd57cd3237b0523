import { decodeHTMLStrict } from 'entities';

/**
 * Elements that publishers leave in titles and abstracts. Not `<s>`: language models begin their
 * sentences with it.
 */
const ELEMENTS = 'p|br|i|b|em|strong|u|sub|sup|span|div|small|tt|code|ul|ol|li|a|h[1-6]|jats:[a-z-]{1,20}';
const TAG = new RegExp(`<(/?)(${ELEMENTS})(?:\\s[^<>]{0,300})?/?>`, 'gi');
const REFERENCE = /&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z]\w{1,30});/g;

/** Whether there is anything of HTML to be read. */
export const hasHtml = (line: string): boolean => line.search(TAG) >= 0 || line.search(REFERENCE) >= 0;

/**
 * The line with HTML's tags gone and its references read, once. An element counts only where it is
 * both opened and closed, but for those that stand alone: `<i>` may be a token that a paper names.
 */
export function withoutHtml(line: string): string {
  const seen = { '': new Set<string>(), '/': new Set<string>() };
  for (const [, slash, name] of line.matchAll(TAG)) seen[slash as '' | '/'].add(name!.toLowerCase());
  const isMarkup = (name: string): boolean => /^(?:p|br)$/.test(name) || (seen[''].has(name) && seen['/'].has(name));
  return line
    .replace(TAG, (tag, slash: string, element: string) => {
      const name = element.toLowerCase();
      return isMarkup(name) ? meant(name, slash === '/') : tag;
    })
    .replace(REFERENCE, (reference) => decodeHTMLStrict(reference));
}

/** What a tag leaves behind: a space between blocks, a script, or nothing. */
function meant(name: string, closes: boolean): string {
  if (name === 'sub' || name === 'jats:sub') return closes ? '}' : '\\textsubscript{';
  if (name === 'sup' || name === 'jats:sup') return closes ? '}' : '\\textsuperscript{';
  return /^(?:p|br|div|ul|ol|li|h\d|jats:(?:p|title|sec))$/.test(name) ? ' ' : '';
}
