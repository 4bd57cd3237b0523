import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptWords } from '../../src/mail/kept-words.ts';

test.each([
  ['550 5.1.1 <a@example.org>:\r\n no such user', '550 5.1.1 <address> no such user'],
  ['see https://x.example/a?u=token for why', 'see <link> for why'],
  ['see x.example/unsubscribe/token, or www.x.example', 'see <link> or <link>'],
  ['see x.example:8080?token', 'see <link>'],
  ['go to https%3A%2F%2Fx.example%2Ftoken', 'go to <link>'],
  ['bounce a%40example.org', 'bounce <address>'],
  ['half \ud83d of a letter', 'half of a letter'],
  ['mx.example.org said 5.7.1 and/or 4.2.1', 'mx.example.org said 5.7.1 and/or 4.2.1'],
  ['\0\t', ''],
])('of %j is kept %j', (said, kept) => expect(keptWords(said)).toBe(kept));

test('is one line of at most 300 characters that Postgres takes, whatever was said', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '\ud83d', '\u{1f600}', 'a@b', 'x'.repeat(299)),
  );
  fc.assert(
    fc.property(fc.array(words), (parts) => {
      const kept = keptWords(parts.join(''));
      expect(kept.length).toBeLessThanOrEqual(300);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).not.toMatch(/[\p{Cc}\u2028\u2029]|.@./u);
    }),
    { numRuns: 50 },
  );
});
