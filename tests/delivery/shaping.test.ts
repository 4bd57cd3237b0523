import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { strandedBatches } from '../../src/db/batches.ts';
import { topic } from '../../src/db/schema.ts';
import { endWarmUp, startWarmUp, warmUpsOn } from '../../src/db/warm-ups.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { deliverBatch, type DeliverDeps } from '../../src/delivery/deliver.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import type { MxResolver } from '../../src/delivery/mail-hosts.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { relayLimits, SHAPING_RULES, type ShapingRule } from '../../src/delivery/shaping-rules.ts';
import { createWarmUps, LOOK_MS, nextAllowance } from '../../src/delivery/warm-up.ts';
import type { SendResult, Transport } from '../../src/mail/transport.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { dnsServer } from '../support/dns-server.ts';
import { KEYRING, WITHOUT_BRAKES } from '../support/keys.ts';
import { ACCEPTED, addReaders, batches, ledger, recordingTransport } from '../support/ledger.ts';
import { shapingFor } from '../support/shaping.ts';
import { addEdition, samplePaper, TOPICS } from '../support/site.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

const DATE = '2026-05-29';
const MINUTE = 60_000;
const DAY = 86_400_000;
const log = createLogger('silent');
const sender = {
  look: DEFAULT_LOOK,
  publicUrl: 'https://papers.example',
  from: { name: 'Paperboy', address: 'paperboy@papers.example' },
  domain: 'papers.example',
  postalAddress: null,
  bounceDomain: null,
};
const reply = (line: string): SendResult => ({ kind: 'reply', code: Number(line.slice(0, 3)), text: line.slice(4) });
const mx = (exchange: string) => [{ exchange, priority: 10 }];
const yahoo = SHAPING_RULES.find(({ host }) => host === 'yahoo')!;
const campus: ShapingRule = {
  ...yahoo,
  host: 'campus',
  mx: ['.campus.example'],
  domains: [],
  messagesPerMinute: 60,
  slowDown: [{ says: 'come back', minutes: 30 }],
};
const ZONE = {
  'one.example': mx('mx1.campus.example'),
  'two.example': mx('mx2.campus.example'),
  'other.example': mx('mx.other.example'),
};
const resolver: MxResolver = { resolveMx: async (domain) => ZONE[domain as keyof typeof ZONE] ?? [] };
const readers = (count: number, domain: string) =>
  Array.from({ length: count }, (_, i) => ({ email: `reader${i}@${domain}` }));

let database: TestDatabase;
let composer: DeliverDeps['composer'];
let now: Date;
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(topic).values(TOPICS);
  await addEdition(
    database.db,
    DATE,
    [1, 2].map((n) => samplePaper(n, DATE)),
  );
  composer = createComposer({ db: database.db, keyring: KEYRING, sender, topics: topicsInForce() });
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'suppression', 'feedback', 'delivery', 'batch', 'warm_up', 'digest');
  now = new Date('2026-05-29T08:00:17Z');
});

const depsFor = (transport: Transport, shaping: DeliverDeps['shaping']): DeliverDeps => ({
  db: database.db,
  transport,
  ledger: createLedger({ db: database.db, keyring: KEYRING, now: () => now }),
  permits: createPermits(2 * transport.connections),
  ...WITHOUT_BRAKES,
  shaping,
  now: () => now,
  log,
  onUnknown: 'resend',
  composer,
});

/** Freezes the digest of these readers, and gives its batches. */
async function frozen(people: { email: string }[]): Promise<number[]> {
  await addReaders(database.db, people);
  const ids: number[] = [];
  const plan = { db: database.db, now: () => now, log, enqueueBatch: async (id: number) => void ids.push(id) };
  await freezeDigest(plan, { date: DATE });
  return ids;
}

async function deliverAll(deps: DeliverDeps, batchIds: readonly number[]): Promise<void> {
  for (const id of batchIds) await deliverBatch(deps, id);
}

