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
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const citext = customType<{ data: string }>({ dataType: () => 'citext' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
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
    projectUrl: text('project_url'),
    hasMedia: boolean('has_media').notNull().default(false),
    /** The source's own sentence on what is new, and which source that is. */
    summary: text('summary'),
    summaryBy: text('summary_by'),
    /** Title and abstract as the source wrote them, where that holds TeX: the site shows MathML. */
    titleTex: text('title_tex'),
    abstractTex: text('abstract_tex'),
    /** Who brought it to a list that readers vote on, that list's day, and when its page was made. */
    submitter: text('submitter'),
    listedOn: day('listed_on'),
    pageAt: moment('page_at'),
    isWithdrawn: boolean('is_withdrawn').notNull().default(false),
    /** The newest version known, and when it came. */
    version: smallint('version'),
    versionAt: moment('version_at'),
    updatedAt: moment('updated_at').notNull(),
    /** The keys of its authors and of its organisation (search/fold.ts); `null`: not keyed yet. */
    authorKeys: text('author_keys').array(),
    organisationKey: text('organisation_key'),
    /** The `updated_at` that its keys and its search entry were completed for. */
    indexedAt: moment('indexed_at'),
  },
  // Nulls first, as "order by … desc" wants them: with the other order Postgres sorts the whole
  // table for each page.
  (t) => [
    index('paper_first_seen_at').on(t.firstSeenAt.desc().nullsFirst(), t.id),
    index('paper_listed_on').on(t.listedOn),
    index('paper_author_keys').using('gin', t.authorKeys).with({ fastupdate: false }),
    index('paper_organisation_key').on(t.organisationKey, t.firstSeenAt.desc().nullsFirst(), t.id),
    index('paper_unindexed')
      .on(t.firstSeenAt.desc().nullsFirst(), t.id)
      .where(sql`indexed_at is distinct from updated_at`),
  ],
);

/**
 * What the search looks at: a narrow row beside each paper, so that ranking reads few pages. Its
 * words are folded by the program; see db/search-index.ts for the lexemes there are.
 */
export const searchEntry = pgTable(
  'search_entry',
  {
    paperId: text('paper_id')
      .primaryKey()
      .references(() => paper.id, { onDelete: 'cascade' }),
    /** Everything: title (A), keywords (B), authors and organisation (C), abstract (D), and what filters ask. */
    document: tsvector('document').notNull(),
    /** The same without the abstract: small enough to rank thousands by. */
    head: tsvector('head').notNull(),
    /** When it was published, or else first seen. */
    day: day('day').notNull(),
    firstSeenAt: moment('first_seen_at').notNull(),
    hasCode: boolean('has_code').notNull(),
    organisation: text('organisation'),
    /** The slugs of its topics; `null` until it was filed. */
    topics: text('topics').array(),
    /** How much it is talked about: the logarithm of its newest votes. */
    heat: real('heat').notNull().default(0),
  },
  (t) => [
    index('search_entry_document').using('gin', t.document).with({ fastupdate: false }),
    index('search_entry_head').using('gin', t.head).with({ fastupdate: false }),
    // Phrases are found by their pairs of words, without a look at the entry.
    index('search_entry_pairs')
      .using('gin', sql`search_pairs(document)`)
      .with({ fastupdate: false }),
    index('search_entry_day').on(t.day),
    index('search_entry_hottest').on(t.heat.desc().nullsFirst(), t.firstSeenAt.desc().nullsFirst(), t.paperId),
  ],
);

/** Every word that papers hold, in how many of them; `parts`: what a joined word is made of. */
export const searchWord = pgTable(
  'search_word',
  {
    word: text('word').primaryKey(),
    papers: integer('papers').notNull(),
    parts: text('parts'),
  },
  (t) => [
    index('search_word_alike').using('gin', t.word.op('gin_trgm_ops')).with({ fastupdate: false }),
    // The other forms of a word have its stem.
    index('search_word_stem').on(sql`((tsvector_to_array(to_tsvector('english', ${t.word})))[1])`),
  ],
);

