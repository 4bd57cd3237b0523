import type { Db, Tx } from '../db/client.ts';
import { type AskedFollow, changeFollows, followsOf, type FollowChange, MOST_FOLLOWS } from '../db/follows.ts';
import { papersNamed } from '../db/names.ts';
import { getSubscriber, setTopics } from '../db/subscribers.ts';
import { listTopics } from '../db/topics.ts';
import type { AppError } from '../errors.ts';
import { OVERALL } from '../paper.ts';
import { topicNameIn } from '../papers/topic-words.ts';
import { spelledName } from '../papers/authors.ts';
import { nameKey } from '../search/fold.ts';
import type { Misread } from '../search/misread.ts';
import { namesSomething, parseQuery } from '../search/query.ts';
import { FOLLOW_KINDS, type Follow } from '../subscriber.ts';
import type { Messages } from '../words/messages.ts';
import { ReaderError } from '../words/reader-error.ts';
import type { MessageKey, Words } from '../words/words.ts';
import { type Keyring, noLongerWorks } from './tokens.ts';

/** Something to follow, as a form says it. */
export interface FollowInput {
  kind: string;
  value: string;
}

const invalid = <Key extends MessageKey>(key: Key, args: Messages[Key]): AppError =>
  new ReaderError('INPUT_INVALID', key, args);

/**
 * Turns what a form says into something to follow: a topic that `mayBe` followed, or a name, spelled
 * as its papers spell it. Throws INPUT_INVALID.
 */
export async function parseFollow(
  db: Tx,
  { kind, value }: FollowInput,
  mayBe: (slug: string) => boolean = () => true,
): Promise<AskedFollow> {
  if (kind === 'topic') return parseTopic(db, value, mayBe);
  const known = FOLLOW_KINDS.find((one) => one === kind);
  if (known === undefined) throw invalid('input-follow', null);
  return known === 'search' || known === 'not' ? parseSearch(known, value) : parseName(db, known, value);
}

async function parseTopic(db: Tx, slug: string, mayBe: (slug: string) => boolean): Promise<AskedFollow> {
  const topic = (await listTopics(db)).find((one) => one.slug === slug && mayBe(slug));
  if (!topic) throw invalid('input-no-topic', null);
  return { kind: 'topic', value: topic.slug, label: topic.name };
}

/** A search that names nothing would find everything. */
function parseSearch(kind: 'search' | 'not', value: string): Follow {
  const query = parseQuery(value);
  const [misread] = query.misread;
  if (misread !== undefined) throw notRead(misread);
  if (!namesSomething(query)) throw invalid('input-search', null);
  const text = query.text.replace(/\s+/g, ' ');
  return { kind, value: text, label: text };
}

/** What only the first part is read of is searched for all the same, and not followed. */
function notRead([key, args]: Misread): AppError {
  if (key === 'misread-long') return invalid('input-search-characters', args);
  return key === 'misread-many' ? invalid('input-search-words', args) : invalid(key, args);
}

async function parseName(db: Tx, kind: 'author' | 'organisation', value: string): Promise<Follow> {
  const key = nameKey(value);
  if (key === '') throw invalid('input-name', null);
  const papers = await papersNamed(db, { kind, key }, { limit: 1 });
  const typed = parseQuery(value).text.slice(0, LONGEST_NAME);
  return { kind, value: key, label: papers.length > 0 ? spelledName({ kind, key }, papers) : typed };
}

const LONGEST_NAME = 80;

interface FollowsDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  /** Whether a topic is still among those of the newsletter. */
  isInForce?: (slug: string) => boolean;
}

/** What the reader of a link follows. Throws TOKEN_INVALID. Changes nothing. */
export async function getFollows(
  deps: FollowsDeps,
  token: string,
): Promise<{ follows: Follow[]; isOnly: boolean; topics: string[] }> {
  const { subscriberId } = deps.keyring.verify('preferences', token, deps.now());
  const reader = await getSubscriber(deps.db, subscriberId);
  if (!reader || reader.status === 'erased') throw noLongerWorks();
  return { ...(await followsOf(deps.db, subscriberId)), topics: reader.topics };
}

/** What a reader's form changes: several things at once, where they ticked several. */
export interface FollowWish extends Pick<FollowChange, 'remove' | 'only'> {
  add?: readonly FollowInput[];
}

/** Changes what the reader of a link follows. Throws TOKEN_INVALID or INPUT_INVALID, and then changes nothing. */
export async function setFollows(deps: FollowsDeps, token: string, { add = [], ...wish }: FollowWish): Promise<void> {
  const now = deps.now();
  const { subscriberId } = deps.keyring.verify('preferences', token, now);
  const parsed: AskedFollow[] = [];
  for (const input of add) parsed.push(await parseFollow(deps.db, input, deps.isInForce));
  const asked = parsed.flatMap((one) => (one.kind === 'topic' ? [] : [{ ...one, kind: one.kind }]));
  const { follows: known } = await followsOf(deps.db, subscriberId);
  const follows = eachOnce(known, asked);
  const done = await changeFollows(deps.db, subscriberId, { ...wish, add: follows }, now);
  if (done === 'gone') throw noLongerWorks();
  if (done === 'full') throw invalid('input-follows-full', { most: MOST_FOLLOWS });
  const topics = parsed.flatMap(({ kind, value }) => (kind === 'topic' ? [value] : []));
  if (topics.length > 0) await addTopics(deps.db, subscriberId, topics);
}

/** What is asked for, where it is followed already as it stands there: "Best Arm" finds what "best arm" does. */
function eachOnce(known: readonly Follow[], asked: readonly Follow[]): Follow[] {
  const first = new Map<string, Follow>();
  const firstOf = (one: Follow): Follow => {
    const meaning = meaningOf(one);
    const found = first.get(meaning) ?? one;
    first.set(meaning, found);
    return found;
  };
  known.forEach(firstOf);
  return asked.map(firstOf);
}

/** Names are followed by their keys. */
function meaningOf({ kind, value }: Follow): string {
  if (kind === 'author' || kind === 'organisation') return `${kind} ${value}`;
  const { clauses, after, before } = parseQuery(value);
  return JSON.stringify([kind, clauses, after, before]);
}

/** Who gets everything has every topic already. */
async function addTopics(db: Db, subscriberId: number, topics: readonly string[]): Promise<void> {
  const reader = await getSubscriber(db, subscriberId);
  if (!reader) throw noLongerWorks();
  const isFollowing = reader.followsOnly !== true;
  if (isFollowing && reader.topics.includes(OVERALL)) return;
  const before = isFollowing ? reader.topics : [];
  await setTopics(db, subscriberId, [...new Set([...before, ...topics])].toSorted());
}

/** What is followed, within a sentence: "papers by Ada Lovelace". */
export const followWords = (words: Words, asked: AskedFollow): string =>
  words.t(`follow-${asked.kind}`, { label: labelIn(words, asked) });

/** What is followed, or proposed to follow, as a reader's language calls it. */
export const labelIn = (words: Words, { kind, value, label }: AskedFollow): string =>
  kind === 'topic' ? topicNameIn(words, value, label) : label;

const LONGEST_IN_NOTICE = 80;

/**
 * The same for mail to an address that anyone may have typed in: what was searched for is a
 * stranger's text, and becomes neither a link nor a letter.
 */
export const followWordsForStrangers = (words: Words, asked: AskedFollow): string =>
  followWords(words, {
    ...asked,
    label: asked.label
      .replace(/[./\\@]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, LONGEST_IN_NOTICE)
      .trim(),
  });
