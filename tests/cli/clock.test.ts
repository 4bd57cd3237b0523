import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders } from '../support/ledger.ts';
import { configFor, paperboy } from '../support/commands.ts';
import { dump } from '../support/papers.ts';

const TABLES = ['edition', 'subscriber', 'paper', 'ingest_run', 'digest'];
const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-clock-'));
const file = path.join(directory, 'readers.csv');
writeFileSync(file, 'email\nreader@example.org\n');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await addReaders(database.db, [{}]);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 86_400_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['edition build --date 2026-05-29'],
  ['ingest --date 2026-05-29'],
  ['digest send --date 2026-05-29'],
  [`subscribers import ${file} --confirmed`],
])('on a machine whose clock is a year ahead "%s" writes nothing and says why', async (line) => {
  const before = await dump(database.db, TABLES);
  await expect(paperboy(database, ...line.split(' '))).rejects.toMatchObject({ code: 'CLOCK_WRONG' });
  expect(await dump(database.db, TABLES)).toEqual(before);
});

test('"doctor" finds it', async () => {
  const lines: string[] = [];
  const program = createProgram({
    config: configFor(database),
    configOf: loadConfig,
    log: createLogger('silent'),
    signal: new AbortController().signal,
    print: async (text) => void lines.push(text),
    progress: () => {},
  });
  await expect(program.parseAsync(['doctor'], { from: 'user' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(lines).toContainEqual(expect.stringMatching(/^mend {2}Clock: This machine's clock is \d+ minutes ahead of/));
});

test('on such a machine one can look all the same', async () => {
  expect(await paperboy(database, 'subscribers', 'export')).toHaveLength(2);
});
