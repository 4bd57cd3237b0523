import { texToText } from '../tex/text.ts';
import { type Breathe, createBreathe } from './breathe.ts';
import { cutAtWord } from './sentence.ts';
import { type Fetched, type FetchedPaper, unique } from './source.ts';

/** A paper in a source's own words: TeX, of any length, and as many names as it likes. */
export type RawPaper = FetchedPaper;

/**
 * In characters. The longest of a year had 175 in a title, 1,922 in an abstract and 68 in a name or
 * keyword.
 */
const LONGEST = { title: 500, abstract: 6_000, summary: 600, name: 150, category: 60, url: 2_000 };
/** CERN's papers have some 3,000 authors. */
const MOST_AUTHORS = 4_000;
const MOST_LABELS = 100;
/** TeX takes more room than what it says. */
const TEX_PER_CHARACTER = 3;

/**
 * Makes papers of what a source said: readable text, each field and list bounded. `null`, and what
 * has no title that can be seen, is counted and left out.
 */
export async function normalise(
  said: readonly (RawPaper | null)[],
  breathe: Breathe = createBreathe(),
): Promise<Fetched> {
  const papers: FetchedPaper[] = [];
  for (const raw of said) {
    await breathe();
    const paper = raw && (await normalised(raw, breathe));
    if (paper) papers.push(paper);
  }
  return { papers, skipped: said.length - papers.length };
}

async function normalised(raw: RawPaper, breathe: Breathe): Promise<FetchedPaper | null> {
  const title = readable(raw.title, LONGEST.title);
  if (!isVisible(title)) return null;
  return {
    ...raw,
    title,
    abstract: readable(raw.abstract, LONGEST.abstract),
    authors: await names(raw.authors.slice(0, MOST_AUTHORS), breathe),
    organisation: readable(raw.organisation ?? '', LONGEST.name) || null,
    categories: boundLabels(raw.categories.filter((category) => category.length <= LONGEST.category)),
    keywords: boundLabels(await names(raw.keywords.slice(0, MOST_LABELS), breathe)),
    codeUrl: boundAddress(raw.codeUrl),
    projectUrl: boundAddress(raw.projectUrl),
    summary: readable(raw.summary ?? '', LONGEST.summary) || null,
    summaryBy: readable(raw.summaryBy ?? '', LONGEST.name) || null,
    titleTex: texOf(raw.title, LONGEST.title),
    abstractTex: texOf(raw.abstract, LONGEST.abstract),
    submitter: readable(raw.submitter ?? '', LONGEST.name) || null,
  };
}

const boundAddress = (url: string | null): string | null => (url !== null && url.length <= LONGEST.url ? url : null);

/** What a source wrote, if there may be mathematics in it, and none of it had to be cut. */
const texOf = (tex: string, length: number): string | null =>
  /(?:^|[^\\])\$|\\[([]|\\begin\b/.test(tex) && tex.length <= TEX_PER_CHARACTER * length ? tex.trim() : null;

/** No paper has more keywords or categories than this, from however many sources. */
export const boundLabels = (labels: readonly string[]): string[] => unique(labels).slice(0, MOST_LABELS);

async function names(texts: readonly string[], breathe: Breathe): Promise<string[]> {
  const read: string[] = [];
  for (const text of texts) {
    await breathe();
    const name = readable(text, LONGEST.name);
    if (isVisible(name)) read.push(name);
  }
  return unique(read);
}

/** Cut before TeX is read, which is what costs, and again where a reader would see it. */
function readable(tex: string, length: number): string {
  const text = texToText(tex.slice(0, TEX_PER_CHARACTER * length));
  return text.length <= length ? text : cutAtWord(text, length);
}

/**
 * Whether anything shows: not blanks, marks, and characters that are to be ignored, however many.
 */
const isVisible = (text: string): boolean =>
  /[^\p{White_Space}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
