import { brakesToTell, pardonBraked, pullBrake, type Share, unknownShares } from '../db/brakes.ts';
import { type Db, transaction, type Tx } from '../db/client.ts';
import { moveDigest } from '../db/digests.ts';
import { feedbackOf, lockFeedback, markJudged, settleByFeedback, unjudged } from '../db/feedback.ts';
import { end, lockSubscriber } from '../db/subscribers.ts';
import { suppress } from '../db/suppressions.ts';
import { addDays, dayOf } from '../day.ts';
import { DAY } from '../duration.ts';
import { inCodeOrder } from '../order.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Logger } from '../telemetry.ts';
import { endingOf, isTooMuch, REMEMBERED_DAYS } from './policy.ts';

export interface JudgeDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  log: Logger;
  /** Tells the operator in one sentence what the service cannot decide. */
  alert: (sentence: string) => Promise<void>;
  /** Counts what ended, for the metrics. */
  count?: (status: string) => void;
}

const AT_ONCE = 500;
/** A digest is tried for two days at most, and a bounce takes five (RFC 5321 section 4.5.4.1). */
const SETTLED_DAYS = 8;

/**
 * Acts upon what came back since the last time. First it asks whether so much of a digest came back
 * as "unknown user" that its brake is to be pulled: then nothing of that counts against a reader.
 * Again and again the same; two processes that do it at once do it once.
 */
export async function judgeFeedback(deps: JudgeDeps, signal?: AbortSignal): Promise<void> {
  const since = addDays(dayOf(deps.now()), -SETTLED_DAYS);
  await settleByFeedback(deps.db, since, deps.now());
  await pullBrakes(deps);
  for (let left = true; left && !signal?.aborted;)
    left = await transaction(deps.db, async (tx) => {
      await lockFeedback(tx);
      return judgeSome(deps, tx);
    });
}

async function pullBrakes({ db, now, log, alert }: JudgeDeps): Promise<void> {
  // The whole digest first: its brake stands for those of its domains.
  const shares = (await unknownShares(db)).filter(isTooMuch).toSorted((a, b) => inCodeOrder(a.domain, b.domain));
  await transaction(db, async (tx) => {
    for (const share of shares) {
      const isPulled = await pullBrake(tx, share, now());
      if (isPulled && share.domain === '') await moveDigest(tx, share.date, ['sending'], 'paused');
    }
    await pardonBraked(tx, now());
  });
  for (const share of await brakesToTell(db, now())) {
    const sentence = brakeSentence(share);
    log.error({ date: share.date, unknown: share.unknown, frozen: share.frozen }, sentence);
    await alert(sentence);
  }
}

/** What is held, why, and what to do. */
function brakeSentence({ date, domain, unknown, frozen }: Share): string {
  const what = domain === '' ? `The digest of ${date} is paused` : `Mail of ${date} to ${domain} is held`;
  return (
    `${what}: ${unknown} of ${frozen} addresses were refused as unknown, which is more likely a fault of the ` +
    `mail relay. No subscription was ended. Mend it and run "paperboy digest resume --date ${date}": who was ` +
    'refused gets the digest then.'
  );
}

/** Returns whether more may be left. */
async function judgeSome({ keyring, now, count }: JudgeDeps, tx: Tx): Promise<boolean> {
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
    if (await end(tx, id, ending.status, now())) count?.(ending.status);
  }
  await markJudged(tx, ids, now());
  return true;
}
