import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import isemail from 'isemail';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { newAddress, normaliseAddress } from '../../src/subscribers/address.ts';
import { compose, message } from '../support/mail.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';

interface Case {
  id: string;
  address: string;
  category: string;
  diagnosis: string;
}

/** In the categories of is_email, where its own tests are absent. */
const madeUp = (): Case[] => {
  const addresses = {
    ISEMAIL_ERR: [
      '',
      'reader',
      '@example.org',
      'reader@',
      'a..b@example.org',
      '.a@example.org',
      'a@-example.org',
      'a b@c.org',
    ],
    ISEMAIL_VALID_CATEGORY: Array.from(
      { length: 31 },
      (_, n) => `${'abc.+-_'[n % 3]}${n}.reader+${n}@mail-${n}.example.org`,
    ),
    ISEMAIL_CFWS: ['(a comment)reader@example.org', 'reader(a comment)@example.org', 'reader@example.org(a comment)'],
  };
  return Object.entries(addresses).flatMap(([category, list]) =>
    list.map((address, n) => ({ id: `${category} ${n}`, address, category, diagnosis: '' })),
  );
};
const cases: Case[] = SHARED_DATA_MISSING
  ? madeUp()
  : JSON.parse(readFileSync(path.join(DATA, 'address/isemail-tests.json'), 'utf8'));

const refusal = expect.objectContaining({ code: 'ADDRESS_INVALID' });
const refused = (text: string): boolean => {
  try {
    normaliseAddress(text);
    return false;
  } catch (error) {
    expect(error).toEqual(refusal);
    return true;
  }
};

describe('of the addresses of is_email', () => {
  const judged = (categories: RegExp) =>
    cases.filter((c) => categories.test(c.category)).map((c) => ({ ...c, refused: refused(c.address) }));
  test('all are there', () => {
    expect(cases).toHaveLength(SHARED_DATA_MISSING ? 42 : 164);
  });
  test('those that are errors are refused', () => {
    expect(judged(/^ISEMAIL_ERR$/).filter((c) => !c.refused)).toEqual([]);
  });
  test('those that RFC 5321 allows are taken, and mail can be composed to them', () => {
    const allowed = judged(/^ISEMAIL_(?:VALID_CATEGORY|DNSWARN|RFC5321)$/);
    expect(allowed.length).toBeGreaterThan(30);
    expect(allowed.filter((c) => c.refused)).toEqual([]);
    for (const { address } of allowed) expect(() => compose(message({ to: normaliseAddress(address) }))).not.toThrow();
  });
  test('the rest (comments, folding, obsolete forms) is refused', () => {
    expect(
      judged(/^ISEMAIL_(?:CFWS|DEPREC|RFC5322)$/).filter((c) => !c.refused && c.address.trim() === c.address),
    ).toEqual([]);
  });
});

