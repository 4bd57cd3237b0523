import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReferences } from '../../src/subscribers/references.ts';

const BIB = String.raw`% my library
@string{nips = "Advances in Neural Information Processing Systems"}
@comment{ignored}
@inproceedings{vaswani2017, title = {{Attention} Is All You Need}, author = {Vaswani, Ashish and Shazeer, Noam and others},
  booktitle = nips # {, vol. 30}, year = 2017, keywords = {attention, transformers}}
@article(erdos, author = "Paul Erd{\H o}s", title = "On $O(n^2)$ things", journal = {arXiv preprint arXiv:2507.14843v2})
@misc{broken, title = {Never closed, eprint = {2605.26114}
`;

test('reads BibTeX as people write it', () => {
  const [attention, erdos] = readReferences(BIB);
  expect(attention).toMatchObject({
    id: null,
    title: 'Attention Is All You Need',
    authors: ['Ashish Vaswani', 'Noam Shazeer'],
    keywords: ['attention', 'transformers'],
  });
  expect(erdos).toMatchObject({ id: 'arxiv:2507.14843', title: 'On O(n²) things', authors: ['Paul Erdős'] });
});

test('reads RIS', () => {
  const text =
    'TY  - JOUR\r\nTI  - A title\r\nAU  - Doe, Jane\r\nKW  - bandits\r\nUR  - https://arxiv.org/abs/2605.26114\r\nER  - \r\n';
  expect(readReferences(text)).toEqual([
    { id: 'arxiv:2605.26114', title: 'A title', authors: ['Jane Doe'], keywords: ['bandits'], abstract: '' },
  ]);
});

test('reads CSL-JSON', () => {
  const item = { title: 'A title', author: [{ family: 'Doe', given: 'Jane' }], DOI: '10.48550/arXiv.2605.26114' };
  expect(readReferences(JSON.stringify([item, null, 3]))).toEqual([
    { id: 'arxiv:2605.26114', title: 'A title', authors: ['Jane Doe'], keywords: [], abstract: '' },
  ]);
});

test('reads links and ids from any text, each once', () => {
  const text = 'See https://arxiv.org/pdf/2605.26114v2, (arXiv:2507.14843) and 2605.26114. Not 12.5 though.';
  expect(readReferences(text).map(({ id }) => id)).toEqual(['arxiv:2605.26114', 'arxiv:2507.14843']);
});

test('takes any text, in little time', () => {
  const pieces = fc.constantFrom(
    '@article{',
    'a,',
    'title',
    '=',
    '{',
    '}',
    '"',
    '#',
    '\\',
    'TY  - ',
    '\n',
    '[',
    ' and ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
      expect(Array.isArray(readReferences(parts.join('')))).toBe(true);
    }),
  );
  const begun = performance.now();
  readReferences('@a{k, t = {'.repeat(90_000));
  readReferences('@a{k, t = "'.repeat(90_000));
  expect(performance.now() - begun).toBeLessThan(2_000);
});
