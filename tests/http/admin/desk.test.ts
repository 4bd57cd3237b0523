import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestState } from '../../../src/db/digests.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { freezeDigest } from '../../../src/delivery/plan.ts';
import { HOUR } from '../../../src/duration.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { atTheDesk, form } from '../../support/desk.ts';
import { addReaders, manyReaders } from '../../support/ledger.ts';
import { NOW, testSite, type TestSite, TODAY } from '../../support/site.ts';

const TOKEN = 'a word that only the operator knows';
const COOKIE = 'paperboy-desk';

/** Logs in, and gives the cookie and the word that forms carry. */
async function logIn(app: FastifyInstance): Promise<{ id: string; csrf: string }> {
  const { cookies, csrf } = await atTheDesk(app, TOKEN);
  return { id: cookies[COOKIE]!, csrf };
}

describe('the desk', () => {
  let site: TestSite;
  let app: FastifyInstance;
  let now = NOW;
  const enqueued: number[] = [];
  beforeAll(async () => {
    site = await testSite({
      adminToken: TOKEN,
      now: () => now,
      enqueueBatch: async (id) => void enqueued.push(id),
    });
    app = site.app;
    await addReaders(
      site.db,
      manyReaders(30).map((reader, i) => ({
        ...reader,
        nextDueAt: new Date(NOW.getTime() + (i < 20 ? -HOUR : 2 * HOUR)),
        timezone: i % 2 ? 'Europe/Berlin' : 'America/New_York',
      })),
    );
    const plan = { db: site.db, log: createLogger('silent'), now: () => now, enqueueBatch: async () => {} };
    await freezeDigest(plan, { date: TODAY });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('leads nowhere where no token is set', async () => {
    await using closed = await testSite({ empty: true });
    for (const url of ['/admin', '/admin/', '/admin/login', '/admin/live', '/admin/trail'])
      expect((await closed.app.inject({ url })).statusCode).toBe(404);
    expect((await closed.app.inject({ method: 'POST', url: '/admin/login', ...form({ token: '' }) })).statusCode).toBe(
      404,
    );
  });

  test('shows nothing to who is not logged in, and leads to the login and back', async () => {
    for (const url of ['/admin', '/admin/trail', '/admin/live']) {
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe(`/admin/login?next=${encodeURIComponent(url)}`);
    }
    const answer = await app.inject({
      method: 'POST',
      url: '/admin/login',
      ...form({ token: TOKEN, next: '/admin/trail' }),
    });
    expect(answer.headers.location).toBe('/admin/trail');
  });

  test.each([
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    '/',
    '/admin/../x',
    '/adminx',
    '/admin/login',
    '/admin\nx',
  ])('a login leads to no other place: %j', async (next) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/admin/login',
      ...form({ token: TOKEN, next }),
      remoteAddress: '192.0.2.77',
    });
    expect(answer.headers.location).toBe('/admin');
  });

  test('a wrong token opens nothing, and after ten tries a minute is waited for', async () => {
    const attempts = [];
    for (const i of Array.from({ length: 12 }, (_, n) => n))
      attempts.push(
        await app.inject({
          method: 'POST',
          url: '/admin/login',
          ...form({ token: i === 11 ? TOKEN : `${TOKEN}${i}` }),
          remoteAddress: '192.0.2.66',
        }),
      );
    expect(attempts.map(({ statusCode }) => statusCode)).toEqual([...Array(10).fill(403), 429, 429]);
    expect(attempts.every(({ cookies }) => cookies.length === 0)).toBe(true);
  });

  test('the cookie is out of reach of scripts and other sites, and over https bound to this host', async () => {
    const answer = await app.inject({ method: 'POST', url: '/admin/login', ...form({ token: TOKEN }) });
    expect(answer.cookies[0]).toMatchObject({ name: COOKIE, httpOnly: true, sameSite: 'Strict', path: '/' });
    await using secure = await testSite({ adminToken: TOKEN, publicUrl: 'https://papers.example.org', empty: true });
    const over = await secure.app.inject({ method: 'POST', url: '/admin/login', ...form({ token: TOKEN }) });
    expect(over.cookies[0]).toMatchObject({ name: `__Host-${COOKIE}`, httpOnly: true, secure: true, path: '/' });
    expect(over.cookies[0]).not.toHaveProperty('domain');
  });

  test('a login opens a session of a new name: what was planted before is not logged in by it', async () => {
    const planted = 'x'.repeat(43);
    const answer = await app.inject({
      method: 'POST',
      url: '/admin/login',
      ...form({ token: TOKEN }),
      cookies: { [COOKIE]: planted },
    });
    expect(answer.cookies[0]!.value).not.toBe(planted);
    expect((await app.inject({ url: '/admin', cookies: { [COOKIE]: planted } })).statusCode).toBe(303);
  });

  test('leaving ends the session for good, twelve hours do, and so does another token', async () => {
    const { id, csrf } = await logIn(app);
    const cookies = { [COOKIE]: id };
    await using other = await testSite({ adminToken: 'another word of another operator', beside: site });
    expect((await other.app.inject({ url: '/admin', cookies })).statusCode).toBe(303);
    now = new Date(NOW.getTime() + 12 * HOUR + 1);
    expect((await app.inject({ url: '/admin', cookies })).statusCode).toBe(303);
    now = NOW;
    expect((await app.inject({ url: '/admin', cookies })).statusCode).toBe(200);
    await app.inject({ method: 'POST', url: '/admin/logout', ...form({ csrf }), cookies });
    expect((await app.inject({ url: '/admin', cookies })).statusCode).toBe(303);
  });

  test('nothing is done without the word of the session, with that of another, or from another site', async () => {
    const [{ id, csrf: ours }, theirs] = [await logIn(app), await logIn(app)];
    const url = `/admin/digests/${TODAY}/pause`;
    const cookies = { [COOKIE]: id };
    for (const csrf of ['', 'x', theirs.csrf])
      expect((await app.inject({ method: 'POST', url, ...form({ csrf }), cookies })).statusCode).toBe(422);
    const forged = form({ csrf: ours });
    for (const from of ['cross-site', 'same-site'])
      expect(
        (
          await app.inject({
            method: 'POST',
            url,
            ...forged,
            headers: { ...forged.headers, 'sec-fetch-site': from },
            cookies,
          })
        ).statusCode,
      ).toBe(422);
    expect(await digestState(site.db, TODAY)).toBe('sending');
  });

  test('says how the digest stands, and pauses, resumes and cancels it, each written down', async () => {
    const { id, csrf } = await logIn(app);
    const cookies = { [COOKIE]: id };
    const today = async () => (await app.inject({ url: '/admin', cookies })).body;
    const press = (what: string, fields: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url: `/admin/digests/${TODAY}/${what}`, ...form({ csrf, ...fields }), cookies });
    expect(await today()).toContain('0 readers have today’s edition; 30 follow; nothing needs you.');
    await press('pause');
    expect(await digestState(site.db, TODAY)).toBe('paused');
    expect(await today()).toContain('Today’s digest is paused: 0 readers have it, 30 wait for you');
    await press('resume');
    expect(await digestState(site.db, TODAY)).toBe('sending');
    expect(enqueued.length).toBeGreaterThan(0);
    expect((await press('cancel')).statusCode).toBe(422);
    expect(await digestState(site.db, TODAY)).toBe('sending');
    await press('cancel', { sure: 'yes' });
    expect(await today()).toContain('Today’s digest is cancelled: 0 readers have it, 30 do not get it');
    const deeds = await readTrail(site.db, { about: TODAY, limit: 10 });
    expect(deeds.map(({ did, via }) => [did, via])).toEqual([
      ['digest.cancel', 'desk'],
      ['digest.resume', 'desk'],
      ['digest.pause', 'desk'],
    ]);
    expect((await app.inject({ url: '/admin/trail', cookies })).body).toContain('digest.cancel');
  });

  test('no page of it may be kept, framed, or found by a search engine', async () => {
    const { id } = await logIn(app);
    const { headers } = await app.inject({ url: '/admin', cookies: { [COOKIE]: id } });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' });
    expect(headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'none';connect-src 'self'/);
  });
});
