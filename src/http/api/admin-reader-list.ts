import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { listReaders } from '../../db/readers.ts';
import { getSubscriber, type SubscriberRow } from '../../db/subscribers.ts';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { LISTED_STATES, type Status } from '../../subscriber.ts';
import { maskAddress } from '../../subscribers/address.ts';
import { exportReaders } from '../../subscribers/export.ts';
import { fileOfLeavers } from '../../subscribers/elsewhere.ts';
import { openImport } from '../../subscribers/import-file.ts';
import { importDeed } from '../../subscribers/import-words.ts';
import { type Finding, importReaders, knownIn, leftOutIn } from '../../subscribers/import.ts';
import { sendNewest } from '../admin/reader-facts.ts';
import { searchReaders } from '../reader-search.ts';
import type { AdminDeps } from './admin-deps.ts';
import { OncePossible, OnceWanted, REFUSED, REFUSED_ONCE } from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { Moment, Nullable, query, RowId } from './schemas.ts';

const Text = Type.String();
const LISTED = 100;
const MOST_FINDINGS = 1_000;
/** A file of this size has some 250,000 addresses, and is in within a minute; more is the command's. */
const MOST_BYTES = 8 * 1024 * 1024;
const NEVER = new AbortController().signal;

const Listed = Type.Object(
  {
    subscriber: Type.Integer(),
    address: Type.String({ description: 'Masked.' }),
    status: Text,
    topics: Type.Array(Text),
    frequency: Text,
    timezone: Text,
    sendHour: Type.Integer(),
    createdAt: Moment,
    confirmedAt: Nullable(Moment),
    endedAt: Nullable(Moment),
  },
  { title: 'ListedReader' },
);
const ReaderPage = Type.Object(
  {
    subscribers: Type.Array(Listed),
    next: Nullable(Type.Integer({ description: 'Pass it as `before`; null: there are no more.' })),
  },
  { title: 'ReaderPage' },
);
const Before = Type.Optional(RowId);
const Id = Type.Object({ id: RowId });
const Sent = Type.Object({ subscriber: Type.Integer(), date: Text }, { title: 'DigestSentToOne' });
const Imported = Type.Object(
  {
    dryRun: Type.Boolean(),
    added: Type.Integer(),
    known: Type.Integer(),
    leftOut: Type.Integer(),
    findings: Type.Array(Type.Object({ line: Type.Integer(), kind: Text, why: Text }), {
      description: 'Of the first thousand lines of which there is something to say.',
    }),
  },
  { title: 'Imported' },
);

