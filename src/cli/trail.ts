import { readTrail } from '../db/trail.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

const SHOWN = 50;

/** Prints who did what, the newest last, where it is read first. */
export async function trailCommand(
  { config, log, signal, print }: Context,
  { about, json = false }: { about?: string; json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const entries = await readTrail(store.db, { limit: SHOWN, ...(about !== undefined && { about }) });
  if (json) return print(JSON.stringify({ entries }));
  for (const { at, who, via, did, about: what, words } of entries.toReversed())
    await print(`${at.toISOString()}  ${who} (${via})  ${did} ${what}${words === undefined ? '' : `: ${words}`}`);
  if (entries.length === 0) await print('Nothing was done yet that is written down.');
}
