import { describe, expect, test } from 'vitest';
import { tryRead } from '../../src/db/probe.ts';
import { MINUTE } from '../../src/duration.ts';
import { nextOutage, type Outage, startOutageWatch } from '../../src/health/outage.ts';
import type { Tell } from '../../src/health/watch.ts';
import { silent } from '../support/papers.ts';
import { testPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { at, NOON } from './sound.ts';

/** Tries once a minute; every mail leaves. */
function mailsOf(tries: readonly boolean[]): string[] {
  let outage: Outage = { since: null, toldAt: null };
  return tries.flatMap((isThere, minute) => {
    const { next, owed } = nextOutage(outage, isThere, at(minute));
    outage = owed === null ? next : owed === 'news' ? { ...next, toldAt: at(minute) } : { ...next, since: null };
    return owed === null ? [] : [`${minute} ${owed}`];
  });
}
const away = (minutes: number): boolean[] => Array<boolean>(minutes).fill(false);
const there = (minutes: number): boolean[] => Array<boolean>(minutes).fill(true);

describe('a database that is away', () => {
  test.each([
    [
      'is told of after two minutes, and once when it is back',
      [...there(2), ...away(9), ...there(5)],
      ['4 news', '11 over'],
    ],
    ['is no news when it was restarted', [...there(2), ...away(2), ...there(5)], []],
    ['is told of once a day', [...away(4), ...there(1), ...away(60), ...there(2)], ['2 news', '4 over']],
    ['is told of again the next day', away(24 * 60 + 5), ['2 news', '1442 news']],
  ])('%s', (_, tries, mails) => {
    expect(mailsOf(tries)).toEqual(mails);
  });

  test('is told of by mail while nothing can be kept, and tried again until the mail leaves', async () => {
    await using postgres = await testPostgres();
    const mails: Parameters<Tell>[0][] = [];
    let now = NOON;
    let refused = 0;
    const watch = startOutageWatch(
      {
        isThere: () =>
          tryRead(postgres.db, 2_000).then(
            () => true,
            () => false,
          ),
        tell: async (mail) => (refused < 2 ? ++refused < 0 : mails.push(mail) > 0),
        now: () => now,
        log: silent,
      },
      20,
    );
    await postgres.stopAtOnce();
    await until('the outage to be seen', async () => {
      now = new Date(now.getTime() + MINUTE);
      return mails.length > 0;
    });
    await postgres.start();
    await until('the end to be told', () => mails.length > 1);
    await watch.stop();
    expect(refused).toBe(2);
    expect(mails.map(({ kind }) => kind)).toEqual(['news', 'over']);
    expect(mails[0]!.sentence).toMatch(/^The database cannot be read and written since 20\d\d-\d\d-\d\d \d\d:\d\d UTC/);
  });
});
