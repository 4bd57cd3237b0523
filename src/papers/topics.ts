import type { Tx } from '../db/client.ts';
import { upsertTopics } from '../db/topics.ts';
import type { Paper, Topic } from '../paper.ts';
import topics from './topics.json' with { type: 'json' };

/**
 * The topics that ship with Paperboy, in the order in which they are shown. OVERALL is none of
 * them: it is every paper.
 */
export const TOPICS: readonly Topic[] = topics;

/** Every arXiv category that some topic, or general machine learning, is read from. */
export const CATEGORIES: readonly string[] = [
  ...new Set(['cs.AI', 'cs.LG', ...TOPICS.flatMap((topic) => topic.categories)]),
].toSorted();

/**
 * Whether the paper has one of the topic's categories, or one of its keywords as whole words in
 * title, abstract or keywords.
 */
export function matchesTopic(
  topic: Pick<Topic, 'categories' | 'keywords'>,
  paper: Pick<Paper, 'title' | 'abstract' | 'categories' | 'keywords'>,
): boolean {
  if (topic.categories.some((category) => paper.categories.includes(category))) return true;
  return (
    topic.keywords.length > 0 &&
    mentions(topic.keywords).test([paper.title, ...paper.keywords, paper.abstract].join('\n'))
  );
}

const patterns = new WeakMap<readonly string[], RegExp>();

/**
 * One pattern for all keywords, made once per topic. A word goes on over letters, digits and marks,
 * but ends at a hyphen or a slash.
 */
function mentions(keywords: readonly string[]): RegExp {
  const known = patterns.get(keywords);
  if (known) return known;
  const words = keywords.map((keyword) => RegExp.escape(keyword.trim()).replace(/(?:\\x20|\s)+/g, '[\\s-]+'));
  const made = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])(?:${words.join('|')})(?![\\p{L}\\p{N}\\p{M}])`, 'iu');
  patterns.set(keywords, made);
  return made;
}

/** Brings the topics of this version into the database; subscriptions refer to them by slug. */
export const syncTopics = (db: Tx): Promise<void> => upsertTopics(db, TOPICS);
