// What makes a start quick. A start spends most of its time on loading dependencies.
import { enableCompileCache, registerHooks } from 'node:module';
import path from 'node:path';

// What was compiled once is kept, beside the dependencies: a user who may write there can change
// the program anyway.
enableCompileCache(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'paperboy'));

// For each ES module Node reads the package.json of its package anew: drizzle-orm's has 179 KB, and
// with its hundred modules that was a second of every start. Its CommonJS build is the same.
registerHooks({
  resolve: (name, context, next) =>
    next(name, name.startsWith('drizzle-orm') ? { ...context, conditions: ['node', 'require'] } : context),
});
