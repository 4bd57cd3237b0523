import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { WARM_UP } from './deliveries.ts';

/** How a new sender's mail to one host grows from day to day. */
export interface WarmUp {
  host: string;
  startedAt: Date;
  /** The day (UTC) that the numbers are of. */
  day: string;
  /** How many messages the day may hold, how many it held, and how many of them were refused. */
  allowance: number;
  sent: number;
  refused: number;
}

/** The plans that are on, by host. */
export async function warmUpsOn(tx: Tx): Promise<WarmUp[]> {
  const { rows } = await tx.execute<Omit<WarmUp, 'startedAt'> & { at: string } & Record<string, unknown>>(sql`
    select host, started_at as at, day::text as day, allowance, sent, refused
    from warm_up
    where ended_at is null
    order by host`);
  return rows.map(({ at, ...row }) => ({ ...row, startedAt: new Date(at) }));
}

/** Starts a plan. False: it is on already, and goes on as it is. */
export async function startWarmUp(
  tx: Tx,
  { host, allowance, today }: { host: string; allowance: number; today: string },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into warm_up (host, started_at, day, allowance)
    values (${host}, ${now}, ${today}, ${allowance})
    on conflict (host) do update
    set started_at = excluded.started_at, ended_at = null, day = excluded.day, allowance = excluded.allowance,
      sent = 0, refused = 0, told_on = null
    where warm_up.ended_at is not null`);
  return rowCount === 1;
}

/**
 * Ends a plan, and makes due at `dueAt` what plans hold back: that of other hosts asks its own plan
 * again. Returns how many deliveries that concerns; `null`: no such plan is on.
 */
export async function endWarmUp(tx: Tx, host: string, now: Date, dueAt: Date): Promise<number | null> {
  const { rowCount } = await tx.execute(sql`
    update warm_up
    set ended_at = ${now}
    where host = ${host}
      and ended_at is null`);
  if (!rowCount) return null;
  const { rows } = await tx.execute<{ count: number }>(sql`
    with open as (
      select id, digest_date
      from batch
      where state = 'open'
    ), again as (
      update delivery d
      set next_attempt_at = ${dueAt}, updated_at = ${now}
      from open
      where d.digest_date = open.digest_date
        and d.batch_id = open.id
        and d.state = 'deferred'
        and d.reason = ${WARM_UP}
      returning d.batch_id
    ), due as (
      update batch
      set due_at = least(due_at, ${dueAt})
      where id in (select batch_id from again)
    )
    select count(*)::int as count
    from again`);
  return rows[0]!.count;
}

/**
 * Takes one message of a host's day, which begins when it is first asked on it. True: it may go,
 * also when the plan is over. `next` says what the new day may hold.
 */
export async function takeOfDay(
  tx: Tx,
  host: string,
  { today, next }: { today: string; next: (day: WarmUp) => number },
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update warm_up
    set sent = sent + 1
    where host = ${host}
      and ended_at is null
      and day = ${today}
      and sent < allowance`);
  if (rowCount) return true;
  const plan = (await warmUpsOn(tx)).find((one) => one.host === host);
  if (!plan) return true;
  // A day to come was begun by a clock that was wrong: it counts until it is over.
  if (plan.day > today || (plan.day === today && plan.sent >= plan.allowance)) return false;
  // Several messages begin a day at once, and one of them does; the others find it begun.
  if (plan.day < today)
    await tx.execute(sql`
      update warm_up
      set day = ${today}, allowance = ${next(plan)}, sent = 0, refused = 0
      where host = ${host}
        and day = ${plan.day}`);
  return takeOfDay(tx, host, { today, next });
}

/** Corrects what was counted of a host's day. */
export async function giveBack(
  tx: Tx,
  host: string,
  { sent, refused }: Pick<WarmUp, 'sent' | 'refused'>,
): Promise<void> {
  await tx.execute(sql`
    update warm_up
    set sent = greatest(0, sent + ${sent}::int), refused = refused + ${refused}::int
    where host = ${host}
      and ended_at is null`);
}

/** What a host's day may hold, if the operator was not told today that it holds mail back; else `null`. */
export async function tellHolding(tx: Tx, host: string, today: string): Promise<number | null> {
  const { rows } = await tx.execute<{ allowance: number }>(sql`
    update warm_up
    set told_on = ${today}
    where host = ${host}
      and told_on is distinct from ${today}::date
    returning allowance`);
  return rows[0]?.allowance ?? null;
}