/**
 * What a worker and the sweeper, which looks once a minute, make of batches until they are done, or
 * it is late. A job that is put off comes back half a second late.
 */
async function deliverUntil(deps: DeliverDeps, batchIds: readonly number[], end: Date): Promise<void> {
  const jobs = new Map(batchIds.map((id) => [id, now.getTime()]));
  let sweepsAt = now.getTime() + MINUTE;
  while (now <= end) {
    for (const [id, at] of [...jobs].filter((job) => job[1] <= now.getTime())) {
      const again = await deliverBatch(deps, id);
      if (again) jobs.set(id, Math.max(at + 1, again.getTime() + 500));
      else jobs.delete(id);
    }
    if (now.getTime() >= sweepsAt) {
      sweepsAt = now.getTime() + MINUTE;
      for (const id of await strandedBatches(database.db, now, 1000)) jobs.set(id, jobs.get(id) ?? now.getTime());
    }
    if ((await batches(database.db)).every(({ state }) => state === 'done')) return;
    now = new Date(Math.max(now.getTime(), Math.min(sweepsAt, ...jobs.values())));
  }
}

const states = async () => {
  const sums: Record<string, number> = {};
  for (const { state, reason } of await ledger(database.db))
    sums[reason === null ? state : `${state} ${reason}`] =
      (sums[reason === null ? state : `${state} ${reason}`] ?? 0) + 1;
  return sums;
};

const mostInAnyMinute = (moments: readonly number[]): number =>
  Math.max(...moments.map((at) => moments.filter((other) => other > at - MINUTE && other <= at).length));

describe('messages a minute', () => {
  test('are those of the host that takes the mail of two domains, over 50 real connections: never more, at most 10 % later than they must be, each once', async () => {
    await using dns = await dnsServer(ZONE);
    const arrived: { at: number; to: string }[] = [];
    await using provider = await faultServer({
      act: ({ moment, to }) => {
        if (moment === 'DOT') arrived.push({ at: now.getTime(), to: to! });
        return undefined;
      },
      keep: false,
    });
    const transport = createSmtpTransport({ urls: [provider.url], connections: 50, name: 'papers.example' });
    const batchIds = await frozen([
      ...readers(60, 'one.example'),
      ...readers(60, 'two.example'),
      ...readers(20, 'other.example'),
    ]);
    const begun = now.getTime();
    const shaping = shapingFor(() => now, { rules: [campus], resolver: dns.resolver });
    await deliverUntil(depsFor(transport, shaping), batchIds, new Date(begun + 30 * MINUTE));
    await transport.close();
    expect(await states()).toEqual({ accepted: 140 });
    expect(new Set(arrived.map(({ to }) => to)).size).toBe(140);
    const shaped = arrived.filter(({ to }) => !to.endsWith('@other.example')).map(({ at }) => at);
    expect(shaped).toHaveLength(120);
    expect(mostInAnyMinute(shaped)).toBeLessThanOrEqual(60);
    expect((shaped.at(-1)! - begun) / (2 * MINUTE)).toBeLessThan(1.1);
    expect(arrived.filter(({ to, at }) => to.endsWith('@other.example') && at > begun)).toEqual([]);
    expect((await ledger(database.db)).map(({ attempts }) => attempts)).toEqual(Array(140).fill(1));
  });

  test('of the server that SMTP_URL names are those of all mail together', async () => {
    const transport = recordingTransport();
    const relay = SHAPING_RULES.find(({ host }) => host === 'microsoft-365-submission')!;
    const batchIds = await frozen([...readers(22, 'one.example'), ...readers(23, 'other.example')]);
    const begun = now.getTime();
    const moments: number[] = [];
    const timed: Transport = {
      ...transport,
      send: async (...job) => {
        const result = await transport.send(...job);
        moments.push(now.getTime());
        return result;
      },
    };
    const deps = depsFor(
      timed,
      shapingFor(() => now, { resolver, relay }),
    );
    await deliverUntil(deps, batchIds, new Date(begun + 10 * MINUTE));
    expect(await states()).toEqual({ accepted: 45 });
    expect(mostInAnyMinute(moments)).toBeLessThanOrEqual(30);
    expect((moments.at(-1)! - begun) / (1.5 * MINUTE)).toBeLessThan(1.1);
  });
});

