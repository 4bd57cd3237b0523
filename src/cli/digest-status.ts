import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/client.ts';
import { digestState, digestSums, isUnderWay, type DigestState, type DigestSums } from '../db/digests.ts';
import { openStore, type Store } from '../runtime.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { withProgress } from './progress.ts';

const POLL_MS = 500;

export async function digestStatus(
  context: Context,
  options: { date: string; json?: boolean; watch?: boolean },
): Promise<void> {
  const { config, log, print, signal } = context;
  const date = day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  if (options.watch) await withProgress(context, store.db, date, () => untilDone(store, date, signal));
  await showStatus(store.db, print, date, options.json);
}

async function untilDone({ db, now }: Pick<Store, 'db' | 'now'>, date: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await isUnderWay(db, date, now())))
    await wait(POLL_MS, undefined, { signal }).catch(() => {});
}

/** One line for a person, and with `json` one object as the last line. */
export async function showStatus(db: Db, print: Context['print'], date: string, json = false): Promise<void> {
  const sums = await digestSums(db, date);
  await print(json ? asJson(sums) : asSentence(sums, await digestState(db, date)));
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
  return `Digest of ${date}${halted}: ${frozen} frozen = ${accepted} accepted + ${deferred} deferred + ${rejected} rejected + ${unknown} unknown + ${skipped} skipped + ${pending} pending, in ${seconds} s.`;
}
