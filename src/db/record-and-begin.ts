import type { HeldBatch } from './batches.ts';
import type { Db } from './client.ts';
import { HELD_BACK, type Outcome, type ReadyDelivery } from './deliveries.ts';
import { DIGEST } from './digests.ts';

/** A change of the ledger that the holder of a batch asks for. */
export interface Move {
  batch: HeldBatch;
  move: { begin: ReadyDelivery } | { outcome: Outcome };
}

/**
 * One round trip of the ledger, for held batches of one date: writes what became of some deliveries, and moves others to `sending`. Returns
 * the readers of those that were.
 *
 * An outcome counts only for the attempt that it belongs to (`attempts` is the row's fencing token): a row that another worker
 * has begun since keeps that worker's word. One that goes back to `pending` (relay down) or was held back is not charged the attempt, and yet its number
 * is never used again: to write the same twice changes nothing. What the operator closed is not opened by a late word. A delivery
 * is begun only under its batch's fence and lease, and only as it was read.
 *
 * All in one prepared statement, because this is the hot path: what a statement costs by itself is shared by all its rows.
 */
export async function recordAndBegin(db: Db, moves: readonly Move[], now: Date): Promise<Set<number>> {
  const batches = [...new Set(moves.map(({ batch }) => batch))];
  const rows = moves
    .map(({ move }) => ('outcome' in move ? move.outcome : move.begin))
    .toSorted((one, other) => one.subscriberId - other.subscriberId);
  const { kinds, kindOf } = kindsOf(rows);
  const begun = await db.$client.query<{ id: number }>({
    name: 'record-and-begin',
    text: RECORD_AND_BEGIN,
    values: [
      batches[0]?.digestDate,
      numbers(batches.map((b) => b.id)),
      numbers(batches.map((b) => b.fence)),
      now,
      numbers(rows.map((m) => m.subscriberId)),
      numbers(rows.map((m) => m.attempts)),
      numbers(kindOf),
      kinds.map((k) => k.state),
      kinds.map((k) => k.reason),
      kinds.map((k) => k.lastReply),
      kinds.map((k) => k.nextAttemptAt),
    ],
  });
  return new Set(begun.rows.map(({ id }) => id));
}

/** An array as Postgres reads it: the driver quotes each number by itself. */
const numbers = (values: readonly number[]): string => `{${values.join(',')}}`;

type Kind = Pick<Outcome, 'reason' | 'lastReply' | 'nextAttemptAt'> & { state: Outcome['state'] | 'sending' };
const BEGIN: Kind = { state: 'sending', reason: null, lastReply: null, nextAttemptAt: null };

/** The different things that are written, the begin first, and which of them each row gets (from 1): most rows get the same. */
function kindsOf(rows: readonly (ReadyDelivery | Outcome)[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds = [BEGIN];
  const known = new Map<string, number>();
  const kindOf = rows.map((row) => {
    if (!('state' in row)) return 1;
    const { state, reason, lastReply, nextAttemptAt } = row;
    const key = `${state}\n${reason ?? '\0'}\n${nextAttemptAt?.getTime()}\n${lastReply ?? '\0'}`; // neither character is in any of them
    const kind = known.get(key) ?? kinds.push(row);
    known.set(key, kind);
    return kind;
  });
  return { kinds, kindOf };
}

/** The place of a row in the arrays, which are in the order of `$5`. */
const PLACE = 'width_bucket(d.subscriber_id, $5::bigint[])';
const KIND = `($7::int[])[${PLACE}]`;

/**
 * Looks every row up by its key, whatever the planner believes: where the arrays were joined to a month that was empty a moment ago, it read
 * the whole month for each of their elements.
 */
const RECORD_AND_BEGIN = `
  with held as (
    select b.id from batch b join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = any($2::bigint[]) and b.fence = ($3::int[])[array_position($2::bigint[], b.id)]
      and b.lease_until > $4 and g.state = 'sending'
  ), moved as (
    update delivery d set (state, reason, last_reply, next_attempt_at, attempts, uncharged, updated_at) = (
      select case when m.state = 'pending' and d.reason = 'resent' then 'unknown' else m.state end,
        case m.state when 'sending' then case when d.state = 'unknown' then 'resent' end
          when 'pending' then case when d.reason = 'resent' then 'again' end
          when 'unknown' then coalesce(d.reason, m.reason) else m.reason end,
        coalesce(m.last_reply, d.last_reply), m.next_attempt_at,
        d.attempts + case when m.state = 'sending' then 1 else 0 end, d.uncharged + case when m.state = 'pending' or m.reason = '${HELD_BACK}' then 1 else 0 end, $4
      from (select ($8::text[])[kind] as state, ($9::text[])[kind] as reason, ($10::text[])[kind] as last_reply, ($11::timestamptz[])[kind] as next_attempt_at
        from (select ${KIND} as kind offset 0) row) m
    )
    where d.digest_date = $1 and d.kind = '${DIGEST}' and d.subscriber_id = any($5::bigint[]) and d.attempts = ($6::int[])[${PLACE}]
      and case when ${KIND} = 1
        then d.state in ('pending', 'deferred', 'unknown') and d.reason is distinct from 'closed' and d.batch_id = any(array(select id from held))
        else d.state in ('sending', 'unknown') and (d.reason is distinct from 'closed' or ($8::text[])[${KIND}] not in ('pending', 'deferred'))
          and (d.reason is distinct from 'again' or ($8::text[])[${KIND}] <> 'pending') end -- written before: it would forget that it is a resend
    returning d.subscriber_id, d.batch_id, d.state, d.reason
  ), reopened as (
    -- A worker that lost its lease may tell of a delivery to be tried again after another one has closed the batch, or while it does so.
    update batch set state = 'open', due_at = $4 where id = any(array(select batch_id from moved where state in ('pending', 'deferred') or (state = 'unknown' and reason = 'again'))) and id <> all(array(select id from held))
  )
  select subscriber_id::float8 as id from moved where state = 'sending'`;
