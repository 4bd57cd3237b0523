import { momentOf } from './moment.ts';
import { sql } from 'drizzle-orm';
import { TEST_EVENT } from '../hook-events.ts';
import type { Tx } from './client.ts';

/** An endpoint with something due, held by this process for a while. */
export interface HeldEndpoint {
  id: number;
  url: string;
  isNear: boolean;
  /** What signs, the newest first. */
  secrets: string[];
}

/** Holds the endpoints, or one of them, that have something due and that no other process holds. */
export async function holdEndpoints(
  tx: Tx,
  { now, until, only }: { now: Date; until: Date; only?: number | undefined },
): Promise<HeldEndpoint[]> {
  const { rows } = await tx.execute<
    Omit<HeldEndpoint, 'secrets'> & { secret: string; old: string | null } & Record<string, unknown>
  >(sql`
    update hook_endpoint w
    set busy_until = ${until}
    where w.off_at is null
      ${only === undefined ? sql`` : sql`and w.id = ${only}`}
      and (w.busy_until is null or w.busy_until <= ${now})
      and exists (
        select
        from hook_delivery d
        where d.endpoint_id = w.id
          and d.state = 'waiting'
          and d.due_at <= ${now}
      )
    returning
      w.id::float8 as id,
      w.url,
      w.is_near as "isNear",
      w.secret,
      case when w.old_until > ${now} then w.old_secret end as old`);
  return rows.map(({ secret, old, ...rest }) => ({ ...rest, secrets: old === null ? [secret] : [secret, old] }));
}

/** Keeps holding one. */
export async function holdLonger(tx: Tx, id: number, until: Date): Promise<void> {
  await tx.execute(sql`
    update hook_endpoint
    set busy_until = ${until}
    where id = ${id}`);
}

export async function letGo(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`
    update hook_endpoint
    set busy_until = null
    where id = ${id}`);
}

/** One event on its way to one endpoint. */
export interface HookMessage {
  id: number;
  /** What the endpoint tells it from others by. */
  name: string;
  type: string;
  at: Date;
  data: object;
  attempts: number;
}

/** What is due at an endpoint, the oldest first. A reader's address is that of now, and none of who is erased. */
export async function dueMessages(
  tx: Tx,
  { endpointId, now, limit }: { endpointId: number; now: Date; limit: number },
): Promise<HookMessage[]> {
  const { rows } = await tx.execute<
    Omit<HookMessage, 'at'> & {
      at: string;
      subscriber: number | null;
      email: string | null;
    } & Record<string, unknown>
  >(sql`
    select
      d.id::float8 as id,
      e.name::text as name,
      e.type,
      e.at,
      e.data,
      d.attempts,
      e.subscriber_id::float8 as subscriber,
      case when s.status <> 'erased' then s.email::text end as email
    from hook_delivery d
      join hook_event e on e.id = d.event_id
      left join subscriber s on s.id = e.subscriber_id
    where d.endpoint_id = ${endpointId}
      and d.state = 'waiting'
      and d.due_at <= ${now}
    order by d.due_at, d.id
    limit ${limit}`);
  return rows.map(({ at, subscriber, email, data, ...row }) => ({
    ...row,
    at: new Date(at),
    data: subscriber === null ? data : { ...data, subscriber, email },
  }));
}

/** What became of one try; `nextAt` null ends it, arrived or not. An endpoint that took it fails no longer. */
export async function recordTry(
  tx: Tx,
  { id, endpointId, arrived, words, nextAt, now }: HookTry & { endpointId: number; now: Date },
): Promise<void> {
  await tx.execute(sql`
    update hook_delivery
    set attempts = attempts + 1,
      state = case when ${arrived} then 'arrived' when ${nextAt}::timestamptz is null then 'failed' else 'waiting' end,
      due_at = ${nextAt},
      tried_at = ${now},
      words = ${words}
    where id = ${id}
      and state = 'waiting'`);
  await tx.execute(sql`
    update hook_endpoint
    set failing_since = case when ${arrived} then null else coalesce(failing_since, ${now}) end
    where id = ${endpointId}
      and (failing_since is null) <> ${arrived}`);
}

