import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { messageTypes, shapesOf } from '../../src/words/catalogue.ts';
import { LANGUAGES, preferredLanguage } from '../../src/words/languages.ts';
import { readCatalogue, wordsOf } from '../../src/words/words.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const english = shapesOf(readCatalogue('en'));
const others = LANGUAGES.map(({ catalogue }) => catalogue).filter((name) => name !== 'en');

describe('the catalogues', () => {
  test.each(others)('%s says all that English says, and nothing else', (name) => {
    expect(existsSync(path.join(ROOT, `locales/${name}.ftl`))).toBe(true);
    expect([...shapesOf(readCatalogue(name)).keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test.each(others)('%s takes the same arguments and marks the same words in each sentence', (name) => {
    const odd = [...shapesOf(readCatalogue(name))].filter(([key, { args, tags }]) => {
      const wanted = english.get(key);
      return (
        [...args.keys()].some((arg) => !wanted?.args.has(arg)) ||
        [...tags].toSorted().join() !== [...(wanted?.tags ?? [])].toSorted().join()
      );
    });
    expect(odd.map(([key]) => key)).toEqual([]);
  });

  test('have the typography of their language', () => {
    const linesOf = (name: string) =>
      readCatalogue(name)
        .split('\n')
        .filter((line) => line.includes(' = ') || line.startsWith('    '));
    const wrong = (name: string, form: RegExp) => linesOf(name).filter((line) => form.test(line));
    // A narrow no-break space, and never a common one.
    expect(wrong('fr', /[^\u202f][;!?»]|« | [:;!?»%]/)).toEqual([]);
    expect(wrong('es', /^[^¿]*\?|^[^¡]*!/)).toEqual([]);
    expect(wrong('ar', /[,;?]/)).toEqual([]);
  });

  test.each(['en', ...others])('%s has no HTML but its tags', (name) => {
    expect(
      readCatalogue(name)
        .replace(/<\/?\w+>/g, '')
        .replace(/->/g, ''),
    ).not.toMatch(/[<>&]/);
  });

  test('hold no sentence that is not said', () => {
    const files = globSync('{src,templates}/**/*.{ts,eta,mjml}', { cwd: ROOT });
    const code = files
      .filter((file) => !file.endsWith('words/messages.ts'))
      .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
      .join('\n');
    const families = [...code.matchAll(/`([a-z-]+-)\$\{/g)].map((match) => match[1]!);
    const unused = [...english.keys()].filter(
      (key) => !code.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });

  test('have the types that were made of English', async () => {
    const made = readFileSync(path.join(ROOT, 'src/words/messages.ts'), 'utf8');
    const options = { parser: 'typescript', printWidth: 120, singleQuote: true };
    expect(made).toBe(await format(messageTypes(readCatalogue('en')), options));
  });
});

describe('words', () => {
  test.each([
    ['en', [0, 1, 2, 5], ['0 papers', '1 paper', '2 papers', '5 papers']],
    ['de', [0, 1, 2], ['0 Artikel', '1 Artikel', '2 Artikel']],
    ['fr', [0, 1, 2], ['0 article', '1 article', '2 articles']],
    ['es', [0, 1, 2], ['0 artículos', '1 artículo', '2 artículos']],
    [
      'ar',
      [0, 1, 2, 3, 10, 11, 100, 102, 103],
      ['لا أوراق', 'ورقة واحدة', 'ورقتان', '3 أوراق', '10 أوراق', '11 ورقة', '100 ورقة', '102 ورقة', '103 أوراق'],
    ],
  ])('of %s have its plural forms', (tag, counts, said) =>
    expect(
      counts.map((papers) =>
        wordsOf(tag)
          .t('papers', { papers })
          .replace(/[\u2068\u2069]/g, ''),
      ),
    ).toEqual(said),
  );
  test.each([
    [0, 'لا أصوات'],
    [1, 'صوت واحد'],
    [2, 'صوتان'],
    [3, '3 أصوات'],
    [11, '11 صوتًا'],
    [100, '100 صوت'],
  ])('of Arabic tell apart all six forms: %i votes', (votes, said) =>
    expect(
      wordsOf('ar')
        .t('votes', { votes })
        .replace(/[\u2068\u2069]/g, ''),
    ).toBe(said),
  );
  test('of Arabic isolate what they are given, so that Latin names turn nothing round', () =>
    expect(wordsOf('ar').t('authors-two', { first: 'Ada', second: 'Grace' })).toBe(
      '\u2068Ada\u2069 و\u2068Grace\u2069',
    ));
  test('of French write the first of a month as newspapers do', () => {
    expect(wordsOf('fr').date('full', '2026-05-01')).toBe('vendredi 1er mai 2026');
    expect(wordsOf('fr').date('short', '2026-05-11')).toBe('11 mai');
  });
  test('escape what they are given for HTML, and place tags of their own alone', () => {
    const said = wordsOf('en').html('card-link-of', { link: '<b>&', title: '<strong>"' }, { strong: '<i>' });
    expect(said).toBe('&lt;b&gt;&amp;: &lt;strong&gt;&quot;');
    expect(wordsOf('en').html('preferences-address', { address: 'a' }, { strong: '<b class="x">' })).toBe(
      'All of it goes to <b class="x">a</b>.',
    );
  });
  test('of a pseudo-language are longer and bracketed, and readable', () => {
    expect(wordsOf('en-XA').t('papers', { papers: 3 })).toBe('⟦3 þååþééŕš⟧');
  });
  test.each([
    ['full', 'Friday, 22 May 2026', '22 May', '12 – 18 May 2026', 'Friday'],
    ['long', '22 May 2026', '22 May', '12 – 18 May 2026', 'Friday'],
    ['medium', '22 May 2026', '22 May', '12 – 18 May 2026', 'Friday'],
    ['iso', '2026-05-22', '2026-05-22', '2026-05-12 – 2026-05-18', 'Friday'],
  ] as const)('write days in the style %s', (style, full, short, days, name) => {
    const { date, days: between } = wordsOf('en', style);
    expect([date('full', '2026-05-22'), date('short', '2026-05-22'), date('name', '2026-05-22')]).toEqual([
      full,
      short,
      name,
    ]);
    expect(between('day', '2026-05-12', '2026-05-18')).toBe(days);
  });
  test('write days in the same style in each language', () => {
    expect(wordsOf('de', 'medium').date('full', '2026-09-22')).toBe('22. Sept. 2026');
    expect(wordsOf('ar', 'iso').date('month', '2026-05-22')).toBe('2026-05');
  });
  test.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['ja, fr;q=0.2, en;q=0.1', 'fr'],
    ['de;q=0, es', 'es'],
    ['ja', null],
    [undefined, null],
    [';;q=x,,', null],
  ])('a browser that asks for %s is offered %s', (header, language) =>
    expect(preferredLanguage(header, ['en', 'de', 'fr', 'es'])).toBe(language),
  );
});
