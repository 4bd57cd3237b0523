import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES, type Scope } from '../../../src/api-key.ts';
import { issueKey, listKeys, withdrawKey } from '../../../src/db/api-keys.ts';
import { digestState } from '../../../src/db/digests.ts';
import { findSubscriber } from '../../../src/db/subscribers.ts';
import { COMMAND, readTrail } from '../../../src/db/trail.ts';
import { freezeDigest } from '../../../src/delivery/plan.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { atTheDesk } from '../../support/desk.ts';
import { ACCEPTED, addReaders, manyReaders, recordingTransport } from '../../support/ledger.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../../support/site.ts';

const TOKEN = 'a word that only the operator knows';
const NEXT = '2026-05-30';
const BASE = '/api/v1/admin';

let site: TestSite;
let now = NOW;
const sent: string[] = [];
const noticed: number[] = [];
const keys = {} as Record<Scope, string>;
let all: string;

beforeAll(async () => {
  site = await testSite({
    adminToken: TOKEN,
    now: () => now,
    enqueueNotice: (id) => noticed.push(id),
    transport: recordingTransport((message) => {
      sent.push(message.to);
      return ACCEPTED;
    }),
  });
  await addReaders(site.db, manyReaders(5));
  const plan = { db: site.db, log: createLogger('silent'), now: () => now, enqueueBatch: async () => {} };
  await freezeDigest(plan, { date: TODAY });
  for (const scope of SCOPES) keys[scope] = await keyFor(`only ${scope.replace(':', ' ')}`, [scope]);
  all = await keyFor('all of it', SCOPES);
});
afterAll(() => site[Symbol.asyncDispose]());

const keyFor = (name: string, scopes: readonly Scope[]): Promise<string> =>
  issueKey(site.db, COMMAND, { name, scopes, now });

interface Asked {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: object | string;
  /** What it answers where it is not 200: there is nothing to do here. */
  status?: number;
}

let counted = 0;
const ask = (
  { method, path, body }: Asked,
  { key = all, once = `a-${counted++}` }: { key?: string; once?: string | null } = {},
): Promise<LightMyRequestResponse> =>
  site.app.inject({
    method,
    url: BASE + path,
    headers: {
      authorization: `Bearer ${key}`,
      ...(typeof body === 'string' && { 'content-type': 'text/csv' }),
      ...(method !== 'GET' && once !== null && { 'idempotency-key': once }),
    },
    ...(body && { payload: body }),
  });

