import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { judgeSource, lastStart, processBeat } from '../../src/health/service.ts';

const NOW = new Date('2026-05-29T12:00:00Z');
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const at = { now: NOW, awake: ago(100 * HOUR) };
const began = (role: string, id: string, beganAgo: number, seenAgo = 0) => ({
  name: processBeat(role, id),
  beganAt: ago(beganAgo),
  seenAt: ago(seenAgo),
});

test.each([
  [
    'since a restart that paused nothing',
    [began('worker', 'a 1', 50 * HOUR, 5 * MINUTE), began('worker', 'a 2', MINUTE)],
  ],
  ['since a second process began', [began('worker', 'a 1', 50 * HOUR), began('scheduler', 'b 1', 19 * MINUTE)]],
])('a source that is new %s is being asked, and needs nothing', (_, beats) => {
  const { verdict, sentence } = judgeSource('arxiv', null, at, lastStart(beats, at));
  expect([verdict, sentence]).toEqual(['look', 'arxiv is being asked for the first time.']);
});

test.each([
  ['twenty minutes after the last start', [began('worker', 'a 1', 20 * MINUTE)]],
  [
    'when a process that began since is gone',
    [began('worker', 'a 1', 50 * HOUR), began('worker', 'a 2', 9 * MINUTE, 4 * MINUTE)],
  ],
  ['when no process is known', []],
])('a source that was never asked is to mend %s', (_, beats) => {
  expect(judgeSource('arxiv', null, at, lastStart(beats, at)).verdict).toBe('mend');
});
