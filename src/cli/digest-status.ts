import { digestSums, type DigestSums } from '../db/deliveries.ts';
import { openStore } from '../runtime.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

export async function digestStatus({ config, log, signal, print }: Context, options: { date: string; json?: boolean }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  printSums(print, await digestSums(store.db, date), options.json);
}

/** One line for a person, and with `json` one object as the last line. */
export function printSums(print: (text: string) => void, sums: DigestSums, json = false): void {
  const { date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds } = sums;
  if (json) print(JSON.stringify({ date, frozen, accepted, deferred, rejected, unknown, skipped, pending, seconds }));
  else print(`Digest of ${date}: ${frozen} frozen = ${accepted} accepted + ${deferred} deferred + ${rejected} rejected + ${unknown} unknown + ${skipped} skipped + ${pending} pending, in ${seconds} s.`);
}
