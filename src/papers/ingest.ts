import { isDeepStrictEqual } from 'node:util';
import { type Db, transaction, type Tx } from '../db/client.ts';
import { appendSignals, livePapers, lockIngest, papersById, recordIngestRun, writePapers } from '../db/papers.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { inPart, markFailed } from '../tracing/spans.ts';
import { completePapers } from './complete.ts';
import { asOf } from '../day.ts';
import { DAY } from '../duration.ts';
import { mergePaper } from './merge.ts';
import type { Paper, Signal } from '../paper.ts';
import { retireSamples } from './retire.ts';
import type { Fetched, FetchedPaper, PaperSource } from './source.ts';

export interface IngestDeps {
  db: Db;
  sources: readonly PaperSource[];
  now: () => Date;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  signal?: AbortSignal;
}

export interface IngestResult {
  source: string;
  /** Papers the source named, how many of them were new, and the signals appended. */
  papers: number;
  added: number;
  signals: number;
  /** Entries that could not be read. */
  skipped: number;
  error?: AppError;
}

/**
 * Asks every source, or the one named, for the papers of a day (without one: the newest) and stores
 * what they say as of that day. Doing it twice changes nothing; a source that fails is reported and
 * does not stop the others.
 */
export async function ingest(
  deps: IngestDeps,
  input: { source?: string; date?: string } = {},
): Promise<IngestResult[]> {
  const moment = input.date === undefined ? deps.now() : asOf(input.date, deps.now());
  const results: IngestResult[] = [];
  for (const source of chosen(deps.sources, input.source))
    results.push(
      await inPart('ingest source', async (span) => {
        const asked = { date: input.date ?? null, moment, isCurrent: input.date === undefined };
        const result = await ingestSource(deps, source, asked);
        span.setAttributes(attributesOf(result));
        if (result.error) markFailed(span, result.error.code);
        return result;
      }),
    );
  // Never for a replayed day, which must not change with what the network says today; nor while the
  // network says nothing.
  if (input.date === undefined && results.some((r) => r.papers > 0) && !results.some((r) => r.error))
    await completePapers(deps);
  return results;
}

/** A feed's address may hold a key of the operator's: its host names it. */
const attributesOf = ({ source, papers, added, signals, skipped }: IngestResult) => ({
  'paperboy.source': source.split('/')[0]!,
  'paperboy.ingest.papers': papers,
  'paperboy.ingest.added': added,
  'paperboy.ingest.signals': signals,
  'paperboy.ingest.skipped': skipped,
});

function chosen(sources: readonly PaperSource[], name: string | undefined): readonly PaperSource[] {
  const found = name === undefined ? sources : sources.filter((source) => source.name === name);
  if (found.length > 0 || name === undefined) return found;
  throw new AppError(
    'CONFIG_INVALID',
    `There is no source named "${name.slice(0, 40)}". Choose from ${sources.map((s) => s.name).join(', ')}, which ` +
      'SOURCES lists.',
  );
}

/** What is asked of a source: its newest papers or a day's list, and as of when. */
interface Asked {
  date: string | null;
  moment: Date;
  /** Whether the source speaks of today, and may correct what it said before. */
  isCurrent: boolean;
  /** Takes nothing but what the source says is of that day: it may not know the day, and give another. */
  isStrict?: boolean;
}

/** Takes in one list of a day, as it stands now or as it stood then. */
export const ingestList = (
  deps: IngestDeps,
  source: PaperSource,
  list: Omit<Asked, 'isStrict'>,
): Promise<IngestResult> => ingestSource(deps, source, { ...list, isStrict: true });

async function ingestSource(
  deps: IngestDeps,
  source: PaperSource,
  { date, moment, isCurrent, isStrict = false }: Asked,
): Promise<IngestResult> {
  const startedAt = deps.now();
  const run = { source: source.name, asOf: moment, startedAt };
  try {
    // What others say today was not said on a day gone by.
    if (source.observe && !isCurrent) return { source: source.name, papers: 0, added: 0, signals: 0, skipped: 0 };
    if (source.observe) return await observeWith(deps, source as Observer, run);
    const said = await source.fetch({ date, asOf: moment, ...(deps.signal && { signal: deps.signal }) });
    const fetched = isStrict ? { ...said, papers: said.papers.filter((paper) => paper.listedOn === date) } : said;
    if (fetched.skipped > 0)
      deps.log.warn(
        { source: source.name, skipped: fetched.skipped },
        'ingest left out entries that it could not read',
      );
    if (fetched.missed) deps.log.warn({ source: source.name, err: fetched.missed }, fetched.missed.message);
    const result = await transaction(deps.db, async (tx) => {
      const stored = await store(tx, source.name, fetched, { moment, isCurrent, now: deps.now() });
      await recordIngestRun(tx, {
        ...run,
        finishedAt: deps.now(),
        papers: stored.papers,
        skipped: stored.skipped,
        error: fetched.missed?.message ?? null,
      });
      return stored;
    });
    deps.log.info({ ...result }, 'ingested');
    return result;
  } catch (cause) {
    // Asked to stop: nothing failed, and the next ingest takes it up.
    deps.signal?.throwIfAborted();
    const error = asFailure(source.name, cause);
    deps.log.error({ source: source.name, code: error.code, err: cause }, error.message);
    await recordIngestRun(deps.db, { ...run, finishedAt: deps.now(), papers: 0, skipped: 0, error: error.message });
    return { source: source.name, papers: 0, added: 0, signals: 0, skipped: 0, error };
  }
}

