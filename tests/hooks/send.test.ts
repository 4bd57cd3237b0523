import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../src/db/client.ts';
import { newestDeliveries } from '../../src/db/hook-deliveries.ts';
import { listEndpoints } from '../../src/db/hook-endpoints.ts';
import { openDigest } from '../../src/db/digests.ts';
import { tellEditionFrozen } from '../../src/db/hook-events.ts';
import { activate, end, erase } from '../../src/db/subscribers.ts';
import { COMMAND } from '../../src/db/trail.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { HOOK_EVENTS } from '../../src/hook-events.ts';
import { addWebhook, replayDelivery, rotateWebhook, switchWebhookOn, testWebhook } from '../../src/hooks/endpoints.ts';
import { AT_ONCE, type HookDeps, runHooks, sendDue } from '../../src/hooks/send.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders } from '../support/ledger.ts';

const START = new Date('2026-05-29T09:30:00Z');
let database: TestDatabase;
let now = START;
let deps: HookDeps;

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}
let server: Server;
let url: string;
let heard: Heard[] = [];
/** What the endpoint answers; may wait. */
let answer: () => Promise<{ status: number; headers?: Record<string, string>; body?: string }>;

beforeAll(async () => {
  database = await testDatabase();
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      void answer().then(({ status, headers = {}, body: words = '' }) =>
        response.writeHead(status, headers).end(words),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  deps = { db: database.db, now: () => now, log: createLogger('silent'), editionHour: 4, random: () => 0 };
});
afterAll(async () => {
  server.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(() => {
  answer = async () => ({ status: 204 });
});
afterEach(async () => {
  heard = [];
  now = START;
  await empty(database.db, 'hook_endpoint', 'hook_event', 'subscriber', 'batch', 'delivery', 'trail', 'digest');
});

const add = (events: readonly string[] = []) => addWebhook(deps, COMMAND, { url, events, isNear: true });
const endpoint = async () => (await listEndpoints(database.db))[0]!;
const deliveries = async () => newestDeliveries(database.db, { endpointId: (await endpoint()).id, limit: 50 });
const after = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
/** What a receiver makes of a message who goes by the Standard Webhooks; the clock of its library is that of today. */
function verified(secret: string, { headers, body }: Heard): any {
  const timestamp = Number(headers['webhook-timestamp']) * 1000;
  const real = Date.now;
  Date.now = () => timestamp;
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>);
  } finally {
    Date.now = real;
  }
}

describe('a webhook', () => {
  test('is signed so that a receiver by the Standard Webhooks takes it, and no other’s secret', async () => {
    const { secret } = await add();
    const [id] = (await addReaders(database.db, [{ email: 'ada@example.org', status: 'pending' }])) as [number];
    await activate(database.db, id, now, now);
    await runHooks(deps);
    expect(heard).toHaveLength(1);
    expect(verified(secret, heard[0]!)).toEqual({
      type: 'subscriber.subscribed',
      timestamp: now.toISOString(),
      data: { subscriber: id, email: 'ada@example.org' },
    });
    expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, heard[0]!)).toThrow('No matching signature');
    const changed = { ...heard[0]!, body: heard[0]!.body.replace('ada', 'eve') };
    expect(() => verified(secret, changed)).toThrow('No matching signature');
    await runHooks(deps);
    expect(heard).toHaveLength(1);
  });

  test('is signed with both secrets for a day after a new one was made', async () => {
    const { id, secret: old } = await add();
    const fresh = await rotateWebhook(deps, COMMAND, id);
    await testWebhook(deps, COMMAND, id);
    await sendDue(deps, { only: id });
    expect(verified(old, heard[0]!)).toEqual(verified(fresh, heard[0]!));
    after(25 * HOUR);
    await testWebhook(deps, COMMAND, id);
    await sendDue(deps, { only: id });
    expect(verified(fresh, heard[1]!)).toMatchObject({ type: 'test' });
    expect(() => verified(old, heard[1]!)).toThrow();
  });

  test('is told in the transaction of what happened: what is undone was not', async () => {
    await add();
    const [id] = (await addReaders(database.db, [{}])) as [number];
    await transaction(database.db, async (tx) => {
      await end(tx, id, 'unsubscribed', now);
      throw new Error('undone');
    }).catch(() => {});
    expect(await deliveries()).toEqual([]);
    await end(database.db, id, 'unsubscribed', now);
    await end(database.db, id, 'unsubscribed', now);
    expect((await deliveries()).map(({ type }) => type)).toEqual(['subscriber.left']);
  });

  test('tells each way to end by its name, once; who never confirmed does not leave', async () => {
    await add();
    const [a, b, c, d] = (await addReaders(database.db, [
      { email: 'a@example.org' },
      { email: 'b@example.org' },
      { email: 'c@example.org', status: 'pending' },
      { email: 'd@example.org' },
    ])) as [number, number, number, number];
    await end(database.db, a, 'bounced', now);
    await end(database.db, b, 'unsubscribed', now);
    await end(database.db, b, 'complained', now);
    await end(database.db, c, 'unsubscribed', now);
    await erase(database.db, d, now);
    const told = (await deliveries()).toReversed().map(({ type, subscriberId }) => [type, subscriberId]);
    expect(told).toEqual([
      ['subscriber.bounced', a],
      ['subscriber.left', b],
      ['subscriber.complained', b],
      ['subscriber.left', d],
    ]);
  });

  test('knows no address of a reader who was erased, also where it was told before and is sent again', async () => {
    await add();
    const [id] = (await addReaders(database.db, [{ email: 'gone@example.org' }])) as [number];
    await end(database.db, id, 'unsubscribed', now);
    await runHooks(deps);
    expect(heard[0]!.body).toContain('gone@example.org');
    await erase(database.db, id, now);
    const { rows } = await database.db.$client.query(`select e::text, d::text from hook_event e, hook_delivery d`);
    expect(JSON.stringify(rows)).not.toContain('gone@example.org');
    await replayDelivery(deps, COMMAND, (await deliveries())[0]!.id);
    await runHooks(deps);
    expect(JSON.parse(heard[1]!.body).data).toEqual({ subscriber: id, email: null });
    expect(heard[1]!.headers['webhook-id']).toBe(heard[0]!.headers['webhook-id']);
  });

  test('is told of what it asked for, and nothing is written where no one asked', async () => {
    const [id] = (await addReaders(database.db, [{}])) as [number];
    await end(database.db, id, 'unsubscribed', now);
    expect((await database.db.$client.query('select from hook_event')).rowCount).toBe(0);
    await add(['edition.frozen']);
    await tellEditionFrozen(database.db, '2026-05-29', { topics: 3, papers: 10 }, now);
    await tellEditionFrozen(database.db, '2026-05-29', { topics: 3, papers: 10 }, now);
    await runHooks(deps);
    expect(heard.map(({ body }) => JSON.parse(body))).toEqual([
      {
        type: 'edition.frozen',
        timestamp: now.toISOString(),
        data: { date: '2026-05-29', topics: 3, papers: 10 },
      },
    ]);
  });
});

