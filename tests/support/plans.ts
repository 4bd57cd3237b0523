import type { Pool, QueryResult } from 'pg';

/** How Postgres reads each statement that `work` asks of a pool, in the order in which they were asked. */
export async function plansOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const { query } = pool;
  const ask = query.bind(pool) as (...asked: unknown[]) => Promise<QueryResult<Record<string, string>>>;
  pool.query = (async (statement: { text: string }, values: unknown[], ...more: unknown[]) => {
    const { rows } = await ask(`explain ${statement.text}`, values);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    return ask(statement, values, ...more);
  }) as typeof query;
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return plans;
}
