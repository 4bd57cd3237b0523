import { expect } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { digestSums } from '../../src/db/digests.ts';
import type { FaultServer } from '../support/smtp-fault-server.ts';

/** What docs/delivery-states.md draws, but for what an operator does. */
const DRAWN = [
  'pending → sending',
  'deferred → sending',
  'unknown → sending',
  'unknown → accepted',
  'unknown → rejected',
  'unknown → deferred',
  'unknown → pending',
  'sending → accepted',
  'sending → rejected',
  'sending → skipped',
  'sending → deferred',
  'sending → pending',
  'sending → unknown',
];

/** Has the database write down every change of a delivery's state. */
export async function recordHistory(db: Db): Promise<void> {
  await db.$client.query(`
    create table delivery_history (digest_date date not null, subscriber_id bigint not null, change text not null);
    create index on delivery_history (digest_date, subscriber_id);
    create function record_change() returns trigger language plpgsql as $$ begin
      insert into delivery_history values (new.digest_date, new.subscriber_id, old.state || ' → ' || new.state);
      return null;
    end $$;
    create trigger history after update on delivery for each row when (old.state is distinct from new.state) execute function record_change()`);
}

/** So far nobody has been in doubt about any delivery: each stop was a graceful one. */
export async function expectNoDoubts({ db }: Pick<Scene, 'db'>, date: string): Promise<void> {
  const { rows } = await db.$client.query(
    `select from delivery_history where digest_date = $1 and change like '%→ unknown'`,
    [date],
  );
  expect(rows.length).toBe(0);
}

interface Scene {
  db: Db;
  relay: FaultServer;
}
interface Row {
  email: string;
  state: string;
  lastReply: string | null;
  unknowns: number;
}

/**
 * Of a digest that nobody is at work on: what the relay took is recorded and nothing else, and
 * nobody has it twice.
 */
export async function expectEachOnce({ db, relay }: Scene, date: string): Promise<void> {
  const taken = copiesByReader(relay, date);
  expect([...taken.values()].filter((copies) => copies > 1)).toEqual([]);
  const { frozen, accepted, pending } = await digestSums(db, date);
  expect({ accepted, pending }).toEqual({ accepted: taken.size, pending: frozen - taken.size });
}

async function deliveries(db: Db, date: string): Promise<Row[]> {
  const { rows } = await db.$client.query<Row>(
    `
    select s.email::text as email, d.state, d.last_reply as "lastReply",
      (select count(*)::int from delivery_history h where h.digest_date = d.digest_date and h.subscriber_id = d.subscriber_id and h.change like '%→ unknown') as unknowns
    from delivery d join subscriber s on s.id = d.subscriber_id where d.digest_date = $1`,
    [date],
  );
  return rows;
}

/**
 * How often each reader got the digest, by what the relay took. Each copy has the same Message-ID,
 * and nobody else has that one.
 */
function copiesByReader(relay: FaultServer, date: string): Map<string, number> {
  const ids = new Map<string, string>();
  const copies = new Map<string, number>();
  for (const { to, messageId } of relay.taken) {
    if (!messageId.includes(`.${date}.`)) continue;
    if (ids.has(to)) expect(messageId).toBe(ids.get(to));
    ids.set(to, messageId);
    copies.set(to, (copies.get(to) ?? 0) + 1);
  }
  expect(new Set(ids.values()).size).toBe(ids.size);
  return copies;
}

/**
 * Of a digest that is through: everybody who was frozen has got it or was `refused` for good, no
 * more than `extra` copies came twice, each of them after its delivery had been `unknown`, the sums
 * add up, and no delivery went a way that is not drawn. Gives the number of extra copies.
 */
export async function expectNobodyLost(
  { db, relay }: Scene,
  date: string,
  { readers, extra, refused = new Set() }: { readers: number; extra: number; refused?: ReadonlySet<string> },
): Promise<number> {
  const rows = await deliveries(db, date);
  const copies = copiesByReader(relay, date);
  const got = ({ email }: Row): number => copies.get(email) ?? 0;
  const isServed = (row: Row): boolean =>
    row.state === 'rejected'
      ? refused.has(row.email) && /^5\d\d /.test(row.lastReply ?? '')
      : ['accepted', 'unknown'].includes(row.state) && got(row) > 0;
  expect(
    rows.filter((row) => !isServed(row)),
    'deliveries that were lost',
  ).toEqual([]);
  expect(
    rows.filter((row) => got(row) > 1 + row.unknowns),
    'copies that nobody had been in doubt about',
  ).toEqual([]);
  expect(new Set(copies.keys()).difference(new Set(rows.map(({ email }) => email))), 'strangers').toEqual(new Set());

  const sum = rows.reduce((copied, row) => copied + Math.max(0, got(row) - 1), 0);
  expect(sum, 'extra copies').toBeLessThanOrEqual(extra);

  const { frozen, accepted, rejected, unknown, skipped, deferred, pending } = await digestSums(db, date);
  expect({ frozen, done: accepted + rejected + unknown, skipped, deferred, pending }).toEqual({
    frozen: readers,
    done: readers,
    skipped: 0,
    deferred: 0,
    pending: 0,
  });

  const { rows: changes } = await db.$client.query<{ change: string }>(
    'select distinct change from delivery_history where digest_date = $1',
    [date],
  );
  expect(
    changes.map(({ change }) => change).filter((change) => !DRAWN.includes(change)),
    'ways that are not drawn',
  ).toEqual([]);
  return sum;
}
