import { describe, expect, test } from 'vitest';
import { readReport } from '../../src/feedback/read.ts';

const mail = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'));

const dsn = (...fields: string[]): Buffer =>
  mail(
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>',
    'To: b+K3y1d0.2s.t0k3n.abcdefghijklmnopqrstuv@bounces.example.org',
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Wed, 25 Nov 2026 06:00:00 +0000',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is the mail system at host mx.example.net.',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    '',
    ...fields,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    'Message-ID: <digest.2026-11-25.2s@papers.example.org>',
    'To: reader@example.com',
    'List-Unsubscribe: <https://papers.example.org/unsubscribe/K3y1d0.2s.t0k3n.ABCDEFGHIJKLMNOPQRSTUV>',
    '',
    '--b--',
    '',
  );
const failed = (status: string, diagnostic: string): Buffer =>
  dsn(
    'Final-Recipient: rfc822; reader@example.com',
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
  );

const arf = (type: string, original: string[]): Buffer =>
  mail(
    'From: staff@hotmail.com',
    'Subject: complaint',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'An abuse report.',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: Test/1.0',
    'Version: 1',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    ...original,
    '',
    '--b--',
    '',
  );

describe('a delivery status notification', () => {
  test('names the reader, the fault, and the delivery in three ways', async () => {
    expect(await readReport(failed('5.1.1', '550 5.1.1 User unknown'))).toMatchObject({
      kind: 'hard',
      permanent: true,
      recipients: ['reader@example.com'],
      whose: 'mailbox',
      rule: 'unknown-user',
      form: 'dsn',
      messageId: '<digest.2026-11-25.2s@papers.example.org>',
      returnPaths: ['b+K3y1d0.2s.t0k3n.abcdefghijklmnopqrstuv@bounces.example.org'],
      unsubscribes: ['K3y1d0.2s.t0k3n.ABCDEFGHIJKLMNOPQRSTUV'],
      reportingMta: 'mx.example.net',
      date: new Date('2026-11-25T06:00:00Z'),
    });
  });
  test.each([
    ['5.2.2', '552 5.2.2 mailbox full', 'soft', 'mailbox', 'mailbox-full'],
    ['5.7.1', '554 5.7.1 blocked using zen.spamhaus.org', 'soft', 'us', 'blocked'],
    ['5.7.1', '550 5.7.1 message classified as spam', 'soft', 'content', 'spam'],
    ['4.4.7', '451 4.4.7 delivery time expired', 'soft', 'mailbox', 'expired'],
  ])('%s %s is %s, about %s', async (status, diagnostic, kind, whose, rule) => {
    expect(await readReport(failed(status, diagnostic))).toMatchObject({ kind, permanent: true, whose, rule });
  });
  test('of a delay is nothing for good', async () => {
    const delayed = dsn('Final-Recipient: rfc822; reader@example.com', 'Action: delayed', 'Status: 5.1.1');
    expect(await readReport(delayed)).toMatchObject({ kind: 'soft', permanent: false });
  });
  test.each(['delivered', 'relayed', 'expanded'])('of mail that was %s is no bounce', async (action) => {
    const told = dsn('Final-Recipient: rfc822; reader@example.com', `Action: ${action}`, 'Status: 2.1.5');
    expect(await readReport(told)).toMatchObject({ kind: 'unrelated', rule: 'delivered' });
  });
  test('of several recipients is as hard as the mildest, and says each', async () => {
    const both = dsn(
      'Final-Recipient: rfc822; a@example.com',
      'Action: failed',
      'Status: 5.1.1',
      '',
      'Final-Recipient: rfc822; b@example.com',
      'Action: failed',
      'Status: 5.2.2',
    );
    const { kind, each } = await readReport(both);
    expect(kind).toBe('soft');
    expect(each.map(({ recipient, kind: one }) => [recipient, one])).toEqual([
      ['a@example.com', 'hard'],
      ['b@example.com', 'soft'],
    ]);
  });
  test('names a reader beyond ASCII (RFC 6533)', async () => {
    const global = Buffer.from(
      failed('5.1.1', '550 5.1.1 User unknown')
        .toString()
        .replace('message/delivery-status', 'message/global-delivery-status')
        .replace('rfc822; reader@example.com', 'utf-8; jürgen@example.com'),
    );
    expect((await readReport(global)).recipients).toEqual(['jürgen@example.com']);
  });
});

