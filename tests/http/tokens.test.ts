import { Writable } from 'node:stream';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDigest } from '../../src/db/digests.ts';
import { findSubscriber } from '../../src/db/subscribers.ts';
import type { Purpose } from '../../src/subscribers/tokens.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';

const lines: string[] = [];
const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  }),
);

let site: TestSite;
let subscriberId: number;
beforeAll(async () => {
  site = await testSite({ log });
});
afterAll(() => site[Symbol.asyncDispose]());

const EMAIL = 'reader@example.org';
beforeEach(async () => {
  await site.db.$client.query('DELETE FROM subscriber');
  const { rows } = await site.db.$client.query(
    `INSERT INTO subscriber (email, status, topics, frequency, timezone, send_hour, created_at) VALUES ($1, 'pending', '{all}', 'daily', 'UTC', 8, $2) RETURNING id`,
    [EMAIL, NOW],
  );
  subscriberId = Number(rows[0].id);
});

const sign = (purpose: Purpose, issuedAt = NOW) => site.keyring.sign(purpose, { subscriberId, issuedAt });
const reader = () => findSubscriber(site.db, EMAIL);
const post = (url: string, payload = '', headers: Record<string, string> = {}) =>
  site.app.inject({ method: 'POST', url, payload, headers });

test.each([
  ['coming', 'The current edition is on its way'],
  ['had', 'You have had the current edition already'],
  ['nothing', 'is yet to come'],
] as const)('confirming says what is true of the current edition: %s', async (welcome, said) => {
  await using other = await testSite({ empty: true, welcome: async () => welcome });
  const { rows } = await other.db.$client.query(
    `INSERT INTO subscriber (email, status, topics, frequency, timezone, send_hour, created_at) VALUES ($1, 'pending', '{all}', 'daily', 'UTC', 8, $2) RETURNING id`,
    [EMAIL, NOW],
  );
  const press = () =>
    other.app.inject({
      method: 'POST',
      url: `/confirm/${other.keyring.sign('confirm', { subscriberId: Number(rows[0].id), issuedAt: NOW })}`,
    });
  expect((await press()).body).toContain(said);
  expect((await press()).body).toContain('nothing has changed');
});

test('who confirms is told by name what they get, how often, at which hour of which zone, and when next', async () => {
  await site.db.$client.query(
    `UPDATE subscriber SET topics = '{language-models,robotics}', frequency = 'weekdays', timezone = 'Asia/Kolkata', send_hour = 18`,
  );
  const choices = 'Language models and Robotics, Monday to Friday at 18:00 Kolkata time.';
  // Friday at 15:00 there, and the edition of that day comes at once.
  const next = 'on Monday 1 June at 18:00, Kolkata time.';
  const asked = (await site.app.inject(`/confirm/${sign('confirm')}`)).body;
  expect(asked).toContain(choices);
  expect(asked).toContain(next);
  await site.db.$client.query(`UPDATE subscriber SET last_digest_date = '2026-05-29'`);
  await post(`/confirm/${sign('confirm')}`);
  await site.db.$client.query(`UPDATE subscriber SET next_due_at = '2026-05-29T12:30:00Z'`); // as the welcome does
  const done = (await post(`/confirm/${sign('confirm')}`)).body;
  expect(done).toContain(choices);
  expect(done).toContain(next);
});

describe('following a link changes nothing', () => {
  test.each(['confirm', 'unsubscribe', 'preferences'] as const)('%s', async (purpose) => {
    for (const status of ['pending', 'active']) {
      await site.db.$client.query('UPDATE subscriber SET status = $1', [status]);
      const before = await reader();
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await site.app.inject({ method, url: `/${purpose}/${sign(purpose)}` });
        expect(answer.statusCode).toBe(200);
        if (method === 'GET') expect(answer.body).toMatch(/<form[^>]*method="post"/);
        expect(answer.headers).toMatchObject({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-robots-tag': expect.stringContaining('noindex'),
        });
        expect(answer.headers.etag).toBeUndefined();
      }
      expect(await reader()).toEqual(before);
    }
  });
});

