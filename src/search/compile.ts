import { LEXEME, quoted } from './entry.ts';
import { joined, type Word } from './fold.ts';
import { type Clause, type Query, type Term, wordsIn, wordsOfTerm } from './query.ts';

/** What the index knows of a word. */
export interface Known {
  word: string;
  /** How many papers hold it in this form. */
  papers: number;
  parts: string | null;
  /** What the stemmer makes of it; `null` for a word that is everywhere ("the"). */
  stem: string | null;
}
export type Vocabulary = ReadonlyMap<string, Known>;

/** A question as the index takes it: text of tsqueries. */
export interface Compiled {
  /** What a paper must match; `null` where no words and no filters are left. */
  wanted: string | null;
  /** What it must not match. */
  unwanted: string | null;
  /** What holds also where not all words do: filters, and single words that are unwanted. */
  besides: string | null;
  /** What it is ranked by: any of the words, in the form given and in others. */
  rank: string | null;
  /** The words as they stand, one after the other. */
  phrase: string | null;
  /** Names that the words may be. */
  people: string | null;
  /** The same match, said so that the indexes answer it with as little reading as they can. */
  indexed: Indexed;
  /** Which share of all papers match, about. */
  share: number;
}

/**
 * A phrase is found by its pairs of words, in an index of their own: through an index of words
 * alone, each paper that holds them all would be read to see in which order they stand. Words that
 * nearly every paper holds are asked of the papers that rarer ones found: their lists are long.
 */
interface Indexed {
  /** One of them must hold. */
  arms: Arm[];
  /** What is asked of those that were found: few papers mostly. */
  rest: string | null;
  /**
   * What those that were found must not match, and the index does not tell, as of words in a row. They
   * may be many, and each has to be read for it.
   */
  sieve: string | null;
}

/** Pairs of words that an entry must all have, and what its words must match. */
interface Arm {
  pairs: string[];
  words: string | null;
}

/** The words, or all the pairs of one of the ways to write a phrase. */
interface Runs {
  /** The same for the index of words. */
  match: string;
  words: string | null;
  ways: string[][];
}

/** All words to be looked up for a question: its own, joined, and with their neighbours. */
export function wordsToLookUp(query: Query): string[] {
  const words = wordsIn(query);
  const parts = words.flatMap((word) => word.parts);
  const pairs = parts.slice(1).map((part, i) => parts[i]! + part);
  return [...new Set([...parts, ...pairs, ...words.flatMap((word) => joined(word) ?? [])])];
}

export const papersOf = (vocabulary: Vocabulary, word: string): number => vocabulary.get(word)?.papers ?? 0;

/** What papers must match, and what they must not. Pure. */
export function matchOf(query: Query, vocabulary: Vocabulary): string | null {
  return allOf([...wantedOf(query, vocabulary), ...unwantedOf(query).map(none)]);
}

const wantedOf = (query: Query, vocabulary: Vocabulary): string[] =>
  requiredOf(query, vocabulary).map(({ match }) => match);

function requiredOf({ clauses }: Query, vocabulary: Vocabulary): Unit[] {
  const wanted = clauses.filter(({ not }) => !not);
  const required = unitsOf(wanted, vocabulary);
  if (required.length > 0) return required;
  // A question of nothing but "the" and "of" is taken at its word.
  return wanted.map(({ any }) => ({ match: oneOf(any.map((t) => exactly(t))), papers: Infinity }));
}

const unwantedOf = ({ clauses }: Query, which: (clause: Clause) => boolean = () => true): string[] =>
  clauses.filter((clause) => clause.not && which(clause)).map(({ any }) => oneOf(any.map((t) => exactly(t))));

const none = (match: string): string => `!${match}`;

/** What the index of words can leave out. */
const singlyUnwanted = (query: Query): string[] => unwantedOf(query, (clause) => !hasRow(clause)).map(none);

