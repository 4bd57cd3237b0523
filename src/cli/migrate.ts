import { openStore } from '../runtime.ts';
import type { Context } from './context.ts';

export async function migrateCommand({ config, log, signal, print }: Context): Promise<void> {
  await using _store = await openStore(config, log, { signal });
  print('The database is at the current schema.');
}
