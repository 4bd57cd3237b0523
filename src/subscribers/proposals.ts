import type { Tx } from '../db/client.ts';
import { papersById } from '../db/papers.ts';
import type { Paper } from '../paper.ts';
import type { Topics } from '../papers/topics.ts';
import { nameKey, wordsOf } from '../search/fold.ts';
import type { Reference } from './references.ts';

/** What a list of references proposes to follow, and of how many of them it is. */
export interface Proposal {
  kind: 'topic' | 'author' | 'organisation' | 'search';
  value: string;
  label: string;
  count: number;
}

const MOST_TOPICS = 8;
const MOST_NAMES = 12;
const MOST_SEARCHES = 12;
/** A list of so many proposes no author that stands on one of them alone. */
const SHORT_LIST = 4;

/** A work as far as it is known: from the list, and from the papers that are here. */
type Work = Pick<Paper, 'title' | 'authors' | 'keywords' | 'abstract' | 'categories' | 'organisation'>;

/** What the works of a list have in common. Reads papers and stores nothing. */
export async function propose(
  { db, topics }: { db: Tx; topics: Topics },
  references: readonly Reference[],
): Promise<{ kind: Proposal['kind']; items: Proposal[] }[]> {
  const ids = references.flatMap(({ id }) => id ?? []);
  const known = new Map((await papersById(db, ids)).map((paper) => [paper.id, paper]));
  const works = references
    .map((said): Work => known.get(said.id ?? '') ?? { ...said, categories: [], organisation: null })
    .filter(({ title }) => title !== '');
  const least = works.length <= SHORT_LIST ? 1 : 2;
  return [
    { kind: 'topic' as const, items: topicsOf(works, topics) },
    { kind: 'author' as const, items: namesOf(works, 'author', least) },
    { kind: 'organisation' as const, items: namesOf(works, 'organisation', least) },
    { kind: 'search' as const, items: searchesOf(works, least) },
  ].filter(({ items }) => items.length > 0);
}

const byCount = (a: Proposal, b: Proposal): number => b.count - a.count || (a.value < b.value ? -1 : 1);

function topicsOf(works: readonly Work[], topics: Topics): Proposal[] {
  const names = new Map(topics.list.map(({ slug, name }) => [slug, name]));
  const counts = countAll(works, (work) => topics.classify(work).map(({ slug }) => slug));
  return [...counts]
    .map(([value, count]) => ({ kind: 'topic' as const, value, label: names.get(value) ?? value, count }))
    .toSorted(byCount)
    .slice(0, MOST_TOPICS);
}

function namesOf(works: readonly Work[], kind: 'author' | 'organisation', least: number): Proposal[] {
  const spelled = new Map<string, string>();
  const named = (work: Work): string[] => (kind === 'author' ? work.authors : [work.organisation ?? '']);
  const counts = countAll(works, (work) =>
    named(work).flatMap((name) => {
      const key = nameKey(name);
      if (key === '') return [];
      spelled.set(key, spelled.get(key) ?? name);
      return key;
    }),
  );
  return [...counts]
    .filter(([, count]) => count >= least)
    .map(([value, count]) => ({ kind, value, label: spelled.get(value)!, count }))
    .toSorted(byCount)
    .slice(0, MOST_NAMES);
}

/** They join words and say nothing themselves. */
const SMALL = new Set(
  (
    'a about all an and any are as at be beyond by can do does for from how in into is it its more no not of on one ' +
    'or our over that the their this through to toward towards under use using via we what when where which who why ' +
    'with without you your new based approach method methods study analysis large deep'
  ).split(' '),
);

/** Runs of two or three words that several titles share, and keywords, as phrases to look for. */
function searchesOf(works: readonly Work[], least: number): Proposal[] {
  const counts = countAll(works, ({ title, keywords }) => [
    ...runsOf(title),
    ...keywords
      .map((word) => wordsOf(word).flatMap(({ parts }) => parts))
      .filter((w) => w.length === 2 || w.length === 3)
      .map((w) => w.join(' ')),
  ]);
  const common = [...counts]
    .filter(([, count]) => count >= Math.max(2, least))
    .map(([words, count]) => ({ words, count }));
  const isWithin = ({ words, count }: { words: string; count: number }): boolean =>
    common.some((other) => other.words !== words && ` ${other.words} `.includes(` ${words} `) && other.count >= count);
  return common
    .filter((one) => !isWithin(one))
    .map(({ words, count }) => ({ kind: 'search' as const, value: `"${words}"`, label: words, count }))
    .toSorted(byCount)
    .slice(0, MOST_SEARCHES);
}

function runsOf(title: string): string[] {
  const words = wordsOf(title).flatMap(({ parts }) => parts);
  const runs = [2, 3].flatMap((length) =>
    words.map((_, i) => words.slice(i, i + length)).filter((run) => run.length === length),
  );
  return runs.filter((run) => run.every((word) => word.length > 1 && !SMALL.has(word))).map((run) => run.join(' '));
}

/** In how many works each of some things is. */
function countAll(works: readonly Work[], of: (work: Work) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const work of works) for (const one of new Set(of(work))) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
