import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outputTo, ReaderGone } from '../../src/cli/output.ts';
import { clusterIn } from '../../src/embedded/cluster.ts';
import { findPostmaster } from '../../src/embedded/postmaster.ts';
import { finished, installation, type Installation } from '../support/app.ts';
import { CSV_HEADER } from '../../src/subscribers/portability.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';

const READERS = 6_000;
const PROGRAM = path.join(import.meta.dirname, '..', '..', 'src', 'paperboy.js');
/** Runs `paperboy` in a shell's pipe; standard error ends with its exit code. */
const inPipe = (home: Installation, command: string, reader: string) =>
  finished(
    spawn('sh', ['-c', `{ "$NODE" "$PROGRAM" ${command}; echo "code $?" >&2; } | ${reader}`], {
      env: { ...home.env, NODE: process.execPath, PROGRAM },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );

describe('a long output', () => {
  let database: TestDatabase;
  let home: Installation;
  beforeAll(async () => {
    database = await testDatabase();
    await addReaders(database.db, manyReaders(READERS));
    home = await installation({ DATABASE_URL: database.url, SECRET_KEY: 'k'.repeat(32) });
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test.concurrent('waits for a reader that is slow to begin, and is whole', async () => {
    const child = home.spawn(['subscribers', 'export']);
    const exited = once(child, 'exit');
    await once(child.stdout!, 'readable');
    // One that does not wait for its reader is done by now.
    expect(await Promise.race([exited, sleep(1_000, 'waits')])).toBe('waits');
    const { code, stdout } = await finished(child);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(READERS + 1);
  });

  test.concurrent('ends quietly when its reader has enough', async () => {
    expect(await inPipe(home, 'subscribers export', 'head -1')).toEqual({
      code: 0,
      stdout: `${CSV_HEADER}\n`,
      stderr: 'code 0\n',
    });
  });

  test.concurrent('that cannot be written is told in one line', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [PROGRAM, 'subscribers', 'export'], {
      env: home.env,
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(stderr).toMatch(/^paperboy: Cannot write to standard output \(ENOSPC\)\.[^\n]*\n$/);
  });

  test.concurrent('ends when it is interrupted, although its reader does not read', async () => {
    const child = home.spawn(['subscribers', 'export']);
    const exited = once(child, 'exit');
    await once(child.stdout!, 'readable');
    child.kill('SIGHUP');
    expect(await exited).toEqual([129, null]);
  });
});

test('on an embedded database: a command that reads sets nothing up, one that writes does, and a pipe closed early leaves no server', async () => {
  await using home = await installation();
  const server = () => findPostmaster(clusterIn(path.join(home.dataDir, 'postgres')));
  const empty = await home.run(['subscribers', 'export']);
  expect(empty).toMatchObject({ code: 1, stdout: '' });
  expect(empty.stderr).toMatch(/^paperboy: The database in \S+ is empty: [^\n]*"paperboy start"[^\n]*\n$/);
  const file = path.join(home.scratch, 'readers.csv');
  writeFileSync(file, ['email', ...manyReaders(READERS).map(({ email }) => email)].join('\n'));
  expect(await home.paperboy('subscribers', 'import', file, '--confirmed')).toContain(`${READERS} added`);
  const { stdout, stderr } = await inPipe(home, 'subscribers export', 'head -1');
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stderr).toBe('code 0\n');
  expect(server()).toBeNull();
}, 60_000);

describe('output', () => {
  const never = new AbortController().signal;

  test('is printed when its last byte was taken', async () => {
    const taken: string[] = [];
    let take = (): void => {};
    const slow = new Writable({
      decodeStrings: false,
      write(text: string, _, done) {
        take = () => (taken.push(text), done());
      },
    });
    const { print, flush } = outputTo(slow, never);
    const printed = print('x'.repeat(100_000)).then(() => 'printed');
    expect(await Promise.race([printed, setImmediate('waits')])).toBe('waits');
    take();
    expect(await printed).toBe('printed');
    expect(taken).toEqual([`${'x'.repeat(100_000)}\n`]);
    const flushed = flush();
    take();
    await flushed;
  });

  test('without a reader says so to its writer, and flushes in peace', async () => {
    const gone = new PassThrough();
    gone.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    const { print, flush } = outputTo(gone, never);
    await expect(print('x')).rejects.toBeInstanceOf(ReaderGone);
    await flush();
  });
});