describe('an address', () => {
  test.each([
    ['  reader@example.org\t', 'reader@example.org'],
    ['\u00a0reader@example.org\u00a0', 'reader@example.org'],
    ['Reader+tag@EXAMPLE.Org', 'Reader+tag@example.org'],
    ['user@bücher.example', 'user@xn--bcher-kva.example'],
    ['user@BÜCHER.example', 'user@xn--bcher-kva.example'],
    ['user@例え.テスト', 'user@xn--r8jz45g.xn--zckzah'],
    ['user@XN--bcher-kva.example', 'user@xn--bcher-kva.example'],
    ['user@[192.0.2.1]', 'user@[192.0.2.1]'],
    ['"a@b"@example.org', '"a@b"@example.org'],
    [`o'hara@example.org`, `o'hara@example.org`],
  ])('%j is kept as %s', (given, kept) => {
    expect(normaliseAddress(given)).toBe(kept);
    expect(normaliseAddress(kept)).toBe(kept);
  });

  test.each([
    'müller@bücher.example',
    'müller@example.org',
    '',
    '@',
    'a@',
    '@b',
    'a',
    'a@b@c',
    'a..b@example.org',
    '.a@example.org',
    'a.@example.org',
    'a@-example.org',
    'a@example..org',
    'a@exa mple.org',
    'a b@example.org',
    'a@example.org,b@example.org',
    'a@example.org;b@example.org',
    '<a@example.org>',
    'A <a@example.org>',
    'a@example.org\n',
    '\r\na@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'a\r\nBcc: b@example.org',
    'a@example.org\nRCPT TO:<b@example.org>',
    '"a\r\nb"@example.org',
    'a@example.org\0',
    'a\0@example.org',
    '"a\0"@example.org',
    'a@example.org> SIZE=1',
    'a\u2028@example.org',
    'a@exam\u00adple.org\u2028',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    `a@${'b.'.repeat(127)}org`,
    'x'.repeat(100_000),
    '\u202ea@example.org',
    'a@xn--.example',
    'a@\ud800.example',
    '\ud800@example.org',
    'a(comment)@example.org',
  ])('%j is refused', (given) => {
    expect(refused(given)).toBe(true);
  });

  test.each([
    'root@localhost',
    'root@LOCALHOST',
    'root@mail.localhost',
    'root@localhost.localdomain',
    'a@intranet',
    'a@mail',
    'a@1.2.3.4',
    'a@127.1',
    'a@2130706433',
    'a@0x7f000001',
    'a@example.0x7f',
    'a@[169.254.169.254]',
    'a@[127.0.0.1]',
    'a@[IPv6:::1]',
    'a@printer.local',
    'a@metadata.google.internal',
    'a@router.home.arpa',
    'a@x.onion',
    'a@x.invalid',
    'a@x.y',
  ])('%s is not taken in, because it is not on the public internet', (given) => {
    expect(() => newAddress(given)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }));
    expect(() => newAddress(given)).toThrow(/^That .*\. .*\.$/);
  });

  test.each(['reader@example.org', 'a@papers.example', 'a@example.test', 'a@locals.de', 'a@internal.example.org'])(
    '%s is taken in',
    (given) => expect(newAddress(given)).toBe(given),
  );

  test('is taken or refused, whatever is typed in, and what is taken holds nothing that could start a header or a command', () => {
    const bits = fc.constantFrom(
      '@',
      '.',
      '"',
      '\\',
      '\r\n',
      '\0',
      '[',
      ']',
      'IPv6:',
      'xn--',
      'é',
      '例え',
      'a',
      'example.org',
      ' ',
      '(',
      ')',
      '<',
      '>',
      ',',
      '\ud800',
      '%',
      '::1',
      '\t',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.emailAddress(),
          fc.array(bits, { maxLength: 12 }).map((a) => a.join('')),
        ),
        (text) => {
          let kept: string;
          try {
            kept = normaliseAddress(text);
          } catch (error) {
            if (!(error instanceof AppError) || error.code !== 'ADDRESS_INVALID') throw error;
            return;
          }
          expect(kept).toMatch(/^[\x20-\x7e]+$/);
          expect(kept.length).toBeLessThanOrEqual(254);
          expect(normaliseAddress(kept)).toBe(kept);
          compose(message({ to: kept }));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test('is never in the refusal', () => {
    expect(() => normaliseAddress('secret.name@@example.org')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});

test('an address that needs no library is judged as the library would', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'B', '0', '.', '-', '_', '+', "'", '!'), maxLength: 66 });
  const top = fc.constantFrom('org', 'a', '0', 'x1', 'c-m', 'museum');
  fc.assert(
    fc.property(part, part, top, (local, name, last) => {
      const address = `${local}@${name.toLowerCase()}.${last}`;
      const asLibrary = isemail.validate(address, { errorLevel: 16, allowUnicode: false }) === 0;
      expect(refused(address)).toBe(!asLibrary);
    }),
    { numRuns: 3_000 },
  );
});
