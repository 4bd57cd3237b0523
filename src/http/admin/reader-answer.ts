import type { Brake } from '../../db/brakes.ts';
import type { DeliveryRecord } from '../../db/deliveries.ts';
import type { DigestState } from '../../db/digests.ts';
import type { FeedbackRecord } from '../../db/feedback.ts';
import type { NoticeState } from '../../db/notices.ts';
import type { SubscriberRow } from '../../db/subscribers.ts';
import type { Suppression } from '../../db/suppressions.ts';
import { freezesAt, newestEdition } from '../../day.ts';
import { MINUTE } from '../../duration.ts';
import { afterPause, comesAt, nextDigest } from '../../subscribers/schedule.ts';
import { weekdayName } from '../../subscribers/wording.ts';
import { wordsOf } from '../../words/words.ts';
import type { LeavingReason } from '../../subscriber.ts';
import { putOffWords, reasonOfReply, reasonWords, refusalWords, SKIPPED, UNKNOWN } from './delivery-words.ts';
import { type ReaderTimes, readerTimes } from './reader-times.ts';
import { capitalised } from '../../figures.ts';
import { type Clock, whose } from './words.ts';

/** What decides why no mail came. */
export interface AnswerFacts {
  now: Date;
  /** `null`: no subscription stands under the address. */
  reader: SubscriberRow | null;
  suppression: Suppression | null;
  /** The newest first. */
  deliveries: readonly DeliveryRecord[];
  /** The newest first. */
  feedback: readonly FeedbackRecord[];
  notice: NoticeState;
  /** How the digest of the newest delivery stands. */
  digest: DigestState | null;
  /** Whether nothing is sent at all, since a restore or on a copy. */
  isClosed: boolean;
  /** A brake that holds mail to this reader. */
  brake: Brake | null;
  /** The date of the newest edition that is frozen. */
  newest: string | null;
  editionHour: number;
}

/** What is done about it, as the first button or as a link. */
export type Remedy =
  | { act: 'lift' | 'confirm' | 'send'; label: string; hint: string }
  /** Where it is decided: the page of the desk, and what the admin API has for it. */
  | { href: string; see: string; label: string; hint: string };

/** Why no mail came, what can be done, and what to tell the reader. */
export interface Answer {
  sentence: string;
  deck: string;
  remedy: Remedy | null;
  reply: string;
}

/** A reader that there is, and how moments are told to and of them. */
type Known = Omit<AnswerFacts, 'reader'> & { reader: SubscriberRow; times: ReaderTimes; clock: Clock };

/** The answer to "no mail came". Pure. */
export function answerFor(facts: AnswerFacts, clock: Clock): Answer {
  const { reader, suppression, now } = facts;
  const times = readerTimes(reader?.timezone ?? clock.timeZone, now);
  if (reader === null) return suppression === null ? unknownAddress() : suppressedStranger(suppression, times);
  const known = { ...facts, reader, times, clock };
  if (reader.status === 'erased') return erased(known);
  if (suppression !== null && suppression.reopenedAt === null) return suppressed(known, suppression);
  switch (reader.status) {
    case 'pending':
      return pending(known);
    case 'active':
      return active(known);
    case 'unsubscribed':
      return suppression === null ? left(known) : mayAskAgain(known, suppression.reopenedAt!);
    case 'bounced':
    case 'complained':
      return ended(known, reader.status === 'bounced' ? 'bounced' : 'complained', reader.endedAt);
  }
}

