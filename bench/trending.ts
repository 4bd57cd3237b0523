import path from 'node:path';
import { parseArgs } from 'node:util';
import { isDay } from '../src/day.ts';
import { FEATURE_GROUPS, type FeatureGroup } from '../src/ranking/features.ts';
import { foretell } from '../src/ranking/model.ts';
import { seeded } from '../src/ranking/seeded.ts';
import { earlyFigures, glimpsesOf } from './early-votes.ts';
import { ndcg, pairedBootstrap, spearman } from '../src/ranking/figures.ts';
import { mean } from '../src/ranking/standing.ts';
import { readLists, type VotedPaper } from './ranking-lists.ts';
import { authorHistory, authorSum, walkForward, type Morning, type Walk } from './walk-forward.ts';

// How well papers are ranked before their votes come. Each day from --from on is foretold from what
// lies before it, and the order is compared with the votes that the day brought.

const USAGE = `npm run bench:trending -- --data DIR[,DIR] [--from DATE] [--until DATE] [--train-until DATE]
  [--without ${FEATURE_GROUPS.join(',')}] [--early] [--json]`;
/** Without --from, this share of the days is only learnt from. */
const LEARNT_SHARE = 0.6;
const SHUFFLES = 20;

interface Wishes {
  data?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  'train-until'?: string | undefined;
  without?: string | undefined;
}

function walkOf({ data, from, until, 'train-until': trainUntil, without }: Wishes): Walk {
  if (data === undefined) throw new Error(`name the folders of lists: ${USAGE}`);
  for (const [name, day] of Object.entries({ from, until, 'train-until': trainUntil }))
    if (day !== undefined && !isDay(day)) throw new Error(`--${name} must be a day such as 2026-03-02, not "${day}"`);
  const folders = data.split(',').map((folder) => path.resolve(folder));
  const lists = readLists(folders).filter(([paper]) => until === undefined || paper!.day <= until);
  const days = lists.map(([paper]) => paper!.day);
  const first =
    from ?? days.find((day, i) => (trainUntil === undefined ? i >= days.length * LEARNT_SHARE : day > trainUntil));
  if (first === undefined || !days.some((day) => day >= first))
    throw new Error(`there is no list DATE.json to foretell in ${data}`);
  if (trainUntil !== undefined && first <= trainUntil)
    throw new Error(`--from ${first} must be later than --train-until ${trainUntil}`);
  return { lists, from: first, trainUntil: trainUntil ?? null, without: groupsOf(without) };
}

function groupsOf(without: string | undefined): FeatureGroup[] {
  const names = without?.split(',') ?? [];
  const unknown = names.find((name) => !FEATURE_GROUPS.some((group) => group === name));
  if (unknown !== undefined) throw new Error(`--without knows ${FEATURE_GROUPS.join(', ')}, not "${unknown}"`);
  return FEATURE_GROUPS.filter((group) => names.includes(group));
}

/** What an order of one day is worth. */
interface Figures {
  ndcg5: number;
  ndcg10: number;
  spearman: number;
}

function figuresOf(papers: readonly VotedPaper[], scores: readonly number[]): Figures {
  const votes = papers.map((paper) => paper.upvotes);
  return { ndcg5: ndcg(scores, votes, 5), ndcg10: ndcg(scores, votes, 10), spearman: spearman(scores, votes) };
}

const average = (figures: readonly Figures[]): Figures => ({
  ndcg5: mean(figures.map((one) => one.ndcg5)),
  ndcg10: mean(figures.map((one) => one.ndcg10)),
  spearman: mean(figures.map((one) => one.spearman)),
});

/** Each says of a morning's papers which come first, knowing no votes of that day. */
const BASELINES = {
  authors: ({ papers }: Morning) => papers.map((paper) => paper.authors.length),
  stars: ({ papers }: Morning) => papers.map((paper) => paper.stars),
  authorHistory,
  authorSum,
};

function judge(walk: Walk, early: boolean) {
  const ours: Figures[] = [];
  const baselines: Record<string, Figures[]> = { random: [] };
  for (const name of Object.keys(BASELINES)) baselines[name] = [];
  const glimpses: ReturnType<typeof glimpsesOf> = [];
  const random = seeded(1);
  let papers = 0;
  for (const morning of walkForward(walk)) {
    papers += morning.papers.length;
    ours.push(figuresOf(morning.papers, foretell(morning.model, morning.papers, morning.history)));
    for (const [name, scores] of Object.entries(BASELINES))
      baselines[name]!.push(figuresOf(morning.papers, scores(morning)));
    const shuffles = Array.from({ length: SHUFFLES }, () => figuresOf(morning.papers, morning.papers.map(random)));
    baselines['random']!.push(average(shuffles));
    if (early) glimpses.push(...glimpsesOf(morning));
  }
  const over = Object.entries(baselines).map(([name, figures]) => {
    const gain = (key: keyof Figures) =>
      pairedBootstrap(
        ours.map((one) => one[key]),
        figures.map((one) => one[key]),
      );
    return [name, { ...average(figures), gain: { ndcg5: gain('ndcg5'), spearman: gain('spearman') } }];
  });
  return {
    ...average(ours),
    days: ours.length,
    papers,
    from: walk.from,
    without: walk.without,
    baselines: Object.fromEntries(over) as Record<string, Figures & { gain: Gains }>,
    ...(early && { early: earlyFigures(glimpses) }),
  };
}

type Gains = Record<'ndcg5' | 'spearman', ReturnType<typeof pairedBootstrap>>;

const round = (value: number): number => Number(value.toFixed(4));

function tell({ baselines, early, ...model }: ReturnType<typeof judge>): void {
  const row = ({ ndcg5, ndcg10, spearman }: Figures) => ({
    'NDCG@5': round(ndcg5),
    'NDCG@10': round(ndcg10),
    Spearman: round(spearman),
  });
  const others = Object.entries(baselines).map(([name, figures]) => {
    const { mean: gain, low, high } = figures.gain.ndcg5;
    return [name, { ...row(figures), 'ours beyond it': `${round(gain)} (${round(low)} … ${round(high)})` }] as const;
  });
  console.log(`${model.days} days from ${model.from} on, ${model.papers} papers`);
  console.table({ model: row(model), ...Object.fromEntries(others) });
  for (const { slowingHours, lastsHours, scope, hours } of early ?? []) {
    console.log(`Spearman while votes come for ${lastsHours} h, slowing in ${slowingHours} h; papers: ${scope}`);
    console.table(hours.map(({ gain, ...hour }) => ({ ...hour, gain: round(gain.mean), low: round(gain.low) })));
  }
}

try {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      from: { type: 'string' },
      until: { type: 'string' },
      'train-until': { type: 'string' },
      without: { type: 'string' },
      early: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const walk = walkOf(values);
  const result = judge(walk, values.early);
  if (!values.json) tell(result);
  console.log(JSON.stringify(result, (_key, value) => (typeof value === 'number' ? round(value) : value)));
} catch (error) {
  console.error(`bench:trending: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
