import { hash } from 'node:crypto';
import { addDays, daysBetween } from '../day.ts';
import { inCodeOrder } from '../order.ts';
import { type AnnouncedPaper, LOOK, lookOf, OCCASION, occasionOf, wordsOf } from './announced.ts';
import { announcementOf } from '../announcement.ts';
import type { ListedPaper } from './listed.ts';
import { chanceOf, fitLogistic } from './logistic.ts';
import { type Matrix, rowOf, stack } from './matrix.ts';
import { createMemory, type Memory } from './memory.ts';
import { fitRidge, type Ridge, weighedSum } from './ridge.ts';
import { mean } from './standing.ts';

/** What was learnt of which new papers come onto a list: figures and common words, no names. */
export interface FreshModel {
  version: typeof VERSION;
  /** The last list it was fitted on. */
  trainedUntil: string;
  /** Papers it was fitted on: listed ones, and those of announcements. */
  papers: { listed: number; announced: number };
  features: string[];
  /** The words of titles that it looks at. */
  words: string[];
  /** How much a paper looks like those that are listed, as log-odds. */
  look: Ridge;
  /** The same on its occasion: of all that are announced, how many are listed. */
  chance: Ridge;
  /** The root of the votes of a listed paper, and how widely it varies. */
  root: Ridge;
  variance: number;
}

export interface Forecast {
  id: string;
  /** Of being listed within COMES_TRUE_DAYS. */
  chance: number;
  /** The votes that it gets if it is listed. */
  votes: number;
  /** What papers are picked by: the votes to be expected. */
  score: number;
}

/** A forecast has come true when the paper is on a list within so many days. */
export const COMES_TRUE_DAYS = 7;

/** Rises when the features or their meaning change: a model of another version is fitted anew. */
const VERSION = 1;
const FEATURES = [...LOOK, ...OCCASION];
// All of these were chosen on lists before 18 June 2026: bench/results-content.md.
/** So far back lists say who is listed, and what votes they get. */
const LISTED_DAYS = 120;
const VOTED_DAYS = 300;
/** A paper of a list counts less than one of an announcement, of which there are few at first. */
const LISTED_WEIGHT = 0.3;
const WORDS = 150;
const LEAST_SEEN = 5;
const LOOK_STRENGTH = 100;
const CHANCE_STRENGTH = 10;
const ROOT_STRENGTH = 300;
/** How a paper looks is judged by a model that has not seen it, one of so many. */
const FOLDS = 4;
/** What is still to come of young announcements is estimated, and the model fitted again with it. */
const ROUNDS = 3;
/** A bound on time and memory, more than ever was measured: of more, evenly over all mornings, a part is taken. */
const MOST_ANNOUNCED = 10_000;

interface Lesson {
  id: string;
  day: string;
  look: number[];
  words: ReadonlySet<string>;
}
interface ListLesson extends Lesson {
  upvotes: number | null;
  /** Days from its announcement to its list; `null`: not known, or it is an old paper. */
  delay: number | null;
}
interface AnnouncedLesson extends Lesson {
  occasion: number[];
}

export interface FreshTraining {
  readonly memory: Memory;
  /** Papers of announcements that a fit would look at. */
  readonly announced: number;
  /** Takes in the list of a day; days come in order, each once, with announcements between them. */
  learnList(papers: readonly (ListedPaper & { abstract: string })[]): void;
  /** Takes in what a morning announced, before the list of that day. */
  learnMorning(morning: string, papers: readonly AnnouncedPaper[]): void;
  isListed(id: string): boolean;
  /** The model of a morning, from all earlier lists; `null` as long as there is too little. */
  fit(morning: string): FreshModel | null;
}

