import { openBatches } from '../db/batches.ts';
import {
  claimBrakesToTell,
  frozenCounts,
  pardonBraked,
  pullBrake,
  type Share,
  unclaimBrake,
  unknownCounts,
} from '../db/brakes.ts';
import { type Db, transaction, type Tx } from '../db/client.ts';
import { type DigestState, digestState, moveDigest } from '../db/digests.ts';
import { feedbackOf, lockFeedback, markJudged, settleByFeedback, unjudged } from '../db/feedback.ts';
import { end, lockSubscriber } from '../db/subscribers.ts';
import { suppress } from '../db/suppressions.ts';
import { addDays, dayOf } from '../day.ts';
import { DAY } from '../duration.ts';
import { inCodeOrder } from '../order.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Logger } from '../telemetry.ts';
import { endingOf, isTooMuch, noReasonUpTo, REMEMBERED_DAYS } from './policy.ts';

export interface JudgeDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  log: Logger;
  /** Tells the operator in one sentence what the service cannot decide; false: it did not leave. */
  alert: (sentence: string) => Promise<boolean>;
}

/** Acts upon what came back since the last time. */
export type Judge = (signal?: AbortSignal) => Promise<void>;

const AT_ONCE = 500;
/** A digest is tried for two days at most, and a bounce takes five (RFC 5321 section 4.5.4.1). */
const SETTLED_DAYS = 8;
const LIMITS_KEPT = 10_000;

/**
 * Judges what came back. First it asks whether so much of a digest came back as "unknown user" that
 * its brake is to be pulled: then nothing of that counts against a reader. Again and again the same;
 * two processes that do it at once do it once.
 */
export function createJudge(deps: JudgeDeps): Judge {
  const sharesOf = createShares(deps.db);
  return async (signal) => {
    const since = addDays(dayOf(deps.now()), -SETTLED_DAYS);
    await settleByFeedback(deps.db, since, deps.now());
    await pullBrakes(deps, await sharesOf());
    for (let left = true; left && !signal?.aborted;)
      left = await transaction(deps.db, async (tx) => {
        await lockFeedback(tx);
        return judgeSome(deps, tx);
      });
  };
}

/**
 * The shares that may be too much. A million readers are counted by domain only when more of them are
 * unknown than were no reason at the last count: readers are added to a digest and never taken away.
 */
function createShares(db: Db): () => Promise<Share[]> {
  const harmless = new Map<string, number>();
  const keyOf = ({ date, domain }: Pick<Share, 'date' | 'domain'>): string => `${date} ${domain}`;
  return async () => {
    if (harmless.size > LIMITS_KEPT) harmless.clear();
    const suspects = (await unknownCounts(db)).filter(
      (one) => one.unknown > (harmless.get(keyOf(one)) ?? noReasonUpTo(0)),
    );
    const shares: Share[] = [];
    for (const [date, ofDate] of Map.groupBy(suspects, (one) => one.date)) {
      const domains = ofDate.map(({ domain }) => domain);
      const frozen = await frozenCounts(db, date, domains);
      for (const one of ofDate) {
        const count = frozen.get(one.domain) ?? 0;
        harmless.set(keyOf(one), noReasonUpTo(count));
        shares.push({ ...one, frozen: count });
      }
    }
    return shares;
  };
}

async function pullBrakes({ db, now, log, alert }: JudgeDeps, shares: readonly Share[]): Promise<void> {
  // The whole digest first: its brake stands for those of its domains.
  const tooMuch = shares.filter(isTooMuch).toSorted((a, b) => inCodeOrder(a.domain, b.domain));
  await transaction(db, async (tx) => {
    for (const share of tooMuch) {
      const isPulled = await pullBrake(tx, share, now());
      const isUnderWay = (await openBatches(tx, share.date)).length > 0;
      if (isPulled && isUnderWay && share.domain === '') await moveDigest(tx, share.date, ['sending'], 'paused');
    }
    await pardonBraked(tx, now());
  });
  for (const share of await claimBrakesToTell(db, now())) {
    const sentence = brakeSentence(share, await digestState(db, share.date));
    log.error({ date: share.date, unknown: share.unknown, frozen: share.frozen }, sentence);
    if (!(await alert(sentence))) await unclaimBrake(db, share);
  }
}

/** What is held, why, and what to do. Pure. */
function brakeSentence({ date, domain, unknown, frozen }: Share, state: DigestState | null): string {
  const command = `"paperboy digest resume --date ${date}"`;
  const whole = state === 'paused' ? `The digest of ${date} is paused` : `Of the digest of ${date} too much came back`;
  return (
    `${domain === '' ? whole : `Mail of ${date} to ${domain} is held`}: ${unknown} of ${frozen} addresses were ` +
    'called unknown, which is more likely a fault of the mail relay than of theirs. No subscription is ended by it. ' +
    `Mend it and run ${command}: who was refused at the door gets the digest then.`
  );
}

/** Returns whether more may be left. */
async function judgeSome({ keyring, now }: JudgeDeps, tx: Tx): Promise<boolean> {
  const { ids, readers } = await unjudged(tx, AT_ONCE);
  if (ids.length === 0) return false;
  const since = new Date(now().getTime() - REMEMBERED_DAYS * DAY);
  const heard = Map.groupBy(await feedbackOf(tx, readers, since), ({ subscriberId }) => subscriberId);
  for (const [id, past] of heard) {
    const ending = endingOf(past);
    if (ending === null) continue;
    const reader = await lockSubscriber(tx, id);
    if (reader === null) continue;
    if (ending.suppress !== null) await suppress(tx, keyring.hashesOf(reader.email)[0]!, ending.suppress, now());
    await end(tx, id, ending.status, now());
  }
  await markJudged(tx, ids, now());
  return true;
}
