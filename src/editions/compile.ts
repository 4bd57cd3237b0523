import { type Blocks, cutAtSlots, slot } from './pieces.ts';
import { lines, plain, postalLine, RULE, cutToFit, wrap } from './plain-text.ts';
import { loadMailTemplate, type MailTemplate } from './template.ts';

/** A paper as a digest shows it. The text is readable Unicode; `abstract` is already short. */
export interface DigestPaper {
  id: string;
  title: string;
  /** "A. Author and 11 others", or the organisation. */
  byline: string;
  /** `YYYY-MM-DD` */
  publishedOn: string | null;
  abstract: string;
  /** Why it is here: "Top 2 % for its age". */
  reasons: string[];
  /** Absolute URLs: our page, the paper's own page, its PDF, its code. */
  links: { site: string; page: string; pdf: string; code: string | null };
}

export interface DigestInput {
  /** `YYYY-MM-DD` */
  date: string;
  /** Made of the samples that ship with Paperboy. */
  sample: boolean;
  /** Without a trailing slash. */
  publicUrl: string;
  siteName: string;
  postalAddress: string | null;
  /** Every paper that any reader of that day may get, in any order. */
  papers: readonly DigestPaper[];
}

/** One paper, encoded: fits any digest at any place. */
export interface CompiledPaper extends Blocks {
  id: string;
  title: string;
  /** The first words of its abstract, for the preheader of a digest that has only this paper. */
  lead: string;
}

/** A day's mail, encoded once for all readers. Plain data: buffers, strings and one map. */
export interface CompiledDigest {
  date: string;
  sample: boolean;
  top: Blocks;
  papers: Map<string, CompiledPaper>;
  bottom: Blocks;
}

const INDENT = '    ';
const [TOP, PAPER, BOTTOM] = [0, 1, 2];

/** Lays out and encodes everything that readers of this day's digests share. */
export async function compileDigest(input: DigestInput): Promise<CompiledDigest> {
  const template = await loadMailTemplate('digest');
  const frame = viewFrame(input);
  return {
    date: input.date,
    sample: input.sample,
    top: { html: template.render(TOP, frame), text: cutAtSlots(topText(frame)) },
    papers: new Map(input.papers.map((paper) => [paper.id, compilePaper(template, paper)])),
    bottom: { html: template.render(BOTTOM, frame), text: cutAtSlots(bottomText(frame)) },
  };
}

function compilePaper(template: MailTemplate, paper: DigestPaper): CompiledPaper {
  const card = viewCard(paper);
  return {
    id: paper.id,
    title: card.title,
    lead: cutToFit(card.abstract, 140),
    html: template.render(PAPER, card),
    text: cutAtSlots(cardText(card)),
  };
}

function viewFrame({ date, sample, publicUrl, siteName, postalAddress }: DigestInput) {
  return {
    date: longDate.format(new Date(`${date}T00:00Z`)),
    sample,
    siteName: plain(siteName),
    siteUrl: `${publicUrl}/`,
    siteHost: new URL(publicUrl).host,
    postalAddress: postalLine(postalAddress),
    preheader: slot('preheader'),
    unsubscribe: slot('unsubscribe'),
    preferences: slot('preferences'),
    browser: slot('browser'),
  };
}

function viewCard(paper: DigestPaper) {
  const { site, page, pdf, code } = paper.links;
  return {
    rank: slot('rank'),
    title: plain(paper.title),
    facts: [plain(paper.byline), readableDate(paper.publishedOn)].filter(Boolean),
    abstract: plain(paper.abstract),
    reasons: paper.reasons.map(plain).filter(Boolean),
    site: webUrl(site),
    links: [
      { label: 'Paper page', url: webUrl(page) },
      { label: 'PDF', url: webUrl(pdf) },
      { label: 'Code', url: webUrl(code) },
    ].filter((link) => link.url !== null),
  };
}

type Frame = ReturnType<typeof viewFrame>;
type Card = ReturnType<typeof viewCard>;

const longDate = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const shortDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

function readableDate(day: string | null): string {
  const moment = new Date(`${day}T00:00Z`);
  return Number.isNaN(moment.valueOf()) ? '' : shortDate.format(moment);
}

/** Links to code come from strangers: only the web, and escaped as URLs are. */
function webUrl(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

const topText = (frame: Frame): string =>
  lines(
    frame.siteName.toUpperCase(),
    frame.date,
    `View in browser: ${frame.browser}`,
    '',
    frame.sample && `${wrap(SAMPLE_NOTE)}\n`,
    RULE,
  );

const SAMPLE_NOTE =
  'SAMPLE: these papers ship with the program to show what a digest looks like. They are not today’s news.';

const cardText = ({ rank, title, facts, abstract, reasons, site, links }: Card): string =>
  lines(
    '',
    `${rank}${wrap(title, INDENT)}`,
    facts.length > 0 && INDENT + wrap(facts.join(', '), INDENT),
    abstract !== '' && `\n${INDENT}${wrap(abstract, INDENT)}`,
    reasons.length > 0 && `\n${INDENT}${wrap(`Why it is here: ${reasons.join('; ')}`, INDENT)}`,
    '',
    site !== null && `${INDENT}Read more:  ${site}`,
    ...links.map(({ label, url }) => INDENT + `${label}:`.padEnd(12) + url),
    '',
    RULE,
  );

const bottomText = (frame: Frame): string =>
  lines(
    '',
    wrap(`You get this because you asked ${frame.siteName} at ${frame.siteHost} for new research papers.`),
    '',
    `Unsubscribe:  ${frame.unsubscribe}`,
    `Preferences:  ${frame.preferences}`,
    `Website:      ${frame.siteUrl}`,
    frame.postalAddress !== null && `\n${wrap(frame.postalAddress)}`,
  );
