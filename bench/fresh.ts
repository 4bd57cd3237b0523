import path from 'node:path';
import { parseArgs } from 'node:util';
import { isDay } from '../src/day.ts';
import { byScore } from '../src/order.ts';
import { pairedBootstrap } from '../src/ranking/figures.ts';
import { seeded } from '../src/ranking/seeded.ts';
import { mean } from '../src/ranking/standing.ts';
import { type Outcome, readOutcomes, readPool } from './fresh-pool.ts';
import { type FreshMorning, walkMornings } from './fresh-walk.ts';
import { readLists, type VotedPaper } from './ranking-lists.ts';

// How well the papers that readers will vote for are picked out of arXiv's announcement of a morning,
// before any of them is on a list.

const USAGE = `npm run bench:fresh -- --pool DIR --data DIR[,DIR] [--from DATE] [--until DATE] [--hourless] [--json]
  --hourless: without the hour of submission, which arXiv's feeds do not tell`;
const PICKS = 20;
const FIRST = 10;
const TOP = 5;
const BINS = 5;
const SHUFFLES = 20;

/** What the picks of one morning are worth. */
interface Figures {
  /** The votes of the picks, of those that the best 20 papers of the morning got. */
  captured20: number;
  /** Of the papers that were among the first five of their list, how many are picks; how many there are. */
  topPicks: number;
  tops: number;
  /** How many of the first ten picks were listed. */
  precision10: number;
  /** How often a listed paper stands before one that is not. */
  auc: number;
}

interface Truth {
  outcomes: ReadonlyMap<string, Outcome>;
  /** Papers that were among the first five of their list. */
  tops: ReadonlySet<string>;
}

function figuresOf(papers: readonly { id: string }[], scores: readonly number[], { outcomes, tops }: Truth): Figures {
  const entries = papers.map(({ id }, i) => ({ id, score: scores[i]!, votes: outcomes.get(id)?.upvotes ?? 0 }));
  const picks = entries.toSorted(byScore).slice(0, PICKS);
  const best = entries.toSorted((a, b) => b.votes - a.votes).slice(0, PICKS);
  const votes = (some: typeof entries): number => some.reduce((sum, entry) => sum + entry.votes, 0);
  return {
    captured20: votes(best) === 0 ? 1 : votes(picks) / votes(best),
    topPicks: picks.filter(({ id }) => tops.has(id)).length,
    tops: entries.filter(({ id }) => tops.has(id)).length,
    precision10: mean(picks.slice(0, FIRST).map(({ id }) => Number(outcomes.has(id)))),
    auc: aucOf(entries, outcomes),
  };
}

function aucOf(entries: readonly { id: string; score: number }[], outcomes: Truth['outcomes']): number {
  const { listed = [], others = [] } = Object.groupBy(entries, ({ id }) => (outcomes.has(id) ? 'listed' : 'others'));
  const before = (a: number, b: number): number => (Math.sign(a - b) + 1) / 2;
  return mean(listed.flatMap((one) => others.map((other) => before(one.score, other.score))));
}

