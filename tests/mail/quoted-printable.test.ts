import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePieces, encodePiece } from '../../src/mail/quoted-printable.ts';

const wild = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(' ', '.', '=', '\n', '\t', 'F', 'From ', 'é', '€', '𝒪', '👩‍🔬', 'ש') },
    { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
  ),
  maxLength: 60,
});
const link = fc.string({ unit: fc.constantFrom('.', 'a', 'F', '-', '/', '?', '=', '&'), maxLength: 320 });
const linesOf = (encoded: Buffer) => encoded.toString('latin1').split('\r\n');

describe('a quoted-printable piece', () => {
  test('says what the text says, alone and between others', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(wild, link), { maxLength: 5 }), (texts) => {
        expect(decodePieces(texts.map(encodePiece))).toBe(texts.map((t) => t.replace(/\r\n?/g, '\n')).join(''));
      }),
      { numRuns: 500 },
    );
  });

  test('has only short ASCII lines, each ended by CRLF, none beginning with a dot or "From " or ending in a blank', () => {
    fc.assert(
      fc.property(fc.oneof(wild, link), (text) => {
        const encoded = encodePiece(text);
        expect(encoded.toString('latin1')).toMatch(/^(?:(?!\.|From )[\t\x20-\x7e]{0,76}(?<![ \t])\r\n)*$/);
      }),
      { numRuns: 500 },
    );
  });

  test('tears no character apart', () => {
    for (let before = 60; before < 76; before++) {
      for (const line of linesOf(encodePiece(`${'x'.repeat(before)}👩é€`))) {
        const bytes = Buffer.from(
          [...line.replace(/=$/, '').matchAll(/=([0-9A-F]{2})/g)].map((m) => parseInt(m[1]!, 16)),
        );
        expect(bytes.toString()).not.toContain('\ufffd');
      }
    }
  });

  test('of nothing is nothing', () => expect(encodePiece('')).toHaveLength(0));
});
