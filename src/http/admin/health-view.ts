import type { BackupRun } from '../../db/backup-runs.ts';
import { HOUR, MINUTE } from '../../duration.ts';
import { type Finding, type Group, GROUPS, headlineOf, type Verdict, worstFirst } from '../../health/finding.ts';
import type { KeptFinding } from '../../health/watch.ts';
import { actOf, type NeedAct } from './needs-view.ts';
import { capitalised, counted, figure } from '../../figures.ts';
import { type Clock, sizeOf } from './words.ts';

export interface HealthFacts {
  now: Date;
  findings: readonly KeptFinding[];
  runs: readonly BackupRun[];
  /** Where backups are kept, and how many; `null`: Paperboy makes none by itself. */
  backups: { directory: string; keep: number } | null;
  /** Where what is to mend is told by mail, as a sentence has it. */
  isTold: boolean;
}

export interface HealthView {
  kicker: string;
  /** What leads to the worst group stands before a colon. */
  headline: { link: { text: string; href: string } | null; rest: string };
  deck: string | null;
  /** Groups with the worst first, in two columns that read one after the other. */
  columns: GroupView[][];
  told: string;
  backups: BackupsView;
}

export interface GroupView {
  id: Group;
  label: string;
  aside: string;
  checks: { verdict: Verdict; name: string; sentence: string; remedy: string | null; act: NeedAct | null }[];
}

export interface BackupsView {
  aside: string;
  /** What is so where there is no table. */
  says: string | null;
  canMake: boolean;
  rows: { at: string; took: string; size: string; words: string; isBad: boolean }[];
}

const LABELS: Readonly<Record<Group, string>> = {
  backups: 'Backups',
  storage: 'Storage',
  relay: 'Relay',
  dns: 'DNS',
  sources: 'Sources',
  queue: 'Queue',
  settings: 'Settings',
};

/** What was not looked at for so long is not looked after. */
const STALE_MS = 15 * MINUTE;
/** A backup that did not end in so long does not. */
const GIVEN_UP_MS = 6 * HOUR;

export function healthView(facts: HealthFacts, clock: Clock): HealthView {
  const { findings, backups } = facts;
  const groups = groupsOf(findings, backups !== null);
  return {
    kicker: lookedWords(findings, clock),
    ...heading(facts, groups, clock),
    columns: columnsOf(groups),
    told: facts.isTold
      ? 'What is to mend is told to you by mail, once a day for each cause, and once when it is over.'
      : 'What is to mend is told by mail as soon as ALERT_TO names an address.',
    backups: backupsView(facts, clock),
  };
}

const newest = (findings: readonly KeptFinding[]): Date | null =>
  findings.length === 0 ? null : new Date(Math.max(...findings.map(({ lookedAt }) => lookedAt.getTime())));

/** What is asked of others is asked less often than this machine is looked at. */
function lookedWords(findings: readonly KeptFinding[], clock: Clock): string {
  const [near, far] = (['near', 'far'] as const).map((look) => newest(findings.filter((one) => one.look === look)));
  const at = newest(findings);
  if (at === null) return 'Not looked at yet';
  const says = `Looked at ${clock.time(near ?? at)}`;
  const isApart = near && far && clock.time(near) !== clock.time(far);
  return isApart ? `${says}, at the relay, the DNS and the site ${clock.time(far)}` : says;
}

function heading(
  { findings, now }: HealthFacts,
  groups: readonly GroupView[],
  clock: Clock,
): Pick<HealthView, 'headline' | 'deck'> {
  const at = newest(findings);
  if (at === null)
    return {
      headline: { link: null, rest: 'Nothing was looked at yet.' },
      deck: 'The first look is taken within a minute.',
    };
  if (now.getTime() - at.getTime() > STALE_MS)
    return {
      headline: { link: null, rest: `Nothing has been looked at since ${clock.time(at)}.` },
      deck: 'What stands here was so then. Look again now, and see that Paperboy runs.',
    };
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  const [mend, look, well] = [count('mend'), count('look'), count('well')];
  const says = headlineOf(worstFirst(findings));
  const of = `${figure(well)} of ${figure(findings.length)} checks are well.`;
  if (mend === 0) return { headline: { link: null, rest: says }, deck: look === 0 ? null : of };
  const [text = '', rest = ''] = says.split(': ', 2);
  const more = look === 0 ? '' : `${capitalised(counted(look, 'more is', 'more are'))} worth a look. `;
  return { headline: { link: { text, href: `#${groups[0]!.id}` }, rest }, deck: more + of };
}

