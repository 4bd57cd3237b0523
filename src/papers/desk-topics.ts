import { isDeepStrictEqual } from 'node:util';
import { type Db, type Tx, transaction } from '../db/client.ts';
import { fileAnew, papersFirstSeen } from '../db/papers.ts';
import { lockSetting, readSetting, saveSetting } from '../db/settings.ts';
import { retireTopic } from '../db/topics.ts';
import { type Actor, recordDeed } from '../db/trail.ts';
import { DAY } from '../duration.ts';
import { AppError } from '../errors.ts';
import type { Paper } from '../paper.ts';
import { createBreathe } from './breathe.ts';
import { addedTo, faultsOf, inForce, type OwnTopic } from './own-topics.ts';
import {
  type LiveTopics,
  liveTopics,
  SHIPPED,
  syncTopics,
  type TopicInForce,
  topicsInForce,
  type Topics,
} from './topics.ts';

/** The name under which the desk's topics are saved. */
const SETTING = 'topics';
/** So many changes can be taken back. */
const MOST_CHANGES = 100;
/** Papers of these days are filed anew when a topic changes; editions of before stay as they are. */
export const FILED_ANEW_MS = 30 * DAY;

/** What was changed of a topic. `before`: what the desk had said of it; `null`: nothing. */
export interface TopicChange {
  at: string;
  by: string;
  slug: string;
  before: OwnTopic | null;
  after: OwnTopic | null;
}

/** What the desk says of topics: those of its own, and what it adds to those that ship. */
export interface DeskTopics {
  topics: OwnTopic[];
  /** The newest first. */
  changes: TopicChange[];
}

const shippedBySlug = new Map(SHIPPED.map((topic) => [topic.slug, topic]));
export const isShipped = (slug: string): boolean => shippedBySlug.has(slug);

/** What was saved; what another version of the program saved and is not sound is left out. */
export async function readDeskTopics(tx: Tx): Promise<DeskTopics> {
  const saved = (await readSetting(tx, SETTING)) as Partial<DeskTopics> | null;
  const topics = Array.isArray(saved?.topics) ? saved.topics : [];
  const sound = topics.filter((topic, i) => faultsOf(topic, topics.slice(0, i), besideOf(topic)).length === 0);
  return { topics: sound, changes: Array.isArray(saved?.changes) ? saved.changes : [] };
}

const besideOf = (topic: unknown): { beside: boolean } => ({
  beside: typeof topic === 'object' && topic !== null && 'slug' in topic && isShipped(String(topic.slug)),
});

/** What a topic of the desk comes to: it adds to one that ships, or is its own. */
export function made(topic: OwnTopic): TopicInForce {
  const shipped = shippedBySlug.get(topic.slug);
  return shipped === undefined ? inForce(topic) : addedTo(shipped, topic);
}

/** The topics in force with this one in the place of what it is now. */
export const withTopic = ({ list }: Topics, topic: OwnTopic): Topics => topicsInForce([...list, made(topic)]);

/** Refuses a topic that cannot be one. */
export function requireSound(topic: OwnTopic): void {
  const faults = faultsOf(topic, [], besideOf(topic));
  if (faults.length > 0)
    throw new AppError('INPUT_INVALID', faults.map((fault) => `Cannot use this topic: ${fault}.`).join(' '));
}

/** The topics in force: those that ship, what the desk makes of them, and last what the file says. */
export const topicsWith = (desk: readonly OwnTopic[], ofFile: readonly TopicInForce[]): Topics =>
  topicsInForce([...desk.map(made), ...ofFile]);

/** The topics in force, and how to take up what the desk has changed since. */
export async function openTopics(
  db: Db,
  ofFile: readonly TopicInForce[],
): Promise<{ topics: LiveTopics; refresh: () => Promise<void> }> {
  let known = (await readDeskTopics(db)).topics;
  const topics = liveTopics(topicsWith(known, ofFile));
  return {
    topics,
    async refresh() {
      const { topics: saved } = await readDeskTopics(db);
      // Making the classifier takes a moment, and few minutes bring a change.
      if (isDeepStrictEqual(saved, known)) return;
      topics.replace(topicsWith(saved, ofFile));
      known = saved;
    },
  };
}

/** Where a topic is from: it ships, ships and was added to here, was made here, or stands in the file. */
export type TopicOrigin = 'ours' | 'added to' | 'desk' | 'file';