/** Whether a term is words in a row. */
const isRow = (term: Term): boolean => term.kind !== 'org' && partsOf(term).length > 1;
const hasRow = ({ any }: Clause): boolean => any.some(isRow);

const isFilter = ({ any, not }: Clause): boolean =>
  !not && any.every(({ kind }) => kind !== 'word' && kind !== 'phrase');

/** So few papers are looked at themselves rather than in the index: each takes 50 µs. */
const FEW = 20;
/** Words of one question meet oftener than by chance. */
const TOGETHER = 3;

/** In how many of so many papers two words meet, about. */
export const together = (one: number, other: number, papers: number): number =>
  Math.min(one, other, (TOGETHER * one * other) / papers);

/** Fewer words are not trusted to be rare: what is counted is a form, and others may be common. */
const LEAST_WORDS = 3;
/** Papers that hold other forms of a word, at least. */
const OTHER_FORMS = 500;

function indexedOf(query: Query, vocabulary: Vocabulary, papers: number): Indexed {
  const phrased = query.clauses.filter((clause) => hasPhrase(clause));
  const plain = query.clauses.map((clause) => (hasPhrase(clause) ? NO_CLAUSE : clause));
  const units =
    phrased.length === 0
      ? requiredOf(query, vocabulary)
      : unitsOf(
          plain.filter(({ not }) => !not),
          vocabulary,
        );
  const [rare, common] = rarestFirst(units, papers);
  const words = rare.flatMap(({ match, split }) => (split === undefined ? [match] : []));
  const [runs, others] = withFewChoices([
    ...phrased.map((clause) => runsOf(clause, vocabulary)),
    ...rare.flatMap(({ split }) => split ?? []),
  ]);
  const isFound = words.length + runs.length > 0;
  const rest = [...common, ...runs.filter(isLong), ...(isFound ? others : [])].map(({ match }) => match);
  const unwanted = singlyUnwanted(query);
  // The index of words knows at once which of many hold none of these; alone it would go through all.
  const isMany = rest.length === 0 && (words.length > 0 || runs.length === 0);
  const found = [...words, ...(isFound ? [] : others.map(({ match }) => match)), ...(isMany ? unwanted : [])];
  return {
    arms: armsOf(runs, allOf(found)),
    rest: allOf(rest),
    sieve: anyLexeme(isMany ? unwantedOf(query, hasRow) : unwantedOf(query)),
  };
}

/** Each doubles the work. */
const MOST_ARMS = 8;

/** As many runs as give no more arms, and the others. */
function withFewChoices(runs: readonly Runs[]): [Runs[], Runs[]] {
  let arms = 1;
  const few: Runs[] = [];
  const others: Runs[] = [];
  for (const run of runs) {
    const choices = run.ways.length + (run.words === null ? 0 : 1);
    if (arms * choices > MOST_ARMS) others.push(run);
    else {
      arms *= choices;
      few.push(run);
    }
  }
  return [few, others];
}

/**
 * Every choice among the ways to write each run. Postgres looks an index up for each of some choices
 * that say all, and for none of a choice beside other conditions.
 */
const armsOf = (runs: readonly Runs[], words: string | null): Arm[] =>
  runs.reduce<Arm[]>(
    (arms, { words: inOne, ways }) =>
      arms.flatMap((arm) => [
        ...(inOne === null ? [] : [{ ...arm, words: allOf([inOne, arm.words].filter((m) => m !== null)) }]),
        ...ways.map((pairs) => ({ ...arm, pairs: [...arm.pairs, ...pairs] })),
      ]),
    [{ pairs: [], words }],
  );

const hasPhrase = ({ any, not }: Clause): boolean => !not && any.some(({ kind }) => kind === 'phrase');

/** Pairs alone do not tell that three words stand in a row. */
const isLong = ({ ways }: Runs): boolean => ways.some((pairs) => pairs.length > 1);

