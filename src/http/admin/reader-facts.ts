import { dayOf } from '../../day.ts';
import { openAddressChange } from '../../db/address-changes.ts';
import { brakesOn } from '../../db/brakes.ts';
import { countDeliveriesOf, recentDeliveries } from '../../db/deliveries.ts';
import { digestState } from '../../db/digests.ts';
import { latestEditionDate } from '../../db/editions.ts';
import { recentFeedback } from '../../db/feedback.ts';
import { followsOf } from '../../db/follows.ts';
import { isClosed } from '../../db/installation.ts';
import { noticeState } from '../../db/notices.ts';
import { countSays, saysOf, tasteLines } from '../../db/say.ts';
import type { SubscriberRow } from '../../db/subscribers.ts';
import { findSuppression } from '../../db/suppressions.ts';
import { listTopics } from '../../db/topics.ts';
import { freezeDigest } from '../../delivery/plan.ts';
import { AppError } from '../../errors.ts';
import { domainOf } from '../../subscribers/address.ts';
import type { DeskTools, SiteDeps } from '../deps.ts';
import { canSend, DELIVERIES_SHOWN, type ReaderFacts } from './reader-view.ts';

/** What came back, and what they said of papers: so much of it is shown. */
const FEEDBACK_SHOWN = 100;
const SAYS_SHOWN = 8;

type FactsDeps = Pick<SiteDeps, 'db' | 'now' | 'config'> & { tools: Pick<DeskTools, 'keyring' | 'relays'> };

/** All that is known of a reader: what was sent, what came back, and what decides about the next digest. */
export async function readerFacts(
  { db, now, tools, config }: FactsDeps,
  reader: SubscriberRow,
  { isShown = false, before = null }: Partial<Pick<ReaderFacts, 'isShown' | 'before'>> = {},
): Promise<ReaderFacts> {
  const { id } = reader;
  const [suppression, deliveries, counts, feedback, notice, brakes, newest, closed] = await Promise.all([
    findSuppression(db, tools.keyring.hashesOf(reader.email)),
    recentDeliveries(db, id, DELIVERIES_SHOWN + 1, before ?? undefined),
    countDeliveriesOf(db, id),
    recentFeedback(db, id, FEEDBACK_SHOWN),
    noticeState(db, id),
    brakesOn(db),
    latestEditionDate(db, { onOrBefore: dayOf(now()) }),
    isClosed(db),
  ]);
  const [says, saysInAll, taste, { follows, isOnly }, move, topics] = await Promise.all([
    saysOf(db, id, SAYS_SHOWN),
    countSays(db, id),
    tasteLines(db, id),
    followsOf(db, id),
    openAddressChange(db, id),
    listTopics(db),
  ]);
  const [last] = deliveries;
  const domain = domainOf(reader.email);
  return {
    now: now(),
    reader,
    suppression,
    deliveries,
    counts,
    feedback,
    notice,
    brake: brakes.find((one) => one.date === last?.date && (one.domain === '' || one.domain === domain)) ?? null,
    digest: last === undefined ? null : await digestState(db, last.date),
    newest,
    isClosed: closed,
    editionHour: config.editionHour,
    isShown,
    before,
    says,
    saysInAll,
    tasteLines: taste.length,
    follows,
    followsOnly: isOnly,
    move,
    topics,
    relays: tools.relays,
  };
}

type SendDeps = FactsDeps &
  Pick<SiteDeps, 'log'> & { tools: Pick<DeskTools, 'keyring' | 'relays' | 'requireTrueClock' | 'enqueueBatch'> };

/** Has the newest digest go to one reader now. Returns its date; throws INPUT_INVALID where none can go. */
export async function sendNewest(deps: SendDeps, reader: SubscriberRow): Promise<string> {
  const { db, now, log, tools } = deps;
  await tools.requireTrueClock();
  const facts = await readerFacts(deps, reader);
  const { newest } = facts;
  if (newest === null || !canSend(facts) || (await digestState(db, newest)) === 'cancelled') throw nothingToSend();
  const plan = { db, now, log, enqueueBatch: tools.enqueueBatch };
  if ((await freezeDigest(plan, { date: newest, to: reader.email })) === 0) throw nothingToSend();
  return newest;
}

const nothingToSend = (): AppError =>
  new AppError(
    'INPUT_INVALID',
    'Nothing was sent: they had that digest already, rest, or it was cancelled. What was sent to them says which.',
  );