const LIFT: Remedy = {
  act: 'lift',
  label: 'Lift the suppression',
  hint: 'Makes the reader active again. Two more days of “does not exist” end it anew.',
};
const LET_ASK: Remedy = {
  act: 'lift',
  label: 'Let them ask again',
  hint: 'Sends nothing. Only their own confirmation brings them back.',
};
const CONFIRM: Remedy = {
  act: 'confirm',
  label: 'Send the confirmation',
  hint: 'One mail with a link. They are a reader once they press it.',
};
const CONFIRM_AGAIN: Remedy = { ...CONFIRM, label: 'Send the confirmation again' };
const SEND: Remedy = {
  act: 'send',
  label: 'Send it to them now',
  hint: 'The newest digest, once. Their hour stays as it is.',
};
const seeUnknown = (date: string): Remedy => ({
  href: `/admin/digests/${date}/unknown`,
  see: `/digests/${date}/unknown`,
  label: 'See what is unknown',
  hint: 'Have it sent once more, or leave it as it is.',
});
const seePaused = (date: string): Remedy => ({
  href: '/admin',
  see: `/digests/${date}`,
  label: 'See Today',
  hint: 'Resume the digest there.',
});
const SEE_EDITIONS: Remedy = {
  href: '/admin/editions',
  see: '/today',
  label: 'See the editions',
  hint: 'Why there is none stands under Today.',
};

const unknownAddress = (): Answer => ({
  sentence: 'No subscription stands under this address.',
  deck: 'They may have signed up with another address, or never pressed the link of the confirmation: what is not confirmed is forgotten after a while.',
  remedy: null,
  reply:
    'We have no subscription under this address. Did you sign up with another one? Otherwise sign up once more on the site, and press the link in the mail that follows.',
});

function suppressedStranger({ reason, createdAt, reopenedAt }: Suppression, times: ReaderTimes): Answer {
  const isOpen = reopenedAt !== null;
  return {
    sentence: `No subscription stands under this address, and it is ${isOpen ? 'barred until its reader confirms' : 'suppressed'}.`,
    deck: `${WHY_SUPPRESSED[reason]} That was ${times.day(createdAt)}; who it was is forgotten.`,
    remedy: liftFor(reason, isOpen),
    reply:
      'We send no mail to your address, because it came back or you asked us to stop. Tell us if you want it again.',
  };
}

const WHY_SUPPRESSED: Readonly<Record<Suppression['reason'], string>> = {
  bounced: 'On two days their provider said that the address does not exist.',
  refused: 'On five days their provider refused the mail.',
  complained: 'They told their provider that our mail is spam.',
  manual: 'It was suppressed by hand.',
};

function liftFor(reason: Suppression['reason'], isOpen: boolean): Remedy | null {
  if (isOpen) return null;
  if (reason === 'complained') return LET_ASK;
  return { ...LIFT, hint: 'The address may be mailed again, if its reader signs up.' };
}

const erased = ({ reader, times }: Known): Answer => ({
  sentence: `This reader was erased${reader.endedAt === null ? '' : ` ${times.day(reader.endedAt)}`}.`,
  deck: 'Address, choices and all that came back are forgotten; the ledger keeps a number. They can sign up anew.',
  remedy: null,
  reply: 'We know nothing of you any more, as you wished. You can sign up again on the site at any time.',
});

const suppressed = (known: Known, { reason, createdAt }: Suppression): Answer => ended(known, reason, createdAt);

/** When the next digest would come to who is lifted: after the last that was made for them. */
export const ifBack = ({ reader, now, editionHour }: Pick<Known, 'reader' | 'now' | 'editionHour'>): Date =>
  nextDigest(now, reader, { had: reader.lastDigestDate, editionHour });

/** Of one whose mail came back, or who complained: why, and since when. */
function ended(known: Known, reason: Suppression['reason'], at: Date | null): Answer {
  const { times } = known;
  const since = at === null ? 'No mail' : `No mail since ${sinceWords(times.day(at))}`;
  if (reason === 'complained')
    return {
      sentence: `${since}: they told their provider that it is spam.`,
      deck: 'A complaint ends the subscription at once, and only the reader can take it back. If they write that it was a mistake, let them ask again: they then sign up as on the first day.',
      remedy: LET_ASK,
      reply:
        'Your provider told us that our mail was marked as spam, so we stopped at once. If that was a mistake, sign up again on the site, and press the link in the mail that follows.',
    };
  const due = times.at(ifBack(known));
  return {
    sentence: `${since}: ${ENDED[reason]}.`,
    deck: `${untilThen(known)} If they say that the address works, lift the suppression; their next digest then comes ${due} and brings what they missed.`.trimStart(),
    remedy: LIFT,
    reply: `Your provider told us${at === null ? '' : ` ${times.at(at)}`} ${TOLD[reason]}${quoted(known)}, so we stopped. If it works again, tell us, and the next morning brings what you missed.`,
  };
}

