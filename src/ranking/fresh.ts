import { addDays, daysBetween } from '../day.ts';
import {
  createMemory, LOOK, lookAt, morningOf, OCCASION, occasionOf, wordsOf,
  type AnnouncedPaper, type ListedText, type Memory,
} from './fresh-features.ts';
import { dayNumber } from './listed.ts';
import { chanceOf, fitLogistic } from './logistic.ts';
import { stack, rowOf, type Matrix } from './matrix.ts';
import { fitRidge, weighedSum, type Ridge } from './ridge.ts';

export interface FreshModel {
  version: number;
  trainedUntil: string;
  papers: number;
  words: string[];
  look: Ridge;
  occasion: Ridge;
  votes: Ridge;
  /** Variance of the root of the votes around what is foretold. */
  spread: number;
}

export interface Forecast {
  id: string;
  chance: number;
  votes: number;
}

interface Lesson {
  id: string;
  day: string;
  look: number[];
  words: Set<string>;
}
interface ListLesson extends Lesson {
  upvotes: number | null;
  delay: number | null;
}
interface PoolLesson extends Lesson {
  occasion: number[];
}

export const OPTIONS = {
  listDays: 120,
  voteDays: 300,
  listWeight: 0.3,
  words: 150,
  leastSeen: 5,
  lookStrength: 100,
  occasionStrength: 10,
  votesStrength: 300,
  folds: 4,
  rounds: 2,
  patience: 14,
};
export type Options = typeof OPTIONS;

export function createFreshTraining(options: Options = OPTIONS) {
  const memory = createMemory();
  let lists: ListLesson[] = [];
  let pool: PoolLesson[] = [];
  const listedOn = new Map<string, string>();
  return {
    memory,
    get pool() { return pool; },
    learnList(papers: readonly ListedText[]) {
      const { day } = papers[0]!;
      for (const paper of papers) {
        if (listedOn.has(paper.id)) continue;
        listedOn.set(paper.id, day);
        const delay = paper.publishedAt === null ? null
          : daysBetween(morningOf({ submittedAt: paper.publishedAt } as AnnouncedPaper), day);
        lists.push({
          id: paper.id, day, look: lookAt(paper, dayNumber(day), memory), words: wordsOf(paper.title),
          upvotes: paper.upvotes, delay,
        });
      }
      lists = lists.filter((one) => one.day >= addDays(day, -options.voteDays));
      memory.learn(papers);
    },
    isListed: (id: string) => listedOn.has(id),
    learnMorning(morning: string, papers: readonly AnnouncedPaper[]) {
      for (const paper of papers)
        pool.push({
          id: paper.id, day: morning, look: lookAt(paper, dayNumber(morning), memory), words: wordsOf(paper.title),
          occasion: occasionOf(paper),
        });
    },
    fit: (today: string) => fitFresh({ lists, pool, listedOn, today, options }),
  };
}

function fitFresh({ lists, pool, listedOn, today, options }: {
  lists: ListLesson[]; pool: PoolLesson[]; listedOn: Map<string, string>; today: string; options: Options;
}): FreshModel {
  const own = new Set(pool.map(({ id }) => id));
  const recent = lists.filter(({ id, day, delay }) => day >= addDays(today, -options.listDays) && !own.has(id) && (delay === null || delay <= options.patience));
  const words = commonWords([...recent, ...pool], options);
  const delays = recent.flatMap(({ delay }) => (delay !== null ? [Math.max(0, delay)] : []));
  const seen = (k: number) => (delays.filter((d) => d <= k).length + 1) / (delays.length + 2);
  const rows = [...recent, ...pool];
  const x = matrixOf(rows, words);
  const y = new Float64Array(rows.length);
  const weights = new Float64Array(rows.length);
  const within = pool.map((paper) => {
    const day = listedOn.get(paper.id);
    return day !== undefined && daysBetween(paper.day, day) <= options.patience ? 1 : 0;
  });
  for (let r = 0; r < rows.length; r++) {
    y[r] = r < recent.length ? 1 : within[r - recent.length]!;
    weights[r] = r < recent.length ? options.listWeight : 1;
  }
  let look: Ridge | undefined;
  let occasion: Ridge | undefined;
  const at = recent.length;
  const unseen = new Float64Array(pool.length);
  const folds: (Ridge | undefined)[] = Array.from({ length: options.folds });
  for (let round = 0; round < options.rounds; round++) {
    for (const [fold, before] of folds.entries()) {
      const kept = weights.map((weight, r) => (r >= at && (r - at) % options.folds === fold ? 0 : weight));
      const inner = fitLogistic({ x, y, weights: kept }, options.lookStrength, before);
      folds[fold] = inner;
      for (let i = fold; i < pool.length; i += options.folds) unseen[i] = weighedSum(inner, rowOf(x, at + i));
    }
    const o = stack(1 + OCCASION.length, pool.map((one, i) => ({ width: 1 + OCCASION.length, values: Float64Array.from([unseen[i]!, ...one.occasion]) })));
    occasion = fitLogistic({ x: o, y: y.slice(at), weights: new Float64Array(pool.length).fill(1) }, options.occasionStrength, occasion);
    for (const [i, paper] of pool.entries()) {
      if (within[i] === 1) continue;
      const age = daysBetween(paper.day, today) - 1;
      if (age >= options.patience) continue;
      const chance = chanceOf(occasion, rowOf(o, i));
      const share = seen(age);
      y[at + i] = (chance * (1 - share)) / (1 - chance * share);
    }
  }
  look = fitLogistic({ x, y, weights }, options.lookStrength, folds[0]);
  const voted = lists.filter(({ upvotes }) => upvotes !== null);
  const vx = stack(LOOK.length, voted.map(({ look: l }) => ({ width: LOOK.length, values: Float64Array.from(l) })));
  const vy = Float64Array.from(voted, ({ upvotes }) => Math.sqrt(upvotes!));
  const votes = fitRidge(vx, vy, options.votesStrength);
  const spread = vy.reduce((s, v, i) => s + (v - weighedSum(votes, rowOf(vx, i))) ** 2, 0) / vy.length;
  return { version: 1, trainedUntil: addDays(today, -1), papers: rows.length, words, look: look!, occasion: occasion!, votes, spread };
}

function commonWords(lessons: readonly Lesson[], { words, leastSeen }: Options): string[] {
  const counts = new Map<string, number>();
  for (const lesson of lessons) for (const word of lesson.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].filter(([, n]) => n >= leastSeen).toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, words).map(([w]) => w);
}

function matrixOf(lessons: readonly Lesson[], words: readonly string[]): Matrix {
  const width = LOOK.length + words.length;
  const values = new Float64Array(width * lessons.length);
  for (const [r, lesson] of lessons.entries()) {
    values.set(lesson.look, r * width);
    for (const [w, word] of words.entries()) if (lesson.words.has(word)) values[r * width + LOOK.length + w] = 1;
  }
  return { width, values };
}

export function forecast(model: FreshModel, papers: readonly AnnouncedPaper[], morning: string, memory: Memory): Forecast[] {
  return papers.map((paper) => {
    const l = lookAt(paper, dayNumber(morning), memory);
    const row = matrixOf([{ id: paper.id, day: morning, look: l, words: wordsOf(paper.title) }], model.words).values;
    const chance = chanceOf(model.occasion, Float64Array.from([weighedSum(model.look, row), ...occasionOf(paper)]));
    const root = Math.max(0, weighedSum(model.votes, Float64Array.from(l)));
    return { id: paper.id, chance, votes: root ** 2 + model.spread };
  });
}
