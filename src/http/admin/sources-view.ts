import type { Run } from '../../db/sources.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import type { PaperSource } from '../../papers/source.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import { type Clock, timeLeft } from './words.ts';

/** How many runs of a source are shown. */
export const RUNS_SHOWN = 8;
/** A source that is silent for so long needs the operator. */
const TOO_LONG_MS = DAY;

export interface SourceFacts extends Pick<PaperSource, 'name' | 'hasLists' | 'observe'> {
  /** Newest first. */
  runs: readonly Run[];
  answeredAt: Date | null;
  nextAt: Date | null;
  /** Papers that it brought first in the last thirty days. */
  papers: number;
  /** Papers of the newest edition that are of it. */
  inEdition: number;
}

export interface SourcesFacts {
  now: Date;
  sources: readonly SourceFacts[];
  /** The newest edition, and how many papers it shows. */
  edition: { date: string; papers: number } | null;
  said: string | null;
  problem: string | null;
}

type Mark = 'mend' | 'look' | 'well';

export interface SourcesView {
  sentence: string;
  deck: string;
  said: string | null;
  problem: string | null;
  sources: SourceView[];
}

export interface SourceView {
  id: string;
  name: string;
  title: string;
  mark: Mark;
  aside: string;
  says: string;
  facts: string[];
  rows: { when: string; took: string; papers: string; skipped: string; says: string }[];
}

const TITLES: Readonly<Record<string, string>> = {
  huggingface: 'Hugging Face',
  arxiv: 'arXiv',
  hackernews: 'Hacker News',
  github: 'GitHub',
};
export const titleOf = (name: string): string => TITLES[name] ?? name;

/** The page of sources. Pure. */
export function sourcesView(facts: SourcesFacts, clock: Clock): SourcesView {
  return {
    sentence: sentence(facts, clock),
    deck: 'Each is asked by itself; asking one now does no harm, and what it says twice counts once.',
    said: facts.said,
    problem: facts.problem,
    sources: facts.sources.map((source, i) => sourceView(source, i, facts, clock)),
  };
}

/** Whether its last run brought something. */
const isSilent = ({ runs: [last] }: SourceFacts): boolean =>
  last !== undefined && last.error !== null && last.papers === 0;

function markOf(source: SourceFacts, now: Date): Mark {
  if (source.runs.length === 0) return 'look';
  if (!isSilent(source)) return 'well';
  const since = source.answeredAt ?? source.runs.at(-1)!.startedAt;
  return now.getTime() - since.getTime() >= TOO_LONG_MS ? 'mend' : 'look';
}

function sentence({ now, sources }: SourcesFacts, clock: Clock): string {
  const silent = sources.filter(isSilent);
  const unasked = sources.filter(({ runs }) => runs.length === 0);
  if (sources.length === 0) return 'No source is asked: SOURCES names none.';
  if (silent.length > 0) {
    const others = sources.length - silent.length - unasked.length;
    const parts = silent.map((source) => `${titleOf(source.name)} ${silenceOf(source, clock)}`);
    return `${listed(parts)}${others > 0 ? `; ${counted(others, 'other answers', 'others answer')}` : ''}.`;
  }
  if (unasked.length === sources.length) return 'No source has been asked yet.';
  const oldest = Math.min(...sources.flatMap(({ answeredAt }) => (answeredAt ? [answeredAt.getTime()] : [])));
  const subject = sources.length === 1 ? titleOf(sources[0]!.name) : `All ${counted(sources.length, 'source')}`;
  return `${subject} answered within the last ${spanWords(now.getTime() - oldest)}; nothing needs you.`;
}

const silenceOf = ({ answeredAt }: SourceFacts, clock: Clock): string =>
  answeredAt === null ? 'has never answered' : `has not answered since ${clock.time(answeredAt)}`;

function spanWords(ms: number): string {
  if (ms <= HOUR) return 'hour';
  return ms < 2 * DAY ? counted(Math.ceil(ms / HOUR), 'hour') : counted(Math.ceil(ms / DAY), 'day');
}

function sourceView(source: SourceFacts, place: number, { now, edition }: SourcesFacts, clock: Clock): SourceView {
  const { name, runs, nextAt } = source;
  const mark = markOf(source, now);
  return {
    id: `source-${place}`,
    name,
    title: titleOf(name),
    mark,
    aside: nextAt === null ? 'Not on the schedule now' : `Asked next at ${clock.time(nextAt)}, ${fromNow(nextAt, now)}`,
    says: stateWords(source, mark, clock),
    facts: [lackWords(source), ...shareWords(source, edition, clock)],
    rows: runs.map((run) => ({
      when: clock.time(run.startedAt),
      took: tookWords(run.finishedAt.getTime() - run.startedAt.getTime()),
      papers: figure(run.papers),
      skipped: figure(run.skipped),
      says: runWords(run),
    })),
  };
}

const fromNow = (at: Date, now: Date): string => {
  const ms = at.getTime() - now.getTime();
  return ms <= MINUTE ? 'at any moment' : `in ${timeLeft(ms / SECOND)}`;
};

function stateWords(source: SourceFacts, mark: Mark, clock: Clock): string {
  const [last] = source.runs;
  if (last === undefined) return 'It has not been asked yet.';
  if (mark === 'well')
    return last.error === null ? 'It answers.' : 'It answers, but a part of what was asked could not be had.';
  const again =
    mark === 'mend' ? 'See whether its address is right and reachable from here.' : 'It is asked again by itself.';
  return `It ${silenceOf(source, clock)}. ${again}`;
}

/** What an edition lacks while it is silent. */
function lackWords({ name, hasLists, observe }: SourceFacts): string {
  if (observe)
    return 'It tells what others say of papers. Without it no paper is missing; their points stay as they were.';
  if (hasLists)
    return 'It brings the papers that people vote on, and their votes. Without it, editions go by the votes of before.';
  if (name === 'arxiv')
    return 'It brings the new papers of the morning. Without it, editions have no fresh picks, and the wider topics nothing new.';
  return 'It brings the papers of one feed. Without it only these are missing.';
}

function shareWords(
  { papers, inEdition, observe }: SourceFacts,
  edition: SourcesFacts['edition'],
  clock: Clock,
): string[] {
  if (observe) return [];
  const brought = `It brought ${counted(papers, 'paper')} in the last 30 days`;
  if (edition === null) return [`${brought}.`];
  return [
    `${brought}, and ${figure(inEdition)} of the ${figure(edition.papers)} in the edition of ${clock.day(edition.date)}.`,
  ];
}

function tookWords(ms: number): string {
  if (ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(1)} s`;
  return ms < 2 * MINUTE ? `${Math.round(ms / SECOND)} s` : `${Math.round(ms / MINUTE)} min`;
}

function runWords({ error, skipped }: Run): string {
  if (error !== null) return error;
  return skipped > 0
    ? `${capitalised(counted(skipped, 'entry', 'entries'))} could not be read, and ${skipped === 1 ? 'is' : 'are'} left out.`
    : '';
}
