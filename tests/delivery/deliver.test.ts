import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { holdBatch, strandedBatches } from '../../src/db/batches.ts';
import { digestSums } from '../../src/db/digests.ts';
import { erase } from '../../src/db/subscribers.ts';
import { recentFeedback } from '../../src/db/feedback.ts';
import { isSuppressed, suppress } from '../../src/db/suppressions.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { deliverBatch, type DeliverDeps } from '../../src/delivery/deliver.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import type { Sender } from '../../src/mail/sender.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { unsubscribe } from '../../src/subscribers/subscribe.ts';
import { createLogger } from '../../src/telemetry.ts';
import { addEdition, samplePaper, TOPICS } from '../support/site.ts';
import { topic } from '../../src/db/schema.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import {
  ACCEPTED,
  addReaders,
  ageLeases,
  batches,
  ledger,
  manyReaders,
  type ReaderInput,
  recordingTransport,
} from '../support/ledger.ts';
import { KEYRING, WITHOUT_BRAKES } from '../support/keys.ts';
import { shapingFor } from '../support/shaping.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

const DATE = '2026-05-29';
const MINUTE = 60_000;
const keyring = KEYRING;
const sender: Sender = {
  look: DEFAULT_LOOK,
  publicUrl: 'https://papers.example',
  from: { name: 'Paperboy', address: 'paperboy@papers.example' },
  domain: 'papers.example',
  postalAddress: null,
  bounceDomain: 'bounces.papers.example',
};
const reply = (line: string): SendResult => ({ kind: 'reply', code: Number(line.slice(0, 3)), text: line.slice(4) });
const LOST: SendResult = { kind: 'lost', text: 'ECONNECTION' };
const DOWN: SendResult = { kind: 'unsent', relayDown: true, text: 'ECONNREFUSED' };

let database: TestDatabase;
let composer: DeliverDeps['composer'];
let now: Date;

beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(topic).values(TOPICS);
  await addEdition(
    database.db,
    DATE,
    [1, 2, 3].map((n) => samplePaper(n, DATE)),
  );
  composer = createComposer({ db: database.db, keyring, sender, topics: topicsInForce() });
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'suppression', 'feedback', 'delivery', 'batch', 'digest');
  now = new Date('2026-05-29T08:00:00Z');
});

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
/** Its holder and the database both see a lease's time pass. */
const loseLeases = async () => {
  pass(LEASE_MS);
  await ageLeases(database.db, LEASE_MS);
};
const deps = (transport: ReturnType<typeof recordingTransport>, more: Partial<DeliverDeps> = {}): DeliverDeps => ({
  db: database.db,
  transport,
  ledger: createLedger({ db: database.db, keyring: KEYRING, now: () => now }),
  permits: createPermits(2 * transport.connections),
  ...WITHOUT_BRAKES,
  shaping: shapingFor(() => now),
  now: () => now,
  log: createLogger('silent'),
  onUnknown: 'resend',
  composer,
  ...more,
});
const rows = () => ledger(database.db);
const theBatch = async () => (await batches(database.db))[0]!;

async function frozen(readers: readonly ReaderInput[] = manyReaders(1)): Promise<{ batchId: number; ids: number[] }> {
  const ids = await addReaders(database.db, readers);
  let batchId = 0;
  await freezeDigest(
    {
      db: database.db,
      now: () => now,
      log: createLogger('silent'),
      enqueueBatch: async (id) => {
        batchId = id;
      },
    },
    { date: DATE },
  );
  return { batchId, ids };
}
/** What a worker would be given now. */
const due = () => strandedBatches(database.db, now, 10);