const ENDED: Readonly<Record<Exclude<Suppression['reason'], 'complained'>, string>> = {
  bounced: 'their provider says that the address does not exist',
  refused: 'their provider refused it on five days',
  manual: 'the address was suppressed by hand',
};
const TOLD: Readonly<Record<Exclude<Suppression['reason'], 'complained'>, string>> = {
  bounced: 'that your address does not exist',
  refused: 'that it takes no mail of ours',
  manual: 'nothing, but you were to get no more mail',
};

const sinceWords = (day: string): string => day.replace(/^on /, '');

/** What arrived before the mail stopped. */
function untilThen({ deliveries, times }: Known): string {
  const last = deliveries.find(({ state }) => state === 'accepted');
  return last === undefined ? '' : `Until ${sinceWords(times.day(last.updatedAt))} their mail was taken.`;
}

/** The words that decided, as the relay said them. */
function quoted({ feedback, deliveries }: Known): string {
  const words =
    feedback.find((one) => one.kind === 'hard' || one.kind === 'soft')?.words ??
    deliveries.find(({ state }) => state === 'rejected')?.lastReply;
  return quote(words ?? null);
}
const QUOTED = 120;

/** The relay's words in brackets. The reader may know the address that was taken out of them. */
const quote = (words: string | null): string =>
  words === null ? '' : ` (“${words.replaceAll('<address>', 'your address').slice(0, QUOTED)}”)`;

const LEFT_BECAUSE: Readonly<Record<LeavingReason, string>> = {
  'too-many': 'They said that it was too many.',
  'not-my-field': 'They said that it was not their field.',
  'found-elsewhere': 'They said that they find it elsewhere.',
  'no-time': 'They said that they have no time for it.',
};

function left({ reader, feedback, times }: Known): Answer {
  const { endedAt, leftBecause, confirmedAt } = reader;
  if (endedAt === null)
    return {
      sentence: 'They never confirmed, so no mail goes to them.',
      deck: 'Their request ran out. A new one starts with a new confirmation.',
      remedy: CONFIRM,
      reply:
        'You signed up and did not press the link of the confirmation. Sign up again, and press the link that comes.',
    };
  const asked = feedback.find(({ kind }) => kind === 'unsubscribe');
  const how = asked === undefined ? 'By a link of a digest, or by your hand.' : 'They asked for it by mail.';
  return {
    sentence: `They left ${times.at(endedAt)}.`,
    deck: [how, leftBecause && LEFT_BECAUSE[leftBecause], confirmedAt && 'They can come back by the form on the site.']
      .filter(Boolean)
      .join(' '),
    remedy: CONFIRM,
    reply: `Your subscription was ended ${times.at(endedAt)} by the link to unsubscribe. Some providers press it when mail is marked as unwanted. If it was not you, sign up again on the site: your choices are still there.`,
  };
}

const mayAskAgain = ({ times }: Known, since: Date): Answer => ({
  sentence: `They may ask again since ${sinceWords(times.day(since))}, and have not confirmed yet.`,
  deck: 'They complained once. Nothing but their own confirmation brings them back.',
  remedy: CONFIRM,
  reply: 'You can sign up again on the site now. Press the link in the mail that follows, and the digests come again.',
});

/** How long a notice or a digest may take before it is said that something is wrong. */
const PATIENCE = 5 * MINUTE;

