import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Db } from '../db/client.ts';
import { newestOf } from '../db/places.ts';
import { listTopics } from '../db/topics.ts';
import { monthOf } from '../editions/periods.ts';
import { editionPath, paperPath } from '../papers/links.ts';
import { texToHtml } from '../tex/mathml.ts';
import { authorPath, organisationPath, periodPath, topicPath } from './paths.ts';

/**
 * Asks for one page of each kind, one after another, until `signal` fires. What a process makes when
 * it is first needed (lazily.ts), compiled templates and a connection's plans take a first visitor
 * half a second otherwise. What goes wrong here goes wrong for that visitor too, and is told then.
 */
export async function warmUp(app: FastifyInstance, db: Db, signal: AbortSignal): Promise<void> {
  texToHtml('$\\alpha^2$', 'α²'); // not every page holds a formula
  for (const url of await firstPages(db)) {
    await setImmediate(); // who asks meanwhile goes first
    if (signal.aborted) return;
    await app.inject({ url, remoteAddress: '127.0.0.1' });
  }
}

/** The addresses of one page of each kind that there is. */
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
    ...(topic === undefined ? [] : [topicPath(topic.slug)]),
  ];
}
