import { finderOf, piecesOf } from '../search/mark.ts';
import { parseQuery } from '../search/query.ts';
import type { Look } from '../brand/look.ts';
import { noteToHtml, noteToText } from '../brand/note.ts';
import type { Follow } from '../subscriber.ts';
import type { Words } from '../words/words.ts';
import { type Fact, factOf, shortReason } from './facts.ts';
import { createMemo } from './memo.ts';
import { nameplateOf } from './nameplate.ts';
import { reasonOf } from './follows.ts';
import type { Story } from './outline.ts';
import { type Blocks, cutAtSlots, slot } from './pieces.ts';
import { escapeHtml } from '../words/escape-html.ts';
import { INDENT, lines, plain, postalLine, RULE, wrap } from './plain-text.ts';
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
  /** Why it is here, the first reason first, as ranking put it: "43 upvotes in a day". */
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
  /** The language of its readers. */
  words: Words;
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

/** A day's mail in a language, encoded once for all its readers: each piece is made when the first of them needs it. */
export interface CompiledDigest {
  date: string;
  words: Words;
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
  compileDigestBy(await loadMailTemplate('digest', input), input);

/** The same by a template that is tried out. */
export function compileDigestBy(laidOut: MailTemplate, input: DigestInput): CompiledDigest {
  const { words } = input;
  const template: MailTemplate = {
    render: (section, values) => laidOut.render(section, { ...values, catalogue: words }),
  };
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
    words,
    sample: input.sample,
    paper: find,
    has: (id) => papers.has(id),
    add,
    top: { html: template.render('top', frame), text: cutAtSlots(topText(words, frame)) },
    foot: {
      html: [...template.render('foot', frame), ...template.render('end', frame)],
      text: cutAtSlots(footText(words, frame)),
    },
    fresh: (ids) => freshBlocks(ids.join(' '), () => compileFresh(template, input, ids)),
    story: (story, place) =>
      stories(`${story.id} ${story.tier} ${story.isBack} ${JSON.stringify(place)}`, () =>
        compileStory(template, words, find(story.id), { story, place }),
      ),
    part: (name, values, text) =>
      parts(JSON.stringify([name, values]), () => ({ html: template.render(name, values), text: cutAtSlots(text) })),
  };
}

const SECTIONS = { lead: 'lead', half: 'half', head: 'brief', brief: 'brief' } as const;

function compileStory(
  template: MailTemplate,
  words: Words,
  paper: DigestPaper,
  { story: { tier, isBack }, place }: { story: Story; place: StoryPlace },
): Blocks {
  const card = { ...viewCard(words, paper, isBack, place.follow), ...place, isHead: tier === 'head' };
  return {
    html: template.render(SECTIONS[tier], card),
    text: cutAtSlots(cardText(words, card, tier === 'brief' || tier === 'half')),
  };
}

function compileFresh(template: MailTemplate, { words, fresh, record }: DigestInput, ids: readonly string[]): Blocks {
  const chosen = ids.flatMap((id) => fresh.find((pick) => pick.id === id) ?? []);
  const picks = chosen.map((pick) => ({
    title: plain(pick.title),
    chance: pick.chance,
    reason: plain(pick.reason),
    site: pick.site,
  }));
  const say = record === null ? words.t('digest-forecast') : words.t('digest-forecast-record', { record });
  const view = { picks, record, say, preferences: slot('preferences') };
  const text = lines(
    '',
    upper(words, words.t('digest-fresh')),
    wrap(say),
    ...picks.flatMap((pick) => [
      '',
      INDENT + wrap(pick.title, INDENT),
      INDENT + wrap([pick.chance, pick.reason].filter(Boolean).join(words.t('comma')), INDENT),
      INDENT + pick.site,
    ]),
    '',
    `${withColon(words, words.t('digest-leave-out'))} ${view.preferences}`,
    '',
    RULE,
  );
  return { html: template.render('fresh', view), text: cutAtSlots(text) };
}

/** Who says what is new: authors, and sources and models by name. */
function toldBy(words: Words, papers: readonly DigestPaper[]): string {
  const others = [...new Set(papers.map(({ newsBy }) => newsBy).filter((by) => by !== null))].map(plain).toSorted();
  return others.length === 0
    ? words.t('digest-told-authors')
    : words.t('digest-told-others', { names: words.list(others) });
}

/** A link in the note looks as it does in what stands below it. */
const NOTE_LINK = 'color:#1d1b18;text-decoration:underline;';

