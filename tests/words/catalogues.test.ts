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
  test('have the plural forms of their language', () => {
    const papers = (tag: string, counts: number[]) =>
      new Set(
        counts.map((count) =>
          wordsOf(tag)
            .t('papers', { papers: count })
            .replace(/[\d\s]+/g, ''),
        ),
      );
    expect(papers('en', [0, 1, 2, 5]).size).toBe(2);
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
