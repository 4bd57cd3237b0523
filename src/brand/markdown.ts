import MarkdownIt from 'markdown-it';

/** Where links of an operator's text may lead. */
const PROTOCOL = /^(?:https?:|mailto:)/i;
/** `/imprint`, `#part`; but not `//elsewhere.example`, nor a name of a protocol. */
const OF_THE_SITE = /^(?:\/(?![/\\])|#)/;

/** Whether an operator's text may lead there: to the web, to a mail address or to a page of the site. */
export const isSafeLink = (url: string): boolean => PROTOCOL.test(url.trim()) || OF_THE_SITE.test(url.trim());

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
markdown.validateLink = isSafeLink;
// Pages load nothing from elsewhere, so that an image would only be a hole in them.
markdown.disable('image');

/**
 * What an operator wrote, as HTML. HTML in it stays text, and a link leads to the web, to a mail
 * address or to a page of the site; another is left as it was typed.
 */
export const markdownToHtml = (text: string): string => markdown.render(text.toWellFormed());