describe('a token that is not good', () => {
  const bad = (): Record<string, string> => {
    const good = sign('confirm');
    return {
      forged: `${good.slice(0, -3)}${good.endsWith('AAA') ? 'BBB' : 'AAA'}`,
      truncated: good.slice(0, -5),
      expired: sign('confirm', new Date('2020-01-01T00:00:00Z')),
      foreign: sign('bounce'),
      'of another key': good.replace(/^[^.]+/, 'AAAAAA'),
      empty: '',
      long: 'x'.repeat(6_000),
      slashed: `${good}/more`,
      'percent-encoded': '%F0%9F%93%B0',
      'badly encoded': '%zz%E0%A4',
      'with a NUL': `${good}%00`,
    };
  };

  test('gets the same page, whatever is wrong and however it is used', async () => {
    const { body } = await site.app.inject('/confirm/nonsense');
    for (const purpose of ['confirm', 'unsubscribe', 'preferences'] as const) {
      for (const [kind, token] of Object.entries(bad())) {
        if (kind === 'expired' && purpose !== 'confirm') continue;
        for (const method of ['GET', 'POST'] as const) {
          const answer = await site.app.inject({ method, url: `/${purpose}/${token}` });
          if (token === '' && method === 'POST') continue;
          expect([purpose, kind, method, answer.statusCode, answer.body === body]).toEqual([
            purpose,
            kind,
            method,
            404,
            true,
          ]);
          expect(answer.headers['cache-control']).toBe('no-store');
        }
      }
    }
    expect(await reader()).toMatchObject({ status: 'pending' });
  });

  test('of one purpose opens no other door', async () => {
    const purposes = ['confirm', 'unsubscribe', 'preferences'] as const;
    for (const made of purposes)
      for (const used of purposes) {
        if (made === used) continue;
        expect((await post(`/${used}/${sign(made)}`)).statusCode).toBe(404);
      }
    expect(await reader()).toMatchObject({ status: 'pending' });
  });
});

describe('confirming', () => {
  test('makes the reader active, again and again', async () => {
    for (let i = 0; i < 2; i++) {
      const { statusCode, body } = await post(`/confirm/${sign('confirm')}`, '', {
        'content-type': 'application/x-www-form-urlencoded',
      });
      expect(statusCode).toBe(200);
      expect(body).toContain('You are subscribed');
    }
    expect(await reader()).toMatchObject({ status: 'active' });
  });
});

