import { describe, expect, test } from 'vitest';
import { mergePaper } from '../../src/papers/merge.ts';
import { paper } from '../support/papers.ts';

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
