import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paperboy } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const DATE = '2026-05-29';
const scratch = mkdtempSync(path.join(tmpdir(), 'paperboy-schema-'));
const csv = path.join(scratch, 'readers.csv');
writeFileSync(csv, 'email\nreader@example.org\n');
afterAll(() => rmSync(scratch, { recursive: true }));

/** All of what they look at. */
const READING = [
  ['digest', 'status', '--date', DATE],
  ['digest', 'preview', '--date', DATE],
  ['digest', 'unknown'],
  ['trail'],
  ['edition', 'show', '--date', DATE],
  ['subscribers', 'export'],
  ['subscribers', 'show', 'reader@example.org'],
];
const WRITING = [
  ['ingest'],
  ['edition', 'build', '--date', DATE],
  ['digest', 'send', '--date', DATE],
  ['digest', 'pause', '--date', DATE],
  ['digest', 'resume', '--date', DATE],
  ['digest', 'cancel', '--date', DATE],
  ['digest', 'unknown', '--date', DATE, '--close'],
  ['digest', 'unknown', '--date', DATE, '--resend'],
  ['subscribers', 'import', csv, '--confirmed'],
  ['subscribers', 'erase', 'reader@example.org'],
];

/**
 * Every table, column and index, and what Paperboy's own tables hold: what a command may not have
 * touched.
 */
async function everythingIn({ db }: TestDatabase): Promise<unknown> {
  const { rows } = await db.$client.query(
    `select n.nspname, c.relname, a.attname
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where n.nspname !~ '^pg_|^information_schema'
     order by 1, 2, 3`,
  );
  return rows;
}

