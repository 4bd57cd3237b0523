import { DAY, MINUTE, SECOND } from '../duration.ts';
import type { Logger } from '../telemetry.ts';
import { hourOf } from './alerts.ts';
import type { Tell } from './watch.ts';

/** How the database stands, as one process remembers it. */
export interface Outage {
  /** Since when it is away; `null`: it is there. */
  since: Date | null;
  /** When an outage was told of last. */
  toldAt: Date | null;
}

/** A Postgres that is restarted is back before. */
const PATIENCE_MS = 2 * MINUTE;
const EVERY_MS = 30 * SECOND;

const isTold = ({ since, toldAt }: Outage): boolean => since !== null && toldAt !== null && toldAt >= since;

/** How it stands after one more try, and which mail is owed. Pure. */
export function nextOutage(
  before: Outage,
  isThere: boolean,
  now: Date,
): { next: Outage; owed: 'news' | 'over' | null } {
  if (isThere)
    return isTold(before) ? { next: before, owed: 'over' } : { next: { ...before, since: null }, owed: null };
  const next = { ...before, since: before.since ?? now };
  const lasts = now.getTime() - next.since.getTime();
  const isQuiet = next.toldAt !== null && now.getTime() - next.toldAt.getTime() < DAY;
  return { next, owed: lasts >= PATIENCE_MS && !isQuiet ? 'news' : null };
}

/**
 * Tells the operator that the database is away, and that it is back. Every other alert is kept in
 * the database, so this one is remembered by its process: one process in the service does it.
 */
export function startOutageWatch(
  {
    isThere,
    tell,
    now,
    log,
  }: {
    isThere: () => Promise<boolean>;
    tell: Tell;
    now: () => Date;
    log: Pick<Logger, 'error' | 'info' | 'warn'>;
  },
  everyMs = EVERY_MS,
): { stop(): Promise<void> } {
  let outage: Outage = { since: null, toldAt: null };
  const turn = async (): Promise<void> => {
    const { next, owed } = nextOutage(outage, await isThere(), now());
    outage = next;
    if (owed === null) return;
    const since = hourOf(next.since!);
    const mail =
      owed === 'news'
        ? {
            sentence: `The database cannot be read and written since ${since}: nothing is gathered or sent meanwhile.`,
            more: [
              'See that Postgres runs and that its disk has room: Paperboy then goes on by itself, and loses nothing.',
            ],
          }
        : { sentence: `It is over: The database can be read and written again. It was away since ${since}.`, more: [] };
    log[owed === 'news' ? 'error' : 'info'](mail.sentence);
    if (!(await tell({ kind: owed, ...mail }))) return;
    outage = owed === 'news' ? { ...next, toldAt: now() } : { ...next, since: null };
  };
  let underWay: Promise<void> | null = null;
  const timer = setInterval(() => {
    underWay ??= turn()
      .catch((err: unknown) => log.warn({ err }, 'Cannot tell of the database: it is tried again at once'))
      .finally(() => {
        underWay = null;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
