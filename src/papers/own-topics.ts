import path from 'node:path';
import type { Static } from 'typebox';
import { AppError } from '../errors.ts';
import { parseOwnList, readOwnFile } from '../own-list.ts';
import { withTypebox } from '../lazy-typebox.ts';
import { OVERALL } from '../paper.ts';
import { termOf } from './terms.ts';
import { byCategoryAlone, type TopicInForce } from './topics.ts';

/** A title that names a strong word is enough, and so is a keyword, or two mentions in the abstract. */
const STRONG = 2.7;
/** Two of three weak words in the right places. */
const WEAK = 1.1;
const NOT = -3;

const checks = withTypebox(({ Type, Value }) => {
  const Words = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 500 });
  const schema = Type.Object(
    {
      slug: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 }),
      name: Type.String({ minLength: 1, maxLength: 100 }),
      description: Type.Optional(Type.String({ maxLength: 300 })),
      categories: Type.Optional(
        Type.Array(Type.String({ pattern: '^[a-z]+(-[a-z]+)*(\\.([A-Za-z]+(-[A-Za-z]+)*|\\*))?$' }), { maxItems: 100 }),
      ),
      keywords: Type.Optional(
        Type.Union([
          Words,
          Type.Object({ strong: Type.Optional(Words), weak: Type.Optional(Words) }, { additionalProperties: false }),
        ]),
      ),
      not: Type.Optional(Words),
    },
    { additionalProperties: false },
  );
  return { schema, check: Value.Check };
});
export type OwnTopic = Static<ReturnType<typeof checks>['schema']>;

const SHOULD_BE: Readonly<Record<string, string>> = {
  slug: 'lower-case letters, digits and single hyphens, at most 60',
  name: 'a text of 1 to 100 characters',
  description: 'a text of at most 300 characters',
  categories: 'a list of arXiv categories such as "cs.RO" or "math.*"',
  keywords: 'a list of words, or {"strong": […], "weak": […]}',
  not: 'a list of words',
};

export const ownTopicsFile = (dataDir: string): string => path.join(dataDir, 'topics.json');

/** The operator's topics, or what is wrong with the file, one sentence for each fault. */
export interface OwnTopics {
  topics: TopicInForce[];
  faults: string[];
}

/** What PAPERBOY_DATA/topics.json says; without a file there are none. */
export async function readOwnTopics(dataDir: string): Promise<OwnTopics> {
  const file = ownTopicsFile(dataDir);
  const found = await readOwnFile(file);
  if (found === null) return { topics: [], faults: [] };
  return 'fault' in found ? { topics: [], faults: [found.fault] } : parseOwnTopics(found.text, file);
}

/** Reads the text of the file. One fault makes all of it void, so that no half of it is in force. */
export function parseOwnTopics(text: string, file: string): OwnTopics {
  const list = parseOwnList(text, file, 'topics');
  if ('fault' in list) return { topics: [], faults: [list.fault] };
  const { entries } = list;
  const faults = entries.flatMap((entry, i) =>
    faultsOf(entry, entries.slice(0, i)).map((fault) => `${file}, topic ${i + 1}${nameOf(entry)}: ${fault}.`),
  );
  return { topics: faults.length > 0 ? [] : (entries as OwnTopic[]).map(inForce), faults };
}

const slugOf = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null && 'slug' in entry ? entry.slug : undefined;

function nameOf(entry: unknown): string {
  const slug = slugOf(entry);
  return typeof slug === 'string' ? ` ("${slug.slice(0, 60)}")` : '';
}

/**
 * What is wrong with an operator's topic that comes after these. `beside`: it adds to a topic that
 * ships, and need not say what falls under it.
 */
export function faultsOf(
  entry: unknown,
  before: readonly unknown[],
  { beside = false }: { beside?: boolean } = {},
): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return ['make it an object, {"slug": …}'];
  const unknown = Object.keys(entry).filter((field) => !Object.hasOwn(SHOULD_BE, field));
  const wrong = Object.keys(SHOULD_BE).filter((field) => !isRight(entry, field));
  const faults = [
    ...unknown.map((field) => `there is no field "${field.slice(0, 60)}", only ${Object.keys(SHOULD_BE).join(', ')}`),
    ...wrong.map((field) => `"${field}" must be ${SHOULD_BE[field]}`),
  ];
  return faults.length > 0 ? faults : faultsOfWhole(entry as OwnTopic, before, beside);
}

/** Whether one field is as it should be, the others left aside. */
function isRight(entry: object, field: string): boolean {
  const value = (entry as Record<string, unknown>)[field];
  const { schema, check } = checks();
  if (value === undefined) return !schema.required.includes(field as 'slug' | 'name');
  return check(schema.properties[field as keyof OwnTopic], value);
}

function faultsOfWhole(topic: OwnTopic, before: readonly unknown[], beside: boolean): string[] {
  const { strong, weak, not } = wordsOf(topic);
  const wordless = [...strong, ...weak, ...not].filter((word) => termOf(word) === '');
  return [
    ...(topic.slug === OVERALL ? [`"slug" cannot be "${OVERALL}", which stands for every paper`] : []),
    ...(before.some((other) => slugOf(other) === topic.slug) ? ['an earlier topic has the same "slug"'] : []),
    ...wordless.map((word) => `"${word.slice(0, 40)}" holds no letter or digit to look for`),
    ...(!beside && (topic.categories ?? []).length + strong.length + weak.length === 0
      ? ['give it "categories" or "keywords", or no paper falls under it']
      : []),
  ];
}

export function wordsOf({ keywords = [], not = [] }: OwnTopic): { strong: string[]; weak: string[]; not: string[] } {
  if (Array.isArray(keywords)) return { strong: keywords, weak: [], not };
  return { strong: keywords.strong ?? [], weak: keywords.weak ?? [], not };
}

/** What an operator's words weigh. */
function weighed(topic: OwnTopic): Record<string, number> {
  const { strong, weak, not } = wordsOf(topic);
  const weighted = (words: readonly string[], weight: number) => words.map((word): [string, number] => [word, weight]);
  return Object.fromEntries([...weighted(weak, WEAK), ...weighted(strong, STRONG), ...weighted(not, NOT)]);
}

/** A topic that ships with what an operator adds to it: its own words and categories still count. */
export function addedTo(shipped: TopicInForce, topic: OwnTopic): TopicInForce {
  const categories = topic.categories ?? [];
  return {
    ...shipped,
    name: topic.name,
    description: topic.description ?? '',
    categories: [...new Set([...shipped.categories, ...categories])],
    weights: { ...shipped.weights, ...byCategoryAlone(categories).weights },
    words: { ...shipped.words, ...weighed(topic) },
  };
}

export function inForce(topic: OwnTopic): TopicInForce {
  const categories = topic.categories ?? [];
  return {
    slug: topic.slug,
    kind: 'own',
    name: topic.name,
    description: topic.description ?? '',
    categories,
    ...byCategoryAlone(categories),
    words: weighed(topic),
  };
}

/**
 * The topics of the file. A broken one is warned about and left out, because a service without own
 * topics is better than none.
 */
export async function soundOwnTopics(dataDir: string, warn: (fault: string) => void): Promise<TopicInForce[]> {
  const { topics, faults } = await readOwnTopics(dataDir);
  for (const fault of faults) warn(fault);
  return topics;
}

/** The operator's topics; throws where the file is broken. */
export async function requireOwnTopics(dataDir: string): Promise<TopicInForce[]> {
  const { topics, faults } = await readOwnTopics(dataDir);
  if (faults.length > 0) throw new AppError('CONFIG_INVALID', faults.join('\n'));
  return topics;
}
