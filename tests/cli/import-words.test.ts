import { expect, test } from 'vitest';
import { importProgress } from '../../src/cli/import-words.ts';
import { importSummary } from '../../src/subscribers/import-words.ts';
import type { ImportSums } from '../../src/subscribers/import.ts';

const sums: ImportSums = {
  added: 90_000,
  active: 7_000,
  found: { twice: 1_000, address: 1_500, unsubscribed: 500 },
  stayActive: 20,
  endedAgain: 3,
  line: 100_001,
};

test.each([
  [{ seconds: 4, bytes: 25, size: 100 }, '100001 lines (25 %), 25000/s, 12 s left'],
  [{ seconds: 4, bytes: 100, size: 100 }, '100001 lines (100 %), 25000/s, 0 s left'],
  [{ seconds: 4, bytes: 25, size: null }, '100001 lines, 25000/s'],
  [{ seconds: 0, bytes: 0, size: 0 }, '100001 lines, 0/s'],
])('progress of %j is %s', (reading, line) => {
  expect(importProgress(sums, reading)).toBe(`${line}: 90000 added, 8000 known, 2000 left out`);
});

test('what an import came to is told by kind', () => {
  const facts = { dryRun: false, guessed: { guessed: 0, firstGuessed: 0 }, cutOff: false, report: 'r.csv' };
  expect(importSummary(sums, facts)).toEqual([
    'Left out: 1500 without an address that can be mailed, 500 unsubscribed elsewhere.',
    '20 of these are active here and stay so.',
    '3 of these were added by an earlier line, and unsubscribed again.',
    'Known: 7000 active, 1000 twice in the file.',
    'Each line of which there is something to say, with what to do: r.csv',
    '90000 added, 8000 known already or suppressed and left as they are, 2000 left out.',
  ]);
});
