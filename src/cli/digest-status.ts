import { setTimeout as wait } from 'node:timers/promises';
import { brakesOn } from '../db/brakes.ts';
import type { Db } from '../db/client.ts';
import {
  digestState,
  digestSums,
  isUnderWay,
  latestDigestDate,
  type DigestState,
  type DigestSums,
} from '../db/digests.ts';
import { AppError } from '../errors.ts';
import { openStore, type Store } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { withProgress } from './progress.ts';

const POLL_MS = 500;

export async function digestStatus(
  context: Context,
  options: { date?: string; json?: boolean; watch?: boolean },
): Promise<void> {
  const { config, log, print, signal } = context;
  const given = options.date === undefined ? null : day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const date = given ?? (await latestDigestDate(store.db));
  if (date === null)
    throw new AppError('NOT_FOUND', 'There was no digest yet. The first goes out with the first edition.');
  // A program reads the sums, which are none.
  if (!options.json && (await digestState(store.db, date)) === null)
    throw noDigest(date, await latestDigestDate(store.db));
  if (options.watch) await withProgress(context, store.db, date, () => untilDone(store, date, signal));
  await showStatus(store.db, print, date, options.json);
}

const noDigest = (date: string, newest: string | null): AppError =>
  new AppError(
    'NOT_FOUND',
    'There is no digest of ' +
      `${date}.${newest === null ? '' : ` The newest is that of ${newest}: leave out --date to see it.`}`,
  );

async function untilDone({ db, now }: Pick<Store, 'db' | 'now'>, date: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await isUnderWay(db, date, now())))
    await wait(POLL_MS, undefined, { signal }).catch(() => {});
}

/** One line for a person, and with `json` one object as the last line. */
export async function showStatus(db: Db, print: Context['print'], date: string, json = false): Promise<void> {
  const sums = await digestSums(db, date);
  if (json) return print(asJson(sums));
  await print(asSentence(sums, await digestState(db, date)));
  for (const { domain, unknown, frozen } of await brakesOn(db, date))
    await print(
      `The brake is on${domain === '' ? '' : ` for ${domain}`}: ${unknown} of ${frozen} readers were called unknown. ` +
        `Mend the relay, then "paperboy digest resume --date ${date}".`,
    );
}

const asJson = ({
  date,
  frozen,
  accepted,
  deferred,
  rejected,
  unknown,
  skipped,
  pending,
  seconds,
}: DigestSums): string =>
  JSON.stringify({ date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds });

function asSentence(sums: DigestSums, state: DigestState | null): string {
  const { date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds } = sums;
  const halted = state === 'paused' || state === 'cancelled' ? ` (${state})` : '';
  return (
    `Digest of ${date}${halted}: ${frozen} frozen = ${accepted} accepted + ${deferred} deferred + ` +
    `${rejected} rejected + ${unknown} unknown + ${skipped} skipped + ${pending} pending, in ${seconds} s.`
  );
}