describe('a batch', () => {
  test('is delivered to each reader once: their own links, their own return path, the headers of a list', async () => {
    const { batchId, ids } = await frozen(manyReaders(25));
    const transport = recordingTransport();
    await deliverBatch(deps(transport), batchId);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent.map((s) => s.to).toSorted()).toEqual(
      manyReaders(25)
        .map((r) => r.email!)
        .toSorted(),
    );
    expect(await rows()).toEqual(
      ids.map((subscriberId) =>
        expect.objectContaining({
          subscriberId,
          state: 'accepted',
          attempts: 1,
          reason: null,
          lastReply: '250 2.0.0 ok',
        }),
      ),
    );
    expect(await theBatch()).toMatchObject({ state: 'done', leaseUntil: null });
    expect(await digestSums(database.db, DATE)).toEqual({
      date: DATE,
      frozen: 25,
      accepted: 25,
      deferred: 0,
      rejected: 0,
      unknown: 0,
      skipped: 0,
      pending: 0,
      seconds: 0,
    });
    for (const { to, from, bytes } of transport.sent) {
      const mail = await simpleParser(bytes);
      const id = ids[manyReaders(25).findIndex((r) => r.email === to)]!;
      const link = /https:\/\/papers\.example\/unsubscribe\/([\w.-]+)/.exec(mail.text!)![1]!;
      expect(keyring.verify('unsubscribe', link, now).subscriberId).toBe(id);
      const mark = /^b\+(.*)@bounces\.papers\.example$/.exec(from)![1]!;
      expect(keyring.readMark(mark)).toEqual({ subscriberId: id, date: DATE });
      expect(mail.messageId).toBe(`<digest.${mark}@papers.example>`);
      expect(mail.headers.get('list')).toMatchObject({
        unsubscribe: { url: `https://papers.example/unsubscribe/${link}` },
        'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
      });
      expect(mail.messageId).toContain(DATE);
    }
  });

  test('can be left by mail where mail is listened to: one https link first, then the address of that delivery', async () => {
    const { batchId, ids } = await frozen();
    const transport = recordingTransport();
    const listening = createComposer({
      db: database.db,
      keyring,
      sender: { ...sender, listens: true },
      topics: topicsInForce(),
    });
    await deliverBatch(deps(transport, { composer: listening }), batchId);
    const header = transport.sent[0]!.bytes.toString().replace(/\r\n[ \t]/g, ' ');
    const mark = keyring.mark({ subscriberId: ids[0]!, date: DATE });
    expect(/^List-Unsubscribe: (.*)$/m.exec(header)![1]!.trim()).toMatch(
      new RegExp(
        `^<https://papers\\.example/unsubscribe/[\\w.-]+>, <mailto:u\\+${mark.replaceAll('.', '\\.')}@bounces\\.papers\\.example\\?subject=unsubscribe>$`,
      ),
    );
  });

  test('has never more messages under way than there are connections', async () => {
    const { batchId } = await frozen(manyReaders(20));
    let [busy, most] = [0, 0];
    const transport = recordingTransport(async () => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 20));
      busy--;
      return ACCEPTED;
    }, 3);
    await deliverBatch(deps(transport), batchId);
    expect(most).toBe(3);
  });

  test('stops between messages when it is told to, and leaves the rest to be had', async () => {
    const { batchId } = await frozen(manyReaders(10));
    const stopping = new AbortController();
    const transport = recordingTransport((_o, nth) => {
      if (nth === 4) stopping.abort();
      return ACCEPTED;
    }, 2);
    await deliverBatch(deps(transport), batchId, stopping.signal);
    const { accepted, pending } = await digestSums(database.db, DATE);
    expect([accepted, pending]).toEqual([transport.sent.length, 10 - transport.sent.length]);
    expect(transport.sent.length).toBeLessThan(10);
    expect(await due()).toEqual([batchId]);
    await deliverBatch(deps(transport), batchId);
    expect(new Set(transport.sent.map((s) => s.to)).size).toBe(10);
    expect(transport.sent).toHaveLength(10);
  });

  test('that takes long goes back to the queue with what is left of it, and is asked for again at once', async () => {
    const { batchId } = await frozen(manyReaders(10));
    const transport = recordingTransport(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return ACCEPTED;
    }, 2);
    expect(await deliverBatch(deps(transport, { turn: { ms: 100, patience: 1000 } }), batchId)).toEqual(now);
    expect(transport.sent.length).toBeLessThan(10); // how many go in a turn is the machine's
    expect(await due()).toEqual([batchId]);
    expect(await deliverBatch(deps(transport), batchId)).toBeNull();
    expect(transport.sent).toHaveLength(10);
    expect(await digestSums(database.db, DATE)).toMatchObject({ accepted: 10, pending: 0 });
  });

  test('whose slowest message hangs is kept, and the rest of it goes out meanwhile', async () => {
    const { batchId } = await frozen(manyReaders(20));
    const hanging = Promise.withResolvers<SendResult>();
    const transport = recordingTransport(async (_outgoing, nth) => {
      if (nth === 1) return hanging.promise;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return ACCEPTED;
    }, 2);
    const delivering = deliverBatch(deps(transport, { turn: { ms: 100, patience: 50 } }), batchId);
    await until('all but one to be sent', async () => (await digestSums(database.db, DATE)).accepted === 19);
    hanging.resolve(ACCEPTED);
    expect(await delivering).toBeNull();
    expect(await digestSums(database.db, DATE)).toMatchObject({ accepted: 20 });
  });

  test('of a digest that is paused is not sent, and stops on the way', async () => {
    const { batchId } = await frozen(manyReaders(12));
    const set = (to: string) => database.db.$client.query('update digest set state = $1', [to]);
    const paused = Promise.withResolvers<unknown>();
    const transport = recordingTransport(async (_o, nth) => {
      if (nth === 4) paused.resolve(set('paused'));
      await paused.promise;
      return ACCEPTED;
    }, 4);
    await set('paused');
    await deliverBatch(deps(transport), batchId);
    expect([transport.sent.length, await due()]).toEqual([0, []]);
    await set('sending');
    await deliverBatch(deps(transport), batchId);
    const { accepted, pending } = await digestSums(database.db, DATE);
    expect(accepted + pending).toBe(12);
    expect(accepted).toBeLessThanOrEqual(4);
    expect(await due()).toEqual([]);
    await set('sending');
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent).toHaveLength(12);
  });

  test('with a digest that cannot be composed still delivers the others', async () => {
    const { batchId, ids } = await frozen(manyReaders(4));
    const transport = recordingTransport();
    await deliverBatch(
      deps(transport, {
        composer: {
          hold: composer.hold,
          compose: async (date, d) => {
            if (d.subscriberId === ids[1]) throw new Error('broken');
            return composer.compose(date, d);
          },
        },
      }),
      batchId,
    );
    expect(await digestSums(database.db, DATE)).toMatchObject({ accepted: 3, deferred: 1 });
    pass(2 * MINUTE);
    await deliverBatch(deps(transport), batchId);
    expect(await digestSums(database.db, DATE)).toMatchObject({ accepted: 4 });
  });
});

