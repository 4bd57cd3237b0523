import { sql, type SQL } from 'drizzle-orm';
import { type Db, transaction, type Tx } from './client.ts';
import { CLOCKS_APART_MS } from './clock.ts';

/** So many notices, and no more, within any time that is so long. */
export interface Cap {
  most: number;
  withinMs: number;
}

/** The caps on what one mailbox gets, on what one network asks for, and on all notices together. */
export interface NoticeCaps {
  mailbox: readonly Cap[];
  network: readonly Cap[];
  total: readonly Cap[];
  /** A network is busy that has reached this; then `totalOfBusy` holds, and the rest is for the others. */
  busy: Cap;
  totalOfBusy: readonly Cap[];
}

/** Whom a notice counts for. `networks`: the one that asked, under the keys of its day and of the day before. */
export interface NoticeCount {
  mailbox: string;
  networks: readonly string[];
  now: Date;
}

/** A notice that may go, and until when its mailbox then gets no other; or when it might go. */
export type SpentNotice = { mayGo: true; id: number; quietUntil: Date | null } | { mayGo: false; freeAt: Date };

/**
 * Counts a notice, unless a cap is reached. One process counts at a time, so that the caps hold for
 * all of them together: that takes two milliseconds, and a message much longer.
 */
export const spendNotice = (db: Db, { mailbox, networks, now }: NoticeCount, caps: NoticeCaps): Promise<SpentNotice> =>
  transaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy.spent_notice'))`);
    const ofMailbox = sql`mailbox = ${mailbox}`;
    const ofNetwork = sql`network = any(${sql.param([...networks])}::text[])`;
    const isBusy = networks.length === 0 || (await whenFree(tx, ofNetwork, [caps.busy], now)) !== null;
    const freeAt = [
      await whenFree(tx, ofMailbox, caps.mailbox, now),
      await whenFree(tx, ofNetwork, caps.network, now),
      await whenFree(tx, sql`true`, isBusy ? caps.totalOfBusy : caps.total, now),
    ].filter((at) => at !== null);
    if (freeAt.length > 0) return { mayGo: false, freeAt: new Date(Math.max(...freeAt.map(Number))) };
    const { rows } = await tx.execute<{ id: string }>(sql`
      insert into spent_notice (mailbox, network, spent_at)
      values (${mailbox}, ${networks[0] ?? null}, ${now})
      returning id`);
    return { mayGo: true, id: Number(rows[0]!.id), quietUntil: await whenFree(tx, ofMailbox, caps.mailbox, now) };
  });

/**
 * When the last of the caps lets another notice go; `null`: they all do now. A cap of n within an
 * hour is free an hour after the newest notice but n - 1.
 */
async function whenFree(tx: Tx, isCounted: SQL, caps: readonly Cap[], now: Date): Promise<Date | null> {
  const { rows } = await tx.execute<{ at: string | null }>(sql`
    select max(n.spent_at + c.within) as at
    from (
      select most, make_interval(secs => seconds) as within
      from unnest(
        ${sql.param(caps.map(({ most }) => most))}::int[],
        ${sql.param(caps.map(({ withinMs }) => withinMs / 1000))}::float8[]) as caps(most, seconds)
    ) c
      cross join lateral (
        select spent_at
        from spent_notice
        where ${isCounted}
        order by spent_at desc
        offset c.most - 1
        limit 1
      ) n
    where n.spent_at + c.within > ${now}`);
  const at = rows[0]?.at ?? null;
  return at === null ? null : new Date(at);
}

/** A notice that did not go after all counts no more. */
export async function giveBackNotice(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`delete from spent_notice where id = ${id}`);
}

/** Forgets notices that no cap counts any more, and those that a wrong clock put ahead. */
export async function forgetSpentNotices(tx: Tx, { before, now }: { before: Date; now: Date }): Promise<void> {
  const ahead = new Date(now.getTime() + CLOCKS_APART_MS);
  await tx.execute(sql`
    delete from spent_notice
    where spent_at < ${before}
      or spent_at > ${ahead}`);
}
