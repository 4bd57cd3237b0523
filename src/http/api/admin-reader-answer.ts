import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { DeliveryRecord } from '../../db/deliveries.ts';
import { getSubscriber, type SubscriberRow } from '../../db/subscribers.ts';
import { recordDeed } from '../../db/trail.ts';
import { messageAsSent, noMessage } from '../../delivery/sent.ts';
import { AppError } from '../../errors.ts';
import { queueIdOf } from '../../mail/queue-id.ts';
import { comesAt } from '../../subscribers/schedule.ts';
import { deliveryWords } from '../admin/delivery-words.ts';
import { answerFor, type Remedy } from '../admin/reader-answer.ts';
import { readerFacts } from '../admin/reader-facts.ts';
import { DELIVERIES_SHOWN } from '../admin/reader-view.ts';
import { readerTimes } from '../admin/reader-times.ts';
import { createClock } from '../admin/words.ts';
import type { AdminDeps } from './admin-deps.ts';
import { REFUSED } from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { Day, Moment, Nullable, query, RowId } from './schemas.ts';

const Text = Type.String();
const Before = Type.Optional(Type.Unsafe<string>({ ...Day, description: 'Deliveries of digests before this date.' }));
const Answer = Type.Object(
  {
    subscriber: Type.Integer(),
    status: Text,
    sentence: Type.String({ description: 'Why no mail came, or that it did.' }),
    deck: Text,
    remedy: Nullable(
      Type.Object({
        act: Nullable(Type.String({ enum: ['lift', 'confirm', 'send'], description: 'Below `/subscribers`.' })),
        see: Nullable(
          Type.String({
            description:
              'Where it stands, below `/api/v1/admin`: what is unknown is decided by a POST to `resend` or `close` ' +
              'below it, and a digest that waits goes on by `resume`. null: there is an `act`.',
          }),
        ),
        label: Text,
        hint: Text,
      }),
    ),
    reply: Type.String({ description: 'What to tell the reader.' }),
    suppressed: Nullable(Text),
    pausedUntil: Nullable(Moment),
    nextDueAt: Nullable(Moment),
    relays: Type.Array(Text, { description: 'The hosts of the relays that mail goes to now.' }),
    deliveries: Type.Array(
      Type.Object(
        {
          date: Day,
          state: Text,
          reason: Nullable(Text),
          says: Text,
          attempts: Type.Integer(),
          lastReply: Nullable(Text),
          queueId: Nullable(Type.String({ description: 'Under which the relay keeps it, where its reply says so.' })),
          acceptedAt: Nullable(Type.String({ format: 'date-time', description: 'When the relay took it.' })),
          nextAttemptAt: Nullable(Moment),
          frozenAt: Moment,
          updatedAt: Moment,
        },
        { title: 'DeliveryToOne' },
      ),
      { description: 'The newest first.' },
    ),
    feedback: Type.Array(
      Type.Object(
        {
          date: Nullable(Day),
          kind: Text,
          isPermanent: Type.Boolean(),
          via: Text,
          words: Nullable(Text),
          heardAt: Moment,
        },
        { title: 'FeedbackOfOne' },
      ),
    ),
    next: Nullable(Type.String({ description: 'Pass it as `before`; null: there are no older deliveries.' })),
  },
  { title: 'WhyNoMail' },
);

/** One reader: the answer to "no mail came", and the message as it was sent. */
export const adminReaderAnswer: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, now, tools, topics } = deps;
  const clock = createClock('UTC', now);

  const readerOf = async (id: number): Promise<SubscriberRow> => {
    const reader = await getSubscriber(db, id);
    if (reader === null) throw new AppError('NOT_FOUND', 'There is no reader of this number.');
    return reader;
  };

  app.get(
    '/subscribers/:id/answer',
    {
      config: { scope: 'subscribers:read' },
      schema: {
        operationId: 'whyNoMail',
        tags: ['Readers'],
        summary: 'The answer to “no mail came”, with what was sent and what came back',
        params: Type.Object({ id: RowId }),
        querystring: query({ before: Before }),
        response: { 200: Answer, ...REFUSED },
      },
    },
    async ({ params: { id }, query: { before = null } }) => {
      const reader = await readerOf(id);
      const facts = await readerFacts(deps, reader, { before });
      const { sentence, deck, remedy, reply } = answerFor(facts, clock);
      const deliveries = facts.deliveries.slice(0, DELIVERIES_SHOWN);
      const times = readerTimes(reader.timezone, now());
      return {
        subscriber: id,
        status: reader.status,
        sentence,
        deck,
        remedy: remedy && remedyOut(remedy),
        reply,
        suppressed: facts.suppression?.reason ?? null,
        pausedUntil: reader.pausedUntil?.toISOString() ?? null,
        nextDueAt: comesAt(reader, deps.config.editionHour)?.toISOString() ?? null,
        relays: [...tools.relays],
        deliveries: deliveries.map((delivery) => ({
          date: delivery.date,
          state: delivery.state,
          reason: delivery.reason,
          says: deliveryWords(delivery, facts.feedback, times.at),
          attempts: delivery.attempts,
          lastReply: delivery.lastReply,
          queueId: queueIdOf(delivery.lastReply),
          acceptedAt: takenAt(delivery)?.toISOString() ?? null,
          nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
          frozenAt: delivery.frozenAt.toISOString(),
          updatedAt: delivery.updatedAt.toISOString(),
        })),
        feedback: facts.feedback.map(({ digestDate, kind, permanent, via, words, heardAt }) => ({
          date: digestDate,
          kind,
          isPermanent: permanent,
          via,
          words,
          heardAt: heardAt.toISOString(),
        })),
        next: facts.deliveries.length > DELIVERIES_SHOWN ? deliveries.at(-1)!.date : null,
      };
    },
  );

  app.post(
    '/subscribers/:id/mail/:date/source',
    {
      config: { scope: 'subscribers:addresses' },
      schema: {
        operationId: 'getSource',
        tags: ['Readers'],
        summary: 'The message as it was sent, with its address and links; that stands in the trail',
        params: Type.Object({ id: RowId, date: Day }),
        response: {
          200: { description: 'The message.', content: { 'message/rfc822': { schema: Type.String() } } },
          ...REFUSED,
        },
      },
    },
    async (request, reply) => {
      const { id, date } = request.params;
      const { status } = await readerOf(id);
      const message =
        status === 'erased' ? null : await messageAsSent({ ...tools, db, topics }, { subscriberId: id, date });
      if (message === null) throw noMessage();
      await recordDeed(db, holderOf(request), { at: now(), did: 'reader.source', about: String(id), words: date });
      return reply.type('message/rfc822').send(message as never);
    },
  );
};

/** What came back of it later, or a link that was used, says that it left, and not when. */
const takenAt = ({ state, reason, updatedAt }: DeliveryRecord): Date | null =>
  state === 'accepted' && reason === null ? updatedAt : null;

/** A link of the desk is none of the API: `see` leads to the same. */
const remedyOut = (remedy: Remedy) => ({
  act: 'act' in remedy ? remedy.act : null,
  see: 'see' in remedy ? remedy.see : null,
  label: remedy.label,
  hint: remedy.hint,
});
