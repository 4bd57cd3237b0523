import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const QUICK_START = pathToFileURL(path.join(import.meta.dirname, '..', 'src', 'quick-start.js')).href;
const folder = mkdtempSync(path.join(tmpdir(), 'quick-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a package would find out. */
const PACKAGE = `
  import { createRequire } from 'node:module';
  const codeOf = (work) => work.then(() => 'none', ({ code }) => code);
  const { resolve } = createRequire(import.meta.url);
  console.log(JSON.stringify([
    await codeOf(import('./gone.mjs')),
    await codeOf((async () => resolve('./gone.cjs'))()),
    (await import('./linked.mjs')).here === (await import('./once.mjs')).here,
    await codeOf(import('data:text/javascript,import "./beside.mjs"')),
  ]))`;

test('packages are resolved as Node does by itself, in links and errors too', async () => {
  writeFileSync(path.join(folder, 'once.mjs'), 'export const here = {};');
  symlinkSync(path.join(folder, 'once.mjs'), path.join(folder, 'linked.mjs'));
  const entry = path.join(folder, 'package.mjs');
  writeFileSync(entry, PACKAGE);
  const run = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await promisify(execFile)(process.execPath, [...args, entry])).stdout);
  const plain = await run();
  expect(plain).toEqual(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', true, 'ERR_UNSUPPORTED_RESOLVE_REQUEST']);
  expect(await run('--import', QUICK_START)).toEqual(plain);
});
