import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimNotice, noticesOwed, releaseNotice, renewNotice } from '../../src/db/notices.ts';
import { findSubscriber, recordRequests } from '../../src/db/subscribers.ts';
import { nextNotice, type NotifyDeps, sendNotice, sendNotices } from '../../src/delivery/notify.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { readLetter } from '../support/letter.ts';
import { ACCEPTED, recordingTransport } from '../support/ledger.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

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
    await empty(database.db, 'subscriber', 'spent_notice');
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
        look: DEFAULT_LOOK,
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

  test('leaves from the address for notices, in its envelope and in its letter', async () => {
    answer = ACCEPTED;
    deps.sender = { ...deps.sender, noticeFrom: { name: 'Paperboy', address: 'hello@papers.example' } };
    await sendNotice(deps, id);
    const { from, bytes } = deps.transport.sent[0]!;
    expect([from, (await readLetter(bytes, WISH.email)).header('From')]).toEqual([
      'hello@papers.example',
      'Paperboy <hello@papers.example>',
    ]);
  });

  describe('beyond the cap of its mailbox', () => {
    /** The sweeper's look at a moment, with all that it finds sent. */
    const owedAt = async (at: Date) => {
      now = at;
      return (await noticesOwed(database.db, new Date(0), at, 10)).map((notice) => notice.id);
    };
    /** The mailbox has had three within the hour: under two names that are one inbox. */
    const fill = async (): Promise<number> => {
      answer = ACCEPTED;
      for (const email of ['r.eader@gmail.com', 'reader+1@googlemail.com', 'READER+2@gmail.com'])
        await sendNotice(deps, await request(email));
      return request('reader+3@gmail.com');
    };

    test('does not go, stays owed, and goes when the hour is over', async () => {
      const next = await fill();
      expect(await sendNotice(deps, next)).toBeNull();
      expect(deps.transport.sent).toHaveLength(3);
      expect(await owedAt(after(59))).toEqual([id]);
      expect(await owedAt(after(60))).toEqual([id, next]);
      await sendNotice(deps, next);
      expect(deps.transport.sent).toHaveLength(4);
    });

    test('counts none that the server put off, and each copy of one whose answer was lost', async () => {
      const next = await fill();
      await database.db.$client.query('delete from spent_notice where id = (select max(id) from spent_notice)');
      answer = GREYLISTED;
      for (let i = 0; i < 3; i++) await sendNotice(deps, next);
      answer = { kind: 'lost', text: 'broken' };
      await sendNotice(deps, next);
      await sendNotice(deps, next);
      expect(deps.transport.sent).toHaveLength(7);
    });

    test('is the network’s too: sixty readers behind one address get thirty within the hour', async () => {
      answer = ACCEPTED;
      const wishes = Array.from({ length: 60 }, (_, i) => ({
        ...WISH,
        email: `r${i}@example.org`,
        requestedAt: now,
        from: ['today', 'yesterday'],
      }));
      const ids = (await recordRequests(database.db, wishes, 0)).map((recorded) => recorded.id);
      await sendNotices(deps, ids);
      expect(deps.transport.sent).toHaveLength(30);
      await sendNotice(deps, id);
      expect(deps.transport.sent).toHaveLength(31);
    });

    test('leaves the mail in hand as it is: a stranger who asks on makes no link stale', async () => {
      answer = ACCEPTED;
      for (let minute = 0; minute <= 20; minute += 10) {
        now = after(minute);
        expect(await request()).toBe(id);
        await sendNotice(deps, id);
      }
      const { requestedAt } = (await findSubscriber(database.db, WISH.email))!;
      now = after(30);
      const [stranger] = await recordRequests(
        database.db,
        [{ ...WISH, topics: ['vision'], requestedAt: now }],
        600_000,
      );
      expect(stranger).toEqual({ id, noticeOwed: false });
      expect(await findSubscriber(database.db, WISH.email)).toMatchObject({ requestedAt, topics: ['all'] });
      // The first of the three was an hour ago.
      const [later] = await recordRequests(database.db, [{ ...WISH, requestedAt: after(60) }], 600_000);
      expect(later).toEqual({ id, noticeOwed: true });
    });

    test('cannot be told: where notices cannot be counted none goes, and all stay owed', async () => {
      answer = ACCEPTED;
      await database.db.$client.query('alter table spent_notice rename to away');
      await expect(sendNotice(deps, id)).rejects.toThrow();
      expect(deps.transport.sent).toHaveLength(0);
      await database.db.$client.query('alter table away rename to spent_notice');
      expect(await owedAt(after(1))).toEqual([id]);
    });
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
    expect(await renewNotice(database.db, id, first.stamp)).toBeNull();
    await releaseNotice(database.db, id, first.stamp);
    expect(await claimNotice(database.db, id, 120_000)).toBeNull();
    expect(await renewNotice(database.db, id, second.stamp)).not.toBeNull();
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
