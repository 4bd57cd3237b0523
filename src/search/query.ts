import { nameKey, type Word, wordsOf } from './fold.ts';
import type { Misread } from './misread.ts';

/** What is looked for in one place: words that stand together, or any of several such. */
export type Term =
  | { kind: 'word'; word: Word }
  | { kind: 'phrase'; words: Word[] }
  | { kind: 'author' | 'org'; words: Word[] }
  | { kind: 'topic' | 'category' | 'code'; value: string };

/** At least one of the terms; or, with `not`, none of them. */
export interface Clause {
  any: Term[];
  not: boolean;
}

/** A question as it was understood. All of its clauses hold. */
export interface Query {
  text: string;
  clauses: Clause[];
  /** Days, `YYYY-MM-DD`: from the first on, and before the other. */
  after: string | null;
  before: string | null;
  /** What was not understood. */
  misread: Misread[];
}

/** What of a question is read: a long title with some filters fits. */
export const MOST_CHARACTERS = 400;
/** More say nothing new, and each costs time. */
const MOST_TERMS = 32;

const FILTERS = ['author', 'org', 'topic', 'category', 'code', 'after', 'before'] as const;
type Filter = (typeof FILTERS)[number];

/** The categories of arXiv that have no dot: https://arxiv.org/category_taxonomy */
const ARCHIVES =
  'cs|math|stat|eess|econ|physics|quant-ph|astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|' +
  'nucl-(?:ex|th)|q-bio|q-fin';

const FILTER = `(?:${FILTERS.join('|')}):`;
/**
 * What may follow a filter after a space. Titles have colons too: "From Charts to Code: No Free Lunch"
 * asks for no code.
 */
const AFTER_SPACE = String.raw`(?<=(?:author|org|topic):)\s+(?=[^\s:]+(?:\s|$)|")
  |(?<=category:)\s+(?=(?:[a-z-]+\.[a-z-]+|${ARCHIVES})(?![\w-]))
  |(?<=code:)\s+(?=(?:yes|no|true|false|github|gitlab)\s*(?:$|\s-?${FILTER}))
  |(?<=(?:after|before):)\s+(?=\d{4}\b)`.replace(/\n\s+/g, '');
const TOKEN = new RegExp(
  String.raw`(?<not>-)?(?:(?<filter>${FILTERS.join('|')}):(?<space>${AFTER_SPACE}|(?=\S)|\s*$))?` +
    String.raw`(?:"(?<quoted>[^"]*)"?|(?<bare>[^\s"]+)|(?<=:\s*)$)`,
  'giu',
);
/** Another value of the same filter, behind a comma. */
const MORE = /(?:(?<=[,;])|[,;])(?<space>\s*)(?:"(?<quoted>[^"]*)"?|(?<bare>[^\s"]+))/uy;
const QUOTES = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]/g;
const OR = /^(?:or|\|{1,2})$/i;

interface Token {
  not: boolean;
  filter: Filter | null;
  /** A space stands behind the filter's colon. */
  isSpaced: boolean;
  /** More than one only of a filter. */
  values: Value[];
  /** As it is written. */
  source: string;
}
interface Value {
  text: string;
  isQuoted: boolean;
}

/**
 * Reads a question. Pure, and takes everything: what it cannot read, it says. "Topic: a title" names no
 * topic where `isTopic` knows none of that name.
 */
export function parseQuery(input: string, isTopic: (slug: string) => boolean = () => true): Query {
  const text = clean(input);
  const query: Query = { text, clauses: [], after: null, before: null, misread: [] };
  if (input.trim().length > MOST_CHARACTERS) query.misread.push(['misread-long', { characters: MOST_CHARACTERS }]);
  let joinsNext = false;
  for (const token of tokensOf(text)) {
    if (isOr(token)) {
      joinsNext = query.clauses.length > 0;
      continue;
    }
    const clauses = clausesOf(token, query, isTopic);
    const [first, ...rest] = clauses;
    const last = query.clauses.at(-1);
    if (joinsNext && first && last && !last.not && !first.not) last.any.push(...first.any);
    else if (first) query.clauses.push(first);
    query.clauses.push(...rest);
    if (clauses.length > 0) joinsNext = false;
  }
  const { after, before } = query;
  if (after !== null && before !== null && after >= before) query.misread.push(['misread-days', { after, before }]);
  return withFewTerms(query);
}

const isOr = ({ filter, not, values: [value] }: Token): boolean =>
  filter === null && !not && value !== undefined && !value.isQuoted && OR.test(value.text);

function withFewTerms(query: Query): Query {
  let left = MOST_TERMS;
  const clauses = query.clauses.flatMap((clause) => {
    const any = clause.any.slice(0, left);
    left -= any.length;
    return any.length === 0 ? [] : [{ ...clause, any }];
  });
  if (query.clauses.every(({ any }, i) => any.length === clauses[i]?.any.length)) return query;
  return { ...query, clauses, misread: [...query.misread, ['misread-many', { words: MOST_TERMS }]] };
}

/** The question without its filters, in the pieces that it was written in. */
export const piecesWithoutFilters = (text: string): string[] =>
  [...tokensOf(text)]
    .filter((token) => token.filter === null && !isOr(token))
    .map(({ source }) => source)
    .filter(Boolean);

const clean = (input: string): string =>
  input
    .slice(0, 2 * MOST_CHARACTERS)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufffd]+/gu, ' ')
    .replace(QUOTES, '"')
    .replaceAll('\uff1a', ':')
    .trim()
    .slice(0, MOST_CHARACTERS)
    .toWellFormed()
    .replaceAll('\ufffd', '');

