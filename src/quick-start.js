// What makes a start quick. A start spends most of its time on loading dependencies.
import { enableCompileCache, registerHooks } from 'node:module';
import path from 'node:path';

// What was compiled once is kept, beside the dependencies: a user who may write there can change
// the program anyway.
enableCompileCache(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'paperboy'));

const SRC = new URL('./', import.meta.url).href;
const found = new Map();

// Node asks the disk for each import, each time anew, and reads a package's package.json. Ours that
// are relative say where the file is, and where a package is is kept. Packages are left to Node:
// they may rely on what it does with links, and on the errors by which it says that a file is not
// there.
registerHooks({
  resolve(name, context, next) {
    const { parentURL = '', conditions } = context;
    if (!parentURL.startsWith(SRC) || !conditions.includes('import')) return next(name, inCommonJs(name, context));
    if (isBeside(name)) return beside(name, parentURL);
    if (!found.has(name)) found.set(name, { ...next(name, inCommonJs(name, context)), shortCircuit: true });
    return found.get(name);
  },
});

const isBeside = (name) => name.startsWith('./') || name.startsWith('../');
const beside = (name, parentURL) => ({
  url: new URL(name, parentURL).href,
  format: name.endsWith('.ts') ? 'module-typescript' : undefined,
  shortCircuit: true,
});

// drizzle-orm's package.json has 179 KB, and Node read it for each of a hundred modules: a second
// of every start. Its CommonJS build is the same.
const inCommonJs = (name, context) =>
  name.startsWith('drizzle-orm') ? { ...context, conditions: ['node', 'require'] } : context;
