import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeInstallation } from '../../../src/db/installation.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { unknownOf, type UnknownSums } from '../../../src/db/unknown.ts';
import { freezeDigest } from '../../../src/delivery/plan.ts';
import { decidedOf, type UnknownFacts, unknownView } from '../../../src/http/admin/unknown-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';
import { AppError } from '../../../src/errors.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { addReaders, manyReaders } from '../../support/ledger.ts';
import { NOW, testSite, type TestSite, TODAY } from '../../support/site.ts';

const TOKEN = 'the token of the desk';
const PAGE = `/digests/${TODAY}/unknown`;
let site: TestSite;
let desk: AtTheDesk;
const asked: number[] = [];
let isQueueAway = false;

beforeAll(async () => {
  site = await testSite({
    adminToken: TOKEN,
    enqueueBatch: async (id) => {
      asked.push(id);
      if (isQueueAway) throw new AppError('QUEUE_UNAVAILABLE', 'The queue is away.');
    },
  });
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

  expect((await desk.post(`${PAGE}/resend`, { sure: 'yes' })).headers['location']).toBe('/admin?done=resend&count=3');
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ unknown: 3, again: 3 });
  expect(asked).toHaveLength(1);
  expect((await desk.get(PAGE)).body).not.toContain('Send them once more …');

  await desk.post(`${PAGE}/close`, { sure: 'yes' });
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ unknown: 3, closed: 3 });
  const deeds = await readTrail(site.db, { about: TODAY, limit: 5 });
  expect(deeds.map(({ did, via }) => `${did} ${via}`)).toEqual(['digest.close desk', 'digest.resend desk']);

  // In a second window they still seem to wait.
  const late = (await desk.post(`${PAGE}/resend`, { sure: 'yes' })).headers['location'] as string;
  expect((await desk.get(late.slice('/admin'.length))).body).toContain('Nothing was changed: none of them waits');
  expect(await readTrail(site.db, { about: TODAY, limit: 5 })).toHaveLength(2);
});

test('while the digest is paused, what is to be sent once more is said to wait for that', async () => {
  await site.db.$client.query(`update delivery set reason = 'resent'`);
  await site.db.$client.query(`update digest set state = 'paused'`);
  const said = (await desk.post(`${PAGE}/resend`, { sure: 'yes' })).headers['location'] as string;
  await site.db.$client.query(`update digest set state = 'sending'`);
  expect((await desk.get(said.slice('/admin'.length))).body).toContain(
    'Three messages are sent once more, with the same Message-ID, when you resume the digest: it is paused.',
  );
});

test('while the queue is away a word counts all the same, and stands in the trail', async () => {
  await site.db.$client.query(`update delivery set reason = 'lost'`);
  const before = await readTrail(site.db, { about: TODAY, limit: 9 });
  isQueueAway = true;
  const said = await desk.post(`${PAGE}/resend`, { sure: 'yes' });
  isQueueAway = false;
  expect(said.headers['location']).toBe('/admin?done=resend&count=3');
  expect(await readTrail(site.db, { about: TODAY, limit: 9 })).toHaveLength(before.length + 1);
});

test('after a restore nothing is promised to be sent once more', async () => {
  await site.db.$client.query(`update delivery set reason = 'lost'`);
  await site.db.$client.query(
    `insert into installation (id, epoch, advanced_at, place) values ('a', 1, now(), 'here')`,
  );
  await closeInstallation(site.db, 'restored', NOW);
  const { statusCode, body } = await desk.post(`${PAGE}/resend`, { sure: 'yes' });
  await site.db.$client.query('update installation set closed_at = null');
  expect([statusCode, body]).toEqual([
    422,
    expect.stringContaining('Nothing is sent, because the database was restored'),
  ]);
  expect(await unknownOf(site.db, TODAY)).toMatchObject({ again: 0 });
});

test('a day without a digest has no such page', async () => {
  expect((await desk.get('/digests/2026-05-01/unknown')).statusCode).toBe(404);
  expect((await desk.post('/digests/2026-02-31/unknown/close', { sure: 'yes' })).statusCode).toBe(404);
});

test.each([
  ['resend', '1', 'One message is sent once more, with the same Message-ID.'],
  ['close', '14', '14 messages are left for good, and not sent again.'],
  ['close', '0', 'Nothing was changed: none of them waits for your word any more.'],
  ['resend', undefined, null],
  ['resend', '-1', null],
  ['toString', '1', null],
])('after %s of %s Today says %s', (done, count, says) => {
  expect(decidedOf(done, count)).toBe(says);
});

const clock = createClock('UTC', () => NOW);
const NONE = { unknown: 0, lost: 0, again: 0, closed: 0 };
const view = (sums: Partial<UnknownSums>, more: Partial<UnknownFacts> = {}) =>
  unknownView(
    { sums: { date: TODAY, ...NONE, ...sums }, state: 'sending', onUnknown: 'hold', relays: ['a.example'], ...more },
    clock,
  );

test.each([
  [{}, {}, []],
  [{ unknown: 1, lost: 1 }, {}, ['One waits for your word.']],
  [
    { unknown: 6, lost: 2, again: 1, closed: 3 },
    {},
    ['One is sent again by itself.', 'Two wait for your word.', 'Three are left, for good.'],
  ],
  [{ unknown: 2, lost: 2 }, { onUnknown: 'resend' }, ['Two are sent again by themselves.']],
  [
    { unknown: 3, lost: 1, again: 1 },
    { onUnknown: 'resend', state: 'paused' },
    ['Two are sent again by themselves, once you resume the digest.', 'One waits for your word.'],
  ],
  [
    { unknown: 3, lost: 2, closed: 1 },
    { onUnknown: 'resend', state: 'cancelled' },
    ['The digest is cancelled: none is sent again.', 'One is left, for good.'],
  ],
] as const)('of %j with %j it says %j', (sums, more, lines) => {
  expect(view(sums, more).lines).toEqual(lines);
});

test('what is offered is what can be done, and whom it touches', () => {
  const one = view({ unknown: 1, lost: 1 });
  expect(one.resend).toMatch(/^One reader may get it twice/);
  expect(one.close).toBe('One reader may not have it, and does not get it: one message stays unknown.');
  // Leaving them takes back what was to be sent again.
  expect(view({ unknown: 3, lost: 1, again: 2 }).close).toMatch(/^Three readers may not have it, and do not get it/);
  expect(view({ unknown: 1, closed: 1 })).toMatchObject({ resend: null, close: null });
  expect(view({ unknown: 1, lost: 1 }, { state: 'cancelled' })).toMatchObject({ resend: null, close: one.close });
});

test('of no message it is said that it was handed over whole: a worker may have died before', () => {
  expect(view({ unknown: 1, lost: 1 }).deck).toMatch(/^Each may have been handed over whole/);
});

test('of a cancelled digest the page does not offer to send anything once more', async () => {
  await site.db.$client.query(`update delivery set reason = 'lost'`);
  await site.db.$client.query(`update digest set state = 'cancelled'`);
  const { body } = await desk.get(PAGE);
  expect(body).toContain('The digest is cancelled: none is sent again.');
  expect([body.includes('Send them once more'), body.includes('Leave them as they are')]).toEqual([false, true]);
});
