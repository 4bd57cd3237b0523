import type { Tx } from '../db/client.ts';
import { upsertTopics } from '../db/topics.ts';
import { lazily } from '../lazily.ts';
import type { Topic } from '../paper.ts';
import { type Classifier, createClassifier, type TopicRule } from './classify.ts';
import fitted from './topic-words.json' with { type: 'json' };
import described from './topics.json' with { type: 'json' };

/** A topic as readers see it, and what decides which papers fall under it. */
export type TopicInForce = Omit<Topic, 'keywords'> & TopicRule;

/** All topics that papers are filed under, in the order in which they are shown. */
export interface Topics extends Classifier {
  list: readonly TopicInForce[];
  /** Every arXiv category that some topic is read from; `math.*` stands for all of an archive. */
  categories: readonly string[];
}

/** By category alone: nothing else outweighs it. */
const SURE = 100;
/** What every topic starts from that has not been fitted. */
const START = -3;

/** A topic that each of these categories is enough for, cross-listed or not. */
export const byCategoryAlone = (categories: readonly string[]): Pick<TopicRule, 'start' | 'weights'> => ({
  start: START,
  weights: Object.fromEntries(categories.map((category) => [category, SURE])),
});

interface Described extends Omit<Topic, 'keywords'> {
  kind: string;
  rest?: boolean;
}

interface Fitted {
  start: number;
  categories: Readonly<Record<string, number>>;
  /** By weight: the terms that have it, separated by commas. */
  words: Readonly<Record<string, string>>;
}

/** The topics that ship with Paperboy. OVERALL is none of them: it is every paper. */
export const SHIPPED: readonly TopicInForce[] = (described as Described[]).map(shipped);

function shipped({ slug, kind, rest = false, name, description, categories }: Described): TopicInForce {
  const shown = { slug, name, description, categories };
  if (kind === 'archive') return { ...shown, ...byCategoryAlone(categories), kind, rest, words: {} };
  const { start, words, categories: weights } = (fitted as Record<string, Fitted>)[slug]!;
  return { ...shown, kind: 'subject', start, weights, words: spread(words) };
}

/** Without a prototype an object is a table from its first key on: thousands take a tenth of the time. */
function spread(byWeight: Fitted['words']): Record<string, number> {
  const weights: Record<string, number> = Object.create(null);
  for (const [weight, group] of Object.entries(byWeight))
    for (const term of group.split(', ')) weights[term] = Number(weight);
  return weights;
}

/** The shipped topics with the operator's own: one of the same slug takes the other's place. */
export function topicsInForce(own: readonly TopicInForce[] = []): Topics {
  const bySlug = new Map([...SHIPPED, ...own].map((topic) => [topic.slug, topic]));
  const list = [...bySlug.values()];
  const general = ['cs.AI', 'cs.LG'];
  // It takes a moment to make, and most commands file no paper.
  const classifier = lazily(() => createClassifier(list));
  return {
    list,
    categories: [...new Set([...general, ...list.flatMap((topic) => topic.categories)])].toSorted(),
    classify: (paper) => classifier().classify(paper),
    nearest: (paper, count) => classifier().nearest(paper, count),
  };
}

/** Topics that may be replaced while others hold them. */
export interface LiveTopics extends Topics {
  replace(next: Topics): void;
}

/** Stands for the topics in force, also after they have changed. */
export function liveTopics(first: Topics): LiveTopics {
  let current = first;
  return {
    get list() {
      return current.list;
    },
    get categories() {
      return current.categories;
    },
    classify: (paper) => current.classify(paper),
    nearest: (paper, count) => current.nearest(paper, count),
    replace(next) {
      current = next;
    },
  };
}

/** The terms that say most for a topic, for people. */
const telling = ({ words }: TopicInForce): string[] =>
  Object.entries(words)
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, weight]) => weight > 0)
    .slice(0, TERMS_SHOWN)
    .map(([term]) => term);
const TERMS_SHOWN = 30;

/** Brings the topics in force into the database; subscriptions refer to them by slug. */
export const syncTopics = (db: Tx, { list }: Pick<Topics, 'list'>): Promise<void> =>
  upsertTopics(
    db,
    list.map((topic) => ({
      slug: topic.slug,
      name: topic.name,
      description: topic.description,
      categories: topic.categories,
      keywords: telling(topic),
    })),
  );
