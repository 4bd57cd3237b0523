import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corrected } from '../../src/search/correct.ts';
import { compile, type Known } from '../../src/search/compile.ts';
import { finderOf, piecesOf } from '../../src/search/mark.ts';
import { MOST_CHARACTERS, parseQuery, piecesWithoutFilters, type Term } from '../../src/search/query.ts';
import { changesBetween, nearest, oneChangeAway } from '../../src/search/spelling.ts';

const said = (term: Term): string =>
  'value' in term
    ? `${term.kind}:${term.value}`
    : `${term.kind} ${(term.kind === 'word' ? [term.word] : term.words).map(({ parts }) => parts.join('+')).join(' ')}`;
const read = (text: string): string[] =>
  parseQuery(text).clauses.map(({ any, not }) => `${not ? 'not ' : ''}${any.map(said).join(' | ')}`);

describe('a question', () => {
  test.each([
    ['Best arm', ['word best', 'word arm']],
    ['"best arm" identification', ['phrase best arm', 'word identification']],
    ['“best arm”', ['phrase best arm']],
    ['"never closed', ['phrase never closed']],
    ['kv-cache', ['word kv+cache']],
    ['reasoning -benchmark', ['word reasoning', 'not word benchmark']],
    ['-"chain of thought"', ['not phrase chain of thought']],
    ['mamba or "state space"', ['word mamba | phrase state space']],
    ['a OR b | c d', ['word a | word b | word c', 'word d']],
    ['or', []],
    ['a or', ['word a']],
    ['author:LeCun', ['author le+cun']],
    ['author:"Yann LeCun" -org:Meta', ['author yann le+cun', 'not org meta']],
    ['topic:"Language models" category:cs.CL code:GitHub', ['topic:language-models', 'category:cs.cl', 'code:github']],
    ['author: LeCun AUTHOR:  "Yann LeCun"', ['author le+cun', 'author yann le+cun']],
    ['-author: lecun topic: agents code: yes', ['not author lecun', 'topic:agents', 'code:yes']],
    ['From Charts to Code: A Survey', ['word from', 'word charts', 'word to', 'word code', 'word a', 'word survey']],
    ['author:Hinton,Geoffrey org:Google,Inc', ['author hinton geoffrey', 'org google inc']],
    ['author:Hinton, Geoffrey', ['author hinton', 'word geoffrey']],
    ['author: Hinton, Geoffrey', ['author hinton geoffrey']],
    ['author:"Yann LeCun","Yoshua Bengio" x', ['author yann le+cun | author yoshua bengio', 'word x']],
    ['org:"University of California, Los Angeles"', ['org university of california los angeles']],
    [
      'category:cs.LG, cs.CV; math topic:agents,"code" x',
      ['category:cs.lg | category:cs.cv | category:math', 'topic:agents | topic:code', 'word x'],
    ],
    [
      'category: hep-th -category: astro-ph category: cs.LG',
      ['category:hep-th', 'not category:astro-ph', 'category:cs.lg'],
    ],
    ['Category: theory', ['word category', 'word theory']],
    [
      'From Charts to Code: no free lunch',
      ['word from', 'word charts', 'word to', 'word code', 'word no', 'word free', 'word lunch'],
    ],
    ['code: no author: lecun', ['code:no', 'author lecun']],
    ['code:constructor', ['code:constructor']],
    ['-topic:agents,code code:true', ['not topic:agents | topic:code', 'code:yes']],
    ['author\uff1alecun', ['author lecun']],
    ['after:2026-05', []],
    ['after: 2026-05', []],
    ['- -- "" :', []],
    ['foo:bar', ['word foo', 'word bar']],
  ])('%s', (text, clauses) => {
    expect(read(text)).toEqual(clauses);
  });
  test('days are read as far as they are given, and what is none is said', () => {
    expect(parseQuery('after:2026 before:2026-05')).toMatchObject({ after: '2026-01-01', before: '2026-05-01' });
    expect(parseQuery('after: 2026 before: 2026-05')).toMatchObject({ after: '2026-01-01', before: '2026-05-01' });
    expect(parseQuery('attention author:').misread).toHaveLength(1);
    expect(parseQuery('after:2026-2-3')).toMatchObject({ after: '2026-02-03', misread: [] });
    expect(parseQuery('after:2026-02-30 before:May author:""').misread).toHaveLength(3);
  });
  test('of days that no day lies between, and of values that say nothing, says so', () => {
    for (const text of ['Before: 2024 and After: 2025', 'after:,', 'author:, x', 'category:!'])
      expect(parseQuery(text).misread).toHaveLength(1);
    expect(parseQuery('after:2024, before:2025').misread).toHaveLength(1);
  });
  test('a topic after a space is one that there is, or words', () => {
    const asked = (text: string): string[] =>
      parseQuery(text, (slug) => slug === 'agents').clauses.flatMap(({ any }) => any.map(said));
    expect(asked('Topic: modeling of language')).toEqual(['word topic', 'word modeling', 'word of', 'word language']);
    expect(asked('topic: agents planning')).toEqual(['topic:agents', 'word planning']);
    expect(asked('topic:modeling')).toEqual(['topic:modeling']);
  });
  test('has its pieces without filters, for other ways to ask', () => {
    expect(piecesWithoutFilters('zzqq author: lecun or category:cs.LG, cs.CV -"a b" foo:bar')).toEqual([
      'zzqq',
      '-"a b"',
      'foo:bar',
    ]);
  });
  test('is bounded in the values of a filter', () => {
    const { clauses, misread } = parseQuery(`category:${'a,'.repeat(190)}`);
    expect([clauses.length, clauses[0]!.any.length, misread.length]).toEqual([1, 32, 1]);
  });
  test('is bounded in length and words, and says so', () => {
    const { clauses, misread, text } = parseQuery('ab '.repeat(4_000));
    expect([clauses.length, text.length <= MOST_CHARACTERS, misread.length]).toEqual([32, true, 2]);
  });
  test('can be anything', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc
        .array(
          fc.constantFrom(
            '"',
            '-',
            'or',
            'author:',
            'code:',
            'after:',
            ',',
            'topic: ',
            "'",
            '\\',
            '\0',
            '\u202e',
            ' ',
            'x',
            ':*',
            '&',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(wild, (text) => {
        const query = parseQuery(text);
        expect(query.text.isWellFormed()).toBe(true);
        compile(query, new Map(), 1_000);
        piecesOf(text, finderOf(query));
      }),
      { numRuns: 50 },
    );
  });
});

