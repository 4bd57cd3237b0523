import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyring, type Purpose } from '../../src/subscribers/tokens.ts';

const OLD = 'the old secret, which is long enough to be one';
const NEW = 'the new secret, which is long enough to be one';
const NOW = new Date('2026-05-29T09:30:00Z');
const PURPOSES: Purpose[] = ['confirm', 'unsubscribe', 'preferences', 'bounce'];
const keyring = createKeyring([NEW]);
const claims = { subscriberId: 1_234_567, issuedAt: NOW };

const purpose = fc.constantFrom(...PURPOSES);
const anyClaims = fc.record({
  subscriberId: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  issuedAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
});
const seconds = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);
const refusal = expect.objectContaining({
  code: 'TOKEN_INVALID',
  message: 'This link does not work (any more). Ask for a new one by subscribing again.',
});
const outcome = (token: string, as: Purpose = 'unsubscribe', now = NOW, ring = keyring): unknown => {
  try {
    return ring.verify(as, token, now);
  } catch (error) {
    return error;
  }
};

describe('a token', () => {
  test('brings back whom it is for and when it was made', () => {
    fc.assert(
      fc.property(purpose, anyClaims, (p, c) => {
        expect(keyring.verify(p, keyring.sign(p, c), c.issuedAt)).toEqual({
          subscriberId: c.subscriberId,
          issuedAt: seconds(c.issuedAt),
        });
      }),
    );
  });

  test('is short and fits a URL and a local part, whatever it holds', () => {
    fc.assert(
      fc.property(purpose, anyClaims, (p, c) => {
        expect(keyring.sign(p, c)).toMatch(/^[\w-]{6}\.[0-9a-z]{1,11}\.[0-9a-z]{1,8}\.[\w-]{22}$/);
        expect(`b+${keyring.sign(p, c)}`.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  test('is worth nothing for another purpose', () => {
    for (const made of PURPOSES)
      for (const used of PURPOSES)
        if (made !== used) expect(outcome(keyring.sign(made, claims), used)).toEqual(refusal);
  });

  test('is refused when any of it is missing', () => {
    const token = keyring.sign('unsubscribe', claims);
    for (let length = 0; length < token.length; length++) {
      expect(outcome(token.slice(0, length))).toEqual(refusal);
      expect(outcome(token.slice(token.length - length))).toEqual(refusal);
    }
  });

  test('is refused when any one character or bit of it is another', () => {
    const token = keyring.sign('unsubscribe', claims);
    for (let i = 0; i < token.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        expect(
          outcome(token.slice(0, i) + String.fromCharCode(token.charCodeAt(i) ^ (1 << bit)) + token.slice(i + 1)),
        ).toEqual(refusal);
      }
      for (const c of 'Az09-_.~%')
        if (c !== token[i]) expect(outcome(token.slice(0, i) + c + token.slice(i + 1))).toEqual(refusal);
    }
  });

  test('is refused with anything before or after it', () => {
    const token = keyring.sign('unsubscribe', claims);
    for (const more of ['A', '=', '\n', '\r\n', ' ', '.', '/', '\0', token]) {
      expect(outcome(token + more)).toEqual(refusal);
      expect(outcome(more + token)).toEqual(refusal);
    }
  });

  test('cannot be made up', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.stringMatching(/^[\w-]{6}\.[0-9a-z]{1,11}\.[0-9a-z]{1,8}\.[\w-]{22}$/),
        ),
        (text) => {
          expect(outcome(text)).toEqual(refusal);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('to confirm works for seven days to the second, the others for the life of the mail', () => {
    const week = 7 * 86_400_000;
    const confirm = keyring.sign('confirm', claims);
    expect(outcome(confirm, 'confirm', new Date(NOW.getTime() + week))).toMatchObject({
      subscriberId: claims.subscriberId,
    });
    expect(outcome(confirm, 'confirm', new Date(NOW.getTime() + week + 1))).toEqual(refusal);
    for (const p of PURPOSES.slice(1))
      expect(outcome(keyring.sign(p, claims), p, new Date('2099-01-01'))).toMatchObject({
        subscriberId: claims.subscriberId,
      });
  });
});

describe('a rotated key', () => {
  const before = createKeyring([OLD]);
  test('still verifies what it signed, and signs no more', () => {
    const during = createKeyring([NEW, OLD]);
    fc.assert(
      fc.property(purpose, anyClaims, (p, c) => {
        expect(during.verify(p, before.sign(p, c), c.issuedAt)).toEqual({
          subscriberId: c.subscriberId,
          issuedAt: seconds(c.issuedAt),
        });
        expect(during.sign(p, c)).toBe(keyring.sign(p, c));
      }),
    );
  });
  test('that was removed verifies nothing', () => {
    expect(outcome(before.sign('unsubscribe', claims))).toEqual(refusal);
    const [, ...rest] = before.sign('unsubscribe', claims).split('.');
    const [id] = keyring.sign('unsubscribe', claims).split('.');
    expect(outcome([id, ...rest].join('.'))).toEqual(refusal);
  });
});

test('without any key there is no keyring', () => {
  expect(() => createKeyring([])).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('SECRET_KEY') }),
  );
});

describe('the mark of a delivery', () => {
  const DELIVERY = { subscriberId: 123_456_789, date: '2026-05-29' };

  test('is read again in any case of its letters, with any key, and by no stranger', () => {
    const mark = createKeyring([OLD]).mark(DELIVERY);
    for (const read of [mark, mark.toUpperCase()]) expect(createKeyring([NEW, OLD]).readMark(read)).toEqual(DELIVERY);
    expect(createKeyring([NEW]).readMark(mark)).toBeNull();
  });

  test('is worth nothing with one character changed, left out or added', () => {
    const mark = keyring.mark(DELIVERY);
    fc.assert(
      fc.property(
        fc.nat(mark.length - 1),
        fc.constantFrom('', ...Array.from('abcdefghijklmnopqrstuvwxyz0123456789.-')),
        (at, other) => {
          const changed = mark.slice(0, at) + other + mark.slice(at + 1);
          expect(keyring.readMark(changed)).toEqual(changed === mark ? DELIVERY : null);
          expect(keyring.readMark(mark.slice(0, at) + other + mark.slice(at))).toEqual(other === '' ? DELIVERY : null);
        },
      ),
    );
  });

  test('fits into a return path that every server takes (RFC 5321: 64 octets)', () => {
    expect(`b+${keyring.mark({ ...DELIVERY, subscriberId: Number.MAX_SAFE_INTEGER })}`.length).toBeLessThan(64);
  });
});

describe('what stands for an address where it is not to be read', () => {
  test('is one however the address is written, another with each key, and found under older ones', () => {
    const [newest, ...older] = createKeyring([NEW, OLD]).hashesOf('Reader@Example.org');
    expect(createKeyring([NEW]).hashesOf('reader@example.org')[0]).toEqual(newest);
    expect(older).toContainEqual(createKeyring([OLD]).hashesOf('reader@example.org')[0]);
    expect(createKeyring([OLD]).hashesOf('reader@example.org')[0]).not.toEqual(newest);
    expect(createKeyring([NEW]).hashesOf('reader2@example.org')[0]).not.toEqual(newest);
  });

  test('is found as it was kept before there were keys', () => {
    const plain = createHash('sha256').update('reader@example.org').digest();
    expect(keyring.hashesOf('Reader@example.org')).toContainEqual(plain);
  });
});
