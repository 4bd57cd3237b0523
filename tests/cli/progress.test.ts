import { expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import type { DigestSums } from '../../src/db/digests.ts';
import { progressLine, type Reading } from '../../src/cli/progress.ts';
import { paper } from '../support/papers.ts';
import { testDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { mailReceiver } from '../support/receiver.ts';
import { paperboyWith } from '../support/commands.ts';

const DATE = '2026-05-29';
const reading = (
  at: number,
  pending: number,
  more: Partial<DigestSums> = {},
  state: Reading['state'] = 'sending',
): Reading => ({
  at,
  state,
  sums: {
    date: DATE,
    frozen: 10_000,
    accepted: 10_000 - pending,
    deferred: 0,
    rejected: 0,
    unknown: 0,
    skipped: 0,
    pending,
    seconds: 1,
    ...more,
  },
});

test('a line of progress has the sums, the rate of the last seconds and the time left', () => {
  expect(progressLine([reading(0, 10_000)])).toBe('2026-05-29: 0 of 10000 accepted, 10000 pending; 0.0/s');
  expect(progressLine([reading(0, 10_000), reading(10_000, 9_000), reading(15_000, 8_000, { rejected: 2 })])).toBe(
    '2026-05-29: 2000 of 10000 accepted, 2 rejected, 8000 pending; 200/s, 40 s left',
  );
  expect(progressLine([reading(0, 10_000), reading(1_000, 9_999)])).toContain('1.0/s, 2 h 46 min left');
  expect(progressLine([reading(0, 10_000), reading(1_000, 9_900)])).toContain('100/s, 1 min 39 s left');
  expect(progressLine([reading(0, 100), reading(1_000, 0)])).toMatch(/; 100\/s$/);
  expect(progressLine([reading(0, 10), reading(1_000, 10, {}, 'paused')])).toMatch(/; paused$/);
  expect(progressLine([reading(0, 10), reading(5_000, 10)])).toMatch(/; 0\.0\/s: nothing moves$/);
  expect(progressLine([reading(0, 10), reading(1_000, 50)])).toMatch(/; 0\.0\/s$/);
});

test('a digest that is sent with a rate shows its progress to who sends and who watches, and both end with the sums', async () => {
  await using database = await testDatabase();
  await using relay = await mailReceiver({ keep: false });
  await writePapers(database.db, [paper('arxiv:2605.00001')], new Date());
  await addReaders(database.db, manyReaders(80));
  const env = { SMTP_URL: relay.url, SMTP_RATE: '20' };
  const [sent, watched]: [string[], string[]] = [[], []];
  const sending = paperboyWith(
    { env, onProgress: (line) => sent.push(line) },
    database,
    'digest',
    'send',
    '--date',
    DATE,
    '--json',
  );
  await relay.whenReceived(1);
  const [afterSend, afterWatch] = await Promise.all([
    sending,
    paperboyWith(
      { env, onProgress: (line) => watched.push(line) },
      database,
      'digest',
      'status',
      '--date',
      DATE,
      '--watch',
      '--json',
    ),
  ]);
  for (const lines of [sent, watched]) {
    expect(lines.length).toBeGreaterThanOrEqual(2);
    // The last line may come when all is sent, and then there is no time left to tell.
    expect(
      lines.filter(
        (line) => !/^2026-05-29: \d+ of 80 accepted, \d+ pending(; \d+(\.\d)?\/s(, \d+ s left)?)?$/.test(line),
      ),
    ).toEqual([]);
    expect(lines.filter((line) => line.endsWith(' s left')).length).toBeGreaterThan(0);
  }
  for (const lines of [afterSend, afterWatch])
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ frozen: 80, accepted: 80, pending: 0 });
  expect(Object.keys(JSON.parse(afterWatch.at(-1)!) as object)).toEqual([
    'date',
    'frozen',
    'accepted',
    'deferred',
    'rejected',
    'unknown',
    'skipped',
    'pending',
    'seconds',
  ]);
});
