import type { CompiledDigest, DigestPaper } from './compile.ts';
import { type Outline, printed, type Section } from './outline.ts';
import { type Blocks, fillAll, fillSlots, joinRuns, type Piece } from './pieces.ts';
import { escapeHtml } from '../words/escape-html.ts';
import { cutToFit, INDENT, plain, RULE, wrap } from './plain-text.ts';
import { encodePiece } from '../mail/quoted-printable.ts';

/** The reader's own links, absolute. */
export interface ReaderLinks {
  unsubscribe: string;
  preferences: string;
  browser: string;
  /** Where the reader's say on a paper goes, without its number. */
  say: string;
}

/**
 * Both parts of a message, quoted-printable, in pieces that only need to be sent one after the
 * other.
 */
export interface MailContent {
  subject: string;
  html: Buffer[];
  text: Buffer[];
}

const SUBJECT_LENGTH = 70; // what Gmail shows on a desktop; phones show half of it, so the title comes first
const PREHEADER_LENGTH = 140;
/** Of the sentences that are read, titles included: some stop to think. */
const WORDS_PER_MINUTE = 120;

/**
 * What every reader of the same papers shares: only the links are open. Holds references to the
 * compiled blocks, no copies.
 */
export interface Selection extends Blocks {
  subject: string;
  preheader: string;
}

export interface LikedPaper {
  title: string;
  url: string;
}

export interface Wish {
  outline: Outline;
  /** What was asked for, in words: "all papers", "Agents and Robotics". */
  wish: string;
  /** The ids of the picks of the morning that it shows. */
  picks: readonly string[];
  /** Earlier papers that are like its first one. */
  liked: readonly LikedPaper[];
  /** Where the rest of the day's papers are. */
  doorUrl: string;
}

/**
 * The digest of the readers who get these papers, in this order. Nothing but concatenation of what
 * is compiled.
 */
export function selectPapers(compiled: CompiledDigest, { outline, wish, picks, liked, doorUrl }: Wish): Selection {
  const papers = printed(outline).map(({ id }) => compiled.paper(id));
  const preheader = writePreheader(papers);
  const { count, parts } = outline;
  const { words } = compiled;
  const minutes = words.t('digest-minutes', { minutes: minutesOf(papers, picks.length) });
  const rest = [parts, minutes].filter(Boolean).join(' · ');
  const open = {
    html: {
      preheader: escapeHtml(preheader),
      dateline: `<b class="ink" style="font-weight:600;color:#1d1b18;">${count}</b> · ${datelineTail(parts, rest)}`,
      wish: escapeHtml(wish),
    },
    text: { preheader, dateline: wrap(`${count} · ${rest}`), wish: wrap(wish) },
  };
  const blocks = [
    compiled.top,
    ...sectionBlocks(compiled, outline.sections),
    picks.length > 0 ? compiled.fresh(picks) : null,
    ifYouLiked(compiled, liked),
    door(compiled, outline, doorUrl),
    compiled.foot,
  ].filter((block) => block !== null);
  const join = (part: 'html' | 'text'): Piece[] => {
    const { preheader: lead, dateline, wish: asked } = open[part];
    const values = { preheader: encodePiece(lead), dateline: encodePiece(dateline), wish: encodePiece(asked) };
    return blocks.flatMap((block) => fillSlots(block[part], values));
  };
  return { subject: writeSubject(compiled, papers), preheader, html: join('html'), text: join('text') };
}

/** Phones have no room for how many papers each topic has. */
const datelineTail = (parts: string, rest: string): string =>
  parts === ''
    ? escapeHtml(rest)
    : `<span class="wide">${escapeHtml(parts)} · </span>${escapeHtml(rest.slice(parts.length + 3))}`;

function minutesOf(papers: readonly DigestPaper[], picks: number): number {
  const words = papers.reduce((sum, { title, news }) => sum + `${title} ${news}`.split(' ').length, 12 * picks);
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE));
}

/** The papers under their heads, numbered through. */
function sectionBlocks(compiled: CompiledDigest, sections: readonly Section[]): Blocks[] {
  let place = 0;
  return sections.flatMap(({ label, found, follow, stories }, at) => {
    const blocks: Blocks[] = [];
    if (label !== null)
      blocks.push(
        compiled.part(
          'section',
          { label, found, isFirst: at === 0 },
          `\n${label.toLocaleUpperCase(compiled.words.language.tag)}\n`,
        ),
      );
    let halves = 0;
    for (const story of stories) {
      const isSecond = story.tier === 'half' && halves++ % 2 === 1;
      const block = numbered(compiled.story(story, { isNumbered: label !== null, isSecond, follow }), place++);
      if (story.tier !== 'half') blocks.push(block);
      else if (isSecond) blocks.push(compiled.part('pair-middle', {}, ''), block, compiled.part('pair-end', {}, ''));
      else blocks.push(compiled.part('pair', {}, ''), block);
    }
    return blocks;
  });
}

