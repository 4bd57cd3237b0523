import { codeOf } from '../errors.ts';
import type { Db } from './client.ts';
import { INSUFFICIENT_PRIVILEGE } from './sql-states.ts';

/**
 * Throws unless the database answers within `withinMs`. A connection that hangs is given up, and
 * not handed back.
 */
export const tryRead = (db: Db, withinMs: number): Promise<void> => ask(db, 'select', withinMs);

/**
 * Throws unless the database takes a write within `withinMs`: not on a full disk, nor as a standby
 * or made read-only. A row in a table of ours would fit into a page that is there already, and
 * succeed on a full disk. New pages do not, and those of a temporary table are gone when the
 * statement ends.
 */
export async function tryWrite(db: Db, withinMs: number): Promise<void> {
  try {
    await ask(
      db,
      `create temporary table paperboy_probe
       on commit drop
       as select generate_series(1, 5000) as number`,
      withinMs,
    );
  } catch (error) {
    // Some operators let no user make temporary tables. Then this tells nothing, and ordinary
    // writes may be fine.
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
  }
}

async function ask(db: Db, text: string, withinMs: number): Promise<void> {
  // pg takes a time limit for each query, though its types do not say so.
  const query = { text, query_timeout: withinMs };
  await db.$client.query(query);
}
