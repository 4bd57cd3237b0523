import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { addDays } from '../../src/day.ts';
import { randomOf } from './random.ts';
import { DATA, SHARED_DATA_MISSING } from './shared-data.ts';

// Days of Hugging Face Daily Papers: recorded ones, or, where the shared data is absent, days that
// are made up in the same shape, with the TeX that sources leave in their text.

/** An entry of a day, as far as tests look into it. */
export interface RecordedEntry {
  paper: { id: string; title: string; summary: string; authors: { name: string }[]; githubRepo?: string };
}

/** Every day there is, oldest first. */
export const recordedDays = (): string[] => (SHARED_DATA_MISSING ? MADE_UP : recordedInFiles());

export const recordedDay = (date: string): RecordedEntry[] =>
  SHARED_DATA_MISSING
    ? madeUpDay(date)
    : JSON.parse(readFileSync(path.join(DATA, 'hf-daily-papers', `${date}.json`), 'utf8'));

const recordedInFiles = (): string[] =>
  readdirSync(path.join(DATA, 'hf-daily-papers'))
    .filter((file) => /^\d{4}-\d{2}-\d{2}\.json$/.test(file))
    .map((file) => file.slice(0, 10))
    .toSorted();

const FIRST = '2026-04-27';
const MADE_UP = Array.from({ length: 33 }, (_, n) => addDays(FIRST, n)).filter(
  (date) => ![0, 6].includes(new Date(date).getUTCDay()),
);

const SUBJECTS = ['Language models', 'Robots', 'Agents', 'Diffusion models', 'Vision transformers', 'Speech models'];
const VERBS = ['learn', 'reason about', 'segment', 'search', 'compress', 'align with'];
const OBJECTS = [
  'code',
  '3D scenes',
  'videos',
  'safety',
  'benchmarks',
  'reinforcement learning',
  'retrieval',
  'proofs',
];
const TEX = ['$O(n^2)$', '77\\%', "``well known''", '$\\mathcal{L}_{1}$', '2.3$\\times$', '\\textbf{all} of it'];
const NAMES = [
  'Ada Lovelace',
  'László Kovács',
  'Emmy Noether',
  'Srinivasa Ramanujan',
  'Grace Hopper',
  'Sofja Kowalewskaja',
];
const ENTRIES = 30;

function madeUpDay(date: string): RecordedEntry[] {
  const random = randomOf(Date.parse(date) / 86_400_000);
  const one = (words: readonly string[]): string => words[random(words.length)]!;
  return Array.from({ length: ENTRIES }, (_, n) => {
    const title = `${one(SUBJECTS)} that ${one(VERBS)} ${one(OBJECTS)} in ${one(TEX)}, ${date.slice(5)} ${n}`;
    const sentences = Array.from({ length: 6 }, () => `We show that ${one(SUBJECTS)} ${one(VERBS)} ${one(OBJECTS)}.`);
    const paper = {
      id: `${date.slice(2, 4)}${date.slice(5, 7)}.${date.slice(8)}${String(n).padStart(3, '0')}`,
      title,
      summary: `It takes ${one(TEX)}. ${sentences.join(' ')}`,
      authors: Array.from({ length: 1 + random(5) }, (_author, i) => ({ name: NAMES[(n + i) % NAMES.length]! })),
      publishedAt: `${date}T00:00:00.000Z`,
      upvotes: random(200),
      ...(random(3) === 0 && { githubRepo: `https://github.com/example/${n}`, githubStars: random(1000) }),
      ...(random(2) === 0 && { organization: { name: 'things', fullname: 'Institute of Things' } }),
    };
    return { paper, title, publishedAt: paper.publishedAt, numComments: random(9) };
  });
}
