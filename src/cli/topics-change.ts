import { readFile } from 'node:fs/promises';
import { COMMAND } from '../db/trail.ts';
import { AppError, codeOf } from '../errors.ts';
import {
  type DeskTopics,
  originsOf,
  putTopic,
  readDeskTopics,
  requireSound,
  tryOnRecent,
} from '../papers/desk-topics.ts';
import type { OwnTopic } from '../papers/own-topics.ts';
import { openStore, type Store } from '../store.ts';
import type { Context } from './context.ts';

/** So many papers that come and go are named. */
const NAMED = 10;

export async function topicsList(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const originOf = originsOf(store.ofFile)(await readDeskTopics(store.db));
  const topics = store.topics.list.map(({ slug, name, description }) => ({
    slug,
    name,
    description,
    origin: originOf(slug),
  }));
  if (json) return print(JSON.stringify({ topics }));
  for (const { slug, name, origin } of topics) await print(`${slug}  ${name}  (${ORIGIN_WORDS[origin]})`);
}

const ORIGIN_WORDS = {
  ours: 'ships with Paperboy',
  'added to': 'ships with Paperboy, and was added to',
  desk: 'your own',
  file: 'of topics.json',
} as const;

/** Prints what was said of a topic, in the form in which `put` takes it. */
export async function topicsShow({ config, log, signal, print }: Context, slug: string): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  await print(JSON.stringify(saidOf(await readDeskTopics(store.db), store, slug), null, 2));
}

/** What was said of a topic; of one that ships as it is, what would add nothing to it. */
function saidOf({ topics }: DeskTopics, { topics: inForce, ofFile }: Store, slug: string): OwnTopic {
  const found = inForce.list.find((topic) => topic.slug === slug);
  if (found === undefined) throw unknownTopic(slug);
  if (ofFile.has(slug))
    throw new AppError('INPUT_INVALID', `The file topics.json in PAPERBOY_DATA says what ${slug} is: see there.`);
  const { name, description } = found;
  return topics.find((topic) => topic.slug === slug) ?? { slug, name, description };
}

/** Tries a topic on the papers of the last 30 days. Changes nothing. */
export async function topicsTry(
  { config, log, signal, print }: Context,
  file: string,
  { json = false }: { json?: boolean },
): Promise<void> {
  const topic = await readTopic(file);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const { looked, stay, come, go } = await tryOnRecent(store, topic);
  const titles = (papers: typeof come) => papers.slice(0, NAMED).map(({ id, title }) => ({ id, title }));
  if (json)
    return print(
      JSON.stringify({ looked, stay, comes: come.length, goes: go.length, come: titles(come), go: titles(go) }),
    );
  await print(`Of ${looked} papers of the last 30 days ${stay} stay under ${topic.slug}.`);
  for (const [word, papers] of [
    ['come', come],
    ['go', go],
  ] as const) {
    await print(`${papers.length} ${word}${papers.length === 0 ? '.' : ':'}`);
    for (const { id, title } of titles(papers)) await print(`  ${id}  ${title}`);
  }
  await print('Nothing was saved: "paperboy topics put" does that.');
}

/** Makes a topic, or says anew what one is. */
export async function topicsPut({ config, log, signal, print }: Context, file: string): Promise<void> {
  const topic = await readTopic(file);
  await using store = await openStore(config, log, { signal });
  await putTopic(store, COMMAND, topic.slug, topic);
  await print(
    `Saved: ${topic.slug}. Papers of the last 30 days are filed anew, and processes that run take it up within a minute.`,
  );
}

/** Takes back what was said of a topic. */
export async function topicsRemove({ config, log, signal, print }: Context, slug: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  if (!(await readDeskTopics(store.db)).topics.some((topic) => topic.slug === slug)) throw unknownTopic(slug);
  await putTopic(store, COMMAND, slug, null);
  const stays = store.topics.list.some((topic) => topic.slug === slug);
  await print(stays ? `${slug} is as it ships again.` : `${slug} is gone; it stays stored for who holds it.`);
}

/** A topic as a file says it, one object as in topics.json. Throws INPUT_INVALID with what is wrong. */
async function readTopic(file: string): Promise<OwnTopic> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('INPUT_INVALID', `Cannot read ${file} (${codeOf(cause) ?? 'unknown'}): name a file of JSON.`);
  });
  const topic = parsed(text);
  if (topic === undefined)
    throw new AppError('INPUT_INVALID', `${file} is no JSON: write one topic there, as "paperboy topics show" does.`);
  requireSound(topic as OwnTopic);
  return topic as OwnTopic;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unknownTopic = (slug: string): AppError =>
  new AppError(
    'NOT_FOUND',
    `Nothing was said of a topic "${slug.slice(0, 60)}": "paperboy topics list" has those there are.`,
  );