function pending(known: Known): Answer {
  const { reader, notice, feedback, times, now } = known;
  const { requestedAt, noticeSentAt } = reader;
  const isOwed = requestedAt !== null && (noticeSentAt === null || noticeSentAt < requestedAt);
  const asked = requestedAt ?? reader.createdAt;
  if (isOwed && notice.notBefore !== null && notice.notBefore > now)
    return {
      sentence: `Their confirmation waits until ${sinceWords(times.at(notice.notBefore))}: a cap on such mail is reached.`,
      deck: 'Of confirmations only so many go to one mailbox, and for one network, within an hour and a day. It is sent then by itself.',
      remedy: null,
      reply: `The mail with your link goes out ${times.at(notice.notBefore)}: it was asked for too often in a short time. Press the link, and the digests come.`,
    };
  if (isOwed && known.isClosed) return held();
  if (isOwed) {
    const isLate = now.getTime() - asked.getTime() > PATIENCE;
    return {
      sentence: `They have not been sent their confirmation yet: they asked ${times.at(asked)}.`,
      deck: isLate
        ? 'That takes seconds where a worker runs and the relay answers: “paperboy doctor” says which does not.'
        : 'It goes out within a minute.',
      remedy: null,
      reply: 'The mail with your link is on its way. Press it, and the digests come.',
    };
  }
  const back = feedback.find(
    ({ kind, heardAt }) => (kind === 'hard' || kind === 'soft') && heardAt >= (noticeSentAt ?? asked),
  );
  if (back !== undefined)
    return {
      sentence: `Their confirmation came back ${times.at(back.heardAt)}: ${lowered(reasonWords(back.reason))}`,
      deck: 'No mail goes to an address that is not confirmed. Once their mailbox takes mail, send it again.',
      remedy: CONFIRM_AGAIN,
      reply: 'The mail with your link came back from your provider. Check the address, or sign up with another one.',
    };
  return {
    sentence: `They have not confirmed: their link was sent ${times.at(noticeSentAt ?? asked)}.`,
    deck: 'The relay took it. It may lie among their spam; until they press the link, no digest goes to them.',
    remedy: CONFIRM_AGAIN,
    reply: `We sent you a mail with a link ${times.at(noticeSentAt ?? asked)}. Look for it among your spam, and press the link: the digests come after that.`,
  };
}

/** A sentence behind a colon. */
const lowered = (sentence: string): string =>
  sentence.replace(/^(?:The|Their|A|It|Our)\b/, (word) => word.toLowerCase());

function active(known: Known): Answer {
  const { reader, deliveries, newest } = known;
  if (reader.pausedUntil !== null && reader.pausedUntil > known.now) return resting(known);
  const [last] = deliveries;
  const isTaken = last?.state === 'accepted' && newest !== null && last.date >= newest;
  if (known.isClosed && !isTaken) return held();
  if (last !== undefined && (newest === null || last.date >= newest || isUnsettled(last)))
    return ofDelivery(known, last);
  return comingTo(known, last);
}

const held = (): Answer => ({
  sentence: 'Nothing goes out to them, nor to others: this installation was restored, or is a copy.',
  deck: '“paperboy resume --after-restore” says what would go to whom, and lets it go. Until then all of it waits.',
  remedy: null,
  reply:
    'We had to restore our data, and look that no one gets a digest twice. Yours comes after that; nothing is lost.',
});

/** Of an older digest, what tells more than that the next one is due. */
const isUnsettled = ({ state }: DeliveryRecord): boolean => state !== 'accepted' && state !== 'skipped';

function resting({ reader, times }: Known): Answer {
  const until = reader.pausedUntil!;
  const next = afterPause({ ...reader, pausedUntil: until });
  return {
    sentence: `Their digests rest until ${sinceWords(times.day(until))}, as they wished.`,
    deck: `The first one after that comes ${times.at(next)}. Only they can end the rest sooner, by “Preferences” in any digest.`,
    remedy: null,
    reply: `You asked for a rest until ${sinceWords(times.day(until))}. To end it sooner, press “Preferences” at the foot of any digest.`,
  };
}

/** When the next one is due, as an end of a sentence or of a deck. */
function nextWords({ reader, times, editionHour }: Known): string {
  const due = comesAt(reader, editionHour);
  return due === null ? '' : ` The next one is due ${times.at(due)}.`;
}

/** "today’s digest": by the day of the edition. */
const digestName = ({ now, clock }: Known, { date }: DeliveryRecord): string => whose(date, now, 'digest', clock);

function ofDelivery(known: Known, last: DeliveryRecord): Answer {
  switch (last.state) {
    case 'accepted':
      return taken(known, last);
    case 'pending':
    case 'sending':
      return underWay(known, last);
    case 'deferred':
      return putOff(known, last);
    case 'rejected':
      return refused(known, last);
    case 'unknown':
      return inDoubt(known, last);
    case 'skipped':
      return skipped(known, last);
  }
}

