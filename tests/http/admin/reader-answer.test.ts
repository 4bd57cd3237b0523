import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeliveryRecord } from '../../../src/db/deliveries.ts';
import type { FeedbackRecord } from '../../../src/db/feedback.ts';
import type { SubscriberRow } from '../../../src/db/subscribers.ts';
import type { Suppression } from '../../../src/db/suppressions.ts';
import { DAY, HOUR, MINUTE } from '../../../src/duration.ts';
import { type AnswerFacts, answerFor } from '../../../src/http/admin/reader-answer.ts';
import { askedFor } from '../../../src/http/admin/readers-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';

/** A Wednesday, 09:30 in Lisbon. */
const NOW = new Date('2026-05-27T08:30:00Z');
const TODAY = '2026-05-27';
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const clock = createClock('Europe/Berlin', () => NOW);

const READER: SubscriberRow = {
  id: 20418,
  email: 'maria@example.org',
  status: 'active',
  topics: ['all'],
  frequency: 'weekdays',
  timezone: 'Europe/Lisbon',
  sendHour: 7,
  wantsFresh: true,
  length: 10,
  weeklyOn: 1,
  pausedUntil: null,
  leftBecause: null,
  tasteAt: null,
  createdAt: ago(90 * DAY),
  requestedAt: null,
  noticeSentAt: null,
  confirmedAt: ago(90 * DAY),
  endedAt: null,
  nextDueAt: new Date('2026-05-28T06:00:00Z'),
  lastDigestDate: TODAY,
};

const delivery = (more: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  date: TODAY,
  since: '2026-05-26',
  state: 'accepted',
  reason: null,
  attempts: 1,
  lastReply: '250 2.0.0 Ok: queued as 4bXq',
  nextAttemptAt: null,
  frozenAt: new Date('2026-05-27T06:00:20Z'),
  updatedAt: new Date('2026-05-27T06:00:48Z'),
  selectionId: 1,
  ...more,
});

const heard = (more: Partial<FeedbackRecord> = {}): FeedbackRecord => ({
  digestDate: TODAY,
  kind: 'soft',
  permanent: true,
  reason: 'mailbox-full',
  via: 'inbound',
  words: '552 5.2.2 mailbox full',
  heardAt: new Date('2026-05-27T06:05:00Z'),
  judgedAt: null,
  pardoned: false,
  ...more,
});

const suppression = (reason: Suppression['reason'], reopenedAt: Date | null = null): Suppression => ({
  reason,
  createdAt: ago(2 * DAY),
  reopenedAt,
});

const brake = (domain: string) => ({ date: TODAY, domain, unknown: 40, frozen: 400, pulledAt: ago(HOUR) });

type Case = Partial<Omit<AnswerFacts, 'reader'>> & { reader?: Partial<SubscriberRow> | null };

const factsOf = ({ reader, deliveries = [delivery()], ...more }: Case): AnswerFacts => ({
  now: NOW,
  reader: reader === null ? null : { ...READER, lastDigestDate: deliveries[0]?.date ?? null, ...reader },
  suppression: null,
  deliveries,
  feedback: [],
  notice: { notBefore: null, quietUntil: null },
  digest: 'sending',
  brake: null,
  isClosed: false,
  newest: TODAY,
  editionHour: 4,
  ...more,
});

const PENDING = { status: 'pending', confirmedAt: null, nextDueAt: null } as const;
const BOUNCED = { status: 'bounced', endedAt: ago(2 * DAY), nextDueAt: null } as const;
const ENDED = { status: 'unsubscribed', endedAt: ago(DAY), nextDueAt: null } as const;

