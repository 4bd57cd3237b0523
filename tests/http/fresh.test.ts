import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshPick, paper } from '../../src/db/schema.ts';
import { addDays } from '../../src/day.ts';
import { samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

const WEEK_AGO = addDays(TODAY, -10);
let site: TestSite;
beforeAll(async () => {
  site = await testSite();
  const papers = Array.from({ length: 4 }, (_, i) => ({
    ...samplePaper(i + 1, '2026-05-19'),
    id: `arxiv:2605.9000${i}`,
    source: 'arxiv',
    title: `Fresh paper ${i}`,
    firstSeenAt: new Date(`${WEEK_AGO}T01:00:00Z`),
    listedOn: i === 1 || i === 2 ? addDays(WEEK_AGO, 1) : null,
    updatedAt: new Date(),
  }));
  await site.db.insert(paper).values(papers);
  const pick = (date: string, rank: number, i: number, chance: number) => ({
    editionDate: date,
    rank,
    paperId: papers[i]!.id,
    chance,
    expectedVotes: 30,
    reasons: ['by two authors of GPT (40 upvotes)'],
  });
  await site.db.insert(freshPick).values([pick(TODAY, 1, 0, 0.72), pick(TODAY, 2, 3, 0.1), pick(WEEK_AGO, 1, 1, 0.5)]);
});
afterAll(() => site[Symbol.asyncDispose]());
const get = (url: string) => site.app.inject({ method: 'GET', url });

describe('the forecasts of the morning', () => {
  test('have a page: what is likely and why, what of a week came true, and what was missed', async () => {
    const { statusCode, body } = await get('/fresh');
    expect(statusCode).toBe(200);
    expect(body).toContain('Very likely');
    expect(body).toContain('By two authors of GPT (40 upvotes)');
    expect(body).toContain('Fresh paper 0');
    expect(body).not.toContain('Fresh paper 3');
    expect(body).toMatch(/Of the first 1 picks .*, 1 were listed within a week/);
    expect(body.indexOf('Fresh paper 1')).toBeLessThan(body.indexOf('Missed'));
    expect(body.indexOf('Fresh paper 2')).toBeGreaterThan(body.indexOf('Missed'));
  });
  test('are linked from the front page and from editions', async () => {
    for (const url of ['/', `/editions/${TODAY}`]) expect((await get(url)).body).toContain('href="/fresh"');
  });
  test('can be read by programs, with the chances in figures', async () => {
    const answer = (await get('/api/v1/fresh')).json();
    expect(answer).toMatchObject({
      date: TODAY,
      picks: [
        { rank: 1, chance: 0.72, likelihood: 'very likely', paper: { id: 'arxiv:2605.90000' } },
        { rank: 2, chance: 0.1, likelihood: null },
      ],
      record: { picks: 1, listed: 1, missed: [{ id: 'arxiv:2605.90002' }] },
    });
  });
  test('are said to be missing where there are none', async () => {
    await using empty = await testSite();
    expect((await empty.app.inject('/api/v1/fresh')).statusCode).toBe(404);
    expect((await empty.app.inject('/fresh')).body).toContain('There is no forecast yet');
    expect((await empty.app.inject('/')).body).not.toContain('href="/fresh"');
  });
});

describe('the wish for forecasts', () => {
  const wishOf = async (email: string) =>
    (await site.database.db.$client.query('select wants_fresh from subscriber where email = $1', [email])).rows[0];
  const form = (fields: string) =>
    site.app.inject({
      method: 'POST',
      url: '/subscribe',
      payload: fields,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('is there unless it is taken back, by form and by API', async () => {
    expect((await get('/')).body).toMatch(/name="fresh" value="yes" checked/);
    await form('email=a%40example.org');
    await form('email=b%40example.org&fresh=no&fresh=yes');
    await form('email=c%40example.org&fresh=no');
    const api = (payload: object) => site.app.inject({ method: 'POST', url: '/api/v1/subscriptions', payload });
    await api({ email: 'd@example.org', fresh: false });
    await api({ email: 'e@example.org' });
    for (const name of ['a', 'b', 'e']) expect(await wishOf(`${name}@example.org`)).toEqual({ wants_fresh: true });
    for (const name of ['c', 'd']) expect(await wishOf(`${name}@example.org`)).toEqual({ wants_fresh: false });
  });
  test('is kept and shown by the preferences page', async () => {
    const { rows } = await site.db.$client.query(`
      insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at)
      values ('reader@example.org', 'active', '{all}', 'daily', 'UTC', 8, now())
      returning id`);
    const token = site.keyring.sign('preferences', { subscriberId: Number(rows[0].id), issuedAt: new Date() });
    const url = `/preferences/${token}`;
    expect((await get(url)).body).toMatch(/name="fresh" value="yes" checked/);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await site.app.inject({ method: 'POST', url, payload: 'fresh=no&frequency=daily&sendHour=8', headers });
    expect(await wishOf('reader@example.org')).toEqual({ wants_fresh: false });
    expect((await get(url)).body).toMatch(/name="fresh" value="yes">/);
  });
});
