import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Db } from '../db/client.ts';
import { newestOf } from '../db/places.ts';
import { listTopics } from '../db/topics.ts';
import { monthOf } from '../editions/periods.ts';
import { editionPath, paperPath } from '../papers/links.ts';
import type { Logger } from '../telemetry.ts';
import { texToHtml } from '../tex/mathml.ts';
import { authorPath, organisationPath, periodPath, searchPath, topicPath } from './paths.ts';

interface WarmUpDeps {
  app: FastifyInstance;
  db: Db;
}

/** Warms up after `ms`. Returns what calls it off, and waits for the page that is being made. */
export function warmUpIn(ms: number, deps: WarmUpDeps & { log: Logger }): () => Promise<void> {
  const stop = new AbortController();
  let work = Promise.resolve();
  const timer = setTimeout(() => {
    work = warmUp(deps, stop.signal).catch((err: unknown) =>
      deps.log.warn({ err }, 'Cannot make pages before a visitor asks for them: the first one waits a little'),
    );
  }, ms);
  return () => {
    clearTimeout(timer);
    stop.abort();
    return work;
  };
}

/**
 * Asks for one page of most kinds, one after another, until `signal` fires. Otherwise a first
 * visitor waits half a second for what is made at its first need: see lazily.ts, templates, and
 * plans of a connection. A page that fails here fails for that visitor too, and its request says
 * so.
 */
export async function warmUp({ app, db }: WarmUpDeps, signal: AbortSignal): Promise<void> {
  texToHtml('$\\alpha^2$', 'α²'); // not every page holds a formula
  for (const url of await firstPages(db)) {
    await setImmediate(); // who asks meanwhile goes first
    if (signal.aborted) return;
    await app.inject({ url, remoteAddress: '127.0.0.1' });
  }
}

/** One address of each kind, as far as there are such pages. Feeds and pictures are left out. */
async function firstPages(db: Db): Promise<string[]> {
  const [newest, [topic]] = await Promise.all([newestOf(db), listTopics(db)]);
  const api = (path: string): string => `/api/v1${path}`;
  if (newest === null) return ['/'];
  const { id, author, organisation, date } = newest;
  const names = [
    ...(author === null ? [] : [authorPath(author)]),
    ...(organisation === null ? [] : [organisationPath(organisation)]),
  ];
  return [
    '/',
    paperPath(id),
    api(`/papers/${encodeURIComponent(id)}/related`),
    ...names,
    ...names.map(api),
    ...(date === null ? [] : [editionPath(date), periodPath(monthOf(date).name), api(`/editions/${date}`)]),
    '/editions',
    ...(topic === undefined ? [] : [topicPath(topic.slug), searchPath(topic.slug)]),
  ];
}
