import { asOf } from '../day.ts';
import type { Tx } from '../db/client.ts';
import { frozenAt } from '../db/editions.ts';
import { type Followed, followedAnew, forgetOldHits, keptHits, matchedAmong, matchFollows } from '../db/follow-hits.ts';
import type { Follow } from '../subscriber.ts';
import type { Words } from '../words/words.ts';

/** What follows bring of each, and altogether: a digest stays one. */
const MOST_OF_EACH = 5;
const MOST_ALTOGETHER = 15;

const keyOf = ({ kind, value }: Followed): string => `${kind} ${value}`;

/** The papers of an edition's days that match what is followed, by the key of that. */
export type HitsOf = (follow: Followed) => readonly string[];

/** Finds what follows match in one edition: at the first question for all readers, later for new ones. */
export function createHits(db: Tx, date: string): (follows: readonly Follow[]) => Promise<HitsOf> {
  const known = new Map<string, readonly string[]>();
  let asked: Promise<unknown> = Promise.resolve();
  const load = async (follows: readonly Follow[]): Promise<void> => {
    if (follows.every((follow) => known.has(keyOf(follow)))) return;
    await keepHits(db, date, known.size === 0 ? [] : follows);
    for (const hits of await keptHits(db, date)) known.set(keyOf(hits), hits.papers);
    // A reader who left meanwhile may follow what was not looked for.
    const missing = follows.filter((follow) => !known.has(keyOf(follow)));
    for (const follow of missing) known.set(keyOf(follow), []);
  };
  return async (follows) => {
    const loaded = asked.then(() => load(follows));
    asked = loaded.catch(() => {});
    await loaded;
    return (follow) => known.get(keyOf(follow)) ?? [];
  };
}

/** Looks for all that readers follow in an edition, and keeps what it finds for its digests. */
export async function keepHits(db: Tx, date: string, also: readonly Followed[] = []): Promise<void> {
  const at = await frozenAt(db, date);
  if (at === null) return;
  const anew = new Map([...(await followedAnew(db, date)), ...also].map((one) => [keyOf(one), one]));
  await matchFollows(db, { date, until: asOf(date, at) }, [...anew.values()]);
  await forgetOldHits(db, date);
}

/** The papers that a reader does not want to be shown. */
export const unwanted = (follows: readonly Follow[], hitsOf: HitsOf): Set<string> =>
  new Set(follows.filter(({ kind }) => kind === 'not').flatMap((follow) => hitsOf(follow)));

/** The papers, of whatever days, that a reader does not keep out. */
export async function wantedAmong<One extends { id: string }>(
  db: Tx,
  papers: readonly One[],
  follows: readonly Follow[],
): Promise<One[]> {
  const not = follows.filter(({ kind }) => kind === 'not');
  const ids = papers.map(({ id }) => id);
  const keptOut = await matchedAmong(db, ids, not);
  return papers.filter(({ id }) => !keptOut.has(id));
}

/** What something followed brings to one digest. */
export interface Brought {
  follow: Follow;
  papers: string[];
}

/**
 * What follows bring to a digest: each paper once, under the first that found it, and none that
 * stands elsewhere in it or was had. Those that found least choose first. Pure.
 */
export function broughtBy(follows: readonly Follow[], hitsOf: HitsOf, not: ReadonlySet<string>): Brought[] {
  const taken = new Set(not);
  let room = MOST_ALTOGETHER;
  const brought = new Map<Follow, string[]>();
  const wanted = follows.filter(({ kind }) => kind !== 'not');
  for (const follow of wanted.toSorted((a, b) => hitsOf(a).length - hitsOf(b).length)) {
    const papers = hitsOf(follow)
      .filter((id) => !taken.has(id))
      .slice(0, Math.min(MOST_OF_EACH, room));
    for (const id of papers) taken.add(id);
    room -= papers.length;
    brought.set(follow, papers);
  }
  return wanted.map((follow) => ({ follow, papers: brought.get(follow)! })).filter(({ papers }) => papers.length > 0);
}

/** Why a paper stands in a digest. */
export const reasonOf = (words: Words, { kind, label }: Follow): string =>
  kind === 'author' || kind === 'organisation'
    ? words.t('reason-follow', { name: label })
    : words.t('reason-search', { search: label });

/** What follows brought, within the count of a digest's papers: "your search 2". */
export function partOf(words: Words, brought: readonly Brought[]): string {
  const papers = brought.reduce((sum, one) => sum + one.papers.length, 0);
  if (papers === 0) return '';
  const isSearch = brought.length === 1 && brought[0]!.follow.kind === 'search';
  return `${isSearch ? words.t('digest-part-search') : words.t('digest-part-followed')} ${papers}`;
}

/** What is followed, in words for the foot of a digest: "one search", "3 searches and names". */
export function followedWords(words: Words, follows: readonly Follow[]): string | null {
  const wanted = follows.filter(({ kind }) => kind !== 'not');
  const searches = wanted.filter(({ kind }) => kind === 'search').length;
  const names = wanted.length - searches;
  const [first, second] = [
    ...(searches > 0 ? [words.t('digest-searches', { searches })] : []),
    ...(names > 0 ? [words.t('digest-names', { names })] : []),
  ];
  if (first === undefined) return null;
  return second === undefined ? first : words.t('digest-both', { first, second });
}
