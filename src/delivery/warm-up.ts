import { giveBack, takeOfDay, tellHolding, type WarmUp, warmUpsOn } from '../db/warm-ups.ts';
import type { Db } from '../db/client.ts';
import { dayOf } from '../day.ts';
import { DAY, SECOND } from '../duration.ts';
import type { Logger } from '../telemetry.ts';
import type { Alert } from './alert.ts';

/** What a host may get on the first day, and what a good day multiplies it by. */
export const FIRST_DAY = 300;
const GROWTH = 1.5;
/** From so large a share of refusals on, the plan stands still. */
const REFUSED_SHARE = 0.02;
/** A day that used less than this of what it might proves nothing. */
const USED_SHARE = 0.5;

/** What the next day may hold after a day like this. Pure. */
export function nextAllowance({ allowance, sent, refused }: Pick<WarmUp, 'allowance' | 'sent' | 'refused'>): number {
  const isGood = sent >= USED_SHARE * allowance && refused < REFUSED_SHARE * sent;
  return isGood ? Math.min(10_000_000, Math.ceil(allowance * GROWTH)) : allowance;
}

/** How long a look at the plans is believed while something is sent. */
export const LOOK_MS = 10 * SECOND;

/** The hosts that are being warmed up, and what of their day is left. */
export interface WarmUps {
  /** `null`: the message may go, and is counted. Else when the next day begins. */
  admit(host: string): Date | null | Promise<Date | null>;
  /** A message that was let go did not leave after all. */
  unused(host: string): void;
  /** A message was refused, or the host said "later". */
  refused(host: string): void;
}

interface Deps {
  db: Db;
  now: () => Date;
  log: Logger;
  alert: Alert;
}

/** Looks at the plans beside the sending, every few seconds while something is sent. */
export function createWarmUps({ db, now, log, alert }: Deps): WarmUps {
  let plans: ReadonlyMap<string, WarmUp> | null = null;
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    lookedAt = performance.now();
    // While the database is away what was known holds, and the next look is soon.
    const found = await warmUpsOn(db).catch(() => null);
    if (found) plans = new Map(found.map((plan) => [plan.host, plan]));
    looking = null;
  };
  const lookSometimes = (): void => {
    if (looking === null && (plans === null || performance.now() - lookedAt > LOOK_MS)) looking = look();
  };
  const report = (sentence: string) => (err: unknown) => log.warn({ err }, sentence);
  const tomorrow = (): Date => new Date((Math.floor(now().getTime() / DAY) + 1) * DAY);

  const take = async (plan: WarmUp): Promise<Date | null> => {
    const today = dayOf(now());
    if (plan.day === today && plan.sent >= plan.allowance) return tomorrow();
    const left = await takeOfDay(db, plan.host, { today, next: nextAllowance }).catch(() => null);
    // The database is away: not now, and nothing is lost by it.
    if (left === null) return new Date(now().getTime() + LOOK_MS);
    if (left) return null;
    plan.day = today;
    plan.sent = plan.allowance;
    await tell(plan.host, today).catch(report('Cannot tell the operator that a warm-up holds mail back'));
    return tomorrow();
  };
  const tell = async (host: string, today: string): Promise<void> => {
    const allowance = await tellHolding(db, host, today);
    if (allowance === null) return;
    const sentence = holdingSentence(host, allowance);
    log.warn({ host, allowance }, sentence);
    await alert(sentence);
  };
  const admit = (host: string): Date | null | Promise<Date | null> => {
    const plan = plans?.get(host);
    return plan ? take(plan) : null;
  };

  return {
    admit(host) {
      lookSometimes();
      // Before the first look nothing goes, nor while it cannot be had: a plan may be on.
      if (plans !== null || looking === null) return admit(host);
      return looking.then(() => (plans === null ? new Date(now().getTime() + LOOK_MS) : admit(host)));
    },
    unused(host) {
      if (plans?.has(host))
        void giveBack(db, host, { sent: -1, refused: 0 }).catch(report('A warm-up counts one more'));
    },
    refused(host) {
      if (plans?.has(host)) void giveBack(db, host, { sent: 0, refused: 1 }).catch(report('A warm-up counts one less'));
    },
  };
}

/** What the operator is told on a day on which a plan holds mail back. */
export const holdingSentence = (host: string, allowance: number): string =>
  `The warm-up of ${host} lets ${allowance} messages leave today, and the others wait for tomorrow; a digest that ` +
  `waited two days is skipped (warm-up), and its papers come with the reader's next one. "paperboy warmup status" ` +
  `shows how far it is, "paperboy warmup off ${host}" ends it.`;