/** Learns day by day. What a lesson says of its authors was known before its day. */
export function createFreshTraining(): FreshTraining {
  const memory = createMemory();
  let lists: ListLesson[] = [];
  let announced: AnnouncedLesson[] = [];
  /** One in so many of the announced papers is learnt from. */
  let oneIn = 1;
  const isTaken = ({ id }: { id: string }): boolean => numberOf(id) % oneIn === 0;
  const listedOn = new Map<string, string>();
  const lessonOf = (
    paper: { id: string; title: string; abstract: string; authors: readonly string[] },
    day: string,
  ) => ({
    id: paper.id,
    day,
    look: lookOf(paper, day, memory),
    words: wordsOf(paper.title),
  });
  return {
    memory,
    get announced() {
      return announced.length;
    },
    isListed: (id) => listedOn.has(id),
    learnList(papers) {
      for (const paper of papers.filter(({ id }) => !listedOn.has(id))) {
        listedOn.set(paper.id, paper.day);
        lists.push({ ...lessonOf(paper, paper.day), upvotes: paper.upvotes, delay: delayOf(paper) });
      }
      const [first] = papers;
      if (first) lists = lists.filter(({ day }) => day >= addDays(first.day, -VOTED_DAYS));
      memory.learn(papers);
    },
    learnMorning(morning, papers) {
      const taken = papers.filter(isTaken);
      announced.push(...taken.map((paper) => ({ ...lessonOf(paper, morning), occasion: occasionOf(paper) })));
      while (announced.length > MOST_ANNOUNCED) {
        oneIn *= 2;
        announced = announced.filter(isTaken);
      }
    },
    fit(morning) {
      const hasBoth = lists.length > 0 && announced.some(({ id }) => listedOn.has(id));
      return hasBoth ? fitFresh({ lists, announced, listedOn, morning }) : null;
    },
  };
}

/** The same number for the same paper, as good as drawn by lot. */
const numberOf = (id: string): number => Number.parseInt(hash('sha256', id).slice(0, 8), 16);

function delayOf({ publishedAt, day }: ListedPaper): number | null {
  if (publishedAt === null) return null;
  const delay = daysBetween(announcementOf(publishedAt).morning, day);
  return delay > COMES_TRUE_DAYS ? null : Math.max(0, delay);
}

interface Lessons {
  /** By day. */
  lists: readonly ListLesson[];
  announced: readonly AnnouncedLesson[];
  listedOn: ReadonlyMap<string, string>;
  morning: string;
}

function fitFresh(lessons: Lessons): FreshModel {
  const { lists, announced, morning } = lessons;
  const own = new Set(announced.map(({ id }) => id));
  const since = addDays(morning, -LISTED_DAYS);
  const examples = lists.filter(({ id, day, delay }) => day >= since && delay !== null && !own.has(id));
  const words = commonWords([...examples, ...announced]);
  return {
    version: VERSION,
    trainedUntil: lists.at(-1)!.day,
    papers: { listed: examples.length, announced: announced.length },
    features: FEATURES,
    words,
    ...fitChance(lessons, examples, words),
    ...fitRoot(lists.filter(({ upvotes }) => upvotes !== null)),
  };
}

/** Lists say what listed papers look like; announcements, how many of those that look so are listed. */
function fitChance(
  lessons: Lessons,
  examples: readonly ListLesson[],
  words: readonly string[],
): Pick<FreshModel, 'look' | 'chance'> {
  const { announced } = lessons;
  const x = matrixOf([...examples, ...announced], words);
  const outcomes = Float64Array.from(announced, (lesson) => Number(hasComeTrue(lesson, lessons)));
  const toCome = stillToCome(lessons, outcomes);
  // At first a paper that may still be listed says as much as has been seen of its time.
  const counts = new Float64Array(announced.length).fill(1);
  for (const { at, share } of toCome) counts[at] = share;
  const fitLook = (leftOut: number | null, from?: Ridge): Ridge => {
    const y = Float64Array.from([...examples.map(() => 1), ...outcomes]);
    const kept = counts.map((count, i) => (i % FOLDS === leftOut ? 0 : count));
    const weights = Float64Array.from([...examples.map(() => LISTED_WEIGHT), ...kept]);
    return fitLogistic({ x, y, weights }, LOOK_STRENGTH, from);
  };
  let looks: Ridge[] = [];
  let chance: Ridge | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    looks = Array.from({ length: FOLDS }, (_, fold) => fitLook(fold, looks[fold]));
    const seen = announced.map(({ occasion }, i) => [
      weighedSum(looks[i % FOLDS]!, rowOf(x, examples.length + i)),
      ...occasion,
    ]);
    const rows = matrixOfRows(1 + OCCASION.length, seen);
    chance = fitLogistic({ x: rows, y: outcomes, weights: counts }, CHANCE_STRENGTH, chance);
    counts.fill(1);
    for (const { at, share } of toCome) {
      const soon = chanceOf(chance, rowOf(rows, at));
      outcomes[at] = (soon * (1 - share)) / (1 - soon * share);
    }
  }
  return { look: fitLook(null, looks[0]), chance: chance! };
}

