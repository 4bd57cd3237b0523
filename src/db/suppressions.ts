import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

export interface Suppression {
  reason: 'bounced' | 'complained' | 'refused' | 'manual';
  createdAt: Date;
  /** Since when its reader may ask to be subscribed again: confirming ends it. */
  reopenedAt: Date | null;
}

/**
 * Why and since when an address is never to be mailed again; `null` when it may be. `hashes` are all
 * that may stand for it (`Keyring.hashesOf`).
 */
export async function findSuppression(tx: Tx, hashes: readonly Buffer[]): Promise<Suppression | null> {
  const { rows } = await tx.execute<{ reason: Suppression['reason']; at: string; reopened: string | null }>(sql`
    select reason, created_at as at, reopened_at as reopened
    from suppression
    where address_hash = any(${sql.param([...hashes])}::bytea[])
    order by created_at desc
    limit 1`);
  const [row] = rows;
  if (!row) return null;
  return {
    reason: row.reason,
    createdAt: new Date(row.at),
    reopenedAt: row.reopened === null ? null : new Date(row.reopened),
  };
}

/** Whether nothing may go to an address, not even a notice that its reader asked for. */
export async function isSuppressed(tx: Tx, hashes: readonly Buffer[]): Promise<boolean> {
  const found = await findSuppression(tx, hashes);
  return found !== null && found.reopenedAt === null;
}

/** Whether any address is suppressed. */
export async function hasSuppressions(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute<{ found: boolean }>(sql`select exists (select from suppression) as found`);
  return rows[0]!.found;
}

/** Which of these addresses, each by all its hashes, must get no digest: their places. */
export async function suppressedAmong(tx: Tx, addresses: readonly (readonly Buffer[])[]): Promise<Set<number>> {
  if (addresses.length === 0) return new Set();
  const { rows } = await tx.execute<{ hash: Buffer }>(sql`
    select address_hash as hash
    from suppression
    where address_hash = any(${sql.param(addresses.flat())}::bytea[])`);
  const found = new Set(rows.map(({ hash }) => hash.toString('hex')));
  if (found.size === 0) return new Set();
  const isFound = (hash: Buffer): boolean => found.has(hash.toString('hex'));
  return new Set(addresses.flatMap((hashes, place) => (hashes.some(isFound) ? [place] : [])));
}

/** A complaint weighs more than what was known before; nothing else replaces a reason. */
export async function suppress(tx: Tx, hash: Buffer, reason: Suppression['reason'], now: Date): Promise<void> {
  await tx.execute(sql`
    insert into suppression as s (address_hash, reason, created_at)
    values (${hash}, ${reason}, ${now})
    on conflict (address_hash) do update
    set reason = case when excluded.reason = 'complained' then 'complained' else s.reason end,
      reopened_at = null`);
}

/** Ends a suppression. Returns whether there was one. */
export async function liftSuppression(tx: Tx, hashes: readonly Buffer[]): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    delete from suppression
    where address_hash = any(${sql.param([...hashes])}::bytea[])`);
  return (rowCount ?? 0) > 0;
}

/** Lets the reader behind an address ask again: only their confirmation ends the suppression. */
export async function reopenSuppression(tx: Tx, hashes: readonly Buffer[], now: Date): Promise<void> {
  await tx.execute(sql`
    update suppression
    set reopened_at = ${now}
    where address_hash = any(${sql.param([...hashes])}::bytea[])`);
}

/** How many addresses are suppressed, by reason. */
export async function countSuppressions(tx: Tx): Promise<{ reason: string; count: number; newest: Date }[]> {
  const { rows } = await tx.execute<{ reason: string; count: number; newest: string }>(sql`
    select reason, count(*)::int as count, max(created_at) as newest
    from suppression
    group by reason
    order by reason`);
  return rows.map((row) => ({ ...row, newest: new Date(row.newest) }));
}
