import type { Db } from '../db/client.ts';
import { type AddressChange, claimChangeNotices, settleChangeNotices } from '../db/address-changes.ts';
import {
  claimNotice,
  holdNotice,
  type NoticeClaim,
  recordNoticeSent,
  releaseNotice,
  renewNotice,
} from '../db/notices.ts';
import { getSubscriber, type SubscriberRow } from '../db/subscribers.ts';
import { giveBackNotice, spendNotice, type SpentNotice } from '../db/spent-notices.ts';
import { isSuppressed } from '../db/suppressions.ts';
import { listTopics } from '../db/topics.ts';
import { askedFollow } from '../db/follows.ts';
import { renderAlreadySubscribed, renderConfirmation, renderMoveAsked, renderMoveHere } from '../editions/notice.ts';
import type { MailContent } from '../editions/personalise.ts';
import { AppError } from '../errors.ts';
import { followWordsForStrangers } from '../subscribers/follows.ts';
import { followPath, linkFor, type LinkPurpose } from '../subscribers/links.ts';
import { mailboxOf } from '../subscribers/mailbox.ts';
import { afterCurrent } from '../subscribers/schedule.ts';
import { type Keyring, pseudonymOf } from '../subscribers/tokens.ts';
import { choiceWords, momentWords } from '../subscribers/wording.ts';
import type { Logger } from '../telemetry.ts';
import { wordsIn } from '../brand/look.ts';
import type { Sign } from '../mail/dkim/signer.ts';
import { composeMessage, noticeHeaders, writeLetterhead } from '../mail/mime.ts';
import { NOTICE_CAPS } from './notice-caps.ts';
import type { Pace } from './pacing.ts';
import { replyTo, type Sender } from '../mail/sender.ts';
import type { Outgoing, Transport } from '../mail/transport.ts';
import { verdictOf } from './verdict.ts';
import { DAY, MINUTE } from '../duration.ts';

export interface NotifyDeps {
  db: Db;
  keyring: Keyring;
  sender: Sender;
  transport: Transport;
  /** Lets a message go when the rate allows it. Without it there is no limit. */
  pace?: Pace | undefined;
  /** Without it the notice goes out unsigned. */
  sign?: Sign | undefined;
  /** The hour (UTC) at which the edition of a day is frozen. */
  editionHour: number;
  now: () => Date;
  log: Logger;
}

const NEVER = new AbortController().signal;
/** After a day no reader waits for a confirmation any more. */
export const NOTICE_DEADLINE_MS = DAY;
/** How long a worker may be at a notice before another takes it up. */
const CLAIM_MS = 2 * MINUTE;
/**
 * A notice whose answer was lost is sent again within this time, two copies at most: a reader who
 * gets none cannot subscribe.
 */
const ANOTHER_COPY_MS = 5 * MINUTE;
/** How many notices of a group are under way at once. */
const GROUP_LANES = 4;
/**
 * How long after the request a notice that was put off is tried again, in minutes; each further
 * hour after that.
 */
const RETRIES = [1, 5, 15, 60];

/**
 * When to try a notice again that the server put off just now; `null` when that would be too late
 * for the reader who asked.
 */
export function nextNotice(requestedAt: Date, now: Date): Date | null {
  const age = (now.getTime() - requestedAt.getTime()) / MINUTE;
  const next = RETRIES.find((minutes) => minutes > age) ?? (Math.floor(age / 60) + 1) * 60;
  return next * MINUTE < NOTICE_DEADLINE_MS ? new Date(requestedAt.getTime() + next * MINUTE) : null;
}

/** Sends what a reader is owed beside digests. Returns when to try again, if a server put something off. */
export async function sendNotice(deps: NotifyDeps, subscriberId: number, signal = NEVER): Promise<Date | null> {
  const again = await sendRequestNotice(deps, subscriberId, signal);
  return (await sendChangeNotices(deps, subscriberId, signal)) ?? again;
}

/**
 * Sends what a request to subscribe owes: a confirmation to a pending reader, a word to an active
 * one, nothing to a suppressed or ended one. One that a cap holds back stays owed, and the sweeper
 * finds it when it may go. Returns when to try again, if the server put it off.
 * Throws RELAY_UNAVAILABLE when no relay is there. A crash between sending and recording sends it
 * once more, with the same Message-ID.
 */