/** What an older Paperboy left: its migrations, or all but the newest. */
async function migrateAsOnce({ db }: TestDatabase, count = -1): Promise<{ versions: number }> {
  const older = path.join(scratch, `migrations${count}`);
  cpSync(path.join(import.meta.dirname, '..', '..', 'migrations'), older, { recursive: true });
  const journal = path.join(older, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
  await migrate(db, { migrationsFolder: older });
  return { versions: entries.length };
}

describe('a database that an older Paperboy made', () => {
  let database: TestDatabase;
  let versions: number;
  let before: unknown;
  beforeAll(async () => {
    database = await testDatabase({ migrated: false });
    ({ versions } = await migrateAsOnce(database));
    before = await everythingIn(database);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const commands = [...READING, ...WRITING].map((argv) => ({ argv, what: argv.join(' ').replace(csv, 'FILE') }));
  test.each(commands)('is left as it is by $what, which says what is missing', async ({ argv }) => {
    await expect(paperboy(database, ...argv)).rejects.toMatchObject({
      code: 'DATABASE_OUTDATED',
      message: `The database in DATABASE_URL is at version ${versions - 1}, and this Paperboy needs version ${versions}. Run "paperboy migrate" first.`,
    });
    expect(await everythingIn(database)).toEqual(before);
  });

  test('is left as it is by doctor, which notes it among what else it finds', async () => {
    expect(await paperboy(database, 'doctor')).toContainEqual(
      expect.stringMatching(/^look {2}Database: .*"paperboy migrate"/),
    );
    expect(await everythingIn(database)).toEqual(before);
  });

  test('is brought up to date by migrate, with the tables of the queue, and then every command works', async () => {
    expect(await paperboy(database, 'migrate')).toEqual(['The database is at the current schema.']);
    const after = await everythingIn(database);
    expect(after).toContainEqual(expect.objectContaining({ nspname: 'bullmq' }));
    expect(await paperboy(database, 'doctor')).toContainEqual(expect.stringMatching(/^well {2}Database: Postgres \d/));
    expect(await paperboy(database, 'digest', 'status', '--date', DATE, '--json')).toEqual([
      expect.stringContaining('"frozen":0'),
    ]);
    expect(await everythingIn(database)).toEqual(after);
  });
});

test('an empty database in DATABASE_URL stays empty, whatever is asked of it, until it is migrated', async () => {
  await using database = await testDatabase({ migrated: false });
  for (const argv of [READING[0]!, WRITING[0]!])
    await expect(paperboy(database, ...argv)).rejects.toMatchObject({
      code: 'DATABASE_OUTDATED',
      message: expect.stringMatching(/DATABASE_URL is empty.*"paperboy migrate"/),
    });
  expect(await paperboy(database, 'doctor')).toContainEqual(expect.stringMatching(/^look {2}Database: .* is empty/));
  expect(await everythingIn(database)).toEqual([]);
});

/** Rows as the first versions wrote them. */
const OF_OLD = `
  insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at)
    values ('arxiv:2507.14843', 'huggingface', 'An old paper', 'It is old.', '{Ada}', '2026-05-29', '{cs.AI}', '{}', '2026-05-29');
  insert into topic (slug, name, description, categories, keywords, position) values ('all-of-old', 'Old', '', '{}', '{}', 9);
  insert into edition (edition_date, topic, frozen_at) values ('${DATE}', 'all', '2026-05-29T04:00Z');
  insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
    values ('${DATE}', 'all', 1, 'arxiv:2507.14843', 1, '{}');
  insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, confirmed_at, next_due_at)
    values ('reader@example.org', 'active', '{}', 'daily', 'UTC', 7, '2026-05-01', '2026-05-01', '2026-05-30T07:00Z');
  insert into digest (digest_date, kind, state, frozen_at) values ('${DATE}', 'digest', 'sending', '2026-05-29T07:00Z');
  insert into batch (digest_date, kind, state, created_at, due_at) values ('${DATE}', 'digest', 'done', '2026-05-29T07:00Z', '2026-05-29T07:00Z');
  create table delivery_2026_05 partition of delivery for values from ('2026-05-01') to ('2026-06-01');
  insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
    select '${DATE}', 'digest', s.id, b.id, '2026-05-28', 'accepted', '2026-05-29T07:00Z', '2026-05-29T07:00Z'
    from subscriber s, batch b`;

test.each([
  ['the first migration', 1],
  ['v0.1.0', 3],
])(
  'a database of %s is brought up to date with all that is in it',
  async (_what, count) => {
    await using database = await testDatabase({ migrated: false });
    await migrateAsOnce(database, count);
    await database.db.$client.query(OF_OLD);
    await paperboy(database, 'migrate');
    expect((await paperboy(database, 'subscribers', 'export')).join('\n')).toContain('reader@example.org');
    expect((await paperboy(database, 'edition', 'show', '--date', DATE)).join('\n')).toContain('An old paper');
    expect(JSON.parse((await paperboy(database, 'digest', 'status', '--date', DATE, '--json')).at(-1)!)).toMatchObject({
      frozen: 1,
      accepted: 1,
    });
  },
  90_000,
);

test('a database that a newer Paperboy has used is refused in one sentence, and left as it is', async () => {
  await using database = await testDatabase();
  const { client, count } = await nextMigration(database);
  const before = await everythingIn(database);
  for (const argv of [['migrate'], READING[0]!, WRITING[0]!])
    await expect(paperboy(database, ...argv)).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      message:
        `The database in DATABASE_URL is at version ${count + 1}, and this Paperboy knows no more than version ` +
        `${count}. Install the newer Paperboy that it was used with, or restore a backup from before it.`,
    });
  expect(await everythingIn(database)).toEqual(before);
  await client.query('delete from drizzle.__drizzle_migrations where created_at > 4000000000000');
  expect(await paperboy(database, 'migrate')).toEqual(['The database is at the current schema.']);
});

/** What a Paperboy of the future would leave. */
async function nextMigration({ db: { $client: client } }: TestDatabase) {
  const { rows } = await client.query<{ count: number }>('select count(*)::int from drizzle.__drizzle_migrations');
  await client.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('next', 4000000000001)`);
  return { client, count: rows[0]!.count };
}
