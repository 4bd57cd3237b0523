import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clusterIn } from '../../src/embedded/cluster.ts';
import { findPostmaster } from '../../src/embedded/postmaster.ts';
import { canEnter, isRoot } from '../../src/run-as.ts';
import { type Finished, finished, furnished, installation, type Installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const SECRET_KEY = 'a secret of the end-to-end tests which is long enough';
/**
 * 10 s cold and 4 s warm are promised of an idle machine. This one may run other suites: it prints
 * what it took, and only gives up on what hangs.
 */
const PATIENCE = 180_000;

/**
 * One line on standard error that names the variable and says what to do, nothing on standard
 * output, exit code 1, no database left running.
 */
function expectOneLine(result: Finished, names: string, home: Installation): void {
  expect(result.stderr).toMatch(new RegExp(`^paperboy: [^\\n]*\\b${names}\\b[^\\n]*\\n$`));
  expect(result.stderr).toMatch(/\b(?:Correct|Check|Set|Make|Stop|Choose|set|unset)\b/);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(postgresOf(home)).toBeNull();
}

const postgresOf = ({ dataDir }: Installation) => findPostmaster(clusterIn(path.join(dataDir, 'postgres')));

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// Before the others, and alone: it measures.
describe('Paperboy on an empty machine', () => {
  test(
    'lives through restarts and a kill, and shares its database with other commands',
    { timeout: PATIENCE },
    async () => {
      await using home = await installation();
      const cold = await home.start();
      expect(
        cold
          .output()
          .trim()
          .split('\n')
          .map((line) => line.split(/ {2,}/)[0]),
      ).toEqual(['Site', 'Mailbox', 'Desk', 'API docs']);
      for (const line of cold.output().trim().split('\n'))
        expect((await fetch(/http:\S+/.exec(line)![0])).status).toBe(200);

      const people = path.join(home.scratch, 'readers.csv');
      writeFileSync(people, 'email\nreader@example.org\n');
      expect(await home.paperboy('subscribers', 'import', people, '--confirmed')).toContain('1 added');
      await cold.kill();

      const warm = await home.start();
      expect(await home.paperboy('subscribers', 'export')).toContain('reader@example.org');
      await warm.stop('SIGINT');
      expect(postgresOf(home)).toBeNull();

      const again = await home.start();
      expect(JSON.parse(await home.paperboy('digest', 'status', '--date', '2026-01-05', '--json'))).toMatchObject({
        frozen: 0,
      });
      await again.stop('SIGTERM');
      expect(postgresOf(home)).toBeNull();
      console.info(
        `Addresses after ${cold.startedIn.toFixed(0)} ms cold, ${warm.startedIn.toFixed(0)} ms after a kill, ${again.startedIn.toFixed(0)} ms warm.`,
      );
    },
  );
});

describe.concurrent('start', () => {
  describe('a start that cannot work ends in one line', () => {
    test('a malformed variable is named before anything is touched', { timeout: PATIENCE }, async () => {
      await using home = await installation();
      const malformed = {
        PORT: 'http',
        PUBLIC_URL: 'papers.example',
        SECRET_KEY: 'short',
        REDIS_URL: 'localhost:6379',
      };
      for (const [name, value] of Object.entries(malformed))
        expectOneLine(await home.run(['start'], { [name]: value }), name, home);
      expectOneLine(await home.run(['start'], { DATABASE_URL: 'postgres://localhost/papers' }), 'SECRET_KEY', home);
      expect(existsSync(home.dataDir)).toBe(false);
    });

    test.each(['PORT', 'MAILBOX_SMTP_PORT', 'MAILBOX_HTTP_PORT'])(
      '%s is taken',
      { timeout: PATIENCE },
      async (name) => {
        // That of the site is asked for when the database is there.
        await using home = await (name === 'PORT' ? furnished() : installation());
        const other = await occupy(Number(home.env[name]));
        expectOneLine(await home.run(['start']), name, home);
        other.close();
      },
    );

    test('something else lies where the data should', { timeout: PATIENCE }, async () => {
      await using home = await installation();
      writeFileSync(home.dataDir, '');
      expectOneLine(await home.run(['start']), 'PAPERBOY_DATA', home);
    });

    test('the data directory is not ours to write', { timeout: PATIENCE }, async ({ skip }) => {
      await using home = await installation();
      const nobody = { uid: 65534, gid: 65534 };
      if (isRoot() && !(await canEnter(nobody, path.join(ROOT, 'src'))))
        skip('an ordinary user cannot read this checkout');
      execFileSync('chmod', ['755', home.scratch]);
      mkdirSync(home.dataDir, { mode: 0o555 });
      const child = spawn(process.execPath, [path.join(ROOT, 'src', 'paperboy.js'), 'start'], {
        ...(isRoot() && nobody),
        env: home.env,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expectOneLine(await finished(child), 'PAPERBOY_DATA', home);
    });

    test('no database at DATABASE_URL, no Redis at REDIS_URL', { timeout: PATIENCE }, async () => {
      await using database = await testDatabase();
      await using home = await installation({ SECRET_KEY });
      const nowhere = `127.0.0.1:${await freePort()}`;
      expectOneLine(await home.run(['start'], { DATABASE_URL: `postgres://${nowhere}/papers` }), 'DATABASE_URL', home);
      expectOneLine(
        await home.run(['start'], { DATABASE_URL: database.url, REDIS_URL: `redis://${nowhere}` }),
        'REDIS_URL',
        home,
      );
    });

    test('a Node.js that is too old', { timeout: PATIENCE }, async ({ skip }) => {
      const old = ['/usr/local/bin/node', '/usr/bin/node', '/usr/bin/nodejs'].find(
        (node) =>
          existsSync(node) && Number(/^v(\d+)/.exec(execFileSync(node, ['-v'], { encoding: 'utf8' }))?.[1]) < 24,
      );
      if (!old) skip('there is no Node.js older than 24 on this machine');
      const result = await finished(
        spawn(old!, [path.join(ROOT, 'src', 'paperboy.js'), 'start'], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] }),
      );
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toMatch(/^Paperboy needs Node\.js 24[^\n]*\n$/);
    });
  });

  describe('a start', () => {
    test('refuses to run beside another, which is none the worse for it', { timeout: PATIENCE }, async () => {
      await using home = await furnished();
      const first = await home.start();
      const [smtp, http, port] = await Promise.all([freePort(), freePort(), freePort()]);
      const elsewhere = { MAILBOX_SMTP_PORT: String(smtp), MAILBOX_HTTP_PORT: String(http) };
      for (const [env, names] of [
        [{}, 'MAILBOX_SMTP_PORT'],
        [elsewhere, 'PAPERBOY_DATA'],
        [{ ...elsewhere, PORT: String(port) }, 'PAPERBOY_DATA'],
      ] as const) {
        const { code, stdout, stderr } = await home.run(['start'], env);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(new RegExp(`^paperboy: [^\\n]*${names}[^\\n]*\\n$`));
      }
      expect((await fetch(`${home.site}/health/ready`)).status).toBe(200);
      await first.stop();
    });

    test(
      'brings its database back when that is killed, and ends with an error when it cannot',
      { timeout: PATIENCE },
      async () => {
        await using home = await furnished();
        const child = home.spawn(['start']);
        const end = finished(child);
        const isReady = () =>
          fetch(`${home.site}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
            ({ status }) => status === 200,
            () => false,
          );
        await until('the start', isReady, { within: 60_000 });
        const killed = postgresOf(home)!.pid;
        process.kill(killed, 'SIGKILL');
        await until('another database', () => (postgresOf(home)?.pid ?? killed) !== killed);
        await until('the service', isReady);
        const body = new URLSearchParams({ email: 'reader@example.org' });
        expect((await fetch(`${home.site}/subscribe`, { method: 'POST', body })).status).toBe(202);
        const { db } = home.database();
        await until('the confirmation, which a worker sends', async () => {
          const { rows } = await db.$client.query('select from subscriber where notice_sent_at is not null');
          return rows.length === 1;
        });

        writeFileSync(path.join(clusterIn(path.join(home.dataDir, 'postgres')), 'PG_VERSION'), '17\n');
        process.kill(postgresOf(home)!.pid, 'SIGKILL');
        const { code, stderr } = await end;
        expect(code).toBe(1);
        expect(stderr).toMatch(/^paperboy: The database in [^\n]*PostgreSQL 17[^\n]*\n$/m);
      },
    );

    test('can be called off before it is ready', { timeout: PATIENCE }, async () => {
      await using home = await furnished();
      const child = home.spawn(['start']);
      const end = finished(child);
      await until('the database to start', () => postgresOf(home) !== null, { within: 60_000 });
      child.kill('SIGTERM');
      expect(await end).toMatchObject({ code: 0 });
      // Cut short on a busy machine, the process only tells the database to end.
      await until('the end of the database', () => postgresOf(home) === null);
    });
  });

  describe('npm start', () => {
    /** As a terminal runs it: npm, its shell and Paperboy in one process group. */
    async function npmStart(home: Installation): Promise<ChildProcess> {
      const npm = spawn('npm', ['start'], {
        cwd: ROOT,
        env: home.env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let output = '';
      npm.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await until('the addresses', () => output.includes('API docs'), { within: 60_000 });
      return npm;
    }

    test.each([
      ['Ctrl-C, which reaches every process of the group', (npm: ChildProcess) => process.kill(-npm.pid!, 'SIGINT')],
      ['SIGTERM to npm alone', (npm: ChildProcess) => process.kill(npm.pid!, 'SIGTERM')],
    ])('ends well with %s', { timeout: PATIENCE }, async (_, ask) => {
      await using home = await furnished();
      const npm = await npmStart(home);
      const end = once(npm, 'exit');
      ask(npm);
      expect(await end).toEqual([0, null]);
      expect(postgresOf(home)).toBeNull();
    });
  });
});
