import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { noticesOwed } from '../src/db/notices.ts';
import { freezeDigest } from '../src/delivery/plan.ts';
import { createEnqueue } from '../src/jobs/handlers.ts';
import { openQueues } from '../src/jobs/queues.ts';
import { serve } from '../src/cli/serve.ts';
import { type Role, startService, type Service } from '../src/runtime.ts';
import { requireLinksForReaders } from '../src/surroundings.ts';
import { createKeyring } from '../src/subscribers/tokens.ts';
import { createLogger } from '../src/telemetry.ts';
import { addEdition, samplePaper } from './support/site.ts';
import { configFor, paperboyWith } from './support/commands.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';
import { addReaders, manyReaders } from './support/ledger.ts';
import { dump } from './support/papers.ts';
import { freePort } from './support/ports.ts';
import { mailReceiver } from './support/receiver.ts';
import { testRedis, type TestRedis } from './support/redis.ts';
import { requires } from './support/require.ts';
import { until } from './support/until.ts';

const DATE = new Date().toISOString().slice(0, 10);

requires('redis-server')('the site while its Redis hangs', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let service: Service;
  let site: string;
  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), testRedis()]);
    const port = String(await freePort());
    const config = loadConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SECRET_KEY: 'k'.repeat(32),
      HOST: '127.0.0.1',
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      MAIL_FROM: 'Paperboy <paperboy@papers.example>',
    });
    service = await startService(config, createLogger('silent'), ['api'], { alone: false });
    site = service.addresses.site!;
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const ready = async (): Promise<unknown[]> => {
    const answer = await fetch(`${site}/health/ready`);
    return [answer.status, ((await answer.json()) as { parts: unknown }).parts];
  };

  test('is not ready, and takes subscriptions all the same', async () => {
    expect(await ready()).toEqual([200, { database: true, queue: true }]);
    process.kill(redis.pid, 'SIGSTOP');
    try {
      expect(await ready()).toEqual([503, { database: true, queue: false }]);
      const started = performance.now();
      const answer = await fetch(`${site}/subscribe`, {
        method: 'POST',
        body: new URLSearchParams({ email: 'reader@example.org' }),
      });
      expect(answer.status).toBe(202);
      // One second is allowed for the queue, the rest is the patience of a busy machine.
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(await noticesOwed(database.db, new Date(0), new Date(), 10)).toHaveLength(1);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
  });
});

describe('/health/ready', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const start = async (port: number, roles: readonly Role[]): Promise<Service> =>
    startService(
      configFor(database, { HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` }),
      createLogger('silent'),
      roles,
      { alone: false },
    );
  const ask = async (port: number): Promise<unknown[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
    return [answer.status, ((await answer.json()) as { parts: unknown }).parts];
  };

  test('says no until the start is complete', async () => {
    await (await openQueues({ kind: 'postgres', database: database.address }, createLogger('silent'))).close();
    const port = await freePort();
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    // The queue can be looked at, and takes nothing: the start cannot put its schedules there.
    await blocker.query('begin; lock table bullmq.scheduler, bullmq.job in share mode');
    const starting = start(port, ['api', 'scheduler']);
    await until('the site', () => ask(port).catch(() => null));
    expect(await ask(port)).toEqual([503, { start: false }]);
    await blocker.query('rollback');
    await blocker.end();
    await using _service = await starting;
    expect(await ask(port)).toEqual([200, { database: true, queue: true }]);
  });

  test('says no while the database takes no writes', async () => {
    const port = await freePort();
    await using _service = await start(port, ['api']);
    const { $client } = database.db;
    const name = new URL(database.url).pathname.slice(1);
    await $client.query(`alter database ${name} set default_transaction_read_only = on`);
    await $client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
      [name],
    );
    const reads = () => fetch(`http://127.0.0.1:${port}/api/v1/topics`).then(({ ok }) => ok);
    await until('the pool to have noticed', reads);
    expect(await ask(port)).toEqual([503, { database: false, queue: true }]);
  });

  test('may be asked often: the database is written to once in five seconds', async () => {
    const port = await freePort();
    await using _service = await start(port, ['api']);
    const transactions = async (): Promise<number> => {
      const { rows } = await database.db.$client.query<{ id: string }>('select pg_current_xact_id()::text as id');
      return Number(rows[0]!.id);
    };
    const before = await transactions();
    await Promise.all(Array.from({ length: 50 }, () => ask(port)));
    // Other tests' databases are on the same server, and count along.
    expect((await transactions()) - before).toBeLessThan(40);
  });
});

