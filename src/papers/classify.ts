import type { Paper } from '../paper.ts';
import { strengthOf, termFinder, termOf, termsOf, type Use } from './terms.ts';

/** What decides whether a paper falls under a topic. All weights are log-odds, and add up. */
export interface TopicRule {
  slug: string;
  /**
   * `subject`: weighed by words, at most four a paper. `own`: the operator's, beside those.
   * `archive`: a part of the wider arXiv, by category alone.
   */
  kind: 'subject' | 'own' | 'archive';
  /** The log-odds of a paper of which nothing is known. */
  start: number;
  words: Readonly<Record<string, number>>;
  /** By category, such as `cs.RO`, or all of an archive, such as `math.*`. */
  weights: Readonly<Record<string, number>>;
  /** Takes a paper only where no subject and no topic of the operator's does. */
  rest?: boolean;
}

/** One thing about a paper that counted for or against a topic. */
export interface Evidence {
  what: string;
  where: string;
  weight: number;
}

export interface Verdict {
  slug: string;
  /** How sure it is, from 0 to 1. */
  score: number;
  /** What weighs most comes first. */
  evidence: Evidence[];
}

export type PaperToClassify = Pick<Paper, 'title' | 'abstract' | 'keywords' | 'categories'>;

export interface Classifier {
  /** The topics that a paper falls under, the surest first, archives last. */
  classify(paper: PaperToClassify): Verdict[];
  /** The topics that came nearest without taking it, the nearest first. */
  nearest(paper: PaperToClassify, count: number): Verdict[];
}

/** From here on a paper belongs. Chosen by cross-validation: bench/results-content.md. */
export const BELONGS = 0.3;
/** Rather one topic that is likely than none. */
const BELONGS_ALONE = 0.15;
const MOST_SUBJECTS = 4;
const CROSS_LISTED = 0.4;

/** A cross-list says less about a paper than the category it was submitted to, which comes first. */
export const strengthOfCategory = (place: number): number => (place === 0 ? 1 : CROSS_LISTED);

/** Something known of a paper: how much it counts, and the row of weights that it counts with. */
interface Fact {
  what: string;
  /** Null of a category. */
  use: Use | null;
  strength: number;
  row: Float64Array;
}

/** Makes the classifier of these topics; to be made once, and used for every paper. */
export function createClassifier(rules: readonly TopicRule[]): Classifier {
  const byTerm = rowsOf(rules, (rule) => rule.words, termOf);
  const byCategory = rowsOf(rules, (rule) => rule.weights, String);
  const terms = [...byTerm.keys()];
  const rows = [...byTerm.values()];
  const find = termFinder(terms);
  const starts = Float64Array.from(rules, (rule) => rule.start);

  function factsOf(paper: PaperToClassify): Fact[] {
    const facts: Fact[] = [];
    for (const [term, use] of termsOf(paper, find))
      facts.push({ what: terms[term]!, use, strength: strengthOf(use), row: rows[term]! });
    for (const [place, what] of paper.categories.entries())
      for (const name of [what, archiveOf(what)]) {
        const row = byCategory.get(name);
        if (row) facts.push({ what, use: null, strength: strengthOfCategory(place), row });
      }
    return facts;
  }

  function weigh(paper: PaperToClassify) {
    const facts = factsOf(paper);
    const sums = starts.slice();
    for (const { strength, row } of facts)
      for (let rule = 0; rule < row.length; rule++) sums[rule]! += strength * row[rule]!;
    const chances = sums.map((logOdds) => 1 / (1 + Math.exp(-logOdds)));
    const verdict = (rule: number): Verdict => ({
      slug: rules[rule]!.slug,
      score: chances[rule]!,
      // Only a person who asks reads it, and ten thousand papers are filed for an edition.
      get evidence() {
        return evidenceFor(rule, facts);
      },
    });
    return { filed: decide(rules, chances), chances, verdict };
  }

  return {
    classify(paper) {
      const { filed, verdict } = weigh(paper);
      return filed.map(verdict);
    },
    nearest(paper, count) {
      const { filed, chances, verdict } = weigh(paper);
      return rules
        .map((_, rule) => rule)
        .filter((rule) => !filed.includes(rule) && rules[rule]!.kind !== 'archive')
        .toSorted((a, b) => chances[b]! - chances[a]!)
        .slice(0, count)
        .map(verdict);
    },
  };
}

/** Which topics a paper falls under, by their places in the list, given how likely each is. Pure. */
function decide(rules: readonly TopicRule[], chances: Float64Array): number[] {
  const of = (kind: TopicRule['kind']): number[] =>
    rules
      .map((_, rule) => rule)
      .filter((rule) => rules[rule]!.kind === kind && chances[rule]! > 0)
      .toSorted((a, b) => chances[b]! - chances[a]! || a - b);
  const belongs = (rule: number): boolean => chances[rule]! >= BELONGS;
  const likely = of('subject');
  const subjects = likely.filter(belongs).slice(0, MOST_SUBJECTS);
  const likeliest = likely.slice(0, 1).filter((rule) => chances[rule]! >= BELONGS_ALONE);
  const filed = [...(subjects.length > 0 ? subjects : likeliest), ...of('own').filter(belongs)];
  const isOpen = (rule: number): boolean => filed.length === 0 || !rules[rule]!.rest;
  return [...filed, ...of('archive').filter((rule) => belongs(rule) && isOpen(rule))];
}

/** What each name weighs for each of the topics, by the form under which it is looked for. */
function rowsOf(
  rules: readonly TopicRule[],
  weightsOf: (rule: TopicRule) => Readonly<Record<string, number>>,
  keyOf: (name: string) => string,
): Map<string, Float64Array> {
  const rows = new Map<string, Float64Array>();
  for (const [rule, topic] of rules.entries())
    for (const [name, weight] of Object.entries(weightsOf(topic))) {
      const key = keyOf(name);
      const row = rows.get(key) ?? new Float64Array(rules.length);
      row[rule] = weight;
      if (key !== '') rows.set(key, row);
    }
  return rows;
}

/** `math.OC` is of `math.*`; `quant-ph`, which has no parts, of `quant-ph.*`. */
const archiveOf = (category: string): string => `${category.split('.', 1)[0]}.*`;

const evidenceFor = (rule: number, facts: readonly Fact[]): Evidence[] =>
  facts
    .filter(({ row }) => row[rule] !== 0)
    .map(({ what, use, strength, row }) => ({
      what,
      where: use ? placesOf(use) : 'category',
      weight: strength * row[rule]!,
    }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));

function placesOf({ title, keywords, abstract }: Use): string {
  const below = abstract > 1 ? `abstract × ${abstract}` : 'abstract';
  return [title && 'title', keywords && 'keywords', abstract > 0 && below].filter(Boolean).join(', ');
}