function viewFrame({ date, sample, publicUrl, look, words, postalAddress, papers, note }: DigestInput) {
  const base = `${publicUrl}/`;
  return {
    noteHtml: note === null ? null : noteToHtml(note, { base, linkStyle: NOTE_LINK }),
    noteText: note === null ? [] : noteToText(note, base),
    // Who reads it today knows the year.
    date: words.date('weekday', date),
    sample,
    ...nameplateOf(words, look, publicUrl),
    siteHost: new URL(publicUrl).host,
    postalAddress: postalLine(postalAddress),
    words: toldBy(words, papers),
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

function viewCard(words: Words, paper: DigestPaper, isBack: boolean, follow: Follow | undefined) {
  const { site, page, pdf, code, project } = paper.links;
  const organisation = plain(paper.organisation ?? '');
  const own = follow === undefined ? [] : [reasonOf(words, follow)];
  const reasons = [...own, ...paper.reasons].map(plain).filter(Boolean);
  const short = shortReason(reasons[0] ?? '');
  const who = (byline: string): string[] => [plain(byline), organisation === plain(byline) ? '' : organisation];
  return {
    rank: slot('rank'),
    topic: plain(paper.topic ?? ''),
    title: plain(paper.title),
    titleHtml: titleHtml(plain(paper.title), follow),
    back: isBack ? plain(paper.back ?? '') : '',
    news: plain(paper.news),
    newsShort: plain(paper.newsShort),
    facts: [...who(paper.byline).filter(Boolean).map(asFact), ...reasons.map((reason) => factOf(words, reason))],
    factsShort: [...who(paper.bylineShort).filter(Boolean).map(asFact), ...(short ? [factOf(words, short)] : [])],
    site: webUrl(site),
    say: sayLinks(words),
    links: [
      { label: words.t('link-paper'), url: webUrl(page) },
      { label: words.t('link-pdf'), url: webUrl(pdf) },
      { label: words.t('link-code'), url: webUrl(code) },
      { label: words.t('link-project'), url: webUrl(project) },
    ].filter((link) => link.url !== null),
  };
}

/** What a reader may say of a paper, at its number in their digest. */
const sayLinks = (words: Words) => [
  { label: words.t('digest-more-like-this'), url: `${slot('say')}/${slot('number')}/more` },
  { label: words.t('digest-not-for-me'), url: `${slot('say')}/${slot('number')}/less` },
];

type Frame = ReturnType<typeof viewFrame>;
type Card = ReturnType<typeof viewCard>;

/** A name is no count, even one such as "3 points". */
const asFact = (text: string): Fact => ({ count: '', text });

/** Heads of a text part, which has no other way to set them off. */
const upper = (words: Words, text: string): string => text.toLocaleUpperCase(words.language.tag);

/** Links to code come from strangers: only the web, and escaped as URLs are. */
function webUrl(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

const topText = (words: Words, frame: Frame): string =>
  lines(
    frame.siteName.toUpperCase(),
    frame.date,
    frame.dateline,
    `${withColon(words, words.t('digest-browser'))} ${frame.browser}`,
    '',
    frame.sample && `${wrap(words.t('digest-sample-text'))}\n`,
    ...frame.noteText.map((paragraph) => `${wrap(paragraph)}\n`),
    RULE,
  );

function cardText(words: Words, { rank, title, back, site, links, say, ...card }: Card, isShort: boolean): string {
  const news = isShort ? card.newsShort : card.news;
  const facts = (isShort ? card.factsShort : card.facts).map(({ count, text }) => count + text);
  return lines(
    '',
    back !== '' && INDENT + wrap(back, INDENT),
    `${rank}${wrap(title, INDENT)}`,
    news !== '' && INDENT + wrap(news, INDENT),
    facts.length > 0 && INDENT + wrap(facts.join(words.t('comma')), INDENT),
    '',
    site !== null && INDENT + labelled(words, 'digest-read-more', 12) + site,
    ...links.map(({ label, url }) => INDENT + column(withColon(words, label), 12) + url),
    ...say.map(({ label, url }) => `${INDENT}${withColon(words, label)} ${url}`),
    '',
    RULE,
  );
}

const withColon = (words: Words, label: string): string => words.t('label-with-colon', { label });

/** A label and the room up to its address. */
const column = (label: string, width: number): string => `${label} `.padEnd(width);
const labelled = (
  words: Words,
  key: 'digest-read-more' | 'unsubscribe' | 'preferences' | 'digest-website' | 'contact',
  width = 14,
): string => column(withColon(words, words.t(key)), width);

const footText = (words: Words, frame: Frame): string =>
  lines(
    '',
    words.t('digest-asked-site', { site: frame.siteName, host: frame.siteHost }),
    words.t('digest-asked-wish', { wish: frame.wish }),
    wrap(frame.words),
    '',
    labelled(words, 'unsubscribe') + frame.unsubscribe,
    labelled(words, 'preferences') + frame.preferences,
    labelled(words, 'digest-website') + frame.siteUrl,
    ...frame.pages.map(({ label, url }) => column(withColon(words, label), 14) + url),
    frame.contact !== null && labelled(words, 'contact') + frame.contact,
    frame.footer !== null && `\n${wrap(frame.footer)}`,
    frame.postalAddress !== null && `\n${wrap(frame.postalAddress)}`,
  );