/** The papers most like each, the nearest first; without a row it was not compared yet. */
export const related = pgTable('related', {
  paperId: text('paper_id')
    .primaryKey()
    .references(() => paper.id, { onDelete: 'cascade' }),
  others: text('others').array().notNull(),
  /** How like each of them is, from 0 to 1, in the same order. */
  scores: real('scores').array().notNull(),
});

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
  (t) => [
    primaryKey({ columns: [t.paperId, t.source, t.metric, t.observedAt] }),
    index('signal_observed_at').using('brin', t.observedAt),
  ],
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
    /** What it is worth, its age left aside: weekly digests go by it. `null`: the same as the score. */
    weeklyScore: doublePrecision('weekly_score'),
    reasons: text('reasons').array().notNull(),
    /** What the edition shows. The others are for readers whose mail did not hold them yet. */
    isListed: boolean('is_listed').notNull().default(true),
    /** A labelled return: the date of the edition that it led before. */
    backSince: day('back_since'),
  },
  (t) => [
    primaryKey({ columns: [t.editionDate, t.topic, t.rank] }),
    foreignKey({ columns: [t.editionDate, t.topic], foreignColumns: [edition.editionDate, edition.topic] }).onDelete(
      'cascade',
    ),
    unique('edition_entry_paper_once').on(t.paperId, t.topic, t.editionDate),
  ],
);

/** What an edition foretells: papers of the morning that are likely to be talked about. */
export const freshPick = pgTable(
  'fresh_pick',
  {
    editionDate: day('edition_date').notNull(),
    rank: smallint('rank').notNull(),
    paperId: text('paper_id')
      .notNull()
      .references(() => paper.id),
    /** Of being listed, from 0 to 1. */
    chance: doublePrecision('chance').notNull(),
    expectedVotes: doublePrecision('expected_votes').notNull(),
    reasons: text('reasons').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.editionDate, t.rank] }), unique('fresh_pick_once').on(t.paperId)],
);

/** A model was asked once what is new in a paper; `null`: it did not say. */
export const summaryRun = pgTable(
  'summary_run',
  {
    paperId: text('paper_id')
      .primaryKey()
      .references(() => paper.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    askedAt: moment('asked_at').notNull(),
    summary: text('summary'),
  },
  (t) => [index('summary_run_asked_at').on(t.askedAt)],
);

/** A fitted model. The newest row of a kind is in force. */
export const rankingModel = pgTable(
  'ranking_model',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').notNull(),
    fittedAt: moment('fitted_at').notNull(),
    /** The last day that it learned from. */
    trainedUntil: day('trained_until').notNull(),
    model: jsonb('model').notNull(),
    /** How well it foretold the days after its training, and how many there were. */
    figures: jsonb('figures').notNull(),
  },
  (t) => [index('ranking_model_newest').on(t.kind, t.fittedAt.desc())],
);

