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
 * How much a kind of trait counts. This and what follows was chosen on lists of 2025-06 … 11
 * (bench/results-search.md).
 */
const SHARE: Readonly<Record<TraitKind, number>> = { topic: 4, word: 1, author: 2 };
/** A trait is weighed as if it had stood so often among what was said as among recent papers. */
const DOUBT = 4;
/** What is not liked tells less: a reader who wants less of one paper may still want its topic. */
const AGAINST = 0.5;
const MOST_WEIGHTS = 24;
/** A weight that is not seen on the page moves nothing. */
const SMALLEST = 0.01;

/** What was said of papers, counted by their traits. */
interface Counts {
  liked: Background;
  not: Background;
}

/** How much more often a trait stands among some papers than it usually does, in its logarithm. */
const lift = (times: number, of: number, usual: number): number => Math.log((times + DOUBT) / (of * usual + DOUBT));

/** What a trait weighs by these counts. `without`: as if this one had not been said. */
function weigh(id: string, { liked, not }: Counts, usual: number, without?: Said): number {
  const [lessLiked, lessNot] = without === undefined ? [0, 0] : [Number(without.liked), Number(!without.liked)];
  const pro = lift((liked.papers.get(id) ?? 0) - lessLiked, liked.of - lessLiked, usual);
  const contra = lift((not.papers.get(id) ?? 0) - lessNot, not.of - lessNot, usual);
  return SHARE[kindOf(id)] * (pro - AGAINST * contra);
}

/**
 * The list of weights that a reader's words come to, the strongest first: how much more often a
 * trait stands among what was liked than among recent papers, less half the same of what was not
 * liked, and all of it as far as the words agree with each other.
 */
export function tasteOf(said: readonly Said[], background: Background): Weight[] {
  const traits = new Map(said.flatMap((one) => one.traits.map((trait) => [trait.id, trait])));
  const counts = { liked: countOf(said.filter((one) => one.liked)), not: countOf(said.filter((one) => !one.liked)) };
  const usual = (id: string): number => ((background.papers.get(id) ?? 0) + 1) / (background.of + 2);
  const trust = trustIn(said, (id, without) => weigh(id, counts, usual(id), without));
  return [...traits.values()]
    .map((trait) => ({ ...trait, weight: trust * weigh(trait.id, counts, usual(trait.id)) }))
    .filter(({ weight }) => Math.abs(weight) >= SMALLEST)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST_WEIGHTS);
}

const countOf = (said: readonly Said[]): Background => backgroundOf(said.map(({ traits }) => traits));

/** Before a reader said much, their words are taken to agree so well, as if by so many pairs. */
const AGREEMENT = { before: 0.65, pairs: 20 };
/** Words that agree so well are trusted as they are; better ones a little more. */
const TRUSTED_AT = 0.75;
const MOST_TRUST = 1.5;

/**
 * How far a reader's words are to be trusted: by how often a paper that they liked weighs more than
 * one that they did not, each by what all the other words come to. Where that is chance, a taste
 * would only shuffle their digests.
 */
function trustIn(said: readonly Said[], weighed: (id: string, without: Said) => number): number {
  const worth = (one: Said): number => one.traits.reduce((sum, { id }) => sum + weighed(id, one), 0);
  const liked = said.filter((one) => one.liked).map(worth);
  const not = said.filter((one) => !one.liked).map(worth);
  const right = liked.flatMap((a) => not.map((b) => (Math.sign(a - b) + 1) / 2)).reduce((sum, one) => sum + one, 0);
  const agreement = (right + AGREEMENT.before * AGREEMENT.pairs) / (liked.length * not.length + AGREEMENT.pairs);
  return Math.min(MOST_TRUST, (Math.max(0, agreement - 0.5) / (TRUSTED_AT - 0.5)) ** 2);
}

/** The most that a taste moves a score by: seven times the votes, or two days of age. */
const BOUND = 2;
const STEEPNESS = 0.5;
/** Weights that come to no more than this say nothing of a paper. */
const UNSURE = 0.4;

/** Whether these weights together move a paper that has them all. */
export const isFelt = (weights: readonly { weight: number }[]): boolean =>
  Math.abs(weights.reduce((sum, { weight }) => sum + weight, 0)) > UNSURE;

/** By how much a taste moves the score of a paper with these traits, from -BOUND to BOUND. */
export function leanOf(taste: ReadonlyMap<string, number>, traits: readonly Trait[]): number {
  const sum = traits.reduce((total, { id }) => total + (taste.get(id) ?? 0), 0);
  const sure = Math.sign(sum) * Math.max(0, Math.abs(sum) - UNSURE);
  return BOUND * Math.tanh(STEEPNESS * sure);
}
