import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const rootPattern = root.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
/**
 * What is tested is loaded by Node, as when it runs, and not by vitest: it need not be transformed, and
 * what was compiled is kept.
 */
const asItIs = {
  execArgv: ['--import', pathToFileURL(path.join(root, 'src/quick-start.js')).href],
  server: { deps: { external: ['src', 'bench', 'scripts'].map((room) => new RegExp(`^${rootPattern}/${room}/`)) } },
};
/**
 * Tests that have a process each: they start others, measure their own, or change something of it. All
 * others share one, and so the modules that it loads.
 */
const APART = [
  'tests/{deployment,e2e,embedded,faults,mail/dkim,security,support}/**/*.test.ts',
  'tests/runtime.test.ts',
];
const ALL = 'tests/**/*.test.ts';
const patience = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    globalSetup: 'tests/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { test: { ...asItIs, ...patience, name: 'shared', include: [ALL], exclude: APART, isolate: false } },
      { test: { ...asItIs, ...patience, name: 'apart', include: APART } },
    ],
  },
});