/** Tells where topics are from; `ofFile` are those of the operator's file. */
export const originsOf =
  (ofFile: ReadonlySet<string>) =>
  (desk: DeskTopics) =>
  (slug: string): TopicOrigin => {
    if (ofFile.has(slug)) return 'file';
    if (!isShipped(slug)) return 'desk';
    return desk.topics.some((topic) => topic.slug === slug) ? 'added to' : 'ours';
  };

export interface ChangeDeps {
  db: Db;
  now: () => Date;
  /** The slugs of the file's topics, of which the desk has nothing to say. */
  ofFile: ReadonlySet<string>;
}

/** Saves what the desk says of a topic; `null`: it says nothing more. Written down, and can be taken back. */
export async function changeTopic(
  { db, now, ofFile }: ChangeDeps,
  actor: Actor,
  slug: string,
  topic: OwnTopic | null,
): Promise<void> {
  if (ofFile.has(slug))
    throw new AppError(
      'INPUT_INVALID',
      'The file topics.json says what this topic is: change it there and start again.',
    );
  if (topic !== null) requireSound(topic);
  const at = now();
  await transaction(db, async (tx) => {
    await lockSetting(tx, SETTING);
    const { topics, changes } = await readDeskTopics(tx);
    const before = topics.find((one) => one.slug === slug) ?? null;
    if (isDeepStrictEqual(before, topic)) return;
    const others = topics.filter((one) => one.slug !== slug);
    // A topic keeps its place among the others.
    const place = before === null ? topics.length : topics.indexOf(before);
    const next = topic === null ? others : others.toSpliced(place, 0, topic);
    const change: TopicChange = { at: at.toISOString(), by: actor.who, slug, before, after: topic };
    const value: DeskTopics = { topics: next, changes: [change, ...changes].slice(0, MOST_CHANGES) };
    await saveSetting(tx, { name: SETTING, value, by: actor.who, now: at });
    await recordDeed(tx, actor, { at, did: topic === null ? 'topic.remove' : 'topic.change', about: slug });
    await fileAnew(tx, new Date(at.getTime() - FILED_ANEW_MS));
  });
}

/** A page of the desk has this name, so that no topic may. */
export const NEW_TOPIC = 'new';

export interface PutDeps extends ChangeDeps {
  topics: Topics;
  refreshTopics: () => Promise<void>;
}

/**
 * The same as `changeTopic`, taken up by this process at once: what readers choose from follows. A
 * topic that is gone stays for who holds it.
 */
export async function putTopic(deps: PutDeps, actor: Actor, slug: string, topic: OwnTopic | null): Promise<void> {
  const { db, topics, refreshTopics } = deps;
  if (slug === NEW_TOPIC)
    throw new AppError('INPUT_INVALID', 'A topic cannot be called "new": choose another word for its address.');
  await changeTopic(deps, actor, slug, topic);
  await refreshTopics();
  if (!topics.list.some((one) => one.slug === slug)) await retireTopic(db, slug);
  await syncTopics(db, topics);
}

/** What becomes of papers when a topic changes. */
export interface Trial {
  looked: number;
  stay: number;
  /** Papers that come under it, and papers that are under it no more; the newest first. */
  come: Paper[];
  go: Paper[];
}

/** Tries a topic on the papers of the last 30 days. Changes nothing; throws INPUT_INVALID for one that cannot be. */
export async function tryOnRecent(
  { db, now, topics }: { db: Db; now: () => Date; topics: Topics },
  topic: OwnTopic,
): Promise<Trial> {
  requireSound(topic);
  const until = now();
  const after = new Date(until.getTime() - FILED_ANEW_MS);
  const recent = await papersFirstSeen(db, { after, until, sample: false });
  return tryTopic(recent, topic.slug, { before: topics, after: withTopic(topics, topic) });
}

/** Files papers under a topic as it is and as it would be. Others have their turn meanwhile. */
export async function tryTopic(
  papers: readonly Paper[],
  slug: string,
  { before, after }: Record<'before' | 'after', Pick<Topics, 'classify'>>,
): Promise<Trial> {
  const trial: Trial = { looked: papers.length, stay: 0, come: [], go: [] };
  const breathe = createBreathe();
  const isUnder = (topics: Pick<Topics, 'classify'>, paper: Paper): boolean =>
    topics.classify(paper).some((verdict) => verdict.slug === slug);
  for (const paper of papers.toSorted((a, b) => b.firstSeenAt.getTime() - a.firstSeenAt.getTime())) {
    await breathe();
    const [was, is] = [isUnder(before, paper), isUnder(after, paper)];
    if (was && is) trial.stay += 1;
    if (!was && is) trial.come.push(paper);
    if (was && !is) trial.go.push(paper);
  }
  return trial;
}
