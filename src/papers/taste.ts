import type { Paper } from '../paper.ts';
import { nameKey } from '../search/fold.ts';
import { words } from './terms.ts';
import type { Topics } from './topics.ts';

/** Something that papers share and readers like or not: a topic, a word, an author. */
export interface Trait {
  /** `topic:robotics`, `word:diffusion`, `author:ada-lovelace`. */
  id: string;
  /** As people read it. */
  label: string;
}

export const TRAIT_KINDS = ['topic', 'word', 'author'] as const;
type TraitKind = (typeof TRAIT_KINDS)[number];

export const kindOf = (id: string): TraitKind => id.slice(0, id.indexOf(':')) as TraitKind;

/** The slug of a trait that is a topic. */
export const slugIn = (id: string): string | null => (kindOf(id) === 'topic' ? id.slice('topic:'.length) : null);

type PaperWithTraits = Pick<Paper, 'title' | 'keywords' | 'authors'>;

/** They stand in many titles and say nothing of the paper. */
const STOP_WORDS = new Set(
  (
    'a an and are as at be beyond by can do does for from how in into is it its more need not of on or our over ' +
    'than that the their them then there these they this to toward towards under up via we what when where which ' +
    'while who why with without you your using based new all one two large'
  ).split(' '),
);
/** A paper of a hundred authors says little of any of them. */
const MOST_AUTHORS = 12;

/** What can be liked about a paper; `topics` are those that it falls under. */
export function traitsOf(paper: PaperWithTraits, topics: readonly { slug: string; name: string }[]): Trait[] {
  const spoken = new Set([paper.title, ...paper.keywords].flatMap(words));
  const said = [...spoken].filter((word) => word.length > 1 && !STOP_WORDS.has(word) && /\p{L}/u.test(word));
  const authors = paper.authors.length > MOST_AUTHORS ? [] : paper.authors;
  const traits = [
    ...topics.map(({ slug, name }) => ({ id: `topic:${slug}`, label: name })),
    ...said.map((word) => ({ id: `word:${word}`, label: word })),
    ...authors.map((name) => ({ id: `author:${nameKey(name)}`, label: name })),
  ];
  return [...new Map(traits.map((trait) => [trait.id, trait])).values()];
}

/** Finds the traits of papers, those of each paper once. */
export function createTraits({
  classify,
  list,
}: Pick<Topics, 'classify' | 'list'>): (paper: Paper) => readonly Trait[] {
  const known = new Map<string, readonly Trait[]>();
  const bySlug = new Map(list.map((topic) => [topic.slug, topic]));
  return (paper) => {
    const before = known.get(paper.id);
    if (before) return before;
    const traits = traitsOf(
      paper,
      classify(paper).flatMap(({ slug }) => bySlug.get(slug) ?? []),
    );
    known.set(paper.id, traits);
    return traits;
  };
}

/** What a reader said of a paper. */
export interface Said {
  traits: readonly Trait[];
  liked: boolean;
}

/** How much a trait counts for or against a paper. */
export interface Weight extends Trait {
  weight: number;
}

/** How many of some papers have each trait. */
export interface Background {
  papers: ReadonlyMap<string, number>;
  of: number;
}

/** How common traits are among these papers. */
export function backgroundOf(papers: readonly (readonly Trait[])[]): Background {
  const counts = new Map<string, number>();
  for (const { id } of papers.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { papers: counts, of: papers.length };
}

/**
 * Chosen on lists of 2025-06 … 11 (bench/results-search.md). `share`: how much a kind of trait
 * counts. `doubt`: a trait is weighed as if so many usual papers had been pressed at as well.
 */
const KINDS: Readonly<Record<TraitKind, { share: number; doubt: number }>> = {
  topic: { share: 2, doubt: 12 },
  word: { share: 0.1, doubt: 12 },
  author: { share: 0.5, doubt: 4 },
};
/** What is not liked tells less: a reader who wants less of one paper may still want its topic. */
const AGAINST = 0.5;
/** That a trait is missing from what was liked counts so much at most. */
const LEAST = -1;
/** So many presses, and a taste counts half of what it can. */
const HALF_TRUSTED = 10;
const MOST_WEIGHTS = 24;
/** A weight that is not seen on the page moves nothing. */
const SMALLEST = 0.01;

/**
 * The list of weights that a reader's words come to, the strongest first: how much more often a
 * trait stands among what was liked than among recent papers, in its logarithm, less half the same
 * of what was not liked.
 */
export function tasteOf(said: readonly Said[], background: Background): Weight[] {
  const traits = new Map(said.flatMap((one) => one.traits.map((trait) => [trait.id, trait])));
  const liked = countOf(said.filter((one) => one.liked));
  const not = countOf(said.filter((one) => !one.liked));
  const trust = said.length / (said.length + HALF_TRUSTED);
  return [...traits.values()]
    .map((trait) => {
      const { share, doubt } = KINDS[kindOf(trait.id)];
      const usual = ((background.papers.get(trait.id) ?? 0) + 1) / (background.of + 2);
      const lift = ({ papers, of }: Background): number =>
        Math.log(((papers.get(trait.id) ?? 0) / usual + doubt) / (of + doubt));
      return { ...trait, weight: trust * share * (Math.max(LEAST, lift(liked)) - AGAINST * lift(not)) };
    })
    .filter(({ weight }) => Math.abs(weight) >= SMALLEST)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST_WEIGHTS);
}

const countOf = (said: readonly Said[]): Background => backgroundOf(said.map(({ traits }) => traits));

/** The most that a taste moves a score by: seven times the votes, or two days of age. */
const BOUND = 2;
const STEEPNESS = 0.5;

/** By how much a taste moves the score of a paper with these traits, from -BOUND to BOUND. */
export function leanOf(taste: ReadonlyMap<string, number>, traits: readonly Trait[]): number {
  const sum = traits.reduce((total, { id }) => total + (taste.get(id) ?? 0), 0);
  return BOUND * Math.tanh(STEEPNESS * sum);
}
