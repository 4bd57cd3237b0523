// Every table. drizzle-kit reads this file, so it imports nothing of ours.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const citext = customType<{ data: string }>({ dataType: () => 'citext' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const day = (name: string) => date(name, { mode: 'string' });

export const paper = pgTable(
  'paper',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    title: text('title').notNull(),
    abstract: text('abstract').notNull(),
    authors: text('authors').array().notNull(),
    organisation: text('organisation'),
    publishedAt: moment('published_at'),
    firstSeenAt: moment('first_seen_at').notNull(),
    categories: text('categories').array().notNull(),
    keywords: text('keywords').array().notNull(),
    codeUrl: text('code_url'),
    updatedAt: moment('updated_at').notNull(),
  },
  // Nulls first, as "order by … desc" wants them: with the other order Postgres sorts the whole
  // table for each page.
  (t) => [index('paper_first_seen_at').on(t.firstSeenAt.desc().nullsFirst(), t.id)],
);

export const signal = pgTable(
  'signal',
  {
    paperId: text('paper_id')
      .notNull()
      .references(() => paper.id, { onDelete: 'cascade' }),
    source: text('source').notNull(),
    metric: text('metric').notNull(),
    observedAt: moment('observed_at').notNull(),
    value: doublePrecision('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.paperId, t.source, t.metric, t.observedAt] })],
);

export const topic = pgTable('topic', {
  slug: text('slug').primaryKey(),
  name: text('name').notNull(),
  description: text('description').notNull(),
  categories: text('categories').array().notNull(),
  keywords: text('keywords').array().notNull(),
  position: integer('position').notNull(),
});

/** One run of one source: what it brought, what it could not read, why it failed. */
export const ingestRun = pgTable(
  'ingest_run',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    source: text('source').notNull(),
    asOf: moment('as_of').notNull(),
    startedAt: moment('started_at').notNull(),
    finishedAt: moment('finished_at').notNull(),
    papers: integer('papers').notNull(),
    skipped: integer('skipped').notNull(),
    error: text('error'),
  },
  (t) => [index('ingest_run_source').on(t.source, t.startedAt.desc())],
);

/**
 * One row, which counts the changes of everything that the public pages show. Triggers count (see
 * its migration), so that no statement can be forgotten, and in the transaction that changes
 * something: the number is seen with the change, never before.
 */
export const contentVersion = pgTable(
  'content_version',
  {
    only: boolean('only').primaryKey().default(true),
    version: bigint('version', { mode: 'number' }).notNull(),
  },
  () => [check('content_version_one_row', sql`"only"`)],
);

export const edition = pgTable(
  'edition',
  {
    editionDate: day('edition_date').notNull(),
    topic: text('topic').notNull(),
    frozenAt: moment('frozen_at').notNull(),
    sample: boolean('sample').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.editionDate, t.topic] })],
);

/**
 * Days whose edition was tried at its hour and found empty. It may still be frozen later, when
 * papers have come.
 */
export const emptyEdition = pgTable('empty_edition', {
  editionDate: day('edition_date').primaryKey(),
  foundAt: moment('found_at').notNull(),
});

export const editionEntry = pgTable(
  'edition_entry',
  {
    editionDate: day('edition_date').notNull(),
    topic: text('topic').notNull(),
    rank: smallint('rank').notNull(),
    paperId: text('paper_id')
      .notNull()
      .references(() => paper.id),
    score: doublePrecision('score').notNull(),
    reasons: text('reasons').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.editionDate, t.topic, t.rank] }),
    foreignKey({ columns: [t.editionDate, t.topic], foreignColumns: [edition.editionDate, edition.topic] }).onDelete(
      'cascade',
    ),
    unique('edition_entry_paper_once_per_topic').on(t.paperId, t.topic),
  ],
);

