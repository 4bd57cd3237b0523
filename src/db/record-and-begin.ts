import type { HeldBatch } from './batches.ts';
import type { Db } from './client.ts';
import { HELD_BACK, WARM_UP, type Outcome, type ReadyDelivery } from './deliveries.ts';
import { DIGEST } from './digests.ts';

/** A change of the ledger that the holder of a batch asks for. */
export interface Move {
  batch: HeldBatch;
  /** `selectionId`: what the message will hold; `null`: it could not be told. */
  move: { begin: ReadyDelivery; selectionId: number | null } | { outcome: Outcome };
}

/**
 * One round trip of the ledger, for held batches of one date: writes what became of some
 * deliveries, and moves others to `sending`. Returns the readers of those that were.
 *
 * An outcome counts only for the attempt that it belongs to (`attempts` is the row's fencing
 * token): a row that another worker has begun since keeps that worker's word. One that goes back to
 * `pending` (relay down) or was held back is not charged the attempt. Its number is never used
 * again: to write the same twice changes nothing. What the operator closed is not opened by a late
 * word. A delivery is begun only under its batch's fence and lease, and only as it was read.
 *
 * All in one prepared statement, because this is the hot path: what a statement costs by itself is
 * shared by its rows.
 */
export async function recordAndBegin(db: Db, moves: readonly Move[], now: Date): Promise<Set<number>> {
  const batches = [...new Set(moves.map(({ batch }) => batch))];
  const rows = moves
    .map(({ move }) => ('outcome' in move ? move.outcome : { ...move.begin, selectionId: move.selectionId }))
    .toSorted((one, other) => one.subscriberId - other.subscriberId);
  const { kinds, kindOf } = kindsOf(rows);
  const values: Record<Parameter, unknown> = {
    date: batches[0]?.digestDate,
    batches: numbers(batches.map((b) => b.id)),
    fences: numbers(batches.map((b) => b.fence)),
    now,
    readers: numbers(rows.map((m) => m.subscriberId)),
    attempts: numbers(rows.map((m) => m.attempts)),
    kindOf: numbers(kindOf),
    selections: numbers(rows.map((m) => ('selectionId' in m ? m.selectionId : null))),
    states: kinds.map((k) => k.state),
    reasons: kinds.map((k) => k.reason),
    lastReplies: kinds.map((k) => k.lastReply),
    nextAttempts: kinds.map((k) => k.nextAttemptAt),
  };
  const begun = await db.$client.query<{ id: number }>({
    name: 'record-and-begin',
    text: RECORD_AND_BEGIN,
    values: PARAMETERS.map((name) => values[name]),
  });
  return new Set(begun.rows.map(({ id }) => id));
}

/** An array as Postgres reads it: the driver quotes each number by itself. */
const numbers = (values: readonly (number | null)[]): string => `{${values.map((value) => value ?? 'NULL').join(',')}}`;

type Kind = Pick<Outcome, 'reason' | 'lastReply' | 'nextAttemptAt'> & { state: Outcome['state'] | 'sending' };
const BEGIN: Kind = { state: 'sending', reason: null, lastReply: null, nextAttemptAt: null };

/**
 * The different things that are written, the begin first, and which of them each row gets (from 1):
 * most rows get the same.
 */
