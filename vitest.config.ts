import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

// As src/quick-start.js does it: a second for each file of tests.
const plugins = [
  {
    name: 'drizzle-orm-in-commonjs',
    enforce: 'pre' as const,
    resolveId: (name: string) => (name.startsWith('drizzle-orm') ? require.resolve(name) : null),
  },
];
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
      { plugins, test: { ...patience, name: 'shared', include: [ALL], exclude: APART, isolate: false } },
      { plugins, test: { ...patience, name: 'apart', include: APART } },
    ],
  },
});
