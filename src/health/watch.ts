import {
  claimAlert,
  markAlertTold,
  saveAlert,
  saveFindings,
  storedAlerts,
  storedFindings,
  type StoredFinding,
} from '../db/alerts.ts';
import { beat, forgetBeats, takeBeatBack } from '../db/health.ts';
import type { Db } from '../db/client.ts';
import { DAY, MINUTE, SECOND } from '../duration.ts';
import type { Logger } from '../telemetry.ts';
import { causesOf, morningDue, nextState, owed, toldBy, wordsOf } from './alerts.ts';
import { type Finding, type Group, headlineOf, worstFirst } from './finding.ts';
import { BEATS, processBeat } from './service.ts';

/** What the operator is told by mail; true: it has left. */
export type Tell = (mail: {
  kind: 'news' | 'over' | 'morning';
  sentence: string;
  more: readonly string[];
}) => Promise<boolean>;

/** What a look is taken with. */
export interface LookTaker {
  db: Db;
  now: () => Date;
  lookNear: () => Promise<Finding[]>;
  /** Is told by the signal when its findings are not wanted any more. */
  lookFar: (signal?: AbortSignal) => Promise<Finding[]>;
}

export interface WatchDeps extends LookTaker {
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** What only this process can see. */
  lookOwn?: (() => Promise<Finding[]>) | undefined;
  tell: Tell;
  /** Minutes after midnight (UTC) of a note each morning; `null`: none is wanted. */
  morning: number | null;
  /** What this process does, and how it is told from others. */
  roles: readonly string[];
  id: string;
}

const EVERY_MS = MINUTE;
/** A little less, so that a timer that fires early is not a minute late. */
const NEAR_EVERY_MS = 50 * SECOND;
/** What is asked of others; a fault there is told within five minutes all the same. */
const FAR_EVERY_MS = 4 * MINUTE - 10 * SECOND;

/**
 * Watches until it is stopped. Each process does, so that one which stands still is told of by the
 * others; a look, and a mail, is that of one process.
 */
export function startWatch(deps: WatchDeps, everyMs = EVERY_MS): { stop(): Promise<void> } {
  let underWay = Promise.resolve();
  let isBusy = false;
  const stopping = new AbortController();
  const turn = async (): Promise<void> => {
    isBusy = true;
    await watchOnce(deps, stopping.signal).catch((err: unknown) =>
      deps.log.warn({ err }, 'Cannot look after the health of the service: it is tried again in a minute'),
    );
    isBusy = false;
  };
  const timer = setInterval(() => {
    if (!isBusy) underWay = turn();
  }, everyMs);
  underWay = turn();
  return {
    stop() {
      clearInterval(timer);
      stopping.abort();
      return underWay;
    },
  };
}

/**
 * One turn: shows that it goes on, looks where it is time to, and tells what is owed. When `signal`
 * fires it ends soon, and what it looks at meanwhile is left to the next one.
 */
export async function watchOnce(deps: WatchDeps, signal?: AbortSignal): Promise<void> {
  const { db, now } = deps;
  await beat(db, BEATS.watch, now());
  for (const role of deps.roles) await beat(db, processBeat(role, deps.id), now());
  await Promise.all([
    takeLook(deps, 'far', { every: FAR_EVERY_MS, look: deps.lookFar, signal }),
    takeLook(deps, 'near', { every: NEAR_EVERY_MS, look: deps.lookNear }),
    deps.lookOwn && takeLook(deps, 'own', { every: NEAR_EVERY_MS, look: deps.lookOwn }),
  ]);
  await tellOwed(deps);
  await tellMorning(deps);
}

/** Takes both looks now, though their time may not have come. */
export async function lookAtOnce(deps: LookTaker): Promise<void> {
  await Promise.all([
    takeLook(deps, 'near', { every: 0, look: deps.lookNear }),
    takeLook(deps, 'far', { every: 0, look: deps.lookFar }),
  ]);
}

async function takeLook(
  { db, now }: Pick<LookTaker, 'db' | 'now'>,
  look: StoredFinding['look'],
  {
    every,
    look: take,
    signal,
  }: { every: number; look: (signal?: AbortSignal) => Promise<Finding[]>; signal?: AbortSignal | undefined },
): Promise<void> {
  if (!(await beat(db, BEATS[look], now(), every))) return;
  const found = await take(signal);
  if (signal?.aborted) return takeBeatBack(db, BEATS[look]);
  const findings = found.map(({ check, group, ...rest }) => ({ ...rest, checkId: check, groupName: group }));
  await saveFindings(db, { look, findings, now: now() });
  if (look !== 'near') return;
  await followCauses(db, now());
  await forgetBeats(db, new Date(now().getTime() - 7 * DAY));
}

/** A finding, the look it is of, and since when its verdict is so. */
export type KeptFinding = Finding & Pick<StoredFinding, 'look' | 'since' | 'lookedAt'>;

/** What was found at the last looks. */
export const findingsNow = async (db: Db): Promise<KeptFinding[]> =>
  (await storedFindings(db)).map(({ checkId, groupName, position: _, ...rest }) => ({
    ...rest,
    check: checkId,
    group: groupName as Group,
  }));

async function followCauses(db: Db, now: Date): Promise<void> {
  const causes = new Map(causesOf(await findingsNow(db)).map((one) => [one.cause, one]));
  const states = new Map((await storedAlerts(db)).map((one) => [one.cause, one]));
  for (const cause of new Set([...causes.keys(), ...states.keys()])) {
    const before = states.get(cause) ?? null;
    const next = nextState(before, causes.get(cause) ?? null, now);
    if (next !== null && next !== before) await saveAlert(db, next);
  }
}

async function tellOwed({ db, now, log, tell }: WatchDeps): Promise<void> {
  for (const state of await storedAlerts(db)) {
    const what = owed(state, now());
    if (what === null || !(await claimAlert(db, state, now()))) continue;
    const sentence = wordsOf(state, what);
    log[what === 'news' ? 'error' : 'info']({ cause: state.cause }, sentence);
    const more = what === 'news' && state.remedy !== null ? [state.remedy] : [];
    if (await tell({ kind: what, sentence, more })) await markAlertTold(db, state.cause, toldBy(state, what, now()));
  }
}

async function tellMorning({ db, now, tell, morning }: WatchDeps): Promise<void> {
  const at = morning === null ? null : morningDue(morning, now());
  if (at === null || !(await beat(db, BEATS.morning, now(), now().getTime() - at.getTime() + 1))) return;
  const findings = worstFirst(await findingsNow(db));
  const more = findings
    .filter(({ verdict }) => verdict !== 'well')
    .map(({ name, sentence, remedy }) => `${name}: ${sentence}${remedy === null ? '' : ` ${remedy}`}`);
  if (!(await tell({ kind: 'morning', sentence: headlineOf(findings), more }))) await takeBeatBack(db, BEATS.morning);
}
