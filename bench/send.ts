// How fast Paperboy sends, and at what cost, against what else could send the same mail. Writes
// bench/results.md.
//   npm run bench:send                         everything, on a machine that does nothing else: half an hour or more on 2 cores
//   npm run bench:send -- --quick              the same with fewer readers and rounds, to see that all of it runs: some minutes
//   npm run bench:send -- --only dkim,topics   some of: wire-20k, wire-50k, wide-20k, wide-50k, dkim, topics,
//                                              workers-slow-relay, workers, readers, traces
// Further: --readers N --rounds N --connections N --redis (the workers on Redis too) --million
// (with --quick: readers times 50) --out FILE
import { findProgram } from '../tests/support/require.ts';
import type { Comparison } from './comparison.ts';
import { dkim } from './comparisons/dkim.ts';
import { readers } from './comparisons/readers.ts';
import { topics } from './comparisons/topics.ts';
import { traces } from './comparisons/traces.ts';
import { wire } from './comparisons/wire.ts';
import * as workers from './comparisons/workers.ts';
import { runSuite } from './run.ts';
import { MAIL_20_KB, MAIL_50_KB } from './scene.ts';

const COMPARISONS: readonly Comparison[] = [
  wire('wire-20k', MAIL_20_KB),
  wire('wire-50k', MAIL_50_KB),
  wire('wide-20k', MAIL_20_KB, { times: 5 }),
  wire('wide-50k', MAIL_50_KB, { times: 5 }),
  dkim,
  topics,
  workers.slowRelay,
  workers.fastRelay,
  readers,
  traces,
];

if (findProgram('smtp-sink') === null)
  throw new Error('smtp-sink and smtp-source of Postfix are not installed: "npm run setup" installs them');
await runSuite({
  script: 'bench:send',
  title: 'How fast Paperboy sends',
  file: 'results.md',
  comparisons: COMPARISONS,
});
