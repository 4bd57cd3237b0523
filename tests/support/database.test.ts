import pg from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';

const COUNT = 'SELECT count(*)::int AS topics FROM topic';

test('every test database is migrated, empty and its own', async () => {
  await using one = await testDatabase();
  await using two = await testDatabase();
  await one.db.$client.query(
    `INSERT INTO topic (slug, name, description, categories, keywords, position) VALUES ('a', 'A', '', '{}', '{}', 1)`,
  );
  expect((await one.db.$client.query(COUNT)).rows).toEqual([{ topics: 1 }]);
  expect((await two.db.$client.query(COUNT)).rows).toEqual([{ topics: 0 }]);
});

test('a program given its URL reaches the same database', async () => {
  await using database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('SELECT current_database() AS name');
  await client.end();
  expect(rows).toEqual((await database.db.$client.query('SELECT current_database() AS name')).rows);
});