/** The papers of a digest in their order. Readers whose digests hold the same share a row. */
export const selection = pgTable(
  'selection',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    digestDate: day('digest_date').notNull(),
    papers: text('papers').array().notNull(),
  },
  (t) => [unique('selection_once').on(t.digestDate, t.papers)],
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
    /** The tag of the language that the reader chose; `null`: the newsletter's. */
    language: text('language'),
    /** Whether digests hold what is foretold. */
    wantsFresh: boolean('wants_fresh').notNull().default(true),
    /** How many papers a digest holds. */
    digestLength: smallint('digest_length').notNull().default(10),
    /** On which day a weekly digest comes: 1 = Monday … 7 = Sunday. */
    weeklyOn: smallint('weekly_on').notNull().default(1),
    /** No digest before this moment, and no next hour until then. */
    pausedUntil: moment('paused_until'),
    /** Why the reader left, in a word of our own. */
    leftBecause: text('left_because'),
    /** When the reader's taste last changed; `null`: there is none. */
    tasteAt: moment('taste_at'),
    createdAt: moment('created_at').notNull(),
    /**
     * When this address last asked to be subscribed; a notice is owed while it is later than
     * `noticeSentAt`.
     */
    requestedAt: moment('requested_at'),
    noticeSentAt: moment('notice_sent_at'),
    /** When a worker took the notice up; `null`: none is at it. */
    noticeClaimedAt: moment('notice_claimed_at'),
    /** No notice before this moment: a cap was reached. */
    noticeNotBefore: moment('notice_not_before'),
    /** Until when another request changes nothing: its notice could not go. */
    quietUntil: moment('quiet_until'),
    /** The network of the newest request, under the keys of its day and the day before, while a notice is owed. */
    requestedFrom: text('requested_from').array(),
    confirmedAt: moment('confirmed_at'),
    endedAt: moment('ended_at'),
    nextDueAt: moment('next_due_at'),
    /** The date of the last digest frozen for this reader: the next one starts the day after. */
    lastDigestDate: day('last_digest_date'),
    /** The rows of `follow` as one text, which the sender reads with the rest; empty: none. */
    follows: text('follows').notNull().default(''),
    /** Whether digests hold only what is followed, and no topic. */
    followsOnly: boolean('follows_only').notNull().default(false),
    /** What the newest request was made beside: it is followed once that request is confirmed. */
    askedFollow: jsonb('asked_follow'),
  },
  (t) => [
    uniqueIndex('subscriber_email').on(t.email),
    index('subscriber_due')
      .on(t.nextDueAt)
      .where(sql`status = 'active'`),
    index('subscriber_paused')
      .on(t.pausedUntil)
      .where(sql`paused_until is not null`),
    index('subscriber_notice_owed')
      .on(t.requestedAt)
      .where(sql`requested_at is not null`),
    index('subscriber_asked_from')
      .on(t.requestedAt)
      .where(sql`requested_from is not null`),
    index('subscriber_pending')
      .on(sql`coalesce(requested_at, created_at)`)
      .where(sql`status = 'pending'`),
    // The desk lists readers by state. Those who are active are found without it.
    index('subscriber_not_active')
      .on(t.status, t.id)
      .where(sql`status <> 'active'`),
    check('subscriber_status', sql`status in ('pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased')`),
    check('subscriber_frequency', sql`frequency in ('daily', 'weekdays', 'weekly')`),
    check('subscriber_send_hour', sql`send_hour between 0 and 23`),
    check('subscriber_digest_length', sql`digest_length in (5, 10, 20)`),
    check('subscriber_weekly_on', sql`weekly_on between 1 and 7`),
    check('subscriber_due_only_when_active', sql`next_due_at is null or status = 'active'`),
  ],
);

/**
 * What a reader follows beside topics: a search or its opposite, in the words of the search, or a
 * name by its key. `label` is how the reader knows it.
 */
export const follow = pgTable(
  'follow',
  {
    subscriberId: bigint('subscriber_id', { mode: 'number' }).notNull(),
    kind: text('kind', { enum: ['search', 'author', 'organisation', 'not'] }).notNull(),
    value: text('value').notNull(),
    label: text('label').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.subscriberId, t.kind, t.value] }),
    check('follow_kind', sql`kind in ('search', 'author', 'organisation', 'not')`),
  ],
);

/**
 * Which papers of an edition's days something followed matches, the most talked-about first. Found
 * once for all readers and kept, so that a digest made again is the same.
 */
export const followHit = pgTable(
  'follow_hit',
  {
    editionDate: day('edition_date').notNull(),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    papers: text('papers').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.editionDate, t.kind, t.value] })],
);

/**
 * What a reader said of a paper of a digest: more like it, or not for them. Readers are not
 * referenced, as in the ledger: erasing takes their rows away.
 */
export const say = pgTable(
  'say',
  {
    subscriberId: bigint('subscriber_id', { mode: 'number' }).notNull(),
    paperId: text('paper_id')
      .notNull()
      .references(() => paper.id, { onDelete: 'cascade' }),
    liked: boolean('liked').notNull(),
    saidAt: moment('said_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.subscriberId, t.paperId] }),
    index('say_paper').on(t.paperId),
    index('say_said_at').on(t.saidAt),
  ],
);

/** What that comes to: a short list of weights, which its reader may change. */
export const taste = pgTable(
  'taste',
  {
    subscriberId: bigint('subscriber_id', { mode: 'number' }).notNull(),
    /** `topic:robotics`, `word:diffusion`, `author:ada-lovelace`. */
    trait: text('trait').notNull(),
    /** As people read it. */
    label: text('label').notNull(),
    weight: real('weight').notNull(),
    /** Set by the reader, and not by what they said. */
    isOwn: boolean('is_own').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.subscriberId, t.trait] })],
);

