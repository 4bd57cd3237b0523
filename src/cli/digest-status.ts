import type { Db } from '../db/client.ts';
import { digestState, digestSums, type DigestState, type DigestSums } from '../db/deliveries.ts';
import { openStore } from '../runtime.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

export async function digestStatus({ config, log, print }: Context, options: { date: string; json?: boolean }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log);
  await showStatus(store.db, print, date, options.json);
}

/** One line for a person, and with `json` one object as the last line. */
export async function showStatus(db: Db, print: (text: string) => void, date: string, json = false): Promise<void> {
  const sums = await digestSums(db, date);
  print(json ? asJson(sums) : asSentence(sums, await digestState(db, date)));
}

const asJson = ({ date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds }: DigestSums): string =>
  JSON.stringify({ date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds });

function asSentence(sums: DigestSums, state: DigestState | null): string {
  const { date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds } = sums;
  const halted = state === 'paused' || state === 'cancelled' ? ` (${state})` : '';
  return `Digest of ${date}${halted}: ${frozen} frozen = ${accepted} accepted + ${deferred} deferred + ${rejected} rejected + ${unknown} unknown + ${skipped} skipped + ${pending} pending, in ${seconds} s.`;
}
