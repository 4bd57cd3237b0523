import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestSums } from '../../src/db/digests.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { deliverBatch } from '../../src/delivery/deliver.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createLogger } from '../../src/telemetry.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { ACCEPTED, addReaders, ledger, recordingTransport } from '../support/ledger.ts';
import { DATES, NOW, testSite, type TestSite, TODAY } from '../support/site.ts';
import { KEYRING, WITHOUT_BRAKES } from '../support/keys.ts';
import { shapingFor } from '../support/shaping.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { empty } from '../support/database.ts';

const LOST: SendResult = { kind: 'lost', text: 'connection broken' };
const REFUSED: SendResult = { kind: 'reply', code: 550, text: '5.7.1 spam' };
const log = createLogger('silent');
const sender = {
  look: DEFAULT_LOOK,
  publicUrl: 'https://papers.example',
  from: { name: 'Paperboy', address: 'paperboy@papers.example' },
  domain: 'papers.example',
  postalAddress: null,
  bounceDomain: null,
};

let site: TestSite;
let now: Date;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(async () => {
  now = new Date(NOW.getTime() + 400); // a freeze is seldom on the second
  await empty(site.db, 'subscriber', 'suppression', 'delivery', 'batch', 'digest');
});

const rows = async () => (await ledger(site.db)).map((r) => [r.digestDate, r.state, r.reason]);
const addReader = () => addReaders(site.db, [{ email: 'reader@example.org' }]);

/** Freezes the digest of a day for whoever has not had it, and gives its batch. */
async function frozen(date: string = TODAY): Promise<number> {
  let batchId = 0;
  await freezeDigest(
    {
      db: site.db,
      now: () => now,
      log,
      enqueueBatch: async (id) => {
        batchId = id;
      },
    },
    { date },
  );
  return batchId;
}

/** Delivers a batch, and gives what was sent: each message's links by their purpose. */
async function deliver(
  batchId: number,
  answer: () => SendResult | Promise<SendResult>,
  onUnknown: 'resend' | 'hold' = 'resend',
) {
  const transport = recordingTransport(answer);
  const clock = () => now;
  await deliverBatch(
    {
      db: site.db,
      transport,
      now: clock,
      log,
      onUnknown,
      ...WITHOUT_BRAKES,
      shaping: shapingFor(clock),
      ledger: createLedger({ db: site.db, keyring: KEYRING, now: clock }),
      permits: createPermits(8),
      composer: createComposer({ db: site.db, keyring: site.keyring, sender, topics: topicsInForce() }),
    },
    batchId,
  );
  return Promise.all(
    transport.sent.map(async ({ bytes }) => {
      const { text = '' } = await simpleParser(bytes);
      const link = (purpose: string): string =>
        new RegExp(`https://papers\\.example(/${purpose}/[\\w.-]+)`).exec(text)![1]!;
      return { unsubscribe: link('unsubscribe'), preferences: link('preferences') };
    }),
  );
}

const post = (url: string, payload = '') =>
  site.app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } });

describe('a reader who uses a link of a digest has got it', () => {
  test.each<[string, 'unsubscribe' | 'preferences', string]>([
    ['one-click', 'unsubscribe', 'List-Unsubscribe=One-Click'],
    ['the button to unsubscribe', 'unsubscribe', ''],
    ['preferences', 'preferences', 'topics=robotics&frequency=weekdays'],
  ])('by %s: its delivery is accepted and it is not sent again', async (_how, purpose, payload) => {
    await addReader();
    const batchId = await frozen();
    const [links] = await deliver(batchId, () => LOST, 'hold');
    expect(await rows()).toEqual([[TODAY, 'unknown', 'lost']]);
    for (let i = 0; i < 2; i++) {
      expect((await post(links![purpose], payload)).statusCode).toBe(200);
      expect(await rows()).toEqual([[TODAY, 'accepted', 'answered']]);
    }
    await site.db.$client.query(`update batch set state = 'open'`);
    expect(await deliver(batchId, () => ACCEPTED, 'resend')).toEqual([]);
    expect(await digestSums(site.db, TODAY)).toMatchObject({ frozen: 1, accepted: 1, unknown: 0 });
  });

  test('also when the second message was lost as well', async () => {
    await addReader();
    const [, links] = await deliver(await frozen(), () => LOST);
    expect(await rows()).toEqual([[TODAY, 'unknown', 'resent']]);
    await post(links!.unsubscribe);
    expect(await rows()).toEqual([[TODAY, 'accepted', 'answered']]);
  });

  test('also while its worker has not told, which may be dead: whoever takes over sends nothing, and its late word changes nothing', async () => {
    await addReader();
    const batchId = await frozen();
    const [word, sent] = [Promise.withResolvers<SendResult>(), Promise.withResolvers<void>()];
    const delivered = deliver(batchId, () => {
      sent.resolve();
      return word.promise;
    });
    await sent.promise;
    const {
      rows: [reader],
    } = await site.db.$client.query<{ id: string }>('select id from subscriber');
    const mark = { subscriberId: Number(reader!.id), issuedAt: now };
    expect((await post(`/preferences/${site.keyring.sign('preferences', mark)}`, 'frequency=daily')).statusCode).toBe(
      200,
    );
    expect(await rows()).toEqual([[TODAY, 'accepted', 'answered']]);
    now = new Date(now.getTime() + 21_000);
    expect(await deliver(batchId, () => ACCEPTED)).toEqual([]);
    word.resolve(REFUSED);
    await delivered;
    expect(await rows()).toEqual([[TODAY, 'accepted', 'answered']]);
  });
});

describe('nothing is settled', () => {
  test('by looking at a link, as mail scanners do', async () => {
    await addReader();
    const [links] = await deliver(await frozen(), () => LOST, 'hold');
    for (const url of [links!.unsubscribe, links!.preferences])
      for (const method of ['GET', 'HEAD'] as const)
        expect((await site.app.inject({ method, url })).statusCode).toBe(200);
    expect(await rows()).toEqual([[TODAY, 'unknown', 'lost']]);
  });

  test('by preferences that cannot be', async () => {
    await addReader();
    const [links] = await deliver(await frozen(), () => LOST, 'hold');
    expect((await post(links!.preferences, 'frequency=hourly')).statusCode).toBe(422);
    expect(await rows()).toEqual([[TODAY, 'unknown', 'lost']]);
  });

  test('about another digest or another reader than the link came with', async () => {
    await addReaders(site.db, [{ email: 'a@example.org' }, { email: 'b@example.org' }]);
    const [earlier] = await deliver(await frozen(DATES[1]), () => LOST, 'hold');
    now = new Date(now.getTime() + 1000);
    await deliver(await frozen(TODAY), () => LOST, 'hold');
    await post(earlier!.preferences, 'frequency=daily');
    expect(await rows()).toEqual([
      [DATES[1], 'accepted', 'answered'],
      [DATES[1], 'unknown', 'lost'],
      [TODAY, 'unknown', 'lost'],
      [TODAY, 'unknown', 'lost'],
    ]);
  });

  test('that is known already, or still to be sent', async () => {
    await addReaders(
      site.db,
      ['a', 'b', 'c'].map((name) => ({ email: `${name}@example.org` })),
    );
    const answers = [REFUSED, ACCEPTED, { kind: 'reply', code: 451, text: '4.7.1 later' } as const];
    const sent = await deliver(await frozen(), () => answers.shift()!);
    const before = await ledger(site.db);
    for (const links of sent) await post(links.preferences, 'frequency=daily');
    expect(await ledger(site.db)).toEqual(before);
    expect(before.map((r) => r.state).toSorted()).toEqual(['accepted', 'deferred', 'rejected']);
  });

  test('when two digests of one reader were frozen within a second: the link may be of either', async () => {
    await addReader();
    const [links] = await deliver(await frozen(DATES[1]), () => LOST, 'hold');
    now = new Date(now.getTime() + 500);
    await deliver(await frozen(TODAY), () => LOST, 'hold');
    await post(links!.unsubscribe);
    expect((await rows()).map(([, state]) => state)).toEqual(['unknown', 'unknown']);
  });
});