test('a digest is done when nothing of it is open and no reader’s hour is to come, and is told so once', async () => {
  await add(['digest.done']);
  const date = '2026-05-29';
  await addReaders(database.db, [
    { email: 'a@example.org', nextDueAt: new Date('2026-05-30T08:00:00Z') },
    { email: 'b@example.org', nextDueAt: new Date('2026-05-29T20:00:00Z') },
  ]);
  await openDigest(database.db, date, now);
  await freezeDigest({ ...deps, log: createLogger('silent'), enqueueBatch: async () => {} }, { date });
  await runHooks(deps);
  expect(heard).toHaveLength(0);
  await database.db.$client.query(`update delivery set state = 'accepted'`);
  await database.db.$client.query(`update batch set state = 'done'`);
  await runHooks(deps);
  expect(heard).toHaveLength(0);
  await database.db.$client.query(`update subscriber set next_due_at = '2026-05-30T20:00:00Z'`);
  await runHooks(deps);
  await runHooks(deps);
  expect(heard.map(({ body }) => JSON.parse(body).data)).toEqual([
    { date, frozen: 2, accepted: 2, deferred: 0, rejected: 0, unknown: 0, skipped: 0, pending: 0, state: 'sending' },
  ]);
});

describe('an endpoint that fails', () => {
  const tell = async () => {
    const { id } = await add();
    await testWebhook(deps, COMMAND, id);
  };

  test('is told again after five seconds, five minutes, half an hour and so on, and then no more', async () => {
    answer = async () => ({ status: 500, body: 'out of order at me@example.org' });
    await tell();
    const waits = [];
    for (let tries = 1; tries <= 10; tries++) {
      await sendDue(deps);
      const [one] = await deliveries();
      expect(one).toMatchObject({ attempts: tries, words: '500 out of order at <address>' });
      if (one!.dueAt === null) break;
      waits.push((one!.dueAt.getTime() - now.getTime()) / MINUTE);
      now = one!.dueAt;
    }
    expect(waits).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
    expect(await deliveries()).toMatchObject([{ state: 'failed' }]);
    expect(heard).toHaveLength(10);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    // That took more than three days: it is off, and what happens is not kept for it.
    expect(await endpoint()).toMatchObject({ offBecause: 'failing', failed: 1 });
    const [id] = (await addReaders(database.db, [{}])) as [number];
    await end(database.db, id, 'unsubscribed', now);
    expect(await deliveries()).toHaveLength(1);
  });

  test('is told again by the job itself when that is soon, and gets a new start when it answers', async () => {
    answer = async () => ({ status: 503 });
    await tell();
    const again = await runHooks(deps);
    expect(again).toEqual(new Date(now.getTime() + 5_000));
    expect((await endpoint()).failingSince).toEqual(now);
    now = again!;
    answer = async () => ({ status: 200 });
    expect(await runHooks(deps)).toBeNull();
    expect(await endpoint()).toMatchObject({ failingSince: null, waiting: 0 });
  });

  test('is off at once when it says that it is gone, and on again by hand', async () => {
    answer = async () => ({ status: 410 });
    await tell();
    await testWebhook(deps, COMMAND, (await endpoint()).id);
    await runHooks(deps);
    expect(await endpoint()).toMatchObject({ offBecause: 'gone' });
    const before = heard.length;
    await runHooks(deps);
    expect(heard).toHaveLength(before);
    answer = async () => ({ status: 200 });
    await testWebhook(deps, COMMAND, (await endpoint()).id);
    await switchWebhookOn(deps, COMMAND, (await endpoint()).id);
    await runHooks(deps);
    expect((await deliveries())[0]).toMatchObject({ state: 'arrived' });
  });

  test('leads nowhere by a redirect, and may ask to be left alone for a while', async () => {
    answer = async () => ({ status: 302, headers: { location: url.replace('/hook', '/elsewhere') } });
    await tell();
    await sendDue(deps);
    expect(heard).toHaveLength(1);
    expect((await deliveries())[0]).toMatchObject({ state: 'waiting', words: '302' });
    now = (await deliveries())[0]!.dueAt!;
    answer = async () => ({ status: 429, headers: { 'retry-after': '3600' } });
    await sendDue(deps);
    expect((await deliveries())[0]!.dueAt).toEqual(new Date(now.getTime() + HOUR));
  });

  test('that does not answer is given up after its time', async () => {
    answer = () => new Promise(() => {});
    await tell();
    await sendDue({ ...deps, ways: { patienceMs: 50 } });
    expect((await deliveries())[0]).toMatchObject({ state: 'waiting', words: 'No answer within 15 seconds.' });
    server.closeAllConnections();
  });
});

