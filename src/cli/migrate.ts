import { prepareQueues } from '../jobs/queues.ts';
import { openStore } from '../store.ts';
import { queueAddress } from '../surroundings.ts';
import type { Context } from './context.ts';

/** Brings the database to the current schema, and the queue's tables with it. */
export async function migrateCommand({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { schema: 'migrate', signal });
  await prepareQueues(queueAddress(store));
  await print('The database is at the current schema.');
}
