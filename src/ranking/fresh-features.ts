import { announcementOf } from './announcement.ts';
import { createCompanions, type Companion, type Companions } from './companions.ts';
import { AUTHOR_FIGURES, authorFigures } from './features.ts';
import { createHistory, type History } from './history.ts';
import { dayNumber, distinctNames, type ListedPaper } from './listed.ts';
import { mean, standingsOf } from './standing.ts';

/** A paper as arXiv announces it, before any list has it. */
export interface AnnouncedPaper {
  /** As the lists call it. */
  id: string;
  title: string;
  abstract: string;
  authors: readonly string[];
  /** The primary one first. */
  categories: readonly string[];
  submittedAt: Date;
}

/** A listed paper with what only forecasts of the morning look at. */
export type ListedText = ListedPaper & { title: string; abstract: string };

/** What is known of earlier lists at a morning. */
export interface Memory {
  readonly history: History;
  readonly companions: Companions;
  /** Takes in the list of a day. Days come in order, each once. */
  learn(papers: readonly ListedText[]): void;
}

export function createMemory(): Memory {
  const history = createHistory();
  const companions = createCompanions();
  return {
    history,
    companions,
    learn(papers) {
      const known = papers.filter(({ upvotes }) => upvotes !== null);
      const standings = standingsOf(known.map(({ upvotes }) => upvotes!));
      const standingOf = new Map(known.map(({ id }, i) => [id, standings[i]!]));
      for (const paper of papers) companions.add({ ...paper, standing: standingOf.get(paper.id) ?? null });
      history.learn(papers);
    },
  };
}

type Text = Pick<AnnouncedPaper, 'id' | 'title' | 'abstract' | 'authors'>;

const COMPANION_FIGURES = [
  'some', 'papers', 'close', 'recent', 'overlap', 'share', 'newest', 'positive', 'best', 'mean', 'votes',
] as const;

/** What can be told of any paper, listed or not, from its text, its authors and earlier lists. */
export const LOOK = [
  ...AUTHOR_FIGURES.map((name) => `authors.${name}`),
  ...COMPANION_FIGURES.map((name) => `companions.${name}`),
  'count.authors',
  'text.code',
  'text.project',
  'text.named',
  'text.title',
  'text.abstract',
];

const RECENT_DAYS = 60;
const CODE = /\b(?:github\.com|gitlab\.com|huggingface\.co|github\.io)\b/i;

export function lookAt(paper: Text, day: number, memory: Memory): number[] {
  return [
    ...authorFigures(paper.authors, day, memory.history),
    ...companionFigures(paper, day, memory.companions.of(paper)),
    Math.log1p(paper.authors.length),
    Number(CODE.test(paper.abstract)),
    Number(/https?:\/\//i.test(paper.abstract)),
    Number(/^[^:]{2,30}:/.test(paper.title)),
    Math.log1p(paper.title.length),
    Math.log1p(paper.abstract.length),
  ];
}

function companionFigures(paper: Text, day: number, companions: readonly Companion[]): number[] {
  const count = Math.max(1, distinctNames(paper.authors).length);
  const fades = companions.map((one) => 0.5 ** ((day - one.day) / RECENT_DAYS));
  const standings = companions.map(({ standing }) => standing ?? 0);
  const overlap = Math.max(0, ...companions.map(({ shared }) => shared));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return [
    Number(companions.length > 0),
    Math.log1p(companions.length),
    Math.log1p(companions.filter(({ shared }) => shared >= 3).length),
    Math.log1p(sum(fades)),
    Math.log1p(overlap),
    overlap / count,
    Math.max(0, ...fades),
    Math.log1p(sum(standings.map((standing) => Math.max(0, standing)))),
    Math.max(0, ...standings),
    mean(standings),
    Math.log1p(Math.max(0, ...companions.map(({ upvotes }) => upvotes ?? 0))),
  ];
}

export const CATEGORIES = ['cs.AI','cs.CL','cs.CV','cs.LG','cs.RO','cs.IR','cs.SE','cs.MA','cs.HC','cs.CR','cs.SD','eess.AS','stat.ML'];

export const OCCASION = [
  'primary.other',
  ...CATEGORIES.flatMap((c) => [`primary.${c}`, `category.${c}`]),
  'categories.count',
  'hour.before',
  'hour.rush',
  'hour.late',
];

export function occasionOf({ categories, submittedAt }: AnnouncedPaper): number[] {
  const { hoursBefore } = announcementOf(submittedAt);
  const [primary] = categories;
  return [
    Number(!CATEGORIES.includes(primary ?? '')),
    ...CATEGORIES.flatMap((c) => [Number(c === primary), Number(categories.includes(c))]),
    Math.log1p(categories.length),
    Math.log1p(hoursBefore),
    Number(hoursBefore > 23),
    Number(hoursBefore < 2),
  ];
}

export const morningOf = (paper: AnnouncedPaper): string => announcementOf(paper.submittedAt).morning;

/** Words of a title, each once. */
export const wordsOf = (title: string): Set<string> => new Set(title.toLowerCase().match(/\p{L}[\p{L}\p{N}]+/gu) ?? []);

export { dayNumber };
