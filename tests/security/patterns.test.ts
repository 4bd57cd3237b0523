import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hostileText, type Pattern, patternsOf, piecesFor } from './patterns.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
/** Where text of strangers is read: mail that comes back, replies, requests, addresses. */
const STRANGERS = [
  'src/mail/*.ts',
  'src/feedback/**/*.ts',
  'src/http/**/*.ts',
  'src/smtp/*.ts',
  'src/subscribers/*.ts',
];
const MOST_SIZE = 64_000;
const MOST_MS = 50;
/** Patterns that are never shown more than so many characters, by how they begin. */
const BOUNDED: readonly { file: string; begins?: string; most: number; by: string }[] = [
  { file: 'src/mail/reply-rules.ts', most: 2_000, by: 'MOST of classify-reply.ts' },
  { file: 'src/feedback/bounce-forms.ts', most: 2_000, by: 'the lines and words that read.ts cuts' },
  { file: 'src/feedback/addresses.ts', begins: String.raw`\S.{50,}`, most: 200, by: 'the slice before it' },
  { file: 'src/subscribers/address.ts', begins: String.raw`^[\p{Zs}\t]+|`, most: 320, by: 'LONGEST' },
  { file: 'src/subscribers/references.ts', begins: String.raw`\s+and\s+`, most: 1, by: 'runs of blanks are one there' },
];
/** What takes this long in a short text is tried in longer ones, up to the longest. */
const SUSPICIOUS_MS = 0.7;
const SCREENS = [22, 1_000, 8_000];

const patterns = globSync(STRANGERS, { cwd: ROOT }).flatMap((file) =>
  patternsOf(file.replaceAll(path.sep, '/'), readFileSync(path.join(ROOT, file), 'utf8')),
);

/** Of the processor, so that a busy machine is no reason to fail. */
function costOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0;
  const before = process.cpuUsage();
  expression.test(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
const takesLong = (expression: RegExp, text: string): boolean =>
  [1, 2, 3].every(() => costOf(expression, text) > MOST_MS);

const mostFor = ({ file, expression }: Pattern): number =>
  BOUNDED.find((rule) => rule.file === file && expression.source.startsWith(rule.begins ?? ''))?.most ?? MOST_SIZE;

/** What makes a pattern take too long, again and again; `null`: nothing that was tried. */
function slowness(pattern: Pattern): string | null {
  const { expression } = pattern;
  const most = mostFor(pattern);
  for (const screen of SCREENS.map((size) => Math.min(size, most)))
    for (const piece of piecesFor(expression)) {
      if (costOf(expression, hostileText(piece, screen)) <= SUSPICIOUS_MS) continue;
      // In sizes that grow, slowly at first, so that no text takes much longer than it has to.
      for (let size = screen; ; size = Math.min(size < 100 ? size + 2 : 2 * size, most)) {
        if (takesLong(expression, hostileText(piece, size))) return JSON.stringify(piece);
        if (size === most) break;
      }
    }
  return null;
}

test('no pattern that sees the text of strangers takes 50 ms, whatever it is shown', { timeout: 120_000 }, () => {
  expect(patterns.length).toBeGreaterThan(200);
  const slow = patterns.flatMap((pattern) => {
    const why = slowness(pattern);
    return why === null ? [] : [`${pattern.file} /${pattern.expression.source}/ by ${why}`];
  });
  expect(slow).toEqual([]);
});

test('every bound is of a pattern that there is', () => {
  for (const { file, begins = '' } of BOUNDED)
    expect(patterns.some((one) => one.file === file && one.expression.source.startsWith(begins))).toBe(true);
});

test.each([String.raw`= /^(?:a+b?)+$/.test(text);`, String.raw`return /\s+$/m.exec(text);`, String.raw`(/a.*a.*ab/)`])(
  'a pattern that can be made slow is found: %s',
  (code) => {
    expect(slowness(patternsOf('x.ts', code)[0]!)).not.toBeNull();
  },
);