async function sendRequestNotice(deps: NotifyDeps, subscriberId: number, signal: AbortSignal): Promise<Date | null> {
  const claim = await claimNotice(deps.db, subscriberId, CLAIM_MS);
  if (!claim?.reader.requestedAt) return null;
  const kept = keepClaim(deps, subscriberId, claim.stamp);
  try {
    return await notify(deps, claim, claim.reader.requestedAt, signal);
  } finally {
    // What was recorded as sent is let go already.
    await releaseNotice(deps.db, subscriberId, await kept.end());
  }
}

/** Renews a claim while its message is under way, which a relay may take minutes to answer. */
function keepClaim({ db, log }: NotifyDeps, subscriberId: number, stamp: string): { end: () => Promise<string> } {
  let renewing = Promise.resolve();
  const renew = async (): Promise<void> => {
    stamp = (await renewNotice(db, subscriberId, stamp)) ?? stamp;
  };
  const timer = setInterval(() => {
    renewing = renewing.then(renew).catch((err: unknown) => log.warn({ err }, 'Cannot renew the claim of a notice'));
  }, CLAIM_MS / 4);
  return {
    async end() {
      clearInterval(timer);
      await renewing;
      return stamp;
    },
  };
}

async function notify(
  deps: NotifyDeps,
  { reader, from }: NoticeClaim,
  requestedAt: Date,
  signal: AbortSignal,
): Promise<Date | null> {
  const { db, now } = deps;
  const wanted =
    (reader.status === 'pending' || reader.status === 'active') &&
    !(await isSuppressed(db, deps.keyring.hashesOf(reader.email)));
  let quietUntil: Date | null = null;
  if (wanted) {
    const outgoing = await compose(deps, reader, requestedAt);
    const spent = await spend(deps, reader.email, from);
    if (!spent.mayGo) {
      await holdNotice(db, reader.id, requestedAt, spent.freeAt);
      return null;
    }
    const sent = await sendSpent(deps, spent, outgoing, signal);
    if (isStillOwed(sent, requestedAt, now())) return nextNotice(requestedAt, now());
    ({ quietUntil } = spent);
  }
  await recordNoticeSent(db, reader.id, requestedAt, now(), quietUntil);
  return null;
}

/** Counts a notice to an address, if the caps let it go. */
const spend = ({ db, keyring, now }: NotifyDeps, email: string, from: readonly string[] | null): Promise<SpentNotice> =>
  spendNotice(
    db,
    { mailbox: pseudonymOf(keyring.secrets('mailbox')[0]!, mailboxOf(email)), networks: from ?? [], now: now() },
    NOTICE_CAPS,
  );

