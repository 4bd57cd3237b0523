import { parseArgs } from 'node:util';
import { SHIPPED } from '../src/papers/topics.ts';
import { createClassifier } from '../src/papers/classify.ts';
import { figuresOf } from './topics/figures.ts';
import { readLabels, readPapers } from './topics/papers.ts';

// How well papers are filed under the topics that ship, against the labels of a reader. What the
// wider arXiv takes by category alone counts nowhere: a paper that is only there is untopiced.

const { values } = parseArgs({ options: { labels: { type: 'string' }, data: { type: 'string' } } });
if (!values.labels || !values.data)
  throw new Error('Give the labels and where their papers are: --labels FILE --data DIR[,DIR].');

const subjects = SHIPPED.filter((rule) => rule.kind === 'subject').map((rule) => rule.slug);
const { classify } = createClassifier(SHIPPED);
const labels = readLabels(values.labels);
const papers = await readPapers(values.data.split(','), new Set(labels.map((label) => label.id)));
const filed = labels.flatMap((label) => {
  const paper = papers.get(label.id);
  if (!paper) return [];
  const slugs = classify(paper).map((verdict) => verdict.slug);
  return [{ label, slugs: slugs.filter((slug) => subjects.includes(slug)) }];
});
const absent = labels.length - filed.length;
if (absent > 0) console.warn(`${absent} of ${labels.length} labelled papers are not in ${values.data}.`);
console.log(JSON.stringify(figuresOf(filed, subjects)));
