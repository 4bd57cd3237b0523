import { cancelDigest, pauseDigest, resumeDigest } from '../delivery/halt.ts';
import { openEngine } from '../engine.ts';
import { openStore } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { showStatus } from './digest-status.ts';

export async function digestPause({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  await pauseDigest(store, date);
  await showStatus(store.db, print, date);
}

export async function digestResume({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using engine = await openEngine(await openStore(config, log, { signal }));
  await resumeDigest({ ...engine, ...engine.handlerDeps.plan }, date);
  await showStatus(engine.db, print, date);
}

export async function digestCancel({ config, log, print, signal }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  await cancelDigest(store, date);
  await showStatus(store.db, print, date);
}