function ifYouLiked(compiled: CompiledDigest, liked: readonly LikedPaper[]): Blocks | null {
  if (liked.length === 0) return null;
  const papers = liked.map(({ title, url }) => ({ title: plain(title), url }));
  const { words } = compiled;
  const head = words.t('digest-if-you-liked').toLocaleUpperCase(words.language.tag);
  const text = papers.map(({ title, url }) => `\n${INDENT}${wrap(title, INDENT)}\n${INDENT}${url}\n`).join('');
  return compiled.part('liked', { papers }, `\n${head}\n${text}\n${RULE}\n`);
}

function door(compiled: CompiledDigest, { others }: Outline, url: string): Blocks | null {
  if (others.count === 0) return null;
  const { words } = compiled;
  const label = words.t('digest-more', { papers: others.count });
  const names = others.ids.map((id) => compiled.paper(id).title);
  const heads = names.map((title) => cutToFit(title.split(': ')[0]!, DOOR_NAME_LENGTH));
  const unnamed = others.count - heads.length;
  const list = words.list(unnamed > 0 ? [...heads, words.t('digest-others', { papers: unnamed })] : heads);
  return compiled.part(
    'door',
    { label, names: `${list}.`, url },
    `\n${wrap(`${words.t('label-with-colon', { label })} ${list}.`)}\n${url}\n\n${RULE}\n`,
  );
}

const DOOR_NAME_LENGTH = 60;

/** Fills in the links of one reader: all that is left to do for each message. */
export function addressTo(selection: Selection, links: ReaderLinks): MailContent {
  const inText = mapLinks(links, encodePiece);
  const inHtml = mapLinks(links, (link, name) =>
    escapeHtml(link) === link ? inText[name] : encodePiece(escapeHtml(link)),
  );
  return { subject: selection.subject, html: fillAll(selection.html, inHtml), text: fillAll(selection.text, inText) };
}

const mapLinks = (
  links: ReaderLinks,
  encode: (link: string, name: keyof ReaderLinks) => Buffer,
): Record<keyof ReaderLinks, Buffer> => ({
  unsubscribe: encode(links.unsubscribe, 'unsubscribe'),
  preferences: encode(links.preferences, 'preferences'),
  browser: encode(links.browser, 'browser'),
  say: encode(links.say, 'say'),
});

const placed = new WeakMap<Blocks, Blocks[]>();

/**
 * A paper with its number in a digest, one block for all digests that have it at this place. What
 * the reader may say of it stays open.
 */
function numbered(story: Blocks, index: number): Blocks {
  let blocks = placed.get(story);
  if (!blocks) placed.set(story, (blocks = []));
  const number = encodePiece(String(index + 1));
  const fill = (part: 'html' | 'text'): Piece[] =>
    joinRuns(fillSlots(story[part], { rank: encodePiece(rankOf(part, index)), number }));
  return (blocks[index] ??= { html: fill('html'), text: fill('text') });
}

/** In text as wide as the indentation of what follows. */
const rankOf = (part: 'html' | 'text', index: number): string =>
  part === 'html' ? String(index + 1) : `${index + 1}. `.padStart(4);

/** "Title of the first paper and 9 more" */
function writeSubject({ words, sample }: CompiledDigest, papers: readonly DigestPaper[]): string {
  const subjectOf = (title: string): string => {
    const subject = words.t('digest-subject', { title, others: Math.max(0, papers.length - 1) });
    return sample ? words.t('digest-subject-sample', { subject }) : subject;
  };
  return subjectOf(cutToFit(papers[0]?.title ?? '', SUBJECT_LENGTH - subjectOf('').length));
}

/** What the inbox shows after the subject: what is new in its paper, then the next titles. */
function writePreheader([first, ...others]: readonly DigestPaper[]): string {
  const titles = others.slice(0, 3).map((paper) => paper.title);
  return cutToFit([plain(first?.newsShort ?? ''), ...titles].filter(Boolean).join(' · '), PREHEADER_LENGTH);
}
