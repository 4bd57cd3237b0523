import { announcementOf } from '../announcement.ts';
import type { Companion } from './companions.ts';
import { AUTHOR_FIGURES, authorFigures } from './features.ts';
import { dayNumber, distinctNames } from './listed.ts';
import type { Memory } from './memory.ts';
import { mean } from './standing.ts';

/** What is looked at of any paper, listed or new. */
export interface PaperText {
  id: string;
  title: string;
  abstract: string;
  authors: readonly string[];
}

/** A paper as arXiv announces it, before any list has it. */
export interface AnnouncedPaper extends PaperText {
  /** The one it was submitted to comes first. */
  categories: readonly string[];
  /** `null` where only the day of its announcement is known, as from arXiv's feeds. */
  submittedAt: Date | null;
}

const COMPANION_FIGURES = [
  'some',
  'papers',
  'close',
  'recent',
  'overlap',
  'share',
  'newest',
  'positive',
  'best',
  'mean',
  'votes',
] as const;

/** What `lookOf` gives: author sums, earlier papers of the same authors, and the text. */
export const LOOK: readonly string[] = [
  ...AUTHOR_FIGURES.map((name) => `authors.${name}`),
  ...COMPANION_FIGURES.map((name) => `companions.${name}`),
  'authors.count',
  'text.code',
  'text.link',
  'text.named',
  'text.title',
  'text.abstract',
];

const CODE = /\b(?:github\.com|gitlab\.com|huggingface\.co|github\.io)\b/i;
const LINK = /https?:\/\//i;
/** "GPT: …" */
const NAMED = /^[^:]{2,30}:/;

/** What can be told of a paper on a day from its text, its authors and earlier lists. */
export function lookOf(paper: PaperText, day: string, memory: Memory): number[] {
  const number = dayNumber(day);
  return [
    ...authorFigures(paper.authors, number, memory.history),
    ...companionFigures(paper, number, memory.companions.of(paper)),
    Math.log1p(paper.authors.length),
    Number(CODE.test(paper.abstract)),
    Number(LINK.test(paper.abstract)),
    Number(NAMED.test(paper.title)),
    Math.log1p(paper.title.length),
    Math.log1p(paper.abstract.length),
  ];
}

/** A paper counts half after so many days. */
const HALF_LIFE_DAYS = 60;

function companionFigures({ authors }: PaperText, day: number, companions: readonly Companion[]): number[] {
  const fades = companions.map((one) => 0.5 ** ((day - one.day) / HALF_LIFE_DAYS));
  const standings = companions.map(({ standing }) => standing);
  const positive = standings.map((standing) => Math.max(0, standing));
  const overlap = Math.max(0, ...companions.map(({ shared }) => shared));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return [
    Number(companions.length > 0),
    Math.log1p(companions.length),
    Math.log1p(companions.filter(({ shared }) => shared >= 3).length),
    Math.log1p(sum(fades)),
    Math.log1p(overlap),
    overlap / Math.max(1, distinctNames(authors).length),
    Math.max(0, ...fades),
    Math.log1p(sum(positive)),
    Math.max(0, ...positive),
    mean(standings),
    Math.log1p(Math.max(0, ...companions.map(({ upvotes }) => upvotes ?? 0))),
  ];
}

/** Where nearly all listed papers come from. */
const CATEGORIES = 'cs.AI cs.CL cs.CR cs.CV cs.HC cs.IR cs.LG cs.MA cs.RO cs.SD cs.SE eess.AS stat.ML'.split(' ');

/** What `occasionOf` gives: what only an announcement tells of a paper. */
export const OCCASION: readonly string[] = [
  'primary.other',
  ...CATEGORIES.flatMap((category) => [`primary.${category}`, `category.${category}`]),
  'categories.count',
  'hour.before',
  'hour.first',
  'hour.last',
];

export function occasionOf({ categories, submittedAt }: AnnouncedPaper): number[] {
  const [primary = ''] = categories;
  return [
    Number(!CATEGORIES.includes(primary)),
    ...CATEGORIES.flatMap((name) => [Number(name === primary), Number(categories.includes(name))]),
    Math.log1p(categories.length),
    ...(submittedAt === null ? [0, 0, 0] : hourFigures(announcementOf(submittedAt).hoursBefore)),
  ];
}

/** Some hurry to be the first of an announcement, and many finish at the last moment. */
const hourFigures = (hoursBefore: number): number[] => [
  Math.log1p(hoursBefore),
  Number(hoursBefore > 23),
  Number(hoursBefore < 2),
];

/** The words of a title, each once. */
export const wordsOf = (title: string): ReadonlySet<string> =>
  new Set(title.toLowerCase().match(/\p{L}[\p{L}\p{N}]+/gu) ?? []);