function runsOf(clause: Clause, vocabulary: Vocabulary): Runs {
  const words = unitOf({ any: clause.any.filter(({ kind }) => kind !== 'phrase'), not: false }, vocabulary);
  const phrases = clause.any.filter(({ kind }) => kind === 'phrase');
  return {
    match: unitOf(clause, vocabulary)!.match,
    words: words?.match ?? null,
    ways: phrases.flatMap(waysToWrite).map(pairsOf),
  };
}

/** The rarest units, as many as leave few papers to be looked at, and all others. */
function rarestFirst(units: readonly Unit[], papers: number): [Unit[], Unit[]] {
  const rising = units.toSorted((a, b) => a.papers - b.papers);
  let enough = 0;
  while (enough < rising.length && (enough < LEAST_WORDS || papers * shareOf(rising.slice(0, enough), papers) > FEW))
    enough++;
  return [rising.slice(0, enough), rising.slice(enough)];
}

/** Which share of so many papers some units meet in, about. */
const shareOf = (units: readonly Unit[], papers: number): number =>
  units
    .toSorted((a, b) => a.papers - b.papers)
    .reduce((share, one, i) => share * Math.min(1, ((i === 0 ? 1 : TOGETHER) * one.papers) / papers), 1);

/** Stands between words that are no neighbours. */
const NO_CLAUSE: Clause = { any: [], not: false };

/** As the function `search_pairs` of the database finds them. */
const pairsOf = (parts: readonly string[]): string[] =>
  parts.slice(1).map((part, i) => `${LEXEME.exact}${parts[i]!} ${LEXEME.exact}${part}`);

/** Compiles a question to about so many papers. Pure. */
export function compile(query: Query, vocabulary: Vocabulary, papers: number): Compiled {
  const wanted = query.clauses.filter(({ not }) => !not);
  const plain = wanted
    .flatMap(({ any }) => (any.length === 1 ? any : []))
    .flatMap((t) => (t.kind === 'word' ? [t.word] : []));
  const ranked = wordsIn({
    ...query,
    clauses: wanted.filter(({ any }) => any.some((t) => t.kind === 'word' || t.kind === 'phrase')),
  });
  return {
    wanted: allOf(wantedOf(query, vocabulary)),
    unwanted: anyLexeme(unwantedOf(query)),
    besides: allOf([
      ...query.clauses.filter(isFilter).map(({ any }) => oneOf(any.map((t) => exactly(t)))),
      ...singlyUnwanted(query),
    ]),
    indexed: indexedOf(query, vocabulary, papers),
    share: shareOf(requiredOf(query, vocabulary), papers),
    rank: anyLexeme(ranked.flatMap((word) => rankLexemes(word, vocabulary))),
    phrase: phraseOf(plain.flatMap(({ parts }) => parts)),
    people: anyLexeme(namesAmong(plain).map((key) => quoted(LEXEME.person + key))),
  };
}

/** What a paper must hold, and in about how many it is. */
interface Unit {
  match: string;
  papers: number;
  /** The same by pairs of words, where it has a phrase. */
  split?: Runs;
}

/** The clauses in their order; neighbours that papers also write as one word count as that too. */
function unitsOf(clauses: readonly Clause[], vocabulary: Vocabulary): Unit[] {
  const units: (Unit | null)[] = [];
  for (let i = 0; i < clauses.length; i++) {
    const [here, next] = [singleOf(clauses[i]), singleOf(clauses[i + 1])];
    const pair = here !== null && next !== null ? here + next : '';
    const inOne = isSaid(here, vocabulary) && isSaid(next, vocabulary) ? vocabulary.get(pair) : undefined;
    if (inOne !== undefined && inOne.papers > 0 && isStemOfBoth(inOne, here!)) {
      const both = [here!, next!].map((part) => wordUnit({ parts: [part] }, vocabulary));
      units.push(anyOf([allUnits(both), { match: quoted(inOne.stem!), papers: inOne.papers }]));
      i++;
    } else units.push(unitOf(clauses[i]!, vocabulary));
  }
  return units.filter((unit) => unit !== null);
}

