import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireBuffer } from '../../src/smtp/wire.ts';

/** RFC 5321 section 4.5.2, in the plainest way there is. */
function plainly(message: string, behind: string): string {
  const ended = message === '' || message.endsWith('\r\n') ? message : `${message}\r\n`;
  return `${ended.replace(/(^|\n)\./g, '$1..')}.\r\n${behind}`;
}

const laidOut = (wire: WireBuffer, pieces: readonly string[], behind = ''): string =>
  wire.layOut({ message: pieces.map((p) => Buffer.from(p, 'latin1')) }, behind).toString('latin1');

test.each([
  [[], '.\r\n'],
  [['a\r\n'], 'a\r\n.\r\n'],
  [['a'], 'a\r\n.\r\n'],
  [['a\r'], 'a\r\r\n.\r\n'],
  [['a\n'], 'a\n\r\n.\r\n'],
  [['.'], '..\r\n.\r\n'],
  [['a\r\n', '.\r\n'], 'a\r\n..\r\n.\r\n'],
  [['a\r', '\n', '.', 'b'], 'a\r\n..b\r\n.\r\n'],
  [['.\r\n..\r\n'], '..\r\n...\r\n.\r\n'],
  [['a\n.\r\nMAIL FROM:<x>\r\n'], 'a\n..\r\nMAIL FROM:<x>\r\n.\r\n'],
])('%j becomes %j', (pieces, wanted) => {
  expect(laidOut(new WireBuffer(), pieces)).toBe(wanted);
});

test('dots are doubled and the end is put right, whatever is in the pieces and in the memory from before', () => {
  const wire = new WireBuffer();
  const piece = fc.string({ unit: fc.constantFrom('a', '.', '\r', '\n', '\r\n', '\r\n.', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('', 'MAIL FROM:<a@x>\r\n'), (pieces, behind) => {
      const message = Buffer.from(pieces.join(''), 'latin1').toString('latin1');
      expect(laidOut(wire, pieces, behind)).toBe(plainly(message, behind));
    }),
    { numRuns: 2000 },
  );
});

test('a message of any size has room, and one that is still being sent is not overwritten', () => {
  const wire = new WireBuffer();
  const huge = 'All work and no play.\r\n'.repeat(20_000);
  expect(laidOut(wire, [huge], 'QUIT\r\n')).toBe(`${huge}.\r\nQUIT\r\n`);
  const first = wire.layOut({ message: [Buffer.from('first\r\n')] }, '');
  wire.letGo();
  wire.layOut({ message: [Buffer.from('second\r\n')] }, '');
  expect(first.toString()).toBe('first\r\n.\r\n');
});