/** The address that a reader asked their digests to go to, until its mailbox confirms it. */
export const addressChange = pgTable(
  'address_change',
  {
    subscriberId: bigint('subscriber_id', { mode: 'number' }).primaryKey(),
    email: citext('email').notNull(),
    askedAt: moment('asked_at').notNull(),
    /** When both mailboxes were told; `null`: their notices are owed. */
    toldAt: moment('told_at'),
    /** When a worker took the notices up. */
    claimedAt: moment('claimed_at'),
    /** When the old mailbox agreed, and when the new one confirmed: both are needed. */
    agreedAt: moment('agreed_at'),
    confirmedAt: moment('confirmed_at'),
  },
  (t) => [index('address_change_asked_at').on(t.askedAt)],
);

/**
 * Addresses never to mail again, kept as a keyed hash, so that the list outlives an erasure and tells
 * no address to who has only the database (HMAC-SHA-256; from before that, a plain SHA-256).
 */
export const suppression = pgTable('suppression', {
  addressHash: bytea('address_hash').primaryKey(),
  reason: text('reason', { enum: ['bounced', 'complained', 'refused', 'manual'] }).notNull(),
  createdAt: moment('created_at').notNull(),
  /** Since when its reader may ask to be subscribed again: confirming ends it. */
  reopenedAt: moment('reopened_at'),
});

/**
 * A notice of the last day, as the caps on notices count it: to which mailbox, asked for from which
 * network. Both are pseudonyms under keys, and the rows go after a day.
 */
export const spentNotice = pgTable(
  'spent_notice',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    mailbox: text('mailbox').notNull(),
    network: text('network'),
    spentAt: moment('spent_at').notNull(),
  },
  (t) => [
    index('spent_notice_mailbox').on(t.mailbox, t.spentAt),
    index('spent_notice_network').on(t.network, t.spentAt),
    index('spent_notice_at').on(t.spentAt),
  ],
);

/** What came from a network in an hour: sign-ups, forms filled in by programs, and proofs by waiting. */
export const networkHour = pgTable(
  'network_hour',
  {
    network: text('network').notNull(),
    hour: moment('hour').notNull(),
    signUps: integer('sign_ups').notNull().default(0),
    decoys: integer('decoys').notNull().default(0),
    waits: integer('waits').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.network, t.hour] }), index('network_hour_hour').on(t.hour)],
);

/** A challenge that was met, until it ends: it counts once. */
export const usedChallenge = pgTable(
  'used_challenge',
  {
    nonce: text('nonce').primaryKey(),
    endsAt: moment('ends_at').notNull(),
  },
  (t) => [index('used_challenge_end').on(t.endsAt)],
);

/** What came back: a refusal, a bounce, a complaint, a wish to leave. Readers are not referenced, as in the ledger. */
export const feedback = pgTable(
  'feedback',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The same of what comes twice, which counts once. */
    key: text('key').notNull(),
    subscriberId: bigint('subscriber_id', { mode: 'number' }).notNull(),
    /** The digest that it answers; `null`: not known. */
    digestDate: day('digest_date'),
    kind: text('kind', { enum: ['hard', 'soft', 'complaint', 'unsubscribe', 'delivered'] }).notNull(),
    permanent: boolean('permanent').notNull(),
    /** In a word of ours: `unknown-user`, `mailbox-full`, … */
    reason: text('reason').notNull(),
    /** The way it came: `smtp`, `inbound`, `imap`, `pipe`, or a provider's name. */
    via: text('via').notNull(),
    /** The server's words, without addresses. */
    words: text('words'),
    heardAt: moment('heard_at').notNull(),
    /** When it was acted upon, or found to ask for nothing. */
    judgedAt: moment('judged_at'),
    /** It counts against no reader: the brake was on, or the operator let the reader back. */
    pardoned: boolean('pardoned').notNull().default(false),
  },
  (t) => [
    unique('feedback_once').on(t.key),
    index('feedback_reader').on(t.subscriberId, t.heardAt),
    index('feedback_unjudged')
      .on(t.id)
      .where(sql`judged_at is null`),
    index('feedback_digest').on(t.digestDate, t.kind),
    check('feedback_kind', sql`kind in ('hard', 'soft', 'complaint', 'unsubscribe', 'delivered')`),
  ],
);

/**
 * A digest, or its mail to one domain, of which so much came back as "unknown user" that it is not
 * the readers who are wrong.
 */
