import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recentFeedback } from '../../src/db/feedback.ts';
import { createWebhooks } from '../../src/feedback/webhooks/receive.ts';
import { createLogger } from '../../src/telemetry.ts';
import { KEYRING } from '../support/keys.ts';
import { addReaders } from '../support/ledger.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';
import { empty } from '../support/database.ts';

const NO_KEYS = { ses: [], sendgrid: [], postmark: [], mailgun: [], brevo: [] };
const EMAIL = 'reader@example.org';
let site: TestSite;
let id = 0;
beforeAll(async () => {
  site = await testSite({
    webhooks: (db) =>
      createWebhooks({
        db,
        keyring: KEYRING,
        now: () => NOW,
        log: createLogger('silent'),
        keys: { ...NO_KEYS, mailgun: ['key-one', 'key-two'], postmark: ['user:secret'] },
      }),
  });
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(site.db, 'subscriber', 'feedback');
  [id] = (await addReaders(site.db, [{ email: EMAIL }])) as [number];
});

const mailgun = (event: object, { key = 'key-two', token = 'a'.repeat(50), at = NOW } = {}) => {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  return JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': event });
};
const FAILED = {
  id: 'event-1',
  event: 'failed',
  severity: 'permanent',
  recipient: EMAIL,
  timestamp: NOW.getTime() / 1000,
  'delivery-status': { code: 550, message: '5.1.1 No such user here' },
};
const post = (provider: string, payload: string, headers: Record<string, string> = {}) =>
  site.app.inject({
    method: 'POST',
    url: `/webhooks/${provider}`,
    payload,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
  });
const heard = () => recentFeedback(site.db, id, 10);

describe('a webhook', () => {
  test('that is signed is kept, and told again it changes nothing', async () => {
    const first = await post('mailgun', mailgun(FAILED, { token: '1'.repeat(50) }));
    expect([first.statusCode, first.json()]).toEqual([200, { kept: 1 }]);
    const again = await post('mailgun', mailgun(FAILED, { token: '2'.repeat(50) }));
    expect([again.statusCode, again.json()]).toEqual([200, { kept: 0 }]);
    expect(await heard()).toMatchObject([{ kind: 'hard', via: 'mailgun', reason: 'unknown-user' }]);
  });

  test.each([
    ['with another key', () => mailgun(FAILED, { key: 'key-three' })],
    ['without a signature', () => JSON.stringify({ 'event-data': FAILED })],
    ['signed a day ago', () => mailgun(FAILED, { at: new Date(NOW.getTime() - 86_400_000) })],
    ['that is nothing', () => ''],
  ])('%s is refused and changes nothing', async (_, body) => {
    const answer = await post('mailgun', body());
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await heard()).toEqual([]);
  });

  test('is taken from a provider by its own secret alone', async () => {
    const bounce = JSON.stringify({ RecordType: 'Bounce', ID: 42, Type: 'HardBounce', Email: EMAIL, BouncedAt: NOW });
    const authorization = (secret: string) => ({ authorization: `Basic ${Buffer.from(secret).toString('base64')}` });
    expect((await post('postmark', bounce)).statusCode).toBe(401);
    expect((await post('postmark', bounce, authorization('user:wrong'))).statusCode).toBe(401);
    expect((await post('postmark', bounce, authorization('user:secret'))).statusCode).toBe(200);
    expect(await heard()).toMatchObject([{ kind: 'hard', via: 'postmark' }]);
  });

  test('of a provider that is not set up, or that there is none of, leads nowhere', async () => {
    for (const provider of ['brevo', 'acme', '__proto__', 'constructor'])
      expect((await post(provider, '{}')).statusCode).toBe(404);
  });

  test('is not acted upon by GET or HEAD', async () => {
    for (const method of ['GET', 'HEAD'] as const)
      expect((await site.app.inject({ method, url: '/webhooks/mailgun' })).statusCode).toBe(405);
  });

  test('of a reader who is none of ours changes nothing', async () => {
    const stranger = { ...FAILED, id: 'event-2', recipient: 'stranger@example.org' };
    const answer = await post('mailgun', mailgun(stranger, { token: '3'.repeat(50) }));
    expect(answer.json()).toEqual({ kept: 0 });
  });
});
