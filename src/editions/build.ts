import { type Db, transaction, type Tx } from '../db/client.ts';
import { choicesFor, droppedOf, type EditionChoice } from '../db/edition-choices.ts';
import { editionSize, type FrozenEntry, freezeEdition, ledBefore, lockEditions } from '../db/editions.ts';
import { tellEditionFrozen } from '../db/hook-events.ts';
import { firstIngest, papersFirstSeen, signalsUntil } from '../db/papers.ts';
import { asOf, dayOf } from '../day.ts';
import { DAY } from '../duration.ts';
import { CANDIDATE_DAYS, OVERALL, type Paper, type Signal } from '../paper.ts';
import type { Topics } from '../papers/topics.ts';
import { inPart, inSpan, isTracing, tellEdition } from '../tracing/spans.ts';
import type { FeatureGroup } from '../ranking/features.ts';
import { type Ranking, rankingAt } from '../ranking/fit.ts';
import { pickFresh } from '../ranking/pick-fresh.ts';
import { type Scored, scorePapers } from '../ranking/score.ts';
import { keepHits } from './follows.ts';
import { DIGEST_SIZE, type Led, rankPapers, selectEdition } from './select.ts';
import { risesAgain } from './returns.ts';

export interface BuildResult {
  date: string;
  /** False when the day's edition was frozen before, or no paper is there to make one of. */
  built: boolean;
  /**
   * How many topics have an edition on that day, OVERALL among them, and how many papers the
   * overall one holds.
   */
  topics: number;
  papers: number;
}

interface BuildDeps {
  now: () => Date;
  /** The topics in force. */
  topics: Topics;
  /** What ranking is not to look at. */
  without?: readonly FeatureGroup[];
}

interface Choice {
  sample: boolean;
  without: readonly FeatureGroup[];
  ranking: Ranking;
}

interface BuildInput {
  date: string;
  /** As of when, if not as of the day: for a look at one that is to come. */
  moment?: Date | undefined;
  sampleOnly?: boolean;
}

/**
 * Freezes the edition of a day, overall and for every topic, as of that day. What is frozen stays:
 * a second build changes nothing. Without candidates nothing is written, so that the day can still
 * be built when papers have come.
 */
export async function buildEdition({ db, ...deps }: BuildDeps & { db: Db }, input: BuildInput): Promise<BuildResult> {
  return inSpan('freeze edition', { day: input.date }, async (span) => {
    const startedAt = deps.now();
    const result = await transaction(db, (tx) => buildEditionWithin({ ...deps, tx }, input));
    const attributes = attributesOf(result);
    span.setAttributes(attributes);
    // What fails here the day's first digest of a reader who follows something does.
    if (result.built) await inPart('find what is followed', () => keepHits(db, input.date)).catch(() => {});
    if (result.built && isTracing()) {
      const first = await firstIngest(db, { after: new Date(startedAt.getTime() - DAY), until: startedAt });
      tellEdition(input.date, { startTime: first ?? startedAt, attributes });
    }
    return result;
  });
}

const attributesOf = ({ date, built, topics, papers }: BuildResult) => ({
  'paperboy.edition.date': date,
  'paperboy.edition.built': built,
  'paperboy.edition.topics': topics,
  'paperboy.edition.papers': papers,
});

/** The same as a part of the caller's transaction. */
export async function buildEditionWithin(
  { tx, now, topics, without = [] }: BuildDeps & { tx: Tx },
  { date, moment = asOf(date, now()), sampleOnly: sample = false }: BuildInput,
): Promise<BuildResult> {
  await lockEditions(tx);
  const frozen = await editionSize(tx, date);
  if (frozen.topics > 0) return { date, built: false, ...frozen };
  const ranking = await rankingAt(tx, moment);
  const choices = sample ? [] : await choicesFor(tx, date);
  const stand = await inPart('rank papers', () => standAt(tx, moment, { sample, without, ranking }));
  const lists = selectLists(stand, { moment, topics, choices });
  for (const { topic, entries } of lists) await freezeEdition(tx, { date, topic, frozenAt: now(), sample, entries });
  // Forecasts live from names: where the operator wants none of that, there are none.
  if (lists.length > 0 && !sample && !without.includes('authors'))
    await pickFresh(tx, { date, moment, ranking, dropped: droppedOf(choices) });
  const sums = { topics: lists.length, papers: lists[0]?.entries.filter((entry) => entry.isListed).length ?? 0 };
  if (lists.length > 0 && !sample) await tellEditionFrozen(tx, date, sums, now());
  return { date, built: lists.length > 0, ...sums };
}