describe('unsubscribing (RFC 8058)', () => {
  const boundary = 'xxBOUNDARYxx';
  const bodies: [string, string, Record<string, string>][] = [
    ['urlencoded', 'List-Unsubscribe=One-Click', { 'content-type': 'application/x-www-form-urlencoded' }],
    [
      'multipart',
      `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
      { 'content-type': `multipart/form-data; boundary=${boundary}` },
    ],
    ['nothing', '', {}],
    ['an empty form', '', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a broken multipart', 'nonsense', { 'content-type': 'multipart/form-data' }],
    ['an unknown type', '{', { 'content-type': 'application/json' }],
    ['a malformed type', 'x', { 'content-type': 'nonsense;;' }],
    [
      'a foreign origin',
      'List-Unsubscribe=One-Click',
      {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://mail.example',
        'sec-fetch-site': 'cross-site',
      },
    ],
  ];

  test.each(bodies)('works with %s, at once and again, and never redirects', async (_name, payload, headers) => {
    await post(`/confirm/${sign('confirm')}`);
    for (let i = 0; i < 2; i++) {
      const answer = await post(`/unsubscribe/${sign('unsubscribe')}`, payload, headers);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).toContain('You are unsubscribed');
      expect(await reader()).toMatchObject({ status: 'unsubscribed' });
    }
  });

  test('works years after the mail', async () => {
    expect((await post(`/unsubscribe/${sign('unsubscribe', new Date('2019-01-01T00:00:00Z'))}`)).statusCode).toBe(200);
  });

  test('can be taken back from its page', async () => {
    const { body } = await post(`/unsubscribe/${sign('unsubscribe')}`);
    const action = /<form method="post" action="(\/confirm\/[^"]+)"/.exec(body)?.[1];
    expect(body).toContain('Changed your mind?');
    expect((await post(action!)).statusCode).toBe(200);
    expect(await reader()).toMatchObject({ status: 'active' });
  });

  test('is not limited: everybody’s come from the same mail provider', async () => {
    const url = `/unsubscribe/${sign('unsubscribe')}`;
    const codes = await Promise.all(Array.from({ length: 150 }, () => post(url).then((a) => a.statusCode)));
    expect(new Set(codes)).toEqual(new Set([200]));
  });
});

describe('preferences', () => {
  const form = (fields: [string, string][]) =>
    post(`/preferences/${sign('preferences')}`, new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });

  test('are shown, changed and shown again', async () => {
    const { statusCode, body } = await form([
      ['topics', 'robotics'],
      ['frequency', 'weekdays'],
      ['sendHour', '0'],
      ['timezone', 'Pacific/Auckland'],
    ]);
    expect(statusCode).toBe(200);
    expect(body).toContain('Saved.');
    expect(await reader()).toMatchObject({
      topics: ['robotics'],
      frequency: 'weekdays',
      sendHour: 0,
      timezone: 'Pacific/Auckland',
    });
    const shown = (await site.app.inject(`/preferences/${sign('preferences')}`)).body;
    for (const part of [
      'value="robotics" checked',
      'value="weekdays" checked',
      'value="0" selected',
      'list="zones" value="Pacific/Auckland"',
    ])
      expect(shown).toContain(part);
  });

  test('say when the next digest is due, and why the last did not come', async () => {
    const { id } = (await reader())!;
    await site.db.$client.query(
      `update subscriber set status = 'active', next_due_at = '2026-05-30T06:00:00Z', timezone = 'Europe/Berlin' where id = $1`,
      [id],
    );
    const shown = async () => (await site.app.inject(`/preferences/${sign('preferences')}`)).body;
    expect(await shown()).toContain('The next digest is due on Saturday 30 May at 08:00, Berlin time.');
    expect(await shown()).not.toContain('Nothing new came');
    // They got it by hand, so the hour of that day brings nothing.
    await site.db.$client.query(
      `update subscriber set last_digest_date = '2026-05-30', send_hour = 8, frequency = 'daily' where id = $1`,
      [id],
    );
    expect(await shown()).toContain('The next digest is due on Sunday 31 May at 08:00, Berlin time.');
    await openDigest(site.db, '2026-05-29', NOW);
    await site.db.$client.query(`
      insert into batch (digest_date, kind, state, created_at, due_at) values ('2026-05-29', 'digest', 'done', now(), now());
      insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, frozen_at, updated_at)
      select '2026-05-29', 'digest', ${id}, max(id), '2026-05-28', 'skipped', 'empty', now(), now() from batch`);
    expect(await shown()).toContain('Nothing new came on your topics for Friday, 29 May 2026, so no digest was sent.');
  });

  test('that cannot be are refused, and nothing is changed', async () => {
    const before = await reader();
    const { statusCode, body } = await form([['frequency', 'hourly']]);
    expect(statusCode).toBe(422);
    expect(body).toContain('role="alert"');
    expect(await reader()).toEqual(before);
  });
});

test('no log line holds a token or an address', async () => {
  const token = sign('unsubscribe');
  lines.length = 0;
  await site.app.inject(`/unsubscribe/${token}`);
  await post(`/unsubscribe/${token}`);
  await site.app.inject(`/unsubscribe/${token}/more`);
  await site.app.inject(`/search?q=${EMAIL}`);
  await post('/subscribe', `email=${EMAIL}`, { 'content-type': 'application/x-www-form-urlencoded' });
  await post('/subscribe', `email=not-${EMAIL}@@`, { 'content-type': 'application/x-www-form-urlencoded' });
  expect(lines.length).toBeGreaterThanOrEqual(6);
  expect(lines.join('')).toContain('/unsubscribe/:token');
  expect(lines.join('')).not.toContain(token);
  expect(lines.join('')).not.toContain(EMAIL);
});
