import { cancelDigest, pauseDigest, resumeDigest } from '../delivery/halt.ts';
import { openEngine } from '../engine.ts';
import { openStore, type Store } from '../store.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { showStatus } from './digest-status.ts';

export async function digestPause({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  await pauseDigest(store, date);
  await record(store, 'pause', date);
  await showStatus(store.db, print, date);
}

export async function digestResume({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using engine = await openEngine(await openStore(config, log, { signal }));
  await resumeDigest({ ...engine, ...engine.handlerDeps.plan }, date);
  await record(engine, 'resume', date);
  await showStatus(engine.db, print, date);
}

export async function digestCancel({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  await cancelDigest(store, date);
  await record(store, 'cancel', date);
  await showStatus(store.db, print, date);
}

const record = (
  { db, now }: Pick<Store, 'db' | 'now'>,
  did: 'pause' | 'resume' | 'cancel',
  date: string,
): Promise<void> => recordDeed(db, COMMAND, { at: now(), did: `digest.${did}`, about: date });
