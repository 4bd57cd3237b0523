import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePapers } from '../../../src/db/papers.ts';
import { listTopics } from '../../../src/db/topics.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { readDeskTopics, openTopics, made, withTopic } from '../../../src/papers/desk-topics.ts';
import { indexPapers } from '../../../src/papers/index-papers.ts';
import { inForce } from '../../../src/papers/own-topics.ts';
import { topicsInForce } from '../../../src/papers/topics.ts';
import { topicOf, typed } from '../../../src/http/admin/topics-view.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { addReaders } from '../../support/ledger.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../../support/site.ts';

const ORIGAMI = samplePaper(50, TODAY, { title: 'Origami that folds itself', categories: ['math.MG'] });
const FIELDS = {
  name: 'Folding',
  description: 'Paper that folds.',
  categories: '',
  strong: 'origami\ncrease pattern',
  weak: '',
  not: '',
};

describe('the desk of topics', () => {
  let site: TestSite;
  let desk: AtTheDesk;
  beforeAll(async () => {
    site = await testSite({ adminToken: 'the token of the desk', ofFile: new Set(['vision']) });
    desk = await atTheDesk(site.app, 'the token of the desk');
    await writePapers(site.db, [ORIGAMI], NOW);
    await indexPapers({ db: site.db, topics: topicsInForce() });
    await addReaders(site.db, [
      { email: 'a@example.org', topics: ['robotics', 'vision'] },
      { email: 'b@example.org', topics: ['robotics'] },
    ]);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  const slugs = async () => (await listTopics(site.db)).map(({ slug }) => slug);
  const said = async (slug: string) => (await readDeskTopics(site.db)).topics.find((topic) => topic.slug === slug);

  test('lists what is in force, with its readers', async () => {
    const { body } = await desk.get('/topics');
    expect(body).toContain('Robotics and embodiment has the most readers, 2');
    expect(body).toMatch(/href="\/admin\/topics\/robotics"[^]*?<td class="n">2<\/td>/);
  });

  test('tries a topic on the last 30 days, and saves nothing by that', async () => {
    const { body, statusCode } = await desk.post('/topics/new/try', { slug: 'folding', ...FIELDS });
    expect(statusCode).toBe(200);
    expect(body).toContain('1 would come in and 0 would go');
    expect(body).toContain(ORIGAMI.title);
    expect(body).toContain('crease pattern');
    expect((await readDeskTopics(site.db)).topics).toEqual([]);
    expect(await slugs()).not.toContain('folding');
  });

  test('saves it for all processes, files the papers anew, and writes down who did', async () => {
    const other = await openTopics(site.db, []);
    const answer = await desk.post('/topics/new/save', { slug: 'folding', ...FIELDS });
    expect(answer.headers.location).toBe('/admin/topics/folding?done=save');
    expect(await slugs()).toContain('folding');
    const { topics } = other;
    expect(topics.classify(ORIGAMI).map(({ slug }) => slug)).not.toContain('folding');
    await other.refresh();
    expect(topics.classify(ORIGAMI).map(({ slug }) => slug)).toContain('folding');
    expect(await indexPapers({ db: site.db, topics })).toBeGreaterThan(0);
    expect((await desk.get('/topics/folding')).body).toContain('Folding: no readers');
    expect(await readTrail(site.db, { about: 'folding', limit: 5 })).toMatchObject([{ did: 'topic.change' }]);
  });

  test('takes each change back, one after the other', async () => {
    await desk.post('/topics/folding/save', { ...FIELDS, name: 'Folds' });
    const { changes } = await readDeskTopics(site.db);
    expect(changes.map(({ slug, before }) => [slug, before?.name])).toEqual([
      ['folding', 'Folding'],
      ['folding', undefined],
    ]);
    const at = (place: number) => ({ at: changes[place]!.at, which: String(place) });
    await desk.post('/topics/folding/back', at(0));
    expect((await said('folding'))?.name).toBe('Folding');
    await desk.post('/topics/folding/remove', { sure: 'yes' });
    expect(await said('folding')).toBeUndefined();
    expect(await slugs()).not.toContain('folding');
    expect((await desk.get('/topics/folding?done=remove')).body).toContain('It is taken back.');
    await desk.post('/topics/folding/back', { at: (await readDeskTopics(site.db)).changes[0]!.at });
    expect((await said('folding'))?.name).toBe('Folding');
  });

  test('adds to a topic that ships without taking its own words away', async () => {
    await desk.post('/topics/robotics/save', { ...FIELDS, name: 'Robots', strong: 'origami' });
    const { topics } = await openTopics(site.db, []);
    const robotics = topics.list.find(({ slug }) => slug === 'robotics')!;
    expect(robotics).toMatchObject({ name: 'Robots', kind: 'subject' });
    const robot = samplePaper(51, TODAY, { title: 'Robot manipulation with a robot arm', categories: ['cs.RO'] });
    expect(topics.classify(robot).map(({ slug }) => slug)).toContain('robotics');
    expect(topics.classify(ORIGAMI).map(({ slug }) => slug)).toContain('robotics');
    expect((await desk.get('/topics')).body).toContain('added to at the desk');
  });

  test('says what cannot be used beside what was typed', async () => {
    const post = (path: string, fields: Record<string, string>) =>
      desk.post(`/topics/${path}`, { ...FIELDS, ...fields });
    for (const [path, fields, says] of [
      ['new/save', { slug: 'Big Letters' }, 'lower-case letters'],
      ['new/save', { slug: 'robotics' }, 'There is a topic of that name in addresses already'],
      ['new/save', { slug: 'empty', strong: '' }, 'no paper falls under it'],
      ['new/try', { slug: 'wild', categories: '"><script>' }, 'arXiv categories'],
      ['vision/save', {}, 'topics.json says what this topic is'],
      ['folding/remove', {}, 'Tick that you want it taken back'],
      ['folding/back', { at: 'never' }, 'too old to be taken back'],
    ] as const) {
      const answer = await post(path, fields);
      expect([path, answer.statusCode]).toEqual([path, 422]);
      expect(answer.body).toContain(says);
      expect(answer.body).not.toContain('"><script>');
    }
    expect((await desk.get('/topics/nowhere')).statusCode).toBe(404);
  });
});

test('the file has the last word of its topics', async () => {
  const site = await testSite({ adminToken: 'the token of the desk', empty: true });
  await using _ = site;
  const desk = await atTheDesk(site.app, 'the token of the desk');
  await desk.post('/topics/new/save', { slug: 'folding', ...FIELDS });
  const ofFile = inForce({ slug: 'folding', name: 'As the file says', keywords: ['fold'] });
  const { topics } = await openTopics(site.db, [ofFile]);
  expect(topics.list.find(({ slug }) => slug === 'folding')?.name).toBe('As the file says');
});

test('a topic that is tried takes the place of itself alone', () => {
  const now = topicsInForce();
  const tried = withTopic(now, { slug: 'folding', name: 'Folding', keywords: ['origami'] });
  expect(tried.list.map(({ slug }) => slug)).toEqual([...now.list.map(({ slug }) => slug), 'folding']);
  const words = made({ slug: 'folding', name: 'Folding', keywords: ['origami'] }).words;
  expect(words).toEqual({ origami: 2.7 });
});

test.each([
  ['a, b;c\n d', ['a', 'b', 'c', 'd']],
  ['one word\n\n one word ', ['one word']],
] as const)('words are taken one a line, or between commas: %j', (strong, words) => {
  const fields = { name: 'x', description: '', categories: 'cs.RO, math.*', strong, weak: '', not: '' };
  expect(topicOf(typed(fields, 'x'))).toEqual({
    slug: 'x',
    name: 'x',
    categories: ['cs.RO', 'math.*'],
    keywords: { strong: words, weak: [] },
  });
});
