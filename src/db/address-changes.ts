import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/** A reader's wish that their digests go to another address. */
export interface AddressChange {
  subscriberId: number;
  email: string;
  askedAt: Date;
}

/** Whose mailbox it is that answers a wish: the one that digests went to, or the one they are to go to. */
export type Side = 'old' | 'new';

type Raw = { id: string; email: string; askedAt: string };
const changeOf = ({ id, email, askedAt }: Raw): AddressChange => ({
  subscriberId: Number(id),
  email,
  askedAt: new Date(askedAt),
});

const COLUMNS = sql.raw(`subscriber_id as id, email::text as email, asked_at as "askedAt"`);

/**
 * Keeps what an active reader wishes, in the place of an older wish; not within `quietMs` of that,
 * which bounds the mail that one reader can send to others. Returns whether it was kept.
 */
export async function askAddressChange(
  tx: Tx,
  { subscriberId, email, askedAt }: AddressChange,
  quietMs: number,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into address_change as c (subscriber_id, email, asked_at)
    select id, ${email}::citext, ${askedAt}
    from subscriber
    where id = ${subscriberId}
      and status = 'active'
    for update
    on conflict (subscriber_id) do update
    set email = excluded.email,
      asked_at = excluded.asked_at,
      told_at = null,
      claimed_at = null,
      agreed_at = null,
      confirmed_at = null
    where c.asked_at <= excluded.asked_at - make_interval(secs => ${quietMs / 1000})`);
  return rowCount === 1;
}

/**
 * The wish that a link made at that second is of; `null`: it is done, stopped, or another one. Stays
 * so while the caller holds the subscriber.
 */
export async function findAddressChange(tx: Tx, subscriberId: number, linkMadeAt: Date): Promise<AddressChange | null> {
  const { rows } = await tx.execute<Raw>(sql`
    select ${COLUMNS}
    from address_change
    where subscriber_id = ${subscriberId}
      and date_trunc('second', asked_at) = ${linkMadeAt}`);
  return rows[0] ? changeOf(rows[0]) : null;
}

/** The wish of a reader that neither mailbox has settled yet, with what each has said so far. */
export async function openAddressChange(
  tx: Tx,
  subscriberId: number,
): Promise<{ askedAt: Date; isAgreed: boolean; isConfirmed: boolean } | null> {
  const { rows } = await tx.execute<{ askedAt: string; isAgreed: boolean; isConfirmed: boolean }>(sql`
    select
      asked_at as "askedAt",
      agreed_at is not null as "isAgreed",
      confirmed_at is not null as "isConfirmed"
    from address_change
    where subscriber_id = ${subscriberId}`);
  return rows[0] ? { ...rows[0], askedAt: new Date(rows[0].askedAt) } : null;
}

const ANSWERED = { old: sql.raw('agreed_at'), new: sql.raw('confirmed_at') } as const;

/** Keeps that a mailbox said yes. Returns whether both have now. */
export async function answerAddressChange(tx: Tx, subscriberId: number, side: Side, now: Date): Promise<boolean> {
  const { rows } = await tx.execute<{ both: boolean }>(sql`
    update address_change
    set ${ANSWERED[side]} = coalesce(${ANSWERED[side]}, ${now}::timestamptz)
    where subscriber_id = ${subscriberId}
    returning agreed_at is not null and confirmed_at is not null as both`);
  return rows[0]?.both ?? false;
}

export const forgetAddressChange = async (tx: Tx, subscriberId: number): Promise<void> => {
  await tx.execute(sql`delete from address_change where subscriber_id = ${subscriberId}`);
};

/** Gives an active reader another address. Returns whether there is one. */
export async function moveSubscriber(
  tx: Tx,
  { subscriberId, email }: AddressChange,
  nextDueAt: Date | null,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update subscriber
    set email = ${email}::citext, next_due_at = ${nextDueAt}
    where id = ${subscriberId}
      and status = 'active'`);
  return rowCount === 1;
}

/**
 * Takes up the notices that a wish owes to both addresses; `null`: none is owed, or another worker
 * took them up within `forMs`, by the database's clock.
 */
export async function claimChangeNotices(tx: Tx, subscriberId: number, forMs: number): Promise<AddressChange | null> {
  const { rows } = await tx.execute<Raw>(sql`
    update address_change
    set claimed_at = clock_timestamp()
    where subscriber_id = ${subscriberId}
      and told_at is null
      and (claimed_at is null or claimed_at < clock_timestamp() - make_interval(secs => ${forMs / 1000}))
    returning ${COLUMNS}`);
  return rows[0] ? changeOf(rows[0]) : null;
}

/** compare-and-set: a wish that came meanwhile still owes its own notices. `now` null: they are still owed. */
export async function settleChangeNotices(
  tx: Tx,
  { subscriberId, askedAt }: AddressChange,
  now: Date | null,
): Promise<void> {
  await tx.execute(sql`
    update address_change
    set told_at = ${now}, claimed_at = null
    where subscriber_id = ${subscriberId}
      and asked_at = ${askedAt}`);
}

/** The wishes of some time that owe notices. */
export async function changeNoticesOwed(
  tx: Tx,
  from: Date,
  until: Date,
  limit: number,
): Promise<Pick<AddressChange, 'subscriberId' | 'askedAt'>[]> {
  const { rows } = await tx.execute<Raw>(sql`
    select ${COLUMNS}
    from address_change
    where asked_at between ${from} and ${until}
      and told_at is null
    order by asked_at
    limit ${limit}`);
  return rows.map(changeOf);
}

/** Forgets the wishes whose links work no longer. */
export const forgetOldAddressChanges = async (tx: Tx, before: Date): Promise<void> => {
  await tx.execute(sql`delete from address_change where asked_at < ${before}`);
};
