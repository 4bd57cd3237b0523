import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FeedbackKind, keepFeedback } from '../../src/db/feedback.ts';
import { end, findSubscriber } from '../../src/db/subscribers.ts';
import { findSuppression, isSuppressed, suppress } from '../../src/db/suppressions.ts';
import { createJudge } from '../../src/feedback/judge.ts';
import { comeBack } from '../../src/subscribers/leaving.ts';
import { unsubscribe } from '../../src/subscribers/subscribe.ts';
import { unsuppress } from '../../src/subscribers/lift.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { KEYRING } from '../support/keys.ts';
import { addReaders } from '../support/ledger.ts';

const EMAIL = 'reader@example.org';
const now = new Date('2026-05-29T09:30:00Z');
let database: TestDatabase;
let id = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'suppression', 'feedback');
  [id] = (await addReaders(database.db, [{ email: EMAIL }])) as [number];
});

const deps = () => ({ db: database.db, keyring: KEYRING, now: () => now });
const hashes = KEYRING.hashesOf(EMAIL);
const ended = async (status: 'bounced' | 'complained') => {
  await suppress(database.db, hashes[0]!, status, now);
  await end(database.db, id, status, now);
};
const hear = (day: string, kind: FeedbackKind, reason: string, heardAt = now) =>
  keepFeedback(database.db, [
    {
      key: `${kind} ${day}`,
      subscriberId: id,
      digestDate: day,
      kind,
      permanent: true,
      reason,
      via: 'smtp',
      words: null,
      heardAt,
    },
  ]);
const hardOn = (day: string) => hear(day, 'hard', 'unknown-user', new Date(`${day}T08:00:00Z`));
const judge = () => createJudge({ ...deps(), log: createLogger('silent'), alert: async () => true })();

test('lifting the suppression of a bounce brings the reader back, and two more days are needed to end it again', async () => {
  await hardOn('2026-05-27');
  await hardOn('2026-05-28');
  await judge();
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'bounced', nextDueAt: null });
  expect(await unsuppress(deps(), EMAIL)).toBe('back');
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({
    status: 'active',
    nextDueAt: new Date('2026-05-30T08:00:00Z'),
  });
  expect(await findSuppression(database.db, hashes)).toBeNull();
  await hardOn('2026-05-29');
  await judge();
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'active' });
});

test('lifting that of a complaint only lets the reader ask again', async () => {
  await ended('complained');
  expect(await unsuppress(deps(), EMAIL)).toBe('reopened');
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'unsubscribed', nextDueAt: null });
  expect(await findSuppression(database.db, hashes)).toMatchObject({ reason: 'complained', reopenedAt: now });
  expect(await isSuppressed(database.db, hashes)).toBe(false);
});

test('what is suppressed under an older key, or from before there were keys, is found and lifted', async () => {
  await suppress(database.db, hashes.at(-1)!, 'bounced', now);
  await end(database.db, id, 'bounced', now);
  expect(await isSuppressed(database.db, hashes)).toBe(true);
  expect(await unsuppress(deps(), EMAIL)).toBe('back');
});

test('where nothing is suppressed it says so, and changes nothing', async () => {
  await expect(unsuppress(deps(), EMAIL)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(unsuppress(deps(), 'stranger@example.org')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'active' });
});

const complainOn = (day: string) => hear(day, 'complaint', 'abuse');

test('who left and complains has complained, and no old link brings them back', async () => {
  await end(database.db, id, 'unsubscribed', new Date(now.getTime() - 60_000));
  await complainOn('2026-05-28');
  await judge();
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'complained' });
  // As a status that an older program, or a race, may have left.
  await database.db.$client.query(`update subscriber set status = 'unsubscribed'`);
  const token = KEYRING.sign('unsubscribe', { subscriberId: id, issuedAt: new Date('2026-05-01T08:00:00Z') });
  expect(await unsubscribe(deps(), token)).toEqual({ resubscribeToken: null });
  const later = new Date(now.getTime() + 60_000);
  const back = KEYRING.sign('confirm', { subscriberId: id, issuedAt: later });
  const link = { ...deps(), now: () => later, enqueueNotice: () => {} };
  await expect(comeBack(link, back, 'weekly')).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'unsubscribed' });
  expect(await isSuppressed(database.db, hashes)).toBe(true);
});

test('what is heard late does not end again what the operator let the reader ask for', async () => {
  await complainOn('2026-05-28');
  await judge();
  await unsuppress(deps(), EMAIL);
  await hear('2026-05-28', 'soft', 'mailbox-full');
  await judge();
  expect(await isSuppressed(database.db, hashes)).toBe(false);
});

test('who never confirmed has not bounced, so that lifting makes no one active who did not ask', async () => {
  await database.db.$client.query(`update subscriber set status = 'pending'`);
  await hardOn('2026-05-27');
  await hardOn('2026-05-28');
  await judge();
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'pending' });
  expect(await unsuppress(deps(), EMAIL)).toBe('lifted');
  expect(await findSubscriber(database.db, EMAIL)).toMatchObject({ status: 'pending', nextDueAt: null });
});
