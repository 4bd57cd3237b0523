import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClassifier, strengthOfCategory, type PaperToClassify, type TopicRule } from '../src/papers/classify.ts';
import { type FindTerms, strengthOf, termFinder, termOf, termsOf } from '../src/papers/terms.ts';
import topics from '../src/papers/topics.json' with { type: 'json' };
import { figuresOf } from './topics/figures.ts';
import { isHeldOut, type Label, readLabels, readPapers } from './topics/papers.ts';
import priors from './topics/words.json' with { type: 'json' };

// Fits src/papers/topic-words.json: for each topic a logistic regression on the terms of a paper,
// drawn towards the words that a person wrote down (topics/words.json). It learns from
// topics/labels.json and from that half of --labels whose ids hash to an even number; the other
// half is for looking at what became of it.

const { values } = parseArgs({
  options: {
    labels: { type: 'string' },
    data: { type: 'string' },
    out: { type: 'string' },
    folds: { type: 'string', default: '5' },
  },
});
if (!values.labels || !values.data) throw new Error('Give --labels FILE and --data DIR[,DIR].');

const SUBJECTS = topics.filter((topic) => topic.kind === 'subject').map((topic) => topic.slug);
const PRIOR = { strong: 1, weak: 0.5, not: -0.5 };
/** How firmly a weight is held to where it begins: a word that a person gave, and any other. */
const HOLD = { given: 1.3, other: 4 };
/** What is "also" right teaches little: a reader would not miss it. */
const ALSO = 0.3;
const START = -3;
const HOLD_OF_START = 0.02;
const FEWEST_PAPERS = 5;
const LONGEST = 3;
/** Weights are shipped in tenths; less than two of them is noise, but for words that a person gave. */
const ROUND = 10;
const LEAST = { given: 0.1, other: 0.2 };
/** The category that a topic is read from says a little for it; these say more. */
const CATEGORY_PRIOR: Record<string, number> = { 'cs.CL': 0.3, 'cs.CV': 0.3, 'cs.IT': 0.3, 'cs.SI': 0.3 };

interface Example {
  label: Label;
  paper: PaperToClassify;
  /** Strength by feature: a term, or `category:cs.RO`. */
  features: Map<string, number>;
}

interface Feature {
  name: string;
  given: boolean;
  /** Where the weight for each subject begins. */
  prior: number[];
}

const STOP = new Set(
  (
    'the a of and to in for is are we our this that with on by an as from it its be can which these at or not than ' +
    'while their has have such through more also both across under into'
  ).split(' '),
);

/** What a term neither begins nor ends with: a stop word, a number, a letter alone. */
const isEmpty = (word: string): boolean => STOP.has(word) || word.length < 2 || !/\p{L}/u.test(word);

/** Every row of up to three words that could be a term. */
const everyTerm: FindTerms<string> = (row, found) => {
  for (let start = 0; start < row.length; start++)
    for (let end = start + 1; end <= Math.min(start + LONGEST, row.length); end++)
      if (!isEmpty(row[start]!) && !isEmpty(row[end - 1]!)) found(row.slice(start, end).join(' '));
};

/** The words that a person gave, as terms; those of four words are looked for as well. */
const GIVEN = givenTerms();

function givenTerms(): Map<string, number[]> {
  const given = new Map<string, number[]>();
  for (const [subject, slug] of SUBJECTS.entries())
    for (const kind of ['weak', 'strong', 'not'] as const)
      for (const word of priors[slug as keyof typeof priors][kind].split(', ').filter(Boolean)) {
        const prior = given.get(termOf(word)) ?? SUBJECTS.map(() => 0);
        prior[subject] = PRIOR[kind];
        given.set(termOf(word), prior);
      }
  return given;
}

const findGiven = termFinder([...GIVEN.keys()]);
const GIVEN_TERMS = [...GIVEN.keys()];

const everyTermAndGiven: FindTerms<string> = (row, found) => {
  everyTerm(row, (term) => {
    if (!GIVEN.has(term)) found(term);
  });
  findGiven(row, (number) => found(GIVEN_TERMS[number]!));
};

function featuresOf(paper: PaperToClassify): Map<string, number> {
  const features = new Map<string, number>();
  for (const [term, use] of termsOf(paper, everyTermAndGiven)) features.set(term, strengthOf(use));
  for (const [place, category] of paper.categories.entries())
    features.set(`category:${category}`, strengthOfCategory(place));
  return features;
}

function vocabularyOf(examples: readonly Example[]): Feature[] {
  const papers = new Map<string, number>();
  for (const { features } of examples)
    for (const name of features.keys()) papers.set(name, (papers.get(name) ?? 0) + 1);
  const features: Feature[] = [...GIVEN].map(([name, prior]) => ({ name, given: true, prior }));
  for (const category of new Set(topics.filter((t) => t.kind === 'subject').flatMap((t) => t.categories)))
    features.push({
      name: `category:${category}`,
      given: true,
      prior: SUBJECTS.map((slug) =>
        topics.find((t) => t.slug === slug)!.categories.includes(category) ? (CATEGORY_PRIOR[category] ?? 0.8) : 0,
      ),
    });
  for (const [name, count] of papers)
    if (count >= FEWEST_PAPERS && !GIVEN.has(name) && !name.startsWith('category:'))
      features.push({ name, given: false, prior: SUBJECTS.map(() => 0) });
  return features;
}

