import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { faultsOfBrand } from '../../src/brand/brand.ts';
import { renderConfirmation } from '../../src/editions/notice.ts';
import { plain } from '../../src/editions/plain-text.ts';
import { atomFeed } from '../../src/http/feed.ts';
import { composeMessage, listHeaders, noticeHeaders, writeLetterhead } from '../../src/mail/mime.ts';
import { lookOf } from '../support/looks.ts';
import { wordsOf } from '../../src/words/words.ts';

const publicUrl = 'https://papers.example';
const bit = fc.constantFrom(
  'Kiel',
  ' ',
  '"',
  '\\',
  ',',
  '<',
  '>',
  '<script>',
  '&',
  "'",
  '=?utf-8?Q?x?=',
  '@',
  ';',
  ':',
  'ü',
  '新闻',
  '🗞️',
  '👩‍👩‍👧',
  'صحيفة',
  '\u202e',
  '\u200f',
  '<%= it %>',
  '.',
);
/** Every name that an operator may choose. */
const name = fc
  .array(bit, { minLength: 1, maxLength: 12 })
  .map((bits) => bits.join(''))
  .filter((text) => faultsOfBrand({ name: text }).length === 0 && plain(text) !== '');

describe('a wild name', () => {
  test('reaches From, subject, list, HTML and text as it is, and nothing else by it', async () => {
    await fc.assert(
      fc.asyncProperty(name, async (wild) => {
        const look = lookOf({ name: wild, replyTo: 'a@b.example' });
        const content = await renderConfirmation({
          look,
          words: wordsOf('en'),
          publicUrl,
          postalAddress: null,
          choices: 'all papers',
          next: 'tomorrow',
          confirmUrl: `${publicUrl}/confirm/x`,
        });
        const list = listHeaders({ siteName: wild, publicUrl, date: '2026-05-27', kind: 'digest', topic: 'all' });
        const letterhead = writeLetterhead({
          from: { name: wild, address: 'news@papers.example' },
          subject: content.subject,
          date: new Date(0),
          headers: [...list, ...noticeHeaders()],
        });
        const to = 'reader@example.net';
        const bytes = composeMessage({ ...content, letterhead, to, messageId: '<x@y.example>' });
        const mail = await simpleParser(Buffer.concat(bytes));
        const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();
        expect(mail.from?.value).toEqual([{ name: squeezed(wild), address: 'news@papers.example' }]);
        expect(squeezed(mail.subject ?? '')).toBe(squeezed(`Confirm your subscription to ${plain(wild)}`));
        expect(String(mail.html)).not.toContain('<script');
        expect(String(mail.html).match(/<a /g)).toHaveLength(2);
        expect([...mail.headers.keys()].toSorted()).toEqual([
          'auto-submitted',
          'content-type',
          'date',
          'feedback-id',
          'from',
          'list',
          'message-id',
          'mime-version',
          'subject',
          'to',
        ]);
      }),
      { numRuns: 150 },
    );
  });
  test('leaves a feed well-formed', () => {
    fc.assert(
      fc.property(name, (wild) => {
        const feed = { title: wild, site: wild, about: '', homeUrl: publicUrl, selfUrl: publicUrl, items: [] };
        // A fault throws where there is no other handler of it.
        new SaxesParser().write(atomFeed(wordsOf(null), feed)).close();
      }),
    );
  });
});