test('is told a few things at once and no more, by however many workers', async () => {
  const { id } = await add();
  for (let i = 0; i < 3 * AT_ONCE; i++) await testWebhook(deps, COMMAND, id);
  let open = 0;
  let most = 0;
  const full = Promise.withResolvers<void>();
  answer = async () => {
    open += 1;
    most = Math.max(most, open);
    if (open === AT_ONCE) full.resolve();
    await full.promise;
    open -= 1;
    return { status: 200 };
  };
  await Promise.all([sendDue(deps), sendDue(deps), sendDue(deps)]);
  expect(most).toBe(AT_ONCE);
  expect(heard).toHaveLength(3 * AT_ONCE);
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(3 * AT_ONCE);
});

test('what a process held that died is taken up by another', async () => {
  const { id } = await add();
  await testWebhook(deps, COMMAND, id);
  await database.db.$client.query(`update hook_endpoint set busy_until = $1`, [new Date(now.getTime() + MINUTE)]);
  await sendDue(deps);
  expect(heard).toHaveLength(0);
  after(MINUTE);
  await sendDue(deps);
  expect(heard).toHaveLength(1);
});

test('the trail knows who did what, and no address', async () => {
  await add([HOOK_EVENTS[0]]);
  const { rows } = await database.db.$client.query<{ did: string; words: string }>(`select did, words from trail`);
  expect(rows).toEqual([{ did: 'webhook.add', words: `${new URL(url).host}, subscriber.subscribed` }]);
});
