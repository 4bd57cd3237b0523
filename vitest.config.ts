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
 * Rooms whose tests share a process, and so the modules that it loads: a fifth of the time that all
 * tests take. They change nothing of their process; those that do, or start others, have one each.
 */
const ROOMS = [
  ...['backup', 'brand', 'cli', 'db', 'delivery', 'editions', 'feedback', 'health', 'hooks', 'http', 'jobs'],
  ...['papers', 'ranking', 'search', 'smtp', 'subscribers', 'tex', 'words'],
];
const SHARED = `tests/{${ROOMS.join(',')}}/**/*.test.ts`;
const patience = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    globalSetup: 'tests/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { plugins, test: { ...patience, name: 'shared', include: [SHARED], isolate: false } },
      { plugins, test: { ...patience, name: 'apart', include: ['tests/**/*.test.ts'], exclude: [SHARED] } },
    ],
  },
});
