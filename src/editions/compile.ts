import { finderOf, piecesOf } from '../search/mark.ts';
import { parseQuery } from '../search/query.ts';
import type { Look } from '../brand/look.ts';
import { noteToHtml, noteToText } from '../brand/note.ts';
import type { Follow } from '../subscriber.ts';
import { factOf, shortReason } from './facts.ts';
import { createMemo } from './memo.ts';
import { nameplateOf } from './nameplate.ts';
import { reasonOf } from './follows.ts';
import type { Story } from './outline.ts';
import { type Blocks, cutAtSlots, slot } from './pieces.ts';
import { escapeHtml, INDENT, lines, plain, postalLine, RULE, wrap } from './plain-text.ts';
import { loadMailTemplate, type MailTemplate } from './template.ts';

/** A paper as a digest shows it. The text is readable Unicode. */
export interface DigestPaper {
  id: string;
  title: string;
  /** "A. Author and 11 others", or the organisation; and the same in little room. */
  byline: string;
  bylineShort: string;
  organisation: string | null;
  /** What is new in one sentence, and the same in at most 120 characters. */
  news: string;
  newsShort: string;
  /** Who wrote that, when it is not from the abstract. */
  newsBy: string | null;
  /** Why it is here, the first reason first: "43 upvotes in a day". */
  reasons: string[];
  /** The name of the topic that it is about most. */
  topic: string | null;
  /** What stands over a return: "Back: it led the edition of 22 May". */
  back: string | null;
  /** Absolute URLs: our page, the paper's own page, its PDF, its code, its project's page. */
  links: { site: string; page: string; pdf: string; code: string | null; project: string | null };
}

/** A paper that is foretold to be talked about. */
export interface FreshPaper {
  id: string;
  title: string;
  /** "Very likely" */
  chance: string;
  reason: string;
  site: string;
}

export interface DigestInput {
  /** `YYYY-MM-DD` */
  date: string;
  /** Made of the samples that ship with Paperboy. */
  sample: boolean;
  /** Without a trailing slash. */
  publicUrl: string;
  look: Look;
  postalAddress: string | null;
  /** Every paper that any reader of that day may get, in any order. */
  papers: readonly DigestPaper[];
  /** Every pick that any reader of that day may get. */
  fresh: readonly FreshPaper[];
  /** How the picks of a week came out: "21 of the 50 of 12–18 May came true". */
  record: string | null;
  /** What the operator says above no. 1, in Markdown. */
  note: string | null;
}

/** A day's mail, encoded once for all readers: each piece is made when the first of them needs it. */
export interface CompiledDigest {
  date: string;
  sample: boolean;
  /** Throws for one that is not among them. */
  paper(id: string): DigestPaper;
  has(id: string): boolean;
  /** Takes up papers that a reader's own searches found beside the editions. */
  add(papers: readonly DigestPaper[]): void;
  top: Blocks;
  foot: Blocks;
  /** The block of these picks, by their ids, one for all readers who get the same. */
  fresh(ids: readonly string[]): Blocks;
  /** One paper, with its rank open. `second`: of a pair; `follow`: what found it, if no topic. */
  story(story: Story, place: StoryPlace): Blocks;
  /** A piece of the template that holds no paper; its text follows from its values. */
  part(name: 'pair' | 'pair-middle' | 'pair-end' | 'section' | 'liked' | 'door', values: object, text: string): Blocks;
}

interface StoryPlace {
  isNumbered: boolean;
  isSecond: boolean;
  follow?: Follow | undefined;
}

/** Papers in some tier, and heads of sections: as many as a day has. */
const BLOCKS_KEPT = 2000;
/** Sets of picks: readers of few topics share theirs. */
const FRESH_KEPT = 300;

/** Lays out and encodes everything that readers of this day's digests share. */
export const compileDigest = async (input: DigestInput): Promise<CompiledDigest> =>
  compileDigestBy(await loadMailTemplate('digest', input.look), input);

