import { DAY, HOUR } from '../duration.ts';
import { NOTHING_EARNED, namesOf, type Earned, type History, type Kind } from './history.ts';
import { dayNumber, distinctNames, type ListedPaper } from './listed.ts';
import type { Matrix } from './matrix.ts';
import { mean } from './standing.ts';

/** A paper before its votes, and what is known of earlier days. */
interface Glance {
  paper: ListedPaper;
  day: number;
  history: History;
}

interface Group {
  names: readonly string[];
  measure(glance: Glance): number[];
}

/** What is taken of a paper where the source does not tell. */
const USUAL_AGE_DAYS = 2;
const USUAL_HOUR = 3;

/** What `authorFigures` gives. */
export const AUTHOR_FIGURES = [
  'positive',
  'positiveRecent',
  'bestThree',
  'bestThreeRecent',
  'best',
  'mean',
  'known',
  'experience',
] as const;

/** What is looked at, in groups that can be left out. */
const GROUPS = {
  authors: {
    names: AUTHOR_FIGURES,
    measure: ({ paper, day, history }) => authorFigures(paper.authors, day, history),
  },
  submitter: { names: ['flat', 'recent', 'papers'], measure: (glance) => earnedFigures(glance, 'submitter') },
  organisation: {
    names: ['flat', 'recent', 'papers', 'named'],
    measure: (glance) => [...earnedFigures(glance, 'organisation'), Number(glance.paper.organisation !== null)],
  },
  repository: { names: ['flat', 'recent', 'papers'], measure: (glance) => earnedFigures(glance, 'repository') },
  count: { names: ['authors'], measure: ({ paper }) => [Math.log1p(paper.authors.length)] },
  code: { names: ['code'], measure: ({ paper }) => [Number(paper.hasCode)] },
  project: { names: ['project'], measure: ({ paper }) => [Number(paper.hasProject)] },
  media: { names: ['media'], measure: ({ paper }) => [Number(paper.hasMedia)] },
  lengths: {
    names: ['title', 'abstract'],
    measure: ({ paper }) => [Math.log1p(paper.titleLength), Math.log1p(paper.abstractLength)],
  },
  age: { names: ['age'], measure: ({ paper, day }) => [Math.log1p(ageInDays(paper, day))] },
  hour: { names: ['hour', 'late', 'early', 'waiting'], measure: hourFigures },
} satisfies Record<string, Group>;

export type FeatureGroup = keyof typeof GROUPS;
export const FEATURE_GROUPS = Object.keys(GROUPS) as FeatureGroup[];

/** "authors.best", and "authors.best*" for the same minus the day's mean. */
const plainNames = (without: readonly FeatureGroup[]): string[] =>
  groupsBut(without).flatMap((group) => GROUPS[group].names.map((name) => `${group}.${name}`));

const groupsBut = (without: readonly FeatureGroup[]): FeatureGroup[] =>
  FEATURE_GROUPS.filter((group) => !without.includes(group));

/** The group that a feature is of. */
export const groupOf = (feature: string): string => feature.split('.')[0]!;

export function featureNames(without: readonly FeatureGroup[] = []): string[] {
  const plain = plainNames(without);
  return [...plain, ...plain.map((name) => `${name}*`)];
}

/**
 * The features of all papers of a day, a row for each: every one as it is, then every one minus the
 * day's mean, because votes are compared within a day.
 */
export function featuresOf(
  papers: readonly ListedPaper[],
  history: History,
  without: readonly FeatureGroup[] = [],
): Matrix {
  const groups = groupsBut(without).map((group): Group => GROUPS[group]);
  const plain = papers.map((paper) => {
    const glance = { paper, day: dayNumber(paper.day), history };
    return groups.flatMap((group) => group.measure(glance));
  });
  const count = plainNames(without).length;
  const means = Array.from({ length: count }, (_, c) => mean(plain.map((row) => row[c]!)));
  return {
    width: 2 * count,
    values: Float64Array.from(plain.flatMap((row) => [...row, ...row.map((value, c) => value - means[c]!)])),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const bestThree = (values: readonly number[]): number => mean(values.toSorted((a, b) => b - a).slice(0, 3));
const positive = (values: readonly number[]): number => Math.log1p(sum(values.map((value) => Math.max(0, value))));

/** What the authors of a paper earned before a day, under the names of their group. */
export function authorFigures(authors: readonly string[], day: number, history: History): number[] {
  const names = distinctNames(authors);
  const known = names.flatMap((name) => history.earned('author', name, day) ?? []);
  const flat = known.map((earned) => earned.flat);
  const recent = known.map((earned) => earned.recent);
  return [
    positive(flat),
    positive(recent),
    bestThree(flat),
    bestThree(recent),
    Math.max(0, ...recent),
    mean(flat),
    known.length / Math.max(1, names.length),
    Math.log1p(sum(known.map((earned) => earned.papers))),
  ];
}

function earnedFigures({ paper, day, history }: Glance, kind: Kind): number[] {
  const [name] = namesOf(kind, paper);
  const earned: Earned = (name !== undefined && history.earned(kind, name, day)) || NOTHING_EARNED;
  return [earned.flat, earned.recent, Math.log1p(earned.papers)];
}

const ageInDays = ({ publishedAt }: ListedPaper, day: number): number =>
  publishedAt === null ? USUAL_AGE_DAYS : Math.max(0, day - publishedAt.getTime() / DAY);

/**
 * When its page was made, in hours of the list's day. Most pages are made between 1 and 5; a page of
 * the days before has waited for its list, one after 4 comes to a list that is being read already.
 */
function hourFigures({ paper, day }: Glance): number[] {
  const hour = paper.pageAt === null ? USUAL_HOUR : (paper.pageAt.getTime() - day * DAY) / HOUR;
  return [
    Math.min(12, Math.max(0, hour)),
    Math.min(6, Math.max(0, hour - 4)),
    Number(hour < 0.5),
    Math.log1p(Math.max(0, -hour)),
  ];
}
