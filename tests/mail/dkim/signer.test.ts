import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Signer } from '../../../src/mail/dkim/signer.ts';
import { canonicalField, hashBody } from '../../../src/mail/dkim/canonical.ts';
import { noticeHeaders } from '../../../src/mail/mime.ts';
import { compileDigest } from '../../../src/editions/compile.ts';
import {
  compose,
  digestHeaders,
  digestInput,
  message,
  paperView,
  personalise,
  PUBLIC_URL,
  READER_LINKS,
} from '../../support/mail.ts';
import { requires } from '../../support/require.ts';
import {
  ED25519,
  RSA,
  signerOf,
  type Verdicts,
  verifyWithMailauth,
  verifyWithPython,
} from '../../support/dkim-verifiers.ts';

let both: Signer;
const randomDigests: Buffer[] = [];
const oddMails: Buffer[] = [];
beforeAll(async () => {
  both = await signerOf({ rsa: RSA, ed25519: ED25519 });
  for (const [i, digest] of fc.sample(digests, { numRuns: 100, seed: 4 }).entries())
    randomDigests.push(await signed(await composeWild(digest, i)));
  for (const body of fc.sample(bodies, { numRuns: 100, seed: 5 }))
    oddMails.push(onTheWire(await signed([Buffer.from(HEAD), ...cut(body)])));
}, 60_000);

const signed = async (pieces: readonly Buffer[], signer = both): Promise<Buffer> =>
  Buffer.concat(await signer.sign(pieces));
/** What receivers get: SMTP ends every message with a line end. */
const onTheWire = (mail: Buffer): Buffer =>
  mail.subarray(-2).toString() === '\r\n' ? mail : Buffer.concat([mail, Buffer.from('\r\n')]);
const fieldsOf = (mail: Buffer): string[] =>
  mail
    .toString('latin1')
    .split('\r\n\r\n')[0]!
    .split(/\r\n(?![ \t])/);
const coveredOf = (field: string): string[] => /\bh=([^;]+)/.exec(field.replace(/\s+/g, ''))![1]!.split(':');

const VERIFIERS: [
  name: string,
  suite: (name: string, body: () => void) => void,
  verify: (mails: readonly Buffer[]) => Verdicts | Promise<Verdicts>,
][] = [
  ['mailauth', describe, verifyWithMailauth],
  ['python3-dkim', requires('python3-dkim'), verifyWithPython],
];

