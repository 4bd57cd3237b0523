import type { Token } from 'markdown-it';
import MarkdownIt from 'markdown-it';
import { isSafeLink } from './markdown.ts';

/** What a note leads to from a mail, and how a link is dressed there; a page of the site needs neither. */
export interface NoteDress {
  base?: string;
  linkStyle?: string;
}

// A note is a few lines in the operator's voice: paragraphs, emphasis, code and links, and nothing else.
const markdown = new MarkdownIt('zero').enable(['emphasis', 'link', 'autolink', 'backticks', 'escape', 'newline']);
markdown.validateLink = isSafeLink;
markdown.renderer.rules['paragraph_open'] = (_, at) => (at === 0 ? '' : '<br><br>');
markdown.renderer.rules['paragraph_close'] = () => '';
markdown.renderer.rules['link_open'] = (tokens, at, options, env, self) => {
  const { base, linkStyle } = env as NoteDress;
  const link = tokens[at]!;
  link.attrSet('href', leadsTo(link, base));
  if (linkStyle) link.attrSet('style', linkStyle);
  return self.renderToken(tokens, at, options);
};

const leadsTo = (link: Token, base: string | undefined): string => {
  const href = String(link.attrGet('href'));
  return base === undefined ? href : (URL.parse(href, base)?.href ?? href);
};

/** Marks that turn what follows them around, and controls, would reach beyond the note. */
const UNWANTED = /(?![\n])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const cleaned = (words: string): string => words.toWellFormed().replaceAll('\r\n', '\n').replace(UNWANTED, ' ').trim();

/** The operator's note as HTML that stands within a paragraph. HTML in it stays text. */
export const noteToHtml = (words: string, dress: NoteDress = {}): string =>
  markdown.render(cleaned(words), { ...dress }).trim();

/** The same without marks, a paragraph each; where a link leads stands behind it. */
export const noteToText = (words: string, base?: string): string[] =>
  markdown
    .parse(cleaned(words), {})
    .filter(({ type }) => type === 'inline')
    .map(({ children }) => textOf(children ?? [], base));

function textOf(tokens: readonly Token[], base: string | undefined): string {
  let text = '';
  let link: { href: string; from: number } | null = null;
  for (const token of tokens) {
    if (token.type === 'link_open') link = { href: leadsTo(token, base), from: text.length };
    else if (token.type === 'link_close' && link !== null) {
      if (text.slice(link.from) !== link.href) text += ` (${link.href})`;
      link = null;
    } else if (token.type === 'softbreak' || token.type === 'hardbreak') text += ' ';
    else text += token.content;
  }
  return text.trim();
}
