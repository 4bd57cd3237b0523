import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { alert, healthFinding } from './schema.ts';

export type StoredAlert = typeof alert.$inferSelect;
export type StoredFinding = typeof healthFinding.$inferSelect;

/** What the last looks found, those of each look in their order. */
export const storedFindings = (tx: Tx): Promise<StoredFinding[]> =>
  tx.select().from(healthFinding).orderBy(healthFinding.look, healthFinding.position);

type FoundRow = Omit<StoredFinding, 'look' | 'position' | 'since' | 'lookedAt'>;

/** Takes the place of what the same look found before; a verdict that stays keeps its beginning. */
export async function saveFindings(
  tx: Tx,
  { look, findings, now }: { look: StoredFinding['look']; findings: readonly FoundRow[]; now: Date },
): Promise<void> {
  const one = <Key extends keyof FoundRow>(key: Key) => sql.param(findings.map((finding) => finding[key]));
  await tx.execute(sql`
    with found as (
      select *
      from unnest(
        ${one('checkId')}::text[], ${one('groupName')}::text[], ${one('name')}::text[], ${one('verdict')}::text[],
        ${one('sentence')}::text[], ${one('remedy')}::text[]
      ) with ordinality as f (check_id, group_name, name, verdict, sentence, remedy, position)
    ), gone as (
      delete from health_finding
      where look = ${look}
        and check_id not in (select check_id from found)
    )
    insert into health_finding as h
      (check_id, group_name, name, verdict, sentence, remedy, look, position, since, looked_at)
    select check_id, group_name, name, verdict, sentence, remedy, ${look}, position, ${now}, ${now}
    from found
    on conflict (check_id) do update
    set group_name = excluded.group_name,
      name = excluded.name,
      verdict = excluded.verdict,
      sentence = excluded.sentence,
      remedy = excluded.remedy,
      look = excluded.look,
      position = excluded.position,
      since = case when h.verdict = excluded.verdict then h.since else excluded.since end,
      looked_at = excluded.looked_at`);
}

/** All causes that were ever seen, each with its last time. */
export const storedAlerts = (tx: Tx): Promise<StoredAlert[]> => tx.select().from(alert);

/** Keeps how a cause stands; what other processes tell of it meanwhile stays. */
export async function saveAlert(tx: Tx, state: StoredAlert): Promise<void> {
  const { cause, sentence, remedy, beganAt, dueAt, toldAt, goneSince, endedAt } = state;
  await tx.execute(sql`
    insert into alert as a (cause, sentence, remedy, began_at, due_at, gone_since, ended_at)
    values (${cause}, ${sentence}, ${remedy}, ${beganAt}, ${dueAt}, ${goneSince}, ${endedAt})
    on conflict (cause) do update
    set sentence = excluded.sentence,
      remedy = excluded.remedy,
      began_at = excluded.began_at,
      due_at = excluded.due_at,
      gone_since = excluded.gone_since,
      ended_at = excluded.ended_at,
      claimed_at = case when a.began_at = excluded.began_at then a.claimed_at end,
      told_at = case when ${toldAt}::timestamptz is null and a.began_at <> excluded.began_at then null else a.told_at end`);
}

/** Takes the mail of a cause up, if it stands as it was read. False: another process was quicker. */
export async function claimAlert(
  tx: Tx,
  { cause, beganAt, claimedAt, endedAt }: StoredAlert,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update alert
    set claimed_at = ${now}
    where cause = ${cause}
      and began_at = ${beganAt}
      and claimed_at is not distinct from ${claimedAt}
      and ended_at is not distinct from ${endedAt}`);
  return rowCount === 1;
}

/** The mail of a cause has left. */
export async function markAlertTold(
  tx: Tx,
  cause: string,
  { toldAt, overToldAt }: Pick<StoredAlert, 'toldAt' | 'overToldAt'>,
): Promise<void> {
  await tx.execute(sql`
    update alert
    set told_at = ${toldAt},
      over_told_at = ${overToldAt}
    where cause = ${cause}`);
}