describe('nobody gets mail', () => {
  test('who left after the freeze, or is suppressed, or was erased', async () => {
    const { batchId, ids } = await frozen(manyReaders(5));
    await unsubscribe(
      { db: database.db, keyring, now: () => now },
      keyring.sign('unsubscribe', { subscriberId: ids[0]!, issuedAt: now }),
    );
    await suppress(database.db, KEYRING.hashesOf('READER1@example.org')[0]!, 'manual', now);
    await erase(database.db, ids[2]!, now);
    const transport = recordingTransport();
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent.map((s) => s.to)).toEqual(['reader3@example.org', 'reader4@example.org']);
    expect((await rows()).map((r) => [r.state, r.reason])).toEqual([
      ['skipped', 'unsubscribed'],
      ['skipped', 'suppressed'],
      ['skipped', 'unsubscribed'],
      ['accepted', null],
      ['accepted', null],
    ]);
  });

  test('whose topics brought nothing', async () => {
    const { batchId } = await frozen([
      { topics: ['robotics'] },
      { email: 'b@example.org', topics: ['language-models'] },
    ]);
    const transport = recordingTransport();
    await deliverBatch(deps(transport), batchId);
    expect((await rows()).map((r) => [r.state, r.reason])).toEqual([
      ['skipped', 'empty'],
      ['accepted', null],
    ]);
    expect(transport.sent.map((s) => s.to)).toEqual(['b@example.org']);
  });

  test('who left while a slow relay was busy with those before them', async () => {
    const { batchId, ids } = await frozen(manyReaders(3));
    const transport = recordingTransport(async (_o, nth) => {
      if (nth === 1)
        await unsubscribe(
          { db: database.db, keyring, now: () => now },
          keyring.sign('unsubscribe', { subscriberId: ids[2]!, issuedAt: now }),
        );
      pass(2_000);
      return ACCEPTED;
    }, 1);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent.map((s) => s.to)).toEqual(['reader0@example.org', 'reader1@example.org']);
    expect((await rows()).map((r) => [r.state, r.reason])).toEqual([
      ['accepted', null],
      ['accepted', null],
      ['skipped', 'unsubscribed'],
    ]);
  });

  test('who left while the relay put them off', async () => {
    const { batchId, ids } = await frozen();
    await deliverBatch(deps(recordingTransport(() => reply('451 4.7.1 later'))), batchId);
    await unsubscribe(
      { db: database.db, keyring, now: () => now },
      keyring.sign('unsubscribe', { subscriberId: ids[0]!, issuedAt: now }),
    );
    pass(2 * MINUTE);
    const transport = recordingTransport();
    await deliverBatch(deps(transport), batchId);
    expect([transport.sent.length, (await rows())[0]!.reason]).toEqual([0, 'unsubscribed']);
  });
});

