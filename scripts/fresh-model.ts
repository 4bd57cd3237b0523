import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPool } from '../bench/fresh-pool.ts';
import { readLists } from '../bench/ranking-lists.ts';
import { addDays } from '../src/day.ts';
import { inCodeOrder } from '../src/order.ts';
import { announcementOf } from '../src/announcement.ts';
import { createFreshTraining } from '../src/ranking/fresh.ts';

// Fits the forecasts that ship with a release on recorded lists and a recorded pool, and writes
// src/ranking/fresh-model.json. It holds figures and common words, no names. The hour of submission
// is left out: arXiv's feeds do not tell it.
//   npm run fresh-model -- POOL LISTS [LISTS …]

const DIGITS = 5;
const FILE = path.join(import.meta.dirname, '..', 'src', 'ranking', 'fresh-model.json');

const [folder, ...folders] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the pool, then those that hold the lists, as DATE.json.');
const lists = readLists(folders);
const mornings = [...Map.groupBy(readPool(folder), (paper) => announcementOf(paper.submittedAt).morning)].toSorted(
  ([a], [b]) => inCodeOrder(a, b),
);
const training = createFreshTraining();
const last = lists.at(-1)?.[0]!.day ?? '';
let next = 0;
for (const papers of lists) {
  while (next < mornings.length && mornings[next]![0] <= papers[0]!.day) {
    const [morning, announced] = mornings[next++]!;
    const unlisted = announced.filter(({ id }) => !training.isListed(id));
    training.learnMorning(
      morning,
      unlisted.map((paper) => ({ ...paper, submittedAt: null })),
    );
  }
  training.learnList(papers);
}
const model = training.fit(addDays(last, 1));
if (model === null) throw new Error('The lists hold no paper of the pool: there is nothing to learn from.');
const short = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
writeFileSync(FILE, `${JSON.stringify(model, short)}\n`);
console.log(`Fitted on ${model.papers.announced} announced and ${model.papers.listed} listed papers, until ${last}.`);
