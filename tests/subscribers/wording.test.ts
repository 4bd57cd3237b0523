import { expect, test } from 'vitest';
import { OVERALL } from '../../src/paper.ts';
import { choiceWords, momentWords, traitWords } from '../../src/subscribers/wording.ts';
import { TOPICS } from '../support/site.ts';
import { wordsOf } from '../../src/words/words.ts';

const wish = {
  weeklyOn: 1,
  topics: [OVERALL],
  frequency: 'daily',
  timezone: 'UTC',
  sendHour: 8,
} as const;

test.each([
  [{}, 'the best of all topics, every day at 08:00 UTC'],
  [
    { topics: ['language-models', 'robotics'], frequency: 'weekdays', timezone: 'Asia/Ho_Chi_Minh', sendHour: 18 },
    'Language models and Robotics, Monday to Friday at 18:00 Ho Chi Minh time',
  ],
  [
    { topics: ['robotics'], frequency: 'weekly', timezone: 'America/Argentina/Buenos_Aires' },
    'Robotics, on Mondays at 08:00 Buenos Aires time',
  ],
  [{ topics: ['one-of-old'] }, 'one-of-old, every day at 08:00 UTC'],
] as const)('choices are told as people would tell them: %o', (chosen, words) => {
  expect(
    choiceWords(
      wordsOf('en'),
      { ...wish, ...chosen, topics: [...(('topics' in chosen && chosen.topics) || wish.topics)] },
      TOPICS,
    ),
  ).toBe(words);
});

test('a moment is told by the clock of its reader', () => {
  const moment = new Date('2026-11-29T22:30:00Z');
  expect(momentWords(wordsOf('en'), moment, 'UTC')).toBe('Sunday 29 November at 22:30, UTC');
  expect(momentWords(wordsOf('en'), moment, 'Asia/Kolkata')).toBe('Monday 30 November at 04:00, Kolkata time');
});

test.each([
  [{ trait: 'topic:robotics', label: 'Robotics and embodiment' }, 'Robotik und Verkörperung'],
  [{ trait: 'topic:robotics', label: 'Our robots' }, 'Our robots'],
  [{ trait: 'topic:one-of-old', label: 'Agents' }, 'Agents'],
  [{ trait: 'word:agents', label: 'Agents' }, 'Agents'],
  [{ trait: 'author:agents', label: 'Agents' }, 'Agents'],
])('a line of a taste is called as the reader’s language calls it: %o', (line, words) => {
  expect(traitWords(wordsOf('de'), line)).toBe(words);
  expect(traitWords(wordsOf('en'), line)).toBe(line.label);
});
