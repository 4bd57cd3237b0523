import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticesOwed, recordNoticeSent } from '../../src/db/notices.ts';
import { end, erase, findSubscriber } from '../../src/db/subscribers.ts';
import { isSuppressed, suppress } from '../../src/db/suppressions.ts';
import { setFollows } from '../../src/subscribers/follows.ts';
import { getPreferences, setPreferences } from '../../src/subscribers/preferences.ts';
import { createGuard } from '../../src/subscribers/guard.ts';
import { checkNoDomain } from '../../src/subscribers/mail-domain.ts';
import { groupRequests } from '../../src/subscribers/requests.ts';
import {
  checkToken,
  confirm,
  getWish,
  QUIET_MS,
  subscribe,
  type SubscribeDeps,
  unsubscribe,
} from '../../src/subscribers/subscribe.ts';
import { createKeyring, type Purpose } from '../../src/subscribers/tokens.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { KEYRING } from '../support/keys.ts';

const START = new Date('2026-05-29T09:30:00Z');
const MINUTE = 60_000;
const EMAIL = 'reader@example.org';
const keyring = createKeyring(['a secret of the tests, long enough to be one']);
const refusal = { code: 'TOKEN_INVALID' };

let database: TestDatabase;
let now: Date;
let notices: number[];
let welcomed: number[];
let deps: SubscribeDeps;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'suppression', 'topic');
  await database.db.$client.query(
    `insert into topic values ('vision', 'Vision', '', '{}', '{}', 1), ('robotics', 'Robotics', '', '{}', '{}', 2)`,
  );
  [now, notices, welcomed] = [START, [], []];
  deps = {
    db: database.db,
    keyring,
    log: createLogger('silent'),
    now: () => now,
    recordRequest: groupRequests(database.db, QUIET_MS),
    guard: createGuard({ db: database.db, keyring, now: () => now }),
    checkDomain: checkNoDomain,
    enqueueNotice: (id) => void notices.push(id),
    editionHour: 4,
    welcome: async (id) => {
      welcomed.push(id);
      return 'coming';
    },
  };
});

const reader = async () => (await findSubscriber(database.db, EMAIL))!;
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const token = async (purpose: Purpose) => keyring.sign(purpose, { subscriberId: (await reader()).id, issuedAt: now });
const active = async (input: Partial<Parameters<typeof subscribe>[1]> = {}) => {
  await subscribe(deps, { email: EMAIL, ...input });
  await confirm(deps, await token('confirm'));
};

/** Brings the reader into each state in which an address can be. */
const states: Record<string, () => Promise<unknown>> = {
  new: async () => {},
  pending: () => subscribe(deps, { email: EMAIL }),
  active: () => active(),
  unsubscribed: async () => {
    await active();
    await unsubscribe(deps, await token('unsubscribe'));
  },
  bounced: async () => {
    await active();
    await end(database.db, (await reader()).id, 'bounced', now);
    await suppress(database.db, KEYRING.hashesOf(EMAIL)[0]!, 'bounced', now);
  },
  complained: async () => {
    await active();
    await end(database.db, (await reader()).id, 'complained', now);
  },
  suppressed: () => suppress(database.db, KEYRING.hashesOf(EMAIL)[0]!, 'manual', now),
  erased: async () => {
    await active();
    await erase(database.db, (await reader()).id, now);
  },
};

