import type { CompiledDigest, CompiledPaper } from './compile.ts';
import { fillSlots, type Slot } from './pieces.ts';
import { escapeHtml, shorten } from './plain-text.ts';
import { encodePiece } from './quoted-printable.ts';

/** The reader's own links, absolute. */
export interface ReaderLinks {
  unsubscribe: string;
  preferences: string;
  browser: string;
}

/** Both parts of a message, quoted-printable, in pieces that only need to be sent one after the other. */
export interface MailContent {
  subject: string;
  html: Buffer[];
  text: Buffer[];
}

export interface PersonalDigest extends MailContent {
  preheader: string;
  /** Bytes of both parts. */
  size: number;
}

const SUBJECT_LENGTH = 70; // what Gmail shows on a desktop; phones show half of it, so the title comes first
const PREHEADER_LENGTH = 140;

/** One reader's digest: these papers, in this order, with their links. Nothing but concatenation of what is compiled. */
export function personalise(compiled: CompiledDigest, { paperIds, links }: { paperIds: readonly string[]; links: ReaderLinks }): PersonalDigest {
  const papers = paperIds.map((id) => findPaper(compiled, id));
  const preheader = writePreheader(papers);
  const html = assemble('html', compiled, papers, encodeSlots({ ...links, preheader }, escapeHtml));
  const text = assemble('text', compiled, papers, encodeSlots({ ...links, preheader }, String));
  return { subject: writeSubject(papers, compiled.sample), preheader, html, text, size: byteLength(html) + byteLength(text) };
}

function findPaper(compiled: CompiledDigest, id: string): CompiledPaper {
  const paper = compiled.papers.get(id);
  if (!paper) throw new Error(`Cannot personalise the digest of ${compiled.date}: ${id} is not among its compiled papers`);
  return paper;
}

type OpenSlots = Record<Exclude<Slot, 'rank'>, Buffer>;

const encodeSlots = (values: Record<keyof OpenSlots, string>, escape: (text: string) => string): OpenSlots => ({
  preheader: encodePiece(escape(values.preheader)),
  unsubscribe: encodePiece(escape(values.unsubscribe)),
  preferences: encodePiece(escape(values.preferences)),
  browser: encodePiece(escape(values.browser)),
});

function assemble(part: 'html' | 'text', compiled: CompiledDigest, papers: readonly CompiledPaper[], slots: OpenSlots): Buffer[] {
  const out: Buffer[] = [];
  const values = { ...slots, rank: rankOf(part, 0) };
  fillSlots(out, compiled.top[part], values);
  papers.forEach((paper, i) => {
    values.rank = rankOf(part, i);
    fillSlots(out, paper[part], values);
  });
  fillSlots(out, compiled.bottom[part], values);
  return out;
}

const ranks: Record<'html' | 'text', Buffer[]> = { html: [], text: [] };

/** The number of the paper at this place, encoded once; in text as wide as the indentation of what follows. */
const rankOf = (part: 'html' | 'text', index: number): Buffer =>
  (ranks[part][index] ??= encodePiece(part === 'html' ? String(index + 1) : `${index + 1}. `.padStart(4)));

/** "Title of the first paper and 9 more" */
function writeSubject(papers: readonly CompiledPaper[], sample: boolean): string {
  const prefix = sample ? 'Sample: ' : '';
  const suffix = papers.length > 1 ? ` and ${papers.length - 1} more` : '';
  return prefix + shorten(papers[0]?.title ?? '', SUBJECT_LENGTH - prefix.length - suffix.length) + suffix;
}

/** What the inbox shows after the subject: the titles that the subject leaves out. */
function writePreheader(papers: readonly CompiledPaper[]): string {
  const others = papers.slice(1, 5).map((paper) => paper.title).join(' · ');
  return shorten(others || (papers[0]?.lead ?? ''), PREHEADER_LENGTH);
}

const byteLength = (pieces: readonly Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
