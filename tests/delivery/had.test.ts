import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freshPick, paper, topic } from '../../src/db/schema.ts';
import { emptyOfDigests, testDatabase, type TestDatabase } from '../support/database.ts';
import { digestsOf } from '../support/digests.ts';
import { addReaders, ledger } from '../support/ledger.ts';
import { samplePaper, TOPICS } from '../support/site.ts';

const [MONDAY, TUESDAY, WEDNESDAY] = ['2026-05-25', '2026-05-26', '2026-05-27'] as const;
const PAPERS = Array.from({ length: 14 }, (_, i) => samplePaper(i + 1, MONDAY));

let database: TestDatabase;
const { addEdition, send, deliver } = digestsOf(() => database.db, PAPERS);
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(topic).values(TOPICS);
  await database.db.insert(paper).values(PAPERS.map((p) => ({ ...p, updatedAt: new Date() })));
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => emptyOfDigests(database.db));

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('what a digest had no room for comes with the next one, and what it held never again', async () => {
  await addReaders(database.db, [{}]);
  await addEdition(MONDAY, 'all', range(1, 14));
  await addEdition(TUESDAY, 'all', range(1, 14));
  expect((await send(MONDAY)).get('reader0@example.org')!.papers).toEqual(range(1, 10));
  expect((await send(TUESDAY)).get('reader0@example.org')!.papers).toEqual(range(11, 14));
  await addEdition(WEDNESDAY, 'all', range(1, 14));
  expect((await send(WEDNESDAY)).size).toBe(0);
  expect((await ledger(database.db)).at(-1)).toMatchObject({
    digestDate: WEDNESDAY,
    state: 'skipped',
    reason: 'empty',
  });
});

test('who changes topics is not sent a paper again that another topic brought', async () => {
  await addReaders(database.db, [{ topics: ['language-models'] }]);
  await addEdition(MONDAY, 'language-models', [1, 2, 3]);
  await addEdition(TUESDAY, 'robotics', [2, 3, 4]);
  expect((await send(MONDAY)).get('reader0@example.org')!.papers).toEqual([1, 2, 3]);
  await database.db.$client.query(`update subscriber set topics = '{robotics}'`);
  expect((await send(TUESDAY)).get('reader0@example.org')!.papers).toEqual([4]);
});

test('a forecast that comes true is not mailed twice, and comes to who switched forecasts off', async () => {
  await addReaders(database.db, [{ email: 'fresh@example.org' }, { email: 'sober@example.org' }]);
  await database.db.$client.query(`update subscriber set wants_fresh = false where email = 'sober@example.org'`);
  await addEdition(MONDAY, 'all', [1, 2]);
  await database.db.insert(freshPick).values([
    { editionDate: MONDAY, rank: 1, paperId: PAPERS[2]!.id, chance: 0.8, expectedVotes: 40, reasons: ['by two'] },
    { editionDate: MONDAY, rank: 2, paperId: PAPERS[0]!.id, chance: 0.6, expectedVotes: 30, reasons: [] },
    { editionDate: MONDAY, rank: 3, paperId: PAPERS[3]!.id, chance: 0.2, expectedVotes: 90, reasons: [] },
  ]);
  await addEdition(TUESDAY, 'all', [3, 4]);
  const monday = await send(MONDAY);
  // What the digest holds already is not foretold, nor is what is hardly likely.
  expect(monday.get('fresh@example.org')).toMatchObject({
    papers: [1, 2, 3],
    html: expect.stringContaining('Very likely'),
  });
  expect(monday.get('sober@example.org')).toMatchObject({
    papers: [1, 2],
    html: expect.not.stringContaining('Very likely'),
  });
  const tuesday = await send(TUESDAY);
  expect(tuesday.get('fresh@example.org')!.papers).toEqual([4]);
  expect(tuesday.get('sober@example.org')!.papers).toEqual([3, 4]);
});

test('a paper that comes back is labelled for who had it, plain for who had not, and comes back once', async () => {
  await addReaders(database.db, [{ email: 'had@example.org' }]);
  await addEdition(MONDAY, 'all', [1, 2]);
  await addEdition(TUESDAY, 'all', [1, 3], { 1: MONDAY });
  await addEdition(WEDNESDAY, 'all', [1, 4], { 1: MONDAY });
  await send(MONDAY);
  await addReaders(database.db, [{ email: 'new@example.org' }]);
  const tuesday = await send(TUESDAY);
  expect(tuesday.get('had@example.org')).toMatchObject({
    papers: [1, 3],
    html: expect.stringContaining('Back: far more talked about'),
  });
  expect(tuesday.get('new@example.org')).toMatchObject({ papers: [1, 3], html: expect.not.stringContaining('Back:') });
  const wednesday = await send(WEDNESDAY);
  expect(wednesday.get('had@example.org')!.papers).toEqual([4]);
});

test('mail that was refused was not had, mail of which nothing is known was', async () => {
  await addReaders(database.db, [{}]);
  for (const date of [MONDAY, TUESDAY, WEDNESDAY]) await addEdition(date, 'all', [1, 2]);
  expect((await send(MONDAY, { kind: 'reply', code: 550, text: '5.7.1 not wanted' })).size).toBe(1);
  expect((await send(TUESDAY, { kind: 'lost', text: 'ECONNECTION' })).get('reader0@example.org')!.papers).toEqual([
    1, 2,
  ]);
  expect((await send(WEDNESDAY)).size).toBe(0);
});

