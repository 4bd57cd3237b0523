import { describe, expect, test } from 'vitest';
import { authorLine } from '../../src/papers/authors.ts';
import { canonicalId } from '../../src/papers/identity.ts';
import { paperLinks, paperPath } from '../../src/papers/links.ts';
import { wordsOf } from '../../src/words/words.ts';

describe('a paper has one id, however it is named', () => {
  test.each([
    '2507.14843',
    '2507.14843v2',
    'arXiv:2507.14843v1',
    'arxiv:2507.14843',
    'http://arxiv.org/abs/2507.14843v3',
    'https://arxiv.org/pdf/2507.14843v2.pdf',
    'https://arxiv.org/pdf/2507.14843',
    'https://export.arxiv.org/abs/2507.14843?context=cs',
    'arxiv.org/html/2507.14843v1',
    'https://huggingface.co/papers/2507.14843',
    'oai:arXiv.org:2507.14843v1',
    '10.48550/arXiv.2507.14843',
    'https://doi.org/10.48550/arXiv.2507.14843',
    ' 2507.14843 ',
  ])('%s', (name) => expect(canonicalId(name)).toBe('arxiv:2507.14843'));

  test.each([
    ['hep-th/9901001v1', 'arxiv:hep-th/9901001'],
    ['https://arxiv.org/abs/hep-th/9901001', 'arxiv:hep-th/9901001'],
    ['math.GT/0309136', 'arxiv:math/0309136'],
    ['arXiv:cs/0112017', 'arxiv:cs/0112017'],
    ['0704.0001', 'arxiv:0704.0001'],
  ])('%s is %s', (name, id) => expect(canonicalId(name)).toBe(id));

  test.each([
    '',
    'hello',
    '2513.14843',
    '2507.1484',
    '2507.148431',
    'https://example.org/abs/2507.14843',
    '../2507.14843',
    '2507.14843; drop table',
  ])('%j names no paper', (name) => expect(canonicalId(name)).toBeNull());

  test('links lead to the abstract, the PDF and the code at their own places', () => {
    expect(paperLinks({ id: 'arxiv:hep-th/9901001', codeUrl: null, projectUrl: null })).toEqual({
      page: 'https://arxiv.org/abs/hep-th/9901001',
      pdf: 'https://arxiv.org/pdf/hep-th/9901001',
      code: null,
      project: null,
    });
    expect(paperPath('arxiv:hep-th/9901001')).toBe('/papers/arxiv:hep-th%2F9901001');
  });
});

describe('the line of authors', () => {
  const line = (authors: string[], organisation: string | null = 'Lab') =>
    authorLine(wordsOf('en'), { authors, organisation });
  test('names one, joins two, counts the others', () => {
    expect(line(['Ada'])).toBe('Ada');
    expect(line(['Ada', 'Alan'])).toBe('Ada and Alan');
    expect(line(['Ada', 'Alan', 'Grace'])).toBe('Ada and 2 others');
    expect(line(Array.from({ length: 300 }, (_, i) => `N${i}`))).toBe('N0 and 299 others');
  });
  test('falls back to the organisation', () => {
    expect(line([])).toBe('Lab');
    expect(line([], null)).toBe('');
  });
});
