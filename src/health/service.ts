import { figure } from '../figures.ts';
import { dayOf, freezesAt, newestEdition } from '../day.ts';
import type { Brake } from '../db/brakes.ts';
import type { EditionState } from '../db/editions.ts';
import {
  type Complaints,
  type Heartbeat,
  type NewestEdition,
  type Sending,
  type SourceRuns,
  STUCK_MS,
} from '../db/health.ts';
import { openOf, type UnknownSums } from '../db/unknown.ts';
import { DAY, HOUR, MINUTE } from '../duration.ts';
import { type Finding, findingsOf, sourceCheck } from './finding.ts';

/** An hour of a day, as all of them are shown: in UTC. */
export const clockTime = (at: Date): string => `${at.toISOString().slice(11, 16)} UTC`;
const moment = (at: Date, now: Date): string =>
  dayOf(at) === dayOf(now) ? clockTime(at) : `${dayOf(at)}, ${clockTime(at)}`;
const since = (at: Date, now: Date): number => now.getTime() - at.getTime();
const lasting = (ms: number): string => {
  if (ms < 2 * HOUR) return `${Math.max(0, Math.round(ms / MINUTE))} minutes`;
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} hours` : `${Math.round(ms / DAY)} days`;
};

/** Names of what is seen to go on. */
export const BEATS = {
  watch: 'watch',
  sweep: 'sweep',
  near: 'look near',
  far: 'look far',
  own: 'look own',
  morning: 'morning',
} as const;
export const processBeat = (role: string, id: string): string => `process ${role} ${id}`;

/** What goes on is seen at least so often. */
const SILENT_MS = 3 * MINUTE;
/** Since a start there was no time yet to ingest, to build and to dispatch. */
const WAKING_MS = 20 * MINUTE;

/** Since when something watches without a pause; `null`: nothing does. Pure. */
export function awakeSince(beats: readonly Heartbeat[], now: Date): Date | null {
  const watch = beats.find(({ name }) => name === BEATS.watch);
  return watch && since(watch.seenAt, now) <= 10 * MINUTE ? watch.beganAt : null;
}

/**
 * When the newest process began, or else the service: what was new to its settings may not have been
 * asked since. Pure.
 */
export const lastStart = (beats: readonly Heartbeat[], { now, awake }: Awake): Date =>
  beats
    .filter(({ name, seenAt }) => name.startsWith('process ') && since(seenAt, now) < SILENT_MS)
    .reduce((newest, { beganAt }) => (beganAt > newest ? beganAt : newest), awake);

export interface Awake {
  now: Date;
  /** Since when the service runs. */
  awake: Date;
}

const isWaking = ({ now, awake }: Awake): boolean => since(awake, now) < WAKING_MS;

/** Whether the jobs are done: the minute's sweep goes by scheduler, queue and worker. Pure. */
export function judgeWorkers(beats: readonly Heartbeat[], { now, awake }: Awake): Finding {
  const { well, look, mend } = findingsOf('workers', 'queue', 'Workers');
  const sweep = beats.find(({ name }) => name === BEATS.sweep);
  const workers = beats.filter(
    ({ name, seenAt }) => name.startsWith('process worker ') && since(seenAt, now) < SILENT_MS,
  ).length;
  const last = Math.max(sweep?.seenAt.getTime() ?? 0, awake.getTime());
  if (now.getTime() - last >= SILENT_MS) {
    const silent = sweep ? `No job was done since ${moment(sweep.seenAt, now)}.` : 'No job was ever done.';
    return workers === 0
      ? mend(`${silent} No worker runs.`, 'Start "paperboy worker", and "paperboy scheduler" beside it.')
      : mend(
          `${silent} ${workers} worker${workers === 1 ? ' runs' : 's run'}, but nothing gives it work.`,
          'Start "paperboy scheduler", and see that the queue answers.',
        );
  }
  if (!sweep) return look('The first jobs are on their way.', 'Wait three minutes, then look again.');
  return well(`${workers} at work; the last sweep was ${Math.round(since(sweep.seenAt, now) / 1000)} s ago.`);
}

export interface EditionFacts {
  editionHour: number;
  newest: NewestEdition | null;
  /** How the edition that has to be there now stands. */
  state: EditionState;
  /** When the newest paper came. */
  newestPaperAt: Date | null;
}

const LATE_MS = 2 * HOUR;
/** arXiv and Hugging Face have free days, of which no more follow each other. */
const DRY_MS = 4 * DAY;

/** Whether there is an edition of the day, and papers for it. Pure. */
export function judgeEdition({ editionHour, newest, state, newestPaperAt }: EditionFacts, at: Awake): Finding {
  const { well, look, mend } = findingsOf('edition', 'sources', 'Newest edition');
  const { now } = at;
  const wanted = newestEdition(now, editionHour);
  const due = freezesAt(wanted, editionHour);
  const late = now.getTime() - due.getTime();
  const dry = newestPaperAt === null || since(newestPaperAt, now) > DRY_MS;
  if (newest === null && isWaking(at))
    return look('The first edition of new papers is being made.', 'Wait twenty minutes, then look again.');
  if (state === 'frozen' && newest)
    return dry
      ? mend(
          `No new paper has come since ${newestPaperAt ? dayOf(newestPaperAt) : 'the start'}.`,
          'Run "paperboy ingest" and see what it says of each source.',
        )
      : well(`${newest.date}, ${newest.papers} papers, ${lasting(since(newest.frozenAt, now))} old.`);
  if (late < LATE_MS || isWaking(at))
    return newest
      ? well(`${newest.date}, ${newest.papers} papers; that of ${wanted} is being made.`)
      : look('There is no edition yet.', `It is made at ${clockTime(due)}.`);
  if (dry)
    return mend(
      `There is no edition for ${wanted}: no paper has come since ${newestPaperAt ? dayOf(newestPaperAt) : 'the start'}.`,
      'Run "paperboy ingest" and see what it says of each source.',
    );
  if (newestPaperAt && (newest === null || newestPaperAt > newest.frozenAt))
    return mend(
      `There is no edition for ${wanted}, though papers came until ${moment(newestPaperAt, now)}.`,
      `Run "paperboy edition build --date ${wanted}" and see what it says.`,
    );
  return look(
    `There is no edition for ${wanted}: no new paper came.`,
    'Nothing to do: free days bring none, and the next paper makes one.',
  );
}

const FAILING_MS = DAY;

/** How a source goes; `started`: when the newest process began, with it in SOURCES. Pure. */
export function judgeSource(source: string, runs: SourceRuns | null, at: Awake, started = at.awake): Finding {
  const { well, look, mend } = findingsOf(sourceCheck(source), 'sources', source);
  const { now } = at;
  const out = `If it lasts, take it out of SOURCES.`;
  if (runs === null)
    return since(started, now) < WAKING_MS
      ? look(`${source} is being asked for the first time.`, 'Wait twenty minutes, then look again.')
      : mend(`${source} was not asked in eight days.`, 'Start "paperboy scheduler" and "paperboy worker".');
  const { goodAt, failingSince, failures, words, papers, skipped, usualPapers, usualSkipped } = runs;
  if (failingSince) {
    const times = failures === 1 ? 'once' : `${failures} times`;
    const failed = `${source} has failed since ${moment(failingSince, now)}, ${times}.`;
    return since(failingSince, now) >= FAILING_MS
      ? mend(failed, `It said: ${(words ?? 'nothing').slice(0, 300)} ${out}`)
      : look(failed, `Nothing to do today: it is asked again. It said: ${(words ?? 'nothing').slice(0, 300)}`);
  }
  if (goodAt && since(goodAt, now) >= FAILING_MS + 6 * HOUR && !isWaking(at))
    return mend(
      `${source} was not asked since ${moment(goodAt, now)}.`,
      'Start "paperboy scheduler" and "paperboy worker".',
    );
  if (skipped >= 20 && skipped > 3 * usualSkipped && skipped > 0.2 * (papers + skipped))
    return look(
      `Of ${figure(papers + skipped)} entries of ${source}, ${figure(skipped)} could not be read; ${figure(Math.round(usualSkipped))} are usual.`,
      'Nothing is lost of the others; if it lasts, upgrade Paperboy: the source may have changed its form.',
    );
  if (papers === 0 && usualPapers >= 20)
    return well(`${goodAt ? moment(goodAt, now) : ''}: no papers, as on free days.`);
  return well(`${goodAt ? moment(goodAt, now) : ''}: ${figure(papers)} papers.`);
}

const DISPATCH_LATE_MS = 2 * HOUR;
const NONE_HAS_IT_MS = 2 * HOUR;

/** Whether digests go out. Pure. */
export function judgeDigest({ dueSince, waiting, waitingSince, newest }: Sending, at: Awake): Finding {
  const { well, look, mend } = findingsOf('digest', 'queue', 'Digest');
  const { now } = at;
  if (isWaking(at)) return well('Digests are being looked after since the start.');
  if (dueSince && since(dueSince, now) >= DISPATCH_LATE_MS)
    return mend(
      `No digest went out: readers wait since ${moment(dueSince, now)}.`,
      'See that "paperboy worker" and "paperboy scheduler" run, and what their logs say.',
    );
  if (newest?.state === 'paused')
    return look(
      `The digest of ${newest.date} is paused.`,
      `Run "paperboy digest resume --date ${newest.date}" to go on.`,
    );
  if (waitingSince && since(waitingSince, now) >= STUCK_MS && !newest?.moves)
    return mend(
      `${figure(waiting)} batches wait for a worker since ${moment(waitingSince, now)}.`,
      'Start one more "paperboy worker", and see that the relay answers.',
    );
  if (newest?.state === 'sending' && !newest.reached && since(newest.frozenAt, now) >= NONE_HAS_IT_MS)
    return mend(
      `The digest of ${newest.date} is frozen since ${moment(newest.frozenAt, now)}, and no reader has it.`,
      'See that the relay answers: "paperboy doctor".',
    );
  return well(newest ? `That of ${newest.date} goes its way.` : 'No reader had one yet.');
}

/** Jobs of the work's queue that wait: each is of a minute, and a healthy queue has few. */
const MANY_WAITING = 500;

/** Whether the queue is worked off; `null`: it does not answer. Pure. */
export function judgeQueue(waiting: Record<string, number> | null): Finding {
  const { well, look, mend } = findingsOf('queue', 'queue', 'Waiting');
  if (waiting === null)
    return mend(
      'The queue does not answer, so no job is done.',
      'Start the Redis in REDIS_URL, or look at the database.',
    );
  const work = waiting['work'] ?? 0;
  if (work > MANY_WAITING)
    return look(
      `${figure(work)} jobs wait to be taken.`,
      'Start one more "paperboy worker" if they do not become fewer within an hour.',
    );
  return well(`${figure(work)} jobs and ${figure(waiting['deliver'] ?? 0)} batches wait.`);
}

/** Which brakes are on. Pure. */
export function judgeBrakes(brakes: readonly Brake[]): Finding {
  const { well, mend } = findingsOf('brakes', 'relay', 'Brakes');
  const [first] = brakes;
  if (!first) return well('None is on.');
  const { date, domain, unknown, frozen } = first;
  const what = domain === '' ? `the digest of ${date}` : `mail of ${date} to ${domain}`;
  return mend(
    `${brakes.length === 1 ? 'A brake holds' : `${brakes.length} brakes are on, the first holds`} ${what}: ${figure(unknown)} of ${figure(frozen)} addresses were called unknown.`,
    `Mend the relay, then run "paperboy digest resume --date ${date}".`,
  );
}

/** Gmail and others ask for less than one complaint in a thousand. */
export const PER_COMPLAINT = 1000;
/** Fewer say nothing of a small list. */
const FEWEST_COMPLAINTS = 3;
const COUNTED_DAYS = 7;
export const countedSince = (now: Date): Date => new Date(now.getTime() - COUNTED_DAYS * DAY);

/** Whether too many readers call the mail spam. Pure. */
export function judgeComplaints({ count, accepted }: Complaints): Finding {
  const { well, mend } = findingsOf('complaints', 'relay', 'Complaints');
  if (count >= FEWEST_COMPLAINTS && accepted < count * PER_COMPLAINT)
    return mend(
      `${count} of ${figure(accepted)} deliveries in ${COUNTED_DAYS} days were called spam; the limit is 1 in ${figure(PER_COMPLAINT)}.`,
      'See with "paperboy subscribers show" how these readers came, and mail no list that did not ask.',
    );
  return well(
    count === 0
      ? `None in ${COUNTED_DAYS} days.`
      : `${count} in ${COUNTED_DAYS} days; you are told at 1 in ${figure(PER_COMPLAINT)}.`,
  );
}

const FEWEST_BOUNCED = 5;
const MOST_BOUNCED = 0.05;

/** Whether too much comes back. Pure. */
export function judgeBounces({ readers, active }: { readers: number; active: number }): Finding {
  const { well, look } = findingsOf('bounces', 'relay', 'Bounced');
  const share = `Mail of ${figure(readers)} of ${figure(active)} readers came back in ${COUNTED_DAYS} days.`;
  return readers >= FEWEST_BOUNCED && readers > MOST_BOUNCED * active
    ? look(share, 'See their reasons with "paperboy audit"; mailboxes that do not exist leave by themselves.')
    : well(share);
}

/** Whether deliveries wait for the operator's word. Pure. */
export function judgeUnknown(sums: readonly UnknownSums[], onUnknown: 'resend' | 'hold'): Finding {
  const { well, mend } = findingsOf('unknown', 'relay', 'Unknown');
  const open = sums.map((one) => ({ date: one.date, count: openOf(one) })).filter(({ count }) => count > 0);
  const [first] = open;
  if (onUnknown === 'resend' || !first) return well('No delivery waits for your word.');
  const all = open.reduce((sum, { count }) => sum + count, 0);
  return mend(
    `${figure(all)} deliveries may or may not have arrived, and wait for your word.`,
    `Run "paperboy digest unknown --date ${first.date} --resend", or --close if the relay's log says that they went out.`,
  );
}