const hasComeTrue = ({ id, day }: Lesson, { listedOn }: Lessons): boolean => {
  const listed = listedOn.get(id);
  return listed !== undefined && daysBetween(day, listed) <= COMES_TRUE_DAYS;
};

/** The papers that may still be listed in time, and what share of those that will be is by now. */
function stillToCome({ lists, announced, morning }: Lessons, outcomes: Float64Array): { at: number; share: number }[] {
  const since = addDays(morning, -LISTED_DAYS);
  const delays = lists.flatMap(({ day, delay }) => (day >= since && delay !== null ? [delay] : []));
  const shareAfter = (age: number): number => (delays.filter((delay) => delay <= age).length + 1) / (delays.length + 2);
  return [...announced.entries()].flatMap(([at, { day }]) => {
    const age = daysBetween(day, morning) - 1;
    return outcomes[at] === 1 || age >= COMES_TRUE_DAYS ? [] : [{ at, share: shareAfter(age) }];
  });
}

function fitRoot(voted: readonly ListLesson[]): Pick<FreshModel, 'root' | 'variance'> {
  const x = matrixOf(voted, []);
  const y = Float64Array.from(voted, ({ upvotes }) => Math.sqrt(upvotes!));
  const root = fitRidge(x, y, ROOT_STRENGTH);
  return { root, variance: mean(Array.from(y, (value, r) => (value - weighedSum(root, rowOf(x, r))) ** 2)) };
}

function commonWords(lessons: readonly Lesson[]): string[] {
  const counts = new Map<string, number>();
  for (const { words } of lessons) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= LEAST_SEEN)
    .toSorted(([a, most], [b, more]) => more - most || inCodeOrder(a, b))
    .slice(0, WORDS)
    .map(([word]) => word);
}

const matrixOf = (lessons: readonly Pick<Lesson, 'look' | 'words'>[], words: readonly string[]): Matrix =>
  matrixOfRows(
    LOOK.length + words.length,
    lessons.map((lesson) => [...lesson.look, ...words.map((word) => Number(lesson.words.has(word)))]),
  );

const matrixOfRows = (width: number, rows: readonly number[][]): Matrix =>
  stack(
    width,
    rows.map((row) => ({ width, values: Float64Array.from(row) })),
  );

/** What is to be expected of the papers that a morning announced. */
export function forecast(
  model: FreshModel,
  papers: readonly AnnouncedPaper[],
  { morning, memory }: { morning: string; memory: Memory },
): Forecast[] {
  return papers.map((paper) => {
    const look = lookOf(paper, morning, memory);
    const row = rowOf(matrixOf([{ look, words: wordsOf(paper.title) }], model.words), 0);
    const chance = chanceOf(model.chance, Float64Array.from([weighedSum(model.look, row), ...occasionOf(paper)]));
    const votes = Math.max(0, weighedSum(model.root, Float64Array.from(look))) ** 2 + model.variance;
    return { id: paper.id, chance, votes, score: chance * votes };
  });
}

/** A model that was kept as JSON, or `null` where it was kept by another version. */
export function readFreshModel(kept: unknown): FreshModel | null {
  const model = kept as FreshModel;
  const isOurs =
    model?.version === VERSION &&
    JSON.stringify(model.features) === JSON.stringify(FEATURES) &&
    model.look.weights.length === LOOK.length + model.words.length &&
    model.chance.weights.length === 1 + OCCASION.length;
  return isOurs ? model : null;
}
