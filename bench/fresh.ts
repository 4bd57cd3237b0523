import path from 'node:path';
import { parseArgs } from 'node:util';
import { isDay } from '../src/day.ts';
import { byScore } from '../src/order.ts';
import { pairedBootstrap } from '../src/ranking/figures.ts';
import { seeded } from '../src/ranking/seeded.ts';
import { mean } from '../src/ranking/standing.ts';
import { readOutcomes, readPool, type Outcome } from './fresh-pool.ts';
import { walkMornings, type FreshMorning } from './fresh-walk.ts';
import { readLists } from './ranking-lists.ts';

// How well the papers that readers will vote for are picked out of arXiv's announcement of a morning,
// before any of them is on a list.

const USAGE = 'npm run bench:fresh -- --pool DIR --data DIR[,DIR] [--from DATE] [--until DATE] [--json]';
const PICKS = 20;
const FIRST = 10;
const TOP = 5;

const overlapOf = ({ papers, memory }: FreshMorning) => papers.map((p) => Math.max(0, ...memory.companions.of(p).map((c) => c.shared)));
const BASELINES: Record<string, (m: FreshMorning) => number[]> = {
  authors: ({ papers }) => papers.map(({ authors }) => authors.length),
  companions: ({ papers, memory }) => papers.map((p) => memory.companions.of(p).reduce((sum, c) => sum + Math.max(0, c.standing ?? 0), 0)),
  overlap: overlapOf,
};
const SHUFFLES = 20;

interface Judged { captured20: number; topfive20: number; tops: number; topHits: number; precision10: number; auc: number; got: number; best: number }

function judge(papers: readonly { id: string }[], scores: readonly number[], chances: readonly number[], outcomes: Map<string, Outcome>, topFives: Set<string>): Judged {
  const entries = papers.map(({ id }, i) => ({ id, score: scores[i]!, votes: outcomes.get(id)?.upvotes ?? 0, listed: outcomes.has(id) })).toSorted(byScore);
  const picks = entries.slice(0, PICKS);
  const sum = (l: { votes: number }[]) => l.reduce((s, e) => s + e.votes, 0);
  const best = sum(entries.toSorted((a, b) => b.votes - a.votes).slice(0, PICKS));
  const tops = entries.filter(({ id }) => topFives.has(id));
  const topHits = picks.filter(({ id }) => topFives.has(id)).length;
  return {
    captured20: best === 0 ? 1 : sum(picks) / best, got: sum(picks), best,
    topfive20: tops.length === 0 ? NaN : topHits / tops.length, tops: tops.length, topHits,
    precision10: picks.slice(0, FIRST).filter((e) => e.listed).length / FIRST,
    auc: auc(chances.filter((_, i) => outcomes.has(papers[i]!.id)), chances.filter((_, i) => !outcomes.has(papers[i]!.id))),
  };
}
function auc(pos: number[], neg: number[]): number {
  let s = 0;
  for (const a of pos) for (const b of neg) s += a > b ? 1 : a === b ? 0.5 : 0;
  return s / (pos.length * neg.length);
}
const average = (all: Judged[]) => ({
  captured20: mean(all.map((o) => o.captured20)),
  pooled20: all.reduce((s, o) => s + o.got, 0) / all.reduce((s, o) => s + o.best, 0),
  topfive20: all.reduce((s, o) => s + o.topHits, 0) / all.reduce((s, o) => s + o.tops, 0),
  precision10: mean(all.map((o) => o.precision10)),
  auc: mean(all.map((o) => o.auc)),
});

const { values } = parseArgs({ options: { data: { type: 'string' }, pool: { type: 'string' }, from: { type: 'string' }, until: { type: 'string' }, json: { type: 'boolean', default: false } } });
if (!values.data || !values.pool) throw new Error(USAGE);
if (values.from && !isDay(values.from)) throw new Error(USAGE);
const lists = readLists(values.data.split(',').map((f) => path.resolve(f)));
const pool = readPool(path.resolve(values.pool));
const outcomes = readOutcomes(path.resolve(values.pool));
const topFives = new Set(lists.flatMap((list) => list.toSorted((a, b) => b.upvotes - a.upvotes).slice(0, TOP).map(({ id }) => id)));
const ours: Judged[] = [];
const others: Record<string, Judged[]> = { random: [] };
for (const n of Object.keys(BASELINES)) others[n] = [];
const random = seeded(1);
const pairs: { chance: number; listed: number; morning: string; pick: boolean }[] = [];
for (const m of walkMornings({ lists, pool, from: values.from ?? '2026-06-22', until: values.until ?? '2026-07-10' })) {
  const chances = m.forecasts.map((f) => f.chance);
  const scores = m.forecasts.map((f) => f.chance * f.votes);
  ours.push(judge(m.papers, scores, chances, outcomes, topFives));
  const cut = scores.toSorted((a, b) => b - a)[19]!;
  for (const [i, p] of m.papers.entries()) pairs.push({ chance: chances[i]!, listed: Number(outcomes.has(p.id)), morning: m.morning, pick: scores[i]! >= cut });
  for (const [n, f] of Object.entries(BASELINES)) { const s = f(m); others[n]!.push(judge(m.papers, s, s, outcomes, topFives)); }
  const sh = Array.from({ length: SHUFFLES }, () => { const s = m.papers.map(random); return judge(m.papers, s, s, outcomes, topFives); });
  others['random']!.push({ ...sh[0]!, captured20: mean(sh.map((o) => o.captured20)), precision10: mean(sh.map((o) => o.precision10)), auc: mean(sh.map((o) => o.auc)) });
  if (!values.json) console.log(m.morning, m.papers.length, ours.at(-1));
}
const bin = (ps: typeof pairs) => ({ papers: ps.length, foretold: mean(ps.map((p) => p.chance)), came: mean(ps.map((p) => p.listed)) });
const width = Array.from({ length: 5 }, (_, b) => bin(pairs.filter((p) => Math.min(4, Math.floor(p.chance * 5)) === b)));
const sorted = pairs.toSorted((a, b) => a.chance - b.chance);
const quint = Array.from({ length: 5 }, (_, b) => bin(sorted.slice(Math.floor((b * sorted.length) / 5), Math.floor(((b + 1) * sorted.length) / 5))));
const picked = sorted.filter((p) => p.pick);
const picksq = Array.from({ length: 5 }, (_, b) => bin(picked.slice(Math.floor((b * picked.length) / 5), Math.floor(((b + 1) * picked.length) / 5))));
console.log(JSON.stringify({
  ...average(ours), mornings: ours.length, calibration: width, quint, picksq,
  baselines: Object.fromEntries(Object.entries(others).map(([n, all]) => [n, { ...average(all), gain: pairedBootstrap(ours.map((o) => o.captured20), all.map((o) => o.captured20)) }])),
}, (_k, v) => (typeof v === 'number' ? Number(v.toFixed(4)) : v)));
