import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { findPostmaster, stopPostmaster, until } from '../../src/embedded/postmaster.ts';
import { AppError } from '../../src/errors.ts';

const asRoot = process.getuid?.() === 0;
const PROGRAM = path.join(import.meta.dirname, 'start-postgres.ts');

let dataDir: string;
/** A data directory with a database in it, copied where a test is not about making one. */
let made: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  made = mkdtempSync(path.join(tmpdir(), 'paperboy-pg-'));
  await (await start(made)).stop();
});

afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'paperboy-pg-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) await leave(child);
  const cluster = path.join(dataDir, 'postgres', 'data');
  const left = findPostmaster(cluster);
  if (left) await stopPostmaster(left.pid, cluster);
  rmSync(dataDir, { recursive: true, force: true });
});

const copyMade = (): void => void execFileSync('cp', ['-a', `${made}/.`, dataDir]);

const start = (where = dataDir): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir: where, dataDirGiven: true, log: { info: () => {} }, extra: ['fsync=off'] });

interface Report {
  owned?: boolean;
  pid?: number;
  address?: EmbeddedPostgres['address'];
  code?: string;
  message?: string;
}

/** Starts it in another process, and waits until that says how it went. */
async function startElsewhere(where = dataDir, options: SpawnOptions = {}): Promise<Report & { child: ChildProcess }> {
  const child = spawn(process.execPath, [PROGRAM, where], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Report) };
}

async function leave(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (signal) child.kill(signal);
  else child.stdin!.end();
  await exit;
}

