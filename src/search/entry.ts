import type { Paper } from '../paper.ts';
import { fold, joined, nameKey, type Word, wordsOf } from './fold.ts';

/** What a paper is found by, as the index takes it. */
export interface Entry {
  paperId: string;
  /** Title, keywords and people, and what filters ask, as text of a tsvector; the words are exact. */
  headLexemes: string;
  abstractLexemes: string;
  /** The same words for the stemmer, which is Postgres's. */
  title: string;
  keywords: string;
  names: string;
  abstract: string;
  day: string;
  firstSeenAt: Date;
  hasCode: boolean;
  organisation: string | null;
}

/** A word of the word table; `parts`: what a joined word is made of. */
export interface KnownWord {
  word: string;
  parts: string | null;
}

/** Lexemes that are no stems begin with what they are. */
export const LEXEME = {
  exact: '=',
  author: 'a:',
  person: 'n:',
  organisation: 'o:',
  category: 'c:',
  code: 'k:',
  topic: 't:',
  /** An organisation's whole name; it stands in no entry, and is put beside it where asked for. */
  organisationKey: 'O:',
} as const;

type Weight = 'A' | 'B' | 'C' | 'D';
/** Phrases do not run on from one part of a paper into the next. */
const GAP = 5;
/** Postgres takes no higher position and no more positions of a lexeme. */
const LAST_POSITION = 16_000;
const MOST_POSITIONS = 200;

/** Collects lexemes with their places. */
class Lexemes {
  private readonly places = new Map<string, string[]>();
  private next = 1;

  /** Adds words in their order, each also under the prefixes given. */
  words(words: readonly Word[], weight: Weight, prefixes: readonly string[] = [LEXEME.exact]): void {
    for (const word of words) {
      const first = this.next;
      for (const part of word.parts) {
        for (const prefix of prefixes) this.put(prefix + part, this.next, weight);
        this.next++;
      }
      const whole = joined(word);
      if (whole === null) continue;
      for (const prefix of prefixes) {
        this.put(prefix + whole, first, weight);
        this.put(prefix + whole, this.next - 1, weight);
      }
    }
    this.next += GAP;
  }

  mark(lexeme: string, weight: Weight): void {
    this.put(lexeme, LAST_POSITION, weight);
  }

  private put(lexeme: string, position: number, weight: Weight): void {
    const places = this.places.get(lexeme) ?? [];
    if (places.length < MOST_POSITIONS) places.push(`${Math.min(position, LAST_POSITION)}${weight}`);
    this.places.set(lexeme, places);
  }

  toString(): string {
    return [...this.places].map(([lexeme, places]) => `${quoted(lexeme)}:${places.join(',')}`).join(' ');
  }
}

/** A lexeme as tsvector and tsquery read it. */
export const quoted = (lexeme: string): string => `'${lexeme.replace(/['\\]/g, '$&$&')}'`;

/** The entry of a paper. Pure. */
export function entryOf(paper: Paper): Entry {
  const head = new Lexemes();
  const title = wordsOf(paper.title);
  const keywords = paper.keywords.map(wordsOf);
  const authors = paper.authors.map(wordsOf);
  const organisation = wordsOf(paper.organisation ?? '');
  const abstract = wordsOf(paper.abstract);
  head.words(title, 'A');
  for (const words of keywords) head.words(words, 'B');
  for (const words of authors) head.words(words, 'C', [LEXEME.exact, LEXEME.author]);
  head.words(organisation, 'C', [LEXEME.exact, LEXEME.organisation]);
  for (const lexeme of markers(paper)) head.mark(lexeme, 'C');
  const body = new Lexemes();
  body.words(abstract, 'D');
  return {
    paperId: paper.id,
    headLexemes: head.toString(),
    abstractLexemes: body.toString(),
    title: textOf(title),
    keywords: keywords.map(textOf).join(' '),
    names: [...authors, organisation].map(textOf).join(' '),
    abstract: textOf(abstract),
    day: (paper.publishedAt ?? paper.firstSeenAt).toISOString().slice(0, 10),
    firstSeenAt: paper.firstSeenAt,
    hasCode: paper.codeUrl !== null,
    organisation: paper.organisation,
  };
}

/** What filters ask, and whole names: a person is found before those who share parts of the name. */
function markers(paper: Paper): Set<string> {
  const host = URL.parse(paper.codeUrl ?? '')
    ?.hostname.split('.')
    .at(-2);
  return new Set([
    ...paper.authors
      .map(nameKey)
      .filter(Boolean)
      .map((key) => LEXEME.person + key),
    ...paper.categories.flatMap(categoryLexemes),
    `${LEXEME.code}${paper.codeUrl === null ? 'no' : 'yes'}`,
    ...(host === undefined ? [] : [LEXEME.code + fold(host)]),
  ]);
}

/** `cs.LG` belongs to `cs` too. */
const categoryLexemes = (category: string): string[] => {
  const name = category.toLowerCase();
  return [...new Set([name, name.split('.')[0]!])].map((one) => LEXEME.category + one);
};

const textOf = (words: readonly Word[]): string =>
  words.flatMap((word) => [...word.parts, joined(word) ?? []].flat()).join(' ');

/** The distinct words that an entry holds. */
export function knownWords(paper: Paper): KnownWord[] {
  const texts = [paper.title, ...paper.keywords, ...paper.authors, paper.organisation ?? '', paper.abstract];
  const known = new Map<string, string | null>();
  for (const word of texts.flatMap(wordsOf)) {
    for (const part of word.parts) known.set(part, known.get(part) ?? null);
    const whole = joined(word);
    if (whole !== null) known.set(whole, word.parts.join(' '));
  }
  return [...known].map(([word, parts]) => ({ word, parts }));
}