/** What is so, the sentence, and the label of the remedy. */
const CASES: [string, Case, string, string | null][] = [
  ['the address is not known', { reader: null }, 'No subscription stands under this address.', null],
  [
    'only a suppression is left of them',
    { reader: null, suppression: suppression('bounced') },
    'No subscription stands under this address, and it is suppressed.',
    'Lift the suppression',
  ],
  [
    'only a complaint is left of them',
    { reader: null, suppression: suppression('complained') },
    'No subscription stands under this address, and it is suppressed.',
    'Let them ask again',
  ],
  [
    'a restored installation waits',
    { isClosed: true, deliveries: [delivery({ state: 'pending' })] },
    'Nothing goes out to them, nor to others: this installation was restored, or is a copy.',
    null,
  ],
  [
    'a restored installation waits, and they had theirs',
    { isClosed: true },
    'Their provider took today’s digest at 07:00 in Lisbon.',
    null,
  ],
  [
    'a restored installation waits with their confirmation',
    { isClosed: true, reader: { ...PENDING, requestedAt: ago(MINUTE) } },
    'Nothing goes out to them, nor to others: this installation was restored, or is a copy.',
    null,
  ],
  ['they were erased', { reader: { status: 'erased', endedAt: ago(DAY) } }, 'This reader was erased yesterday.', null],
  [
    'the address does not exist',
    { reader: BOUNCED, suppression: suppression('bounced') },
    'No mail since Monday: their provider says that the address does not exist.',
    'Lift the suppression',
  ],
  [
    'it was refused on five days',
    { reader: BOUNCED, suppression: suppression('refused') },
    'No mail since Monday: their provider refused it on five days.',
    'Lift the suppression',
  ],
  [
    'the operator suppressed them',
    { suppression: suppression('manual') },
    'No mail since Monday: the address was suppressed by hand.',
    'Lift the suppression',
  ],
  [
    'they bounced, and no suppression is left',
    { reader: BOUNCED },
    'No mail since Monday: their provider says that the address does not exist.',
    'Lift the suppression',
  ],
  [
    'they complained',
    { reader: { ...BOUNCED, status: 'complained' }, suppression: suppression('complained') },
    'No mail since Monday: they told their provider that it is spam.',
    'Let them ask again',
  ],
  [
    'they complained and may ask again',
    { reader: ENDED, suppression: suppression('complained', ago(HOUR)) },
    'They may ask again since today, and have not confirmed yet.',
    'Send the confirmation',
  ],
  ['they left', { reader: ENDED }, 'They left yesterday at 09:30 in Lisbon.', 'Send the confirmation'],
  [
    'their request ran out',
    { reader: { ...ENDED, endedAt: null, confirmedAt: null } },
    'They never confirmed, so no mail goes to them.',
    'Send the confirmation',
  ],
  [
    'the confirmation was sent',
    { reader: { ...PENDING, requestedAt: ago(HOUR), noticeSentAt: ago(HOUR - MINUTE) } },
    'They have not confirmed: their link was sent today at 08:31 in Lisbon.',
    'Send the confirmation again',
  ],
  [
    'the confirmation is owed',
    { reader: { ...PENDING, requestedAt: ago(MINUTE) } },
    'They have not been sent their confirmation yet: they asked today at 09:29 in Lisbon.',
    null,
  ],
  [
    'a cap holds the confirmation',
    {
      reader: { ...PENDING, requestedAt: ago(MINUTE) },
      notice: { notBefore: new Date(NOW.getTime() + HOUR), quietUntil: null },
    },
    'Their confirmation waits until today at 10:30 in Lisbon: a cap on such mail is reached.',
    null,
  ],
  [
    'the confirmation came back',
    {
      reader: { ...PENDING, requestedAt: ago(HOUR), noticeSentAt: ago(HOUR) },
      feedback: [heard({ digestDate: null, heardAt: ago(MINUTE) })],
    },
    'Their confirmation came back today at 09:29 in Lisbon: the mailbox is full.',
    'Send the confirmation again',
  ],
  [
    'they pause',
    { reader: { pausedUntil: new Date('2026-08-01T00:00:00+01:00'), nextDueAt: null } },
    'Their digests rest until 1 August, as they wished.',
    null,
  ],
  ['it was taken', {}, 'Their provider took today’s digest at 07:00 in Lisbon.', null],
  [
    'they used a link of it',
    { deliveries: [delivery({ reason: 'answered' })] },
    'They have today’s digest: they used a link of it.',
    null,
  ],
  [
    'it was taken and came back',
    { feedback: [heard()] },
    'Today’s digest came back today at 07:05 in Lisbon: the mailbox is full.',
    null,
  ],
  [
    'it waits for its turn',
    { deliveries: [delivery({ state: 'pending', lastReply: null })] },
    'Today’s digest is on its way to them.',
    null,
  ],
  ['it is being sent', { deliveries: [delivery({ state: 'sending' })] }, 'Today’s digest is on its way to them.', null],
  [
    'the digest is paused',
    { deliveries: [delivery({ state: 'pending' })], digest: 'paused' },
    'Today’s digest is paused, and theirs waits with it.',
    'See Today',
  ],
  [
    'the brake is on for all',
    { deliveries: [delivery({ state: 'pending' })], digest: 'paused', brake: brake('') },
    'Today’s digest is paused, and theirs waits with it.',
    'See Today',
  ],
  [
    'the brake is on for their domain',
    {
      deliveries: [delivery({ state: 'deferred', reason: 'held-back', nextAttemptAt: ago(-HOUR) })],
      brake: brake('example.org'),
    },
    'Today’s digest waits: the brake is on for example.org.',
    'See Today',
  ],
  [
    'their provider greylists',
    {
      deliveries: [
        delivery({
          state: 'deferred',
          reason: '4.7.1',
          lastReply: '450 4.7.1 Greylisted',
          nextAttemptAt: ago(-MINUTE),
        }),
      ],
    },
    'Today’s digest waits, and is tried again today at 09:31 in Lisbon.',
    null,
  ],
  [
    'the warm-up holds it',
    { deliveries: [delivery({ state: 'deferred', reason: 'warm-up', lastReply: null, nextAttemptAt: ago(-DAY) })] },
    'Today’s digest waits, and is tried again tomorrow at 09:30 in Lisbon.',
    null,
  ],
  [
    'it was refused for the mailbox',
    { deliveries: [delivery({ state: 'rejected', reason: '5.2.2', lastReply: '552 5.2.2 mailbox full' })] },
    'Today’s digest was refused: the mailbox is full.',
    null,
  ],
  [
    'it was refused for us',
    {
      deliveries: [
        delivery({ state: 'rejected', reason: '5.7.25', lastReply: '550 5.7.25 no PTR record for 192.0.2.1' }),
      ],
    },
    'Today’s digest was refused: our server has no name in reverse DNS.',
    null,
  ],
  [
    'it was unknown on one day',
    { deliveries: [delivery({ state: 'rejected', reason: 'unknown-user', lastReply: '550 5.1.1 User unknown' })] },
    'Today’s digest was refused: the address does not exist.',
    null,
  ],
  [
    'it was tried for a day',
    { deliveries: [delivery({ state: 'rejected', reason: 'expired', lastReply: null })] },
    'Today’s digest was refused: it was tried for a day, in vain.',
    null,
  ],
  [
    'the answer was lost',
    { deliveries: [delivery({ state: 'unknown', reason: 'lost', lastReply: null })] },
    'It is not known whether today’s digest reached them.',
    'See what is unknown',
  ],
  [
    'there was nothing for them',
    { deliveries: [delivery({ state: 'skipped', reason: 'empty', lastReply: null })] },
    'There was nothing new for them in today’s digest.',
    null,
  ],
  [
    'the digest was cancelled',
    { deliveries: [delivery({ state: 'skipped', reason: 'cancelled', lastReply: null })], digest: 'cancelled' },
    'Today’s digest was not sent to them: the digest was cancelled for all who had not had it.',
    null,
  ],
  [
    'their hour has yet to come',
    {
      reader: { frequency: 'daily', nextDueAt: new Date('2026-05-27T16:00:00Z') },
      deliveries: [delivery({ date: '2026-05-26', updatedAt: ago(DAY) })],
    },
    'Their hour has yet to come: the next digest is due today at 17:00 in Lisbon.',
    null,
  ],
  [
    'they read weekly',
    {
      reader: { frequency: 'weekly', nextDueAt: new Date('2026-06-01T06:00:00Z') },
      deliveries: [delivery({ date: '2026-05-25', updatedAt: ago(2 * DAY) })],
    },
    'They get one mail a week, on Mondays: the next digest is due on Monday at 07:00 in Lisbon.',
    null,
  ],
  [
    'they are new',
    { reader: { nextDueAt: new Date('2026-05-28T06:00:00Z') }, deliveries: [] },
    'They get mail from Monday to Friday: the next digest is due tomorrow at 07:00 in Lisbon.',
    null,
  ],
  [
    'there was never an edition',
    { reader: { nextDueAt: ago(HOUR) }, deliveries: [], newest: null },
    'Nothing was sent to them: there is no edition yet.',
    'See the editions',
  ],
  [
    'there is none of today',
    {
      reader: { nextDueAt: ago(HOUR) },
      deliveries: [delivery({ date: '2026-05-25', updatedAt: ago(2 * DAY) })],
      newest: '2026-05-26',
    },
    'Nothing was sent to them: there is no edition since 26 May.',
    'See the editions',
  ],
  [
    'it is being made',
    { reader: { nextDueAt: ago(MINUTE) }, deliveries: [] },
    'Their digest is being made: it was due today at 09:29 in Lisbon.',
    null,
  ],
  [
    'it was due, and nothing made it',
    { reader: { nextDueAt: ago(2 * HOUR) }, deliveries: [] },
    'Their digest is due since today at 07:30 in Lisbon and was not made.',
    'Send it to them now',
  ],
];

