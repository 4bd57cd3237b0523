import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/mail/transport.ts';
import { isPastDeadline, nextAttempt, verdictOf } from '../../src/delivery/verdict.ts';
import { withoutAddresses } from '../../src/mail/classify-reply.ts';

const reply = (line: string): SendResult => ({ kind: 'reply', code: Number(line.slice(0, 3)), text: line.slice(4) });

describe('a reply', () => {
  test.each([
    '250 2.0.0 OK 1717000000 d2e1a72fcca58-70242b2fe3fsi1 - gsmtp',
    '250 2.0.0 Ok: queued as 4VqZ1x0Q5Rz',
    '251 User not local; will forward',
    '250',
  ])('%s: accepted', (line) => {
    expect(verdictOf(reply(line))).toEqual({ state: 'accepted' });
  });

  test.each([
    [
      '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.',
      '4.2.1',
    ],
    ['451 4.7.1 Greylisting in action, please come back later', '4.7.1'],
    ['452 4.2.2 Mailbox full', '4.2.2'],
    ['450 4.1.1 <a@example.org>: unverified address', '4.1.1'],
    ['354 Go ahead', '354'],
  ])('%s: put off, because of %s', (line, reason) => {
    expect(verdictOf(reply(line))).toEqual({ state: 'deferred', reason, slowDown: false });
  });

  test.each([
    ['421 4.7.0 Try again later', '4.7.0'],
    ['421 4.7.28 Our system has detected an unusual rate of unsolicited mail', '4.7.28'],
    ['451 Temporary local problem', '451'],
    ['452 4.3.1 Insufficient system storage', '4.3.1'],
  ])('%s: put off, because of %s, and the domain gets less mail for a while', (line, reason) => {
    expect(verdictOf(reply(line))).toEqual({ state: 'deferred', reason, slowDown: true });
    expect(verdictOf({ ...reply(line), about: 'sender' } as SendResult)).toEqual({
      state: 'deferred',
      reason,
      slowDown: false,
    });
  });

  test.each([
    '550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the address for typos',
    '550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
    '550 5.1.1 <policy@example.org>... User unknown',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    '551 5.1.6 Mailbox has moved',
    '556 5.1.10 null MX',
    '550 Requested action not taken: mailbox unavailable',
    '550 5.2.1 The account is closed',
    '550 No such user here',
    '550 No Such User Here',
    '550 Unknown user',
    '550 unknown recipient',
    '550 User unknown',
    '550 Unknown or illegal alias: a@example.org',
    '554 Mailbox does not exist',
    "550 Mailbox doesn't exist",
    '550 Recipient not found',
    '550 5.0.0 User not known',
    '550 Unrouteable address',
    '550 Invalid recipient a@example.org',
    '553 sorry, no mailbox here by that name. (#5.7.1)'.replace(' (#5.7.1)', ''),
    '550 Address no longer in use',
    '550 5.1.0 Address rejected: no such recipient',
  ])('%s: rejected, for there is no such mailbox', (line) => {
    expect(verdictOf(reply(line))).toMatchObject({ state: 'rejected', reason: 'unknown-user', hard: true });
  });

  test.each([
    ['552 5.2.2 The email account that you tried to reach is over quota', '5.2.2'],
    ['550 5.2.2 mailbox full', '5.2.2'],
    ['552 Quota exceeded', '552'],
    ['552 5.3.4 Message size exceeds fixed limit', '5.3.4'],
    ['550 5.7.1 Our system has detected that this message is likely unsolicited mail', '5.7.1'],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', '5.7.1'],
    ['550 5.7.25 The IP address sending this message does not have a PTR record', '5.7.25'],
    ['550-5.7.26 Unauthenticated email is not accepted due to domain DMARC policy', '5.7.26'],
    ['550 5.7.515 Access denied, sending domain does not meet the required authentication level', '5.7.515'],
    ['554 Message rejected due to content (spam)', '554'],
    ['550 Blocked by policy: user unknown to us sent this', '550'],
    ['554 Connection from 95.5.1.1 refused', '554'],
    ['554 Connection from 5.1.1.20 refused', '554'],
    ['554 refused by mx15.1.1.example', '554'],
    ['553 5.1.8 Sender address rejected: Domain not found', '5.1.8'],
    ['530 5.7.0 Must issue a STARTTLS command first', '5.7.0'],
    ['500 5.5.1 Command unrecognized', '5.5.1'],
    ['550 5.1.2 Host unknown', '5.1.2'],
    ['550 5.2.1 The user you are trying to contact is receiving mail too quickly', '5.2.1'],
    ['550 <disabled@example.org> refused', '550'],
    ['550 5.2.1 Mailbox disabled', '5.2.1'],
    ['550-Verification failed for <paperboy@example.org>. No Such User Here. Sender verify failed', '550'],
  ])('%s: rejected because of %s, and the subscription stays', (line, reason) => {
    expect(verdictOf(reply(line))).toMatchObject({ state: 'rejected', reason, hard: false });
  });

  test('that our own address is unknown, said of the sender, costs no reader the subscription', () => {
    const said = reply('550 5.1.1 User unknown in local recipient table');
    expect(verdictOf(said)).toMatchObject({ hard: true });
    expect(
      verdictOf({ kind: 'reply', code: 550, text: '5.1.1 User unknown in local recipient table', about: 'sender' }),
    ).toEqual({ state: 'rejected', reason: '5.1.1', hard: false, because: 'sender' });
  });

  test('always has one of the three outcomes that its first digit allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.string({ unit: 'binary', maxLength: 300 }), (code, text) => {
        const { state } = verdictOf({ kind: 'reply', code, text });
        expect(state).toBe(code < 300 ? 'accepted' : code < 500 ? 'deferred' : 'rejected');
      }),
    );
    expect(verdictOf({ kind: 'reply', code: 0, text: '' }).state).toBe('deferred');
  });
});