export const brake = pgTable(
  'brake',
  {
    digestDate: day('digest_date').notNull(),
    /** Empty: all of it. */
    domain: text('domain').notNull(),
    /** How many of how many were told to be unknown. */
    unknown: integer('unknown').notNull(),
    frozen: integer('frozen').notNull(),
    pulledAt: moment('pulled_at').notNull(),
    toldAt: moment('told_at'),
    releasedAt: moment('released_at'),
  },
  (t) => [
    primaryKey({ columns: [t.digestDate, t.domain] }),
    index('brake_on')
      .on(t.digestDate)
      .where(sql`released_at is null`),
  ],
);

/** One day's sending, as a whole. */
export const digest = pgTable(
  'digest',
  {
    digestDate: day('digest_date').notNull(),
    kind: text('kind').notNull(),
    state: text('state', { enum: ['sending', 'paused', 'cancelled'] }).notNull(),
    frozenAt: moment('frozen_at').notNull(),
    /** When the operator last asked for it: from then on it is not late. */
    askedAt: moment('asked_at'),
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
    index('batch_date').on(t.digestDate),
    foreignKey({ columns: [t.digestDate, t.kind], foreignColumns: [digest.digestDate, digest.kind] }),
  ],
);

/** The plan of a new sender for one mail host: what each day (UTC) may hold, and what it held. */
export const warmUp = pgTable('warm_up', {
  host: text('host').primaryKey(),
  startedAt: moment('started_at').notNull(),
  endedAt: moment('ended_at'),
  day: day('day').notNull(),
  allowance: integer('allowance').notNull(),
  sent: integer('sent').notNull().default(0),
  refused: integer('refused').notNull().default(0),
  /** The last day on which the operator was told that mail waits for the next. */
  toldOn: day('told_on'),
});

/** What the operator decided at the desk, by name: `brand`, … What it may hold is its reader's to check. */
export const setting = pgTable('setting', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: moment('updated_at').notNull(),
  updatedBy: text('updated_by'),
});

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
    /** What it holds, written before it leaves; `null` until then. */
    selectionId: bigint('selection_id', { mode: 'number' }),
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
    index('delivery_unknown')
      .on(t.digestDate)
      .where(sql`state = 'unknown'`),
    check(
      'delivery_state',
      sql`state in ('pending', 'sending', 'deferred', 'accepted', 'rejected', 'unknown', 'skipped')`,
    ),
  ],
);

/**
 * What the installation knows of itself, beside its seal in PAPERBOY_DATA. While `closedAt` is set
 * nothing is sent.
 */
export const installation = pgTable(
  'installation',
  {
    only: boolean('only').primaryKey().default(true),
    id: text('id').notNull(),
    /** Counted on before anything is sent: a database that is behind its seal is an older one. */
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
    advancedAt: moment('advanced_at').notNull(),
    /** Which server and database this row was written in: a copy lies elsewhere. */
    place: text('place').notNull(),
    closedAt: moment('closed_at'),
    closedBecause: text('closed_because', { enum: ['restored', 'older', 'copied', 'moved'] }),
    /** What was sent after this moment is not known here. */
    lostSince: moment('lost_since'),
    /** When the operator was told that it is closed. */
    toldAt: moment('told_at'),
  },
  (t) => [
    check('installation_one_row', sql`${t.only}`),
    check('installation_closed_because', sql`closed_because in ('restored', 'older', 'copied', 'moved')`),
  ],
);

/** A scheduled backup, and how it ended. */
export const backupRun = pgTable('backup_run', {
  beganAt: moment('began_at').primaryKey(),
  endedAt: moment('ended_at'),
  file: text('file').notNull(),
  bytes: bigint('bytes', { mode: 'number' }),
  /** Whether it can be relied on; `null`: it has not ended. */
  ok: boolean('ok'),
  /** What it held and how it was proved, or why it failed. */
  words: text('words'),
});

/** A login at the desk. The cookie's value is kept as a hash, so that a copy of the table opens nothing. */
export const deskSession = pgTable('desk_session', {
  idHash: bytea('id_hash').primaryKey(),
  /** Of the token that opened it, keyed by the cookie's value: with another token it is over. */
  proof: bytea('proof').notNull(),
  beganAt: moment('began_at').notNull(),
});

