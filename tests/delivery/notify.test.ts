import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  claimNotice,
  findSubscriber,
  noticesOwed,
  recordRequests,
  releaseNotice,
  renewNotice,
} from '../../src/db/subscribers.ts';
import { nextNotice, type NotifyDeps, sendNotice, sendNotices } from '../../src/delivery/notify.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { readLetter } from '../support/letter.ts';
import { ACCEPTED, recordingTransport } from '../support/ledger.ts';

const ASKED = new Date('2026-05-29T09:30:00Z');
const after = (minutes: number): Date => new Date(ASKED.getTime() + minutes * 60_000);
const WISH = {
  email: 'reader@example.org',
  topics: ['all'],
  frequency: 'daily' as const,
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
  length: 10 as const,
  weeklyOn: 1 as const,
};
const GREYLISTED: SendResult = { kind: 'reply', code: 450, text: '4.2.0 come back later' };

test.each([
  [0, 1],
  [0.9, 1],
  [1, 5],
  [4, 5],
  [5, 15],
  [15.1, 60],
  [60, 120],
  [90, 120],
  [121, 180],
  [22.5 * 60, 23 * 60],
])('a notice put off %d minutes after the request is tried again at minute %d', (minutes, next) => {
  expect(nextNotice(ASKED, after(minutes))).toEqual(after(next));
});
test('after a day nobody waits for it', () => expect(nextNotice(ASKED, after(23 * 60 + 1))).toBeNull());