function allUnits(units: readonly (Unit | null)[]): Unit | null {
  const said = units.filter((unit) => unit !== null);
  const match = allOf(said.map((unit) => unit.match));
  return match === null ? null : { match, papers: Math.min(...said.map(({ papers }) => papers)) };
}

function anyOf(units: readonly (Unit | null)[]): Unit | null {
  const said = units.filter((unit) => unit !== null);
  const [first, ...others] = said;
  if (first !== undefined && others.length === 0) return first;
  const match = anyLexeme(said.map((unit) => unit.match));
  return match === null ? null : { match, papers: said.reduce((sum, { papers }) => sum + papers, 0) };
}

/** The stem of "language-d" in one is that of "language": papers with it need not have the other. */
const isStemOfBoth = ({ stem }: Known, first: string): boolean => stem !== null && stem.length > first.length;

/** Words that are everywhere make no word with their neighbours. */
const isSaid = (word: string | null, vocabulary: Vocabulary): boolean =>
  word !== null && vocabulary.get(word)?.stem !== null;

/** The one word of a clause that is nothing else. */
function singleOf(clause: Clause | undefined): string | null {
  const [term, ...others] = clause?.any ?? [];
  return term?.kind === 'word' && others.length === 0 && term.word.parts.length === 1 ? term.word.parts[0]! : null;
}

const unitOf = ({ any }: Clause, vocabulary: Vocabulary): Unit | null =>
  anyOf(any.map((term) => termUnit(term, vocabulary)));

function termUnit(term: Term, vocabulary: Vocabulary): Unit | null {
  if (term.kind === 'word') return wordUnit(term.word, vocabulary);
  return { match: exactly(term), papers: fewest(partsOf(term), vocabulary) };
}

const fewest = (parts: readonly string[], vocabulary: Vocabulary): number =>
  Math.min(Infinity, ...parts.map((part) => papersOf(vocabulary, part)));

const partsOf = (term: Term): string[] => wordsOfTerm(term).flatMap((word) => word.parts);

/** A word in any of its forms; of one that is put together, its parts or all in one. */
function wordUnit(word: Word, vocabulary: Vocabulary): Unit | null {
  const whole = joined(word);
  const apart = allUnits(word.parts.map((part) => stemUnit(part, vocabulary)));
  const inOne = whole === null ? undefined : vocabulary.get(whole);
  if (inOne !== undefined && isStemOfBoth(inOne, word.parts.slice(0, -1).join('')))
    return anyOf([apart, { match: quoted(inOne.stem!), papers: inOne.papers }]);
  const split = splitOf(vocabulary.get(word.parts[0]!), vocabulary);
  if (word.parts.length > 1 || split === null || apart === null) return apart;
  const either = anyOf([apart, { match: phraseOf(split)!, papers: fewest(split, vocabulary) }])!;
  return { ...either, split: { match: either.match, words: apart.match, ways: [pairsOf(split)] } };
}

function stemUnit(part: string, vocabulary: Vocabulary): Unit | null {
  const known = vocabulary.get(part);
  if (known?.stem === null) return null;
  const stem = known?.stem ?? part;
  return { match: quoted(stem), papers: (known?.papers ?? 0) + (stem === part ? 0 : OTHER_FORMS) };
}

/**
 * What a word is made of that papers mostly write apart: "kvcache", and not "language", which one
 * had as "lan-guage", nor a number, which is not made of its digits.
 */
function splitOf(known: Known | undefined, vocabulary: Vocabulary): string[] | null {
  const split = known?.parts?.split(' ') ?? [];
  const isApart =
    split.length > 1 &&
    !/^\p{N}+$/u.test(known!.word) &&
    split.every((part) => papersOf(vocabulary, part) >= known!.papers);
  return isApart ? split : null;
}

