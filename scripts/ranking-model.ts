import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readLists } from '../bench/ranking-lists.ts';
import { createTraining } from '../src/ranking/model.ts';

// Fits the model that ships with a release on recorded lists, and writes src/ranking/model.json. It
// holds figures and no names:
//   npm run ranking-model -- DIR [DIR …]

const DIGITS = 5;
const FILE = path.join(import.meta.dirname, '..', 'src', 'ranking', 'model.json');

const lists = readLists(process.argv.slice(2));
const training = createTraining();
for (const papers of lists) training.learn(papers);
const model = training.fit();
if (model === null) throw new Error('Name the folders that hold the lists, as DATE.json.');
const short = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
writeFileSync(FILE, `${JSON.stringify(model, short)}\n`);
console.log(`Fitted on ${model.papers} papers of ${lists.length} days, the last of ${model.trainedUntil}.`);
