import { expect, test } from 'vitest';
import { bestNamed, countNamed, papersNamed } from '../../src/db/names.ts';
import { testDatabase } from '../support/database.ts';
import { plansOf } from '../support/plans.ts';

test('the papers of a name are found through its index, however many others there are', async () => {
  await using database = await testDatabase();
  const pool = database.db.$client;
  await pool.query(`
    insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at,
      author_keys, organisation_key)
    select 'arxiv:' || i, 'arxiv', 'T', 'A', '{}', now() - i * interval '1 minute', '{}', '{}', now(),
      array['a-' || i % 500], 'o-' || i % 300
    from generate_series(1, 20000) i`);
  await pool.query('analyze paper');
  for (const [name, index] of [
    [{ kind: 'author', key: 'a-7' }, 'paper_author_keys'],
    [{ kind: 'organisation', key: 'o-7' }, 'paper_organisation_key'],
  ] as const) {
    const plans = await plansOf(pool, async () => {
      await papersNamed(database.db, name, { limit: 21 });
      await countNamed(database.db, name);
      await bestNamed(database.db, name, 8);
    });
    const asked = plans.filter((plan) => plan.includes(index));
    expect(asked).toHaveLength(3);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on paper/);
    // The votes of each paper are looked up once, not once more for each place that asks.
    expect(asked[2]!.match(/ on signal vote/g)).toHaveLength(1);
  }
});
