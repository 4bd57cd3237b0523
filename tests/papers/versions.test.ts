import { describe, expect, test } from 'vitest';
import { versionsOf } from '../../src/papers/versions.ts';
import { paper } from '../support/papers.ts';

const AT = new Date('2026-06-03T09:00:00Z');
const FIRST = new Date('2026-05-29T17:00:00Z');

describe('what is told of a paper’s versions', () => {
  test.each([
    ['the only one has no first', 1, FIRST, FIRST, null],
    ['the first is the one it was published with', 3, AT, FIRST, FIRST],
    ['of no known day, it has no first either', 3, null, FIRST, null],
    ['a day of publication after it is another’s', 3, FIRST, AT, null],
    ['nothing is known of the first', 3, AT, null, null],
  ])('%s', (_, version, versionAt, publishedAt, firstAt) => {
    expect(versionsOf(paper('arxiv:2605.01234', { version, versionAt, publishedAt }))).toMatchObject({
      newest: version,
      newestAt: versionAt,
      firstAt,
    });
  });

  test.each([
    [1, [1], false],
    [6, [1, 2, 3, 4, 5, 6], false],
    [7, [1, 4, 5, 6, 7], true],
    [31, [1, 28, 29, 30, 31], true],
  ])('of %d are linked %j', (version, numbers, hasGap) => {
    const versions = versionsOf(paper('arxiv:hep-th/9901001', { version }))!;
    expect(versions.links).toEqual(
      numbers.map((n) => ({ version: n, href: `https://arxiv.org/abs/hep-th/9901001v${n}` })),
    );
    expect(versions.hasGap).toBe(hasGap);
  });

  test('nothing, where none is known', () => expect(versionsOf(paper('arxiv:2605.01234'))).toBeNull());
});
