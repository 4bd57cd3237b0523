import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listReaders } from '../../db/readers.ts';
import { findSubscriber, getSubscriber, type SubscriberRow } from '../../db/subscribers.ts';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { withoutAddresses } from '../../mail/classify-reply.ts';
import { addReader } from '../../subscribers/add-reader.ts';
import { newAddress } from '../../subscribers/address.ts';
import { exportReaders } from '../../subscribers/export.ts';
import { LISTED_STATES, type Status } from '../../subscriber.ts';
import { dayOf } from '../../day.ts';
import { fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { saidOf } from './fields.ts';
import { searchReaders } from '../reader-search.ts';
import type { ReaderPages } from './reader.ts';
import { type Asked, askedFor, type Listing, readersView } from './readers-view.ts';

const LISTED = 50;
/** What an operator says of a reader's consent is kept so long. */
const CONSENT_LENGTH = 200;

interface ListRoute {
  Querystring: { state?: string; before?: string; done?: string };
}

const DONE: Readonly<Record<string, string>> = {
  lifted: 'The suppression is lifted: the address may be subscribed.',
  reopened: 'Its reader may ask again now. Nothing was sent.',
  back: 'The suppression is lifted, and its reader gets digests again.',
  asked: 'The confirmation goes out within a minute, unless the address is suppressed or has had its share of mail.',
};

/** All readers: counted, listed, found, added, and taken out as a file. */
export async function readersDesk(app: FastifyInstance, deps: DeskDeps & { pages: ReaderPages }): Promise<void> {
  const { db, now, clock, renderDesk, meta, actions, tools, pages, counts } = deps;

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    listing: Listing,
    told: { said?: string | null; problem?: string | null } = {},
  ): Promise<FastifyReply> {
    const { problem = null, said = null } = told;
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('readers', {
        ...meta(request),
        title: 'Readers',
        here: 'readers',
        said,
        problem,
        ...readersView({ counts: await counts.readers(), listing, now: now() }, clock),
      }),
    );
  }

  const listOf = async (status: Status | null, before?: number): Promise<Listing> => {
    const readers = await listReaders(db, status, { before, limit: LISTED + 1 });
    return {
      status,
      part: null,
      isFurther: before !== undefined,
      readers: readers.slice(0, LISTED),
      next: readers.length > LISTED ? readers[LISTED - 1]!.id : null,
    };
  };

  app.get<ListRoute>('/readers', async (request, reply) => {
    const { state, before, done } = request.query;
    const status = LISTED_STATES.find((one) => one === state) ?? null;
    return list(request, reply, await listOf(status, numberOf(before)), { said: saidOf(DONE, done) });
  });

  /** An address in a link would stand in histories and logs, so it is asked for by POST. */
  app.post('/readers/find', async (request, reply) => {
    const fields = fieldsOf(request.body);
    const asked = askedFor(textField(fields, 'q') ?? '');
    const found = await lookUp(asked);
    // Who typed the whole address knows it.
    if (found !== null) return pages.show(request, reply, found, { isShown: asked.by === 'address' });
    if (asked.by === 'address') return pages.stranger(request, reply, asked.email);
    if (asked.by === 'number' || asked.part.length < 2)
      return list(request, reply, await listOf(null), { problem: NOT_FOUND[asked.by] });
    return list(request, reply, await search(asked.part, numberOf(textField(fields, 'before'))));
  });

  async function lookUp(asked: Asked): Promise<SubscriberRow | null> {
    if (asked.by === 'number') return getSubscriber(db, asked.id);
    return asked.by === 'address' ? findSubscriber(db, asked.email) : null;
  }

  async function search(part: string, before?: number): Promise<Listing> {
    const { readers, from } = await searchReaders(db, part, { before, limit: LISTED });
    return { status: null, part, isFurther: before !== undefined, readers, next: from };
  }

  app.post('/readers/add', async (request, reply) => {
    const fields = fieldsOf(request.body);
    try {
      const email = newAddress(textField(fields, 'email') ?? '');
      if (textField(fields, 'how') !== 'confirmed') {
        await actions.subscribe({ email });
        await recordDeed(db, AT_THE_DESK, { at: now(), did: 'reader.ask', about: 'a new reader' });
        return await reply.redirect('/admin/readers?done=asked', 303);
      }
      const consent = withoutAddresses(textField(fields, 'consent') ?? '', '<address>').slice(0, CONSENT_LENGTH);
      if (consent === '') throw noConsent();
      const isNew = await addReader({ db, now, keyring: tools.keyring }, { email });
      const { id } = (await findSubscriber(db, email))!;
      if (isNew) await recordDeed(db, AT_THE_DESK, { at: now(), did: 'reader.add', about: String(id), words: consent });
      return await reply.redirect(`/admin/readers/${id}${isNew ? '?done=add' : ''}`, 303);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return list(request, reply, await listOf(null), { problem: error.message });
    }
  });

  /** The same file as `paperboy subscribers export`. It tells all addresses, so that is written down. */
  app.post('/readers/export', async (_request, reply) => {
    const at = now();
    await recordDeed(db, AT_THE_DESK, { at, did: 'readers.export', about: 'all readers' });
    return reply
      .header('content-disposition', `attachment; filename="readers-${dayOf(at)}.csv"`)
      .type('text/csv; charset=utf-8')
      .send(Readable.from(exportReaders(db)));
  });
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

const NOT_FOUND: Readonly<Record<'number' | 'part', string>> = {
  number: 'There is no reader of that number: look for the address, or a part of it.',
  part: 'That is too little to look for: type two letters or more of the address.',
};

const noConsent = (): AppError =>
  new AppError(
    'INPUT_INVALID',
    'Say where their consent stands, as “signed the list at our stand, 12 May”: it is kept with who added them.',
  );
