import { isAscii } from 'node:buffer';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { header, headerText, noticeHeaders } from '../../src/mail/mime.ts';
import { encodePiece } from '../../src/mail/quoted-printable.ts';
import { compose, composed, digestHeaders, message, PUBLIC_URL } from '../support/mail.ts';
import { pythonIsHere, readWithPython } from '../support/python-email.ts';

const headOf = (mail: Buffer) => mail.toString('latin1').split('\r\n\r\n')[0]!;
const fieldsOf = (mail: Buffer) => headOf(mail).replace(/\r\n /g, ' ').split('\r\n');
const digest = {
  siteName: 'Paperboy',
  publicUrl: PUBLIC_URL,
  date: '2025-07-22',
  kind: 'digest',
  topic: 'all',
  unsubscribeUrl: `${PUBLIC_URL}/unsubscribe/token`,
};

const nasty = fc.constantFrom(
  '\r\nBcc: x@example.org',
  '\r',
  '\n',
  '\0',
  '"',
  '\\',
  '<',
  '>',
  ',',
  '=?utf-8?Q?x?=',
  '=?',
  'é',
  '日本語',
  '👩‍🔬',
  'x'.repeat(90),
  '  ',
  '\u2028',
  '(c)',
  '@',
);
const wild = fc
  .array(fc.oneof(nasty, fc.lorem({ maxCount: 6 }), fc.string({ unit: 'grapheme', maxLength: 40 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(' '));
const oneLine = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp} ]+/gu, ' ')
    .trim();