describe('the answer to "no mail came"', () => {
  test.each(CASES)('where %s', (_what, given, sentence, remedy) => {
    const answer = answerFor(factsOf(given), clock);
    expect(answer.sentence).toBe(sentence);
    expect(answer.remedy?.label ?? null).toBe(remedy);
  });

  test('says what came before the mail stopped, and when the next one would come', () => {
    const deliveries = [
      delivery({ date: '2026-05-25', state: 'rejected', lastReply: '550 5.1.1 User unknown', updatedAt: ago(2 * DAY) }),
      delivery({ date: '2026-05-22', updatedAt: ago(5 * DAY) }),
    ];
    const { deck, reply } = answerFor(
      factsOf({ reader: BOUNCED, suppression: suppression('bounced'), deliveries }),
      clock,
    );
    expect(deck).toBe(
      'Until Friday their mail was taken. If they say that the address works, lift the suppression; their next ' +
        'digest then comes tomorrow at 07:00 in Lisbon and brings what they missed.',
    );
    expect(reply).toContain('(“550 5.1.1 User unknown”)');
  });

  test('names no hour that would bring nothing, to who had the edition of that hour', () => {
    const tonight = { ...BOUNCED, frequency: 'daily', sendHour: 21 } as const;
    const answer = answerFor(factsOf({ reader: tonight, suppression: suppression('bounced') }), clock);
    expect(answer.deck).toContain('their next digest then comes tomorrow at 21:00 in Lisbon');
  });

  test('is of whole sentences with nothing left open, whatever is so', () => {
    const moments = fc.integer({ min: -400, max: 400 }).map((hours) => ago(hours * HOUR));
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
    const facts = fc.record({
      reader: maybe(
        fc.record({
          status: fc.constantFrom('pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased' as const),
          frequency: fc.constantFrom('daily', 'weekdays', 'weekly' as const),
          timezone: fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'),
          pausedUntil: maybe(moments),
          leftBecause: maybe(fc.constantFrom('too-many', 'no-time' as const)),
          requestedAt: maybe(moments),
          noticeSentAt: maybe(moments),
          confirmedAt: maybe(moments),
          endedAt: maybe(moments),
          nextDueAt: maybe(moments),
        }),
      ),
      suppression: maybe(
        fc.record({
          reason: fc.constantFrom('bounced', 'complained', 'refused', 'manual' as const),
          createdAt: moments,
          reopenedAt: maybe(moments),
        }),
      ),
      deliveries: fc.array(
        fc
          .record({
            date: fc.constantFrom('2026-05-25', '2026-05-26', TODAY),
            state: fc.constantFrom(
              'pending',
              'sending',
              'deferred',
              'accepted',
              'rejected',
              'unknown',
              'skipped' as const,
            ),
            reason: maybe(fc.constantFrom('held-back', 'warm-up', 'empty', 'lost', 'closed', 'expired', 'never heard')),
            lastReply: maybe(fc.string()),
            nextAttemptAt: maybe(moments),
            updatedAt: moments,
          })
          .map(delivery),
        { maxLength: 2 },
      ),
      feedback: fc.array(
        fc
          .record({
            kind: fc.constantFrom('hard', 'soft', 'complaint', 'unsubscribe', 'delivered' as const),
            reason: fc.constantFrom('unknown-user', 'other', 'never heard'),
            heardAt: moments,
          })
          .map(heard),
        { maxLength: 2 },
      ),
      digest: maybe(fc.constantFrom('sending', 'paused', 'cancelled' as const)),
      newest: maybe(fc.constantFrom('2026-05-26', TODAY)),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { sentence, deck, reply } = answerFor(factsOf(given), clock);
        for (const text of [sentence, deck, reply]) {
          expect(text).toMatch(/^[A-Z“][^]*[.?]$/);
          expect(text.replace(/“[^]*?”\)/g, '')).not.toMatch(/undefined|null|NaN|Invalid|on today|since on|  /);
        }
        expect(`${sentence} ${deck}`).not.toContain('maria');
      }),
      { numRuns: 150 },
    );
  });
});

describe('what is looked for', () => {
  test.each([
    ['20418', { by: 'number', id: 20418 }],
    ['No. 20418', { by: 'number', id: 20418 }],
    ['#7', { by: 'number', id: 7 }],
    ['Maria@Example.ORG', { by: 'address', email: 'Maria@example.org' }],
    ['"Curie, Maria" <maria@example.org>', { by: 'address', email: 'maria@example.org' }],
    ['mailto:maria@example.org', { by: 'address', email: 'maria@example.org' }],
    ['@example.org', { by: 'part', part: '@example.org' }],
    ['maria@exam', { by: 'part', part: 'maria@exam' }],
    ['maria', { by: 'part', part: 'maria' }],
    ['', { by: 'part', part: '' }],
  ])('of %j', (typed, asked) => {
    expect(askedFor(typed)).toEqual(asked);
  });
});
