import { describe, expect, test } from 'vitest';
import { fromEntries } from '../../src/papers/huggingface.ts';
import { readFeed } from '../../src/papers/arxiv.ts';
import { mergePaper } from '../../src/papers/merge.ts';
import { createBreathe } from '../../src/papers/breathe.ts';
import { normalise, type RawPaper } from '../../src/papers/normalise.ts';
import { paper } from '../support/papers.ts';

const raw = (over: Partial<RawPaper> = {}): RawPaper => {
  const { source: _source, firstSeenAt: _seen, ...rest } = paper('arxiv:2605.00001');
  return { ...rest, metrics: {}, ...over };
};
const only = async (over: Partial<RawPaper>) => (await normalise([raw(over)])).papers[0]!;

describe('what a source says has a bound', () => {
  test('a title is cut at a word, and shows that it was', async () => {
    const { title } = await only({ title: 'word '.repeat(4_000) });
    expect(title.length).toBeLessThanOrEqual(501);
    expect(title).toMatch(/word…$/);
    expect((await only({ title: 'x'.repeat(20_000) })).title).toBe(`${'x'.repeat(500)}…`);
  });

  test('so is an abstract', async () => {
    const { abstract } = await only({ abstract: 'It is so. '.repeat(500_000) });
    expect(abstract.length).toBeLessThanOrEqual(6_001);
    expect(abstract).toMatch(/…$/);
  });

  test('names, keywords, categories and the address of the code are bounded in length and number', async () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `Name ${i}`);
    const bounded = await only({
      authors: ['A '.repeat(5_000), ...many],
      organisation: 'Lab '.repeat(5_000),
      keywords: ['k '.repeat(5_000), ...many],
      categories: ['c'.repeat(5_000), ...many],
      codeUrl: `https://github.com/${'x'.repeat(5_000)}`,
    });
    expect(bounded.authors).toHaveLength(4_000);
    for (const name of [bounded.authors[0]!, bounded.organisation!, bounded.keywords[0]!])
      expect(name.length).toBeLessThanOrEqual(151);
    expect(bounded.keywords).toHaveLength(100);
    expect(bounded.categories).toHaveLength(100);
    expect(bounded.categories[0]).toBe('Name 0');
    expect(bounded.codeUrl).toBeNull();
  });

  test('many answers together have it too', () => {
    const known = paper('arxiv:2605.00001', { keywords: Array.from({ length: 100 }, (_, i) => `a${i}`) });
    const said = paper('arxiv:2605.00001', { keywords: Array.from({ length: 100 }, (_, i) => `b${i}`) });
    expect(mergePaper(known, said, true).keywords).toEqual(known.keywords);
  });

  test('a count that no metric can have is none', async () => {
    const entry = { paper: { id: '2605.00001', title: 'T', upvotes: 1e300, githubStars: 5 } };
    expect((await fromEntries([entry])).papers[0]!.metrics).toEqual({ stars: 5 });
  });
});

test.each([
  ['blanks', '\u00a0\u3000 \u2800'],
  ['characters without width', '\u200b\u200c\u200d\u2060\ufeff\u00ad'],
  ['fillers', '\u3164\u115f\u1160\uffa0'],
  ['marks without a letter', '\u0301\u0302\ufe0f'],
  ['tags', '\u{e0041}\u{e0042}'],
  ['TeX that says nothing', '{}\\,\\label{a}'],
])('a title of %s is none: its paper is counted and left out', async (_, title) => {
  expect(await normalise([raw({ title }), raw()])).toMatchObject({ skipped: 1, papers: [{}] });
});

const HOSTILE = ['\\', '{', '$', 'a^', '\\sqrt', '{em --\\a^', "''", '\u200b', 'a '].map((piece) =>
  piece.repeat(20_000 / piece.length),
);
const hostile = (i: number): string => HOSTILE[i % HOSTILE.length]!;

/** The longest time for which nothing else had its turn, in milliseconds. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const looking = setInterval(look, 5);
  await work();
  clearInterval(looking);
  look();
  return longest;
}

describe('while a page of hostile fields is read others have their turn', () => {
  test('as JSON', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({
      paper: {
        id: `2605.${String(i).padStart(5, '0')}`,
        title: `T ${hostile(i)}`,
        summary: hostile(i + 1),
        authors: Array.from({ length: 40 }, (__, n) => ({ name: hostile(i + n) })),
        ai_keywords: Array.from({ length: 40 }, (__, n) => hostile(i + n)),
      },
    }));
    expect(await longestHold(() => fromEntries(entries))).toBeLessThan(500);
  });

  test('as XML', async () => {
    const item = (i: number) =>
      `<item><title>T ${i} ${hostile(i)}</title><link>https://arxiv.org/abs/2605.${String(i).padStart(5, '0')}</link>` +
      `<description>${hostile(i + 1)}</description></item>`;
    const feed = `<rss><channel>${Array.from({ length: 60 }, (_, i) => item(i)).join('')}</channel></rss>`;
    expect(await longestHold(() => readFeed(feed))).toBeLessThan(500);
  });
});

test.each(['&', '&eacute;', '<item>', '\0', '<b>'])('a feed of nothing but %j holds nothing up', async (piece) => {
  const text = `<rss><channel><item>${piece.repeat(500_000 / piece.length)}</item></channel></rss>`;
  expect(await longestHold(() => readFeed(text).catch(() => {}))).toBeLessThan(500);
});

test('who breathes gives way only after some work, and then does', async () => {
  const breathe = createBreathe();
  expect(breathe()).toBeUndefined();
  const until = performance.now() + 25;
  while (performance.now() < until);
  let others = false;
  setImmediate(() => (others = true));
  await breathe();
  expect(others).toBe(true);
});