/** Older papers enter no edition. */
const RECENT_MS = 8 * DAY;

type Observer = PaperSource & Required<Pick<PaperSource, 'observe'>>;
/** Papers of which others may still speak, and how many of them are asked about. */
const LIVE_MS = 14 * DAY;
const MOST_LIVE = 2_000;

/** Asks what is observed of live papers, and appends what is new. */
async function observeWith(
  deps: IngestDeps,
  source: Observer,
  run: { source: string; asOf: Date; startedAt: Date },
): Promise<IngestResult> {
  const { asOf } = run;
  const papers = await livePapers(deps.db, {
    after: new Date(asOf.getTime() - LIVE_MS),
    until: asOf,
    limit: MOST_LIVE,
  });
  const { observations, skipped } = await source.observe({ papers, asOf, ...(deps.signal && { signal: deps.signal }) });
  if (skipped > 0) deps.log.warn({ source: source.name, skipped }, 'ingest left out answers that it could not read');
  const observed = observations.map((one) => ({ ...one, source: source.name, observedAt: asOf }));
  const told = new Set(observed.map((one) => one.paperId)).size;
  const signals = await transaction(deps.db, async (tx) => {
    await lockIngest(tx);
    const appended = await appendSignals(tx, observed);
    await recordIngestRun(tx, { ...run, finishedAt: deps.now(), papers: told, skipped, error: null });
    return appended;
  });
  const result = { source: source.name, papers: told, added: 0, signals, skipped };
  deps.log.info({ ...result }, 'ingested');
  return result;
}

const asFailure = (name: string, cause: unknown): AppError =>
  cause instanceof AppError
    ? cause
    : new AppError(
        'SOURCE_UNAVAILABLE',
        `Cannot take in papers from ${name}: ${codeOf(cause) ?? 'an unexpected failure'}. It is tried again at ` +
          'the next ingest; the log has the details.',
        { cause },
      );

/**
 * Merges what was fetched into the database. Only papers that change are written, so `updated_at`
 * tells the truth.
 */
async function store(
  tx: Tx,
  name: string,
  fetched: Fetched,
  { moment, isCurrent, now }: { moment: Date; isCurrent: boolean; now: Date },
): Promise<IngestResult> {
  await lockIngest(tx);
  const said = onePerId(fetched.papers.map((paper) => asPaper(paper, name, moment)));
  const revised = onePerId((fetched.revised ?? []).map((paper) => asPaper(paper, name, moment)));
  const known = new Map((await papersById(tx, [...said.keys(), ...revised.keys()])).map((paper) => [paper.id, paper]));
  const isRevision = ({ id }: Paper): boolean => !said.has(id) && (known.get(id)?.source ?? 'sample') !== 'sample';
  const changed = [...said.values(), ...[...revised.values()].filter(isRevision)];
  const merged = changed.map((paper) => merge(known.get(paper.id), paper, isCurrent));
  await writePapers(
    tx,
    merged.filter((paper) => !isDeepStrictEqual(paper, known.get(paper.id))),
    now,
  );
  const signals = await appendSignals(tx, observed(fetched.papers, name, moment));
  // Papers of long ago make no edition, and leave the samples' as it is.
  const isRecent = now.getTime() - moment.getTime() < RECENT_MS;
  if (name !== 'sample' && said.size > 0 && isRecent) await retireSamples(tx);
  const added = merged.filter((paper) => (known.get(paper.id)?.source ?? 'sample') === 'sample').length;
  return { source: name, papers: said.size, added, signals, skipped: fetched.skipped };
}

const merge = (known: Paper | undefined, said: Paper, current: boolean): Paper =>
  known ? mergePaper(known, said, current) : said;

function asPaper(fetched: FetchedPaper, source: string, moment: Date): Paper {
  const { metrics: _, seenAt = moment, ...said } = fetched;
  return { ...said, source, firstSeenAt: seenAt };
}

/** A paper that moved between two pages while they were read comes twice. */
function onePerId(papers: readonly Paper[]): Map<string, Paper> {
  const byId = new Map<string, Paper>();
  for (const paper of papers) byId.set(paper.id, merge(byId.get(paper.id), paper, false));
  return byId;
}

function observed(papers: readonly FetchedPaper[], source: string, observedAt: Date): Signal[] {
  const byKey = new Map<string, Signal>();
  for (const { id, metrics } of papers) {
    for (const [metric, value] of Object.entries(metrics))
      byKey.set(`${id} ${metric}`, { paperId: id, source, metric, observedAt, value });
  }
  return [...byKey.values()];
}
