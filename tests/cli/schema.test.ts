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

/** What an older Paperboy left: all migrations but the newest. */
async function migrateOnceLess({ db }: TestDatabase): Promise<{ versions: number }> {
  const older = path.join(scratch, 'migrations');
  cpSync(path.join(import.meta.dirname, '..', '..', 'migrations'), older, { recursive: true });
  const journal = path.join(older, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }));
  await migrate(db, { migrationsFolder: older });
  return { versions: entries.length };
}

describe('a database that an older Paperboy made', () => {
  let database: TestDatabase;
  let versions: number;
  let before: unknown;
  beforeAll(async () => {
    database = await testDatabase({ migrated: false });
    ({ versions } = await migrateOnceLess(database));
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
