import { Type } from 'typebox';
import { STATES } from '../../delivery/tally.ts';
import { NOTE_LENGTH } from '../../editions/choose.ts';
import { GROUPS } from '../../health/finding.ts';
import {
  ABSENT,
  Day,
  Moment,
  Nullable,
  problem,
  SubscriptionRequest,
  TOO_FAST,
  UNREADABLE,
  UNUSABLE,
} from './schemas.ts';

/** What each route of the admin API may answer when it refuses. */
export const REFUSED = {
  ...UNREADABLE,
  401: problem('No key, or none that is in force.'),
  403: problem('The key has another scope.'),
  ...ABSENT,
  ...UNUSABLE,
  ...TOO_FAST,
};
export const REFUSED_ONCE = { ...REFUSED, 409: problem('The same request is being answered.') };

const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7e]+$',
  description:
    'Any text of your own, a new one for each thing to be done. The same request with it gets the first answer ' +
    'again for 24 hours, and nothing is done twice (draft-ietf-httpapi-idempotency-key-header).',
  examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
});
export const OnceWanted = Type.Object({ 'idempotency-key': IdempotencyKey });
export const OncePossible = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) });

/** What is answered where there is nothing to tell. */
export const Done = Type.Object({ done: Type.Literal(true) }, { title: 'Done' });
export const DONE = { done: true } as const;

export const DateParams = Type.Object({ date: Day });

export const Health = Type.Object(
  {
    sentence: Type.String({ description: 'All of it in a sentence.' }),
    findings: Type.Array(
      Type.Object(
        {
          check: Type.String({ examples: ['spf'] }),
          group: Type.String({ enum: [...GROUPS] }),
          name: Type.String(),
          verdict: Type.String({ enum: ['mend', 'look', 'well'] }),
          sentence: Type.String(),
          remedy: Nullable(Type.String()),
          since: Moment,
          lookedAt: Moment,
        },
        { title: 'Finding' },
      ),
      { description: 'The worst first.' },
    ),
  },
  { title: 'Health' },
);

export const Digest = Type.Object(
  {
    date: Day,
    state: Type.String({ enum: ['sending', 'paused', 'cancelled'] }),
    frozen: Type.Integer({ description: 'How many readers it was frozen for: the sum of the counts.' }),
    balances: Type.Boolean(),
    counts: Type.Object(Object.fromEntries(STATES.map((state) => [state, Type.Integer()])), {
      description: 'Deliveries by state.',
    }),
    nextDue: Nullable(Moment),
  },
  { title: 'Digest' },
);

export const DigestMoved = Type.Object(
  { date: Day, state: Type.String({ enum: ['sending', 'paused', 'cancelled'] }) },
  { title: 'DigestMoved' },
);
export const DigestSent = Type.Object(
  { date: Day, frozen: Type.Integer({ description: 'For how many readers it was frozen by this.' }) },
  { title: 'DigestSent' },
);

export const UnknownOfDigest = Type.Object(
  {
    date: Day,
    unknown: Type.Integer({ description: 'How many deliveries may or may not have arrived.' }),
    open: Type.Integer({ description: 'Of these, how many nothing was decided about.' }),
    again: Type.Integer({ description: 'How many are to be sent once more.' }),
    closed: Type.Integer({ description: 'How many are left as they are, for good.' }),
  },
  { title: 'UnknownOfDigest' },
);
export const UnknownDecided = Type.Object(
  {
    ...UnknownOfDigest.properties,
    changed: Type.Integer({ description: 'How many were decided by this: 0 leaves no trace in the trail.' }),
  },
  { title: 'UnknownDecided' },
);

export const Standing = Type.Object(
  {
    date: Day,
    note: Type.String({ description: 'The operator’s words above no. 1; empty where there are none.' }),
    papers: Type.Array(
      Type.Object(
        {
          rank: Type.Integer(),
          paper: Type.String(),
          title: Type.String(),
          score: Type.Number(),
          reasons: Type.Array(Type.String()),
          topics: Type.Array(Type.String()),
          isShown: Type.Boolean({ description: 'False for those that only readers get who have had the others.' }),
          isPinned: Type.Boolean(),
          rankByScore: Type.Optional(Type.Integer({ description: 'Where it would stand without pins.' })),
        },
        { title: 'StandingPaper' },
      ),
    ),
    dropped: Type.Array(
      Type.Object(
        { paper: Type.String(), title: Type.String(), why: Nullable(Type.String()), by: Type.String(), at: Moment },
        { title: 'DroppedPaper' },
      ),
    ),
  },
  { title: 'Standing' },
);

export const Preview = Type.Object(
  { date: Day, subject: Type.String(), html: Type.String(), text: Type.String() },
  { title: 'Preview' },
);

const Paper = Type.String({ minLength: 1, maxLength: 200, examples: ['arxiv:2507.14843'] });
export const Pin = Type.Object({ paper: Paper }, { title: 'Pin' });
export const Drop = Type.Object(
  { paper: Paper, why: Type.Optional(Type.String({ maxLength: 200 })) },
  { title: 'Drop' },
);
export const Note = Type.Object({ words: Type.String({ maxLength: 2 * NOTE_LENGTH }) }, { title: 'Note' });
export const Test = Type.Object(
  { to: Type.String({ examples: ['you@example.org'] }), topics: Type.Optional(Type.Array(Type.String())) },
  { title: 'Test' },
);
export const EditionChanged = Type.Object({ date: Day }, { title: 'EditionChanged' });

const { proof: _, ...wish } = SubscriptionRequest.properties;
export const ReaderWish = Type.Object(wish, { title: 'ReaderWish' });
export const ReaderAddress = Type.Object(
  { email: Type.String({ maxLength: 320, examples: ['reader@example.org'] }) },
  { title: 'ReaderAddress' },
);
export const Reader = Type.Object(
  {
    subscriber: Nullable(Type.Integer({ description: 'The number by which the ledger and the trail know them.' })),
    status: Nullable(Type.String({ enum: ['pending', 'active', 'unsubscribed', 'bounced', 'complained'] })),
    topics: Type.Array(Type.String()),
    frequency: Nullable(Type.String()),
    timezone: Nullable(Type.String()),
    sendHour: Nullable(Type.Integer()),
    confirmedAt: Nullable(Moment),
    endedAt: Nullable(Moment),
    nextDueAt: Nullable(Moment),
    suppressed: Nullable(Type.String({ description: 'Why nothing is mailed to the address any more.' })),
  },
  { title: 'Reader' },
);
export const ReaderAsked = Type.Object(
  { status: Type.Literal('accepted'), message: Type.String() },
  { title: 'ReaderAsked' },
);
export const ReaderChanged = Type.Object(
  {
    subscriber: Nullable(Type.Integer()),
    changed: Type.Boolean({ description: 'False: it was so already.' }),
  },
  { title: 'ReaderChanged' },
);
export const ReaderLifted = Type.Object(
  { lifted: Type.String({ enum: ['back', 'lifted', 'reopened'] }) },
  { title: 'ReaderLifted' },
);
