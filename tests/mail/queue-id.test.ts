import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUEUE_ID_RULES, queueIdOf } from '../../src/mail/queue-id.ts';

test.each(QUEUE_ID_RULES)('the answer of $relay says an id, by its own rule alone', ({ id, sample }) => {
  const first = QUEUE_ID_RULES.find((rule) => rule.id.test(sample))!;
  expect(first.id).toBe(id);
  expect(sample).toContain(queueIdOf(sample));
});

test.each([
  ['250 2.0.0 Ok: queued as 4bXq1z9', '4bXq1z9'],
  // A filter before the queue: what counts is where the message lies in the end.
  ['250 2.0.0 Ok, id=12345-07, from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9F1C2', '9F1C2'],
  ['250 Message queued as QbGSDcz6', 'QbGSDcz6'],
  ['250 Requested mail action okay, completed: id=0MBrNr-1rABcD', '0MBrNr-1rABcD'],
  ['250 2.0.0 Message queued with id 1b2c3d4e5f.', '1b2c3d4e5f'],
  ['250 2.0.0 OK: queued as <address>', null],
  ['250 Great success', null],
  ['250 OK: message queued', null],
  ['250 Queued (0.031 seconds)', null],
  ['450 4.7.1 Greylisted, was queued as 4bXq1z9', null],
  ['550 5.1.1 <address>: User unknown', null],
  ['', null],
  [null, null],
])('the id in %j is %j', (reply, id) => {
  expect(queueIdOf(reply)).toBe(id);
});

test('whatever a relay answers, the id is a word of it', () => {
  const words = fc.constantFrom(
    'queued',
    'as',
    'id',
    '=',
    '<',
    '>',
    '(',
    ')',
    'ok',
    '12345678',
    ' ',
    '-',
    '.',
    'qp',
    'gsmtp',
  );
  const replies = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(replies, (reply) => {
      const id = queueIdOf(`250 ${reply}`);
      return id === null || (reply.includes(id) && !/\s/.test(id));
    }),
  );
});
