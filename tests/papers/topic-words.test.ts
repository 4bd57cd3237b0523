import { describe, expect, test } from 'vitest';
import { SHIPPED } from '../../src/papers/topics.ts';
import { topicIn } from '../../src/papers/topic-words.ts';
import { LANGUAGES } from '../../src/words/languages.ts';
import { wordsOf } from '../../src/words/words.ts';

const agents = SHIPPED.find(({ slug }) => slug === 'agents')!;

describe('the topics that ship', () => {
  test('are called in the English catalogue what their list calls them', () => {
    const called = SHIPPED.map(({ slug, name, description }) => ({ slug, name, description }));
    const bracketed = called.map((topic) => topicIn(wordsOf('en-XA'), topic));
    expect(called.map((topic) => topicIn(wordsOf('en'), topic))).toEqual(called);
    // A text that differs from the catalogue's would stay as it is.
    expect(bracketed.filter(({ name, description }) => !name.startsWith('⟦') || !description.startsWith('⟦'))).toEqual(
      [],
    );
  });
  test.each(LANGUAGES.filter(({ isPseudo }) => isPseudo !== true))('have names that differ in $tag', ({ tag }) => {
    const names = SHIPPED.map((topic) => topicIn(wordsOf(tag), topic).name);
    expect(new Set(names).size).toBe(SHIPPED.length);
  });
  test('keep the words that an operator gave them, in name and description alike', () => {
    expect(topicIn(wordsOf('de'), { ...agents, name: 'Bots' })).toMatchObject({
      name: 'Bots',
      description: expect.stringMatching(/^Systeme, die/),
    });
    expect(topicIn(wordsOf('de'), { ...agents, description: 'Ours.' })).toMatchObject({
      name: 'Agenten',
      description: 'Ours.',
    });
    const own = { slug: 'constructor', name: 'Agents', description: '' };
    expect(topicIn(wordsOf('de'), own)).toEqual(own);
  });
});
