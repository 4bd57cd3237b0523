import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedReply, ReplyReader } from '../../src/smtp/reply.ts';

/**
 * All replies in these pieces, each in memory that is overwritten afterwards, as a socket's buffer
 * may be.
 */
function readAll(pieces: readonly Buffer[]): { code: number; text: string }[] {
  const reader = new ReplyReader();
  const replies = [];
  for (const piece of pieces) {
    const chunk = Buffer.from(piece);
    reader.push(chunk);
    while (reader.next()) replies.push(reader.reply());
    chunk.fill(0x2a);
  }
  return replies;
}

const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const cuts = [0, ...places.map((p) => p % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
};

describe('reading replies', () => {
  test.each([
    ['250 2.1.0 ok\r\n', [{ code: 250, text: '2.1.0 ok' }]],
    ['250\r\n', [{ code: 250, text: '' }]],
    ['250 bare line feed\n', [{ code: 250, text: 'bare line feed' }]],
    [
      '550-5.1.1 The account\r\n550-5.1.1 does not\r\n550 5.1.1 exist\r\n',
      [{ code: 550, text: '5.1.1 The account does not exist' }],
    ],
    [
      '250-a\r\n250\r\n354 go\r\n',
      [
        { code: 250, text: 'a' },
        { code: 354, text: 'go' },
      ],
    ],
    ['250 a\0b\x1b[31mc\td\r\n', [{ code: 250, text: 'a b [31mc d' }]],
    ['250 caf\xc3\xa9 \xff\r\n', [{ code: 250, text: 'café \ufffd' }]],
  ])('%j', (bytes, replies) => {
    expect(readAll([Buffer.from(bytes, 'latin1')])).toEqual(replies);
  });

  test.each([
    'hello\r\n',
    '25\r\n',
    '2500 x\r\n',
    '250_x\r\n',
    '\r\n',
    '150 x\r\n',
    '600 x\r\n',
    '\0\0\0 x\r\n',
    ' 250 x\r\n',
    '250-a\r\n251 b\r\n',
    '250-a\r\nb\r\n',
  ])('%j is not SMTP', (bytes) => {
    expect(() => readAll([Buffer.from(bytes, 'latin1')])).toThrow(MalformedReply);
  });

  test('however the bytes are cut, the replies are the same', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ' '));
    const reply = fc
      .record({
        code: fc.integer({ min: 200, max: 599 }),
        lines: fc.array(line, { minLength: 1, maxLength: 5 }),
        end: fc.constantFrom('\r\n', '\n'),
      })
      .map(({ code, lines, end }) =>
        lines.map((text, i) => `${code}${i < lines.length - 1 ? '-' : ' '}${text}${end}`).join(''),
      );
    fc.assert(
      fc.property(
        fc.array(reply, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (replies, places) => {
          const bytes = Buffer.from(replies.join(''));
          const whole = readAll([bytes]);
          expect(whole.length).toBe(replies.length);
          expect(readAll(cutAt(bytes, places))).toEqual(whole);
          expect(readAll(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a line', Buffer.from('x')],
    ['a reply', Buffer.from('250-more\r\n')],
    ['empty lines', Buffer.from('250-\n')],
  ])('%s without end is given up soon, in any pieces', (_what, piece) => {
    const reader = new ReplyReader();
    let fed = 0;
    expect(() => {
      for (reader.push(Buffer.from('250-')); fed < 1e6; fed += piece.length) {
        reader.push(piece);
        while (reader.next());
      }
    }).toThrow(MalformedReply);
    expect(fed).toBeLessThan(20_000);
  });

  test('what nobody reads is not kept for ever', () => {
    const reader = new ReplyReader();
    expect(() => {
      for (let i = 0; i < 1000; i++) reader.push(Buffer.alloc(10_000));
    }).toThrow(MalformedReply);
  });
});
