import type { Brake } from '../../db/brakes.ts';
import type { Installation } from '../../db/installation.ts';
import { openOf, type UnknownDigest, waitingOf } from '../../db/unknown.ts';
import { BECAUSE } from '../../delivery/gate.ts';
import { checkedSource, type Finding, worstFirst } from '../../health/finding.ts';
import type { LinkView } from '../pages/views.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import { type Clock, span } from './words.ts';

/** Something that wants the operator (`mend`), or that is worth a look. */
export interface Need {
  mark: 'mend' | 'look';
  /** What it is about, where many are named in a line. */
  name: string;
  says: string;
  remedy: string;
  /** What mends it: where the button posts, or where the link leads. */
  act?: NeedAct;
  link?: LinkView;
}

export interface NeedAct {
  label: string;
  action: string;
  fields: Readonly<Record<string, string>>;
}

export interface NeedsFacts {
  findings: readonly Finding[];
  brakes: readonly Brake[];
  unknown: readonly UnknownDigest[];
  onUnknown: 'resend' | 'hold';
  closed: Installation['closed'];
  /** Whether a backup can be asked for at the desk. */
  canBackUp: boolean;
}

/** What a look finds a minute later, and the page knows at once. */
const KNOWN_AT_ONCE: ReadonlySet<string> = new Set(['brakes', 'unknown', 'gate']);
const isKnown = ({ check, verdict }: Finding): boolean =>
  // That the digest is paused is what the page of today begins with.
  KNOWN_AT_ONCE.has(check) || (check === 'digest' && verdict === 'look');

/** All that needs the operator, the worst first. */
export function needsOf(facts: NeedsFacts, clock: Clock): Need[] {
  const { findings, brakes, unknown, onUnknown, closed, canBackUp } = facts;
  const isHeld = findings.some(({ check, verdict }) => check === 'unknown' && verdict === 'mend');
  const found = worstFirst(findings).filter((finding) => finding.verdict !== 'well' && !isKnown(finding));
  const needs = [
    ...(closed === null ? [] : [closedNeed(closed, clock)]),
    ...brakes.map(brakeNeed),
    ...found.map((finding) => findingNeed(finding, canBackUp)),
    ...unknown.filter((sums) => openOf(sums) > 0).map((sums) => unknownNeed(sums, { isHeld, onUnknown }, clock)),
  ];
  return needs.toSorted((one, other) => Number(one.mark === 'look') - Number(other.mark === 'look'));
}

export const toMend = (needs: readonly Need[]): number => needs.filter(({ mark }) => mark === 'mend').length;

const MOST_LOOKS = 3;

/** All that is to mend and the first looks; the others are named, for the page of health has them. */
export function firstNeeds(needs: readonly Need[]): { shown: Need[]; more: string | null } {
  const looks = needs.filter(({ mark }) => mark === 'look');
  const rest = looks.slice(MOST_LOOKS);
  const more = `${capitalised(counted(rest.length, 'more is', 'more are'))} worth a look, ${listed(rest.map(({ name }) => name))}:`;
  return { shown: needs.filter((need) => !rest.includes(need)), more: rest.length === 0 ? null : more };
}

function findingNeed({ check, verdict, name, sentence, remedy }: Finding, canBackUp: boolean): Need {
  const act = actOf(check, canBackUp);
  return {
    mark: verdict === 'mend' ? 'mend' : 'look',
    name,
    says: sentence,
    remedy: remedy ?? '',
    ...(act !== null && { act }),
  };
}

/** What the desk itself can do about a check. */
export function actOf(check: string, canBackUp: boolean): NeedAct | null {
  if (check === 'backup' && canBackUp) return { label: 'Back up now', action: '/admin/backups/now', fields: {} };
  const source = checkedSource(check);
  return source === null ? null : { label: 'Ask now', action: '/admin/sources/ask', fields: { source } };
}

const closedNeed = ({ because, at, lostSince }: NonNullable<Installation['closed']>, clock: Clock): Need => ({
  mark: 'mend',
  name: 'Sending',
  says: `Nothing is sent: ${BECAUSE[because]}.`,
  remedy:
    `Readers may have been mailed ${span(lostSince, at, clock)}. ` + 'See what would go to whom, then let mail go out.',
  link: { label: 'See what would be sent', href: '/admin/resume' },
});

const brakeNeed = ({ date, domain, unknown, frozen }: Brake): Need => ({
  mark: 'mend',
  name: 'Brake',
  says:
    `The brake is on${domain === '' ? '' : ` for ${domain}`}: ` +
    `${figure(unknown)} of ${figure(frozen)} readers were called unknown.`,
  remedy: 'No subscription was ended. See what the relay says of them, mend that, then let them be tried again.',
  act: { label: 'Try them again', action: `/admin/digests/${date}/resume`, fields: {} },
});

const unknownNeed = (
  sums: UnknownDigest,
  { isHeld, onUnknown }: { isHeld: boolean; onUnknown: 'resend' | 'hold' },
  clock: Clock,
): Need => ({
  mark: isHeld ? 'mend' : 'look',
  name: 'Unknown',
  says: `It is not known whether ${counted(openOf(sums), 'message')} of ${clock.day(sums.date)} arrived.`,
  remedy: unknownRemedy(sums, onUnknown),
  link: { label: 'See them', href: `/admin/digests/${sums.date}/unknown` },
});

const SEE_LOG = 'see whether the relay’s log has them';

function unknownRemedy(sums: UnknownDigest, onUnknown: 'resend' | 'hold'): string {
  if (sums.state === 'cancelled')
    return `The digest is cancelled, and none is sent again: ${SEE_LOG}, then leave them.`;
  const waiting = waitingOf(sums, onUnknown);
  const alone = openOf(sums) - waiting;
  const once = sums.state === 'paused' ? ', once you resume the digest' : '';
  const itself = `sent again by ${alone === 1 ? 'itself' : 'themselves'}${once}`;
  if (waiting === 0) return `${capitalised(counted(alone, 'is', 'are'))} ${itself}: nothing is to be done.`;
  const others = alone === 0 ? '' : `${capitalised(counted(alone, 'is', 'are'))} ${itself}. `;
  const wait = capitalised(counted(waiting, 'waits', 'wait'));
  return `${others}${wait} for your word: ${SEE_LOG}, then have them sent once more, or leave them.`;
}