export const subscriber = pgTable(
  'subscriber',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    email: citext('email').notNull(),
    status: text('status', {
      enum: ['pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased'],
    }).notNull(),
    topics: text('topics').array().notNull(),
    frequency: text('frequency', { enum: ['daily', 'weekdays', 'weekly'] }).notNull(),
    timezone: text('timezone').notNull(),
    sendHour: smallint('send_hour').notNull(),
    createdAt: moment('created_at').notNull(),
    /**
     * When this address last asked to be subscribed; a notice is owed while it is later than
     * `noticeSentAt`.
     */
    requestedAt: moment('requested_at'),
    noticeSentAt: moment('notice_sent_at'),
    /** When a worker took the notice up; `null`: none is at it. */
    noticeClaimedAt: moment('notice_claimed_at'),
    confirmedAt: moment('confirmed_at'),
    endedAt: moment('ended_at'),
    nextDueAt: moment('next_due_at'),
    /** The date of the last digest frozen for this reader: the next one starts the day after. */
    lastDigestDate: day('last_digest_date'),
  },
  (t) => [
    uniqueIndex('subscriber_email').on(t.email),
    index('subscriber_due')
      .on(t.nextDueAt)
      .where(sql`status = 'active'`),
    index('subscriber_notice_owed')
      .on(t.requestedAt)
      .where(sql`requested_at is not null`),
    check('subscriber_status', sql`status in ('pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased')`),
    check('subscriber_frequency', sql`frequency in ('daily', 'weekdays', 'weekly')`),
    check('subscriber_send_hour', sql`send_hour between 0 and 23`),
    check('subscriber_due_only_when_active', sql`next_due_at is null or status = 'active'`),
  ],
);

/**
 * Addresses never to mail again, kept as SHA-256 of the case-folded address so that the list
 * outlives an erasure.
 */
export const suppression = pgTable('suppression', {
  addressHash: bytea('address_hash').primaryKey(),
  reason: text('reason', { enum: ['bounced', 'complained', 'manual'] }).notNull(),
  createdAt: moment('created_at').notNull(),
});

/** One day's sending, as a whole. */
export const digest = pgTable(
  'digest',
  {
    digestDate: day('digest_date').notNull(),
    kind: text('kind').notNull(),
    state: text('state', { enum: ['sending', 'paused', 'cancelled'] }).notNull(),
    frozenAt: moment('frozen_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.digestDate, t.kind] })],
);

/**
 * The deliveries that one job carries. A worker holds a batch under a lease; `fence` rises with
 * every claim.
 */
export const batch = pgTable(
  'batch',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    digestDate: day('digest_date').notNull(),
    kind: text('kind').notNull(),
    state: text('state', { enum: ['open', 'done'] }).notNull(),
    createdAt: moment('created_at').notNull(),
    /** When a worker should take it up; later than now while all that is left of it is deferred. */
    dueAt: moment('due_at').notNull(),
    leaseUntil: moment('lease_until'),
    fence: integer('fence').notNull().default(0),
  },
  (t) => [
    index('batch_open')
      .on(t.dueAt)
      .where(sql`state = 'open'`),
    foreignKey({ columns: [t.digestDate, t.kind], foreignColumns: [digest.digestDate, digest.kind] }),
  ],
);

/**
 * The ledger: this digest to this subscriber. Partitioned by month of `digest_date` (see the first
 * migration).
 */
export const delivery = pgTable(
  'delivery',
  {
    digestDate: day('digest_date').notNull(),
    kind: text('kind').notNull(),
    subscriberId: bigint('subscriber_id', { mode: 'number' }).notNull(),
    batchId: bigint('batch_id', { mode: 'number' }).notNull(),
    /** The digest holds the editions after this date, up to and including `digest_date`. */
    since: day('since').notNull(),
    state: text('state', {
      enum: ['pending', 'sending', 'deferred', 'accepted', 'rejected', 'unknown', 'skipped'],
    }).notNull(),
    reason: text('reason'),
    /** How often it was begun: a fencing token, which only grows. */
    attempts: smallint('attempts').notNull().default(0),
    /** How many of those do not count against the reader. */
    uncharged: smallint('uncharged').notNull().default(0),
    lastReply: text('last_reply'),
    /** Of a deferred delivery: when to try again. */
    nextAttemptAt: moment('next_attempt_at'),
    frozenAt: moment('frozen_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [
    // The subscriber first: a worker looks rows up one by one long before the day's first ANALYZE,
    // and without statistics a key that begins with the date is taken for selective and scanned
    // whole (100 ms a round instead of 2, measured with 20,000 rows).
    primaryKey({ columns: [t.subscriberId, t.digestDate, t.kind] }),
    index('delivery_batch').on(t.batchId, t.subscriberId),
    index('delivery_date').using('brin', t.digestDate),
    check(
      'delivery_state',
      sql`state in ('pending', 'sending', 'deferred', 'accepted', 'rejected', 'unknown', 'skipped')`,
    ),
  ],
);
