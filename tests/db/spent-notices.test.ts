import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { forgetSpentNotices, giveBackNotice, type NoticeCaps, spendNotice } from '../../src/db/spent-notices.ts';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';

const START = new Date('2026-05-29T09:30:00Z');
const cap = (most: number, withinMs = HOUR) => [{ most, withinMs }];
const WIDE: NoticeCaps = {
  mailbox: cap(1000),
  network: cap(1000),
  total: cap(1000),
  busy: { most: 1000, withinMs: HOUR },
  totalOfBusy: cap(1000),
};

describe('the caps on notices', () => {
  let database: TestDatabase;
  let now: Date;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await empty(database.db, 'spent_notice');
    now = START;
  });
  const after = (ms: number) => new Date(START.getTime() + ms);
  const spend = (caps: Partial<NoticeCaps>, of: { mailbox?: string; network?: string | null } = {}, at = now) => {
    const { mailbox = 'a', network = 'n' } = of;
    const networks = network === null ? [] : [network, `${network} yesterday`];
    return spendNotice(database.db, { mailbox, networks, now: at }, { ...WIDE, ...caps });
  };

  test.each(['mailbox', 'network', 'total'] as const)('on a %s hold in any hour, not by the clock’s', async (scope) => {
    const caps = { [scope]: cap(2), ...(scope === 'total' && { totalOfBusy: cap(2) }) };
    expect(await spend(caps, {}, after(0))).toMatchObject({ mayGo: true });
    expect(await spend(caps, {}, after(40 * MINUTE))).toMatchObject({ mayGo: true });
    expect(await spend(caps, {}, after(59 * MINUTE))).toEqual({ mayGo: false, freeAt: after(HOUR) });
    expect(await spend(caps, {}, after(HOUR))).toMatchObject({ mayGo: true });
    expect(await spend(caps, {}, after(HOUR + MINUTE))).toEqual({ mayGo: false, freeAt: after(100 * MINUTE) });
  });

  test('hold the tighter of an hour and a day, and say when the last of them lets go', async () => {
    const caps = { mailbox: [...cap(2), ...cap(3, DAY)] };
    for (const ms of [0, MINUTE, 61 * MINUTE]) expect(await spend(caps, {}, after(ms))).toMatchObject({ mayGo: true });
    expect(await spend(caps, {}, after(5 * HOUR))).toEqual({ mayGo: false, freeAt: after(DAY) });
  });

  test('of one mailbox are not another’s, nor of one network another’s', async () => {
    const caps = { mailbox: cap(1), network: cap(2) };
    expect(await spend(caps)).toMatchObject({ mayGo: true, quietUntil: after(HOUR) });
    expect(await spend(caps, { mailbox: 'b' })).toMatchObject({ mayGo: true });
    expect(await spend(caps, { mailbox: 'c' })).toMatchObject({ mayGo: false });
    expect(await spend(caps, { mailbox: 'c', network: 'm' })).toMatchObject({ mayGo: true });
  });

  test('know a network by the name it had the day before', async () => {
    expect(await spend({ network: cap(1) }, { network: 'n yesterday' })).toMatchObject({ mayGo: true });
    expect(await spend({ network: cap(1) }, { network: 'n', mailbox: 'b' })).toMatchObject({ mayGo: false });
  });

  test('leave a part of the total to networks that asked for few', async () => {
    const caps = { total: cap(4), busy: { most: 2, withinMs: HOUR }, totalOfBusy: cap(3) };
    for (let i = 0; i < 3; i++) expect(await spend(caps)).toMatchObject({ mayGo: true });
    expect(await spend(caps)).toMatchObject({ mayGo: false });
    expect(await spend(caps, { network: null })).toMatchObject({ mayGo: false });
    expect(await spend(caps, { network: 'other' })).toMatchObject({ mayGo: true });
    expect(await spend(caps, { network: 'third' })).toMatchObject({ mayGo: false });
  });

  test('count no notice that did not go, and none of which no cap asks any more', async () => {
    const caps = { mailbox: cap(1, DAY) };
    const spent = await spend(caps);
    if (spent.mayGo) await giveBackNotice(database.db, spent.id);
    expect(await spend(caps)).toMatchObject({ mayGo: true });
    await forgetSpentNotices(database.db, { before: after(-1), now });
    expect(await spend(caps)).toMatchObject({ mayGo: false });
    // By a clock that ran a day ahead, and was set right.
    await forgetSpentNotices(database.db, { before: after(-2 * DAY), now: after(-DAY) });
    expect(await spend(caps)).toMatchObject({ mayGo: true });
  });

  test('hold for all processes together, whoever asks at once', async () => {
    const other = openDatabase(database.address, 5);
    const caps = { ...WIDE, mailbox: cap(3) };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        spendNotice(i % 2 ? other : database.db, { mailbox: 'a', networks: ['n'], now }, caps),
      ),
    );
    expect(answers.filter(({ mayGo }) => mayGo)).toHaveLength(3);
    await other.$client.end();
  });
});
