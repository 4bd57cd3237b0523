import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { end, erase, findSubscriber, type SubscriberRow } from '../../db/subscribers.ts';
import { findSuppression } from '../../db/suppressions.ts';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { normaliseAddress } from '../../subscribers/address.ts';
import { liftedOf, unsuppress } from '../../subscribers/lift.ts';
import { comesAt } from '../../subscribers/schedule.ts';
import type { AdminDeps } from './admin-deps.ts';
import {
  OncePossible,
  OnceWanted,
  Reader,
  ReaderAddress,
  ReaderAsked,
  ReaderChanged,
  ReaderLifted,
  ReaderWish,
  REFUSED,
  REFUSED_ONCE,
} from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';

export const adminReaders: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { config, db, now, actions, tools, once } = deps;
  const { keyring } = tools;

  app.post(
    '/subscribers/find',
    {
      config: { scope: 'subscribers:read' },
      schema: {
        operationId: 'findReader',
        tags: ['Readers'],
        summary: 'What is known of an address',
        body: ReaderAddress,
        response: { 200: Reader, ...REFUSED },
      },
    },
    async ({ body }) => {
      const email = normaliseAddress(body.email);
      const [reader, suppression] = await Promise.all([
        findSubscriber(db, email),
        findSuppression(db, keyring.hashesOf(email)),
      ]);
      if (!reader && !suppression) throw unknown();
      return readerOut(reader, suppression?.reason ?? null, config.editionHour);
    },
  );

  app.post(
    '/subscribers',
    {
      config: { scope: 'subscribers:write' },
      schema: {
        operationId: 'addReader',
        tags: ['Readers'],
        summary: 'Ask for a subscription on a reader’s behalf',
        description: 'A confirmation is mailed to the address, and the reader decides. The answer is always the same.',
        headers: OnceWanted,
        body: ReaderWish,
        response: { 200: ReaderAsked, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        await actions.subscribe(request.body);
        const reader = await findSubscriber(db, normaliseAddress(request.body.email));
        await record(request, 'reader.ask', reader);
        return { status: 'accepted' as const, message: 'A confirmation is mailed to the address.' };
      }),
  );

  /** Changes what there is of one reader; `work` says whether there was something to change. */
  const change = (
    name: 'unsubscribe' | 'erase',
    { id, summary }: { id: string; summary: string },
    work: (reader: SubscriberRow) => Promise<boolean>,
  ): unknown =>
    app.post(
      `/subscribers/${name}`,
      {
        config: { scope: 'subscribers:write' },
        schema: {
          operationId: id,
          tags: ['Readers'],
          summary,
          headers: OncePossible,
          body: ReaderAddress,
          response: { 200: ReaderChanged, ...REFUSED_ONCE },
        },
      },
      (request) =>
        once(request, async () => {
          const reader = await findSubscriber(db, normaliseAddress(request.body.email));
          if (!reader) throw unknown();
          const changed = await work(reader);
          if (changed) await record(request, `reader.${name}`, reader);
          return { subscriber: reader.id, changed };
        }),
    );
  change('unsubscribe', { id: 'unsubscribeReader', summary: 'End a subscription' }, ({ id }) =>
    end(db, id, 'unsubscribed', now()),
  );
  change('erase', { id: 'eraseReader', summary: 'Forget a reader for good' }, async ({ id }) => {
    await erase(db, id, now());
    return true;
  });

  app.post(
    '/subscribers/lift',
    {
      config: { scope: 'subscribers:write' },
      schema: {
        operationId: 'liftSuppression',
        tags: ['Readers'],
        summary: 'Mail an address again that mail came back from',
        description: 'Who complained is only let ask again: `reopened`.',
        headers: OncePossible,
        body: ReaderAddress,
        response: { 200: ReaderLifted, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const email = normaliseAddress(request.body.email);
        await tools.requireTrueClock();
        const lifted = await unsuppress({ db, keyring, now }, email);
        await record(request, 'reader.lift', await findSubscriber(db, email));
        return { lifted };
      }),
  );

  /** The trail knows readers by their numbers alone. */
  const record = (request: Parameters<typeof holderOf>[0], did: string, reader: { id: number } | null): Promise<void> =>
    recordDeed(db, holderOf(request), { at: now(), did, about: liftedOf(reader) });
};

const unknown = (): AppError => new AppError('NOT_FOUND', 'No one with that address is stored here.');

const readerOut = (reader: SubscriberRow | null, suppressed: string | null, editionHour: number) => ({
  subscriber: reader?.id ?? null,
  status: reader?.status ?? null,
  topics: reader?.topics ?? [],
  frequency: reader?.frequency ?? null,
  timezone: reader?.timezone ?? null,
  sendHour: reader?.sendHour ?? null,
  confirmedAt: reader?.confirmedAt?.toISOString() ?? null,
  endedAt: reader?.endedAt?.toISOString() ?? null,
  nextDueAt: (reader && comesAt(reader, editionHour))?.toISOString() ?? null,
  suppressed,
});