/** A term as it is written. */
function exactly(term: Term): string {
  switch (term.kind) {
    case 'word':
      return wordExactly(term.word);
    case 'phrase':
      return oneOf(waysToWrite(term).map((parts) => phraseOf(parts)!));
    case 'author':
      return oneOf(waysToWrite(term).map((parts) => authorMatch(parts.map((part) => quoted(LEXEME.author + part)))));
    case 'org':
      return allOf(partsOf(term).map((part) => quoted(LEXEME.organisation + part)))!;
    default:
      return quoted(LEXEME[term.kind] + term.value);
  }
}

/** Words in a row, those that are put together in their parts or in one: "LeCun" and "Lecun". */
const waysToWrite = (term: Term): string[][] => waysOf(wordsOfTerm(term));

function waysOf(words: readonly Word[]): string[][] {
  const apart = words.flatMap(({ parts }) => parts);
  const inOne = words.flatMap((word) => joined(word) ?? word.parts);
  return inOne.length === apart.length ? [apart] : [apart, inOne];
}

const wordExactly = (word: Word): string => {
  const whole = joined(word);
  const apart = phraseOf(word.parts)!;
  return whole === null ? apart : oneOf([apart, quoted(LEXEME.exact + whole)]);
};

/** "Geoffrey Hinton" is "Geoffrey E. Hinton" too, and "Hinton, Geoffrey". */
function authorMatch(lexemes: readonly string[]): string {
  const [first, second] = lexemes;
  if (lexemes.length === 1) return first!;
  if (lexemes.length > 2) return `(${lexemes.join(' <-> ')})`;
  return oneOf([`(${first} <-> ${second})`, `(${first} <2> ${second})`, `(${second} <-> ${first})`]);
}

const phraseOf = (parts: readonly string[]): string | null =>
  parts.length === 0 ? null : `(${parts.map((part) => quoted(LEXEME.exact + part)).join(' <-> ')})`;
const allOf = (matches: readonly string[]): string | null => (matches.length === 0 ? null : `(${matches.join(' & ')})`);
const oneOf = (matches: readonly string[]): string => `(${matches.join(' | ')})`;
const anyLexeme = (matches: readonly string[]): string | null =>
  matches.length === 0 ? null : oneOf([...new Set(matches)]);

/** A form as it was asked for counts beside the stem, which all forms have. */
function rankLexemes(word: Word, vocabulary: Vocabulary): string[] {
  const whole = joined(word);
  return [...word.parts, ...(whole !== null && papersOf(vocabulary, whole) > 0 ? [whole] : [])].flatMap((part) => {
    const known = vocabulary.get(part);
    if (known?.stem === null) return [];
    return [quoted(known?.stem ?? part), quoted(LEXEME.exact + part)];
  });
}

/** Names have two to four words; "Hinton Geoffrey" is asked for too. */
function namesAmong(words: readonly Word[]): string[] {
  return waysOf(words).flatMap((way) => {
    const parts = way.slice(0, 12);
    const runs = [2, 3, 4].flatMap((length) =>
      parts.map((_, i) => parts.slice(i, i + length)).filter((run) => run.length === length),
    );
    const turned = parts.length === 2 ? [parts.toReversed()] : [];
    return [...runs, ...turned].map((run) => run.join('-'));
  });
}

/** One word of many, and how much it says. */
export interface Weighed {
  lexeme: string;
  weight: number;
  papers: number;
}

/** The words that say most, for papers that hold not all of them; rare words say more. */
export function mostTelling(query: Query, vocabulary: Vocabulary, papers: number): Weighed[] {
  const words = wordsIn({ ...query, clauses: query.clauses.filter(({ not }) => !not) }).flatMap((word) => word.parts);
  return [...new Set(words)]
    .map((word) => vocabulary.get(word))
    .filter((known) => known !== undefined && known.papers > 0 && known.stem !== null)
    .map((known) => ({ lexeme: known!.stem!, weight: Math.log(1 + papers / known!.papers), papers: known!.papers }))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, 12);
}
