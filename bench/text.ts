// Whether titles and abstracts became text that can be read: each finding on a line of its own.
//   npm run bench:text -- --data DIR[,DIR]
import { parseArgs } from 'node:util';
import { texToText } from '../src/tex/text.ts';
import { papersIn } from './recorded-papers.ts';
import { findingsOf } from './text-findings.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string' } } });
if (options.data === undefined) throw new Error('bench:text needs --data DIR');

const papers = papersIn(options.data.split(','));
const found = { leaked: 0, vanished: 0, fractions: 0, braces: 0 };
for (const { id, title, abstract } of papers.values()) {
  const findings = [title, abstract].flatMap((raw) => findingsOf(raw, texToText(raw)));
  for (const { kind, what } of findings) console.log(`${id} ${kind}: ${what}`);
  for (const kind of new Set(findings.map((finding) => finding.kind))) found[kind]++;
}
if (papers.size === 0) throw new Error('There is no paper in the folders of --data');
console.log(JSON.stringify({ papers: papers.size, ...found }));
