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

/**
 * What may follow a filter after a space. Titles have colons too: "From Charts to Code: A Benchmark"
 * asks for no code.
 */
const AFTER_SPACE = String.raw`(?<=(?:author|org|topic):)\s+(?=[^\s:]+(?:\s|$)|")
  |(?<=category:)\s+(?=(?:[a-z-]+\.[a-z-]+|cs|math|stat|eess|econ|physics|quant-ph)\b)
  |(?<=code:)\s+(?=(?:yes|no|true|false|github|gitlab)\b)
  |(?<=(?:after|before):)\s+(?=\d{4}\b)`.replace(/\n\s+/g, '');
const TOKEN = new RegExp(
  String.raw`(?<not>-)?(?:(?<filter>${FILTERS.join('|')}):(?:${AFTER_SPACE}|(?=\S)|\s*$))?` +
    String.raw`(?:"(?<quoted>[^"]*)"?|(?<bare>[^\s"]+)|(?<=:\s*)$)`,
  'giu',
);
const QUOTES = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]/g;
const OR = /^(?:or|\|{1,2})$/i;

interface Token {
  not: boolean;
  filter: Filter | null;
  quoted: string | null;
  text: string;
}

/** Reads a question. Pure, and takes everything: what it cannot read, it says. */
export function parseQuery(input: string): Query {
  const text = clean(input);
  const query: Query = { text, clauses: [], after: null, before: null, misread: [] };
  if (input.trim().length > MOST_CHARACTERS) query.misread.push(['misread-long', { characters: MOST_CHARACTERS }]);
  let joinsNext = false;
  for (const token of tokensOf(text)) {
    if (token.filter === null && token.quoted === null && !token.not && OR.test(token.text)) {
      joinsNext = query.clauses.length > 0;
      continue;
    }
    const clauses = clausesOf(token, query);
    const [first, ...rest] = clauses;
    const last = query.clauses.at(-1);
    if (joinsNext && first && last && !last.not && !first.not) last.any.push(...first.any);
    else if (first) query.clauses.push(first);
    query.clauses.push(...rest);
    if (clauses.length > 0) joinsNext = false;
  }
  if (query.clauses.length > MOST_TERMS) {
    query.clauses = query.clauses.slice(0, MOST_TERMS);
    query.misread.push(['misread-many', { words: MOST_TERMS }]);
  }
  return query;
}

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
  for (const { groups } of text.matchAll(TOKEN)) {
    const { not, filter, quoted, bare } = groups!;
    yield {
      not: not !== undefined,
      filter: filter === undefined ? null : (filter.toLowerCase() as Filter),
      quoted: quoted ?? null,
      text: quoted ?? bare ?? '',
    };
  }
}

/** What a token asks. Days and misreadings go to the query. */
function clausesOf(token: Token, query: Query): Clause[] {
  const { filter, not, quoted, text } = token;
  const words = wordsOf(text);
  if (filter === null) {
    if (words.length === 0) return [];
    if (quoted !== null || not) return [{ any: [phraseOf(words)], not }];
    return words.map((word) => ({ any: [{ kind: 'word', word }], not }));
  }
  if (text.trim() === '') {
    query.misread.push(['misread-nothing-after', { filter }]);
    return [];
  }
  const values = quoted === null ? text.split(/[,;]/).filter(Boolean) : [text];
  const clauses = values.flatMap((value) => FILTERED[filter](value, not, query));
  return clauses.length === 0 ? [] : [{ any: clauses.flatMap(({ any }) => any), not }];
}

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

const CODE_SAID: Readonly<Record<string, string>> = { true: 'yes', false: 'no' };

const FILTERED: Readonly<Record<Filter, (text: string, not: boolean, query: Query) => Clause[]>> = {
  author: asWords('author'),
  org: asWords('org'),
  topic: asValue('topic', (text) => nameKey(text)),
  category: asValue('category', (text) => text.toLowerCase().replace(/[^a-z.-]/g, '')),
  code: asValue('code', (text) => CODE_SAID[nameKey(text)] ?? nameKey(text)),
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
