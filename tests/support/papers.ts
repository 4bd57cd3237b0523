import { NO_DETAILS, type Paper } from '../../src/paper.ts';

/** A paper to vary. */
export const paper = (id: string, over: Partial<Paper> = {}): Paper => ({
  id,
  source: 'huggingface',
  title: `Paper ${id}`,
  abstract: 'What it says.',
  authors: ['Ada Lovelace'],
  organisation: null,
  publishedAt: new Date('2026-05-28T00:00:00Z'),
  firstSeenAt: new Date('2026-05-29T08:00:00Z'),
  categories: [],
  keywords: [],
  ...NO_DETAILS,
  ...over,
});

/** Whole tables, row by row, to see that nothing changed. */
export async function dump(
  db: { $client: { query(text: string): Promise<{ rows: unknown[] }> } },
  tables: readonly string[],
): Promise<Record<string, unknown[]>> {
  const entries = [];
  for (const table of tables)
    entries.push([table, (await db.$client.query(`select * from ${table} t order by t::text`)).rows] as const);
  return Object.fromEntries(entries);
}

export const silent = { info: () => {}, warn: () => {}, error: () => {} };
