import type { Db } from '../db/client.ts';
import type { DeliveryState } from '../db/deliveries.ts';
import { type BatchStand, batchesOf, countBatches } from '../db/tally.ts';
import { HOUR } from '../duration.ts';
import { digestState, type DigestState } from '../db/digests.ts';

/** The states in the order of the ledger's page. */
export const STATES = ['accepted', 'sending', 'pending', 'deferred', 'rejected', 'unknown', 'skipped'] as const;

export type Counts = Readonly<Record<DeliveryState, number>>;

/** A digest counted batch by batch. */
export interface Tally {
  date: string;
  /** `null`: no reader was ever frozen for it. */
  state: DigestState | null;
  frozen: number;
  counts: Counts;
  /** Whether each batch still holds as many deliveries as when it was first counted: none may come or go. */
  balances: boolean;
  /** For each state its reasons, the commonest first. */
  reasons: Readonly<Record<DeliveryState, { reason: string; count: number }[]>>;
  /** What was frozen in the newest hour in which something was; `null`: nothing was. */
  wave: { hour: Date; frozen: number; counts: Counts } | null;
  /** When the first of what waits is due; `null`: nothing waits. */
  nextDue: Date | null;
}

interface Kept {
  /** `null`: it has to be counted anew. */
  stand: string | null;
  /** How many deliveries it held when it was first counted. */
  size: number;
  cells: { state: DeliveryState; reason: string; count: number }[];
}

/**
 * Counts a digest without reading its whole ledger each time: what a batch holds is kept until the
 * batch changes. Only what workers hold, and what may still be settled, is counted anew. With
 * 2,000 batches of 500 a look takes some ten milliseconds, and the first one reads all.
 */
export function createTally(db: Db): (date: string) => Promise<Tally> {
  const kept = new Map<string, Map<number, Kept>>();
  const counting = new Map<string, Promise<Tally>>();

  const count = async (date: string): Promise<Tally> => {
    const [state, batches] = await Promise.all([digestState(db, date), batchesOf(db, date)]);
    const before = kept.get(date) ?? new Map<number, Kept>();
    const stale = batches.filter((batch) => before.get(batch.id)?.stand !== standOf(batch, state));
    const counted = Map.groupBy(
      await countBatches(
        db,
        date,
        stale.map(({ id }) => id),
      ),
      ({ batchId }) => batchId,
    );
    const next = new Map(before);
    for (const batch of stale) {
      const cells = (counted.get(batch.id) ?? []).map(({ state: of, reason, count }) => ({
        state: of,
        reason: reason ?? '',
        count,
      }));
      const stand = mayBeKept(batch, state, cells) ? standOf(batch, state) : null;
      next.set(batch.id, { stand, cells, size: before.get(batch.id)?.size ?? sizeOf(cells) });
    }
    // Few dates are looked at: those of today and yesterday.
    if (kept.size > MOST_DATES) kept.clear();
    kept.set(date, next);
    return sum(date, state, batches, next);
  };

  // Who comes while it is counted gets the same count.
  return (date) => {
    const begun = counting.get(date) ?? count(date).finally(() => counting.delete(date));
    counting.set(date, begun);
    return begun;
  };
}

const MOST_DATES = 8;

const standOf = ({ state, fence }: BatchStand, digest: DigestState | null): string => `${state} ${fence} ${digest}`;

/**
 * A held batch changes with each message, one of a cancelled digest without being claimed, and what
 * is unknown is settled by a link or a late word.
 */
const mayBeKept = (batch: BatchStand, digest: DigestState | null, cells: Kept['cells']): boolean =>
  !batch.isHeld &&
  (digest !== 'cancelled' || batch.state === 'done') &&
  cells.every(({ state }) => state !== 'unknown' && state !== 'sending');

const none = (): Record<DeliveryState, number> => ({
  accepted: 0,
  sending: 0,
  pending: 0,
  deferred: 0,
  rejected: 0,
  unknown: 0,
  skipped: 0,
});

function sum(
  date: string,
  state: DigestState | null,
  batches: readonly BatchStand[],
  kept: ReadonlyMap<number, Kept>,
): Tally {
  const newest = batches.reduce((latest, { createdAt }) => Math.max(latest, hourOf(createdAt)), 0);
  const all = none();
  const wave = none();
  const reasons = Object.fromEntries(STATES.map((of) => [of, new Map<string, number>()])) as Record<
    DeliveryState,
    Map<string, number>
  >;
  for (const batch of batches)
    for (const { state: of, reason, count } of kept.get(batch.id)?.cells ?? []) {
      all[of] += count;
      if (hourOf(batch.createdAt) === newest) wave[of] += count;
      reasons[of].set(reason, (reasons[of].get(reason) ?? 0) + count);
    }
  const open = batches.filter((batch) => batch.state === 'open').map(({ dueAt }) => dueAt.getTime());
  return {
    date,
    state,
    frozen: total(all),
    counts: all,
    balances: [...kept.values()].every(({ size, cells }) => size === sizeOf(cells)),
    reasons: Object.fromEntries(
      STATES.map((of) => [
        of,
        [...reasons[of]].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
      ]),
    ) as Tally['reasons'],
    wave: batches.length === 0 ? null : { hour: new Date(newest), frozen: total(wave), counts: wave },
    nextDue: open.length === 0 ? null : new Date(Math.min(...open)),
  };
}

const sizeOf = (cells: Kept['cells']): number => cells.reduce((sofar, { count }) => sofar + count, 0);
const total = (counts: Counts): number => STATES.reduce((sofar, state) => sofar + counts[state], 0);
const hourOf = (moment: Date): number => Math.floor(moment.getTime() / HOUR) * HOUR;