/** Sends a notice that was counted. One that certainly did not arrive counts no more. */
async function sendSpent(
  deps: NotifyDeps,
  spent: SpentNotice & { mayGo: true },
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Sent> {
  let sent: Sent = 'deferred';
  try {
    sent = await send(deps, outgoing, signal);
  } finally {
    if (sent === 'deferred') await giveBackNotice(deps.db, spent.id);
  }
  return sent;
}

/** Whether a notice has to be tried again after what came of it. */
const isStillOwed = (sent: Sent, askedAt: Date, now: Date): boolean =>
  sent === 'deferred' || (sent === 'unknown' && now.getTime() - askedAt.getTime() < ANOTHER_COPY_MS);

/**
 * Sends the notices of a group of requests, a few at a time, until `signal` fires. What is not sent,
 * or put off, is left to the sweeper. Throws when one could not be sent, after the others.
 */
export async function sendNotices(deps: NotifyDeps, subscriberIds: readonly number[], signal = NEVER): Promise<void> {
  const left = [...subscriberIds];
  const lane = async (): Promise<void> => {
    while (left.length > 0 && !signal.aborted) await sendNotice(deps, left.shift()!, signal);
  };
  const lanes = await Promise.allSettled(Array.from({ length: GROUP_LANES }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Sends what a change of address owes: a way to agree or to stop it to the old one, and when the
 * relay took that, the link that confirms it to the new one, unless that is suppressed. Returns when
 * to try again, if a server or a cap put one off; a second try may bring the other a second copy,
 * with the same Message-ID and within its mailbox's cap.
 */
async function sendChangeNotices(deps: NotifyDeps, subscriberId: number, signal: AbortSignal): Promise<Date | null> {
  const change = await claimChangeNotices(deps.db, subscriberId, CLAIM_MS);
  if (change === null) return null;
  let again: Date | null = change.askedAt;
  try {
    again = await tellOfChange(deps, change, signal);
  } finally {
    await settleChangeNotices(deps.db, change, again === null ? deps.now() : null);
  }
  return again;
}

async function tellOfChange(deps: NotifyDeps, change: AddressChange, signal: AbortSignal): Promise<Date | null> {
  const { db, keyring, sender, now } = deps;
  const reader = await getSubscriber(db, change.subscriberId);
  if (reader?.status !== 'active') return null;
  const claims = { subscriberId: reader.id, issuedAt: change.askedAt };
  const stayUrl = linkFor(keyring, sender.publicUrl, 'stay', claims);
  const moveUrl = linkFor(keyring, sender.publicUrl, 'move', claims);
  const words = wordsIn(sender.look, reader.language);
  const choices = choiceWords(words, reader, await listTopics(db));
  const letters = [
    { to: reader.email, name: 'stay', content: await renderMoveAsked({ ...sender, words, stayUrl }) },
    { to: change.email, name: 'move', content: await renderMoveHere({ ...sender, words, moveUrl, choices }) },
  ];
  for (const { to, name, content } of letters) {
    if (await isSuppressed(db, keyring.hashesOf(to))) return null;
    const messageId = `<${name}.${reader.id}.${change.askedAt.getTime().toString(36)}@${sender.domain}>`;
    const outgoing = await noticeTo(deps, { to, content, messageId, date: change.askedAt });
    const spent = await spend(deps, to, null);
    if (!spent.mayGo) return nextNotice(change.askedAt, now());
    const sent = await sendSpent(deps, spent, outgoing, signal);
    if (isStillOwed(sent, change.askedAt, now())) return nextNotice(change.askedAt, now());
    // The old mailbox has to hear of it first: without its word nothing moves.
    if (sent !== 'accepted') return null;
  }
  return null;
}

interface NoticeLetter {
  to: string;
  content: MailContent;
  messageId: string;
  date: Date;
}

async function noticeTo(
  { sender, sign }: Pick<NotifyDeps, 'sender' | 'sign'>,
  { to, content, messageId, date }: NoticeLetter,
): Promise<Outgoing> {
  const from = sender.noticeFrom ?? sender.from;
  const message = composeMessage({
    ...content,
    to,
    letterhead: writeLetterhead({
      from,
      subject: content.subject,
      date,
      headers: [...noticeHeaders(), ...replyTo(sender)],
    }),
    messageId,
  });
  return { from: from.address, to, message: sign ? await sign(message) : message };
}

async function compose(deps: NotifyDeps, reader: SubscriberRow, requestedAt: Date): Promise<Outgoing> {
  const { db, keyring, sender, editionHour } = deps;
  const link = (purpose: LinkPurpose): string =>
    linkFor(keyring, sender.publicUrl, purpose, { subscriberId: reader.id, issuedAt: requestedAt });
  const words = wordsIn(sender.look, reader.language);
  const asked = await askedFollow(db, reader.id);
  const wanted = asked && followWordsForStrangers(words, asked);
  const topics = await listTopics(db);
  // Told as of the request: a message that is tried again is the same message.
  const next = momentWords(words, afterCurrent(requestedAt, reader, editionHour), reader.timezone);
  const content = await (reader.status === 'pending'
    ? renderConfirmation({
        ...sender,
        words,
        choices: choiceWords(words, reader, topics, wanted ?? undefined),
        next,
        confirmUrl: link('confirm'),
      })
    : renderAlreadySubscribed({
        ...sender,
        words,
        choices: choiceWords(words, reader, topics),
        ...(asked && wanted && { asked: { words: wanted, url: link('preferences') + followPath(asked) } }),
        preferencesUrl: link('preferences'),
        unsubscribeUrl: link('unsubscribe'),
      }));
  const messageId = `<notice.${reader.id}.${requestedAt.getTime().toString(36)}@${sender.domain}>`;
  return noticeTo(deps, { to: reader.email, content, messageId, date: requestedAt });
}

type Sent = 'deferred' | 'unknown' | 'accepted' | 'rejected';

async function send(deps: NotifyDeps, outgoing: Outgoing, signal: AbortSignal): Promise<Sent> {
  if (deps.pace && !(await deps.pace(signal))) return 'deferred';
  const verdict = verdictOf(await deps.transport.send(outgoing));
  if (verdict.state === 'wait')
    throw new AppError(
      'RELAY_UNAVAILABLE',
      'Cannot send a notice: the mail relay cannot be reached. It is tried again within a minute.',
    );
  if (verdict.state === 'rejected') deps.log.warn({ reason: verdict.reason }, 'The mail relay rejected a notice');
  return verdict.state;
}
