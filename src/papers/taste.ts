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

/** What is taken to be so of a kind of trait before a reader said anything. */
interface Belief {
  /** The chance that a reader wants one trait of this kind, and that they want less of it. */
  wanted: number;
  unwanted: number;
  /** Of the papers that they say so of, this share is for that trait; the others have it by chance. */
  share: number;
  /** How much a trait counts that they want for sure. */
  counts: number;
}

/**
 * Readers want one or two of some twenty topics, and few of very many words and authors. This and
 * what follows was chosen on lists of 2025-06 … 11 (bench/results-content.md, ADR 24).
 */
const BELIEFS: Readonly<Record<TraitKind, Belief>> = {
  topic: { wanted: 0.07, unwanted: 0.02, share: 0.5, counts: 1 },
  word: { wanted: 0.006, unwanted: 0.002, share: 0.3, counts: 0.75 },
  author: { wanted: 0.002, unwanted: 0.001, share: 0.2, counts: 1 },
};
/** A trait that is wanted stands so often, beside what is usual, under "not for me": by a slip. */
const SLIP = 0.15;
/** What is not liked tells less: a reader who wants less of one paper may still want its topic. */
const AGAINST = 0.75;
/** What every paper has tells nothing, and is not reckoned with as if it were certain. */
const MOST_USUAL = 0.9;
const MOST_WEIGHTS = 24;
/** A weight that is not seen on the page moves nothing. */
const SMALLEST = 0.01;

/**
 * The list of weights that a reader's words come to, the strongest first. Each is the chance that
 * the reader wants more of a trait, less a part of the chance that they want less of it.
 */
export function tasteOf(said: readonly Said[], background: Background): Weight[] {
  const traits = new Map(said.flatMap((one) => one.traits.map((trait) => [trait.id, trait])));
  const liked = backgroundOf(said.filter((one) => one.liked).map((one) => one.traits));
  const not = backgroundOf(said.filter((one) => !one.liked).map((one) => one.traits));
  const weigh = (id: string): number => {
    const { wanted, unwanted, share, counts } = BELIEFS[kindOf(id)];
    const usual = Math.min(MOST_USUAL, (timesOf(id, background) + 1) / (background.of + 2));
    const [pro, contra] = [liked, not].map((side) => ({ times: timesOf(id, side), of: side.of })) as [Times, Times];
    const more = chance(wanted, evidence(pro, contra, usual, share));
    const less = chance(unwanted, evidence(contra, pro, usual, share));
    return counts * (more - AGAINST * less);
  };
  return [...traits.values()]
    .map((trait) => ({ ...trait, weight: weigh(trait.id) }))
    .filter(({ weight }) => Math.abs(weight) >= SMALLEST)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST_WEIGHTS);
}

const timesOf = (id: string, { papers }: Background): number => papers.get(id) ?? 0;

/** On how many of some papers a trait stands. */
interface Times {
  times: number;
  of: number;
}

/**
 * How much likelier a trait stands on these papers because it is why they were pressed than by
 * chance, in its logarithm. `pro` were pressed for it, and `contra` against it.
 */
function evidence(pro: Times, contra: Times, usual: number, share: number): number {
  const likelier = ({ times, of }: Times, rate: number): number =>
    times * Math.log(rate / usual) + (of - times) * Math.log((1 - rate) / (1 - usual));
  return likelier(pro, share + (1 - share) * usual) + likelier(contra, SLIP * usual);
}

/** By Bayes: what was likely before, and what the evidence makes of it. */
const chance = (before: number, evidence: number): number => 1 / (1 + ((1 - before) / before) * Math.exp(-evidence));

/** The most that a taste moves a score by: twenty times the votes, or three days of age. */
const BOUND = 3;
/** Weights that come to no more than this are too unsure to move a paper. */
const UNSURE = 0.4;

/** What a line counts for that its reader set to "more", and to "much more". */
const OWN_LEVELS: Readonly<Record<number, number>> = { 1: 0.6, 2: 0.85 };

/** A line of a taste as it is kept. */
interface Line {
  trait: string;
  /** What was learnt, or the level that the reader set. */
  weight: number;
  isOwn: boolean;
}

const countsFor = ({ weight, isOwn }: Line): number =>
  isOwn ? Math.sign(weight) * (OWN_LEVELS[Math.abs(weight)] ?? 0) : weight;

/** What the lines of a taste count for. */
export const weightsOf = (lines: readonly Line[]): Map<string, number> =>
  new Map(lines.map((line) => [line.trait, countsFor(line)]));

/** Whether these lines together move a paper that has them all. */
export const isFelt = (lines: readonly Line[]): boolean =>
  Math.abs(lines.reduce((sum, line) => sum + countsFor(line), 0)) > UNSURE;

/** By how much a taste moves the score of a paper with these traits, from -BOUND to BOUND. */
export function leanOf(taste: ReadonlyMap<string, number>, traits: readonly Trait[]): number {
  const sum = traits.reduce((total, { id }) => total + (taste.get(id) ?? 0), 0);
  const sure = Math.sign(sum) * Math.max(0, Math.abs(sum) - UNSURE);
  return BOUND * Math.max(-1, Math.min(1, sure));
}
