import { randomUUID } from 'node:crypto';
import { addBatches, endBatch } from '../db/batches.ts';
import { type Db, pretend, transaction, type Tx } from '../db/client.ts';
import { askForDigest, openDigest } from '../db/digests.ts';
import { claimDue, claimRested, endPauses, freezeClosed, makeDueNow, setNextDue } from '../db/freeze.ts';
import {
  type ClosedBecause,
  closeLost,
  databasePlace,
  lockClosed,
  nextHours,
  openInstallation,
  RESTORED,
} from '../db/installation.ts';
import { type Actor, recordDeed } from '../db/trail.ts';
import { addDays, freezesAt, newestEdition } from '../day.ts';
import { AppError, codeOf } from '../errors.ts';
import { writeSeal } from '../seal.ts';
import { nextDue } from '../subscribers/schedule.ts';

interface ResumeDeps {
  db: Db;
  now: () => Date;
  editionHour: number;
  dataDir: string;
  /** Whether the database lies in the data directory. */
  embedded: boolean;
}

export interface ResumeWish {
  /** Also sends the digest of today to readers who, as the database has it, have not had it. */
  sendToday: boolean;
  /** Changes nothing, and says what would be done. */
  dryRun: boolean;
  /** Who wants it, for the trail. */
  by: Actor;
}

/** What a resume did, or would do. */
export interface Resumed {
  because: ClosedBecause;
  /** What was sent between these two is not known. */
  lostSince: Date;
  closedAt: Date;
  /** Deliveries that were under way and are not sent any more, by the date of their digest. */
  closed: { date: string; readers: number }[];
  /** The digest of the day, and how many readers do not get it any more. */
  today: { date: string; skipped: number };
  /** Readers whose hour for that digest was or is to come: they are mailed at the next one. */
  movedOn: number;
  /** Who is mailed next, by digest and hour. */
  next: { date: string; hour: Date; readers: number }[];
}

const AT_ONCE = 2000;
/** Two days, by the hour. */
const HOURS_TOLD = 48;

/**
 * Lets mail be sent again after a restore, or from a copy that is to go on. What may have been sent
 * in the lost time is closed, so that no reader is mailed twice; readers go on at their next hour.
 * All of it in one transaction. Throws NOT_FOUND when nothing is closed.
 */
export async function resumeAfterRestore(deps: ResumeDeps, wish: ResumeWish): Promise<Resumed> {
  const { db, editionHour } = deps;
  const now = deps.now();
  const today = newestEdition(now, editionHour);
  const place = await databasePlace(db);
  const id = randomUUID();
  const resume = async (tx: Tx): Promise<Resumed> => {
    const closed = await lockClosed(tx);
    if (closed === null)
      throw new AppError('NOT_FOUND', 'Nothing is closed: mail is sent as always, and there is nothing to resume.');
    await openDigest(tx, today, now); // no other writes the ledger while it is closed
    const lost = await closeLost(tx, { closedAt: closed.at, now, except: wish.sendToday ? today : null });
    if (wish.sendToday) await sendNow(tx, today, now);
    const skipped = wish.sendToday ? 0 : await skipToday(tx, { date: today, editionHour, now });
    const movedOn = wish.sendToday ? 0 : await moveOn(tx, now, endOf(today, editionHour));
    const next = await nextHours(tx, HOURS_TOLD);
    await openInstallation(tx, { id, place, now });
    if (!wish.dryRun) {
      const words = `${wish.sendToday ? 'with' : 'without'} the digest of the day`;
      await recordDeed(tx, wish.by, { at: now, did: 'mail.resume', about: closed.because, words });
      await sealAnew(deps, id);
    }
    return {
      because: closed.because,
      lostSince: closed.lostSince,
      closedAt: closed.at,
      closed: lost,
      today: { date: today, skipped },
      movedOn,
      next: next.map(({ hour, readers }) => ({ date: digestAt(hour, now, editionHour), hour, readers })),
    };
  };
  if (wish.dryRun) return pretend(db, resume);
  return transaction(db, resume);
}

/**
 * Before the commit: an embedded database that is open beside a seal of its former name would be
 * taken for a copy. Beside another the next start writes it.
 */
async function sealAnew({ dataDir, embedded }: ResumeDeps, id: string): Promise<void> {
  await writeSeal(dataDir, { id, epoch: 1 }).catch((cause: unknown) => {
    if (!embedded) return;
    throw new AppError(
      'DATA_UNUSABLE',
      `Cannot write the seal in ${dataDir} (${codeOf(cause) ?? 'unknown'}), so nothing was resumed. Make room there, or ` +
        'make it writable, and run this again.',
      { cause },
    );
  });
}

/** The operator wants it now: neither who is due since the morning nor what was frozen then is late. */
async function sendNow(tx: Tx, date: string, now: Date): Promise<void> {
  await askForDigest(tx, date, now);
  await makeDueNow(tx, now);
}

/** Which digest goes out at an hour; who is due already gets that of now. */
const digestAt = (hour: Date, now: Date, editionHour: number): string =>
  newestEdition(hour > now ? hour : now, editionHour);

/** Records today's digest for all who could still get it, as it may have been asked for in the lost time. */
async function skipToday(
  tx: Tx,
  { date, editionHour, now }: { date: string; editionHour: number; now: Date },
): Promise<number> {
  const until = endOf(date, editionHour);
  const [batchId] = await addBatches(tx, date, 1, now);
  let total = 0;
  for (let afterId: number | null = 0; afterId !== null;) {
    const input = { date, batchId: batchId!, afterId, limit: AT_ONCE, until, reason: RESTORED, now };
    const { closed, lastId }: Awaited<ReturnType<typeof freezeClosed>> = await freezeClosed(tx, input);
    total += closed;
    afterId = lastId;
  }
  await endBatch(tx, batchId!);
  return total;
}

/** When the edition of the next day comes. */
const endOf = (date: string, editionHour: number): Date => freezesAt(addDays(date, 1), editionHour);

/** Gives readers whose hour, or whose pause, ended before `until` their first hour from then on. */
async function moveOn(tx: Tx, now: Date, until: Date): Promise<number> {
  const after = new Date(until.getTime() - 1);
  for (;;) {
    const rested = await claimRested(tx, now, AT_ONCE);
    if (rested.length === 0) break;
    const times = rested.map((reader) => nextDue(after, { ...reader, pausedUntil: null }));
    await endPauses(
      tx,
      rested.map(({ id }) => id),
      times,
    );
  }
  for (let total = 0; ;) {
    const due = await claimDue(tx, after, AT_ONCE);
    if (due.length === 0) return total;
    await setNextDue(
      tx,
      due.map(({ id }) => id),
      due.map((reader) => nextDue(after, reader)),
    );
    total += due.length;
  }
}