describe('a notice', () => {
  let database: TestDatabase;
  let now: Date;
  let answer: SendResult;
  let meanwhile: () => Promise<unknown>;
  let id: number;
  let deps: NotifyDeps & { transport: ReturnType<typeof recordingTransport> };
  const request = async (email = WISH.email, requestedAt = now): Promise<number> =>
    (await recordRequests(database.db, [{ ...WISH, email, requestedAt }], 0))[0]!.id;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await database.db.$client.query('truncate subscriber, spent_notice');
    now = ASKED;
    meanwhile = async () => {};
    id = await request();
    deps = {
      db: database.db,
      now: () => now,
      log: createLogger('silent'),
      editionHour: 4,
      keyring: createKeyring(['k'.repeat(32)]),
      transport: recordingTransport(async () => {
        await meanwhile();
        return answer;
      }),
      sender: {
        publicUrl: 'https://papers.example',
        siteName: 'Paperboy',
        postalAddress: null,
        from: { name: 'Paperboy', address: 'paperboy@papers.example' },
        domain: 'papers.example',
        bounceDomain: null,
      },
    };
  });
  const sentAt = async () => (await findSubscriber(database.db, 'reader@example.org'))!.noticeSentAt;

  test('that the server puts off is owed, and asks for another try later and later', async () => {
    answer = GREYLISTED;
    const tries = [];
    for (let next: Date | null = ASKED; tries.length < 4; now = next!) tries.push((next = await sendNotice(deps, id)));
    expect(tries).toEqual([after(1), after(5), after(15), after(60)]);
    expect(await sentAt()).toBeNull();
    answer = ACCEPTED;
    expect(await sendNotice(deps, id)).toBeNull();
    expect(await sentAt()).toEqual(after(60));
    await sendNotice(deps, id);
    expect(deps.transport.sent).toHaveLength(5);
    expect(new Set(deps.transport.sent.map(({ bytes }) => bytes.toString())).size).toBe(1);
  });

  test('to confirm by says what was asked for, and when the digest after the current one comes', async () => {
    answer = ACCEPTED;
    await sendNotice(deps, id);
    const { text } = await readLetter(deps.transport.sent[0]!.bytes, 'reader@example.org');
    const prose = text.replaceAll('\n', ' ');
    expect(prose).toContain('the best of all topics, every day at 08:00 UTC.');
    expect(prose).toContain('the next on Saturday 30 May at 08:00, UTC.');
  });

  test('for which there is no relay fails, and the sweeper asks again in a minute', async () => {
    answer = { kind: 'unsent', relayDown: true, text: 'refused' };
    await expect(sendNotice(deps, id)).rejects.toMatchObject({ code: 'RELAY_UNAVAILABLE' });
    expect(await sentAt()).toBeNull();
  });

  test('that two workers take up at once is sent by one of them', async () => {
    answer = ACCEPTED;
    await Promise.all([sendNotice(deps, id), sendNotice(deps, id), sendNotices(deps, [id])]);
    expect(deps.transport.sent).toHaveLength(1);
  });

  test('that a worker died of is taken up by another after two minutes', async () => {
    answer = ACCEPTED;
    await claimNotice(database.db, id, 120_000);
    const age = (by: string) =>
      database.db.$client.query(`update subscriber set notice_claimed_at = notice_claimed_at - interval '${by}'`);
    await age('110 s');
    expect(await sendNotice(deps, id)).toBeNull();
    expect(deps.transport.sent).toHaveLength(0);
    await age('20 s');
    await sendNotice(deps, id);
    expect([deps.transport.sent.length, await sentAt()]).toEqual([1, now]);
  });

  test('that a wrong clock put ahead is taken up all the same', async () => {
    answer = ACCEPTED;
    await database.db.$client.query(`update subscriber set notice_claimed_at = now() + interval '1 year'`);
    await sendNotice(deps, id);
    expect(deps.transport.sent).toHaveLength(1);
  });

  test('is not let go by a worker that another one has overtaken', async () => {
    const first = (await claimNotice(database.db, id, 0))!;
    const second = (await claimNotice(database.db, id, 0))!;
    expect(await renewNotice(database.db, id, first.mark)).toBeNull();
    await releaseNotice(database.db, id, first.mark);
    expect(await claimNotice(database.db, id, 120_000)).toBeNull();
    expect(await renewNotice(database.db, id, second.mark)).not.toBeNull();
  });

  test('that a worker with a clock behind has sent is owed no longer', async () => {
    answer = ACCEPTED;
    now = new Date(ASKED.getTime() - 30_000);
    await sendNotice(deps, id);
    expect(await noticesOwed(database.db, new Date(0), after(60), 10)).toEqual([]);
  });

  test('whose answer is lost is sent again while its reader waits, and no more than twice', async () => {
    answer = { kind: 'lost', text: 'connection closed' };
    const tries = [];
    for (let next: Date | null = ASKED; next !== null; now = next ?? now)
      tries.push((next = await sendNotice(deps, id)));
    expect(tries).toEqual([after(1), after(5), null]);
    expect(deps.transport.sent).toHaveLength(3);
    expect(new Set(deps.transport.sent.map(({ bytes }) => bytes.toString())).size).toBe(1);
  });

  test('of a group is not begun after a stop', async () => {
    answer = ACCEPTED;
    await sendNotices(deps, [id], AbortSignal.abort());
    expect(deps.transport.sent).toHaveLength(0);
  });

  test('for a request that came while it was sent is still owed', async () => {
    answer = ACCEPTED;
    const later = after(11);
    meanwhile = () => request(WISH.email, later);
    await sendNotice(deps, id);
    expect(await sentAt()).toBeNull();
    now = later;
    meanwhile = async () => {};
    await sendNotice(deps, id);
    expect([deps.transport.sent.length, await sentAt()]).toEqual([2, later]);
  });

  test('of a group is sent beside the others; one that is put off is still owed', async () => {
    const other = await request('other@example.org');
    answer = GREYLISTED;
    await sendNotices(deps, [id, other]);
    expect(await sentAt()).toBeNull();
    answer = ACCEPTED;
    await sendNotices(deps, [id, other]);
    expect(await sentAt()).toEqual(now);
    expect(deps.transport.sent).toHaveLength(4);
  });
});
