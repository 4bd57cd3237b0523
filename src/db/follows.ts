import { sql } from 'drizzle-orm';
import type { Follow } from '../subscriber.ts';
import { type Db, transaction, type Tx } from './client.ts';

/** So many a reader follows at most: each is looked for every day. */
export const MOST_FOLLOWS = 100;

/** What a request to subscribe was made beside: something to follow, or a topic. */
export type AskedFollow = Omit<Follow, 'kind'> & { kind: Follow['kind'] | 'topic' };

/** What a reader follows, as `subscriber.follows` holds it. */
export function readFollows(text: string): Follow[] {
  if (text === '') return [];
  const rows = JSON.parse(text) as [Follow['kind'], string, string][];
  return rows.map(([kind, value, label]) => ({ kind, value, label }));
}

/** What a reader follows, in the order in which it came, and whether they want nothing else. */
export async function followsOf(tx: Tx, subscriberId: number): Promise<{ follows: Follow[]; isOnly: boolean }> {
  const { rows } = await tx.execute<Follow & Record<string, unknown>>(sql`
    select kind, value, label
    from follow
    where subscriber_id = ${subscriberId}
    order by created_at, kind, value`);
  const { rows: wishes } = await tx.execute<{ isOnly: boolean }>(sql`
    select follows_only as "isOnly"
    from subscriber
    where id = ${subscriberId}`);
  return { follows: rows, isOnly: wishes[0]?.isOnly ?? false };
}

/** What the newest request of an address was made beside, until it is confirmed. */
export async function askedFollow(tx: Tx, subscriberId: number): Promise<AskedFollow | null> {
  const { rows } = await tx.execute<{ asked: AskedFollow | null }>(sql`
    select asked_follow as asked
    from subscriber
    where id = ${subscriberId}`);
  return rows[0]?.asked ?? null;
}

/** How a reader's follows change. */
export interface FollowChange {
  add?: readonly Follow[];
  remove?: readonly Pick<Follow, 'kind' | 'value'>[];
  only?: boolean;
}

/**
 * Changes what a reader follows. `gone`: there is no such reader; `full`: it would be more than a
 * reader may follow, and nothing was changed.
 */
export const changeFollows = (
  db: Db,
  subscriberId: number,
  change: FollowChange,
  now: Date,
): Promise<'done' | 'gone' | 'full'> => transaction(db, (tx) => changeFollowsWithin(tx, subscriberId, change, now));

/** The same as a part of the caller's transaction, which holds the reader to its end. */
export async function changeFollowsWithin(
  tx: Tx,
  subscriberId: number,
  { add = [], remove = [], only }: FollowChange,
  now: Date,
): Promise<'done' | 'gone' | 'full'> {
  const { rows: held } = await tx.execute(sql`
    select
    from subscriber
    where id = ${subscriberId}
      and status <> 'erased'
    for update`);
  if (held.length === 0) return 'gone';
  if (add.length > 0 && (await sizeWith(tx, subscriberId, add)) > MOST_FOLLOWS) return 'full';
  await tx.execute(sql`
    delete from follow
    where subscriber_id = ${subscriberId}
      and (kind, value) in (
        select r.kind, r.value
        from jsonb_to_recordset(${JSON.stringify(remove)}::jsonb) as r (kind text, value text)
      )`);
  await tx.execute(sql`
    insert into follow (subscriber_id, kind, value, label, created_at)
    select distinct on (a.kind, a.value) ${subscriberId}::bigint, a.kind, a.value, a.label, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(add)}::jsonb) as a (kind text, value text, label text)
    on conflict (subscriber_id, kind, value) do update set label = excluded.label`);
  await rewrite(tx, subscriberId, only);
  return 'done';
}

async function sizeWith(tx: Tx, subscriberId: number, add: readonly Follow[]): Promise<number> {
  const { rows } = await tx.execute<{ size: number }>(sql`
    select count(*)::int as size
    from (
      select kind, value
      from follow
      where subscriber_id = ${subscriberId}
      union
      select a.kind, a.value
      from jsonb_to_recordset(${JSON.stringify(add)}::jsonb) as a (kind text, value text)
    ) everything`);
  return rows[0]!.size;
}

/** Writes the text that the sender reads. Who follows nothing any more gets the topics again. */
async function rewrite(tx: Tx, subscriberId: number, only: boolean | undefined): Promise<void> {
  await tx.execute(sql`
    update subscriber s
    set follows = coalesce(f.list::text, ''),
      follows_only = coalesce(f.wanted, 0) > 0 and ${only ?? sql`s.follows_only`}
    from (
      select
        json_agg(json_build_array(kind, value, label) order by kind, value) as list,
        count(*) filter (where kind <> 'not') as wanted
      from follow
      where subscriber_id = ${subscriberId}
    ) f
    where s.id = ${subscriberId}`);
}

/**
 * A request was confirmed: what it was made beside is followed from now on. A topic is among the
 * reader's topics already.
 */
export async function takeUpAsked(tx: Tx, subscriberId: number, now: Date): Promise<void> {
  const asked = await askedFollow(tx, subscriberId);
  if (asked === null) return;
  await tx.execute(sql`update subscriber set asked_follow = null where id = ${subscriberId}`);
  if (asked.kind === 'topic') return;
  await changeFollowsWithin(tx, subscriberId, { add: [{ ...asked, kind: asked.kind }] }, now);
}
