// How fast the site answers and takes sign-ups, against bare Fastify doing the least that could be
// done. Writes bench/site-results.md.
//   npm run bench:site                        everything, on a machine that does nothing else: some minutes
//   npm run bench:site -- --quick             the same with fewer rounds
//   npm run bench:site -- --only pages        some of: pages, pages-beside-sign-ups, many-pages, sign-ups
// Further: --rounds N --connections N --out FILE
import { findProgram } from '../tests/support/require.ts';
import type { Comparison } from './comparison.ts';
import { manyPages, pages, pagesBesideSignUps } from './comparisons/pages.ts';
import { signUps } from './comparisons/sign-ups.ts';
import { runSuite } from './run.ts';

const COMPARISONS: readonly Comparison[] = [pages, pagesBesideSignUps, manyPages, signUps];

if (findProgram('wrk') === null) throw new Error('wrk is not installed: "npm run setup" installs it');
await runSuite({
  script: 'bench:site',
  title: 'How fast the site answers',
  file: 'site-results.md',
  comparisons: COMPARISONS,
});
