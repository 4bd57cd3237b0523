import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/** What was last saved under a name; `null`: nothing was. */
export async function readSetting(db: Tx, name: string): Promise<unknown> {
  const { rows } = await db.execute<{ value: unknown }>(sql`
    select value
    from setting
    where name = ${name}`);
  return rows[0]?.value ?? null;
}

/** Saves a value under a name, in the place of what was there. `by` says who did, for the record. */
export async function saveSetting(
  db: Tx,
  { name, value, by, now }: { name: string; value: object; by: string | null; now: Date },
): Promise<void> {
  await db.execute(sql`
    insert into setting (name, value, updated_at, updated_by)
    values (${name}, ${JSON.stringify(value)}::jsonb, ${now}, ${by})
    on conflict (name) do update
    set value = excluded.value,
      updated_at = excluded.updated_at,
      updated_by = excluded.updated_by`);
}

/** Holds a setting to the end of the transaction: what is read of it is what will be replaced. */
export const lockSetting = async (tx: Tx, name: string): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`paperboy setting ${name}`}))`);
};