function* tokensOf(text: string): Generator<Token> {
  const token = new RegExp(TOKEN);
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const { not, filter, space = '' } = found.groups!;
    const kind = filter === undefined ? null : (filter.toLowerCase() as Filter);
    const isSpaced = space !== '';
    const values = [valueIn(found)];
    if (kind !== null && !isDay(kind)) {
      const maySpace = isSpaced || !isName(kind);
      MORE.lastIndex = token.lastIndex;
      for (let more = MORE.exec(text); more !== null; more = MORE.exec(text)) {
        if (more.groups!['space'] !== '' && !maySpace) break;
        values.push(valueIn(more));
        token.lastIndex = MORE.lastIndex;
      }
    }
    if (token.lastIndex === found.index) token.lastIndex++;
    yield { not: not !== undefined, filter: kind, isSpaced, values, source: text.slice(found.index, token.lastIndex) };
  }
}

const isDay = (filter: Filter): boolean => filter === 'after' || filter === 'before';
const isName = (filter: Filter): boolean => filter === 'author' || filter === 'org';

const valueIn = ({ groups }: RegExpExecArray): Value => ({
  text: groups!['quoted'] ?? groups!['bare'] ?? '',
  isQuoted: groups!['quoted'] !== undefined,
});

/** What a token asks. Days and misreadings go to the query. */
function clausesOf(token: Token, query: Query, isTopic: (slug: string) => boolean): Clause[] {
  const { filter, not, isSpaced } = token;
  const values = filter === null ? token.values : partsOf(filter, token.values);
  if (filter === null) return values.flatMap((value) => wordClauses(value, not));
  if (filter === 'topic' && isSpaced && !not && !values.some(({ text }) => isTopic(nameKey(text))))
    return [{ text: filter, isQuoted: false }, ...values].flatMap((value) => wordClauses(value, not));
  const clauses = values.flatMap(({ text }) => FILTERED[filter](text, not, query));
  if (clauses.length > 0) return [{ any: clauses.flatMap(({ any }) => any), not }];
  if (values.length === 0 || !isDay(filter)) query.misread.push(['misread-nothing-after', { filter }]);
  return [];
}

function wordClauses({ text, isQuoted }: Value, not: boolean): Clause[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  if (isQuoted || not) return [{ any: [phraseOf(words)], not }];
  return words.map((word) => ({ any: [{ kind: 'word', word }], not }));
}

/** The values of a filter. A name may hold a comma ("Hinton, Geoffrey"): only quotes part names. */
function partsOf(filter: Filter, values: readonly Value[]): Value[] {
  const isOne = isName(filter) && !values.some(({ isQuoted }) => isQuoted);
  const parts = isOne ? [{ text: values.map(({ text }) => text).join(' '), isQuoted: false }] : values;
  return parts
    .flatMap((value) => (value.isQuoted || isName(filter) || isDay(filter) ? value : valuesIn(value.text)))
    .filter(({ text }) => text.trim() !== '');
}

const valuesIn = (text: string): Value[] => text.split(/[,;]/).map((part) => ({ text: part, isQuoted: false }));

const phraseOf = (words: Word[]): Term =>
  words.length === 1 ? { kind: 'word', word: words[0]! } : { kind: 'phrase', words };

const asWords =
  (kind: 'author' | 'org') =>
  (text: string, not: boolean): Clause[] => {
    const words = wordsOf(text);
    return words.length === 0 ? [] : [{ any: [{ kind, words }], not }];
  };
const asValue =
  (kind: 'topic' | 'category' | 'code', valueOf: (text: string) => string) =>
  (text: string, not: boolean): Clause[] => {
    const value = valueOf(text);
    return value === '' ? [] : [{ any: [{ kind, value }], not }];
  };
const asDay =
  (side: 'after' | 'before') =>
  (text: string, not: boolean, query: Query): Clause[] => {
    const day = dayFrom(text);
    if (day === null || not) query.misread.push(['misread-no-day', { filter: side, text: text.slice(0, 40) }]);
    else query[side] = day;
    return [];
  };

const CODE_SAID: ReadonlyMap<string, string> = new Map([
  ['true', 'yes'],
  ['false', 'no'],
]);

const FILTERED: Readonly<Record<Filter, (text: string, not: boolean, query: Query) => Clause[]>> = {
  author: asWords('author'),
  org: asWords('org'),
  topic: asValue('topic', (text) => nameKey(text)),
  category: asValue('category', (text) => text.toLowerCase().replace(/[^a-z.-]/g, '')),
  code: asValue('code', (text) => CODE_SAID.get(nameKey(text)) ?? nameKey(text)),
  after: asDay('after'),
  before: asDay('before'),
};

/** `2026`, `2026-05` and `2026-05-29` begin on a day; `null` for what is none. */
function dayFrom(text: string): string | null {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(text) ?? [];
  if (year === undefined || year === '0000') return null; // which Postgres does not know
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const moment = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== iso ? null : iso;
}

/** Whether the question names what is looked for, and not only days or what is to be left out. */
export const namesSomething = ({ clauses }: Query): boolean => clauses.some(({ not }) => !not);

/** Every word that the question names, filters left out. */
export const wordsIn = ({ clauses }: Query): Word[] => clauses.flatMap(({ any }) => any.flatMap(wordsOfTerm));

export function wordsOfTerm(term: Term): Word[] {
  if (term.kind === 'word') return [term.word];
  return 'words' in term ? term.words : [];
}