test.each(['421 4.3.2 Service shutting down', '421 Closing the channel', '421 4.4.2 timeout'])(
  '"%s" is about the relay, and no reason to slow down for a reader’s domain',
  (line) => {
    expect(verdictOf(reply(line))).toMatchObject({ state: 'deferred', slowDown: false });
  },
);

test('without a reply: unknown once it was handed over, put off when not, and nobody is charged while the relay is down', () => {
  expect(verdictOf({ kind: 'lost', text: 'ECONNECTION' })).toEqual({ state: 'unknown', reason: 'lost' });
  expect(verdictOf({ kind: 'unsent', relayDown: false, text: 'ECONNECTION' })).toEqual({
    state: 'deferred',
    reason: 'connection',
    slowDown: false,
  });
  expect(verdictOf({ kind: 'unsent', relayDown: true, text: 'ECONNREFUSED' })).toEqual({ state: 'wait' });
});

describe('the next attempt', () => {
  const frozenAt = new Date('2026-05-29T08:00:00Z');
  const after = (minutes: number) => new Date(frozenAt.getTime() + minutes * 60_000);
  test('comes later and later, and never after a day', () => {
    const tries: number[] = [];
    for (
      let attempts = 1, at = nextAttempt(1, frozenAt);
      !isPastDeadline(frozenAt, at, attempts);
      at = nextAttempt(++attempts, at)
    )
      tries.push((at.getTime() - frozenAt.getTime()) / 60_000);
    expect(tries).toEqual([1, 6, 21, 81, 201, 441, 801, 1161]);
  });
  test('may be at the deadline and not a moment past it', () => {
    for (const [tries, days] of [
      [2, 1],
      [1, 2],
      [0, 2],
    ] as const) {
      expect(isPastDeadline(frozenAt, after(days * 24 * 60), tries)).toBe(false);
      expect(isPastDeadline(frozenAt, new Date(after(days * 24 * 60).getTime() + 1), tries)).toBe(true);
    }
  });
  test('is found for any number of attempts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 32_000 }), (attempts) => {
        expect(nextAttempt(attempts, frozenAt).getTime()).toBeGreaterThan(frozenAt.getTime());
      }),
    );
  });
});

describe('the words of a reply', () => {
  test.each([
    ['<a@b.org>: no such user', '<address> no such user'],
    ['user a.b+c@example.org, "x y"@z, unknown', 'user <address> "x <address> unknown'],
    ['@ alone, and @start, and end@', '@ alone, and @start, and end@'],
    ['', ''],
  ])('%j lose the addresses they quote', (text, kept) => expect(withoutAddresses(text, '<address>')).toBe(kept));

  test.each(['a', 'a ', '@', 'a@', '@ ', '\t', 'user '])('16 kB of %j are read at once', (piece) => {
    const text = piece.repeat(16_384 / piece.length);
    const start = process.cpuUsage().user;
    verdictOf({ kind: 'reply', code: 550, text });
    withoutAddresses(text, '<address>');
    expect((process.cpuUsage().user - start) / 1000).toBeLessThan(100);
  });
});