describe('a refusal', () => {
  test('for now is tried again at its time, with the same bytes, until the day is over', async () => {
    const { batchId } = await frozen();
    const transport = recordingTransport(() => reply('451 4.7.1 <reader0@example.org> later\r\nplease'));
    await deliverBatch(deps(transport), batchId);
    expect(await rows()).toMatchObject([
      {
        state: 'deferred',
        reason: '4.7.1',
        attempts: 1,
        lastReply: '451 4.7.1 <address> later please',
        nextAttemptAt: new Date(now.getTime() + MINUTE),
      },
    ]);
    expect(await theBatch()).toMatchObject({
      state: 'open',
      dueAt: new Date(now.getTime() + MINUTE),
      leaseUntil: null,
    });
    expect(await due()).toEqual([]);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent).toHaveLength(1);
    while ((await theBatch()).state === 'open') {
      now = (await theBatch()).dueAt;
      expect(await due()).toEqual([batchId]);
      await deliverBatch(deps(transport), batchId);
    }
    expect(await rows()).toMatchObject([{ state: 'rejected', reason: 'expired', attempts: transport.sent.length }]);
    expect(now.getTime()).toBeLessThanOrEqual(Date.parse('2026-05-30T08:00:00Z'));
    expect(transport.sent.length).toBeGreaterThan(5);
    expect(new Set(transport.sent.map((s) => s.bytes.toString('latin1'))).size).toBe(1);
  });

  test('for now is tried again even when the digest had waited for more than a day before', async () => {
    const { batchId } = await frozen();
    pass(25 * 60 * MINUTE);
    const transport = recordingTransport(() => reply('451 4.7.1 later'));
    await deliverBatch(deps(transport), batchId);
    expect(await rows()).toMatchObject([{ state: 'deferred', attempts: 1 }]);
    pass(2 * MINUTE);
    await deliverBatch(deps(transport), batchId);
    expect(await rows()).toMatchObject([{ state: 'rejected', reason: 'expired', attempts: 2 }]);
  });

  test('for now of a whole domain slows down mail to it and to nobody else, and whoever is held back is charged no attempt', async () => {
    const { batchId } = await frozen([
      ...manyReaders(8),
      ...manyReaders(8).map((_, i) => ({ email: `b${i}@example.com` })),
    ]);
    const shaping = shapingFor(() => now);
    const busy = recordingTransport(
      (o, nth) => (o.to.endsWith('@example.org') && nth > 4 ? reply('421 4.7.28 too much mail from you') : ACCEPTED),
      2,
    );
    await deliverBatch(deps(busy, { shaping }), batchId);
    // Four were taken and as many were under way when it first refused.
    const held = (await rows()).filter((r) => r.reason === 'held-back');
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((r) => r.state === 'deferred' && r.attempts === 0 && r.nextAttemptAt! > now)).toBe(true);
    expect((await rows()).filter((r) => r.state === 'accepted')).toHaveLength(4 + 8);
    const better = recordingTransport();
    for (let minutes = 0; (await theBatch()).state === 'open' && minutes < 20; minutes++) {
      pass(MINUTE);
      await deliverBatch(deps(better, { shaping }), batchId);
      expect(better.sent.length).toBeLessThanOrEqual(4);
    }
    expect((await rows()).map((r) => r.state)).toEqual(Array(16).fill('accepted'));
  });

  test('of an unknown user is kept, and ends no subscription by itself', async () => {
    const { batchId, ids } = await frozen(manyReaders(2));
    await deliverBatch(
      deps(
        recordingTransport((o) =>
          o.to === 'reader0@example.org' ? reply('550 5.1.1 <reader0@example.org>: User unknown') : ACCEPTED,
        ),
      ),
      batchId,
    );
    expect((await rows()).map((r) => [r.state, r.reason, r.lastReply])).toEqual([
      ['rejected', 'unknown-user', '550 5.1.1 <address> User unknown'],
      ['accepted', null, '250 2.0.0 ok'],
    ]);
    expect((await database.db.$client.query('select distinct status from subscriber')).rows).toEqual([
      { status: 'active' },
    ]);
    expect(await isSuppressed(database.db, KEYRING.hashesOf('reader0@example.org'))).toBe(false);
    expect(await recentFeedback(database.db, ids[0]!, 10)).toMatchObject([
      {
        kind: 'hard',
        reason: 'unknown-user',
        via: 'smtp',
        digestDate: DATE,
        words: '550 5.1.1 <address> User unknown',
      },
    ]);
  });

  test('while a reader moves is none: the message is taken back, and goes to the new address', async () => {
    const { batchId } = await frozen();
    const transport = recordingTransport();
    const compose: DeliverDeps['composer']['compose'] = async (...asked) => {
      await database.db.$client.query(`update subscriber set email = 'moved@example.org'`);
      pass(2000); // what was read of the reader is old when the message is handed over
      return composer.compose(...asked);
    };
    await deliverBatch(deps(transport, { composer: { ...composer, compose } }), batchId);
    expect(transport.sent).toEqual([]);
    pass(MINUTE);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent.map(({ to }) => to)).toEqual(['moved@example.org']);
    expect(await rows()).toMatchObject([{ state: 'accepted' }]);
  });

  test('of the mailbox that a reader has moved from costs nobody the subscription', async () => {
    const { batchId } = await frozen();
    const moving = recordingTransport(async () => {
      await database.db.$client.query(`update subscriber set email = 'moved@example.org'`);
      return reply('550 5.1.1 User unknown');
    });
    await deliverBatch(deps(moving), batchId);
    expect((await database.db.$client.query('select email, status from subscriber')).rows).toEqual([
      { email: 'moved@example.org', status: 'active' },
    ]);
    expect((await database.db.$client.query('select from suppression')).rowCount).toBe(0);
  });

  test.each(['552 5.2.2 mailbox full', '554 5.7.1 spam', '550 5.7.25 no PTR record'])(
    'for good that is not about the address (%s) costs nobody the subscription',
    async (line) => {
      const { batchId } = await frozen();
      await deliverBatch(deps(recordingTransport(() => reply(line))), batchId);
      expect(await rows()).toMatchObject([{ state: 'rejected', reason: line.split(' ')[1] }]);
      expect((await database.db.$client.query('select status from subscriber')).rows).toEqual([{ status: 'active' }]);
      expect((await database.db.$client.query('select from suppression')).rowCount).toBe(0);
    },
  );

  test('because the relay is down charges no attempt, stops the batch, and it waits', async () => {
    const { batchId } = await frozen(manyReaders(10));
    const transport = recordingTransport(() => DOWN, 3);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent).toHaveLength(3);
    expect((await rows()).map((r) => [r.state, r.attempts])).toEqual(Array(10).fill(['pending', 0]));
    expect(await due()).toEqual([]);
    pass(30_000);
    expect(await due()).toEqual([batchId]);
    const better = recordingTransport();
    await deliverBatch(deps(better), batchId);
    expect(better.sent).toHaveLength(10);
  });
});

