import type { Paper } from '../src/paper.ts';
import { nameKey } from '../src/search/fold.ts';
import { type Trait, traitsOf } from '../src/papers/taste.ts';
import { seeded } from '../src/ranking/seeded.ts';

// Simulated readers. What they like is hidden from what learns: topics, words and authors, drawn
// from the papers of all days by a seeded generator.

/** A paper with what the simulation knows of it. */
export interface KnownPaper {
  paper: Paper;
  traits: readonly Trait[];
  /** Its words, abstract included: a reader's interest need not stand in the title. */
  text: string;
  upvotes: number;
}

export interface Reader {
  topics: string[];
  words: string[];
  authors: string[];
  /** How much this reader likes a paper: 0, 1, 2 or 3. */
  likes(known: KnownPaper): number;
}

const MOST_LIKED = 3;
/** Words that so many of a thousand papers speak of. */
const WORD_SHARE = { least: 8, most: 60 };
const AUTHOR_PAPERS = 4;

/** How many of each a reader is interested in. */
interface Interests {
  topics: boolean;
  words: number;
  authors: number;
}

/** Kinds of readers. Those of topics have one or two. */
export const INTERESTS: Readonly<Record<string, Interests>> = {
  mixed: { topics: true, words: 3, authors: 2 },
  topics: { topics: true, words: 0, authors: 0 },
  words: { topics: false, words: 5, authors: 0 },
  authors: { topics: false, words: 0, authors: 12 },
};

/** Makes readers of hidden interests. */
export function makeReaders(
  papers: readonly KnownPaper[],
  { count, seed, interests }: { count: number; seed: number; interests: Interests },
): Reader[] {
  const random = seeded(seed);
  const counts = new Map<string, number>();
  for (const { id } of papers.flatMap(({ traits }) => [...traits])) counts.set(id, (counts.get(id) ?? 0) + 1);
  const share = (id: string): number => (1000 * counts.get(id)!) / papers.length;
  const some = (kind: string, fits: (id: string) => boolean): string[] =>
    [...counts.keys()].filter((id) => id.startsWith(`${kind}:`) && fits(id)).toSorted();
  const topics = some('topic', () => true);
  const words = some('word', (id) => share(id) >= WORD_SHARE.least && share(id) <= WORD_SHARE.most);
  const authors = some('author', (id) => counts.get(id)! >= AUTHOR_PAPERS);
  const draw = (from: readonly string[], n: number): string[] => {
    const drawn = new Set<string>();
    while (drawn.size < Math.min(n, from.length)) drawn.add(from[Math.floor(random() * from.length)]!);
    return [...drawn].map((id) => id.slice(id.indexOf(':') + 1));
  };
  return Array.from({ length: count }, () =>
    reader(
      draw(topics, interests.topics ? 1 + Number(random() >= 0.5) : 0),
      draw(words, interests.words),
      draw(authors, interests.authors),
    ),
  );
}

function reader(topics: string[], words: string[], authors: string[]): Reader {
  const ofTopic = new Set(topics.map((slug) => `topic:${slug}`));
  const byAuthor = new Set(authors);
  const spoken = words.map((word) => new RegExp(`\\b${word}s?\\b`));
  return {
    topics,
    words,
    authors,
    likes({ paper, traits, text }) {
      const topic = traits.some(({ id }) => ofTopic.has(id)) ? 1 : 0;
      const author = paper.authors.some((name) => byAuthor.has(nameKey(name))) ? 2 : 0;
      const word = spoken.filter((pattern) => pattern.test(text)).length;
      return Math.min(MOST_LIKED, topic + author + word);
    },
  };
}

/** As the simulation sees a paper; `topics` are those that it falls under. */
export const known = (
  paper: Paper,
  upvotes: number,
  topics: readonly { slug: string; name: string }[],
): KnownPaper => ({
  paper,
  upvotes,
  traits: traitsOf(paper, topics),
  text: `${paper.title} ${paper.keywords.join(' ')} ${paper.abstract}`.toLowerCase(),
});
