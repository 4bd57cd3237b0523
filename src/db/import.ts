import { codeOf } from '../errors.ts';
import type { Db } from './client.ts';
import { tellOfReadersText } from './hook-events.ts';
import type { SubscriberRow, Wish } from './subscribers.ts';

// Readers in and out, in sets. The statements are prepared: a portion has thousands of readers.

export interface ImportRow extends Wish {
  pausedUntil: Date | null;
  nextDueAt: Date | null;
}

/** How an address stands here that is no new one. */
export type KnownAs = SubscriberRow['status'];

/** Adds a portion of readers, and returns the addresses that were added. */
export type AddReaders = (people: readonly ImportRow[], now: Date) => Promise<ReadonlySet<string>>;

/** What Postgres says of a key that is there already. */
const UNIQUE_VIOLATION = '23505';

/**
 * How confirmed subscribers are added, none of them suppressed; an address that is known already, in
 * any status, is left as it is. A portion is one statement: all of it is in, or nothing. Where there
 * are no readers yet, all are taken for new, because to look for each first takes 18 of 45 µs. One
 * who signs up meanwhile ends that.
 */
export async function readerAdder(db: Db): Promise<AddReaders> {
  const { rows } = await db.$client.query<{ found: boolean }>('select exists (select from subscriber) as found');
  let mayBeKnown = rows[0]!.found;
  return async (people, now) => {
    if (mayBeKnown) return addReaders(db, ADD_UNKNOWN, people, now);
    try {
      await addReaders(db, ADD_NEW, people, now);
      return new Set(people.map(({ email }) => email));
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
      mayBeKnown = true;
      return addReaders(db, ADD_UNKNOWN, people, now);
    }
  };
}

async function addReaders(
  db: Db,
  statement: { name: string; text: string },
  people: readonly ImportRow[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.$client.query<{ email: string }>({
    ...statement,
    values: [
      people.map((p) => p.email),
      people.map((p) => p.topics.join(';')), // unnest would flatten an array of arrays
      people.map((p) => p.frequency),
      people.map((p) => p.timezone),
      people.map((p) => p.sendHour),
      people.map((p) => p.length),
      people.map((p) => p.weeklyOn),
      people.map((p) => p.pausedUntil),
      people.map((p) => p.nextDueAt),
      people.map((p) => p.wantsFresh),
      people.map((p) => p.language ?? null),
      now,
    ],
  });
  return new Set(rows.map(({ email }) => email));
}

// In the order of their addresses, as requests are, so that two processes never wait for each
// other's rows.
const insertReaders = ({ conflict, answer }: { conflict: string; answer: string }): string => `
  with added as (
    insert into subscriber (
      email, status, topics, frequency, timezone, send_hour, digest_length, weekly_on, paused_until, next_due_at,
      wants_fresh, language, created_at, confirmed_at)
    select
      p.email, 'active', string_to_array(p.topics, ';'), p.frequency, p.timezone, p.send_hour, p.digest_length,
      p.weekly_on, p.paused_until, p.next_due_at, p.wants_fresh, p.language, $12, $12
    from unnest(
      $1::citext[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::timestamptz[],
      $9::timestamptz[], $10::boolean[], $11::text[])
      as p (
        email, topics, frequency, timezone, send_hour, digest_length, weekly_on, paused_until, next_due_at,
        wants_fresh, language)
    order by p.email
    ${conflict}
    returning id, email
  ),
  ${tellOfReadersText('added', 'subscriber.subscribed', '$12')}
  ${answer}`;
const ADD_NEW = { name: 'add_new_readers', text: insertReaders({ conflict: '', answer: 'select from added limit 0' }) };
const ADD_UNKNOWN = {
  name: 'add_unknown_readers',
  text: insertReaders({
    conflict: 'on conflict (email) do nothing',
    answer: 'select email::text from added',
  }),
};

/** How each of these addresses stands here; `null` of one that is new. */
export async function knownAs(db: Db, emails: readonly string[]): Promise<(KnownAs | null)[]> {
  const known = emails.map((): KnownAs | null => null);
  if (emails.length === 0) return known;
  const { rows } = await db.$client.query<{ place: number; status: KnownAs }>({
    name: 'known_as',
    text: KNOWN_AS,
    values: [emails],
  });
  for (const { place, status } of rows) known[place - 1] = status;
  return known;
}

const KNOWN_AS = `
  select w.place::int as place, s.status
  from unnest($1::citext[]) with ordinality as w (email, place)
    join subscriber s on s.email = w.email`;

/**
 * Ends again who was added by an import since a moment, and has changed nothing since. Returns their
 * addresses, in small letters; who came in another way, or before, stays as they are.
 */
export async function endAdded(
  db: Db,
  emails: readonly string[],
  { since, now }: { since: Date; now: Date },
): Promise<ReadonlySet<string>> {
  const { rows } = await db.$client.query<{ email: string }>({
    name: 'end_added',
    text: END_ADDED,
    values: [emails, since, now],
  });
  return new Set(rows.map(({ email }) => email));
}

// The rows are locked in the order in which all others lock them.
const END_ADDED = `
  with added as (
    select id
    from subscriber
    where email = any($1::citext[])
      and status = 'active'
      and created_at >= $2
      and confirmed_at = created_at
    order by id
    for update
  ),
  ended as (
    update subscriber s
    set status = 'unsubscribed', ended_at = $3, next_due_at = null, paused_until = null, requested_at = null
    from added
    where s.id = added.id
    returning s.id, s.email
  ),
  ${tellOfReadersText('ended', 'subscriber.left', '$3')}
  select lower(email::text) as email
  from ended`;

/** What an export tells of a reader. */
export type ReaderRow = Pick<SubscriberRow, 'email' | 'status' | 'pausedUntil'> & Omit<Wish, 'email'>;

/** Every subscriber that is not erased, in pages by id: none is kept longer than it takes to write it. */
export async function* readerPages(db: Db, size: number): AsyncGenerator<ReaderRow[]> {
  for (let afterId = '0'; ;) {
    const { rows } = await db.$client.query<ReaderRow & { id: string }>({
      name: 'reader_page',
      text: READER_PAGE,
      values: [afterId, size],
    });
    if (rows.length === 0) return;
    yield rows;
    afterId = rows.at(-1)!.id;
  }
}

// By the number, and not by its text, which "order by id" would mean here.
const READER_PAGE = `
  select
    s.id::text as id,
    s.email::text as email,
    s.status,
    s.topics,
    s.frequency,
    s.timezone,
    s.send_hour as "sendHour",
    s.wants_fresh as "wantsFresh",
    s.digest_length as "length",
    s.weekly_on as "weeklyOn",
    s.paused_until as "pausedUntil",
    s.language
  from subscriber s
  where s.id > $1::int8
    and s.status <> 'erased'
  order by s.id
  limit $2`;