/** Who did what: an operator at the desk, a command, or a program with a key. Nothing is ever changed in it. */
export const trail = pgTable(
  'trail',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: moment('at').notNull(),
    /** The name of a key, or `operator`. */
    who: text('who').notNull(),
    via: text('via', { enum: ['desk', 'command', 'api'] }).notNull(),
    /** What was done, as `digest.pause`. */
    did: text('did').notNull(),
    /** To what: a date, a paper, the number of a subscriber; never an address. */
    about: text('about').notNull(),
    words: text('words'),
  },
  (t) => [index('trail_about').on(t.about, t.at)],
);

/** What an operator decided about a paper before an edition was frozen. */
export const editionChoice = pgTable(
  'edition_choice',
  {
    /** A pin is for the edition of this day; a drop for it and all later ones, until it is taken back. */
    editionDate: day('edition_date').notNull(),
    paperId: text('paper_id')
      .notNull()
      .references(() => paper.id, { onDelete: 'cascade' }),
    choice: text('choice', { enum: ['pin', 'drop'] }).notNull(),
    why: text('why'),
    chosenBy: text('chosen_by').notNull(),
    chosenAt: moment('chosen_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.editionDate, t.paperId] })],
);

/** What an operator says above no. 1 of a day, in Markdown. */
export const editionNote = pgTable('edition_note', {
  editionDate: day('edition_date').primaryKey(),
  words: text('words').notNull(),
  savedAt: moment('saved_at').notNull(),
});

/** What the last look found of each check: pages and gauges read it here, and ask no DNS. */
export const healthFinding = pgTable(
  'health_finding',
  {
    checkId: text('check_id').primaryKey(),
    groupName: text('group_name').notNull(),
    name: text('name').notNull(),
    verdict: text('verdict', { enum: ['mend', 'look', 'well'] }).notNull(),
    sentence: text('sentence').notNull(),
    remedy: text('remedy'),
    /** Which look found it: the near one each minute, or the far one, which asks others. */
    look: text('look', { enum: ['near', 'far', 'own'] }).notNull(),
    /** Its place among those of its look. */
    position: smallint('position').notNull(),
    /** Since when its verdict is this one. */
    since: moment('since').notNull(),
    lookedAt: moment('looked_at').notNull(),
  },
  () => [check('health_finding_verdict', sql`verdict in ('mend', 'look', 'well')`)],
);

/** What the operator is told by mail, a row for each cause: its last time, and what was told of it. */
export const alert = pgTable('alert', {
  cause: text('cause').primaryKey(),
  sentence: text('sentence').notNull(),
  remedy: text('remedy'),
  beganAt: moment('began_at').notNull(),
  /** Not told before: it has to last, and a day has to pass since it was told last. */
  dueAt: moment('due_at').notNull(),
  /** When a process took the mail up; another may two minutes later. */
  claimedAt: moment('claimed_at'),
  toldAt: moment('told_at'),
  goneSince: moment('gone_since'),
  endedAt: moment('ended_at'),
  overToldAt: moment('over_told_at'),
});

/** What shows that something goes on: when it was last seen, and since when without a pause. */
export const heartbeat = pgTable('heartbeat', {
  name: text('name').primaryKey(),
  beganAt: moment('began_at').notNull(),
  seenAt: moment('seen_at').notNull(),
});

/**
 * What each digest came to, kept beside its ledger: counting thirty million deliveries takes longer
 * than a page may. What is in none of these states waits.
 */
export const digestSum = pgTable('digest_sum', {
  digestDate: day('digest_date').primaryKey(),
  frozen: integer('frozen').notNull(),
  accepted: integer('accepted').notNull(),
  rejected: integer('rejected').notNull(),
  unknown: integer('unknown').notNull(),
  skipped: integer('skipped').notNull(),
  /** Readers of it of whom a permanent bounce came back, and a complaint. */
  bounces: integer('bounces').notNull().default(0),
  complaints: integer('complaints').notNull().default(0),
  countedAt: moment('counted_at').notNull(),
});

/**
 * How many readers came and went on each day (UTC), and how many there were at its end. Days gone by
 * stay as they were counted: a reader who comes back has left all the same.
 */
export const daySum = pgTable('day_sum', {
  day: day('day').primaryKey(),
  joined: integer('joined').notNull(),
  unsubscribed: integer('unsubscribed').notNull(),
  bounced: integer('bounced').notNull(),
  complained: integer('complained').notNull(),
  /** Readers at its end; of today, by now. */
  active: integer('active').notNull(),
  /** Says of that day: more like it, and not for them. */
  more: integer('more').notNull(),
  less: integer('less').notNull(),
  countedAt: moment('counted_at').notNull(),
});
/** What a program shows to the admin API: kept as a hash, so that it is shown once. */
export const apiKey = pgTable('api_key', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  /** What the trail calls it: no other ever has it again. */
  name: text('name').notNull().unique(),
  hash: bytea('hash').notNull().unique(),
  scopes: text('scopes').array().notNull(),
  createdAt: moment('created_at').notNull(),
  /** To the minute. */
  usedAt: moment('used_at'),
  revokedAt: moment('revoked_at'),
});

/** What a request with an idempotency key was answered, to be answered again. */
export const apiAnswer = pgTable(
  'api_answer',
  {
    keyId: bigint('key_id', { mode: 'number' })
      .notNull()
      .references(() => apiKey.id, { onDelete: 'cascade' }),
    idempotencyKey: text('idempotency_key').notNull(),
    /** Of the whole request, keyed by what is not stored: it may hold an address. */
    fingerprint: bytea('fingerprint').notNull(),
    beganAt: moment('began_at').notNull(),
    /** Null while the request is under way. */
    answer: jsonb('answer').$type<{ status: number; body: unknown }>(),
  },
  (t) => [primaryKey({ columns: [t.keyId, t.idempotencyKey] }), index('api_answer_began').on(t.beganAt)],
);

/** Where a program of the operator is told of events. */
export const hookEndpoint = pgTable('hook_endpoint', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  url: text('url').notNull().unique(),
  events: text('events').array().notNull(),
  /** Newest first; while one is rotated, what is sent is signed with both. */
  secret: text('secret').notNull(),
  oldSecret: text('old_secret'),
  oldUntil: moment('old_until'),
  /** Whether it may be on this machine or its network, and be reached without TLS. */
  isNear: boolean('is_near').notNull().default(false),
  createdAt: moment('created_at').notNull(),
  /** Since when no event arrived; null when the last one did. */
  failingSince: moment('failing_since'),
  /** Null while it is told of events. */
  offAt: moment('off_at'),
  offBecause: text('off_because', { enum: ['gone', 'failing'] }),
  /** One process at a time sends to it. */
  busyUntil: moment('busy_until'),
});

