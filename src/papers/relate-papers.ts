import type { Db } from '../db/client.ts';
import { countEntries, keepRelated, papersWithEach, papersWithWords, saidIn, unrelatedPapers } from '../db/related.ts';
import {
  type Counts,
  countsOf,
  createVocabulary,
  learn,
  likeness,
  type Neighbour,
  type Said,
  tellingWords,
  unlearned,
  type Vocabulary,
  weigh,
} from '../search/related.ts';
import { createBreathe } from './breathe.ts';

/** So many papers are compared between two writes. */
const AT_ONCE = 50;
/**
 * Found by words that so many papers hold altogether, and compared whole with the best. Twice as
 * many of each bring one in a hundred more: bench/results-search.md.
 */
const BUDGET = 4_000;
const COMPARED = 150;
const KEPT = 20;

/**
 * Compares the papers that were not compared yet with all others, the newest first, and keeps the
 * nearest of each, until none is left or `signal` fires. Returns how many those were.
 */
export async function relatePapers({ db, signal }: { db: Db; signal?: AbortSignal }): Promise<number> {
  let related = 0;
  while (!signal?.aborted) {
    const papers = await unrelatedPapers(db, AT_ONCE);
    const found = new Map<string, Neighbour[]>();
    const vocabulary = createVocabulary(await countEntries(db));
    for (const paper of papers) {
      if (signal?.aborted) break;
      found.set(paper.id, await neighboursOf(db, paper, vocabulary));
    }
    if (found.size > 0) await keepRelated(db, found);
    related += found.size;
    if (papers.length < AT_ONCE) break;
  }
  return related;
}

/** The papers most like one, the nearest first: those that share its telling words, compared whole. */
export async function neighboursOf(
  db: Db,
  { id, ...said }: { id: string } & Said,
  vocabulary: Vocabulary,
): Promise<Neighbour[]> {
  const breathe = createBreathe();
  const own = countsOf(vocabulary, said);
  await learnAll(db, vocabulary);
  const words = tellingWords(own, vocabulary, BUDGET);
  if (words.length === 0) return [];
  const candidates = await saidIn(db, await papersWithWords(db, words, { except: id, limit: COMPARED }));
  const counted: [string, Counts][] = [];
  for (const [other, said] of candidates) {
    counted.push([other, countsOf(vocabulary, said)]);
    await breathe();
  }
  await learnAll(db, vocabulary);
  const weights = weigh(own, vocabulary);
  return counted
    .map(([other, one]) => ({ id: other, score: likeness(weights, weigh(one, vocabulary)) }))
    .toSorted((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
    .slice(0, KEPT);
}

async function learnAll(db: Db, vocabulary: Vocabulary): Promise<void> {
  const papersWith = await papersWithEach(db, unlearned(vocabulary));
  learn(vocabulary, (word) => papersWith.get(word) ?? 0);
}
