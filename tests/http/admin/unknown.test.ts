import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrail } from '../../../src/db/trail.ts';
import { unknownOf } from '../../../src/db/unknown.ts';
import { freezeDigest } from '../../../src/delivery/plan.ts';
import { unknownView } from '../../../src/http/admin/unknown-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { addReaders, manyReaders } from '../../support/ledger.ts';
import { NOW, testSite, type TestSite, TODAY } from '../../support/site.ts';

const TOKEN = 'the token of the desk';
const PAGE = `/digests/${TODAY}/unknown`;
let site: TestSite;
let desk: AtTheDesk;
const asked: number[] = [];

beforeAll(async () => {
  site = await testSite({ adminToken: TOKEN, enqueueBatch: async (id) => void asked.push(id) });
  await addReaders(site.db, manyReaders(3));
  const plan = { db: site.db, log: createLogger('silent'), now: () => NOW, enqueueBatch: async () => {} };
  await freezeDigest(plan, { date: TODAY });
  await site.db.$client.query(`update delivery set state = 'unknown', reason = 'lost'`);
  desk = await atTheDesk(site.app, TOKEN);
});
afterAll(() => site[Symbol.asyncDispose]());

test('what may have arrived is sent once more or left, once the operator has ticked that they know what it means', async () => {
  expect((await desk.get('')).body).toContain(`href="/admin${PAGE}"`);
  const { body } = await desk.get(PAGE);
  expect(body).toContain('It is not known whether three messages of 29 May arrived.');
  expect(body).toContain('The log of relay.paperboy.test tells whether it went on.');

  const unticked = await desk.post(`${PAGE}/resend`);
  expect([unticked.statusCode, unticked.body]).toEqual([
    422,
    expect.stringContaining('Tick that they may get it twice'),
  ]);
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ unknown: 3, again: 0 });

  expect((await desk.post(`${PAGE}/resend`, { sure: 'yes' })).headers['location']).toBe('/admin?done=resend');
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ unknown: 3, again: 3 });
  expect(asked).toHaveLength(1);
  expect((await desk.get(PAGE)).body).not.toContain('Send them once more …');

  await desk.post(`${PAGE}/close`, { sure: 'yes' });
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ unknown: 3, closed: 3 });
  const deeds = await readTrail(site.db, { about: TODAY, limit: 5 });
  expect(deeds.map(({ did, via }) => `${did} ${via}`)).toEqual(['digest.close desk', 'digest.resend desk']);
});

test('a day without a digest has no such page', async () => {
  expect((await desk.get('/digests/2026-05-01/unknown')).statusCode).toBe(404);
  expect((await desk.post('/digests/2026-02-31/unknown/close', { sure: 'yes' })).statusCode).toBe(404);
});

const clock = createClock('UTC', () => NOW);
test.each([
  [{ unknown: 0, again: 0, closed: 0 }, []],
  [{ unknown: 1, again: 0, closed: 0 }, ['One waits for your word.']],
  [
    { unknown: 6, again: 1, closed: 3 },
    ['One is sent once more, by itself.', 'Three are left, for good.', 'Two wait for your word.'],
  ],
])('of %j it says %j', (sums, lines) => {
  const view = unknownView({ date: TODAY, ...sums }, ['a.example', 'b.example'], clock);
  expect(view.lines).toEqual(lines);
  expect(view.wait === null).toBe(sums.unknown === sums.again + sums.closed);
});
