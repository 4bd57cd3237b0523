import { randomUUID } from 'node:crypto';
import type { Db } from '../db/client.ts';
import {
  addInstallation,
  advanceEpoch,
  claimToTell,
  type ClosedBecause,
  closeInstallation,
  closeOlder,
  databasePlace,
  findInstallation,
  type Installation,
  isClosed,
  moveInstallation,
  unclaimToTell,
} from '../db/installation.ts';
import { hasReaders } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { readSeal, type Seal, writeSeal } from '../seal.ts';
import type { Logger } from '../telemetry.ts';
import type { Alert } from './alert.ts';

/**
 * What everything asks that sends. It is closed after a restore, on an older database and on a copy,
 * until the operator resumes (ADR 21).
 */
export interface Gate {
  /** Whether something may be sent. Asked for each job, and not for each message. */
  isOpen(): Promise<boolean>;
  /**
   * The same before something that the ledger holds, and notes beside the database that it moves on:
   * restored as it was before, it is known to be older.
   */
  pass(): Promise<boolean>;
}

export interface GateDeps {
  db: Db;
  now: () => Date;
  log: Pick<Logger, 'warn' | 'error'>;
  dataDir: string;
  /** Whether the database lies in the data directory, so that the two are copied together. */
  embedded: boolean;
  /** Tells the operator that it is closed: the one word that leaves then. */
  alert: Alert;
}

interface Findings {
  seal: Seal | null;
  row: Installation;
  place: string;
  embedded: boolean;
}

/** Why nothing may be sent from what was found at a start; `null`: all is as it was left. Pure. */
export function whyClosed({ seal, row, place, embedded }: Findings): ClosedBecause | null {
  if (row.closed !== null) return row.closed.because;
  if (row.place !== place && !knowsAll(seal, row)) return 'moved';
  if (embedded && isCopy(seal, row)) return 'copied';
  return seal?.id === row.id && row.epoch < seal.epoch ? 'older' : null;
}

/**
 * Whether our own seal remembers no later day than the database: then nothing was sent since it was
 * moved, as by an upgrade of Postgres, which makes another server of it.
 */
const knowsAll = (seal: Seal | null, row: Installation): boolean =>
  seal !== null && seal.isOriginal && seal.id === row.id && row.epoch >= seal.epoch;

/** Of a database in the data directory: both are copied together, or one of them alone. */
const isCopy = (seal: Seal | null, row: Installation): boolean =>
  seal === null ? row.epoch > 0 : !seal.isOriginal || seal.id !== row.id;

/** What happened to the database that nothing is sent from. */
export const BECAUSE: Readonly<Record<ClosedBecause, string>> = {
  restored: 'the database was restored from a backup',
  older: 'the database is older than what this installation remembers of it',
  copied: 'the data directory is a copy of another',
  moved: 'the database is a copy of one elsewhere',
};

/** Why nothing is sent, and what to do. */
export const closedWords = (because: ClosedBecause): [sentence: string, remedy: string] => [
  `Nothing is sent, because ${BECAUSE[because]}, and readers may have been mailed since.`,
  'See "paperboy resume --after-restore --dry-run", then run it without --dry-run.',
];

export const closedSentence = (because: ClosedBecause): string => closedWords(because).join(' ');

/** Throws SENDING_CLOSED after a restore and on a copy: then nothing is sent, also not by hand. */
export async function requireOpenGate(db: Db): Promise<void> {
  const because = (await findInstallation(db))?.closed?.because;
  if (because !== undefined) throw new AppError('SENDING_CLOSED', closedSentence(because));
}

/** Opens the gate when it is first asked. */
export function createGate(deps: GateDeps): Gate {
  const { db, now, log, dataDir } = deps;
  let examined: Promise<void> | null = null;
  let seal: { id: string; epoch: number } | null = null;
  let passing: Promise<boolean> | null = null;
  let cannotSeal = false;

  const keepSeal = async ({ id, epoch }: { id: string; epoch: number }): Promise<void> => {
    seal = { id, epoch };
    await writeSeal(dataDir, seal).then(
      () => {
        cannotSeal = false;
      },
      (err: unknown) => {
        // The database is ahead of it then, which is no harm.
        if (!cannotSeal) log.warn({ err }, `Cannot write the seal in ${dataDir}: an older database is not found out`);
        cannotSeal = true;
      },
    );
  };
  const examine = async (): Promise<void> => {
    const { row, seal: found, because, place } = await lookAt(deps);
    if (because === null) {
      if (row.place !== place) await moveInstallation(db, place);
      return keepSeal(row);
    }
    seal = found;
    log.error(closedSentence(because));
    if (row.closed === null) await closeInstallation(db, because, now());
  };
  const examineOnce = (): Promise<void> =>
    (examined ??= examine().catch((error: unknown) => {
      examined = null;
      throw error;
    }));
  const tell = async (): Promise<void> => {
    const because = (await findInstallation(db))?.closed?.because;
    if (because === undefined || !(await claimToTell(db, now()))) return;
    if (!(await deps.alert(closedSentence(because)).catch(() => false))) await unclaimToTell(db);
  };
  const isOpen = async (): Promise<boolean> => {
    await examineOnce();
    if (!(await isClosed(db))) return true;
    await tell();
    return false;
  };
  const advance = async (): Promise<boolean> => {
    await examineOnce();
    const next = await advanceEpoch(db, { seal, now: now() });
    if (next !== null) {
      await keepSeal(next);
      return true;
    }
    if (seal !== null) await closeOlder(db, seal, now());
    examined = null; // a database that was exchanged under us may know of no installation
    return isOpen();
  };
  return {
    isOpen,
    pass: () =>
      (passing ??= advance().finally(() => {
        passing = null;
      })),
  };
}

/**
 * What is noted in the database, noted now if nothing was, and whether it may be sent from. The seal
 * is read before the database, which is never behind it; one that another process writes first of all
 * is there before its database counts.
 */
async function lookAt({
  db,
  now,
  embedded,
  dataDir,
}: GateDeps): Promise<{ row: Installation; seal: Seal | null; because: ClosedBecause | null; place: string }> {
  const sealIn = (): Promise<Seal | null> =>
    readSeal(dataDir).catch((error: unknown) => {
      if (embedded) throw error;
      return null; // what cannot be read is told when it cannot be written
    });
  const before = await sealIn();
  const place = await databasePlace(db);
  const known = await findInstallation(db);
  if (known === null) await addInstallation(db, { id: randomUUID(), place, now: now() });
  const row = known ?? (await findInstallation(db))!;
  // A seal beside it, and a database with readers that never heard of one: it is from before there
  // were any. One elsewhere may only be another.
  if (embedded && known === null && before !== null && (await hasReaders(db)))
    return { row, seal: before, because: 'older', place };
  const seal = before ?? (await sealIn());
  return { row, seal, because: known === null ? null : whyClosed({ seal, row, place, embedded }), place };
}
