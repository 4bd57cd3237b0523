import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Capabilities, capabilitiesOf, envelopeFor } from '../../src/smtp/envelope.ts';

const ALL: Capabilities = { pipelining: true, eightBit: true, utf8: true, size: Infinity, auth: [] };
const NONE: Capabilities = capabilitiesOf([]);
const message = [Buffer.from('Subject: x\r\n\r\nHello\r\n')];

describe('what a server can do', () => {
  test('is read from its answer to EHLO', () => {
    const can = capabilitiesOf([
      'mx.example at your service',
      'pipelining',
      'SIZE 35882577',
      '8BITMIME',
      'AUTH PLAIN login',
      'AUTH=LOGIN',
      'SMTPUTF8',
    ]);
    expect(can).toEqual({
      pipelining: true,
      eightBit: true,
      utf8: true,
      size: 35882577,
      auth: ['PLAIN', 'LOGIN', 'LOGIN'],
    });
  });
  test('is nothing where it says nothing, and its name is no promise', () => {
    expect(capabilitiesOf(['PIPELINING'])).toEqual(NONE);
    expect(NONE).toEqual({ pipelining: false, eightBit: false, utf8: false, size: null, auth: [] });
  });
  test.each([
    ['SIZE', Infinity],
    ['SIZE 0', Infinity],
    ['SIZE nonsense', Infinity],
    ['SIZE 10', 10],
  ])('%s', (line, size) => {
    expect(capabilitiesOf(['x', line]).size).toBe(size);
  });
});

describe('an envelope', () => {
  test('declares what the server understands, and nothing else', () => {
    expect(envelopeFor({ from: 'a@x.example', to: 'b@y.example', message }, ALL)).toEqual({
      mail: 'MAIL FROM:<a@x.example> SIZE=21\r\n',
      rcpt: 'RCPT TO:<b@y.example>\r\n',
    });
    expect(envelopeFor({ from: '', to: 'b@y.example', message }, NONE)).toEqual({
      mail: 'MAIL FROM:<>\r\n',
      rcpt: 'RCPT TO:<b@y.example>\r\n',
    });
    expect(envelopeFor({ from: 'a@x.example', to: 'b@y.example', message: [Buffer.from('é\r\n')] }, ALL)).toMatchObject(
      { mail: 'MAIL FROM:<a@x.example> SIZE=4 BODY=8BITMIME\r\n' },
    );
    expect(
      envelopeFor({ from: 'a@x.example', to: 'b@y.example', message: [Buffer.from('é\r\n')] }, NONE),
    ).toMatchObject({ code: 554, text: expect.stringContaining('5.6.3') });
  });

  test.each([
    '',
    'a@x\r\nRCPT TO:<evil@y.example>',
    'a@x\n',
    'a@x\r',
    'a\0@x',
    'a b@x',
    'a@x> SIZE=1',
    '<a@x',
    'a<b@x',
    'a\u2028@x',
    'a\u00a0@x',
    '\ud800@x',
    'a\x7f@x',
    `${'a'.repeat(1000)}@x`,
  ])('%j is refused before anything is said', (address) => {
    expect(envelopeFor({ from: 'a@x.example', to: address, message }, ALL)).toMatchObject({ code: 553 });
    if (address !== '')
      expect(envelopeFor({ from: address, to: 'b@y.example', message }, ALL)).toMatchObject({ code: 553 });
  });

  test('is two lines of one command each, whatever the addresses are', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '@', '<', '>', '\r', '\n', ' ', '"', '\\', '\0', 'é', '.') }),
    );
    fc.assert(
      fc.property(wild, wild, (from, to) => {
        const envelope = envelopeFor({ from, to, message }, ALL);
        if ('code' in envelope) return;
        expect(envelope.mail).toMatch(/^MAIL FROM:<[^<>\s]*> SIZE=\d+(?: BODY=8BITMIME)?(?: SMTPUTF8)?\r\n$/);
        expect(envelope.rcpt).toMatch(/^RCPT TO:<[^<>\s]+>\r\n$/);
        expect(envelope.mail.slice(11, 11 + from.length)).toBe(from);
      }),
      { numRuns: 1000 },
    );
  });
});
