import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendSignals, getPaper, writePapers } from '../../src/db/papers.ts';
import { archiveLines, readLine, restoreArchive } from '../../src/editions/archive.ts';
import { testDatabase } from '../support/database.ts';
import { dump, paper } from '../support/papers.ts';
import { addEdition, samplePaper } from '../support/site.ts';

const NOW = new Date('2026-05-29T12:00:00Z');
const now = () => NOW;
const TABLES = ['paper', 'signal', 'edition', 'edition_entry'];
async function* each(lines: readonly string[]) {
  yield* lines;
}
const withoutUpdates = async (db: Parameters<typeof dump>[0]) =>
  JSON.parse(JSON.stringify(await dump(db, TABLES)).replaceAll(/"updated_at":"[^"]*"/g, '"updated_at":""'));

test('what the site shows is the same elsewhere, and a second time changes nothing', async () => {
  await using one = await testDatabase();
  await using other = await testDatabase();
  const papers = Array.from({ length: 450 }, (_, i) => ({
    ...samplePaper(i + 1, '2026-05-28'),
    ...(i % 2 === 0 && { version: (i % 9) + 1, versionAt: new Date(Date.UTC(2026, 4, 28, 9, i)) }),
  }));
  await addEdition(one.db, '2026-05-28', papers.slice(0, 30));
  await writePapers(one.db, papers.slice(30), NOW);
  await writePapers(one.db, [paper('arxiv:2605.09999', { source: 'sample' })], NOW);
  await appendSignals(
    one.db,
    papers.slice(0, 50).flatMap(({ id }) =>
      [8, 9].map((hour) => ({
        paperId: id,
        source: 'huggingface',
        metric: 'upvotes',
        observedAt: new Date(`2026-05-28T0${hour}:00:00Z`),
        value: hour,
      })),
    ),
  );
  const lines = await Array.fromAsync(archiveLines(one.db));
  expect(lines).toHaveLength(452);
  const sums = { papers: 450, editions: 2, left: 0, bad: [] };
  expect(await restoreArchive({ db: other.db, now }, each(lines))).toEqual(sums);
  await one.db.$client.query(`delete from paper where source = 'sample'`);
  expect(await withoutUpdates(other.db)).toEqual(await withoutUpdates(one.db));
  const before = await dump(other.db, TABLES);
  expect(await restoreArchive({ db: other.db, now }, each(lines))).toEqual({ ...sums, editions: 0, left: 2 });
  expect(await dump(other.db, TABLES)).toEqual(before);
});

test('an archive of an older Paperboy, which tells no version, leaves the one that is known', async () => {
  await using database = await testDatabase();
  const revised = { version: 3, versionAt: new Date('2026-06-03T09:00:00Z') };
  await writePapers(database.db, [paper('arxiv:2605.00001', revised)], NOW);
  const { version: _v, versionAt: _a, ...older } = paper('arxiv:2605.00001');
  const lines = [older, { ...older, id: 'arxiv:2605.00002' }].map((one) => JSON.stringify({ paper: one, signals: [] }));
  expect(await restoreArchive({ db: database.db, now }, each(lines))).toMatchObject({ papers: 2, bad: [] });
  expect(await getPaper(database.db, 'arxiv:2605.00001')).toMatchObject(revised);
  expect(await getPaper(database.db, 'arxiv:2605.00002')).toMatchObject({ version: null, versionAt: null });
});

test('a line that is none costs itself alone, whatever it is', async () => {
  await using database = await testDatabase();
  const good = JSON.stringify({ paper: paper('arxiv:2605.00001'), signals: [] });
  const wrong = [
    'x',
    '{}',
    '{"paper":{"id":"arxiv:2605.00001"},"signals":[]}',
    good.replace('arxiv:2605.00001', 'x; drop table'),
    good.replace('"huggingface"', '"sample"'),
    '{"edition":{"date":"2026-02-31","topic":"all","frozenAt":"2026-05-29T00:00:00Z","entries":[]}}',
  ];
  const sums = await restoreArchive({ db: database.db, now }, each([...wrong, '', good]));
  expect(sums).toEqual({ papers: 1, editions: 0, left: 0, bad: [1, 2, 3, 4, 5, 6] });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => readLine(text) === null),
    { numRuns: 300 },
  );
});