describe('connections and messages a connection', () => {
  test.each([
    { host: 'microsoft-365', messages: 400 },
    { host: 'apple', messages: 120 },
  ])(
    'of the server that SMTP_URL names, by the rule of $host, are never more, with 50 connections offered',
    async ({ host, messages }) => {
      const rule = SHAPING_RULES.find((one) => one.host === host)!;
      const open = new Set<number>();
      let most = 0;
      await using provider = await faultServer({
        act: ({ moment, connection }) => {
          if (moment === 'CONNECT') open.add(connection);
          if (moment === 'QUIT') open.delete(connection);
          most = Math.max(most, open.size);
          return undefined;
        },
        keep: false,
      });
      const limits = relayLimits([{ ...rule, submission: ['provider'] }], ['provider'], 50);
      const transport = createSmtpTransport({ urls: [provider.url], name: 'papers.example', ...limits });
      const results = await Promise.all(
        Array.from({ length: messages }, async (_, i) =>
          transport.send({
            from: sender.from.address,
            to: `r${i}@one.example`,
            message: [Buffer.from('a: b\r\n\r\nc\r\n')],
          }),
        ),
      );
      await transport.close();
      expect(results.every((result) => result.kind === 'reply' && result.code === 250)).toBe(true);
      expect(most).toBe(rule.connections);
      const each = Map.groupBy(provider.taken, ({ connection }) => connection);
      expect(Math.max(...[...each.values()].map((taken) => taken.length))).toBe(rule.messagesPerConnection);
    },
  );
});

describe('a reply that means "slow down"', () => {
  const rule = { ...campus, messagesPerMinute: null };
  const shaped = () => shapingFor(() => now, { rules: [rule], resolver });
  const pass = (minutes: number) => {
    now = new Date(now.getTime() + minutes * MINUTE);
  };
  const isHeld = async (shaping: DeliverDeps['shaping'], domain: string) => (await shaping.admit(domain, 'x')) !== null;

  test('lets the host rest for as long as its rule says, for all its domains and for no other; then it gets a little, and more', async () => {
    const shaping = shaped();
    for (let i = 0; i < 8; i++) await shaping.admit('one.example', String(i));
    await shaping.admit('other.example', 'x');
    shaping.refused('one.example', { code: 421, text: '4.3.2 too much, come back later' }, false);
    expect(await isHeld(shaping, 'two.example')).toBe(true);
    expect(await isHeld(shaping, 'other.example')).toBe(false);
    pass(29);
    expect(await isHeld(shaping, 'two.example')).toBe(true);
    pass(2);
    const went = async () => {
      const holds = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => shaping.admit('two.example', String(i))),
      );
      return holds.filter((hold) => hold === null).length;
    };
    expect(await went()).toBe(4);
    pass(1);
    const next = await went();
    expect(next).toBeGreaterThanOrEqual(4);
    pass(12);
    expect(await went()).toBe(50);
  });

  test('twice in a row doubles the rest, and after a quiet time it is the first again', async () => {
    const shaping = shaped();
    const rest = async (): Promise<number> => {
      await shaping.admit('one.example', 'x');
      shaping.refused('one.example', { code: 421, text: 'come back' }, true);
      shaping.refused('two.example', { code: 421, text: 'come back' }, true);
      let minutes = 0;
      for (; await isHeld(shaping, 'one.example'); minutes++) pass(1);
      return minutes;
    };
    expect([await rest(), await rest(), await rest(), await rest(), await rest()]).toEqual([31, 61, 121, 241, 241]);
    pass(241);
    expect(await rest()).toBe(31);
  });

  test('is not one of greylisting, nor a refusal that no rule knows', async () => {
    const shaping = shaped();
    await shaping.admit('one.example', 'x');
    shaping.refused('one.example', { code: 451, text: '4.7.1 Greylisted, come back in five minutes' }, false);
    shaping.refused('one.example', { code: 550, text: '5.1.1 no such user' }, false);
    for (let i = 0; i < 100; i++) expect(await isHeld(shaping, 'one.example')).toBe(false);
  });

  test('holds what is left of a digest until the rest is over, and charges no reader for it', async () => {
    const batchIds = await frozen(readers(20, 'one.example'));
    const busy = recordingTransport(
      (_, nth) => (nth > 4 ? reply('421 4.3.2 enough for now, come back later') : ACCEPTED),
      2,
    );
    const shaping = shaped();
    await deliverAll(depsFor(busy, shaping), batchIds);
    const rows = await ledger(database.db);
    expect(rows.filter(({ state }) => state === 'accepted')).toHaveLength(4);
    expect(rows.filter(({ reason }) => reason === 'held-back').length).toBeGreaterThan(10);
    const better = recordingTransport();
    const end = new Date(now.getTime() + 60 * MINUTE);
    await deliverUntil(depsFor(better, shaping), batchIds, end);
    expect(await states()).toEqual({ accepted: 20 });
    expect(now.getTime()).toBeGreaterThan(end.getTime() - 31 * MINUTE);
  });
});