describe('subscribing', () => {
  test.each(Object.entries(states))(
    'answers alike when the address is %s, and owes one notice',
    async (_name, bring) => {
      await bring();
      pass(20 * MINUTE);
      notices = [];
      expect(
        await subscribe(deps, {
          email: 'Reader@EXAMPLE.org',
          topics: ['vision'],
          frequency: 'weekly',
          timezone: 'Europe/Berlin',
          sendHour: 7,
        }),
      ).toBeNull();
      expect(notices).toEqual([(await reader()).id]);
    },
  );

  test('makes pending whoever is new or had left, with the new wish', async () => {
    for (const bring of [states['new']!, states['pending']!, states['unsubscribed']!]) {
      await empty(database.db, 'subscriber');
      await bring();
      pass(20 * MINUTE);
      await subscribe(deps, {
        email: EMAIL,
        topics: ['vision', 'robotics', 'vision'],
        frequency: 'weekly',
        timezone: 'europe/berlin',
        sendHour: 0,
      });
      expect(await reader()).toMatchObject({
        status: 'pending',
        topics: ['robotics', 'vision'],
        frequency: 'weekly',
        timezone: 'Europe/Berlin',
        sendHour: 0,
        nextDueAt: null,
      });
    }
  });

  test.each(['active', 'bounced', 'complained'])(
    'changes nothing for whoever is %s: a stranger may have typed it',
    async (status) => {
      await states[status]!();
      const { requestedAt: _, ...before } = await reader();
      pass(20 * MINUTE);
      await subscribe(deps, { email: EMAIL, topics: ['vision'], frequency: 'weekly' });
      expect(await reader()).toMatchObject(before);
    },
  );

  test('keeps the wish that a mail is under way for: a stranger cannot change it unseen', async () => {
    await subscribe(deps, { email: EMAIL, topics: ['robotics'], sendHour: 6 });
    for (let minute = 1; minute < 10; minute++) {
      pass(MINUTE);
      await subscribe(deps, { email: EMAIL, topics: ['vision'], frequency: 'weekly', sendHour: 3 });
    }
    expect(notices).toHaveLength(1);
    expect(await reader()).toMatchObject({ topics: ['robotics'], frequency: 'daily', sendHour: 6 });
  });

  test('takes another wish only with a mail of its own, whose link alone confirms it', async () => {
    await subscribe(deps, { email: EMAIL, topics: ['robotics'] });
    const first = await token('confirm');
    pass(11 * MINUTE + 300);
    await subscribe(deps, { email: EMAIL, topics: ['vision'] });
    expect(notices).toHaveLength(2);
    await expect(confirm(deps, first)).rejects.toMatchObject(refusal);
    await expect(getWish(deps, first), 'nor does it show the other wish').rejects.toMatchObject(refusal);
    expect((await getWish(deps, await token('confirm'))).chosen).toMatchObject({ topics: ['vision'] });
    expect(await reader()).toMatchObject({ status: 'pending', topics: ['vision'] });
    await confirm(deps, await token('confirm'));
    expect(await reader()).toMatchObject({ status: 'active', topics: ['vision'] });
  });

  test('does the same work before it answers, whether the address was asked for within ten minutes or not', async () => {
    const asked: string[] = [];
    const { $client } = database.db;
    const query = $client.query.bind($client) as (...args: unknown[]) => unknown;
    const watched = Object.assign(Object.create(database.db) as typeof database.db, {
      $client: {
        query: (...args: unknown[]) => (
          asked.push(JSON.stringify((args[0] as { text?: string }).text ?? args[0])),
          query(...args)
        ),
      },
    });
    const works: string[][] = [];
    for (const [name, bring] of Object.entries(states)) {
      for (const later of [0, 20 * MINUTE]) {
        await empty(database.db, 'subscriber', 'suppression');
        await bring();
        if (name !== 'new') await subscribe(deps, { email: EMAIL });
        pass(later);
        asked.length = 0;
        await subscribe({ ...deps, db: watched, recordRequest: groupRequests(watched, QUIET_MS) }, { email: EMAIL });
        works.push([...asked]);
      }
    }
    expect(works[0]!.length).toBeGreaterThan(0);
    for (const work of works) expect(work).toEqual(works[0]);
  });

  test('owes at most one notice in ten minutes, however often and however it is typed', async () => {
    for (let minute = 0; minute < 30; minute++) {
      await subscribe(deps, { email: minute % 2 ? EMAIL : EMAIL.toUpperCase() });
      pass(MINUTE);
    }
    expect(notices).toHaveLength(3);
  });

  test('owes the notice to the sweeper until it is sent', async () => {
    await subscribe(deps, { email: EMAIL });
    const { id, requestedAt } = await reader();
    const owed = async () => (await noticesOwed(database.db, new Date(0), now, 10)).map((notice) => notice.id);
    expect(await owed()).toEqual([id]);
    await recordNoticeSent(database.db, id, new Date(requestedAt!.getTime() - 1), now);
    expect(await owed()).toEqual([id]);
    await recordNoticeSent(database.db, id, requestedAt!, now);
    expect(await owed()).toEqual([]);
  });

  test('twice at once makes one row', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        subscribe(deps, { email: i % 2 ? EMAIL : 'READER@example.ORG', sendHour: i }),
      ),
    );
    expect((await database.db.$client.query('select from subscriber')).rowCount).toBe(1);
  });

  test('folds case: no two rows differ only by it', async () => {
    await subscribe(deps, { email: EMAIL });
    await expect(
      database.db.$client.query(
        `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at) values ('READER@Example.ORG', 'pending', '{all}', 'daily', 'UTC', 8, now())`,
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  test.each([
    [{ email: 'nonsense' }, 'ADDRESS_INVALID'],
    [{ topics: ['no-such'] }, 'INPUT_INVALID'],
    [{ frequency: 'hourly' }, 'INPUT_INVALID'],
    [{ timezone: 'Mars/Olympus' }, 'INPUT_INVALID'],
    [{ sendHour: 24 }, 'INPUT_INVALID'],
    [{ sendHour: -1 }, 'INPUT_INVALID'],
    [{ sendHour: 7.5 }, 'INPUT_INVALID'],
    [{ sendHour: NaN }, 'INPUT_INVALID'],
  ])('refuses %o, and writes nothing', async (wrong, code) => {
    await expect(subscribe(deps, { email: EMAIL, ...wrong })).rejects.toMatchObject({ code });
    expect((await database.db.$client.query('select from subscriber')).rowCount).toBe(0);
  });

  test('to everything and a topic is to everything', async () => {
    await subscribe(deps, { email: EMAIL, topics: ['vision', 'all'] });
    expect(await reader()).toMatchObject({ topics: ['all'], frequency: 'daily', timezone: 'UTC', sendHour: 8 });
  });
});

describe('confirming', () => {
  test('makes active and due at once, with one welcome however often it is pressed', async () => {
    await subscribe(deps, { email: EMAIL, timezone: 'Asia/Kathmandu', sendHour: 16 });
    const pressed = await token('confirm');
    expect(checkToken(deps, 'confirm', pressed)).toBeUndefined();
    expect(await reader()).toMatchObject({ status: 'pending' });
    const answers = await Promise.all(Array.from({ length: 4 }, () => confirm(deps, pressed)));
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['already', 'already', 'already', 'coming']);
    expect(await confirm(deps, pressed)).toMatchObject({ outcome: 'already' });
    expect(await reader()).toMatchObject({ status: 'active', confirmedAt: START, nextDueAt: START });
    expect(welcomed).toEqual([(await reader()).id]);
  });

  test('stands even when the welcome cannot be sent', async () => {
    deps.welcome = () => Promise.reject(new Error('no queue'));
    await subscribe(deps, { email: EMAIL });
    expect(await confirm(deps, await token('confirm'))).toMatchObject({ outcome: 'nothing', next: null });
    expect(await reader()).toMatchObject({ status: 'active', nextDueAt: START });
  });

  test('with an old link does not bring back who left, not even when a stranger asks for them', async () => {
    await subscribe(deps, { email: EMAIL });
    const old = await token('confirm');
    pass(MINUTE);
    await confirm(deps, old);
    pass(MINUTE);
    await unsubscribe(deps, await token('unsubscribe'));
    await expect(confirm(deps, old)).rejects.toMatchObject(refusal);
    pass(20 * MINUTE);
    await subscribe(deps, { email: EMAIL });
    await expect(confirm(deps, old)).rejects.toMatchObject(refusal);
    expect(await reader()).toMatchObject({ status: 'pending' });
    await confirm(deps, await token('confirm'));
    expect(await reader()).toMatchObject({ status: 'active', endedAt: null });
  });

  test.each(['bounced', 'complained'])('does not bring back who %s', async (status) => {
    await states[status]!();
    pass(MINUTE);
    await expect(confirm(deps, await token('confirm'))).rejects.toMatchObject(refusal);
  });

  test('of somebody who never was, or was erased, is refused like any bad link', async () => {
    await expect(confirm(deps, keyring.sign('confirm', { subscriberId: 404, issuedAt: now }))).rejects.toMatchObject(
      refusal,
    );
    await active();
    const link = await token('confirm');
    await erase(database.db, (await reader()).id, now);
    await expect(confirm(deps, link)).rejects.toMatchObject(refusal);
  });
});

describe('unsubscribing', () => {
  test.each(['pending', 'active'])('ends at once when %s, and again and again', async (status) => {
    await states[status]!();
    const link = await token('unsubscribe');
    for (let i = 0; i < 3; i++) {
      pass(365 * 24 * 60 * MINUTE);
      expect(await unsubscribe(deps, link)).toEqual({ resubscribeToken: expect.any(String) });
      expect(await reader()).toMatchObject({
        status: 'unsubscribed',
        nextDueAt: null,
        requestedAt: null,
        endedAt: new Date(START.getTime() + 365 * 24 * 60 * MINUTE),
      });
    }
  });

  test('can be taken back with the link on its page, at once', async () => {
    await active();
    const { resubscribeToken } = await unsubscribe(deps, await token('unsubscribe'));
    await confirm(deps, resubscribeToken!);
    expect(await reader()).toMatchObject({ status: 'active' });
  });

  test('of an erased reader, or one that bounced, is answered without an error and offers no way back', async () => {
    for (const status of ['erased', 'bounced']) {
      await empty(database.db, 'subscriber');
      await active();
      const link = await token('unsubscribe');
      const { id } = await reader();
      await (status === 'erased' ? erase(database.db, id, now) : end(database.db, id, 'bounced', now));
      expect(await unsubscribe(deps, link)).toEqual({ resubscribeToken: null });
      expect((await database.db.$client.query('select status from subscriber')).rows).toEqual([{ status }]);
    }
    expect(await unsubscribe(deps, keyring.sign('unsubscribe', { subscriberId: 404, issuedAt: now }))).toEqual({
      resubscribeToken: null,
    });
  });
});

describe('preferences', () => {
  test('move the next hour of an active reader at once, when no digest is owed', async () => {
    await active();
    await database.db.$client.query(`update subscriber set next_due_at = $1`, [new Date(now.getTime() + 86_400_000)]);
    await setPreferences(deps, await token('preferences'), {
      topics: ['vision'],
      frequency: 'weekly',
      timezone: 'America/New_York',
      sendHour: 6,
    });
    expect(await getPreferences(deps, await token('preferences'))).toEqual({
      topics: ['vision'],
      frequency: 'weekly',
      timezone: 'America/New_York',
      sendHour: 6,
      wantsFresh: true,
      length: 10,
      weeklyOn: 1,
      pausedUntil: null,
      address: 'r•••@example.org',
      status: 'active',
    });
    expect(await reader()).toMatchObject({ nextDueAt: new Date('2026-06-01T10:00:00Z') });
  });

  test('are kept for whoever left, and bring nobody back', async () => {
    await states['unsubscribed']!();
    await setPreferences(deps, await token('preferences'), { sendHour: 6 });
    expect(await reader()).toMatchObject({ status: 'unsubscribed', sendHour: 6, nextDueAt: null });
  });

  test('of an erased reader are refused like any bad link, shown or set', async () => {
    await active();
    const link = await token('preferences');
    await erase(database.db, (await reader()).id, now);
    await expect(getPreferences(deps, link)).rejects.toMatchObject(refusal);
    await expect(setPreferences(deps, link, {})).rejects.toMatchObject(refusal);
    expect((await database.db.$client.query('select send_hour from subscriber')).rows).toEqual([{ send_hour: 0 }]);
  });
});

describe('a topic that was removed', () => {
  const isInForce = (slug: string): boolean => slug !== 'robotics';

  test('stays with who has it, and comes to no other reader', async () => {
    await subscribe(deps, { email: EMAIL, topics: ['robotics'] });
    await confirm(deps, await token('confirm'));
    const link = await token('preferences');
    const later = { ...deps, isInForce };
    await setPreferences(later, link, { topics: ['robotics', 'vision'] });
    expect((await getPreferences(later, link)).topics).toEqual(['robotics', 'vision']);
    await setPreferences(later, link, { topics: ['vision'] });
    await expect(setPreferences(later, link, { topics: ['robotics'] })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    const add = [{ kind: 'topic', value: 'robotics' }];
    await expect(setFollows(later, link, { add })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const asked = subscribe(later, { email: 'other@example.org', topics: ['robotics'] });
    await expect(asked).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('erasing', () => {
  test('leaves nothing of the person, and no way to stand in its way', async () => {
    await active({ topics: ['vision'], timezone: 'Asia/Kathmandu', sendHour: 6 });
    const { id } = await reader();
    await expect(subscribe(deps, { email: `erased ${id}` })).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
    await erase(database.db, id, now);
    const { rows } = await database.db.$client.query('select t::text as row from subscriber t where id = $1', [id]);
    expect(rows[0].row).not.toMatch(/reader|example|vision|Kathmandu/);
    await erase(database.db, id, now);
  });

  test('keeps the suppression: the list outlives the person', async () => {
    await states['bounced']!();
    await erase(database.db, (await reader()).id, now);
    expect(await isSuppressed(database.db, KEYRING.hashesOf(EMAIL))).toBe(true);
  });
});