/** What lists are made of: every recent paper, best first, and what each did before. */
interface Stand {
  ranked: Scored[];
  signals: ReadonlyMap<string, Signal[]>;
  led: ReadonlyMap<string, ReadonlyMap<string, Led>>;
}

/** The lists that hold anything, the overall one first. Pure. */
function selectLists(
  { ranked: all, signals, led }: Stand,
  { moment, topics, choices }: { moment: Date; topics: Topics; choices: readonly EditionChoice[] },
) {
  const pinned = choices.filter(({ choice }) => choice === 'pin').map(({ paperId }) => paperId);
  const dropped = droppedOf(choices);
  const ranked = all.filter(({ paper }) => !dropped.has(paper.id));
  const rises = (paper: Paper, before: Led): boolean =>
    risesAgain(signals.get(paper.id) ?? [], { ...before, date: dayOf(moment) });
  const filed = new Map(ranked.map(({ paper }) => [paper.id, new Set(topics.classify(paper).map(({ slug }) => slug))]));
  const filters = topics.list.map(({ slug }) => ({
    slug,
    belongs: (paper: Paper) => filed.get(paper.id)?.has(slug) ?? false,
  }));
  const lists = [{ slug: OVERALL, belongs: () => true }, ...filters].map(({ slug, belongs }) => ({
    topic: slug,
    entries: selectEdition({
      topic: slug,
      ranked: ranked.filter(({ paper }) => belongs(paper)),
      led: led.get(slug) ?? new Map(),
      rises,
      pinned,
    }),
  }));
  // A day that shows nothing new has no edition, though a reader may have missed some of the old.
  return lists[0]!.entries.some((entry) => entry.isListed) ? lists.filter(({ entries }) => entries.length > 0) : [];
}

/** What a day's edition would hold if it were frozen now, overall; nothing is written. */
export interface Standing {
  /** Best first: those that would be shown, then the others. */
  entries: (FrozenEntry & { paper: Paper; topics: string[] })[];
  /** Where each pinned paper would stand by its score. */
  byScore: ReadonlyMap<string, number>;
  choices: EditionChoice[];
}

export async function standingOf(
  { tx, now, topics, without = [] }: BuildDeps & { tx: Tx },
  date: string,
): Promise<Standing> {
  const moment = now();
  const choices = await choicesFor(tx, date);
  const stand = await standAt(tx, moment, { sample: false, without, ranking: await rankingAt(tx, moment) });
  const papers = new Map(stand.ranked.map(({ paper }) => [paper.id, paper]));
  const overall = (held: readonly EditionChoice[]): FrozenEntry[] =>
    selectLists(stand, { moment, topics, choices: held })[0]?.entries ?? [];
  const entries = overall(choices);
  const unpinned = overall(choices.filter((one) => one.choice === 'drop'));
  return {
    entries: entries.map((entry) => {
      const paper = papers.get(entry.paperId)!;
      return { ...entry, paper, topics: topics.classify(paper).map(({ slug }) => slug) };
    }),
    byScore: new Map(unpinned.map(({ paperId, rank }) => [paperId, rank])),
    choices,
  };
}

async function standAt(tx: Tx, until: Date, { sample, without, ranking }: Choice): Promise<Stand> {
  const after = new Date(until.getTime() - CANDIDATE_DAYS * DAY);
  const papers = await papersFirstSeen(tx, { after, until, sample });
  const ids = papers.map((paper) => paper.id);
  const signals = Map.groupBy(await signalsUntil(tx, ids, until), (signal) => signal.paperId);
  const observed = papers.map((paper) => ({ paper, signals: signals.get(paper.id) ?? [] }));
  const ranked = rankPapers(scorePapers(observed, { ranking, asOf: until, without }));
  const led = await ledBefore(
    tx,
    ranked.map(({ paper }) => paper.id),
    DIGEST_SIZE,
  );
  return { ranked, signals, led };
}
