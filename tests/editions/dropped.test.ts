import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { writePapers } from '../../src/db/papers.ts';
import { signal } from '../../src/db/schema.ts';
import { transaction } from '../../src/db/client.ts';
import { getEdition } from '../../src/db/editions.ts';
import { buildEdition, buildEditionWithin } from '../../src/editions/build.ts';
import { choosePaper } from '../../src/editions/choose.ts';
import { loadContent, type Reader } from '../../src/editions/content.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { relatePapers } from '../../src/papers/relate-papers.ts';
import { syncTopics, topicsInForce } from '../../src/papers/topics.ts';
import { OVERALL } from '../../src/paper.ts';
import { paper } from '../support/papers.ts';
import { testSite, type TestSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const DATE = '2026-05-29';
const now = () => new Date(`${DATE}T09:00:00Z`);
const topics = topicsInForce();
const [LED, DROPPED, OTHER] = ['2605.00101', '2605.00102', '2605.00103'].map((id) => `arxiv:${id}`) as [
  string,
  string,
  string,
];
/** No other paper says it. */
const MARK = 'Zanzibarian';

let site: TestSite;
beforeAll(async () => {
  site = await testSite({ empty: true, now });
  const { db } = site;
  await syncTopics(db, topics);
  const robots = (id: string, title: string, more = {}) =>
    paper(id, { title, abstract: 'A humanoid robot hand grasps tools by touch.', ...more });
  await writePapers(
    db,
    [
      robots(LED, 'Humanoid robot hands grasp tools'),
      robots(DROPPED, `${MARK} humanoid robot hands grasp tools`, { authors: ['Grace Hopper'] }),
      robots(OTHER, 'Tools that humanoid robot hands grasp'),
    ],
    now(),
  );
  await db.insert(signal).values(
    [LED, DROPPED, OTHER].map((paperId, i) => ({
      paperId,
      source: 'huggingface',
      metric: 'upvotes',
      observedAt: now(),
      value: 90 - 30 * i,
    })),
  );
  await indexPapers({ db, topics });
  await relatePapers({ db });
}, 60_000);
afterAll(() => site?.[Symbol.asyncDispose]());

const READER: Reader = { topics: [], since: '2026-05-28', wantsFresh: true, length: 10, taste: '', had: '' };
const READERS: Readonly<Record<string, Reader>> = {
  'of everything': READER,
  'of its topic': { ...READER, topics: ['robotics'] },
  'of one paper': { ...READER, length: 1 },
  'of its author': { ...READER, follows: JSON.stringify([['author', 'grace hopper', 'Grace Hopper']]) },
  'of a search that finds it': { ...READER, follows: JSON.stringify([['search', MARK.toLowerCase(), MARK]]) },
};

async function mailOf(reader: Reader): Promise<string> {
  const look = { look: DEFAULT_LOOK, publicUrl: 'https://papers.example', postalAddress: null };
  const digest = await (await loadContent({ db: site.db, topics }, look, DATE)).digestFor(reader);
  const { html, text } = digest!.mail;
  return [...html, ...text].map(String).join('').replaceAll('=\r\n', '');
}

const WHERE = [
  '/',
  `/editions/${DATE}`,
  `/topics/robotics`,
  '/feed.xml',
  '/feed.json',
  '/topics/robotics/feed.xml',
  `/papers/${LED.slice('arxiv:'.length)}`,
  `/api/v1/editions/${DATE}`,
  `/api/v1/papers/${LED}/related`,
];

test('a paper that was dropped stands nowhere in the mail, the site and the feeds of the day, nor beside others', async () => {
  const { db, app } = site;
  await choosePaper({ db, now }, { date: DATE, paperId: DROPPED, choice: 'drop', why: null, by: 'operator' });
  await buildEdition({ db, now, topics }, { date: DATE });
  for (const [who, reader] of Object.entries(READERS)) {
    const mail = await mailOf(reader);
    expect([who, mail.includes(LED), mail.includes(DROPPED), mail.includes(MARK)]).toEqual([who, true, false, false]);
  }
  // The nearest to no. 1 would be named below a mail of one paper.
  expect(await mailOf(READERS['of one paper']!)).toContain(OTHER);
  for (const url of WHERE) {
    const { statusCode, body } = await app.inject({ url });
    expect([url, statusCode, body.includes(OTHER.slice(6)), body.includes(MARK)]).toEqual([url, 200, true, false]);
  }
});

test('who drops a paper while its edition is being frozen is told that it is, and the edition holds it', async () => {
  const { db } = site;
  const [date, late] = ['2026-05-30', 'arxiv:2605.00104'];
  const then = () => new Date(`${date}T09:00:00Z`);
  await writePapers(db, [paper(late, { title: 'A late finding' })], then());
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
  const drop = await transaction(db, async (tx) => {
    await buildEditionWithin({ tx, now: then, topics }, { date });
    const dropping = choosePaper({ db, now: then }, { date, paperId: late, choice: 'drop', why: null, by: 'operator' });
    const told = dropping.then(
      () => 'It is dropped.',
      (error: Error) => error.message,
    );
    await until('the drop to wait for the freeze', async () => (await db.$client.query(waiting)).rowCount === 1);
    return { told };
  });
  expect(await drop.told).toContain('This edition is frozen');
  const held = (await getEdition(db, date, OVERALL))!.entries.map((entry) => entry.paper.id);
  expect(held).toContain(late);
});
