import { describe, expect, test } from 'vitest';
import { BOUNCE_FORMS } from '../../src/feedback/bounce-forms.ts';
import { classifyReply, codeOfReply, enhancedOf, wordsOf } from '../../src/mail/classify-reply.ts';
import { HARD, REPLY_RULES, WHOSE } from '../../src/mail/reply-rules.ts';
import { PROVIDER_REPLIES, SEEN } from './provider-replies.ts';

const read = (reply: string) => classifyReply(codeOfReply(reply), enhancedOf(reply), reply);

describe('replies of mail servers', () => {
  test('of large providers: at least 150, each seen somewhere and no two alike', () => {
    expect(PROVIDER_REPLIES.length).toBeGreaterThanOrEqual(150);
    expect(new Set(PROVIDER_REPLIES.map(([, reply]) => reply)).size).toBe(PROVIDER_REPLIES.length);
    expect(new Set(PROVIDER_REPLIES.map(([seen]) => seen))).toEqual(new Set(Object.keys(SEEN)));
  });
  test.each(PROVIDER_REPLIES)('%s: %s → %s', (_seen, reply, reason) => {
    const verdict = read(reply);
    expect(verdict.reason).toBe(reason);
    expect(verdict.whose).toBe(WHOSE[reason]);
    const code = codeOfReply(reply);
    expect(verdict.permanent).toBe(code !== null && code >= 500);
    expect(verdict.kind).toBe(verdict.permanent && HARD.has(reason) ? 'hard' : 'soft');
  });

  test.each([
    ['550 5.1.1 no words', 'hard', 'unknown-user'],
    ['450 4.1.1 <a@example.com>: Recipient address rejected: User unknown', 'soft', 'unknown-user'],
    ['550 5.1.2 no words', 'soft', 'name-server'],
    ['550 5.1.2 <a@example.com>: Recipient address rejected: Domain not found', 'soft', 'name-server'],
    ['550 5.2.1 no words', 'soft', 'disabled'],
    ['550 5.2.2 no words', 'soft', 'mailbox-full'],
    ['550 5.7.1 no words', 'soft', 'policy'],
    ['550 5.7.25 no words', 'soft', 'missing-ptr'],
    ['556 no words', 'hard', 'no-such-host'],
    ['550 no words', 'soft', 'other'],
    ['550 5.1.6 no words', 'hard', 'moved'],
    ['550 5.7.1 The mailbox is closed for maintenance', 'soft', 'disabled'],
    // About our own address, whatever it says of it.
    ['SMTP error from remote mail server after MAIL FROM:<b@example.org>: 550 5.1.1 no such user', 'soft', 'sender'],
    ['550 5.1.1 <b@example.org>: User unknown (in reply to MAIL FROM command)', 'soft', 'sender'],
    // A reader may well be called so.
    ['550 5.1.1 <spam.blacklist@example.com>: User unknown', 'hard', 'unknown-user'],
    ['550 5.2.2 <user-unknown@example.com>: mailbox full', 'soft', 'mailbox-full'],
  ])('%s is %s: %s', (reply, kind, reason) => {
    expect(read(reply)).toMatchObject({ kind, reason });
  });
});

describe('the rules', () => {
  test.each(REPLY_RULES.map((rule) => [rule.reason, rule.sample, rule] as const))(
    '%s holds for %s',
    (reason, sample, rule) => {
      expect(REPLY_RULES.find(({ says }) => says.test(wordsOf(sample)))).toBe(rule);
      expect(read(sample).reason).toBe(reason);
    },
  );
  const words = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');
  test.each(BOUNCE_FORMS.map((form) => [form.name, form] as const))(
    'the form of %s is not taken by an earlier one',
    (_name, form) => {
      expect(BOUNCE_FORMS.find(({ says }) => says.test(words(form.sample)))).toBe(form);
    },
  );
  test('take no longer than a reply is long, whatever it is made of', () => {
    const pieces = [
      'user ',
      'mailbox is ',
      'a@',
      '550 5.1.1 ',
      'too many ',
      'exceeded the ',
      'quota ',
      '-',
      'a',
      ' ',
      'sending rate ',
      'your ip ',
    ];
    for (const piece of pieces) {
      const reply = `550 ${piece.repeat(100_000 / piece.length)}`;
      read(reply);
      const started = performance.now();
      for (let n = 0; n < 5; n++) read(reply);
      expect((performance.now() - started) / 5, JSON.stringify(piece)).toBeLessThan(50);
    }
  });
});
