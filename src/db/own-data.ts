import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { findSuppression } from './suppressions.ts';

/**
 * What is kept of a reader beside the subscription and the ledger, by `subscriber_id`. A reader's
 * copy of their data holds it, and erasing takes it away.
 */
export const PERSONAL_TABLES = ['say', 'taste', 'address_change', 'follow', 'feedback'] as const;

/** Everything that is stored about a reader, by table, as it is stored. */
export async function recordsOf(
  tx: Tx,
  subscriberId: number,
  hashesOf: (address: string) => readonly Buffer[],
): Promise<Record<string, unknown>> {
  const { rows: subscription } = await tx.execute<{ row: { email: string } }>(sql`
    select to_jsonb(s) as row
    from subscriber s
    where s.id = ${subscriberId}`);
  const reader = subscription[0]?.row ?? null;
  const { rows: deliveries } = await tx.execute<{ row: object }>(sql`
    select to_jsonb(d) || jsonb_build_object('papers', coalesce(to_jsonb(x.papers), '[]')) as row
    from delivery d
      left join selection x on x.id = d.selection_id
    where d.subscriber_id = ${subscriberId}
    order by d.digest_date`);
  const records: Record<string, unknown> = {
    subscription: reader,
    suppression: reader && (await findSuppression(tx, hashesOf(reader.email))),
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