function kindsOf(rows: readonly (ReadyDelivery | Outcome)[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds = [BEGIN];
  const known = new Map<string, number>();
  const kindOf = rows.map((row) => {
    if (!('state' in row)) return 1;
    const { state, reason, lastReply, nextAttemptAt } = row;
    // neither character is in any of them
    const key = `${state}\n${reason ?? '\0'}\n${nextAttemptAt?.getTime()}\n${lastReply ?? '\0'}`;
    const kind = known.get(key) ?? kinds.push(row);
    known.set(key, kind);
    return kind;
  });
  return { kinds, kindOf };
}

/**
 * What the statement is given, in this order: `batches` and `fences` run in parallel, and so do the
 * other plurals of each group.
 */
const TYPES = {
  date: 'date',
  batches: 'bigint[]',
  fences: 'int[]',
  now: 'timestamptz',
  // Of each row, in the order of `readers`.
  readers: 'bigint[]',
  attempts: 'int[]',
  kindOf: 'int[]',
  selections: 'bigint[]',
  // Of each kind of change.
  states: 'text[]',
  reasons: 'text[]',
  lastReplies: 'text[]',
  nextAttempts: 'timestamptz[]',
} as const;
type Parameter = keyof typeof TYPES;
const PARAMETERS = Object.keys(TYPES) as Parameter[];
/** The position of each parameter, by its name. */
const $ = Object.fromEntries(PARAMETERS.map((name, i) => [name, `($${i + 1}::${TYPES[name]})`])) as Record<
  Parameter,
  string
>;

/** The place of a row in the arrays. */
const PLACE = `width_bucket(d.subscriber_id, ${$.readers})`;
const KIND = `${$.kindOf}[${PLACE}]`;

/**
 * Looks every row up by its key and leaves the planner no choice: where the arrays were joined to a
 * month that was empty a moment ago, it read the whole month for each of their elements. The lease
 * is judged by the database's clock, which took it.
 */
const RECORD_AND_BEGIN = `
  with held as (
    select b.id
    from batch b
    join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = any(${$.batches})
      and b.fence = ${$.fences}[array_position(${$.batches}, b.id)]
      and b.lease_until > clock_timestamp()
      and g.state = 'sending'
  ), moved as (
    update delivery d
    set (state, reason, last_reply, next_attempt_at, attempts, uncharged, selection_id, updated_at) = (
      select
        case when m.state = 'pending' and d.reason = 'resent' then 'unknown' else m.state end,
        case m.state
          when 'sending' then case when d.state = 'unknown' then 'resent' end
          when 'pending' then case when d.reason = 'resent' then 'again' end
          when 'unknown' then coalesce(d.reason, m.reason)
          else m.reason
        end,
        coalesce(m.last_reply, d.last_reply),
        m.next_attempt_at,
        d.attempts + case when m.state = 'sending' then 1 else 0 end,
        d.uncharged + case when m.state = 'pending' or m.reason in ('${HELD_BACK}', '${WARM_UP}') then 1 else 0 end,
        coalesce(${$.selections}[${PLACE}], d.selection_id),
        ${$.now}
      from (
        select
          ${$.states}[kind] as state,
          ${$.reasons}[kind] as reason,
          ${$.lastReplies}[kind] as last_reply,
          ${$.nextAttempts}[kind] as next_attempt_at
        from (select ${KIND} as kind offset 0) row
      ) m
    )
    where d.digest_date = ${$.date}
      and d.kind = '${DIGEST}'
      and d.subscriber_id = any(${$.readers})
      and d.attempts = ${$.attempts}[${PLACE}]
      and case
        when ${KIND} = 1 then d.state in ('pending', 'deferred', 'unknown')
          and d.reason is distinct from 'closed'
          and d.batch_id = any(array(select id from held))
        else d.state in ('sending', 'unknown')
          and (d.reason is distinct from 'closed' or ${$.states}[${KIND}] not in ('pending', 'deferred'))
          -- Written before: it would forget that it is a resend.
          and (d.reason is distinct from 'again' or ${$.states}[${KIND}] <> 'pending')
      end
    returning d.subscriber_id, d.batch_id, d.state, d.reason
  ), reopened as (
    -- A worker that lost its lease may tell of a delivery to be tried again
    -- after another one has closed the batch, or while it does so.
    update batch
    set state = 'open', due_at = ${$.now}
    where id = any(array(
        select batch_id
        from moved
        where state in ('pending', 'deferred') or (state = 'unknown' and reason = 'again')
      ))
      and id <> all(array(select id from held))
  )
  select subscriber_id::float8 as id
  from moved
  where state = 'sending'`;
