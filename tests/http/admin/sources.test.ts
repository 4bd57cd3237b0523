import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordIngestRun } from '../../../src/db/papers.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { AppError } from '../../../src/errors.ts';
import { HOUR, MINUTE } from '../../../src/duration.ts';
import { type SourceFacts, sourcesView } from '../../../src/http/admin/sources-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';
import { atTheDesk, type AtTheDesk, form } from '../../support/desk.ts';
import { NOW, testSite, type TestSite } from '../../support/site.ts';

const clock = createClock('UTC', () => NOW);
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const run = (msAgo: number, more: { papers?: number; skipped?: number; error?: string } = {}) => ({
  source: 'x',
  startedAt: ago(msAgo),
  finishedAt: new Date(ago(msAgo).getTime() + 4200),
  papers: 40,
  skipped: 0,
  error: null,
  ...more,
});
const SOURCE: SourceFacts = {
  name: 'arxiv',
  runs: [run(20 * MINUTE)],
  answeredAt: ago(20 * MINUTE),
  nextAt: new Date(NOW.getTime() + 30 * MINUTE),
  papers: 900,
  inEdition: 12,
};
const view = (...sources: Partial<SourceFacts>[]) =>
  sourcesView(
    {
      now: NOW,
      sources: sources.map((one) => ({ ...SOURCE, ...one })),
      edition: { date: '2026-05-29', papers: 40 },
      said: null,
      problem: null,
    },
    clock,
  );
const silent = (since: number): Partial<SourceFacts> => ({
  runs: [run(5 * MINUTE, { papers: 0, error: 'It did not answer.' })],
  answeredAt: ago(since),
});

describe('the sentence of the sources', () => {
  test.each([
    ['all answer', [{}, {}], 'All two sources answered within the last hour; nothing needs you.'],
    ['a single one', [{}], 'arXiv answered within the last hour; nothing needs you.'],
    [
      'one of two is silent',
      [{}, { name: 'huggingface', ...silent(3 * HOUR) }],
      'Hugging Face has not answered since 06:30; one other answers.',
    ],
    ['one has never answered', [{ ...silent(0), answeredAt: null }], 'arXiv has never answered.'],
    ['none was asked', [{ runs: [], answeredAt: null }], 'No source has been asked yet.'],
    ['there is none', [], 'No source is asked: SOURCES names none.'],
  ] as const)('where %s', (_, sources, sentence) => {
    expect(view(...(sources as readonly Partial<SourceFacts>[])).sentence).toBe(sentence);
  });
});

test('a source heals by itself for a day, and needs the operator after that', () => {
  const marks = view({}, silent(3 * HOUR), silent(25 * HOUR), { runs: [] }).sources.map(({ mark }) => mark);
  expect(marks).toEqual(['well', 'look', 'mend', 'look']);
});

test('a run that brought papers and missed a part counts as an answer, and says what it missed', () => {
  const [source] = view({ runs: [run(MINUTE, { error: 'A part was missing.' })] }).sources;
  expect(source).toMatchObject({ mark: 'well', rows: [{ says: 'A part was missing.', took: '4.2 s' }] });
});

describe('the page of sources', () => {
  let site: TestSite;
  let desk: AtTheDesk;
  const asked: string[] = [];
  let isAway = false;
  beforeAll(async () => {
    site = await testSite({
      adminToken: 'the token of the desk',
      sources: [{ name: 'huggingface', hasLists: true }, { name: 'arxiv' }, { name: 'papers.example/<feed>' }],
      askSource: async (name) => {
        if (isAway) throw new AppError('QUEUE_UNAVAILABLE', 'The job queue does not answer.');
        asked.push(name);
      },
      nextAsk: async (name) => {
        if (name === 'arxiv') throw new AppError('QUEUE_UNAVAILABLE', 'The job queue does not answer.');
        return new Date(NOW.getTime() + 30 * MINUTE);
      },
    });
    desk = await atTheDesk(site.app, 'the token of the desk');
    const at = (hour: number) => ({
      asOf: ago(hour * HOUR),
      startedAt: ago(hour * HOUR),
      finishedAt: ago(hour * HOUR),
    });
    await recordIngestRun(site.db, { source: 'huggingface', ...at(1), papers: 41, skipped: 2, error: null });
    await recordIngestRun(site.db, {
      source: 'arxiv',
      ...at(2),
      papers: 0,
      skipped: 0,
      error: 'arXiv <does> not answer.',
    });
    await recordIngestRun(site.db, { source: 'arxiv', ...at(8), papers: 300, skipped: 0, error: null });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('shows what each run brought, skipped and met, when it is asked next, and what an edition lacks', async () => {
    const { body } = await desk.get('/sources');
    expect(body).toContain('arXiv has not answered since 01:30');
    expect(body).toContain('arXiv &lt;does&gt; not answer.');
    expect(body).toContain('Asked next at 10:00, in 30 min');
    expect(body).toContain('Not on the schedule now');
    expect(body).toContain('Two entries could not be read, and are left out.');
    expect(body).toContain('in the edition of 29 May');
    expect(body).toContain('papers.example/&lt;feed&gt;');
  });

  test('asks a source now, once for each press, and writes down who did', async () => {
    const answer = await desk.post('/sources/ask', { source: 'arxiv' });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/admin/sources?asked=arxiv']);
    expect(asked).toEqual(['arxiv']);
    expect((await desk.get('/sources?asked=arxiv')).body).toContain('arXiv is being asked');
    expect(await readTrail(site.db, { about: 'arxiv', limit: 5 })).toMatchObject([
      { did: 'source.ask', who: 'operator' },
    ]);
  });

  test('asks several at once from Today, and leads back there', async () => {
    asked.length = 0;
    // A form of the page sends a field for each.
    const { payload, headers } = form({ csrf: desk.csrf, from: 'today', source: 'huggingface' });
    const answer = await site.app.inject({
      method: 'POST',
      url: '/admin/sources/ask',
      payload: `${String(payload)}&source=arxiv&source=elsewhere`,
      headers,
      cookies: desk.cookies,
    });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/admin?done=ask']);
    expect(asked).toEqual(['huggingface', 'arxiv']);
    expect((await desk.get('?done=ask')).body).toContain('The sources are being asked');
    expect(await readTrail(site.db, { about: 'huggingface', limit: 5 })).toMatchObject([{ did: 'source.ask' }]);
    asked.length = 0;
  });

  test('says on the page what cannot be asked, and GET asks nothing', async () => {
    expect((await desk.post('/sources/ask', { source: 'elsewhere' })).statusCode).toBe(422);
    isAway = true;
    const answer = await desk.post('/sources/ask', { source: 'arxiv' });
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining('the job queue does not answer')]);
    expect((await desk.get('/sources/ask')).statusCode).toBe(405);
    expect(asked).toEqual([]);
  });
});