const average = (all: readonly Figures[]) => ({
  captured20: mean(all.map((one) => one.captured20)),
  topfive20: sum(all.map((one) => one.topPicks)) / Math.max(1, sum(all.map((one) => one.tops))),
  precision10: mean(all.map((one) => one.precision10)),
  auc: mean(all.map((one) => one.auc)),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const companionVotes = ({ papers, memory }: FreshMorning): number[] =>
  papers.map((paper) => sum(memory.companions.of(paper).map(({ standing }) => Math.max(0, standing))));

/** Each says of a morning's papers which come first. */
const BASELINES: Record<string, (morning: FreshMorning) => number[]> = {
  authors: ({ papers }) => papers.map(({ authors }) => authors.length),
  companions: companionVotes,
};

/** A chance that was foretold, and whether it came true. */
interface Told {
  chance: number;
  listed: number;
}

const binOf = (told: readonly Told[]) => ({
  papers: told.length,
  foretold: mean(told.map(({ chance }) => chance)),
  came: mean(told.map(({ listed }) => listed)),
});

/** Bins of as many papers each, from the least likely on. */
function equalBins(told: readonly Told[]) {
  const sorted = told.toSorted((a, b) => a.chance - b.chance);
  const cut = (bin: number): number => Math.round((bin * sorted.length) / BINS);
  return Array.from({ length: BINS }, (_, bin) => binOf(sorted.slice(cut(bin), cut(bin + 1))));
}

/** Bins of chances from 0 to .2, from .2 to .4 and so on: few papers are in the last ones. */
const chanceBins = (told: readonly Told[]) =>
  Array.from({ length: BINS }, (_, bin) =>
    binOf(told.filter(({ chance }) => Math.min(BINS - 1, Math.floor(chance * BINS)) === bin)),
  );

function judge(mornings: Iterable<FreshMorning>, truth: Truth) {
  const ours: Figures[] = [];
  const chances: number[] = [];
  const others: Record<string, Figures[]> = { random: [], authors: [], companions: [] };
  const told: Told[] = [];
  const picked: Told[] = [];
  const random = seeded(1);
  for (const morning of mornings) {
    const { papers, forecasts } = morning;
    const chance = forecasts.map((one) => one.chance);
    ours.push(
      figuresOf(
        papers,
        forecasts.map((one) => one.score),
        truth,
      ),
    );
    chances.push(figuresOf(papers, chance, truth).auc);
    for (const [name, scores] of Object.entries(BASELINES))
      others[name]!.push(figuresOf(papers, scores(morning), truth));
    const shuffles = Array.from({ length: SHUFFLES }, () => figuresOf(papers, papers.map(random), truth));
    others['random']!.push({ ...shuffles[0]!, ...average(shuffles) });
    const listed = (id: string): number => Number(truth.outcomes.has(id));
    told.push(...forecasts.map(({ id, chance: foretold }) => ({ chance: foretold, listed: listed(id) })));
    const picks = forecasts.toSorted(byScore).slice(0, PICKS);
    picked.push(...picks.map(({ id, chance: foretold }) => ({ chance: foretold, listed: listed(id) })));
  }
  if (ours.length === 0) throw new Error('the pool has no morning to foretell: it takes two to learn from');
  const shares = (figures: readonly Figures[]): number[] => figures.map((one) => one.captured20);
  return {
    ...average(ours),
    auc: mean(chances),
    mornings: ours.length,
    papers: told.length,
    calibration: equalBins(told),
    calibrationByChance: chanceBins(told),
    calibrationOfPicks: equalBins(picked),
    baselines: Object.fromEntries(
      Object.entries(others).map(([name, figures]) => [
        name,
        { ...average(figures), gain: pairedBootstrap(shares(ours), shares(figures)) },
      ]),
    ),
  };
}

function topsOf(lists: readonly VotedPaper[][]): Set<string> {
  const firsts = lists.flatMap((list) => list.toSorted((a, b) => b.upvotes - a.upvotes).slice(0, TOP));
  return new Set(firsts.map(({ id }) => id));
}

const round = (value: number): number => Number(value.toFixed(4));

function tell({ calibration, calibrationByChance, calibrationOfPicks, baselines, ...ours }: ReturnType<typeof judge>) {
  console.log(`${ours.mornings} mornings, ${ours.papers} papers`);
  const row = (figures: ReturnType<typeof average>) => ({
    'votes of 20': round(figures.captured20),
    'top fives': round(figures.topfive20),
    'first ten': round(figures.precision10),
    AUC: round(figures.auc),
  });
  const others = Object.entries(baselines).map(([name, { gain, ...figures }]) => [
    name,
    { ...row(figures), 'ours beyond it': `${round(gain.mean)} (${round(gain.low)} … ${round(gain.high)})` },
  ]);
  console.table({ model: row(ours), ...Object.fromEntries(others) });
  for (const bins of [calibration, calibrationByChance, calibrationOfPicks]) console.table(bins);
}

interface Wishes {
  data?: string | undefined;
  pool?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  hourless: boolean;
}

function walkOf({ data, pool: folder, from, until, hourless }: Wishes) {
  if (data === undefined || folder === undefined) throw new Error(`name the pool and the folders of lists: ${USAGE}`);
  for (const [name, day] of Object.entries({ from, until }))
    if (day !== undefined && !isDay(day)) throw new Error(`--${name} must be a day such as 2026-06-22, not "${day}"`);
  const lists = readLists(data.split(',').map((one) => path.resolve(one)));
  const last = lists.at(-1)?.[0]!.day;
  if (last === undefined) throw new Error(`there is no list DATE.json to learn from in ${data}`);
  const pool = readPool(path.resolve(folder));
  if (pool.length === 0) throw new Error(`there is no DATE.jsonl.gz in ${folder}`);
  return { lists, pool, from, until: until ?? last, hourless };
}

try {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      pool: { type: 'string' },
      from: { type: 'string' },
      until: { type: 'string' },
      hourless: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const walk = walkOf(values);
  const truth = { outcomes: readOutcomes(path.resolve(values.pool!)), tops: topsOf(walk.lists) };
  const result = judge(walkMornings(walk), truth);
  if (!values.json) tell(result);
  console.log(JSON.stringify(result, (_key, value) => (typeof value === 'number' ? round(value) : value)));
} catch (error) {
  console.error(`bench:fresh: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