test('what only the lost copy of a digest held counts as had, when another is sent after a change of topics', async () => {
  await addReaders(database.db, [{ topics: ['language-models'] }]);
  await addEdition(MONDAY, 'language-models', [1, 2, 3]);
  await addEdition(MONDAY, 'robotics', [3, 4]);
  await addEdition(TUESDAY, 'robotics', [1, 2, 3, 4, 5]);
  await send(MONDAY, { kind: 'lost', text: 'ECONNECTION' });
  await database.db.$client.query(`update subscriber set topics = '{robotics}'`);
  await database.db.$client.query(`update delivery set reason = 'again'`);
  await database.db.$client.query(`update batch set state = 'open'`);
  const { rows } = await database.db.$client.query('select id::int as id from batch');
  expect((await deliver(MONDAY, [rows[0].id])).get('reader0@example.org')!.papers).toEqual([3, 4]);
  expect((await send(TUESDAY)).get('reader0@example.org')!.papers).toEqual([5]);
});

test('a digest that is late does not hold again what a later one held', async () => {
  await addReaders(database.db, [{}]);
  await addEdition(MONDAY, 'all', [1, 2, 3]);
  await addEdition(TUESDAY, 'all', [2, 3, 4]);
  await send(MONDAY, { kind: 'unsent', relayDown: true, text: 'ECONNREFUSED' });
  expect((await send(TUESDAY)).get('reader0@example.org')!.papers).toEqual([2, 3, 4]);
  const { rows } = await database.db.$client.query(`select id::int as id from batch where digest_date = '${MONDAY}'`);
  expect((await deliver(MONDAY, [rows[0].id])).get('reader0@example.org')!.papers).toEqual([1]);
});

test('digests from before it was kept what they held count by their window', async () => {
  const [id] = await addReaders(database.db, [{ lastDigestDate: MONDAY }]);
  await addEdition(MONDAY, 'all', range(1, 12));
  await addEdition(TUESDAY, 'all', range(1, 12));
  await database.db.$client.query(`
    insert into digest (digest_date, kind, state, frozen_at) values ('${MONDAY}', 'digest', 'sending', now());
    insert into batch (digest_date, kind, state, created_at, due_at) values ('${MONDAY}', 'digest', 'done', now(), now());
    insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
    select '${MONDAY}', 'digest', ${id}, max(id), '2026-05-24', 'accepted', now(), now() from batch`);
  expect((await send(TUESDAY)).get('reader0@example.org')!.papers).toEqual([11, 12]);
});

test('readers who had different papers get different digests of one day, and those who had the same share one', async () => {
  await addReaders(database.db, [{ email: 'a@example.org' }, { email: 'b@example.org' }]);
  await addEdition(MONDAY, 'all', [1, 2]);
  await addEdition(TUESDAY, 'all', [1, 2, 3]);
  await send(MONDAY);
  await addReaders(database.db, [{ email: 'c@example.org' }]);
  const tuesday = await send(TUESDAY);
  expect(['a', 'b', 'c'].map((name) => tuesday.get(`${name}@example.org`)!.papers)).toEqual([[3], [3], [1, 2, 3]]);
  const { rows } = await database.db.$client.query('select count(*)::int as n from selection');
  expect(rows).toEqual([{ n: 3 }]);
});

test('who said something of papers has a digest ordered by that too, and the others share theirs', async () => {
  const [fond, plain] = await addReaders(database.db, [{ email: 'fond@example.org' }, { email: 'plain@example.org' }]);
  await addEdition(MONDAY, 'all', range(1, 14));
  // Two days of age, at most, is what a taste moves a paper by.
  await database.db.$client.query(`update edition_entry set score = 3 - rank * 0.1`);
  await database.db.$client.query(`
    update paper set keywords = '{tactile}' where id = '${PAPERS[12]!.id}';
    insert into taste (subscriber_id, trait, label, weight) values (${fond}, 'word:tactile', 'tactile', 2);
    update subscriber set taste_at = now() where id = ${fond}`);
  const sent = await send(MONDAY);
  const held = sent.get('fond@example.org')!.papers;
  expect(held[0]).toBe(13);
  expect(held).toHaveLength(10);
  expect(held).toContain(1);
  expect(sent.get('plain@example.org')!.papers).toEqual(range(1, 10));
  expect(plain).not.toBe(fond);
});

test('a digest holds as many papers as its reader wants', async () => {
  await addReaders(database.db, [{ email: 'few@example.org' }, { email: 'many@example.org' }]);
  await database.db.$client.query(`
    update subscriber set digest_length = 5 where email = 'few@example.org';
    update subscriber set digest_length = 20 where email = 'many@example.org'`);
  await addEdition(MONDAY, 'all', range(1, 14));
  const sent = await send(MONDAY);
  expect(sent.get('few@example.org')!.papers).toEqual(range(1, 5));
  expect(sent.get('many@example.org')!.papers).toEqual(range(1, 14));
});
