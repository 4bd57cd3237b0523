import { momentOf } from './moment.ts';
import { sql } from 'drizzle-orm';
import type { HookEvent } from '../hook-events.ts';
import type { Tx } from './client.ts';

/** Where a program of the operator is told of events. */
export interface HookEndpoint {
  id: number;
  url: string;
  events: HookEvent[];
  isNear: boolean;
  createdAt: Date;
  failingSince: Date | null;
  offAt: Date | null;
  /** `gone`: it said so itself. `failing`: nothing arrived for days. */
  offBecause: 'gone' | 'failing' | null;
  /** How many events wait, and how many were given up. */
  waiting: number;
  failed: number;
}

type Moments = 'createdAt' | 'failingSince' | 'offAt';
type Raw = Record<string, unknown> & Omit<HookEndpoint, Moments> & Record<Moments, string>;

/** False: the address is among them already. */
export async function addEndpoint(
  tx: Tx,
  input: { url: string; events: readonly HookEvent[]; isNear: boolean; secret: string; now: Date },
): Promise<number | null> {
  const { url, events, isNear, secret, now } = input;
  const { rows } = await tx.execute<{ id: number }>(sql`
    insert into hook_endpoint (url, events, is_near, secret, created_at)
    values (${url}, ${sql.param([...events])}, ${isNear}, ${secret}, ${now})
    on conflict do nothing
    returning id::float8 as id`);
  return rows[0]?.id ?? null;
}

/** How many of a state are counted at most. */
const COUNTED = 1000;

export async function listEndpoints(tx: Tx): Promise<HookEndpoint[]> {
  const { rows } = await tx.execute<Raw>(sql`
    select
      w.id::float8 as id,
      w.url,
      w.events,
      w.is_near as "isNear",
      w.created_at as "createdAt",
      w.failing_since as "failingSince",
      w.off_at as "offAt",
      w.off_because as "offBecause",
      (
        select count(*)
        from (select from hook_delivery d where d.endpoint_id = w.id and d.state = 'waiting' limit ${COUNTED}) few
      )::int as waiting,
      (
        select count(*)
        from (select from hook_delivery d where d.endpoint_id = w.id and d.state = 'failed' limit ${COUNTED}) few
      )::int as failed
    from hook_endpoint w
    order by w.id`);
  return rows.map((raw) => ({
    ...raw,
    createdAt: new Date(raw.createdAt),
    failingSince: momentOf(raw.failingSince),
    offAt: momentOf(raw.offAt),
  }));
}

/** The endpoints that are switched off because they failed: what the operator is to know. */
export async function endpointsOff(tx: Tx): Promise<{ url: string; offBecause: 'gone' | 'failing'; offAt: Date }[]> {
  const { rows } = await tx.execute<{ url: string; offBecause: 'gone' | 'failing'; offAt: string }>(sql`
    select url, off_because as "offBecause", off_at as "offAt"
    from hook_endpoint
    where off_at is not null
    order by off_at`);
  return rows.map((row) => ({ ...row, offAt: new Date(row.offAt) }));
}

export async function removeEndpoint(tx: Tx, id: number): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    delete from hook_endpoint
    where id = ${id}`);
  return rowCount === 1;
}

/** Puts a new secret first; the old one signs too until `oldUntil`. */
export async function rotateSecret(tx: Tx, id: number, secret: string, oldUntil: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update hook_endpoint
    set old_secret = secret,
      old_until = ${oldUntil},
      secret = ${secret}
    where id = ${id}`);
  return rowCount === 1;
}

/** Tells an endpoint again that was switched off; what waits for it goes out at once. */
export async function switchOn(tx: Tx, id: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update hook_endpoint
    set off_at = null, off_because = null, failing_since = null
    where id = ${id}
      and off_at is not null`);
  if (rowCount !== 1) return false;
  await tx.execute(sql`
    update hook_delivery
    set due_at = ${now}
    where endpoint_id = ${id}
      and state = 'waiting'`);
  return true;
}

/** Returns whether this call did it. */
export async function switchOff(tx: Tx, id: number, because: 'gone' | 'failing', now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update hook_endpoint
    set off_at = ${now}, off_because = ${because}
    where id = ${id}
      and off_at is null`);
  return rowCount === 1;
}