/** The same by a template that is tried out. */
export function compileDigestBy(template: MailTemplate, input: DigestInput): CompiledDigest {
  const frame = viewFrame(input);
  const papers = new Map<string, DigestPaper>();
  const add = (more: readonly DigestPaper[]): void => {
    for (const paper of more) if (!papers.has(paper.id)) papers.set(paper.id, { ...paper, title: plain(paper.title) });
  };
  add(input.papers);
  const stories = createMemo<Blocks>(BLOCKS_KEPT);
  const parts = createMemo<Blocks>(BLOCKS_KEPT);
  const freshBlocks = createMemo<Blocks>(FRESH_KEPT);
  const find = (id: string): DigestPaper => {
    const paper = papers.get(id);
    if (!paper) throw new Error(`Cannot lay out the digest of ${input.date}: ${id} is not among its papers`);
    return paper;
  };
  return {
    date: input.date,
    sample: input.sample,
    paper: find,
    has: (id) => papers.has(id),
    add,
    top: { html: template.render('top', frame), text: cutAtSlots(topText(frame)) },
    foot: {
      html: [...template.render('foot', frame), ...template.render('end', frame)],
      text: cutAtSlots(footText(frame)),
    },
    fresh: (ids) => freshBlocks(ids.join(' '), () => compileFresh(template, input, ids)),
    story: (story, place) =>
      stories(`${story.id} ${story.tier} ${story.isBack} ${JSON.stringify(place)}`, () =>
        compileStory(template, find(story.id), story, place),
      ),
    part: (name, values, text) =>
      parts(JSON.stringify([name, values]), () => ({ html: template.render(name, values), text: cutAtSlots(text) })),
  };
}

const SECTIONS = { lead: 'lead', half: 'half', head: 'brief', brief: 'brief' } as const;

function compileStory(template: MailTemplate, paper: DigestPaper, { tier, isBack }: Story, place: StoryPlace): Blocks {
  const card = { ...viewCard(paper, isBack, place.follow), ...place, isHead: tier === 'head' };
  return {
    html: template.render(SECTIONS[tier], card),
    text: cutAtSlots(cardText(card, tier === 'brief' || tier === 'half')),
  };
}

function compileFresh(template: MailTemplate, { fresh, record }: DigestInput, ids: readonly string[]): Blocks {
  const chosen = ids.flatMap((id) => fresh.find((pick) => pick.id === id) ?? []);
  const picks = chosen.map((pick) => ({
    title: plain(pick.title),
    chance: pick.chance,
    reason: plain(pick.reason),
    site: pick.site,
  }));
  const view = { picks, record, preferences: slot('preferences') };
  const say = `A forecast, no votes yet${record === null ? '' : `; ${record}`}.`;
  const text = lines(
    '',
    'FRESH THIS MORNING',
    wrap(say),
    ...picks.flatMap((pick) => [
      '',
      INDENT + wrap(pick.title, INDENT),
      INDENT + wrap([pick.chance, pick.reason].filter(Boolean).join(', '), INDENT),
      INDENT + pick.site,
    ]),
    '',
    `Leave it out: ${view.preferences}`,
    '',
    RULE,
  );
  return { html: template.render('fresh', view), text: cutAtSlots(text) };
}

/** Who says what is new: authors, and sources and models by name. */
function wordsBy(papers: readonly DigestPaper[]): string {
  const others = [...new Set(papers.map(({ newsBy }) => newsBy).filter((by) => by !== null))].map(plain).toSorted();
  if (others.length === 0) return 'What is new is told in the authors’ words.';
  return `What is new is told by ${listWords.format(others)}, or in the authors’ words.`;
}

const listWords = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** A link in the note looks as it does in what stands below it. */
const NOTE_LINK = 'color:#1d1b18;text-decoration:underline;';

function viewFrame({ date, sample, publicUrl, look, postalAddress, papers, note }: DigestInput) {
  const base = `${publicUrl}/`;
  return {
    noteHtml: note === null ? null : noteToHtml(note, { base, linkStyle: NOTE_LINK }),
    noteText: note === null ? [] : noteToText(note, base),
    date: longDate.format(new Date(`${date}T00:00Z`)),
    sample,
    ...nameplateOf(look, publicUrl),
    siteHost: new URL(publicUrl).host,
    postalAddress: postalLine(postalAddress),
    words: wordsBy(papers),
    preheader: slot('preheader'),
    dateline: slot('dateline'),
    wish: slot('wish'),
    unsubscribe: slot('unsubscribe'),
    preferences: slot('preferences'),
    browser: slot('browser'),
  };
}

