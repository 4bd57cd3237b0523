import type { Outgoing, Permit, SendResult, Transport } from '../../src/mail/transport.ts';
import type { Db } from '../../src/db/client.ts';

export interface ReaderInput {
  email?: string;
  status?: string;
  topics?: string[];
  frequency?: string;
  timezone?: string;
  sendHour?: number;
  nextDueAt?: Date | null;
  lastDigestDate?: string | null;
}

/** Adds readers, active unless they are said not to be, and gives their ids. */
export async function addReaders(db: Db, readers: readonly ReaderInput[]): Promise<number[]> {
  const people = readers.map((r, i) => ({
    email: `reader${i}@example.org`,
    status: 'active',
    topics: ['all'],
    frequency: 'daily',
    timezone: 'UTC',
    sendHour: 8,
    nextDueAt: null,
    lastDigestDate: null,
    ...r,
  }));
  const { rows } = await db.$client.query<{ id: string }>(
    `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, next_due_at, last_digest_date)
     select email, status, topics, frequency, timezone, "sendHour", now(), "nextDueAt", "lastDigestDate" from jsonb_to_recordset($1::jsonb)
       as p(email citext, status text, topics text[], frequency text, timezone text, "sendHour" int, "nextDueAt" timestamptz, "lastDigestDate" date)
     returning id`,
    [JSON.stringify(people)],
  );
  return rows.map((r) => Number(r.id));
}

export const manyReaders = (count: number, more: ReaderInput = {}): ReaderInput[] =>
  Array.from({ length: count }, (_, i) => ({ email: `reader${i}@example.org`, ...more }));

/** An edition with nothing in it: enough to be dispatched. */
export const addEmptyEdition = (db: Db, date: string) =>
  db.$client.query(`insert into edition (edition_date, topic, frozen_at) values ($1, 'all', $1::date)`, [date]);

export interface LedgerRow {
  subscriberId: number;
  digestDate: string;
  since: string;
  state: string;
  reason: string | null;
  attempts: number;
  lastReply: string | null;
  nextAttemptAt: Date | null;
  batchId: number;
}

export async function ledger(db: Db): Promise<LedgerRow[]> {
  const { rows } = await db.$client
    .query(`select subscriber_id::int as "subscriberId", digest_date::text as "digestDate", since::text as since, state, reason, attempts - uncharged as attempts, last_reply as "lastReply",
    next_attempt_at as "nextAttemptAt", batch_id::int as "batchId" from delivery order by digest_date, subscriber_id`);
  return rows as LedgerRow[];
}

export const batches = async (
  db: Db,
): Promise<{ id: number; state: string; dueAt: Date; leaseUntil: Date | null; fence: number }[]> =>
  (
    await db.$client.query(
      `select id::int as id, state, due_at as "dueAt", lease_until as "leaseUntil", fence from batch order by id`,
    )
  ).rows;

/** Lets time pass for every lease: it is the database that keeps it. */
export const ageLeases = (db: Db, ms: number) =>
  db.$client.query('update batch set lease_until = lease_until - make_interval(secs => $1)', [ms / 1000]);

export const ACCEPTED: SendResult = { kind: 'reply', code: 250, text: '2.0.0 ok' };

/**
 * A transport that keeps what it is given and answers as the test says. `Transport` is a port that
 * delivery declares for whoever carries messages, so this is one more implementation and no
 * stand-in for a part of ours; the SMTP one has tests of its own.
 */
export function recordingTransport(
  answer: (outgoing: Outgoing, nth: number) => SendResult | Promise<SendResult> = () => ACCEPTED,
  connections = 4,
): Transport & { sent: { to: string; from: string; bytes: Buffer }[] } {
  const sent: { to: string; from: string; bytes: Buffer }[] = [];
  return {
    connections,
    sent,
    async send(outgoing, _withdrawn, permit) {
      if (permit && !(await allowed(permit))) return { kind: 'withdrawn', text: 'no leave' };
      sent.push({ to: outgoing.to, from: outgoing.from, bytes: Buffer.concat(outgoing.message) });
      return answer(outgoing, sent.length);
    },
    verify: async () => {},
    close: async () => {},
  };
}

/** As a connection does that is ready for the text. */
const allowed = (permit: Permit): Promise<boolean> =>
  new Promise((resolve) => {
    const ask = (): void => {
      const answer = permit.take(ask);
      if (answer !== 'wait') resolve(answer === 'go');
    };
    ask();
  });
