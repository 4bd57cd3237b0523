import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getEdition } from '../../../src/db/editions.ts';
import { writePapers } from '../../../src/db/papers.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { buildEdition } from '../../../src/editions/build.ts';
import { OVERALL } from '../../../src/paper.ts';
import { topicsInForce } from '../../../src/papers/topics.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { ACCEPTED, recordingTransport } from '../../support/ledger.ts';
import { readLetter } from '../../support/letter.ts';
import { samplePaper, testSite, type TestSite } from '../../support/site.ts';

const DAY = '2026-05-30';
const NOW = new Date(`${DAY}T03:00:00Z`);
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((n) => samplePaper(n, DAY, { firstSeenAt: NOW })) as [
  ReturnType<typeof samplePaper>,
  ReturnType<typeof samplePaper>,
  ReturnType<typeof samplePaper>,
];

describe('the desk of an edition', () => {
  let site: TestSite;
  let app: FastifyInstance;
  let desk: AtTheDesk;
  const transport = recordingTransport(() => ACCEPTED);
  beforeAll(async () => {
    site = await testSite({ adminToken: 'the token of the desk', now: () => NOW, transport });
    app = site.app;
    await writePapers(site.db, [FIRST, SECOND, THIRD], NOW);
    desk = await atTheDesk(app, 'the token of the desk');
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const shown = async (path = `/editions/${DAY}`): Promise<string> => (await desk.get(path)).body;
  const post = (what: string, fields: Record<string, string>) => desk.post(`/editions/${DAY}/${what}`, fields);
  const order = (body: string): number[] =>
    [...body.matchAll(/<h3><a href="\/papers\/arxiv:\d+\.30(\d{3})/g)].map((match) => Number(match[1]));

  test('says when it freezes and what stands for it, and lists those that were', async () => {
    expect(await shown('/editions')).toContain('The newest edition is of 29 May; the next freezes at 04:00.');
    const body = await shown();
    expect(body).toContain('Today’s edition freezes at 04:00: three papers.');
    expect(body).toContain(
      'That is in 1 hour. If you do nothing, it goes out as it stands, with what comes in until then.',
    );
    expect(order(body)).toHaveLength(3);
  });

  test('a paper that is pinned opens it, one that is dropped is in none of its lists, and both can be taken back', async () => {
    const [, , last] = order(await shown());
    const pinned = [FIRST, SECOND, THIRD][last! - 1]!;
    const dropped = [FIRST, SECOND, THIRD].find(({ id }) => id !== pinned.id)!;
    await post('pin', { paper: pinned.id });
    await post('drop', { paper: dropped.id });
    await post('why', { paper: dropped.id, why: 'withdrawn by its authors' });
    const body = await shown();
    expect(order(body)[0]).toBe(last);
    expect(body).toContain('By its score it would be no. ');
    expect(body).toContain('“withdrawn by its authors”');
    expect(body).toContain('two papers, one of them pinned, one other dropped.');
    await post('back', { paper: dropped.id });
    expect(order(await shown())).toHaveLength(3);
    await post('drop', { paper: dropped.id });
    const trail = await readTrail(site.db, { about: DAY, limit: 20 });
    expect(trail.map(({ did }) => did)).toEqual([
      'edition.drop',
      'edition.back',
      'edition.why',
      'edition.drop',
      'edition.pin',
    ]);
  });

  test('shows the mail in a frame in which nothing runs, for each topic, as HTML and as text', async () => {
    const html = await desk.get(`/editions/${DAY}/mail?as=phone`);
    expect(html.headers['content-security-policy']).toContain('sandbox');
    expect(html.body).toContain('A study of things');
    const none = await desk.get(`/editions/${DAY}/mail?of=robotics`);
    expect([none.statusCode, none.body]).toEqual([404, expect.stringContaining('There is nothing for these topics')]);
    const text = await desk.get(`/editions/${DAY}/mail?as=text`);
    expect(text.headers['content-type']).toContain('text/plain');
    expect((await desk.get('/editions/2026-05-31/mail')).statusCode).toBe(404);
    expect(await getEdition(site.db, DAY, OVERALL)).toBeNull();
  });

  test('sends a test of it to any address, and no reader and no delivery come of it', async () => {
    const before = transport.sent.length;
    expect((await post('test', { to: 'me@example.org', of: 'all' })).statusCode).toBe(303);
    const { to, bytes } = transport.sent[before]!;
    expect(to).toBe('me@example.org');
    expect((await readLetter(bytes, to)).html).toContain('/unsubscribe/');
    const { rows } = await site.db.$client.query(
      'select (select count(*) from delivery) + (select count(*) from subscriber) as n',
    );
    expect(Number(rows[0].n)).toBe(0);
    const refused = await post('test', { to: 'nonsense', of: 'all' });
    expect(refused.statusCode).toBe(422);
    expect(refused.body).toContain('role="alert"');
  });

  test('what was chosen is what is frozen, and nothing is chosen after that', async () => {
    const pin = (await readTrail(site.db, { about: DAY, limit: 20 })).find(({ did }) => did === 'edition.pin')!.words;
    await buildEdition({ db: site.db, now: () => NOW, topics: topicsInForce() }, { date: DAY });
    const edition = (await getEdition(site.db, DAY, OVERALL))!;
    expect(edition.entries[0]!.paper.id).toBe(pin);
    expect(edition.entries[0]!.reasons[0]).toBe('Chosen by the editor');
    expect(edition.entries).toHaveLength(2);
    expect(await shown()).toContain('Today’s edition was frozen at 03:00: two papers.');
    expect((await post('pin', { paper: THIRD.id })).statusCode).toBe(422);
    expect(await shown('/editions/2026-05-31')).toContain('Tomorrow’s edition freezes at 04:00');
  });

  test('a note has room for 600 characters, and is kept as it was written', async () => {
    await post('note', { words: 'Good morning, *all* <of> you.' });
    expect(await shown()).toContain('Good morning, *all* &lt;of&gt; you.');
    const long = await post('note', { words: 'x'.repeat(601) });
    expect(long.statusCode).toBe(422);
    expect(long.body).toContain('The note has 601 characters');
  });
});