/** What happened, as programs of the operator are told. */
export const hookEvent = pgTable(
  'hook_event',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** What endpoints tell it from others by: numbers come again where a backup is restored. */
    name: uuid('name').notNull().defaultRandom(),
    type: text('type').notNull(),
    at: moment('at').notNull(),
    /** Whom it is about. The address is looked up when it is sent, so that erasing takes it from here too. */
    subscriberId: bigint('subscriber_id', { mode: 'number' }),
    /** The day it is about: each is told once. */
    date: day('date'),
    data: jsonb('data').notNull().default({}),
  },
  (t) => [
    uniqueIndex('hook_event_once')
      .on(t.type, t.date)
      .where(sql`date is not null`),
    index('hook_event_at').on(t.at),
  ],
);

/** An event that an endpoint is to be told of, and how far that is. */
export const hookDelivery = pgTable(
  'hook_delivery',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    eventId: bigint('event_id', { mode: 'number' })
      .notNull()
      .references(() => hookEvent.id, { onDelete: 'cascade' }),
    endpointId: bigint('endpoint_id', { mode: 'number' })
      .notNull()
      .references(() => hookEndpoint.id, { onDelete: 'cascade' }),
    state: text('state', { enum: ['waiting', 'arrived', 'failed'] }).notNull(),
    attempts: smallint('attempts').notNull().default(0),
    /** When it is tried next; while it waits. */
    dueAt: moment('due_at'),
    triedAt: moment('tried_at'),
    /** What the endpoint answered last, or why there was no answer. */
    words: text('words'),
  },
  (t) => [
    index('hook_delivery_due')
      .on(t.endpointId, t.dueAt)
      .where(sql`state = 'waiting'`),
    index('hook_delivery_failed')
      .on(t.endpointId)
      .where(sql`state = 'failed'`),
    index('hook_delivery_newest').on(t.endpointId, t.id),
    index('hook_delivery_event').on(t.eventId),
    check('hook_delivery_state', sql`state in ('waiting', 'arrived', 'failed')`),
  ],
);
