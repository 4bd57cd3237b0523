import type { Db } from '../db/client.ts';
import { recordsOf } from '../db/own-data.ts';
import { erase } from '../db/subscribers.ts';
import { readerOf, type PreferencesDeps } from './preferences.ts';

/** Everything that is stored about the reader behind a link, as it is stored. Changes nothing. */
export async function getOwnData(deps: PreferencesDeps, token: string): Promise<object> {
  const { id } = await readerOf(deps, token);
  return { exportedAt: deps.now(), ...(await recordsOf(deps.db, id, (address) => deps.keyring.hashesOf(address))) };
}

/** The reader pressed Erase: nothing of the person stays. */
export async function eraseMe(deps: PreferencesDeps & { db: Db }, token: string): Promise<void> {
  const { id } = await readerOf(deps, token);
  await erase(deps.db, id, deps.now());
}