describe('a complaint', () => {
  test('with headers only and no reader names the message', async () => {
    const headers = ['Message-ID: <digest.2026-11-25.2s@papers.example.org>', 'Subject: Papers'];
    expect(await readReport(arf('abuse', headers))).toMatchObject({
      kind: 'complaint',
      recipients: [],
      messageId: '<digest.2026-11-25.2s@papers.example.org>',
    });
  });
  test.each([
    ['abuse', 'complaint'],
    ['fraud', 'complaint'],
    ['opt-out', 'unsubscribe'],
    ['not-spam', 'unrelated'],
    ['auth-failure', 'unrelated'],
    ['dmarc', 'unrelated'],
  ])('of the type %s is %s', async (type, kind) => {
    expect((await readReport(arf(type, ['Message-ID: <a@b>']))).kind).toBe(kind);
  });
});

describe('what ends no subscription', () => {
  const BODY = 'I am away. Mail to me could not be delivered until then; user unknown is what you may read.';
  test.each([
    [
      ['From: Reader <reader@example.com>', 'Subject: Out of office: your digest', 'Auto-Submitted: auto-replied'],
      'auto-reply',
    ],
    [['From: reader@example.com', 'Subject: Abwesenheitsnotiz'], 'auto-reply'],
    [['From: reader@example.com', 'Subject: Automatische Antwort: Papers'], 'auto-reply'],
    [['From: reader@example.com', 'Subject: Re: Papers', 'X-Autoreply: yes'], 'auto-reply'],
    [['From: reader@example.com', 'Subject: Papers', 'Precedence: auto_reply'], 'auto-reply'],
    [
      ['Return-Path: <>', 'From: reader@example.com', 'Subject: Vacation', 'Auto-Submitted: auto-replied'],
      'auto-reply',
    ],
    [['From: reader@example.com', 'Subject: A question on today’s papers'], 'unrelated'],
    [['From: reader@example.com', 'Subject: Re: Papers'], 'unrelated'],
  ])('%j is %s', async (headers, kind) => {
    expect((await readReport(mail(...headers, '', BODY))).kind).toBe(kind);
  });
  test('is a bounce that a person quotes', async () => {
    const quoted = mail(
      'From: reader@example.com',
      'Subject: Re: what is this',
      '',
      'I got the following, why?',
      '> This is the qmail-send program at mx.example.com.',
      "> I'm afraid I wasn't able to deliver your message to the following addresses.",
      '> <a@example.com>:',
      '> user unknown',
    );
    expect((await readReport(quoted)).kind).toBe('unrelated');
  });
  test('is a receipt', async () => {
    const receipt = mail(
      'From: reader@example.com',
      'Subject: Read: Papers',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Your message was read.',
      '--b',
      'Content-Type: message/disposition-notification',
      '',
      'Final-Recipient: rfc822; reader@example.com',
      'Original-Message-ID: <a@b>',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '',
      '--b--',
    );
    expect(await readReport(receipt)).toMatchObject({ kind: 'unrelated', rule: 'read-receipt', messageId: '<a@b>' });
  });
});

test('a mail that asks to leave is a request of its sender', async () => {
  expect(await readReport(mail('From: reader@example.com', 'Subject: unsubscribe', '', ''))).toMatchObject({
    kind: 'unsubscribe',
    recipients: ['reader@example.com'],
  });
});

test.each([[''], ['\0'], ['\n\n\n'], ['no mail at all'], [`Subject: ${'x'.repeat(300_000)}`]])(
  '%j is nothing',
  async (text) => {
    expect((await readReport(Buffer.from(text.slice(0, 400_000)))).kind).toBe('unrelated');
  },
);