const vocabulary = new Map<string, Known>(
  (
    [
      ['kv', 9, 'kv'],
      ['cache', 9, 'cach'],
      ['kvcache', 3, 'kvcach', 'kv cache'],
      ['the', 99, null],
      ['20', 9, '20', '2 0'],
      ['70', 9, '70', '7 0'],
      ['2', 99, '2'],
      ['7', 99, '7'],
      ['0', 99, '0'],
      ['2070', 9, '2070'],
      ['kvcachemodels', 1, 'kvcachemodel'],
      ['models', 9, 'model'],
    ] as [string, number, string | null, string?][]
  ).map(([word, papers, stem, parts = null]) => [word, { word, papers, stem, parts }]),
);
test('spellings of one word ask for all of them, and small words for nothing', () => {
  const match = (text: string) => compile(parseQuery(text), vocabulary, 100_000).wanted;
  expect(match('the models')).toBe(match('models'));
  expect(match('kv cache')).toContain(`'kvcach'`);
  expect(match('kv-cache')).toContain(`'kvcach'`);
  expect(match('kvcache')).toContain(`'=kv' <-> '=cache'`);
  expect(match('the')).toContain(`'=the'`);
  expect(match('20 70')).not.toContain('<->');
  expect(match('kvcache models')).toContain(`'=kv' <-> '=cache'`);
});

describe('spelling', () => {
  test.each([
    ['model', 'model', 0],
    ['model', 'modle', 1],
    ['model', 'mdoel', 1],
    ['model', 'odel', 1],
    ['model', 'moddel', 1],
    ['model', 'mobil', 2],
  ])('%s and %s are %i apart', (a, b, changes) => {
    expect(changesBetween(a, b)).toBe(changes);
  });
  test('every word that is one change away is thought of', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,9}$/), (word) => {
        for (const other of oneChangeAway(word)) expect(changesBetween(word, other)).toBe(1);
      }),
      { numRuns: 5 },
    );
  });
  test('the nearest counts, then the one that more papers hold; short words are what they are', () => {
    const known = ['still', 'skill', 'reasoning'].map((word, i) => ({ word, papers: 10 * (i + 1) }));
    expect(nearest('seill', known)).toBe('skill');
    expect(nearest('raesonign', known)).toBe('reasoning');
    expect(nearest('xyz', known)).toBeNull();
  });
});

test('what is found is marked in its own spelling, but not what was excluded or is small', () => {
  const marked = (query: string, text: string): string =>
    piecesOf(text, finderOf(corrected(parseQuery(query), [{ from: 'modle', to: 'model' }])))
      .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
      .join('');
  expect(marked('the modle', 'The Models & the model')).toBe('The [Models] & the [model]');
  expect(marked('kv cache', 'A KV-cache, a KVCache')).toBe('A [KV-cache], a [KVCache]');
  expect(marked('muller -noise', 'Müller’s noise')).toBe('[Müller]’s noise');
});
