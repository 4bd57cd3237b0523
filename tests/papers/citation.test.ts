import { createRequire } from 'node:module';
import { parse } from '@retorquere/bibtex-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bibtexOf, citationFile, referenceOf } from '../../src/papers/citation.ts';
import { NO_DETAILS } from '../../src/paper.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';

// It brings no types.
const require = createRequire(import.meta.url);
const { Cite } = require('@citation-js/core') as { Cite: new (text: string) => { data: Record<string, unknown>[] } };
require('@citation-js/plugin-ris');

const paper = {
  ...NO_DETAILS,
  id: 'arxiv:2605.21573',
  title: 'LoRA at 50% of $5 & C_2: a {new} Way ~ x^2 #1 \\o/',
  abstract: 'One.\n\nTwo & three.',
  authors: ['Laurens van der Maaten', 'Sammy Davis Jr.', 'OpenAI', 'Science and Technology Institute', 'Ada Lovelace'],
  publishedAt: new Date('2026-05-20T17:00:00Z'),
  keywords: ['low-rank adaptation'],
  categories: ['cs.CL'],
};
const read = (bibtex: string) => {
  const { entries, errors } = parse(bibtex, { sentenceCase: false });
  expect(errors).toEqual([]);
  expect(entries).toHaveLength(1);
  return entries[0]!;
};

test('its newest version stands where the form has a place for it', () => {
  const revised = { ...paper, version: 3, versionAt: new Date('2026-06-03T09:00:00Z') };
  expect(read(bibtexOf(referenceOf(revised))).fields.version).toBe('3');
  expect(new Cite(citationFile(revised, 'json').text).data[0]).toMatchObject({ version: '3' });
  expect(referenceOf(revised).modified).toEqual(revised.versionAt);
  expect(referenceOf({ ...revised, versionAt: new Date('2026-05-01') })).toMatchObject({ version: 3, modified: null });
  expect(citationFile(revised, 'ris').text).toBe(citationFile(paper, 'ris').text);
  expect(read(bibtexOf(referenceOf(paper))).fields).not.toHaveProperty('version');
  expect(new Cite(citationFile(paper, 'json').text).data[0]).not.toHaveProperty('version');
});

describe('BibTeX, as an independent parser reads it', () => {
  test('says what the paper says, whatever TeX makes of its characters', () => {
    const { key, type, fields } = read(bibtexOf(referenceOf(paper)));
    expect([type, key]).toEqual(['misc', 'vandermaaten2026lora']);
    expect(fields).toMatchObject({
      title: paper.title,
      year: '2026',
      eprint: '2605.21573',
      doi: '10.48550/arXiv.2605.21573',
      url: 'https://arxiv.org/abs/2605.21573',
    });
    expect(fields.author).toEqual([
      { firstName: 'Laurens', prefix: 'van der', lastName: 'Maaten' },
      { firstName: 'Sammy', lastName: 'Davis', suffix: 'Jr.' },
      { name: 'OpenAI' },
      { name: 'Science and Technology Institute' },
      { firstName: 'Ada', lastName: 'Lovelace' },
    ]);
  });

  test('names others where there is no room for all', () => {
    expect(bibtexOf(referenceOf(paper), 2)).toMatch(/Davis, Jr\., Sammy and others\}/);
  });

  test('keeps any title in one field', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('aB{}\\$%&_#~^<>|"\'@,= é∇')) });
    fc.assert(
      fc.property(text, text, (title, name) => {
        const authors = [`Ada ${name}`, name].filter((one) => /[aB]/.test(one));
        const { fields } = read(bibtexOf(referenceOf({ ...paper, title: `x${title}`, authors })));
        expect(fields.year).toBe('2026');
        expect(fields.eprint).toBe('2605.21573');
      }),
      { numRuns: 200 },
    );
  });

  test('says the same of every paper of a day', () => {
    for (const { paper: told } of recordedDay(recordedDays().at(-1)!)) {
      const cited = { ...paper, id: `arxiv:${told.id}`, title: told.title, authors: told.authors.map((a) => a.name) };
      const { fields } = read(bibtexOf(referenceOf(cited)));
      const bare = (text: unknown) => String(text).replace(/[^\p{L}\p{N}]/gu, '');
      expect(bare(fields.title)).toBe(bare(told.title));
      expect(fields.author).toHaveLength(cited.authors.length);
    }
  });
});

test('RIS says the same to an independent reader, line by line', () => {
  const { text } = citationFile(paper, 'ris');
  expect(text.split('\r\n').every((line) => line === '' || /^[A-Z][A-Z0-9] {2}- /.test(line))).toBe(true);
  const [read] = new Cite(text).data;
  expect(read).toMatchObject({
    title: paper.title,
    author: [
      { family: 'van der Maaten', given: 'Laurens' },
      { family: 'Davis', given: 'Sammy', suffix: 'Jr.' },
      { family: 'OpenAI' },
      { literal: 'Science and Technology Institute' },
      { family: 'Lovelace', given: 'Ada' },
    ],
    issued: { 'date-parts': [[2026, 5, 20]] },
    URL: 'https://arxiv.org/abs/2605.21573',
    keyword: 'low-rank adaptation',
  });
  expect(text).toContain('DO  - 10.48550/arXiv.2605.21573\r\n');
});

test('CSL-JSON is read as it is', () => {
  const [read] = new Cite(citationFile(paper, 'json').text).data;
  expect(read).toMatchObject({
    id: 'vandermaaten2026lora',
    type: 'article',
    DOI: '10.48550/arXiv.2605.21573',
    author: [
      { family: 'Maaten', given: 'Laurens', 'non-dropping-particle': 'van der' },
      { family: 'Davis', given: 'Sammy', suffix: 'Jr.' },
      { literal: 'OpenAI' },
      { literal: 'Science and Technology Institute' },
      { family: 'Lovelace', given: 'Ada' },
    ],
    abstract: 'One. Two & three.',
  });
});

test.each([
  ['arxiv:hep-th/9901001', [], 'arxivhepth9901001', 1999],
  ['arxiv:0704.0001', ['张伟'], 'arxiv07040001', 2007],
])('%s has a key and a year without names and dates that serve', (id, authors, key, year) => {
  expect(referenceOf({ ...paper, id, authors, publishedAt: null })).toMatchObject({ key, year });
});
