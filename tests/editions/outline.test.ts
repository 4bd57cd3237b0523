import { describe, expect, test } from 'vitest';
import { outlineOf, printed } from '../../src/editions/outline.ts';
import type { Chosen } from '../../src/editions/select.ts';
import { paper } from '../support/papers.ts';
import { wordsOf } from '../../src/words/words.ts';

const chosen = (id: string, topic = 'all', backSince: string | null = null): Chosen => ({
  topic,
  paper: paper(id),
  reasons: [],
  backSince,
});
const many = (count: number): Chosen[] => Array.from({ length: count }, (_, i) => chosen(`p${i}`));
const outline = (
  papers: Chosen[],
  over: { topics?: string[]; shown?: Record<string, string[]>; isWeekly?: boolean } = {},
) =>
  outlineOf(wordsOf('en'), {
    chosen: papers,
    topics: over.topics ?? ['all'],
    isWeekly: over.isWeekly ?? false,
    had: new Map([['x', 1]]),
    editions: new Map(Object.entries(over.shown ?? {}).map(([slug, shown]) => [slug, { name: `The ${slug}`, shown }])),
  });
const tiers = (count: number) => printed(outline(many(count))).map((story) => story.tier);

describe('a digest of one list', () => {
  test('has one lead, a pair where more follow, and the rest in brief', () => {
    expect(tiers(10)).toEqual(['lead', 'half', 'half', ...Array(7).fill('brief')]);
    expect(tiers(4)).toEqual(['lead', 'half', 'half', 'brief']);
    expect(tiers(3)).toEqual(['lead', 'brief', 'brief']);
    expect(tiers(1)).toEqual(['lead']);
    expect(tiers(0)).toEqual([]);
  });
  test('says how many it holds of how many, and what waits behind the door', () => {
    const shown = { all: ['p0', 'p1', 'x', 'y', 'z', 'w'] };
    expect(outline(many(2), { shown })).toMatchObject({
      count: '2 of 5',
      parts: '',
      others: { count: 3, ids: ['y', 'z', 'w'] },
    });
    expect(outline(many(2)).count).toBe('2 papers');
    expect(outline(many(2), { shown, isWeekly: true }).count).toBe('The week’s 2 best');
  });
});

test('a digest of several topics has a section for each, the best first, and says how many of each', () => {
  const papers = [
    chosen('a', 'agents'),
    chosen('v', 'vision', '2026-05-20'),
    chosen('b', 'agents'),
    chosen('c', 'agents'),
  ];
  const shown = { agents: ['a', 'b', 'c', 'd'], vision: ['v'], robotics: [] };
  const { sections, parts } = outline(papers, { topics: ['agents', 'robotics', 'vision'], shown });
  expect(parts).toBe('The agents 3, The vision 1');
  expect(sections).toEqual([
    {
      label: 'The agents',
      found: '3 of 4',
      stories: [
        { id: 'a', tier: 'lead', isBack: false },
        { id: 'b', tier: 'brief', isBack: false },
        { id: 'c', tier: 'brief', isBack: false },
      ],
    },
    { label: 'The vision', found: '1', stories: [{ id: 'v', tier: 'head', isBack: true }] },
  ]);
});
