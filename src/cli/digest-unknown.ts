import type { Db } from '../db/client.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { openOf, unknownSums, type UnknownSums } from '../db/unknown.ts';
import { closeUnknown, decidedWords, LISTED_DAYS, listedDates, resendUnknown } from '../delivery/unknown.ts';
import { AppError } from '../errors.ts';
import { openEngine } from '../engine.ts';
import { openStore } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

interface Options {
  date?: string;
  resend?: boolean;
  close?: boolean;
}

/**
 * Lists the digests of which something is unknown, or has those deliveries of one digest sent once
 * more, or leaves them as they are.
 */
export async function digestUnknown(context: Context, options: Options): Promise<void> {
  const date = options.date === undefined ? null : day(options.date);
  if (!options.resend && !options.close) return list(context, date);
  if (date === null) throw new AppError('INPUT_INVALID', 'Say with --date which digest is to be sent again or closed.');
  return options.resend ? resend(context, date) : close(context, date);
}

async function list({ config, log, print, signal }: Context, date: string | null): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  await show(store.db, print, date === null ? listedDates(store.now()) : { since: date, until: date });
}

async function resend({ config, log, print, signal }: Context, date: string): Promise<void> {
  await using engine = await openEngine(await openStore(config, log, { signal }));
  const decided = await resendUnknown({ ...engine, ...engine.handlerDeps.plan }, date);
  if (decided.changed > 0)
    await recordDeed(engine.db, COMMAND, { at: engine.now(), did: 'digest.resend', about: date });
  await print(decidedWords(decided));
  await show(engine.db, print, { since: date, until: date });
}

async function close({ config, log, print, signal }: Context, date: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const decided = await closeUnknown(store, date);
  if (decided.changed > 0) await recordDeed(store.db, COMMAND, { at: store.now(), did: 'digest.close', about: date });
  await print(decidedWords(decided));
  await show(store.db, print, { since: date, until: date });
}

async function show(db: Db, print: Context['print'], dates: { since: string; until: string }): Promise<void> {
  const found = await unknownSums(db, dates);
  for (const sums of found) await print(asSentence(sums));
  const digests =
    dates.since === dates.until ? `the digest of ${dates.since}` : `the digests of the last ${LISTED_DAYS} days`;
  if (found.length === 0) await print(`Nothing is unknown of ${digests}.`);
}

function asSentence(sums: UnknownSums): string {
  const { date, unknown, again, closed } = sums;
  return `Digest of ${date}: ${unknown} unknown = ${openOf(sums)} open + ${again} to be sent again + ${closed} closed.`;
}
