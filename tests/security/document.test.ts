import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
const rows = readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!Wants|---)/.test(line));
const NAMED = /`(tests\/[\w./-]+\.test\.ts)` "([^"]+)"/g;

/** What tests and suites are called with in a file: text before a comma, first behind a bracket. */
function namesIn(file: string): string[] {
  const first = /\)?\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1\s*,/g;
  return [...readFileSync(file, 'utf8').matchAll(first)].map(([, , title]) => title!);
}

test('every threat is mapped to a test that there is', () => {
  expect(rows.length).toBeGreaterThan(30);
  const missing = rows.flatMap((row) => {
    const named = [...row.matchAll(NAMED)];
    if (named.length === 0) return [`no test: ${row}`];
    return named
      .filter(([, file, name]) => {
        const whole = path.join(ROOT, file!);
        return !existsSync(whole) || !namesIn(whole).some((title) => title.includes(name!));
      })
      .map(([text]) => text);
  });
  expect(missing).toEqual([]);
});
