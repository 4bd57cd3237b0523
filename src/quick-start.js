// What makes a start quick. A start spends most of its time on loading dependencies.
import { enableCompileCache, registerHooks } from 'node:module';
import path from 'node:path';

// What was compiled once is kept, beside the dependencies: a user who may write there can change
// the program anyway.
enableCompileCache(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'paperboy'));

const SRC = new URL('./', import.meta.url).href;
const found = new Map();

// Node asks the disk for each import, and for one of a package reads its package.json, each time anew:
// a fifth of a start. A relative import says itself where its file is, and of a package that we
// import from a hundred files the answer is kept.
registerHooks({
  resolve(name, context, next) {
    const { parentURL = '', conditions } = context;
    if (!conditions.includes('import'))
      return isBeside(name) && name.endsWith('.cjs')
        ? beside(name, parentURL, 'commonjs')
        : next(name, inCommonJs(name, context));
    if (isBeside(name)) return beside(name, parentURL, name.endsWith('.ts') ? 'module-typescript' : undefined);
    if (!parentURL.startsWith(SRC)) return next(name, inCommonJs(name, context));
    if (!found.has(name)) found.set(name, { ...next(name, inCommonJs(name, context)), shortCircuit: true });
    return found.get(name);
  },
});

const isBeside = (name) => name.startsWith('./') || name.startsWith('../');
const beside = (name, parentURL, format) => ({ url: new URL(name, parentURL).href, format, shortCircuit: true });

// drizzle-orm's package.json has 179 KB, and with its hundred modules reading it was a second of every
// start. Its CommonJS build is the same.
const inCommonJs = (name, context) =>
  name.startsWith('drizzle-orm') ? { ...context, conditions: ['node', 'require'] } : context;
