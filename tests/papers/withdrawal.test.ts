import { describe, expect, test } from 'vitest';
import { readAtom, readFeed } from '../../src/papers/arxiv.ts';
import { isWithdrawal } from '../../src/papers/withdrawal.ts';

const said = (over: Partial<Parameters<typeof isWithdrawal>[0]>) =>
  isWithdrawal({ title: 'A study', abstract: 'We study things.', comment: '', announceType: 'new', ...over });

describe('a paper that was taken back says so', () => {
  test.each([
    { abstract: 'This paper has been withdrawn by the author due to a crucial error in equation 3.' },
    { abstract: 'This paper has been withdrawn.' },
    { abstract: 'The article was withdrawn because its data were wrong.' },
    { abstract: 'This submission has been withdrawn by arXiv administrators because of overlap.' },
    { abstract: 'This paper is being withdrawn' },
    { abstract: 'We study things. This paper has been withdrawn by its authors.' },
    { abstract: 'Withdrawn.' },
    { abstract: '[Withdrawn] We study things.' },
    { abstract: 'This\nwork has been\ntemporarily withdrawn by the authors.' },
    { comment: 'This paper has been withdrawn by the author due to an error' },
    { comment: 'withdrawn by the authors' },
    { comment: 'Paper withdrawn' },
    { comment: '12 pages; withdrawn by the submitter' },
    {
      comment: 'arXiv admin note: this version has been removed by arXiv administrators due to copyright infringement',
    },
    { title: 'WITHDRAWN: A study' },
    { title: '[Withdrawn] A study' },
    { announceType: 'withdrawn' },
  ])('%j', (over) => expect(said(over)).toBe(true));

  test.each([
    { abstract: 'We ask whether troops that were withdrawn from a country come back.' },
    { abstract: 'The drug has been withdrawn by the manufacturer. We find why.' },
    { abstract: 'We withdraw a coupling statistic that an earlier paper had.' },
    { abstract: 'We study papers that were withdrawn by the authors, and why.' },
    { abstract: 'Of 14,000 papers marked "This paper has been withdrawn by the author" we read all.' },
    { abstract: 'Withdrawn behaviour of animals is studied.' },
    { abstract: 'Withdrawal of assistance helps the model.' },
    { title: 'Withdrawn and Retracted: a Study of arXiv', abstract: 'We study what was taken back.' },
    { comment: 'This paper was withdrawn from NeurIPS 2025; 10 pages' },
    { comment: 'Withdrawn from ICLR' },
    { comment: '12 pages, 3 figures' },
    { comment: 'Extends a version that was withdrawn' },
  ])('and %j was not', (over) => expect(said(over)).toBe(false));

  const item = (type: string, abstract: string) =>
    `<rss><channel><item><title>T</title><link>https://arxiv.org/abs/2605.00001</link>
     <description>arXiv:2605.00001v2 Announce Type: ${type}\nAbstract: ${abstract}</description>
     <announce_type>${type}</announce_type></item></channel></rss>`;

  test('in the feed, where a new version that takes it back is news', async () => {
    const back = 'This paper has been withdrawn by the author.';
    expect((await readFeed(item('replace', back))).papers).toMatchObject([{ isWithdrawn: true }]);
    expect((await readFeed(item('new', back))).papers).toMatchObject([{ isWithdrawn: true }]);
    expect(await readFeed(item('replace', 'We study.'))).toMatchObject({ papers: [], revised: [{ version: 2 }] });
    expect((await readFeed(item('new', 'We study.'))).papers).toMatchObject([{ isWithdrawn: false }]);
  });

  test('in the API, by the comment of its authors', async () => {
    const entry = (comment: string) =>
      `<feed xmlns:arxiv="a"><entry><id>http://arxiv.org/abs/2605.00001v2</id><title>T</title><summary>S</summary>
       <arxiv:comment>${comment}</arxiv:comment></entry></feed>`;
    expect((await readAtom(entry('This paper has been withdrawn by the author'))).papers).toMatchObject([
      { isWithdrawn: true },
    ]);
    expect((await readAtom(entry('12 pages'))).papers).toMatchObject([{ isWithdrawn: false }]);
  });
});
