import { addDays, dayOf } from '../day.ts';
import { type Db, transaction } from '../db/client.ts';
import {
  dueMessages,
  failingSince,
  type HeldEndpoint,
  holdEndpoints,
  holdLonger,
  type HookMessage,
  letGo,
  nextDueAt,
  recordTry,
} from '../db/hook-deliveries.ts';
import { switchOff } from '../db/hook-endpoints.ts';
import { forgetHookEvents, tellDigestsDone } from '../db/hook-events.ts';
import { DAY, MINUTE, SECOND } from '../duration.ts';
import type { Logger } from '../telemetry.ts';
import { post, type PostAnswer, type PostWays } from './post.ts';
import { FAILING_MS, outcomeOf } from './retry.ts';
import { signedHeaders } from './sign.ts';

/** How many messages go to one endpoint at once. */
export const AT_ONCE = 4;
/** A round ends after this long, so that one slow endpoint holds up no other for longer. */
const ROUND_MS = 30 * SECOND;
/** What a process holds that died is taken up after this long: more than one try takes. */
const HOLD_MS = MINUTE;
/** What is due sooner is waited for by the job itself; the rest is the minute's. */
const SOON_MS = 50 * SECOND;
/** What was sent is kept so long to be shown and replayed. */
const KEPT_MS = 30 * DAY;
/** Digests of so many days may still become done. */
const DIGEST_DAYS = 8;

export interface SendDeps {
  db: Db;
  now: () => Date;
  log: Pick<Logger, 'warn'>;
  ways?: PostWays;
  random?: () => number;
}

export interface HookDeps extends SendDeps {
  editionHour: number;
}

/** Tells of what is done since, forgets what is old, and sends what is due. Returns when to go on, if that is soon. */
export async function runHooks(deps: HookDeps, signal?: AbortSignal): Promise<Date | null> {
  const { db, now, editionHour } = deps;
  await forgetHookEvents(db, new Date(now().getTime() - KEPT_MS));
  const since = addDays(dayOf(now()), -DIGEST_DAYS);
  await transaction(db, (tx) => tellDigestsDone(tx, { now: now(), since, editionHour }));
  await sendDue(deps, { signal });
  const next = await nextDueAt(db, now());
  if (next === null || next.getTime() - now().getTime() > SOON_MS) return null;
  return new Date(Math.max(next.getTime(), now().getTime() + SECOND));
}

/**
 * Sends what is due to the endpoints, or to one of them: each is held by one process at a time, and told a few
 * things at once. What a crash cuts off is sent again, under the same name.
 */
export async function sendDue(
  deps: SendDeps,
  { only, signal }: { only?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { db, now } = deps;
  const held = await holdEndpoints(db, { now: now(), until: holdUntil(deps), only });
  const until = performance.now() + ROUND_MS;
  const goesOn = (): boolean => signal?.aborted !== true && performance.now() < until;
  await Promise.all(held.map((endpoint) => drain(deps, endpoint, goesOn)));
}

const holdUntil = ({ now }: Pick<HookDeps, 'now'>): Date => new Date(now().getTime() + HOLD_MS);

/** Sends what is due at one endpoint, a few at a time, until nothing is, it is off, or `goesOn` says so. */
async function drain(deps: SendDeps, endpoint: HeldEndpoint, goesOn: () => boolean): Promise<void> {
  const { db, now, log } = deps;
  try {
    while (goesOn()) {
      const due = await dueMessages(db, { endpointId: endpoint.id, now: now(), limit: AT_ONCE });
      if (due.length === 0) return;
      await holdLonger(db, endpoint.id, holdUntil(deps));
      const isOn = await Promise.all(due.map((message) => sendOne(deps, endpoint, message)));
      if (isOn.includes(false)) return;
    }
  } catch (err) {
    log.warn({ err, endpoint: endpoint.id }, 'Cannot tell a webhook what is due: it is tried again within a minute');
  } finally {
    await letGo(db, endpoint.id).catch(() => {});
  }
}

/** Sends one, records what became of it, and returns whether the endpoint is still on. */
async function sendOne(deps: SendDeps, endpoint: HeldEndpoint, message: HookMessage): Promise<boolean> {
  const { db, now, random = Math.random, ways } = deps;
  const { name, type, at, data } = message;
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const headers = signedHeaders(endpoint.secrets, { name, sentAt: now(), body });
  const answer = await post({ ...endpoint, headers, body }, ways);
  const outcome = outcomeOf(answer, message.attempts, { now: now(), random: random() });
  const nextAt = outcome.kind === 'again' ? outcome.at : null;
  const told = { id: message.id, endpointId: endpoint.id, arrived: outcome.kind === 'arrived', words: answer.words };
  await transaction(db, (tx) => recordTry(tx, { ...told, nextAt, now: now() }));
  return outcome.kind === 'arrived' || keepOn(deps, endpoint, { answer, isGone: outcome.kind === 'gone' });
}

/** Switches an endpoint off that says it is gone, or at which nothing arrived for days. */
async function keepOn(
  { db, now, log }: SendDeps,
  { id }: HeldEndpoint,
  { answer, isGone }: { answer: PostAnswer; isGone: boolean },
): Promise<boolean> {
  const since = await failingSince(db, id);
  const isFailing = since !== null && now().getTime() - since.getTime() >= FAILING_MS;
  if (!isGone && !isFailing) return true;
  if (await switchOff(db, id, isGone ? 'gone' : 'failing', now()))
    log.warn({ endpoint: id, words: answer.words }, 'A webhook is switched off: "paperboy webhooks list" tells more');
  return false;
}
