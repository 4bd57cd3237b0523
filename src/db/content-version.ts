import type { Db } from './client.ts';

/**
 * The number that every change of papers, signals, topics and editions raises. Asked for each page,
 * so it is prepared.
 */
export async function contentVersion(db: Db): Promise<string> {
  const { rows } = await db.$client.query<{ version: string }>({
    name: 'content_version',
    text: 'select version from content_version',
  });
  return rows[0]!.version;
}