describe('a message', () => {
  test('is the same bytes whenever it is composed', () => {
    expect(composed().equals(composed())).toBe(true);
  });

  test('has its header section in the first piece and both parts, text first, in the rest', async () => {
    const pieces = compose(message());
    expect(pieces[0]!.toString()).toMatch(/^From: [^]*\r\n\r\n$/);
    const parsed = await simpleParser(Buffer.concat(pieces));
    expect([parsed.text, parsed.html]).toEqual(['text\n', '<p>html</p>\n']);
    expect(composed().indexOf('text/plain')).toBeLessThan(composed().indexOf('text/html'));
  });

  test('has each field once and CRLF everywhere', () => {
    const names = fieldsOf(composed()).map((line) => line.split(':')[0]);
    expect(names).toEqual([
      'From',
      'Subject',
      'Date',
      'List-Id',
      'List-Unsubscribe-Post',
      'List-Archive',
      'List-Help',
      'Feedback-ID',
      'List-Unsubscribe',
      'MIME-Version',
      'Content-Type',
      'To',
      'Message-ID',
    ]);
    expect(composed().toString('latin1')).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
  });

  test(
    'carries any subject and any sender name, as mailparser and Python read them, and no header more',
    { timeout: 30_000 },
    async () => {
      const samples = fc.sample(fc.record({ subject: wild, name: wild }), { numRuns: 150, seed: 11 });
      const mails = samples.map(({ subject, name }) =>
        composed({ subject, from: { name, address: 'paperboy@papers.example' } }),
      );
      const python = pythonIsHere ? readWithPython(mails) : [];
      for (const [i, { subject, name }] of samples.entries()) {
        const mail = mails[i]!;
        const parsed = await simpleParser(mail);
        expect(parsed.subject ?? '').toBe(oneLine(subject));
        expect(parsed.from?.value).toEqual([{ address: 'paperboy@papers.example', name: oneLine(name) }]);
        expect(fieldsOf(mail)).toHaveLength(13);
        for (const line of headOf(mail).split('\r\n'))
          if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(78);
        expect(headOf(mail)).toMatch(/^[\r\n\x20-\x7e]*$/);
        if (!pythonIsHere) continue;
        const headers = Object.fromEntries(python[i]!.headers);
        expect(oneLine(headers.Subject!)).toBe(oneLine(subject));
        expect(python[i]!.headers).toHaveLength(13);
      }
    },
  );

  test('has no line that begins with a dot, ends in CRLF, and is ASCII but for an address that is not: what the wire takes on trust', () => {
    const to = fc.constantFrom('a@example.net', '"."@example.net', 'josé@xn--bcher-kva.example');
    fc.assert(
      fc.property(wild, wild, wild, wild, to, (subject, name, text, html, address) => {
        const mail = compose(
          message({
            subject,
            from: { name, address: 'paperboy@papers.example' },
            text: [encodePiece(text)],
            html: [encodePiece(`.${html}`)],
            to: address,
          }),
        );
        expect(Buffer.concat(mail).toString('latin1')).not.toMatch(/(?:^|\n)\./);
        expect(Buffer.concat(mail).subarray(-2).toString()).toBe('\r\n');
        expect(isAscii(Buffer.concat(mail.slice(1)))).toBe(true);
        expect(isAscii(mail[0]!)).toBe(isAscii(Buffer.from(address)));
      }),
    );
  });

  test('folds long text at spaces and leaves plain words readable', () => {
    expect(header('Subject', headerText('word '.repeat(30), 'Subject'))).toMatch(
      /^Subject: (?:word ?)+\r\n (?:word ?)+\r\n(?: (?:word ?)+\r\n)*$/,
    );
    expect(headerText('Attention is all', 'Subject')).toBe('Attention is all');
    expect(headerText('Ein großes Modell', 'Subject')).toBe('=?utf-8?Q?Ein_gro=C3=9Fes_Modell?=');
    expect(headerText('日本語', 'Subject')).toBe('=?utf-8?B?5pel5pys6Kqe?=');
  });

  test.each([
    'a@example.net\r\nBcc: b@example.net',
    'a@example.net\nx',
    'a@example.net, b@example.net',
    'a@example.net>',
    '<a@example.net>',
    'a b@example.net',
    'a@b@c',
    'a',
    '',
    '"a\r\n"@example.net',
    'a@example.net\0',
  ])('refuses the address %j', (to) => {
    expect(() => composed({ to })).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }));
    expect(() => composed({ from: { name: '', address: to } })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    );
  });

  test.each([
    'a.b+c@example.net',
    '"a b"@example.net',
    "o'hara@example.net",
    'josé@xn--bcher-kva.example',
    'a@[192.0.2.1]',
  ])('takes the address %j', (to) => {
    expect(composed({ to }).toString()).toContain(`\r\nTo: ${to}\r\n`);
  });

  test('refuses a Message-ID, a header or a link that holds a line break', () => {
    expect(() => composed({ messageId: '<a@b>\r\nBcc: x@y' })).toThrow(TypeError);
    expect(() => composed({ headers: [['X-One', 'a\r\nBcc: x@y']] })).toThrow(TypeError);
    expect(() => composed({ headers: [['X-One: a\r\nBcc', 'x@y']] })).toThrow(TypeError);
    expect(() => composed({ headers: [['X-One', 'x'.repeat(1000)]] })).toThrow(TypeError);
    expect(() => digestHeaders({ ...digest, unsubscribeUrl: 'https://x/\r\nBcc: x@y' })).toThrow(TypeError);
    expect(() => digestHeaders({ ...digest, unsubscribeUrl: 'https://x/>, <https://y/' })).toThrow(TypeError);
  });
});

describe('the headers of a digest', () => {
  test('offer one-click unsubscribing: one https address and nothing beside it', () => {
    const fields = Object.fromEntries(digestHeaders(digest));
    expect(fields['List-Unsubscribe']).toBe('<https://papers.example/unsubscribe/token>');
    expect(fields['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
  });

  test('name the list, and group complaints by edition, kind, topic and a stable sender', () => {
    const fields = Object.fromEntries(digestHeaders({ ...digest, siteName: 'Pâperboy, "daily"', topic: 'a:b c' }));
    expect(fields['List-Id']).toMatch(/^=\?utf-8\?[BQ]\?\S+\?= <digest\.papers\.example>$/);
    expect(fields['Feedback-ID']).toMatch(/^2025-07-22:digest:a-b-c:[a-z0-9]{5,15}$/);
    expect(digestHeaders(digest)).toEqual(digestHeaders(digest));
  });
});

test('a notice asks for no automatic answer and is no list mail', () => {
  const names = fieldsOf(composed({ headers: noticeHeaders() })).map((line) => line.split(':')[0]);
  expect(names).toContain('Auto-Submitted');
  expect(names.join()).not.toContain('List-');
});
