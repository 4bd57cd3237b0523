import type { Paper } from '../src/paper.ts';
import type { Random } from '../tests/support/random.ts';

/** Somebody looks for a paper that they know. */
export interface LookUp {
  kind: string;
  text: string;
  id: string;
}

/** How look-ups are made: none looks at how the search folds or ranks. */
const KINDS: Readonly<Record<string, (made: Maker, paper: Paper) => string | null>> = {
  'two rare words': (made, paper) => two(made, rareWords(made, `${paper.title} ${paper.abstract}`, 8)),
  phrase: ({ random }, paper) => {
    const words = paper.abstract.split(/\s+/);
    const length = 4 + random(3);
    if (words.length < length + 5) return null;
    const at = random(words.length - length);
    const phrase = words.slice(at, at + length).join(' ');
    return /^[\p{L}\p{N}' ,-]+$/u.test(phrase) ? `"${phrase}"` : null;
  },
  'title with a typo': (made, paper) => mistyped(made, paper.title, 1),
  'title with two typos': (made, paper) => mistyped(made, paper.title, 2),
  'author and word': (made, paper) => {
    const author = pick(made, paper.authors.slice(0, 6)) ?? '';
    const word = pick(made, rareWords(made, paper.title, 150));
    return author === '' || word === undefined ? null : `${pick(made, [author, author.split(' ').at(-1)!])} ${word}`;
  },
  'organisation and word': (made, paper) => {
    const word = pick(made, rareWords(made, paper.title, 100));
    return paper.organisation === null || word === undefined ? null : `${paper.organisation} ${word}`;
  },
  'id, DOI or link': (made, { id }) => {
    const bare = id.replace('arxiv:', '');
    return pick(made, [
      bare,
      `${bare}v2`,
      id,
      `arXiv:${bare}v1`,
      `https://arxiv.org/abs/${bare}`,
      `http://arxiv.org/pdf/${bare}v3.pdf`,
      `arxiv.org/html/${bare}v1`,
      `https://www.arxiv.org/abs/${bare}?context=cs`,
      `doi:10.48550/arXiv.${bare}`,
      `https://doi.org/10.48550/arxiv.${bare}`,
      `10.48550/arXiv.${bare}`,
      `https://huggingface.co/papers/${bare}`,
      `https://alphaxiv.org/abs/${bare}`,
      `https://www.alphaxiv.org/overview/${bare}`,
    ])!;
  },
  'spelt another way': (made, paper) => speltOtherwise(made, paper),
};

interface Maker {
  random: Random;
  /** In how many papers a word is, lower-case. */
  papersWith: ReadonlyMap<string, number>;
}

const pick = <T>({ random }: Pick<Maker, 'random'>, from: readonly T[]): T | undefined =>
  from.length === 0 ? undefined : from[random(from.length)];

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [];

/** Words of letters that few papers hold. */
const rareWords = ({ papersWith }: Maker, text: string, most: number): string[] =>
  [...new Set(wordsOf(text))].filter(
    (word) => /^\p{L}{4,}$/u.test(word) && papersWith.get(word.toLowerCase())! <= most,
  );

function two(made: Maker, words: readonly string[]): string | null {
  const first = pick(made, words);
  const second = pick(
    made,
    words.filter((word) => word !== first),
  );
  return first === undefined || second === undefined ? null : `${first} ${second}`;
}

/** A letter lost, doubled, changed or swapped with the next, in different words of at least five letters. */
function mistyped(made: Maker, title: string, typos: number): string | null {
  const words = title.split(' ');
  const long = words.flatMap((word, i) => (/^[A-Za-z]{5,}[:,]?$/.test(word) ? [i] : []));
  if (long.length < typos || words.length < 3) return null;
  for (let n = 0; n < typos; n++) {
    const [at] = long.splice(made.random(long.length), 1);
    words[at!] = typo(made, words[at!]!);
  }
  return words.join(' ');
}

function typo({ random }: Maker, word: string): string {
  const at = random(word.replace(/\W/g, '').length - 1);
  const [before, letter, after] = [word.slice(0, at), word[at]!, word.slice(at + 1)];
  const other = String.fromCharCode(97 + random(26));
  return [
    before + after,
    before + letter + letter + after,
    before + other + after,
    before + after[0]! + letter + after.slice(1),
  ][random(4)]!;
}

const GREEK: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'epsilon',
  λ: 'lambda',
  μ: 'mu',
  π: 'pi',
  σ: 'sigma',
  τ: 'tau',
};

/** The title, or a name and a word of it, with accents, hyphens or Greek letters otherwise. */
function speltOtherwise(made: Maker, paper: Paper): string | null {
  const ways: string[] = [];
  const accented = paper.authors.find((author) => author.normalize('NFD') !== author);
  const word = pick(made, rareWords(made, paper.title, 300));
  if (accented && word) ways.push(`${accented.normalize('NFD').replace(/\p{M}/gu, '')} ${word}`);
  const plain = paper.authors.find((author) => /[aou]/.test(author));
  if (plain && word) ways.push(`${plain.replace(/[aou]/, (letter) => `${letter}\u0308`)} ${word}`);
  if (/\p{L}-\p{L}/u.test(paper.title)) ways.push(paper.title.replace(/(?<=\p{L})-(?=\p{L})/gu, ' '));
  if (/\p{L}-\p{L}/u.test(paper.title)) ways.push(paper.title.replace(/(?<=\p{L})-(?=\p{L})/gu, ''));
  if (/ [a-z]/.test(paper.title)) ways.push(paper.title.replace(/ (?=[a-z])/, '-').toUpperCase());
  if (/[αβγδελμπστ]/.test(paper.title)) ways.push(paper.title.replace(/[αβγδελμπστ]/g, (letter) => GREEK[letter]!));
  return pick(made, ways) ?? null;
}

/** So many look-ups of each kind, from papers drawn at random. */
export function lookUps(papers: readonly Paper[], random: Random, ofEach: number): LookUp[] {
  const papersWith = new Map<string, number>();
  for (const { title, abstract } of papers)
    for (const word of new Set(wordsOf(`${title} ${abstract}`.toLowerCase())))
      papersWith.set(word, (papersWith.get(word) ?? 0) + 1);
  const made: LookUp[] = [];
  for (const [kind, make] of Object.entries(KINDS)) {
    const already = made.length;
    for (let tries = 0; made.length < already + ofEach && tries < 100 * ofEach; tries++) {
      const paper = papers[random(papers.length)]!;
      const text = make({ random, papersWith }, paper);
      if (text !== null) made.push({ kind, text, id: paper.id });
    }
  }
  return made;
}