function taken(known: Known, last: DeliveryRecord): Answer {
  const { feedback, times } = known;
  const name = digestName(known, last);
  const at = times.at(last.updatedAt);
  const back = feedback.find(
    ({ digestDate, kind, via }) => digestDate === last.date && via !== 'smtp' && (kind === 'hard' || kind === 'soft'),
  );
  if (back !== undefined)
    return {
      sentence: `${capitalised(name)} came back ${times.at(back.heardAt)}: ${lowered(reasonWords(back.reason))}`,
      deck: `The relay had taken it ${at}.${nextWords(known)}`,
      remedy: null,
      reply: `Your provider sent our mail back: ${lowered(reasonWords(back.reason))} Once that is mended, the next digest brings what you missed.`,
    };
  if (last.reason === 'answered')
    return {
      sentence: `They have ${name}: they used a link of it.`,
      deck: `So it arrived.${nextWords(known)}`,
      remedy: null,
      reply: 'Your last digest arrived: a link of it was used. Was that you?',
    };
  return {
    sentence: `Their provider took ${name} ${name.startsWith('today') ? at.replace(/^today /, '') : at}.`,
    deck: `It may lie among their spam: what becomes of it behind that door, no server tells.${nextWords(known)}`,
    remedy: null,
    reply:
      `Your provider took our mail ${at}${said(last)}. ` +
      'Look among your spam, and in the folder for newsletters; a filter of your own may have moved it.',
  };
}

const said = ({ lastReply }: DeliveryRecord): string => quote(lastReply);

function underWay(known: Known, last: DeliveryRecord): Answer {
  const { digest, brake, times } = known;
  const name = digestName(known, last);
  const reply = 'Your digest is made and has yet to leave our server. It comes today; nothing is lost.';
  if (digest === 'paused')
    return {
      sentence: `${capitalised(name)} is paused, and theirs waits with it.`,
      deck:
        brake === null
          ? 'It goes out once you resume it.'
          : 'The brake is on, because too many readers were called unknown. It goes out once you resume it.',
      remedy: seePaused(last.date),
      reply,
    };
  return {
    sentence: `${capitalised(name)} is on its way to them.`,
    deck: `It was frozen ${times.at(last.frozenAt)} and has yet to be sent. How far the digest is stands on Today.`,
    remedy: null,
    reply,
  };
}

function putOff(known: Known, last: DeliveryRecord): Answer {
  const { brake, times } = known;
  const name = digestName(known, last);
  const again = last.nextAttemptAt === null ? 'soon' : times.at(last.nextAttemptAt);
  const reply = `Your provider asked us to wait. We try again ${again}; nothing is lost.`;
  if (brake !== null && brake.domain !== '')
    return {
      sentence: `${capitalised(name)} waits: the brake is on for ${brake.domain}.`,
      deck: 'Too many readers there were called unknown, so their mail is held until you resume the digest.',
      remedy: seePaused(brake.date),
      reply,
    };
  return {
    sentence: `${capitalised(name)} waits, and is tried again ${again}.`,
    deck: `${putOffWords(last)} Nothing is to be done: it is tried for a day.`,
    remedy: null,
    reply,
  };
}

function refused(known: Known, last: DeliveryRecord): Answer {
  const words = refusalWords(last);
  const isOurs = last.lastReply !== null && reasonOfReply(last.lastReply).whose === 'us';
  const isHard = last.reason === 'unknown-user';
  const more = isHard ? 'One such day ends nothing; a second one ends the subscription.' : 'The subscription goes on.';
  return {
    sentence: `${capitalised(digestName(known, last))} was refused: ${lowered(words)}`,
    deck: `${isOurs ? 'That is ours to mend: “paperboy doctor” looks at what providers ask of a server.' : more}${nextWords(known)}`,
    remedy: null,
    reply:
      `Your provider refused our mail${said(last)}. ` +
      `${isOurs ? 'We look into it.' : 'Ask them why, or tell us another address.'} ` +
      'The next digest brings what you missed.',
  };
}