const paper = samplePaper(1, TODAY).id;
const KNITTING = { name: 'Knitting', keywords: { strong: ['knitting'] } };
/** Each route, with the scope that opens it. */
const ROUTES: [Scope, Asked][] = [
  ['health:read', { method: 'GET', path: '/health' }],
  ['health:write', { method: 'POST', path: '/health/look' }],
  ['health:write', { method: 'POST', path: '/health/alert', status: 422 }],
  ['digests:read', { method: 'GET', path: '/today' }],
  ['digests:read', { method: 'GET', path: `/digests/${TODAY}` }],
  ['digests:send', { method: 'POST', path: `/digests/${TODAY}/pause` }],
  ['digests:send', { method: 'POST', path: `/digests/${TODAY}/resume` }],
  ['digests:send', { method: 'POST', path: `/digests/2026-05-28/cancel` }],
  ['digests:read', { method: 'GET', path: '/digests/unknown' }],
  ['digests:send', { method: 'POST', path: `/digests/${TODAY}/unknown/resend` }],
  ['digests:send', { method: 'POST', path: `/digests/${TODAY}/unknown/close` }],
  ['digests:send', { method: 'POST', path: `/digests/${TODAY}/send` }],
  ['editions:read', { method: 'GET', path: `/editions/${NEXT}/standing` }],
  ['editions:read', { method: 'GET', path: `/editions/${TODAY}/preview` }],
  ['editions:write', { method: 'POST', path: `/editions/${NEXT}/pin`, body: { paper } }],
  ['editions:write', { method: 'POST', path: `/editions/${NEXT}/drop`, body: { paper, why: 'withdrawn' } }],
  ['editions:write', { method: 'POST', path: `/editions/${NEXT}/back`, body: { paper } }],
  ['editions:write', { method: 'POST', path: `/editions/${NEXT}/note`, body: { words: 'Good morning.' } }],
  ['editions:write', { method: 'POST', path: `/editions/${TODAY}/test`, body: { to: 'me@example.org' } }],
  ['subscribers:read', { method: 'POST', path: '/subscribers/find', body: { email: 'reader1@example.org' } }],
  ['subscribers:write', { method: 'POST', path: '/subscribers', body: { email: 'new@example.org' } }],
  ['subscribers:write', { method: 'POST', path: '/subscribers/unsubscribe', body: { email: 'reader2@example.org' } }],
  ['subscribers:write', { method: 'POST', path: '/subscribers/erase', body: { email: 'reader3@example.org' } }],
  ['subscribers:write', { method: 'POST', path: '/subscribers/lift', body: { email: 'reader4@example.org' } }],
  ['subscribers:read', { method: 'GET', path: '/subscribers?status=active' }],
  ['subscribers:read', { method: 'GET', path: '/subscribers/counts' }],
  ['subscribers:read', { method: 'POST', path: '/subscribers/search', body: { text: 'reader' } }],
  ['subscribers:addresses', { method: 'POST', path: '/subscribers/1/address' }],
  ['subscribers:addresses', { method: 'POST', path: '/subscribers/export' }],
  ['subscribers:read', { method: 'GET', path: '/subscribers/1/answer' }],
  ['subscribers:addresses', { method: 'POST', path: `/subscribers/1/mail/${TODAY}/source` }],
  ['subscribers:write', { method: 'POST', path: '/subscribers/1/confirm', status: 422 }],
  ['subscribers:write', { method: 'POST', path: '/subscribers/1/send', status: 422 }],
  [
    'subscribers:write',
    { method: 'POST', path: '/subscribers/import?dryRun=true', body: 'email\nimported@example.org\n' },
  ],
  ['sources:read', { method: 'GET', path: '/sources' }],
  ['sources:write', { method: 'POST', path: '/sources/ask', body: { name: 'arxiv' } }],
  ['numbers:read', { method: 'GET', path: '/numbers?by=day' }],
  ['trail:read', { method: 'GET', path: '/trail' }],
  ['keys:read', { method: 'GET', path: '/keys' }],
  ['keys:write', { method: 'POST', path: '/keys/revoke', body: { name: 'no such key' }, status: 404 }],
  ['backups:read', { method: 'GET', path: '/backups' }],
  ['backups:write', { method: 'POST', path: '/backups', status: 422 }],
  ['mail:resume', { method: 'GET', path: '/resume', status: 404 }],
  ['mail:resume', { method: 'POST', path: '/resume', body: { closedAt: NOW.toISOString() }, status: 404 }],
  ['topics:read', { method: 'GET', path: '/topics' }],
  ['topics:read', { method: 'POST', path: '/topics/knitting/try', body: KNITTING }],
  ['topics:write', { method: 'PUT', path: '/topics/knitting', body: KNITTING }],
  ['topics:write', { method: 'DELETE', path: '/topics/knitting' }],
  ['settings:read', { method: 'GET', path: '/settings/brand' }],
  ['settings:write', { method: 'PATCH', path: '/settings/brand', body: { name: 'Kiel Preprints' } }],
  ['webhooks:read', { method: 'GET', path: '/webhooks' }],
  ['webhooks:write', { method: 'POST', path: '/webhooks', body: { url: 'https://hooks.example.org/paperboy' } }],
  ['webhooks:read', { method: 'GET', path: '/webhooks/1/deliveries' }],
  ['webhooks:write', { method: 'POST', path: '/webhooks/99/test', status: 404 }],
  ['webhooks:write', { method: 'POST', path: '/webhooks/deliveries/99/replay', status: 404 }],
  ['webhooks:write', { method: 'POST', path: '/webhooks/1/rotate' }],
  ['webhooks:write', { method: 'POST', path: '/webhooks/99/on', status: 404 }],
  ['webhooks:write', { method: 'POST', path: '/webhooks/99/replay', status: 404 }],
  ['webhooks:write', { method: 'DELETE', path: '/webhooks/1' }],
];