export interface HookTry {
  id: number;
  arrived: boolean;
  words: string;
  nextAt: Date | null;
}

/** Since when nothing arrived at an endpoint. */
export async function failingSince(tx: Tx, endpointId: number): Promise<Date | null> {
  const { rows } = await tx.execute<{ since: string | null }>(sql`
    select failing_since as since
    from hook_endpoint
    where id = ${endpointId}`);
  return rows[0]?.since ? new Date(rows[0].since) : null;
}

/** When something is due next at an endpoint that is on and that no process holds. */
export async function nextDueAt(tx: Tx, now: Date): Promise<Date | null> {
  const { rows } = await tx.execute<{ at: string | null }>(sql`
    select min(next.due_at) as at
    from hook_endpoint w
      cross join lateral (
        select d.due_at
        from hook_delivery d
        where d.endpoint_id = w.id
          and d.state = 'waiting'
        order by d.due_at
        limit 1
      ) next
    where w.off_at is null
      and (w.busy_until is null or w.busy_until <= ${now})`);
  return rows[0]?.at ? new Date(rows[0].at) : null;
}

/** One line of what was sent, for the operator. */
export interface HookDelivery {
  id: number;
  endpointId: number;
  type: string;
  at: Date;
  subscriberId: number | null;
  date: string | null;
  state: 'waiting' | 'arrived' | 'failed';
  attempts: number;
  dueAt: Date | null;
  triedAt: Date | null;
  words: string | null;
}

/** The newest of an endpoint. */
export async function newestDeliveries(
  tx: Tx,
  { endpointId, limit }: { endpointId: number; limit: number },
): Promise<HookDelivery[]> {
  type Moments = 'at' | 'dueAt' | 'triedAt';
  const { rows } = await tx.execute<
    Omit<HookDelivery, Moments> & Record<Moments, string | null> & Record<string, unknown>
  >(sql`
    select
      d.id::float8 as id,
      d.endpoint_id::float8 as "endpointId",
      e.type,
      e.at,
      e.subscriber_id::float8 as "subscriberId",
      e.date::text as date,
      d.state,
      d.attempts,
      d.due_at as "dueAt",
      d.tried_at as "triedAt",
      d.words
    from hook_delivery d
      join hook_event e on e.id = d.event_id
    where d.endpoint_id = ${endpointId}
    order by d.id desc
    limit ${limit}`);
  return rows.map((row) => ({
    ...row,
    at: new Date(row.at!),
    dueAt: momentOf(row.dueAt),
    triedAt: momentOf(row.triedAt),
  }));
}

/** Sends one once more, with the same name. Returns the endpoint, or `null` where there is no such delivery. */
export async function replay(tx: Tx, id: number, now: Date): Promise<number | null> {
  const { rows } = await tx.execute<{ endpoint: number }>(sql`
    update hook_delivery
    set state = 'waiting', attempts = 0, due_at = ${now}
    where id = ${id}
    returning endpoint_id::float8 as endpoint`);
  return rows[0]?.endpoint ?? null;
}

/** Sends all once more that were given up. Returns how many. */
export async function replayFailed(tx: Tx, endpointId: number, now: Date): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update hook_delivery
    set state = 'waiting', attempts = 0, due_at = ${now}
    where endpoint_id = ${endpointId}
      and state = 'failed'`);
  return rowCount ?? 0;
}

/** Puts an event of no consequence on its way to one endpoint. False: there is none of that number. */
export async function addTestEvent(tx: Tx, endpointId: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with endpoint as (
      select id
      from hook_endpoint
      where id = ${endpointId}
    ),
    event as (
      insert into hook_event (type, at, data)
      select ${TEST_EVENT}, ${now}, '{"words": "A test of the operator."}'::jsonb
      from endpoint
      returning id
    )
    insert into hook_delivery (event_id, endpoint_id, state, due_at)
    select event.id, endpoint.id, 'waiting', ${now}
    from event, endpoint`);
  return rowCount === 1;
}