describe('a message of which nobody knows', () => {
  test('is sent once more, the same to the byte, and after a second loss stays unknown', async () => {
    const { batchId } = await frozen();
    const transport = recordingTransport(() => LOST);
    await deliverBatch(deps(transport), batchId);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent).toHaveLength(2);
    expect(transport.sent[0]!.bytes.equals(transport.sent[1]!.bytes)).toBe(true);
    expect((await simpleParser(transport.sent[0]!.bytes)).messageId).toBe(
      (await simpleParser(transport.sent[1]!.bytes)).messageId,
    );
    expect(await rows()).toMatchObject([{ state: 'unknown', reason: 'resent', attempts: 2 }]);
    expect(await theBatch()).toMatchObject({ state: 'done' });
  });

  test('is accepted when the second time is answered', async () => {
    const { batchId } = await frozen();
    await deliverBatch(deps(recordingTransport((_o, nth) => (nth === 1 ? LOST : ACCEPTED))), batchId);
    expect(await rows()).toMatchObject([{ state: 'accepted', reason: null, attempts: 2 }]);
  });

  test('stays unknown with ON_UNKNOWN=hold', async () => {
    const { batchId } = await frozen();
    const transport = recordingTransport(() => LOST);
    await deliverBatch(deps(transport, { onUnknown: 'hold' }), batchId);
    await deliverBatch(deps(transport, { onUnknown: 'hold' }), batchId);
    expect(transport.sent).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'unknown', reason: 'lost' }]);
    expect(await theBatch()).toMatchObject({ state: 'done' });
  });

  test('is not forgotten when the relay is down at the second time', async () => {
    const { batchId } = await frozen();
    await deliverBatch(deps(recordingTransport((_o, nth) => (nth === 1 ? LOST : DOWN))), batchId);
    expect(await rows()).toMatchObject([{ state: 'unknown', reason: 'again', attempts: 1 }]);
    pass(31_000);
    expect(await due()).toEqual([batchId]);
    const transport = recordingTransport();
    await deliverBatch(deps(transport), batchId);
    expect(await rows()).toMatchObject([{ state: 'accepted' }]);
  });
});

