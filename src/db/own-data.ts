import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/**
 * What is kept of a reader beside the subscription and the ledger, by `subscriber_id`. A reader's
 * copy of their data holds it, and erasing takes it away.
 */
export const PERSONAL_TABLES = ['say', 'taste', 'address_change', 'follow'] as const;

/** Everything that is stored about a reader, by table, as it is stored. */
export async function recordsOf(tx: Tx, subscriberId: number): Promise<Record<string, unknown>> {
  const { rows: subscription } = await tx.execute<{ row: object; suppression: object | null }>(sql`
    select
      to_jsonb(s) as row,
      (
        select jsonb_build_object('reason', x.reason, 'created_at', x.created_at)
        from suppression x
        where x.address_hash = sha256(convert_to(lower(s.email::text collate "C"), 'UTF8'))
      ) as suppression
    from subscriber s
    where s.id = ${subscriberId}`);
  const { rows: deliveries } = await tx.execute<{ row: object }>(sql`
    select to_jsonb(d) || jsonb_build_object('papers', coalesce(to_jsonb(x.papers), '[]')) as row
    from delivery d
      left join selection x on x.id = d.selection_id
    where d.subscriber_id = ${subscriberId}
    order by d.digest_date`);
  const records: Record<string, unknown> = {
    subscription: subscription[0]?.row ?? null,
    suppression: subscription[0]?.suppression ?? null,
    deliveries: deliveries.map(({ row }) => row),
  };
  for (const table of PERSONAL_TABLES) {
    const { rows } = await tx.execute<{ row: object }>(sql`
      select to_jsonb(t) as row
      from ${sql.identifier(table)} t
      where t.subscriber_id = ${subscriberId}`);
    records[table] = rows.map(({ row }) => row);
  }
  return records;
}
