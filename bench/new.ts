// Whether the sentence that a card shows says what is new: of labelled papers, the share whose
// chosen sentence is among those that a person named. Source summaries are left out.
//   npm run bench:new -- --labels FILE --data DIR[,DIR] [--half even|odd] [--misses]
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { contributionOf, newsOf } from '../src/papers/news.ts';
import { texToText } from '../src/tex/text.ts';
import { papersIn } from './recorded-papers.ts';

const { values: options } = parseArgs({
  options: {
    labels: { type: 'string' },
    data: { type: 'string' },
    half: { type: 'string' },
    misses: { type: 'boolean', default: false },
    show: { type: 'string' },
  },
});
if (options.labels === undefined || options.data === undefined)
  throw new Error('bench:new needs --labels FILE and --data DIR');

interface Label {
  id: string;
  /** The first words of the sentences that say what is new, best first. */
  new: string[];
}

/** Papers fall into two halves by their id: one to choose by, one to judge by. */
const halfOf = (id: string): string => (createHash('sha256').update(id).digest()[0]! % 2 === 0 ? 'even' : 'odd');
const words = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');

const labels = (JSON.parse(readFileSync(options.labels, 'utf8')) as Label[]).filter(
  ({ id }) => options.half === undefined || halfOf(id) === options.half,
);
const known = papersIn(options.data.split(','));
let [hit, best, papers] = [0, 0, 0];
for (const label of labels) {
  const paper = known.get(label.id);
  if (!paper) continue;
  papers++;
  const text = { title: texToText(paper.title), abstract: texToText(paper.abstract) };
  const sentence = words(contributionOf(text));
  const place = label.new.findIndex((start) => sentence.startsWith(words(texToText(start))));
  if (place >= 0) hit++;
  if (place === 0) best++;
  if (place < 0 && options.misses)
    console.log(`${label.id} ${contributionOf(text)}\n    wanted: ${label.new.join(' | ')}`);
  if (papers <= Number(options.show ?? 0)) {
    const { text: news, short } = newsOf({ ...text, summary: null, summaryBy: null });
    console.log(`${label.id} ${text.title}\n    ${news}\n    ${short}`);
  }
}
if (papers === 0) throw new Error('None of the labelled papers is in the folders of --data');
const share = (count: number): number => Number((count / papers).toFixed(4));
console.log(JSON.stringify({ hit: share(hit), first: share(best), papers, labels: labels.length }));
