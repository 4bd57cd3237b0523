import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrail } from '../../src/db/trail.ts';
import { savedBrand } from '../../src/looks.ts';
import { paperboyWith } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await testDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'paperboy-settings-'));
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

const settings = (...argv: string[]): Promise<string[]> =>
  paperboyWith({ env: { PAPERBOY_DATA: dataDir } }, database, 'settings', ...argv);

test('a field is said, listed with the place that says so, and taken back', async () => {
  await settings('set', 'name', 'Morning ML');
  await settings('set', 'languages', 'de, fr');
  expect(await settings('list')).toEqual(
    expect.arrayContaining([
      'name  Morning ML  (saved at the desk or by a command)',
      'languages  de, fr  (saved at the desk or by a command)',
      'tagline  Trending research papers, by mail  (as it ships)',
      'imprint  none  (as it ships)',
    ]),
  );
  expect(JSON.parse((await settings('list', '--json')).at(-1)!)).toMatchObject({
    brand: { name: 'Morning ML' },
    origins: { name: 'desk', tagline: 'default' },
    saved: { name: 'Morning ML', languages: ['de', 'fr'] },
    faults: [],
  });
  await settings('reset', 'name');
  expect(await savedBrand(database.db)).toEqual({ languages: ['de', 'fr'] });
  await settings('reset', '--all');
  expect(await savedBrand(database.db)).toEqual({});
  const deeds = await readTrail(database.db, { about: 'brand', limit: 9 });
  expect(deeds.map(({ did, via, words }) => `${did} ${via}: ${words}`)).toEqual([
    'brand.reset command: languages',
    'brand.save command: name',
    'brand.save command: languages',
    'brand.save command: name',
  ]);
});

test('a long text comes from a file, and its first line stands in the list', async () => {
  const file = path.join(dataDir, 'our-imprint.md');
  writeFileSync(file, '# Imprint\n\nThe Lab, 1 Print Lane\n');
  await settings('set', 'imprint', '--file', file);
  expect(await savedBrand(database.db)).toEqual({ imprint: '# Imprint\n\nThe Lab, 1 Print Lane' });
  expect(await settings('list')).toContain('imprint  # Imprint…  (saved at the desk or by a command)');
  await settings('reset', 'imprint');
});

test.each([
  [['set', 'colour', 'red'], 'There is no setting "colour": "paperboy settings list" has those there are.'],
  [['set', 'accent', '#ffff00'], '"accent" is hard to read'],
  [['set', 'name'], 'Say what name is to be'],
  [['set', 'name', 'A', '--file', 'b'], 'Say what name is to be'],
  [['set', 'imprint', '--file', '/nowhere/imprint.md'], 'Cannot read /nowhere/imprint.md (ENOENT)'],
  [['reset'], 'Name one field to take back'],
  [['reset', 'name', '--all'], 'Name one field to take back'],
])('is refused in one sentence: settings %j', async (argv, words) => {
  await expect(settings(...argv)).rejects.toThrow(words);
  expect(await savedBrand(database.db)).toEqual({});
});

test('what a file fixes is not changed by a command, which says where it stands', async () => {
  writeFileSync(path.join(dataDir, 'brand.json'), '{"name": "Of the file"}');
  await expect(settings('set', 'name', 'Other')).rejects.toThrow('"name" is fixed by a file in the data directory');
  expect(await settings('list')).toContain('name  Of the file  (of a file in PAPERBOY_DATA)');
});
