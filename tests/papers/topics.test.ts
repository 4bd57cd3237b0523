import { describe, expect, test } from 'vitest';
import { mergePaper } from '../../src/papers/merge.ts';
import { TOPICS, CATEGORIES, matchesTopic } from '../../src/papers/topics.ts';
import { paper } from '../support/papers.ts';

describe('topics', () => {
  const topic = { categories: ['cs.RO'], keywords: ['robot', 'text-to-speech', 'RL', 'KV cache', 'C++'] };
  const says = (title: string, over = {}) => matchesTopic(topic, { ...paper('a'), title, ...over });
  test('a category is enough', () => expect(says('Nothing', { categories: ['cs.AI', 'cs.RO'] })).toBe(true));
  test('a keyword counts as a whole word, in any case, anywhere', () => {
    expect(says('A Robot that walks')).toBe(true);
    expect(says('Microbots and robotics')).toBe(false);
    expect(says('Curl and URL')).toBe(false);
    expect(says('RL, again')).toBe(true);
    expect(says('x', { abstract: 'uses (text-to-speech) models' })).toBe(true);
    expect(says('x', { keywords: ['robot'] })).toBe(true);
    expect(says('the KV-cache')).toBe(true);
    expect(says('in C++, mostly')).toBe(true);
    expect(says('Röbot robotß')).toBe(false);
  });
  test('the shipped ones have distinct slugs and something to match', () => {
    expect(new Set(TOPICS.map((t) => t.slug)).size).toBe(TOPICS.length);
    for (const t of TOPICS)
      expect(t).toMatchObject({
        slug: expect.stringMatching(/^[a-z][a-z-]+$/),
        name: expect.any(String),
        description: expect.stringMatching(/\.$/),
      });
    expect(TOPICS.every((t) => t.keywords.length > 0 && t.slug !== 'all')).toBe(true);
    expect(CATEGORIES.every((c) => /^[a-z-]+\.[A-Za-z-]+$/.test(c))).toBe(true);
  });
});

describe('what two sources say of one paper', () => {
  const huggingface = paper('a', {
    source: 'huggingface',
    abstract: 'short',
    keywords: ['x'],
    organisation: 'Lab',
    codeUrl: 'https://github.com/a/b',
  });
  const arxiv = paper('a', {
    source: 'arxiv',
    title: 'Other',
    abstract: 'a longer abstract',
    categories: ['cs.AI'],
    publishedAt: new Date('2026-01-01'),
    firstSeenAt: new Date('2026-01-02'),
  });
  test('is joined: nothing is lost, the earliest sight counts', () => {
    expect(mergePaper(huggingface, arxiv, true)).toEqual({
      ...huggingface,
      abstract: 'a longer abstract',
      categories: ['cs.AI'],
      publishedAt: new Date('2026-01-01'),
      firstSeenAt: new Date('2026-01-02'),
    });
  });
  test('settles: saying it all again changes nothing', () => {
    const joined = mergePaper(mergePaper(huggingface, arxiv, true), huggingface, true);
    for (const said of [huggingface, arxiv])
      for (const current of [true, false]) expect(mergePaper(joined, said, current)).toEqual(joined);
  });
  test('a source corrects itself today, not by what it once said', () => {
    const renamed = { ...huggingface, title: 'Renamed' };
    expect(mergePaper(huggingface, renamed, true).title).toBe('Renamed');
    expect(mergePaper(huggingface, renamed, false).title).toBe(huggingface.title);
  });
});
