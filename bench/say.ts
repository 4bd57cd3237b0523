// Whether what readers say makes their digests better: simulated readers of hidden interests press
// "more like this" and "not for me", and the NDCG@10 of their later digests is compared with that of
// readers who say nothing. bench/results-content.md tells how they are made.
//   npm run bench:say -- --data DIR[,DIR] [--half early|late|all] [--seed N] [--sets N]
//     [--like mixed|topics|words|authors] [--press both|more] [--slips 0.1]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { orderPlaces, type Place, selectForReader } from '../src/editions/select.ts';
import { daysBetween } from '../src/day.ts';
import { OVERALL, CANDIDATE_DAYS } from '../src/paper.ts';
import { fromEntries } from '../src/papers/huggingface.ts';
import { type Background, backgroundOf, leanOf, type Said, tasteOf } from '../src/papers/taste.ts';
import { topicsInForce } from '../src/papers/topics.ts';
import { ndcg } from '../src/ranking/figures.ts';
import { seeded } from '../src/ranking/seeded.ts';
import { mean } from '../src/ranking/standing.ts';
import { listFiles } from './ranking-lists.ts';
import { INTERESTS, known, type KnownPaper, makeReaders, type Reader } from './readers.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    half: { type: 'string', default: 'all' },
    seed: { type: 'string', default: '1' },
    sets: { type: 'string', default: '1' },
    like: { type: 'string', default: 'mixed' },
    press: { type: 'string', default: 'both' },
    slips: { type: 'string', default: '0.1' },
  },
});
if (options.data === undefined) throw new Error('bench:say needs --data DIR');
const interests = INTERESTS[options.like];
if (interests === undefined) throw new Error(`bench:say knows --like ${Object.keys(INTERESTS).join(', ')}`);
if (!['both', 'more'].includes(options.press)) throw new Error('bench:say knows --press both, more');
const onlyMore = options.press === 'more';
/** The share of presses that are slips of the finger. */
const slips = Number(options.slips);

const READERS = 24;
const DAYS = 50;
const PRESSES = 20;
const FEW_PRESSES = 5;
/** Readers press for so many days at most before their digests are judged. */
const WARM_UP_DAYS = 20;
const PRESSES_A_DAY = 2;
/** A day older, a paper needs 2.5 times the votes: as src/ranking/score.ts has it. */
const AGE = Math.log(2.5);
/** How far a forecast of votes is off, in its logarithm: that of the model on these days. */
const FORECAST_ERROR = 0.8;
const DIGEST = 10;
/** A reader whose digests lose so much got worse by what they said. */
const WORSE = 0.05;

interface Day {
  date: string;
  background: Background;
  places: Place[];
  known: ReadonlyMap<string, KnownPaper>;
}

const all = await readDays(options.data.split(','));
const half = Math.ceil(all.length / 2);
const days = options.half === 'early' ? all.slice(0, half) : options.half === 'late' ? all.slice(half) : all;
if (days.length < DAYS + WARM_UP_DAYS)
  throw new Error(`bench:say needs ${DAYS + WARM_UP_DAYS} days of lists, and there are ${days.length}`);
const papers = [...new Map(days.flatMap((day) => [...day.known])).values()];
const readers = Array.from({ length: Number(options.sets) }, (_, n) => Number(options.seed) + n).flatMap((seed) => {
  const random = seeded(seed);
  return makeReaders(papers, { count: READERS, seed, interests }).map((reader) => ({
    reader,
    start: Math.floor(random() * (days.length - DAYS - WARM_UP_DAYS + 1)),
    seed: Math.floor(random() * 2 ** 31),
  }));
});
const outcomes = readers.map(({ reader, start, seed }) => {
  const window = days.slice(start, start + WARM_UP_DAYS + DAYS);
  const likes = likesOf(reader);
  const [none, few, many] = [0, FEW_PRESSES, PRESSES].map((presses) => live(likes, window, presses, seed)) as [
    number[],
    number[],
    number[],
  ];
  return { none: mean(none), few: mean(few), many: mean(many), days: none.length };
});
// Of a reader who never had a paper to like no figure can be told.
const judged = outcomes.filter((one) => one.none > 0);
const gainOf = (one: Outcome, of: 'few' | 'many'): number => (one.none > 0 ? one[of] / one.none - 1 : 0);
const gain = (of: 'few' | 'many') => judged.map((one) => gainOf(one, of));
const isWorse = (one: Outcome, of: 'few' | 'many'): boolean => gainOf(one, of) < -WORSE;
const sets = Array.from({ length: Number(options.sets) }, (_, n) => outcomes.slice(n * READERS, (n + 1) * READERS));
/** The share of sets of 24 readers of which none got worse. */
const setsWell = (of: 'few' | 'many') => mean(sets.map((set) => Number(!set.some((one) => isWorse(one, of)))));
const round = (value: number): number => Number(value.toFixed(4));
const none = mean(judged.map((one) => one.none));
console.log(
  JSON.stringify({
    ndcg10: round(none),
    gain5: round(mean(judged.map((one) => one.few)) / none - 1),
    gain20: round(mean(judged.map((one) => one.many)) / none - 1),
    meanGain5: round(mean(gain('few'))),
    meanGain20: round(mean(gain('many'))),
    worst5: round(Math.min(...gain('few'))),
    worst20: round(Math.min(...gain('many'))),
    // The share of readers whose digests got worse by more than 5 %.
    worse5: round(mean(judged.map((one) => Number(isWorse(one, 'few'))))),
    worse20: round(mean(judged.map((one) => Number(isWorse(one, 'many'))))),
    setsWell5: round(setsWell('few')),
    setsWell20: round(setsWell('many')),
    readers: readers.length,
    judged: judged.length,
    days: DAYS,
    // On the other days of a reader there was no paper that they like.
    daysJudged: round(mean(judged.map((one) => one.days))),
    fewestDays: Math.min(...judged.map((one) => one.days)),
    presses: PRESSES,
    like: options.like,
    press: options.press,
    slips,
    from: days[0]!.date,
    until: days.at(-1)!.date,
    papers: papers.length,
  }),
);

