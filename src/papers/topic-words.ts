import type { Topic } from '../paper.ts';
import { type MessageKey, type Words, wordsOf } from '../words/words.ts';
import { SHIPPED } from './topics.ts';

const slugs = new Set(SHIPPED.map(({ slug }) => slug));

/**
 * A topic with its name and description in a reader's language. What an operator called otherwise
 * keeps their words.
 */
export function topicIn<T extends Pick<Topic, 'slug' | 'name' | 'description'>>(words: Words, topic: T): T {
  const { slug, name, description } = topic;
  if (!slugs.has(slug)) return topic;
  return {
    ...topic,
    name: saidIn(words, `topic-name-${slug}`, name),
    description: saidIn(words, `topic-about-${slug}`, description),
  };
}

/** The same of many. */
export const topicsIn = <T extends Pick<Topic, 'slug' | 'name' | 'description'>>(
  words: Words,
  topics: readonly T[],
): T[] => topics.map((topic) => topicIn(words, topic));

/** The name of a topic of which only its slug, and what it is or was called, are at hand. */
export const topicNameIn = (words: Words, slug: string, name: string): string =>
  topicIn(words, { slug, name, description: '' }).name;

/** The names of topics in a reader's language, by their slugs. */
export const topicNamesIn = (
  words: Words,
  topics: readonly Pick<Topic, 'slug' | 'name' | 'description'>[],
): Map<string, string> => new Map(topicsIn(words, topics).map(({ slug, name }) => [slug, name]));

type TopicKey = Extract<MessageKey, `topic-name-${string}` | `topic-about-${string}`>;

/** The sentence in the language of `words`, where the text is the English one. */
const saidIn = (words: Words, key: string, text: string): string =>
  text === english.t(key as TopicKey) ? words.t(key as TopicKey) : text;
const english = wordsOf(null);