async function query(address: EmbeddedPostgres['address'], statement: string): Promise<unknown[]> {
  const client = new pg.Client(address);
  client.on('error', () => {}); // of a server that is killed: the query hears of it
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('a data directory of its own', () => {
  test('gets a UTF-8 database reached through a private socket only, and keeps its rows over a restart', async () => {
    const first = await start();
    await query(first.address, 'CREATE TABLE kept (word text)');
    await query(first.address, `INSERT INTO kept VALUES ('Ærø')`);
    expect(
      await query(
        first.address,
        `SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS tcp`,
      ),
    ).toEqual([{ encoding: 'UTF8', tcp: '' }]);
    expect(lstatSync(first.address.host).mode & 0o777).toBe(0o700);
    await first.stop();
    const second = await start();
    expect(await query(second.address, 'SELECT word FROM kept')).toEqual([{ word: 'Ærø' }]);
    await second.stop();
  });

  test('keeps what readers typed out of the server log', async () => {
    const postgres = await start();
    await expect(query(postgres.address, `SELECT 'reader@example.org'::int`)).rejects.toThrow();
    await postgres.stop();
    expect(readFileSync(path.join(dataDir, 'postgres', 'postgres.log'), 'utf8')).not.toContain('reader@example.org');
  });

  test('may have a path longer than a socket may', async () => {
    const postgres = await start(path.join(dataDir, 'long'.repeat(30)));
    expect(Buffer.byteLength(postgres.address.host)).toBeLessThan(90);
    expect(lstatSync(postgres.address.host).mode & 0o777).toBe(0o700);
    expect(await query(postgres.address, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    rmSync(postgres.address.host, { recursive: true });
  });

  test('may have quotes, spaces and dollars in its path', async () => {
    const postgres = await start(path.join(dataDir, `it's "$HOME" `));
    expect(await query(postgres.address, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await postgres.stop();
  });

  test('is made anew when the first attempt was cut off', async () => {
    const unfinished = path.join(dataDir, 'postgres', 'data.unfinished');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(path.join(unfinished, 'PG_VERSION'), '18\n');
    const postgres = await start();
    await postgres.stop();
    expect(existsSync(unfinished)).toBe(false);
  });
});

describe('stopping', () => {
  beforeEach(copyMade);

  test('may be asked for twice, and ends the server', async () => {
    const postgres = await start();
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();
    expect(findPostmaster(path.join(dataDir, 'postgres', 'data'))).toBeNull();
  });

  test('resolves when the server is already dead', async () => {
    const postgres = await start();
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.stop();
  });
});

describe('several processes', () => {
  test('starting at the same moment share one server, which only its owner stops', async () => {
    const all = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(all.filter(({ owned }) => owned)).toHaveLength(1);
    for (const guest of all.filter(({ owned }) => !owned)) await leave(guest.child);
    const owner = all.find(({ owned }) => owned)!;
    expect(await query(owner.address!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await leave(owner.child);
    expect(findPostmaster(path.join(dataDir, 'postgres', 'data'))).toBeNull();
  });

  test('in one program too, where the second start joins the first', async () => {
    copyMade();
    const owner = await start();
    const guest = await start();
    expect([owner.owned, guest.owned]).toEqual([true, false]);
    await guest.stop();
    expect(await query(guest.address, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await owner.stop();
  });

  test('when the owner is killed, the next to start takes the live server over and stops it in the end', async () => {
    copyMade();
    const killed = await startElsewhere();
    await leave(killed.child, 'SIGKILL');
    const heir = await start();
    expect({ owned: heir.owned, pid: heir.pid }).toEqual({ owned: true, pid: killed.pid });
    await heir.stop();
    expect(findPostmaster(path.join(dataDir, 'postgres', 'data'))).toBeNull();
  });

  test('when the owner exits without stopping the server, the server ends too, and at once may be started again', async () => {
    copyMade();
    const owner = await startElsewhere();
    await leave(owner.child, 'SIGUSR2');
    await until(() => findPostmaster(path.join(dataDir, 'postgres', 'data')) === null, 10_000);
    expect(findPostmaster(path.join(dataDir, 'postgres', 'data'))).toBeNull();
    const [careless, next] = [await startElsewhere(), path.join(dataDir, 'postgres', 'data')];
    await leave(careless.child, 'SIGUSR2');
    const heir = await start();
    expect(heir.owned).toBe(true);
    await heir.stop();
    expect(findPostmaster(next)).toBeNull();
  });

  test('when owner and server are killed, the next to start recovers what was committed', async () => {
    copyMade();
    const killed = await startElsewhere();
    await query(killed.address!, 'CREATE TABLE kept AS SELECT 7 AS number');
    const busy = query(killed.address!, 'SELECT count(*) FROM generate_series(1, 5e6)').catch(() => {});
    process.kill(killed.pid!, 'SIGKILL');
    await leave(killed.child, 'SIGKILL');
    const next = await start();
    expect(next.pid).not.toBe(killed.pid);
    expect(await query(next.address, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await next.stop();
    await busy;
  });

  test('Ctrl-C in the terminal reaches the app and not the server', async () => {
    copyMade();
    const { child, address } = await startElsewhere(dataDir, { detached: true });
    process.kill(-child.pid!, 'SIGINT'); // the whole foreground group, as a terminal does
    expect(await query(address!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await leave(child);
  });
});

describe('a data directory that cannot be used', () => {
  const refusal = async (where: string): Promise<AppError> => {
    const error = await start(where).then(
      (postgres) => postgres.stop(),
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  };

  test('because a file is in its place', async () => {
    const file = path.join(dataDir, 'file');
    writeFileSync(file, '');
    for (const where of [file, path.join(file, 'below')]) {
      const error = await refusal(where);
      expect(error.code).toBe('DATA_UNUSABLE');
      expect(error.message).toContain('PAPERBOY_DATA');
    }
  });

  test('because it was made by another version of Postgres', async () => {
    copyMade();
    writeFileSync(path.join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
    expect((await refusal(dataDir)).message).toMatch(/PostgreSQL 17.*PAPERBOY_DATA/);
  });

  test.skipIf(!asRoot)('because the user that Postgres runs as cannot reach it', async () => {
    const closed = path.join(dataDir, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chownSync(closed, 1, 1);
    const error = await refusal(path.join(closed, 'data'));
    expect(error.code).toBe('DATA_UNUSABLE');
    expect(error.message).toMatch(/PAPERBOY_DATA/);
  });
});

test.runIf(asRoot)(
  'root whose checkout nobody else can enter gets the data elsewhere, is told so, and starts afresh once the data directory is removed',
  async () => {
    const closed = path.join(dataDir, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chownSync(closed, 1, 1);
    const where = path.join(closed, 'data');
    const said: unknown[] = [];
    const homes: string[] = [];
    const startThere = async (): Promise<void> => {
      const postgres = await startEmbeddedPostgres({
        dataDir: where,
        dataDirGiven: false,
        log: { info: (...args: unknown[]) => void said.push(args) },
        extra: ['fsync=off'],
      });
      homes.push(path.dirname(postgres.address.host));
      await postgres.stop();
    };
    await startThere();
    await startThere();
    rmSync(where, { recursive: true });
    await startThere();
    expect(homes[0]).toMatch(/^\/var\/lib\/paperboy\//);
    expect(homes[1]).toBe(homes[0]);
    expect(homes[2]).not.toBe(homes[0]);
    expect(said).toHaveLength(2);
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  },
);

describe.runIf(asRoot)('an ordinary user', () => {
  const nobody = { uid: 65534, gid: 65534 };

  test('starts a server of their own, and may again after root has', async () => {
    const own = path.join(dataDir, 'own');
    chmodSync(dataDir, 0o777);
    const first = await startElsewhere(own, nobody);
    expect(first).toMatchObject({ owned: true });
    expect(lstatSync(path.join(own, 'postgres', 'data')).uid).toBe(nobody.uid);
    await leave(first.child);
    await (await start(own)).stop();
    const second = await startElsewhere(own, nobody);
    expect(second).toMatchObject({ owned: true });
    await leave(second.child);
  });

  test('is told when the data directory is not theirs to write', async () => {
    chmodSync(dataDir, 0o755);
    const report = await startElsewhere(dataDir, nobody);
    expect(report.code).toBe('DATA_UNUSABLE');
    expect(report.message).toMatch(/permission denied.*PAPERBOY_DATA/);
  });

  test('is told when the database there is somebody else’s', async () => {
    copyMade();
    const report = await startElsewhere(dataDir, nobody);
    expect(report.code).toBe('DATA_UNUSABLE');
  });
});

test('waiting gives up when its time is over', async () => {
  expect(await until(() => false, 30)).toBe(false);
});