/** The weights of one subject, the start first, by gradient descent with Barzilai–Borwein steps. */
function fitSubject(
  rows: readonly (readonly [number, number][])[],
  subject: number,
  examples: readonly Example[],
  features: readonly Feature[],
) {
  const slug = SUBJECTS[subject]!;
  const target = examples.map(({ label }) => Number(label.core.includes(slug) || label.also.includes(slug)));
  const care = examples.map(({ label }) => (label.also.includes(slug) ? ALSO : 1));
  const begin = [START, ...features.map((feature) => feature.prior[subject]!)];
  const hold = [HOLD_OF_START, ...features.map((feature) => (feature.given ? HOLD.given : HOLD.other))];
  const gradientAt = (weights: Float64Array): Float64Array => {
    const gradient = Float64Array.from(weights, (weight, i) => hold[i]! * (weight - begin[i]!));
    for (const [n, row] of rows.entries()) {
      let sum = weights[0]!;
      for (const [feature, strength] of row) sum += weights[feature]! * strength;
      const error = care[n]! * (1 / (1 + Math.exp(-sum)) - target[n]!);
      gradient[0]! += error;
      for (const [feature, strength] of row) gradient[feature]! += error * strength;
    }
    return gradient;
  };
  let weights = Float64Array.from(begin);
  let gradient = gradientAt(weights);
  let step = 1e-3;
  for (let turn = 0; turn < 150; turn++) {
    const next = weights.map((weight, i) => weight - step * gradient[i]!);
    const nextGradient = gradientAt(next);
    let moved = 0;
    let along = 0;
    for (let i = 0; i < next.length; i++) {
      const by = next[i]! - weights[i]!;
      moved += by * by;
      along += by * (nextGradient[i]! - gradient[i]!);
    }
    [weights, gradient] = [next, nextGradient];
    if (moved < 1e-10 || along <= 0) break;
    step = moved / along;
  }
  return weights;
}

function fit(examples: readonly Example[]): TopicRule[] {
  const features = vocabularyOf(examples);
  const place = new Map(features.map(({ name }, i) => [name, i + 1]));
  const rows = examples.map((example) =>
    [...example.features].flatMap(([name, strength]): [number, number][] => {
      const at = place.get(name);
      return at === undefined ? [] : [[at, strength]];
    }),
  );
  return SUBJECTS.map((slug, subject) => {
    const weights = fitSubject(rows, subject, examples, features);
    const kept = features
      .map(({ name, given }, i) => ({ name, given, weight: Math.round(ROUND * weights[i + 1]!) / ROUND }))
      .filter(({ given, weight }) => Math.abs(weight) >= (given ? LEAST.given : LEAST.other))
      .map(({ name, weight }): [string, number] => [name, weight])
      .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b));
    const [categories, words] = [
      kept.filter(([name]) => name.startsWith('category:')),
      kept.filter(([name]) => !name.startsWith('category:')),
    ];
    return {
      slug,
      kind: 'subject',
      start: Math.round(100 * weights[0]!) / 100,
      weights: Object.fromEntries(categories.map(([name, weight]) => [name.slice('category:'.length), weight])),
      words: Object.fromEntries(words),
    };
  });
}

const judge = (rules: readonly TopicRule[], examples: readonly Example[]) => {
  const { classify } = createClassifier(rules);
  return examples.map(({ label, paper }) => ({ label, slugs: classify(paper).map((verdict) => verdict.slug) }));
};

const given = readLabels(values.labels);
const own = readLabels(path.join(import.meta.dirname, 'topics/labels.json'));
const papers = await readPapers(values.data.split(','), new Set([...given, ...own].map((label) => label.id)));
const exampleOf = (label: Label): Example[] => {
  const paper = papers.get(label.id);
  return paper ? [{ label, paper, features: featuresOf(paper) }] : [];
};
const chosenOn = given.filter(({ id }) => !isHeldOut(id)).flatMap(exampleOf);
const heldOut = given.filter(({ id }) => isHeldOut(id)).flatMap(exampleOf);
const examples = [...chosenOn, ...own.flatMap(exampleOf)];

const folds = Number(values.folds);
if (!(folds >= 2)) throw new Error('Give --folds 2 or more: each is judged by what the others teach.');
const crossed = Array.from({ length: folds }, (_, fold) => {
  const left = examples.filter((_example, i) => i % folds === fold);
  return judge(fit(examples.filter((_example, i) => i % folds !== fold)), left);
}).flat();
const ofIds = (ids: ReadonlySet<string>) => crossed.filter(({ label }) => ids.has(label.id));
const rules = fit(examples);
if (values.out) writeFileSync(values.out, written(rules));
const figures = {
  learnedFrom: examples.length,
  terms: rules.reduce((sum, rule) => sum + Object.keys(rule.words).length, 0),
  crossValidated: {
    chosenHalf: short(ofIds(new Set(chosenOn.map(({ label }) => label.id)))),
    ownLabels: short(ofIds(new Set(own.map(({ id }) => id)))),
  },
  heldOutHalf: short(judge(rules, heldOut)),
};
console.log(JSON.stringify(figures));

function short(filed: ReturnType<typeof judge>) {
  const { topics: _, ...figuresOfAll } = figuresOf(filed, SUBJECTS);
  return figuresOfAll;
}

/** One line for all words of one weight, so that a person can read it and a change is seen. */
function written(fitted: readonly TopicRule[]): string {
  const lines = fitted.map(({ slug, start, weights, words }) => {
    const byWeight = Map.groupBy(Object.keys(words), (word) => words[word]!);
    const levels = [...byWeight].map(([weight, group]) => `      "${weight}": ${JSON.stringify(group.join(', '))}`);
    return `  ${JSON.stringify(slug)}: {\n    "start": ${start},\n    "categories": ${JSON.stringify(weights)},\n    "words": {\n${levels.join(',\n')}\n    }\n  }`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}