test('a process tells how it is on METRICS_PORT, and not on its site: every state of the ledger, how long the relay takes, what waits in the queues', async () => {
  await using database = await testDatabase();
  await using relay = await mailReceiver();
  const [port, sitePort] = [String(await freePort()), String(await freePort())];
  const config = loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'k'.repeat(32),
    SMTP_URL: relay.url,
    METRICS_PORT: port,
    PORT: sitePort,
    PUBLIC_URL: 'https://papers.example',
  });
  await using _service = await startService(config, createLogger('silent'), ['api', 'worker'], { alone: false });
  await addEdition(database.db, DATE, [samplePaper(1, DATE)]);
  await addReaders(database.db, manyReaders(3));
  const batchIds: number[] = [];
  await freezeDigest(
    {
      db: database.db,
      now: () => new Date(),
      log: createLogger('silent'),
      enqueueBatch: async (id) => {
        batchIds.push(id);
      },
    },
    { date: DATE },
  );
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(await metrics()).toContain('paperboy_deliveries{state="pending"} 3');
  const queues = await openQueues({ kind: 'postgres', database: { url: database.url } }, createLogger('silent'));
  await createEnqueue(queues).enqueueBatch(batchIds[0]!);
  await queues.close();
  const told = ['paperboy_smtp_reply_seconds_count 3', 'paperboy_delivery_outcomes_total{state="accepted"} 3'];
  // An outcome is counted once the ledger has it, a moment after the answer.
  await until('three answers and what came of them', async () => {
    const shown = await metrics();
    return told.every((line) => shown.includes(line));
  });
  const shown = await metrics();
  expect(shown).toMatch(/paperboy_queue_jobs\{queue="deliver"\} \d/);
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${sitePort}/metrics`)).status).toBe(404);
});

test('a site whose clock is a year ahead moves no hour: it says "try again", and the reader stays as they were', async () => {
  await using database = await testDatabase();
  const port = String(await freePort());
  const secret = 'k'.repeat(32);
  const config = loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: secret,
    HOST: '127.0.0.1',
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MAIL_FROM: 'Paperboy <paperboy@papers.example>',
  });
  await using service = await startService(config, createLogger('silent'), ['api'], { alone: false });
  const [pending, active] = await addReaders(database.db, [
    { status: 'pending' },
    { email: 'active@example.org', nextDueAt: new Date() },
  ]);
  const keyring = createKeyring([secret]);
  const before = await dump(database.db, ['subscriber']);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 86_400_000 });
  try {
    const press = async (purpose: 'confirm' | 'preferences', subscriberId: number): Promise<number> => {
      const token = keyring.sign(purpose, { subscriberId, issuedAt: new Date() });
      const body = new URLSearchParams({ frequency: 'weekly' });
      return (await fetch(`${service.addresses.site}/${purpose}/${token}`, { method: 'POST', body })).status;
    };
    expect([await press('confirm', pending!), await press('preferences', active!)]).toEqual([503, 503]);
  } finally {
    vi.useRealTimers();
  }
  expect(await dump(database.db, ['subscriber'])).toEqual(before);
});

test('the scheduler repairs at its start what a clock had dated in the future, and says so', async () => {
  await using database = await testDatabase();
  const year = new Date(Date.now() + 365 * 86_400_000);
  await addReaders(database.db, [{ nextDueAt: year }]);
  const said: string[] = [];
  const log = createLogger('silent');
  log.warn = ((_fields: unknown, sentence: string) => said.push(sentence)) as never;
  const config = loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'k'.repeat(32),
    SMTP_URL: 'smtp://127.0.0.1:1',
    PUBLIC_URL: 'https://papers.example',
  });
  await using _scheduler = await startService(config, log, ['scheduler'], { alone: false });
  expect(said).toEqual([expect.stringContaining('A clock had jumped ahead')]);
  const { rows } = await database.db.$client.query<{ due: Date }>('select next_due_at as due from subscriber');
  expect(rows[0]!.due.getTime()).toBeLessThan(Date.now() + 2 * 86_400_000);
});

test('a repair that the database undoes, as by a deadlock, is left to the sweep and keeps nothing from starting', async () => {
  await using database = await testDatabase();
  await addReaders(database.db, [{ nextDueAt: new Date(Date.now() + 365 * 86_400_000) }]);
  await database.db.$client.query(`
    create function undone() returns trigger language plpgsql as
      $$ begin raise exception 'undone' using errcode = 'deadlock_detected'; end $$;
    create trigger undone before update on subscriber execute function undone()`);
  const said: string[] = [];
  const log = createLogger('silent');
  log.warn = ((_fields: unknown, sentence: string) => said.push(sentence)) as never;
  await using _scheduler = await startService(configFor(database), log, ['scheduler'], { alone: false });
  expect(said).toEqual([expect.stringContaining('the sweep tries it again within a minute')]);
});

test('a service that is asked to stop while it waits for another to migrate stops at once, and starts nothing', async () => {
  await using database = await testDatabase();
  const blocker = new pg.Client(database.url);
  await blocker.connect();
  await blocker.query('begin; lock table drizzle.__drizzle_migrations in access exclusive mode');
  const stopping = new AbortController();
  const printed: string[] = [];
  const context = {
    config: configFor(database, { PORT: String(await freePort()) }),
    log: createLogger('silent'),
    signal: stopping.signal,
    print: async (line: string) => void printed.push(line),
    configOf: loadConfig,
    progress: () => {},
  };
  try {
    const served = serve(context, ['api', 'scheduler'], { alone: false });
    await until('it to wait', async () => {
      const { rows } = await database.db.$client.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    stopping.abort(new Error('asked to stop'));
    await served;
  } finally {
    await blocker.end();
  }
  expect(printed).toEqual([]);
});

describe('links to this machine', () => {
  const check = (env: Record<string, string>) => () => requireLinksForReaders(loadConfig(env));
  test.each<Record<string, string>>([
    { SMTP_URL: 'smtp://relay.example.org' },
    { SMTP_URL: 'smtp://127.0.0.1, smtps://relay.example.org' },
    { SMTP_URL: 'smtp://10.0.0.7' },
    { SMTP_URL: 'smtp://[2001:db8::1]' },
    { SMTP_URL: 'smtp://relay.example.org', PUBLIC_URL: 'http://localhost:3000' },
    { SMTP_URL: 'smtp://relay.example.org', PUBLIC_URL: 'http://127.0.0.1' },
  ])('do not leave by a relay that is elsewhere: %o', (env) => {
    expect(check(env)).toThrow(/^PUBLIC_URL must be the address of the site/);
  });
  test.each(['api', 'worker'] as const)('keep the %s from starting', async (role) => {
    const config = loadConfig({ SMTP_URL: 'smtp://relay.example.org' });
    await expect(startService(config, createLogger('silent'), [role], { alone: true })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
  test('keep a digest from being sent by hand', async () => {
    await using database = await testDatabase();
    const env = { SMTP_URL: 'smtp://relay.example.org', PUBLIC_URL: '' };
    await expect(paperboyWith({ env }, database, 'digest', 'send', '--date', '2026-05-29')).rejects.toThrow(
      /^PUBLIC_URL /,
    );
  });
  test.each<Record<string, string>>([
    {},
    { SMTP_URL: 'smtp://127.0.0.1:2525' },
    { SMTP_URL: 'smtp://localhost' },
    { SMTP_URL: 'smtp://[::1]:25' },
    { SMTP_URL: 'smtp://mailbox:1025?tls=off', PUBLIC_URL: 'http://localhost:3000' }, // docker compose
    { SMTP_URL: 'smtp://relay.example.org', PUBLIC_URL: 'https://papers.example' },
  ])('are fine while the mail stays here, and others everywhere: %o', (env) => {
    expect(check(env)).not.toThrow();
  });
});