const wild = fc
  .array(
    fc.oneof(
      fc.constantFrom('  ', '\t', 'é', '日本語', '👩‍🔬', '=', '.', 'From ', '\u00a0', 'x'.repeat(120), '<b>', '&'),
      fc.lorem({ maxCount: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(' '));

const digests = fc.record({
  papers: fc.array(fc.record({ title: wild, abstract: wild }), { minLength: 1, maxLength: 4 }),
  name: wild,
  topic: wild,
  token: fc.stringMatching(/^[A-Za-z0-9_-]{10,90}$/),
  at: fc.date({ min: new Date('2001-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }),
});

async function composeWild(
  { papers, name, topic, token, at }: typeof digests extends fc.Arbitrary<infer T> ? T : never,
  id: number,
): Promise<Buffer[]> {
  const views = papers.map((values, i) => paperView({ id: `arxiv:2507.${10000 + i}`, ...values }));
  const links = { ...READER_LINKS, unsubscribe: `${PUBLIC_URL}/unsubscribe/${token}` };
  const content = personalise(await compileDigest(digestInput(views)), { paperIds: views.map((v) => v.id), links });
  return compose(
    message({
      ...content,
      from: { name, address: 'paperboy@papers.example' },
      to: `${id % 10 === 0 ? 'josé' : 'reader'}.${id}@example.net`,
      date: at,
      messageId: `<digest.${id}@papers.example>`,
      headers: digestHeaders({
        siteName: name,
        publicUrl: PUBLIC_URL,
        date: '2025-07-22',
        kind: 'digest',
        topic,
        unsubscribeUrl: links.unsubscribe,
      }),
    }),
  );
}

/** Bodies no sane composer writes, cut anywhere into pieces. */
const bodies = fc.record({
  text: fc
    .array(
      fc.constantFrom(
        'a',
        'word',
        ' ',
        '  ',
        '\t',
        '\r\n',
        '\r\n\r\n',
        ' \r\n',
        '\t\r\n',
        '=',
        '.',
        '\u00e9',
        'x'.repeat(300),
        '\0',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
  cuts: fc.array(fc.nat(400), { maxLength: 5 }),
});

function cut({ text, cuts }: { text: string; cuts: number[] }): Buffer[] {
  const body = Buffer.from(text);
  const at = [0, ...cuts.filter((c) => c <= body.length).toSorted((a, b) => a - b), body.length];
  return at.slice(1).map((end, i) => body.subarray(at[i], end));
}

const HEAD =
  'From: Paperboy <paperboy@papers.example>\r\nTo:   reader@example.net  \r\nSubject:odd \t blanks\r\n \t and folding \r\nDate: Tue, 22 Jul 2025 07:00:00 +0000\r\n\r\n';

describe.each(VERIFIERS)('signatures', (verifier, suite, verify) => {
  suite(`hold for ${verifier}`, () => {
    test.each([
      ['a hundred random digests', randomDigests],
      ['a hundred odd bodies, cut anywhere, under odd headers', oddMails],
    ])('on %s, RSA and Ed25519', async (_what, mails) => {
      expect(mails).toHaveLength(100);
      expect(await verify(mails)).toEqual(mails.map(() => [true, true]));
    });

    test.each([
      '',
      '\r\n',
      '\r\n\r\n\r\n',
      'no line end',
      'one line\r\n',
      'lines after\r\n\r\n\r\n',
      '\r\n\r\nlines before\r\n',
      'blank lines after\r\n \t\r\n  \r\n',
    ])('on the body %j', async (body) => {
      const mail = await signed([Buffer.from(HEAD), Buffer.from(body)]);
      expect(await verify([mail, onTheWire(mail)])).toEqual([
        [true, true],
        [true, true],
      ]);
    });

    test('with one key as with two', async () => {
      const pieces = compose(message());
      const mails = [
        await signed(pieces, await signerOf({ rsa: RSA })),
        await signed(pieces, await signerOf({ ed25519: ED25519 })),
      ];
      expect(await verify(mails)).toEqual([[true], [true]]);
    });

    test('no more when one byte of a signed header is altered', async () => {
      const mail = await signed(
        compose(
          message({ headers: [...message().headers, ['Reply-To', 'editor@papers.example'], ...noticeHeaders()] }),
        ),
      );
      const altered = fieldsOf(mail)
        .slice(2)
        .flatMap((field) => {
          const start = mail.indexOf(`\r\n${field}\r\n`, 'latin1') + 2;
          const value = start + field.indexOf(':') + 2;
          return [start, value, value + Math.floor((start + field.length - value) / 2), start + field.length - 1].map(
            (at) => flip(mail, at),
          );
        });
      expect(fieldsOf(mail)).toHaveLength(17);
      expect(await verify(altered)).toEqual(altered.map(() => [false, false]));
    });

    test('no more when one byte of the body is altered', async () => {
      const mail = await signed(compose(message({ html: [Buffer.from('<p>html</p>\r\n'.repeat(30))] })));
      const start = mail.indexOf('\r\n\r\n') + 4;
      const places = fc
        .sample(fc.integer({ min: start, max: mail.length - 5 }), { numRuns: 40, seed: 6 })
        .filter((at) => mail[at]! > 32);
      expect(await verify(places.map((at) => flip(mail, at)))).toEqual(places.map(() => [false, false]));
    });

    test.each([
      'From',
      'To',
      'Cc',
      'Subject',
      'Date',
      'Reply-To',
      'Content-Type',
      'Content-Transfer-Encoding',
      'List-Unsubscribe',
      'List-Unsubscribe-Post',
    ])('no more when a second %s is added above or below', async (name) => {
      const [signatures, rest] = split(await signed(compose(message())));
      const extra = `${name}: mallory@example.org\r\n`;
      const mails = [
        `${extra}${signatures}${rest}`,
        `${signatures}${extra}${rest}`,
        `${signatures}${rest.replace('\r\n\r\n', () => `\r\n${extra}\r\n`)}`,
      ].map((m) => Buffer.from(m, 'latin1'));
      expect(await verify(mails)).toEqual(mails.map(() => [false, false]));
    });

    test('but unsigned fields may be added by those who pass it on', async () => {
      const mail = Buffer.concat([
        Buffer.from('Received: from a by b; Tue, 22 Jul 2025 07:00:01 +0000\r\n'),
        await signed(compose(message())),
      ]);
      expect(await verify([mail])).toEqual([[true, true]]);
    });
  });
});

/** Another letter, digit or sign in this place. */
function flip(mail: Buffer, at: number): Buffer {
  const copy = Buffer.from(mail);
  copy[at] = copy[at] === 0x78 ? 0x79 : 0x78;
  return copy;
}

function split(mail: Buffer): [signatures: string, rest: string] {
  const text = mail.toString('latin1');
  const from = text.indexOf('\r\nFrom: ') + 2;
  return [text.slice(0, from), text.slice(from)];
}

describe('a signature', () => {
  test('covers what makes a digest list mail, and seals what a stranger could add', async () => {
    const [rsa, ed25519] = fieldsOf(await signed(compose(message())));
    expect(coveredOf(rsa!)).toEqual([
      'from',
      'from',
      'to',
      'to',
      'cc',
      'subject',
      'subject',
      'date',
      'date',
      'message-id',
      'reply-to',
      'mime-version',
      'content-type',
      'content-type',
      'content-transfer-encoding',
      'list-id',
      'list-unsubscribe',
      'list-unsubscribe',
      'list-unsubscribe-post',
      'list-unsubscribe-post',
      'list-archive',
      'list-help',
      'feedback-id',
    ]);
    expect(coveredOf(ed25519!)).toEqual(coveredOf(rsa!));
    expect(coveredOf(fieldsOf(await signed(compose(message({ headers: noticeHeaders() }))))[0]!)).toContain(
      'auto-submitted',
    );
  });

  test('comes RSA first, names domain, selector and the time of the message, and fits 78 columns', async () => {
    const mail = await signed(compose(message({ headers: [] })));
    const [rsa, ed25519] = fieldsOf(mail);
    expect(rsa).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=papers\.example;\r\n i=@papers\.example; s=rsa-1; t=1753167600; h=from:/,
    );
    expect(ed25519).toMatch(
      /^DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed\/relaxed; d=papers\.example;\r\n i=@papers\.example; s=ed25519-1; t=1753167600; h=from:/,
    );
    expect(
      mail
        .toString('latin1')
        .split('\r\n')
        .filter((line) => line.length > 78),
    ).toEqual([]);
    expect(split(mail)[0]).toMatch(/^(?:[!-~][ -~]*\r\n(?: [!-~][ -~]*\r\n)+){2}$/);
  });

  test('is the same bytes when the message is sent again, by whichever process', async () => {
    const again = await signerOf({ rsa: RSA, ed25519: ED25519 });
    expect(await signed(compose(message()), again)).toEqual(await signed(compose(message())));
  });

  test('leaves the body pieces as they are and stands in the first, with the header section', async () => {
    const pieces = compose(message());
    const result = await both.sign(pieces);
    expect(result).toHaveLength(pieces.length);
    expect(result[0]!.subarray(-pieces[0]!.length)).toEqual(pieces[0]);
    for (const [i, piece] of pieces.slice(1).entries()) expect(result[i + 1]).toBe(piece);
  });

  test('is not made for a message that has no header section or no From', async () => {
    await expect(both.sign([])).rejects.toThrow(TypeError);
    await expect(both.sign([Buffer.from('From: a@b.example\r\n')])).rejects.toThrow(TypeError);
    await expect(both.sign([Buffer.from('To: a@b.example\r\n\r\n')])).rejects.toThrow(TypeError);
  });
});

describe('relaxed canonicalisation', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

  test('does what the examples of RFC 6376 section 3.4.5 do', () => {
    expect(['A: X', 'B : Y\t\r\n\tZ  '].map(canonicalField)).toEqual(['a:X', 'b:Y Z']);
    expect(hashBody([Buffer.from(' C \r\nD \t E\r\n\r\n\r\n')])).toBe(sha256(' C\r\nD E\r\n'));
    expect(hashBody([])).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  test('of a body is that of the whole, however it is cut and however often a block is seen', () => {
    fc.assert(
      fc.property(fc.array(bodies, { maxLength: 4 }), (parts) => {
        const pieces = parts.flatMap((part) => cut({ ...part, text: `${part.text}\r\n`.repeat(3) }));
        const whole = Buffer.concat(pieces).toString('latin1');
        const lines = whole
          .replace(/[ \t]+/g, ' ')
          .replace(/ (?=\r\n|$)/g, '')
          .replace(/(?:\r\n)+$/, '');
        const wanted = createHash('sha256')
          .update(lines === '' ? '' : `${lines}\r\n`, 'latin1')
          .digest('base64');
        expect([hashBody(pieces), hashBody(pieces)]).toEqual([wanted, wanted]);
      }),
      { numRuns: 300 },
    );
  });
});
