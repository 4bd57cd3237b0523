import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newsOf } from '../../src/papers/news.ts';
import { cutAtClause, sentencesOf } from '../../src/papers/sentence.ts';

const news = (abstract: string, title = 'A title', summary: string | null = null) =>
  newsOf({ title, abstract, summary, summaryBy: summary === null ? null : 'Hugging Face' });

describe('what is new', () => {
  const BACKGROUND = 'Large models are slow. However, existing methods struggle with long inputs.';
  test.each([
    [
      `${BACKGROUND} To address this, we propose Skim, a framework that reads half. Experiments show that it works.`,
      'We propose Skim, a framework that reads half.',
      'Skim, a framework that reads half.',
    ],
    [
      `${BACKGROUND} In this paper, we present the first benchmark of skimming. Code is available at https://a.example.`,
      'We present the first benchmark of skimming.',
      'The first benchmark of skimming.',
    ],
    [
      `${BACKGROUND} We show that reading half is enough. We hope that this helps.`,
      'We show that reading half is enough.',
      'We show that reading half is enough.',
    ],
    [
      `${BACKGROUND} This report describes mSkim, an encoder. We further provide weights.`,
      'This report describes mSkim, an encoder.',
      'mSkim, an encoder.',
    ],
  ])('is the sentence that says what the authors bring, without its opener: %#', (abstract, text, short) =>
    expect(news(abstract)).toEqual({ text, short, by: null }),
  );
  test('is what a system named in the title is said to be', () =>
    expect(news(`${BACKGROUND} Skim is a reader that skips. It is fast.`, 'Skim: Reading Half').text).toBe(
      'Skim is a reader that skips.',
    ));
  test('is the source’s own summary where it has one, named as such', () =>
    expect(news('We propose Skim.', 'T', 'Skim reads half.')).toEqual({
      text: 'Skim reads half.',
      short: 'Skim reads half.',
      by: 'Hugging Face',
    }));
  test('has at most 200 characters, and 120 where there is little room, whatever the abstract', () => {
    const words = fc.constantFrom(
      'we',
      'propose',
      'however,',
      'Fig.',
      'a',
      'model',
      'that',
      '😀',
      'é',
      '(',
      ';',
      'x'.repeat(150),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 800 }),
      fc.array(words, { maxLength: 120 }).map((w) => w.join(' ')),
    );
    fc.assert(
      fc.property(texts, fc.boolean(), (text, isSummary) => {
        const { text: long, short } = isSummary ? news('', 'T', text) : news(text);
        expect(long.length).toBeLessThanOrEqual(200);
        expect(short.length).toBeLessThanOrEqual(120);
        expect((long + short).isWellFormed()).toBe(text.isWellFormed());
      }),
      { numRuns: 400 },
    );
  });
  test('of an abstract without any sign is its first sentence, and of none is nothing', () => {
    expect(news('Things are things. They stay so.').text).toBe('Things are things.');
    expect(news('').text).toBe('');
  });
});

describe('a text is cut', () => {
  test('at the last clause that fits', () =>
    expect(
      cutAtClause('We present Skim, a reader of half of the words that is twice as fast, on every input', 70),
    ).toBe('We present Skim, a reader of half of the words that is twice as fast…'));
  test('at a word where no clause fits', () =>
    expect(cutAtClause(`${'word '.repeat(100)}end.`, 50)).toMatch(/^(word ){8,9}word…$/));
  test('not at all when it is short', () => expect(cutAtClause('Short.', 50)).toBe('Short.'));
  test('never within a character', () => expect(cutAtClause('😀'.repeat(100), 51).isWellFormed()).toBe(true));
});

describe('a sentence', () => {
  test.each([
    'We follow Smith et al. (2020) and gain 1.5 points, e.g. on GLUE, i.e. more than Fig. 3 shows.',
    'Proofs are in App. B, incl. those of Suppl. Tab. 4 and of Proc. ICML, viz. Thm. 2.',
    'She took a Ph.D. in the U.K. before Smith, Jones and Co. hired her.',
    'We mine Yahoo! Answers for pairs.',
  ])('does not end within %j', (sentence) =>
    expect(sentencesOf(`${sentence} A second one follows.`)).toEqual([sentence, 'A second one follows.']),
  );
});