/** All readers: counted, listed, searched, imported and exported. */
export const adminReaderList: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, now, actions, tools, counts, once } = deps;

  app.get(
    '/subscribers',
    {
      config: { scope: 'subscribers:read' },
      schema: {
        operationId: 'listReaders',
        tags: ['Readers'],
        summary: 'Readers, the newest first',
        querystring: query({
          status: Type.Optional(Type.String({ enum: [...LISTED_STATES] })),
          before: Before,
        }),
        response: { 200: ReaderPage, ...REFUSED },
      },
    },
    async ({ query: { status, before } }) => {
      const found = await listReaders(db, (status as Status | undefined) ?? null, { before, limit: LISTED + 1 });
      const readers = found.slice(0, LISTED);
      return { subscribers: readers.map(listedOut), next: found.length > LISTED ? readers.at(-1)!.id : null };
    },
  );

  app.get(
    '/subscribers/counts',
    {
      config: { scope: 'subscribers:read' },
      schema: {
        operationId: 'countReaders',
        tags: ['Readers'],
        summary: 'How many readers there are, by state',
        querystring: query({}),
        response: {
          200: Type.Object({ countedAt: Moment, counts: Type.Record(Text, Type.Integer()) }, { title: 'ReaderCounts' }),
          ...REFUSED,
        },
      },
    },
    async () => {
      const { value, at } = await counts.readers();
      return { countedAt: at.toISOString(), counts: { ...value } };
    },
  );

  app.post(
    '/subscribers/search',
    {
      config: { scope: 'subscribers:read' },
      schema: {
        operationId: 'searchReaders',
        tags: ['Readers'],
        summary: 'Readers whose address holds a text',
        description: 'It looks for a moment: `next` goes on from where it came to, also where nothing was found.',
        body: Type.Object(
          { text: Type.String({ minLength: 2, maxLength: 320 }), before: Before },
          { title: 'ReaderSearch' },
        ),
        response: { 200: ReaderPage, ...REFUSED },
      },
    },
    async ({ body: { text, before } }) => {
      const { readers, from } = await searchReaders(db, text, { before, limit: LISTED });
      return { subscribers: readers.map(listedOut), next: from };
    },
  );

  const readerOf = async (id: number): Promise<SubscriberRow> => {
    const reader = await getSubscriber(db, id);
    if (reader === null || reader.status === 'erased')
      throw new AppError('NOT_FOUND', 'There is no reader of this number.');
    return reader;
  };

  app.post(
    '/subscribers/:id/address',
    {
      config: { scope: 'subscribers:addresses' },
      schema: {
        operationId: 'showAddress',
        tags: ['Readers'],
        summary: 'The address of a reader; that it was seen stands in the trail',
        params: Id,
        response: { 200: Type.Object({ address: Text }, { title: 'ShownAddress' }), ...REFUSED },
      },
    },
    async (request) => {
      const { id, email } = await readerOf(request.params.id);
      await recordDeed(db, holderOf(request), { at: now(), did: 'reader.show', about: String(id) });
      return { address: email };
    },
  );

  app.post(
    '/subscribers/:id/confirm',
    {
      config: { scope: 'subscribers:write' },
      schema: {
        operationId: 'confirmAgain',
        tags: ['Readers'],
        summary: 'Send another confirmation',
        params: Id,
        headers: OnceWanted,
        response: { 200: Type.Object({ subscriber: Type.Integer() }, { title: 'Asked' }), ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { id } = await readerOf(request.params.id);
        await actions.confirmAgain(id);
        await recordDeed(db, holderOf(request), { at: now(), did: 'reader.confirm', about: String(id) });
        return { subscriber: id };
      }),
  );

  app.post(
    '/subscribers/:id/send',
    {
      config: { scope: 'subscribers:write' },
      schema: {
        operationId: 'sendToReader',
        tags: ['Readers'],
        summary: 'Send one reader the newest digest now',
        params: Id,
        headers: OnceWanted,
        response: { 200: Sent, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const reader = await readerOf(request.params.id);
        const date = await sendNewest(deps, reader);
        await recordDeed(db, holderOf(request), { at: now(), did: 'reader.send', about: String(reader.id) });
        return { subscriber: reader.id, date };
      }),
  );

  app.post(
    '/subscribers/export',
    {
      config: { scope: 'subscribers:addresses' },
      schema: {
        operationId: 'exportReaders',
        tags: ['Readers'],
        summary: 'All readers as CSV, as an import takes them; that stands in the trail',
        response: {
          200: { description: 'A line for each reader.', content: { 'text/csv': { schema: Type.String() } } },
          ...REFUSED,
        },
      },
    },
    async (request, reply) => {
      await recordDeed(db, holderOf(request), { at: now(), did: 'readers.export', about: 'all readers' });
      return reply.type('text/csv; charset=utf-8').send(Readable.from(exportReaders(db)) as never);
    },
  );

  await app.register(async (csv) => {
    csv.addContentTypeParser(
      'text/csv',
      { parseAs: 'string', bodyLimit: MOST_BYTES },
      async (_: unknown, body: string) => body,
    );
    csv.post(
      '/subscribers/import',
      {
        bodyLimit: MOST_BYTES,
        config: { scope: 'subscribers:write' },
        schema: {
          operationId: 'importReaders',
          tags: ['Readers'],
          summary: 'Import readers of whose consent you are sure, from CSV of up to 8 MB',
          description: 'By the rules of `paperboy subscribers import`: who left or is suppressed stays out.',
          querystring: query({
            confirmed: Type.Optional(Type.Boolean({ description: 'That you have their consent.' })),
            dryRun: Type.Optional(Type.Boolean({ description: 'Nothing is written.' })),
          }),
          headers: OncePossible,
          body: { content: { 'text/csv': { schema: Type.String() } } },
          response: { 200: Imported, ...REFUSED_ONCE },
        },
      },
      (request) =>
        once(request, async () => {
          const { confirmed = false, dryRun = false } = request.query as { confirmed?: boolean; dryRun?: boolean };
          if (!confirmed && !dryRun)
            throw new AppError('INPUT_INVALID', 'Say `confirmed=true` that you have their consent, or `dryRun=true`.');
          await tools.requireTrueClock();
          const { sums, findings } = await importText(String(request.body), dryRun);
          if (!dryRun) await recordDeed(db, holderOf(request), importDeed(sums, now()));
          return { dryRun, added: sums.added, known: knownIn(sums), leftOut: leftOutIn(sums), findings };
        }),
    );
  });

  /** From a file, as the desk and the command import: the reader of files knows all forms. */
  async function importText(text: string, dryRun: boolean) {
    const directory = await mkdtemp(path.join(tmpdir(), 'paperboy-import-'));
    try {
      const file = path.join(directory, 'readers.csv');
      await writeFile(file, text, { mode: 0o600 });
      await using opened = await openImport(file, 'what was sent');
      const findings: Pick<Finding, 'line' | 'kind' | 'why'>[] = [];
      const { sums, cutOffBy } = await importReaders(
        { db, now, keyring: tools.keyring },
        {
          lines: opened.lines,
          layout: opened.layout,
          leavers: fileOfLeavers('readers.csv'),
          dryRun,
          signal: NEVER,
          onPortion: async (found) => {
            const room = MOST_FINDINGS - findings.length;
            findings.push(...found.slice(0, room).map(({ line, kind, why }) => ({ line, kind, why })));
          },
        },
      );
      if (cutOffBy !== undefined) throw cutOffBy;
      return { sums, findings };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
};

const listedOut = (reader: SubscriberRow) => ({
  subscriber: reader.id,
  address: maskAddress(reader.email),
  status: reader.status,
  topics: reader.topics,
  frequency: reader.frequency,
  timezone: reader.timezone,
  sendHour: reader.sendHour,
  createdAt: reader.createdAt.toISOString(),
  confirmedAt: reader.confirmedAt?.toISOString() ?? null,
  endedAt: reader.endedAt?.toISOString() ?? null,
});
