import type { Db } from './client.ts';

/**
 * The number that every change of papers, signals, topics and editions raises. Asked for each page,
 * so it is prepared.
 */
export async function contentVersion(db: Db): Promise<string> {
  try {
    return await ask(db);
  } catch {
    return ask(db); // over another connection: the first may have been dead
  }
}

/** All pages wait for this answer, so that a connection that is silent is given up soon. */
const PATIENCE_MS = 2_000;

async function ask(db: Db): Promise<string> {
  // pg takes a time limit for each query, though its types do not say so.
  const query = { name: 'content_version', text: 'select version from content_version', query_timeout: PATIENCE_MS };
  const { rows } = await db.$client.query<{ version: string }>(query);
  return rows[0]!.version;
}