interface Outcome {
  none: number;
  few: number;
  many: number;
  /** On so many days there was a paper to like. */
  days: number;
}

/** How much a reader likes each paper, found once. */
function likesOf(reader: Reader): (paper: KnownPaper) => number {
  const found = new Map<string, number>();
  return (known) => {
    const before = found.get(known.paper.id) ?? reader.likes(known);
    found.set(known.paper.id, before);
    return before;
  };
}

/** A reader's digests through a window: presses come in its first days, and the NDCG of the last is told. */
function live(likes: (paper: KnownPaper) => number, window: readonly Day[], presses: number, seed: number): number[] {
  const random = seeded(seed);
  const had = new Map<string, number>();
  const said: Said[] = [];
  let taste: ReadonlyMap<string, number> = new Map();
  return window.flatMap((day, at) => {
    const traits = (id: string) => day.known.get(id)!.traits;
    const leaning = { by: 'score', of: ({ id }: { id: string }) => leanOf(taste, traits(id)) } as const;
    const open = day.places.filter(({ paper }) => !had.has(paper.id));
    const digest = selectForReader({
      places: day.places,
      topics: [OVERALL],
      had,
      limit: DIGEST,
      ...(taste.size > 0 && { leaning }),
    });
    const liked = (id: string): number => likes(day.known.get(id)!);
    const before = said.length;
    if (at < WARM_UP_DAYS)
      for (const { paper } of pressed(
        digest.map(({ paper }) => paper),
        liked,
        Math.min(PRESSES_A_DAY, presses - said.length),
        random,
      ))
        said.push({ traits: traits(paper.id), liked: onlyMore || random() < slips !== liked(paper.id) > 0 });
    if (said.length > before) {
      taste = new Map(tasteOf(said, day.background).map(({ id, weight }) => [id, weight]));
    }
    for (const { paper } of digest) had.set(paper.id, 1);
    if (at < WARM_UP_DAYS || !open.some(({ paper }) => liked(paper.id) > 0)) return [];
    const place = new Map(digest.map(({ paper }, i) => [paper.id, DIGEST - i]));
    return [
      ndcg(
        open.map(({ paper }) => place.get(paper.id) ?? 0),
        open.map(({ paper }) => liked(paper.id)),
        DIGEST,
      ),
    ];
  });
}

/**
 * What a reader presses at under a digest: the paper they like best, and one that they do not. Who
 * says "more like this" alone slips by pressing at the other one.
 */
function pressed<Of extends { id: string }>(
  digest: readonly Of[],
  liked: (id: string) => number,
  most: number,
  random: () => number,
): { paper: Of }[] {
  const best = digest.toSorted((a, b) => liked(b.id) - liked(a.id))[0];
  const unloved = digest.filter(({ id }) => liked(id) === 0);
  const other = unloved[Math.floor(random() * unloved.length)];
  const good = best && liked(best.id) > 0 ? best : undefined;
  const more = onlyMore && good && random() < slips ? other : good;
  const wanted = (onlyMore ? [more] : [good, other]).filter((paper) => paper !== undefined);
  return wanted.slice(0, Math.max(0, most)).map((paper) => ({ paper }));
}

/** Each day's edition, as it would be frozen: the papers of eight days by the votes that are foretold. */
async function readDays(folders: readonly string[]): Promise<Day[]> {
  const topics = topicsInForce();
  const lists = await Promise.all(
    listFiles(folders).map(async ([date, file], n) => {
      const { papers } = await fromEntries(JSON.parse(readFileSync(file, 'utf8')) as unknown[]);
      const error = seeded(n + 1);
      return papers.map(({ metrics: { upvotes = 0 }, ...paper }) => {
        const filed = topics.classify(paper).map(({ slug }) => topics.list.find((topic) => topic.slug === slug)!);
        const foretold = Math.log1p(upvotes) + FORECAST_ERROR * gaussian(error);
        return {
          date,
          foretold,
          known: known({ ...paper, source: 'huggingface', firstSeenAt: new Date(date) }, upvotes, filed),
        };
      });
    }),
  );
  const dates = listFiles(folders).map(([date]) => date);
  return dates.map((date, at) => {
    const recent = lists.slice(Math.max(0, at - CANDIDATE_DAYS), at + 1).flat();
    const fresh = recent.filter((one) => daysBetween(one.date, date) < CANDIDATE_DAYS);
    const once = [...new Map(fresh.map((one) => [one.known.paper.id, one])).values()];
    const places = once.map((one) => ({
      paper: one.known.paper,
      topic: OVERALL,
      rank: 0,
      reasons: [],
      backSince: null,
      score: one.foretold - AGE * daysBetween(one.date, date),
      weeklyScore: one.foretold,
    }));
    return {
      date,
      background: backgroundOf(once.map((one) => one.known.traits)),
      places: orderPlaces(places, 'score'),
      known: new Map(once.map((one) => [one.known.paper.id, one.known])),
    };
  });
}

/** By Box and Muller. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