/** Reasons of what the operator may still have a word on. */
const OPEN_REASONS: ReadonlySet<string | null> = new Set(['lost', 'resent']);

function inDoubt(known: Known, last: DeliveryRecord): Answer {
  const isOpen = OPEN_REASONS.has(last.reason) && known.digest !== 'cancelled';
  return {
    sentence: `It is not known whether ${digestName(known, last)} reached them.`,
    deck: `${UNKNOWN[last.reason ?? ''] ?? UNKNOWN['lost']!}${nextWords(known)}`,
    remedy: isOpen ? seeUnknown(last.date) : null,
    reply:
      'The connection to your provider broke while our mail went over, so it may or may not have arrived. ' +
      'Look among your spam.',
  };
}

function skipped(known: Known, last: DeliveryRecord): Answer {
  const why = SKIPPED[last.reason ?? ''] ?? 'It was not sent.';
  const name = digestName(known, last);
  if (last.reason === 'empty')
    return {
      sentence: `There was nothing new for them in ${name}.`,
      deck: `No paper of their topics came that they had not had. Such a day brings no mail.${nextWords(known)}`,
      remedy: null,
      reply:
        'There was no new paper on your topics, so we sent nothing. More topics bring more: press “Preferences” at the foot of any digest.',
    };
  return {
    sentence: `${capitalised(name)} was not sent to them: ${lowered(why)}`,
    deck: `Nothing is lost: the next one brings what they missed.${nextWords(known)}`,
    remedy: null,
    reply: 'Your last digest was not sent. The next one brings what you missed.',
  };
}

/** Of one who has had no digest of the newest edition: when it comes, or why it does not. */
function comingTo(known: Known, last: DeliveryRecord | undefined): Answer {
  const { reader, newest, now, editionHour, times } = known;
  const due = comesAt(reader, editionHour);
  if (due !== null && due > now) return notDueYet(known, due, last);
  const expected = newestEdition(now, editionHour);
  if (newest === null || newest < expected) {
    const freezes = freezesAt(expected, editionHour);
    return {
      sentence:
        newest === null
          ? 'Nothing was sent to them: there is no edition yet.'
          : `Nothing was sent to them: there is no edition since ${known.clock.day(newest)}.`,
      deck: `One was to be frozen ${times.at(freezes)}. They are due, and get it as soon as there is one.`,
      remedy: SEE_EDITIONS,
      reply: 'There was no new edition for you to get. Yours goes out as soon as there is one.',
    };
  }
  if (due !== null && now.getTime() - due.getTime() < PATIENCE)
    return {
      sentence: `Their digest is being made: it was due ${times.at(due)}.`,
      deck: 'It is frozen and sent within minutes.',
      remedy: null,
      reply: 'Your digest is being made, and comes within minutes.',
    };
  return {
    sentence: `Their digest is due${due === null ? '' : ` since ${sinceWords(times.at(due))}`} and was not made.`,
    deck: 'That takes a minute where a scheduler and a worker run: “paperboy doctor” says which does not.',
    remedy: SEND,
    reply: 'Your digest is late, and that is our fault. It comes today.',
  };
}

function notDueYet(known: Known, due: Date, last: DeliveryRecord | undefined): Answer {
  const { reader, times } = known;
  const at = times.at(due);
  const before =
    last === undefined
      ? 'It is their first.'
      : `The last one, of ${known.clock.day(last.date)}, was ${last.state === 'accepted' ? 'taken' : 'not sent'} ${times.at(last.updatedAt)}.`;
  return {
    sentence: `${rhythm(reader)}: the next digest is due ${at}.`,
    deck: `${before} Nothing is to be done.`,
    remedy: null,
    reply: `Your next digest comes ${at}. To choose another day or hour, press “Preferences” at the foot of any digest.`,
  };
}

function rhythm({ frequency, weeklyOn }: SubscriberRow): string {
  if (frequency === 'weekly') return `They get one mail a week, on ${weekdayName(wordsOf(null), weeklyOn)}s`;
  return frequency === 'weekdays' ? 'They get mail from Monday to Friday' : 'Their hour has yet to come';
}
