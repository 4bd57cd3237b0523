import { sql } from 'drizzle-orm';
import type { Db, Tx } from './client.ts';

/** What came from a network in this hour and the one before. */
export interface NetworkActivity {
  signUps: number;
  decoys: number;
}

/** A network in an hour, and under the key of the hour before it. */
export interface NetworkAt {
  network: string;
  hour: Date;
  before: { network: string; hour: Date };
}

/** Counts a sign-up from each of these networks, all different. The answers are in their order. */
export async function countSignUps(db: Db, networks: readonly NetworkAt[]): Promise<NetworkActivity[]> {
  const { rows } = await db.$client.query<NetworkActivity>({
    name: 'count_sign_ups', // planned once, for it is done for each sign-up
    text: COUNT_SIGN_UPS,
    values: [
      networks.map(({ network }) => network),
      networks.map(({ hour }) => hour),
      networks.map(({ before }) => before.network),
      networks.map(({ before }) => before.hour),
    ],
  });
  return rows;
}

// In the order of the networks, so that two processes never wait for each other's rows.
const COUNT_SIGN_UPS = `
  with asked as (
    select *
    from unnest($1::text[], $2::timestamptz[], $3::text[], $4::timestamptz[])
      with ordinality as a(network, hour, network_before, hour_before, place)
  ), counted as (
    insert into network_hour as n (network, hour, sign_ups)
    select network, hour, 1
    from asked
    order by network
    on conflict (network, hour) do update
    set sign_ups = n.sign_ups + 1
    returning network, hour, sign_ups, decoys
  )
  select
    counted.sign_ups + coalesce(earlier.sign_ups, 0) as "signUps",
    counted.decoys + coalesce(earlier.decoys, 0) as decoys
  from asked
    join counted using (network, hour)
    left join network_hour earlier
      on earlier.network = asked.network_before
      and earlier.hour = asked.hour_before
  order by asked.place`;

/** Counts a form that a program filled in. */
export async function countDecoy(tx: Tx, { network, hour }: NetworkAt): Promise<void> {
  await tx.execute(sql`
    insert into network_hour as n (network, hour, decoys)
    values (${network}, ${hour}, 1)
    on conflict (network, hour) do update
    set decoys = n.decoys + 1`);
}

/** Counts one that waited instead of working. Returns whether the network may: so many an hour do. */
export async function countWait(tx: Tx, { network, hour }: NetworkAt, most: number): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into network_hour as n (network, hour, waits)
    values (${network}, ${hour}, 1)
    on conflict (network, hour) do update
    set waits = n.waits + 1
    where n.waits < ${most}`);
  return rowCount === 1;
}

/** Returns whether this call is the first to use a challenge. */
export async function useChallenge(tx: Tx, nonce: string, endsAt: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into used_challenge (nonce, ends_at)
    values (${nonce}, ${endsAt})
    on conflict (nonce) do nothing`);
  return rowCount === 1;
}

/** Forgets what lies before a moment, and challenges that are over. */
export async function forgetSignUps(tx: Tx, { hours, now }: { hours: Date; now: Date }): Promise<void> {
  await tx.execute(sql`delete from network_hour where hour < ${hours}`);
  await tx.execute(sql`delete from used_challenge where ends_at < ${now}`);
}