test('messages that could not be recorded while the database was away give their places back: the next batch is sent', async () => {
  const { batchId } = await frozen(manyReaders(6));
  const transport = recordingTransport(() => ACCEPTED, 1);
  const taking: typeof transport = {
    ...transport,
    send: async (message, withdrawn, permit) =>
      permit!.take(() => {}) === 'go'
        ? transport.send(message, withdrawn)
        : { kind: 'unsent', relayDown: false, text: 'no place' },
  };
  const permits = createPermits(2);
  const real = deps(taking).ledger;
  const away = { ...real, record: () => Promise.reject(new Error('the database is away')) };
  for (let outage = 0; outage < 2; outage++)
    await expect(deliverBatch(deps(taking, { permits, ledger: away }), batchId)).rejects.toThrow(
      'the database is away',
    );
  expect(transport.sent.length).toBeLessThan(6);
  await deliverBatch(deps(taking, { permits }), batchId);
  expect((await rows()).map((r) => r.state)).toEqual(Array(6).fill('accepted'));
});

describe('two workers', () => {
  test('never work on one batch at once', async () => {
    const { batchId } = await frozen(manyReaders(20));
    const transport = recordingTransport(async () => {
      await new Promise(setImmediate);
      return ACCEPTED;
    }, 2);
    await Promise.all(Array.from({ length: 4 }, () => deliverBatch(deps(transport), batchId)));
    expect(transport.sent).toHaveLength(20);
    expect((await theBatch()).fence).toBe(1);
  });

  test('when one falls silent the other takes over after the lease, and what was under way is unknown', async () => {
    const { batchId } = await frozen(manyReaders(3));
    const silent = Promise.withResolvers<SendResult>();
    const started = Promise.withResolvers<void>();
    const first = deliverBatch(
      deps(
        recordingTransport((_o, nth) => {
          if (nth === 2) started.resolve();
          return silent.promise;
        }, 2),
      ),
      batchId,
    );
    await started.promise;
    expect(await holdBatch(database.db, batchId, { leaseMs: LEASE_MS, now })).toBeNull();
    expect(await due()).toEqual([]);
    await loseLeases();
    expect(await due()).toEqual([batchId]);
    const transport = recordingTransport((o) => (o.to === 'reader0@example.org' ? LOST : ACCEPTED), 1);
    await deliverBatch(deps(transport), batchId);
    expect(transport.sent.map((s) => s.to).toSorted()).toEqual([
      'reader0@example.org',
      'reader1@example.org',
      'reader2@example.org',
    ]);
    // The first one's late answer is of an earlier attempt, and it claims nothing more.
    silent.resolve(reply('550 5.1.1 User unknown'));
    await first;
    expect((await rows()).map((r) => [r.state, r.reason, r.attempts])).toEqual([
      ['unknown', 'resent', 2],
      ['accepted', null, 2],
      ['accepted', null, 1],
    ]);
    expect(await theBatch()).toMatchObject({ state: 'done', leaseUntil: null, fence: 2 });
  });

  test('a late answer is still the truth while nobody has tried again', async () => {
    const { batchId } = await frozen();
    const silent = Promise.withResolvers<SendResult>();
    const started = Promise.withResolvers<void>();
    const first = deliverBatch(
      deps(
        recordingTransport(() => {
          started.resolve();
          return silent.promise;
        }),
      ),
      batchId,
    );
    await started.promise;
    await loseLeases();
    await deliverBatch(deps(recordingTransport(), { onUnknown: 'hold' }), batchId);
    expect(await rows()).toMatchObject([{ state: 'unknown', reason: 'lost' }]);
    silent.resolve(ACCEPTED);
    await first;
    expect(await rows()).toMatchObject([{ state: 'accepted', attempts: 1 }]);
  });
});

test('the sweeper enqueues what is due and nothing else', async () => {
  const { batchId } = await frozen();
  const enqueued: number[] = [];
  const run = () =>
    sweep({
      db: database.db,
      now: () => now,
      enqueueBatch: async (id) => {
        enqueued.push(id);
      },
      enqueueNotice: async () => {},
    });
  await deliverBatch(deps(recordingTransport(() => reply('451 later'))), batchId);
  await run();
  expect(enqueued).toEqual([]);
  pass(MINUTE);
  await run();
  expect(enqueued).toEqual([batchId]);
  await deliverBatch(deps(recordingTransport()), batchId);
  await run();
  expect(enqueued).toEqual([batchId]);
});
