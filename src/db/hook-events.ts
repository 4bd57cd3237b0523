import { sql, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { HookEvent } from '../hook-events.ts';
import type { Tx } from './client.ts';
import { DIGEST, digestSums } from './digests.ts';

/**
 * Writes down what happened to readers, for the endpoints that want to hear of it: parts of a `with`, so that it is
 * done in the statement of what happened. `readers` names a part of it that has their ids.
 */
export const tellOfReaders = (readers: SQL, type: HookEvent, now: Date | SQL): SQL => sql`
  hook_event_told as (
    insert into hook_event (type, at, subscriber_id)
    select ${wordOf(type)}, ${now}::timestamptz, r.id
    from ${readers} r
    where exists (
      select
      from hook_endpoint w
      where w.off_at is null
        and ${wordOf(type)} = any(w.events)
    )
    returning id, type, at
  ),
  hook_endpoints_told as (${WANTED(sql.raw('hook_event_told'))})`;

/**
 * The same as text, for statements that are prepared by their names: `now` is the place of a parameter
 * of theirs.
 */
export const tellOfReadersText = (readers: string, type: HookEvent, now: `$${number}`): string =>
  new PgDialect().sqlToQuery(tellOfReaders(sql.raw(readers), type, sql.raw(now))).sql;

/** One of a few words of ours, written out. */
const wordOf = (type: HookEvent): SQL => sql.raw(`'${type}'`);

const WANTED = (event: SQL): SQL => sql`
    insert into hook_delivery (event_id, endpoint_id, state, due_at)
    select e.id, w.id, 'waiting', e.at
    from ${event} e
      join hook_endpoint w on w.off_at is null and e.type = any(w.events)`;

/** The same of a day: once, however often it is said. */
async function tellOfDay(tx: Tx, type: HookEvent, date: string, data: object, now: Date): Promise<void> {
  await tx.execute(sql`
    with event as (
      insert into hook_event (type, at, date, data)
      values (${type}, ${now}, ${date}, ${JSON.stringify(data)}::jsonb)
      on conflict do nothing
      returning id, type, at
    )
    ${WANTED(sql.raw('event'))}`);
}

/** In the transaction that freezes it. */
export const tellEditionFrozen = (tx: Tx, date: string, sums: { topics: number; papers: number }, now: Date) =>
  tellOfDay(tx, 'edition.frozen', date, { date, ...sums }, now);

/**
 * Tells of digests that are done: nothing of them is open, and no reader is due before the next edition. Looks at
 * those of the last days alone, and at none where no endpoint wants to hear of it.
 */
export async function tellDigestsDone(
  tx: Tx,
  { now, since, editionHour }: { now: Date; since: string; editionHour: number },
): Promise<void> {
  const { rows } = await tx.execute<{ date: string; state: string }>(sql`
    select g.digest_date::text as date, g.state
    from digest g
    where g.kind = ${DIGEST}
      and g.state <> 'paused'
      and g.digest_date >= ${since}
      and exists (
        select
        from hook_endpoint w
        where w.off_at is null
          and 'digest.done' = any(w.events)
          and w.created_at::date - 1 <= g.digest_date
      )
      and not exists (select from hook_event e where e.type = 'digest.done' and e.date = g.digest_date)
      and exists (select from batch b where b.digest_date = g.digest_date and b.kind = g.kind)
      and not exists (
        select
        from batch b
        where b.digest_date = g.digest_date
          and b.kind = g.kind
          and b.state = 'open'
      )
      and not exists (
        select
        from subscriber s
        where s.status = 'active'
          and s.next_due_at < (g.digest_date + 1)::timestamp at time zone 'UTC' + make_interval(hours => ${editionHour})
      )`);
  for (const { date, state } of rows) {
    const { seconds: _, ...sums } = await digestSums(tx, date);
    await tellOfDay(tx, 'digest.done', date, { ...sums, state }, now);
  }
}

/** Forgets what happened before, with what was sent of it. */
export async function forgetHookEvents(tx: Tx, before: Date): Promise<void> {
  await tx.execute(sql`
    delete from hook_event
    where at < ${before}`);
}