/** The title, with the words that a search found marked. */
function titleHtml(title: string, follow: Follow | undefined): string {
  if (follow?.kind !== 'search') return escapeHtml(title);
  return piecesOf(title, finderOf(parseQuery(follow.value)))
    .map(({ text, found }) =>
      found ? `<span class="mark" style="${MARK}">${escapeHtml(text)}</span>` : escapeHtml(text),
    )
    .join('');
}

const MARK = 'background-color:#f0e6d2;';

function viewCard(paper: DigestPaper, isBack: boolean, follow: Follow | undefined) {
  const { site, page, pdf, code, project } = paper.links;
  const organisation = plain(paper.organisation ?? '');
  const own = follow === undefined ? [] : [reasonOf(follow)];
  const [reason = '', ...others] = [...own, ...paper.reasons].map(plain).filter(Boolean);
  const who = (byline: string): string[] => [plain(byline), organisation === plain(byline) ? '' : organisation];
  return {
    rank: slot('rank'),
    topic: plain(paper.topic ?? ''),
    title: plain(paper.title),
    titleHtml: titleHtml(plain(paper.title), follow),
    back: isBack ? plain(paper.back ?? '') : '',
    news: plain(paper.news),
    newsShort: plain(paper.newsShort),
    facts: [...who(paper.byline), reason, ...others].filter(Boolean).map(factOf),
    factsShort: [...who(paper.bylineShort), shortReason(reason)].filter(Boolean).map(factOf),
    site: webUrl(site),
    say: sayLinks,
    links: [
      { label: 'Paper', url: webUrl(page) },
      { label: 'PDF', url: webUrl(pdf) },
      { label: 'Code', url: webUrl(code) },
      { label: 'Project', url: webUrl(project) },
    ].filter((link) => link.url !== null),
  };
}

/** What a reader may say of a paper, at its number in their digest. */
const sayLinks = [
  { label: 'More like this', url: `${slot('say')}/${slot('number')}/more` },
  { label: 'Not for me', url: `${slot('say')}/${slot('number')}/less` },
];

type Frame = ReturnType<typeof viewFrame>;
type Card = ReturnType<typeof viewCard>;

/** Who reads it today knows the year. */
const longDate = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/** Links to code come from strangers: only the web, and escaped as URLs are. */
function webUrl(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

const topText = (frame: Frame): string =>
  lines(
    frame.siteName.toUpperCase(),
    frame.date,
    frame.dateline,
    `View in browser: ${frame.browser}`,
    '',
    frame.sample && `${wrap(SAMPLE_NOTE)}\n`,
    ...frame.noteText.map((paragraph) => `${wrap(paragraph)}\n`),
    RULE,
  );

const SAMPLE_NOTE =
  'SAMPLE: these papers ship with the program to show what a digest looks like. They are not today’s news.';

function cardText({ rank, title, back, site, links, say, ...card }: Card, isShort: boolean): string {
  const news = isShort ? card.newsShort : card.news;
  const facts = (isShort ? card.factsShort : card.facts).map(({ count, text }) => count + text);
  return lines(
    '',
    back !== '' && INDENT + wrap(back, INDENT),
    `${rank}${wrap(title, INDENT)}`,
    news !== '' && INDENT + wrap(news, INDENT),
    facts.length > 0 && INDENT + wrap(facts.join(', '), INDENT),
    '',
    site !== null && `${INDENT}Read more:  ${site}`,
    ...links.map(({ label, url }) => INDENT + `${label}:`.padEnd(12) + url),
    ...say.map(({ label, url }) => `${INDENT}${label}: ${url}`),
    '',
    RULE,
  );
}

const footText = (frame: Frame): string =>
  lines(
    '',
    `You asked ${frame.siteName} at ${frame.siteHost}`,
    `for ${frame.wish}.`,
    wrap(frame.words),
    '',
    `Unsubscribe:  ${frame.unsubscribe}`,
    `Preferences:  ${frame.preferences}`,
    `Website:      ${frame.siteUrl}`,
    ...frame.pages.map(({ label, url }) => `${label}:`.padEnd(14) + url),
    frame.contact !== null && `Contact:      ${frame.contact}`,
    frame.footer !== null && `\n${wrap(frame.footer)}`,
    frame.postalAddress !== null && `\n${wrap(frame.postalAddress)}`,
  );