describe('keys', () => {
  test('the routes here are all there are', async () => {
    const document = (await site.app.inject(`${BASE}/openapi.json`)).json();
    const documented = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const pathOf = ({ method, path }: Asked): string => {
      const asked = `${method} ${BASE}${path.replace(/\?.*/, '')}`;
      const like = (one: string) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked);
      return documented.find((one) => one === asked) ?? documented.find(like) ?? asked;
    };
    const tried = ROUTES.map(([, asked]) => pathOf(asked));
    expect(tried.toSorted()).toEqual(documented.toSorted());
  });

  test('a route opens to its scope, and to no other', async () => {
    const allBut = new Map<Scope, string>();
    for (const scope of SCOPES)
      allBut.set(
        scope,
        await keyFor(
          `all but ${scope.replace(':', ' ')}`,
          SCOPES.filter((one) => one !== scope),
        ),
      );
    for (const [wanted, asked] of ROUTES) {
      const { statusCode, headers } = await ask(asked, { key: allBut.get(wanted)! });
      expect([asked.path, statusCode]).toEqual([asked.path, 403]);
      expect(headers['content-type']).toContain('application/problem+json');
    }
    for (const [wanted, asked] of ROUTES) {
      const { statusCode, body } = await ask(asked, { key: keys[wanted] });
      // Cancelling a digest that never was, and lifting what is not suppressed, find nothing.
      const expected = asked.status ?? (/cancel|lift/.test(asked.path) ? 404 : 200);
      expect([asked.path, body, statusCode]).toEqual([asked.path, body, expected]);
    }
  });

  test('a key reaches no address within the network by a webhook, and no row beyond the last', async () => {
    for (const url of ['http://127.0.0.1:9100/', 'https://10.0.0.1/', 'https://localhost/in'])
      for (const more of [{}, { isNear: true }]) {
        const body = { url, ...more };
        expect((await ask({ method: 'POST', path: '/webhooks', body }, { key: all })).statusCode).not.toBe(200);
      }
    const path = '/subscribers/99999999999999999999/address';
    expect((await ask({ method: 'POST', path }, { key: all })).statusCode).toBe(400);
    const answer = '/subscribers/99999999999999999999/answer';
    expect((await ask({ method: 'GET', path: answer }, { key: all })).statusCode).toBe(400);
    const longest = { name: `example.org/${'x'.repeat(85)}` };
    expect((await ask({ method: 'POST', path: '/sources/ask', body: longest }, { key: all })).statusCode).toBe(404);
  });

  test('no key, a wrong one, one that is revoked and the desk’s own token are all told the same', async () => {
    const gone = await keyFor('gone', SCOPES);
    await withdrawKey(site.db, COMMAND, 'gone', now);
    const answers = [];
    for (const authorization of [undefined, '', 'Bearer', 'Bearer x', `Bearer ${gone}`, `Bearer pb_${'x'.repeat(43)}`])
      answers.push(
        await site.app.inject({ url: `${BASE}/health`, headers: authorization === undefined ? {} : { authorization } }),
      );
    answers.push(await site.app.inject({ url: `${BASE}/health`, headers: { authorization: `Bearer ${TOKEN}` } }));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]!.headers['www-authenticate']).toBe('Bearer');
  });

  test('a login at the desk opens no part of the API, and a key none of the desk', async () => {
    const { cookies } = await atTheDesk(site.app, TOKEN);
    expect((await site.app.inject({ url: `${BASE}/health`, cookies })).statusCode).toBe(401);
    const page = await site.app.inject({ url: '/admin', headers: { authorization: `Bearer ${all}` } });
    expect(page.headers.location).toMatch(/^\/admin\/login/);
    const metrics = await site.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${all}` } });
    expect(metrics.statusCode).not.toBe(200);
  });

  test('without a desk there is no admin API', async () => {
    await using closed = await testSite({ empty: true });
    for (const path of ['/health', '/openapi.json', '/subscribers/find'])
      expect((await closed.app.inject(BASE + path)).statusCode).toBe(404);
  });

  test('a key is kept as a hash, and used to the minute', async () => {
    const secret = await keyFor('watched', ['health:read']);
    const { rows } = await site.db.$client.query<{ row: string }>(`select t::text as row from api_key t`);
    expect(rows.some(({ row }) => row.includes(secret.slice(3)))).toBe(false);
    const usedAt = async () => (await listKeys(site.db)).find(({ name }) => name === 'watched')!.usedAt;
    const look = () => ask({ method: 'GET', path: '/health' }, { key: secret });
    expect(await usedAt()).toBeNull();
    await look();
    expect(await usedAt()).toEqual(now);
    now = new Date(NOW.getTime() + 59_000);
    await look();
    expect(await usedAt()).toEqual(NOW);
    now = new Date(NOW.getTime() + 60_000);
    await look();
    expect(await usedAt()).toEqual(now);
    now = NOW;
  });

  test('a name is given once, for the trail to be plain', async () => {
    await expect(keyFor('gone', ['health:read'])).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('a key that asks too often waits, and others do not', async () => {
    const busy = await keyFor('busy', ['health:read']);
    const answers = await Promise.all(
      Array.from({ length: 605 }, () => ask({ method: 'GET', path: '/digests/x' }, { key: busy })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(5);
    expect((await ask({ method: 'GET', path: '/health' })).statusCode).toBe(200);
  });
});

describe('what is asked', () => {
  test('is done, and written down with the name of the key', async () => {
    expect(await digestState(site.db, TODAY)).toBe('sending');
    await ask({ method: 'POST', path: `/digests/${TODAY}/pause` }, { once: null });
    expect((await ask({ method: 'GET', path: `/digests/${TODAY}` })).json()).toMatchObject({
      date: TODAY,
      state: 'paused',
      frozen: 5,
      balances: true,
    });
    const [deed] = await readTrail(site.db, { limit: 1 });
    expect(deed).toMatchObject({ who: 'all of it', via: 'api', did: 'digest.pause', about: TODAY });
  });

  test('of a reader stands in the trail under a number, and never under an address', async () => {
    const reader = await findSubscriber(site.db, 'reader2@example.org');
    expect(reader?.status).toBe('unsubscribed');
    const { rows } = await site.db.$client.query<{ row: string }>(`select t::text as row from trail t`);
    expect(rows.some(({ row }) => row.includes('@'))).toBe(false);
    expect(rows.some(({ row }) => row.includes(`reader.unsubscribe,${reader!.id}`))).toBe(true);
    expect(await findSubscriber(site.db, 'reader3@example.org')).toBeNull();
    expect((await findSubscriber(site.db, 'new@example.org'))?.status).toBe('pending');
    expect(noticed).toHaveLength(1);
  });

  test.each([
    ['GET', '/digests/2026-05-01', undefined, 404],
    ['GET', '/digests/2026-02-31', undefined, 400],
    ['GET', '/digests/yesterday', undefined, 400],
    ['GET', `/editions/${TODAY}/standing`, undefined, 404],
    ['POST', `/editions/${TODAY}/pin`, { paper }, 422],
    ['POST', '/editions/2026-02-31/pin', { paper }, 400],
    ['POST', `/editions/${NEXT}/pin`, { paper: 'arxiv:0000.00000' }, 422],
    ['POST', `/editions/${NEXT}/pin`, {}, 422],
    ['POST', `/editions/${NEXT}/note`, { words: 'a'.repeat(601) }, 422],
    ['POST', '/subscribers/find', { email: 'stranger@example.org' }, 404],
    ['POST', '/subscribers/find', { email: 'no address' }, 422],
    ['POST', '/digests/2026-05-30/send', undefined, 404],
  ] as const)('is refused in one sentence: %s %s', async (method, path, body, status) => {
    const answer = await ask({ method, path, ...(body && { body }) });
    expect([answer.statusCode, answer.body]).toEqual([status, answer.body]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('what the desk shows', () => {
  const get = async (path: string) => (await ask({ method: 'GET', path })).json();

  test('of today is told as facts, and in its sentence', async () => {
    const today = await get('/today');
    expect(today).toMatchObject({ at: now.toISOString(), edition: { date: TODAY, papers: 5 }, closedBecause: null });
    expect(today.digest).toMatchObject({ date: TODAY, frozen: 5, balances: true });
    expect(today.sentence).toMatch(/digest|edition/);
  });

  test('of a digest to come or gone is previewed as HTML and text', async () => {
    const { subject, html, text } = await get(`/editions/${TODAY}/preview?topics=language-models`);
    expect(subject).not.toBe('');
    expect([html, text].map((part: string) => part.includes('/unsubscribe/preview'))).toEqual([true, true]);
    expect((await ask({ method: 'GET', path: '/editions/2026-06-30/preview' })).statusCode).toBe(404);
    expect((await ask({ method: 'GET', path: `/editions/${TODAY}/preview?topics=knots` })).statusCode).toBe(422);
  });

  test('of one reader says why no mail came, and no address', async () => {
    const { id } = (await findSubscriber(site.db, 'reader2@example.org'))!;
    const answer = await get(`/subscribers/${id}/answer`);
    expect(answer).toMatchObject({ subscriber: id, status: 'unsubscribed', remedy: { act: 'confirm' }, next: null });
    expect(answer.deliveries[0]).toMatchObject({ date: TODAY, state: 'pending', queueId: null, acceptedAt: null });
    expect(answer.relays).toEqual(['relay.paperboy.test']);
    expect(JSON.stringify(answer)).not.toContain('@');
    expect((await ask({ method: 'GET', path: '/subscribers/9999/answer' })).statusCode).toBe(404);
  });

  test('of a message that the relay took says when, and under which id it is kept', async () => {
    const { id } = (await findSubscriber(site.db, 'reader4@example.org'))!;
    const take = (reason: string | null) =>
      site.db.$client.query(
        `update delivery set state = 'accepted', reason = $1, last_reply = '250 2.0.0 Ok: queued as 4bXq1z9'
        where subscriber_id = $2`,
        [reason, id],
      );
    await take(null);
    const [taken] = (await get(`/subscribers/${id}/answer`)).deliveries;
    expect(taken).toMatchObject({ queueId: '4bXq1z9', acceptedAt: taken.updatedAt });
    // A link of it was used: when it was taken is not known.
    await take('answered');
    expect((await get(`/subscribers/${id}/answer`)).deliveries[0]).toMatchObject({ acceptedAt: null });
  });

  test('of what is unknown is counted, sent once more and left, as the operator says', async () => {
    const doubt = (count: number) =>
      site.db.$client.query(
        `update delivery set state = 'unknown', reason = 'lost' where subscriber_id in
        (select subscriber_id from delivery where digest_date = $1 order by subscriber_id limit $2)`,
        [TODAY, count],
      );
    await doubt(2);
    expect(await get('/digests/unknown')).toEqual({
      digests: [{ date: TODAY, unknown: 2, open: 2, again: 0, closed: 0 }],
    });
    const decide = async (what: string) =>
      (await ask({ method: 'POST', path: `/digests/${TODAY}/unknown/${what}` })).json();
    expect(await decide('resend')).toMatchObject({ unknown: 2, open: 0, again: 2 });
    expect(await decide('close')).toMatchObject({ unknown: 2, open: 0, closed: 2 });
    const deeds = await readTrail(site.db, { limit: 2 });
    expect(deeds.map(({ did, via }) => `${did} ${via}`)).toEqual(['digest.close api', 'digest.resend api']);
    expect((await ask({ method: 'POST', path: '/digests/2026-05-01/unknown/close' })).statusCode).toBe(404);
  });

  test('of a message as it was sent stands in the trail', async () => {
    const { id } = (await findSubscriber(site.db, 'reader1@example.org'))!;
    const source = await ask({ method: 'POST', path: `/subscribers/${id}/mail/${TODAY}/source` });
    expect(source.headers['content-type']).toContain('message/rfc822');
    expect(source.body).toMatch(/^To: .*reader1@example\.org/im);
    expect((await readTrail(site.db, { limit: 1 }))[0]).toMatchObject({
      did: 'reader.source',
      about: String(id),
      words: TODAY,
    });
    expect((await ask({ method: 'POST', path: `/subscribers/${id}/mail/2026-05-01/source` })).statusCode).toBe(404);
  });
});

describe('an Idempotency-Key', () => {
  const mail: Asked = { method: 'POST', path: `/editions/${TODAY}/test`, body: { to: 'twice@example.org' } };
  const mails = () => sent.filter((to) => to === 'twice@example.org').length;

  test('is wanted of what sends mail', async () => {
    for (const [, asked] of ROUTES.filter(
      ([, { method, path }]) => method === 'POST' && /resume|send$|test|subscribers$|confirm$|replay$/.test(path),
    ))
      expect((await ask(asked, { once: null })).statusCode).toBe(400);
  });

  test('makes the same request give the first answer again, and another one be refused', async () => {
    const first = await ask(mail, { once: 'one' });
    const second = await ask(mail, { once: 'one' });
    expect([first.statusCode, second.statusCode, second.body]).toEqual([200, 200, first.body]);
    expect(mails()).toBe(1);
    const other = await ask({ ...mail, body: { to: 'other@example.org' } }, { once: 'one' });
    expect(other.statusCode).toBe(422);
    expect(sent).not.toContain('other@example.org');
    // Another program's key of the same text is another key.
    expect((await ask(mail, { once: 'one', key: keys['editions:write'] })).statusCode).toBe(200);
    expect(mails()).toBe(2);
  });

  test('lets one of many at once act, and tells the others to wait', async () => {
    const before = mails();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(mail, { once: 'race' })));
    expect(mails() - before).toBe(1);
    expect(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 409)).toBe(true);
    expect(answers.filter(({ statusCode }) => statusCode === 409).length).toBeGreaterThan(0);
  });

  test('is forgotten after a day, and after what failed', async () => {
    const before = mails();
    now = new Date(NOW.getTime() + 25 * 3_600_000);
    await ask(mail, { once: 'one' });
    now = NOW;
    expect(mails() - before).toBe(1);
    const failing: Asked = { method: 'POST', path: `/digests/${NEXT}/send` };
    expect((await ask(failing, { once: 'fails' })).statusCode).toBe(404);
    expect((await ask(failing, { once: 'fails' })).statusCode).toBe(404);
  });

  test('keeps no address', async () => {
    const { rows } = await site.db.$client.query<{ row: string }>(`select t::text as row from api_answer t`);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.some(({ row }) => row.includes('example.org'))).toBe(false);
  });
});

describe('the document of the admin API', () => {
  test('passes the rules that redocly recommends, without a warning, and holds nothing public', async () => {
    const source = (await site.app.inject(`${BASE}/openapi.json`)).body;
    const config = await createConfig({ extends: ['recommended'], rules: { 'no-server-example.com': 'off' } });
    const problems = await lintFromString({ source, config, absoluteRef: 'openapi.json' });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
    expect(Object.keys(JSON.parse(source).paths).every((path) => path.startsWith(BASE))).toBe(true);
  });

  test('is apart from the public one', async () => {
    const { paths } = (await site.app.inject('/openapi.json')).json();
    expect(Object.keys(paths).some((path) => path.startsWith(BASE))).toBe(false);
  });
});
