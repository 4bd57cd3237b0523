import type { CompiledDigest, CompiledPaper } from './compile.ts';
import { type Blocks, fillAll, fillSlots, type Piece } from './pieces.ts';
import { escapeHtml, cutToFit } from './plain-text.ts';
import { encodePiece } from '../mail/quoted-printable.ts';

/** The reader's own links, absolute. */
export interface ReaderLinks {
  unsubscribe: string;
  preferences: string;
  browser: string;
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

/**
 * What every reader of the same papers shares: only the links are open. Holds references to the
 * compiled blocks, no copies.
 */
export interface Selection extends Blocks {
  subject: string;
  preheader: string;
}

/**
 * The digest of the readers who get these papers, in this order. Nothing but concatenation of what
 * is compiled.
 */
export function selectPapers(compiled: CompiledDigest, paperIds: readonly string[]): Selection {
  const papers = paperIds.map((id) => findPaper(compiled, id));
  const preheader = writePreheader(papers);
  const encoded = encodePiece(escapeHtml(preheader));
  const join = (part: 'html' | 'text'): Piece[] => [
    ...fillSlots(compiled.top[part], { preheader: encoded }),
    ...papers.map((paper, i) => numbered(paper, part, i)),
    ...compiled.bottom[part],
  ];
  return { subject: writeSubject(papers, compiled.sample), preheader, html: join('html'), text: join('text') };
}

/** Fills in the links of one reader: all that is left to do for each message. */
export function addressTo(selection: Selection, links: ReaderLinks): MailContent {
  const inText = mapLinks(links, encodePiece);
  const inHtml = mapLinks(links, (link, name) =>
    escapeHtml(link) === link ? inText[name] : encodePiece(escapeHtml(link)),
  );
  return { subject: selection.subject, html: fillAll(selection.html, inHtml), text: fillAll(selection.text, inText) };
}

function findPaper(compiled: CompiledDigest, id: string): CompiledPaper {
  const paper = compiled.papers.get(id);
  if (!paper)
    throw new Error(`Cannot personalise the digest of ${compiled.date}: ${id} is not among its compiled papers`);
  return paper;
}

const mapLinks = (
  links: ReaderLinks,
  encode: (link: string, name: keyof ReaderLinks) => Buffer,
): Record<keyof ReaderLinks, Buffer> => ({
  unsubscribe: encode(links.unsubscribe, 'unsubscribe'),
  preferences: encode(links.preferences, 'preferences'),
  browser: encode(links.browser, 'browser'),
});

const placed = new WeakMap<CompiledPaper, { html: Buffer[]; text: Buffer[] }>();

/** A paper with its number in a digest, one block for all digests that have it at this place. */
function numbered(paper: CompiledPaper, part: 'html' | 'text', index: number): Buffer {
  let blocks = placed.get(paper);
  if (!blocks) placed.set(paper, (blocks = { html: [], text: [] }));
  return (blocks[part][index] ??= Buffer.concat(fillAll(paper[part], { rank: encodePiece(rankOf(part, index)) })));
}

/** In text as wide as the indentation of what follows. */
const rankOf = (part: 'html' | 'text', index: number): string =>
  part === 'html' ? String(index + 1) : `${index + 1}. `.padStart(4);

/** "Title of the first paper and 9 more" */
function writeSubject(papers: readonly CompiledPaper[], sample: boolean): string {
  const prefix = sample ? 'Sample: ' : '';
  const suffix = papers.length > 1 ? ` and ${papers.length - 1} more` : '';
  return prefix + cutToFit(papers[0]?.title ?? '', SUBJECT_LENGTH - prefix.length - suffix.length) + suffix;
}

/** What the inbox shows after the subject: the titles that the subject leaves out. */
function writePreheader(papers: readonly CompiledPaper[]): string {
  const others = papers
    .slice(1, 5)
    .map((paper) => paper.title)
    .join(' · ');
  return cutToFit(others || (papers[0]?.lead ?? ''), PREHEADER_LENGTH);
}