describe('a warm-up', () => {
  const told: string[] = [];
  const warmed = () =>
    shapingFor(() => now, {
      rules: [{ ...campus, messagesPerMinute: null }],
      resolver,
      warmUps: createWarmUps({ db: database.db, now: () => now, log, alert: async (text) => told.push(text) > 0 }),
    });
  const start = (allowance: number) =>
    startWarmUp(database.db, { host: 'campus', allowance, today: now.toISOString().slice(0, 10) }, now);
  beforeEach(() => void told.splice(0));

  test.each([
    [{ allowance: 300, sent: 300, refused: 0 }, 450],
    [{ allowance: 300, sent: 150, refused: 2 }, 450],
    [{ allowance: 300, sent: 149, refused: 0 }, 300],
    [{ allowance: 300, sent: 300, refused: 6 }, 300],
    [{ allowance: 300, sent: 0, refused: 0 }, 300],
    [{ allowance: 9_000_000, sent: 9_000_000, refused: 0 }, 10_000_000],
  ])('after a day of %o lets %i go', (day, next) => {
    expect(nextAllowance(day)).toBe(next);
  });

  test('lets nothing go while it cannot be counted, and no batch fails by that', async () => {
    await start(10);
    const plans = createWarmUps({ db: database.db, now: () => now, log, alert: async () => true });
    expect(await plans.admit('campus')).toBeNull();
    await database.db.$client.query('alter table warm_up rename to warm_up_away');
    expect(await plans.admit('campus')).toEqual(new Date(now.getTime() + LOOK_MS));
    await database.db.$client.query('alter table warm_up_away rename to warm_up');
    expect(await plans.admit('campus')).toBeNull();
  });

  test('lets go what the day may hold; the others wait for the next, which may hold half as many more; nobody gets it twice, and the operator is told once a day', async () => {
    await start(10);
    const transport = recordingTransport();
    const batchIds = await frozen([
      ...readers(15, 'one.example'),
      ...readers(5, 'two.example'),
      ...readers(5, 'other.example'),
    ]);
    const deps = depsFor(transport, warmed());
    await deliverAll(deps, batchIds);
    expect(await states()).toEqual({ accepted: 15, 'deferred warm-up': 10 });
    expect(await warmUpsOn(database.db)).toMatchObject([{ host: 'campus', allowance: 10, sent: 10, refused: 0 }]);
    expect(told).toEqual([expect.stringMatching(/^The warm-up of campus lets 10 messages leave today/)]);
    const waiting = (await ledger(database.db)).filter(({ reason }) => reason === 'warm-up');
    expect(waiting[0]).toMatchObject({ attempts: 0, nextAttemptAt: new Date('2026-05-30T00:00:00Z') });
    now = new Date('2026-05-30T00:00:10Z');
    await deliverAll(deps, batchIds);
    expect(await states()).toEqual({ accepted: 25 });
    expect(new Set(transport.sent.map(({ to }) => to)).size).toBe(25);
    expect(transport.sent).toHaveLength(25);
    expect(await warmUpsOn(database.db)).toMatchObject([{ day: '2026-05-30', allowance: 15, sent: 10 }]);
    expect(told).toHaveLength(1);
  });

  test('skips in its own name what waited two days, and rejects nobody', async () => {
    await start(2);
    const batchIds = await frozen(readers(12, 'one.example'));
    const deps = depsFor(recordingTransport(), warmed());
    for (let day = 0; day < 4; day++) {
      await deliverAll(deps, batchIds);
      now = new Date((Math.floor(now.getTime() / DAY) + 1) * DAY);
    }
    expect(await states()).toEqual({ accepted: 2 + 3 + 5, 'skipped warm-up': 2 });
    expect(told.length).toBeGreaterThanOrEqual(2);
  });

  test('stands still after a day on which 2 % were refused, and counts nothing that did not leave', async () => {
    await start(10);
    const batchIds = await frozen(readers(12, 'one.example'));
    const shaping = warmed();
    const down = recordingTransport(() => ({ kind: 'unsent', relayDown: true, text: 'ECONNREFUSED' }));
    await deliverAll(depsFor(down, shaping), batchIds);
    await expect.poll(() => warmUpsOn(database.db)).toMatchObject([{ sent: 0 }]);
    now = new Date(now.getTime() + MINUTE);
    const some = recordingTransport((_, nth) => (nth === 1 ? reply('550 5.7.1 not you') : ACCEPTED));
    await deliverAll(depsFor(some, shaping), batchIds);
    await expect.poll(() => warmUpsOn(database.db)).toMatchObject([{ sent: 10, refused: 1 }]);
    now = new Date('2026-05-30T00:00:10Z');
    await deliverAll(depsFor(recordingTransport(), shaping), batchIds);
    expect(await warmUpsOn(database.db)).toMatchObject([{ allowance: 10, sent: 2 }]);
  });

  test('shared by processes lets go no more than the day may hold, when the day begins too', async () => {
    await start(40);
    const both = [warmed(), warmed()];
    const ask = async () => {
      const holds = await Promise.all(
        Array.from({ length: 100 }, async (_, i) => both[i % 2]!.admit('one.example', `${i}`)),
      );
      return holds.filter((hold) => hold === null).length;
    };
    expect(await ask()).toBe(40);
    now = new Date(now.getTime() + DAY);
    expect(await ask()).toBe(60);
  });

  test('that is ended lets go what it held', async () => {
    await start(1);
    const batchIds = await frozen(readers(6, 'one.example'));
    await deliverAll(depsFor(recordingTransport(), warmed()), batchIds);
    expect(await states()).toEqual({ accepted: 1, 'deferred warm-up': 5 });
    expect(await endWarmUp(database.db, 'campus', now, now)).toBe(5);
    expect(await endWarmUp(database.db, 'campus', now, now)).toBeNull();
    expect(await strandedBatches(database.db, now, 10)).toEqual(batchIds);
    await deliverAll(depsFor(recordingTransport(), warmed()), batchIds);
    expect(await states()).toEqual({ accepted: 6 });
    expect(await start(5)).toBe(true);
    expect(await start(7)).toBe(false);
  });
});