function groupsOf(findings: readonly Finding[], canBackUp: boolean): GroupView[] {
  const groups = GROUPS.map((id) => ({ id, checks: worstFirst(findings.filter(({ group }) => group === id)) }));
  const known = groups.filter(({ checks }) => checks.length > 0);
  const worst = worstFirst(known.map((group) => ({ ...group, verdict: group.checks[0]!.verdict })));
  return worst.map(({ id, checks }) => ({
    id,
    label: LABELS[id],
    aside: asideOf(checks),
    checks: checks.map(({ check, verdict, name, sentence, remedy }) => ({
      verdict,
      name,
      sentence,
      remedy,
      act: verdict === 'well' ? null : actOf(check, canBackUp),
    })),
  }));
}

function asideOf(checks: readonly Finding[]): string {
  const count = (verdict: Verdict): number => checks.filter((check) => check.verdict === verdict).length;
  const well = count('well');
  if (well === checks.length) return well === 1 ? 'well' : `all ${well} well`;
  const parts = [
    [count('mend'), 'to mend'],
    [count('look'), 'to look at'],
    [well, 'well'],
  ] as const;
  return parts.flatMap(([some, words]) => (some === 0 ? [] : [`${some} ${words}`])).join(', ');
}

/** About how many lines a group takes: its head, and what each check has to say. */
const heightOf = ({ checks }: GroupView): number =>
  checks.reduce((sum, { sentence, remedy, act }) => sum + linesOf(sentence) + linesOf(remedy ?? '') + (act ? 2 : 0), 3);
const LINE = 40;
const linesOf = (text: string): number => Math.ceil(text.length / LINE);

/** Cut where both columns are most alike, so that a phone, which has one, still has the worst first. */
function columnsOf(groups: readonly GroupView[]): GroupView[][] {
  const height = (of: readonly GroupView[]): number => of.reduce((sum, group) => sum + heightOf(group), 0);
  const apart = (cut: number): number => Math.abs(height(groups.slice(0, cut)) - height(groups.slice(cut)));
  const cuts = groups.map((_, i) => i + 1).toSorted((a, b) => apart(a) - apart(b));
  const cut = cuts[0] ?? 0;
  return [groups.slice(0, cut), groups.slice(cut)].filter((column) => column.length > 0);
}

function backupsView({ backups, runs, now }: HealthFacts, clock: Clock): BackupsView {
  if (backups === null)
    return {
      aside: '',
      says: 'Paperboy makes none by itself, because BACKUP_DIR names no directory. “paperboy backup FILE” makes one.',
      canMake: false,
      rows: [],
    };
  return {
    aside: `${capitalised(counted(backups.keep, 'is', 'are'))} kept in ${backups.directory}`,
    says: runs.length === 0 ? 'None was made yet: the first is made in the night.' : null,
    canMake: true,
    rows: runs.map((run) => ({
      at: clock.time(run.beganAt),
      took: run.endedAt === null ? '' : durationOf(run.endedAt.getTime() - run.beganAt.getTime()),
      size: run.bytes === null ? '' : sizeOf(run.bytes),
      words: backupWords(run, now),
      isBad: run.ok === false || isGivenUp(run, now),
    })),
  };
}

const isGivenUp = ({ beganAt, endedAt }: BackupRun, now: Date): boolean =>
  endedAt === null && now.getTime() - beganAt.getTime() > GIVEN_UP_MS;

function backupWords(run: BackupRun, now: Date): string {
  if (run.ok === null) return isGivenUp(run, now) ? 'It did not end.' : 'It is being made.';
  return run.words ?? '';
}

const durationOf = (ms: number): string =>
  ms < 100_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / MINUTE)} min`;
