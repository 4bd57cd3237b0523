// Replays recorded lists morning by morning, with votes that arrive as in bench/vote-arrivals.ts, and
// tells what readers would have got: whether each day's best reach them, whether a week's digest
// holds the week's best, and whether any promise on digests is broken.
//   npm run bench:replay -- --data DIR[,DIR] --from DATE [--until DATE] [--hour 4]
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { addDays } from '../src/day.ts';
import { placesOn } from '../src/db/editions.ts';
import { appendSignals, writePapers } from '../src/db/papers.ts';
import { HOUR } from '../src/duration.ts';
import { buildEdition } from '../src/editions/build.ts';
import { orderPlaces, type Place, selectForReader } from '../src/editions/select.ts';
import { OVERALL, type Paper, type Signal } from '../src/paper.ts';
import { fromEntries } from '../src/papers/huggingface.ts';
import { fitIfDue } from '../src/ranking/fit.ts';
import { comparable } from '../src/ranking/listed.ts';
import { ndcg } from '../src/ranking/figures.ts';
import { mean } from '../src/ranking/standing.ts';
import { openStore } from '../src/store.ts';
import { createLogger } from '../src/telemetry.ts';
import { listFiles } from './ranking-lists.ts';
import { ARRIVALS, simulateArrivals } from './vote-arrivals.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    from: { type: 'string' },
    until: { type: 'string', default: '9999-12-31' },
    hour: { type: 'string', default: '4' },
  },
});
if (options.data === undefined || options.from === undefined)
  throw new Error('bench:replay needs --data DIR and --from DATE');
const { from, until } = options as { from: string; until: string };
const hour = Number(options.hour);

/** Who reads along: of everything every day, and of up to five topics. */
const READERS: readonly string[][] = [
  [OVERALL],
  ['speech-audio', 'agents'],
  ['robotics', 'retrieval', 'security'],
  ['language-models', 'vision', 'theory', 'people'],
  ['agents', 'generation', 'code', 'science-medicine', 'graphs-and-time'],
];

interface Listed {
  paper: Paper;
  upvotes: number;
  /** When each of its votes came, in milliseconds. */
  votes: number[];
}

/** The papers of a list, with simulated moments of their votes. */
async function readDay(day: string, file: string, seed: number): Promise<Listed[]> {
  const { papers } = await fromEntries(JSON.parse(readFileSync(file, 'utf8')) as unknown[]);
  const start = Date.parse(`${day}T00:00:00Z`);
  const asListed = papers.map(({ metrics: { upvotes = 0 }, seenAt: _, ...paper }) => ({
    paper: { ...paper, source: 'huggingface', listedOn: day },
    upvotes,
  }));
  const arrivals = simulateArrivals(
    asListed.map(({ paper, upvotes }) => ({ ...paper, day, upvotes })) as never,
    ARRIVALS[0]!,
    seed,
  );
  return asListed.map(({ paper, upvotes }, i) => {
    // A page that was made long before its list gathers votes on the list's day all the same.
    const pageAt = Math.max(paper.pageAt?.getTime() ?? start, start - 20 * HOUR);
    const first = pageAt - (paper.pageAt?.getTime() ?? pageAt);
    const votes = arrivals[i]!.map((hours) => start + hours * HOUR + first);
    return { upvotes, votes, paper: { ...paper, pageAt: new Date(pageAt), firstSeenAt: new Date(pageAt) } };
  });
}

const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'paperboy-replay-')));
try {
  await replay();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function replay(): Promise<void> {
  const log = createLogger('warn');
  await using store = await openStore(loadConfig({ ...process.env, PAPERBOY_DATA: scratch }), log, {});
  const { db, topics } = store;
  const slugs = [OVERALL, ...topics.list.map(({ slug }) => slug)];
  const days = listFiles(options.data!.split(',')).filter(([day]) => day <= until);
  const lists = new Map<string, Listed[]>();
  const known = new Set<string>();
  for (const [i, [day, file]] of days.entries()) lists.set(day, await readDay(day, file, i + 1));
  await remember([...lists].filter(([day]) => day < from).flatMap(([, list]) => list));

  const readers = READERS.map((topics) => topics.filter((topic) => slugs.includes(topic))).map((topics) => ({
    topics,
    had: new Map<string, number>(),
    twice: 0,
    returns: 0,
    missing: 0,
  }));
  const weekly: number[] = [];
  const daily: number[] = [];
  const reasons = { told: 0, false: 0 };
  for (let date = from; date <= addDays(days.at(-1)![0], 7); date = addDays(date, 1)) {
    const now = new Date(Date.parse(`${date}T00:00:00Z`) + hour * HOUR);
    await observe(date, now);
    await fitIfDue({ db, now: () => now });
    await buildEdition({ db, topics, now: () => now }, { date });
    const places = await placesOn(db, date, slugs);
    const ordered = orderPlaces(places, 'score');
    for (const reader of readers) {
      const had = new Map(reader.had);
      const chosen = selectForReader({ places: ordered, topics: reader.topics, had });
      for (const { paper, backSince } of chosen) {
        if (had.has(paper.id) && backSince === null) reader.twice++;
        if (backSince !== null) reader.returns++;
        reader.had.set(paper.id, (reader.had.get(paper.id) ?? 0) + 1);
      }
      const held = new Set(chosen.map(({ paper }) => paper.id));
      for (const topic of reader.topics) {
        const of = ordered.filter((place) => place.topic === topic && !had.has(place.paper.id));
        if (of.length > 0 && !of.some((place) => held.has(place.paper.id))) reader.missing++;
      }
    }
    if (new Date(`${date}T00:00:00Z`).getUTCDay() === 1) weekly.push(...weekOf(date, places));
    for (const place of places.filter(({ topic, isListed }) => topic === OVERALL && isListed)) {
      for (const reason of place.reasons) {
        reasons.told++;
        if (!isTrue(reason, place.paper, now)) {
          reasons.false++;
          console.error(date, place.paper.id, reason);
        }
      }
    }
    daily.push(places.filter(({ topic, isListed }) => topic === OVERALL && isListed).length);
  }

  const judged = [...lists].filter(([day, list]) => day >= from && list.length >= 5);
  const bestOf = judged.map(([, list]) => {
    const best = list.toSorted((a, b) => b.upvotes - a.upvotes).slice(0, 5);
    return best.filter(({ paper }) => readers[0]!.had.has(paper.id)).length / best.length;
  });
  console.log(
    JSON.stringify({
      topFive: mean(bestOf),
      weeklyNdcg10: mean(weekly),
      weeks: weekly.length,
      days: judged.length,
      shown: mean(daily),
      reasons,
      readers: readers.map(({ topics, had, twice, returns, missing }) => ({
        topics,
        papers: had.size,
        twice,
        returns,
        missing,
      })),
    }),
  );

  /** Whether a reason holds, reckoned from the simulated votes alone. */
  function isTrue(reason: string, paper: Paper, now: Date): boolean {
    // A paper on two lists is one paper.
    const all = [
      ...new Map(
        [...lists.values()]
          .flat()
          .toReversed()
          .map((one) => [one.paper.id, one]),
      ).values(),
    ];
    const upvotesOf = ({ votes }: Listed): number => votes.filter((at) => at <= now.getTime()).length;
    const hoursOf = (one: Paper): number => (now.getTime() - one.pageAt!.getTime()) / HOUR;
    const said = /^([\d,]+) upvotes in (an hour|a day|(\d+) (hours|days))(?:, more than (.*) of its age)?$/.exec(
      reason,
    );
    if (said) {
      const [, count = '', span = '', number, unit, ahead] = said;
      const own = all.find((one) => one.paper.id === paper.id)!;
      const upvotes = upvotesOf(own);
      const longest = span === 'an hour' ? 1 : Number(number ?? 1) * (unit === 'hours' ? 1 : 24);
      if (Number(count.replaceAll(',', '')) !== upvotes || hoursOf(paper) > longest) return false;
      if (ahead === undefined) return true;
      const today = now.toISOString().slice(0, 10);
      const peers = all.filter(
        ({ paper: other }) =>
          other.id !== paper.id &&
          other.listedOn! <= today &&
          other.pageAt! <= now &&
          now.getTime() - other.firstSeenAt.getTime() < 8 * 24 * HOUR &&
          Math.abs(hoursOf(other) - hoursOf(paper)) <= Math.max(2, hoursOf(paper) / 4),
      );
      const fewer = peers.filter((peer) => upvotesOf(peer) < upvotes).length;
      if (ahead === 'any other paper') return fewer === peers.length;
      return Number(/^(\d+) of 100 papers$/.exec(ahead)?.[1]) <= (100 * fewer) / peers.length;
    }
    const names = /^By (.*), whose papers did well here before$/.exec(reason)?.[1]?.split(' and ');
    const place = /^From (.*), whose papers did well here before$/.exec(reason)?.[1];
    const didWell = (is: (one: Paper) => boolean): boolean =>
      [...lists.values()].some((list) => {
        const usual = mean(list.map(({ upvotes }) => upvotes));
        return list.some((one) => one.paper.listedOn! < paper.listedOn! && is(one.paper) && one.upvotes > usual);
      });
    if (names)
      return names.every(
        (name) =>
          paper.authors.includes(name) &&
          didWell((one) => one.authors.some((other) => comparable(other) === comparable(name))),
      );
    if (place) return paper.organisation === place && didWell((one) => one.organisation === place);
    return (
      {
        'Code available': paper.codeUrl !== null,
        'Has a project page': paper.projectUrl !== null,
        'Shown in pictures or a film': paper.hasMedia,
        'New today': true,
        'New this week': true,
      }[reason] ?? false
    );
  }

  /** Lists of the past, with all their votes: what ranking learns from. */
  async function remember(list: readonly Listed[]): Promise<void> {
    const now = new Date(`${from}T00:00:00Z`);
    await writePapers(
      db,
      list.map(({ paper }) => paper),
      now,
    );
    await appendSignals(
      db,
      list.map(({ paper, upvotes }) => votesOf(paper, upvotes, new Date(`${paper.listedOn}T23:59:59Z`))),
    );
    for (const { paper } of list) known.add(paper.id);
  }

  /** What can be seen at a moment: the papers that have a page, and the votes so far. */
  async function observe(date: string, now: Date): Promise<void> {
    const recent = [...lists]
      .filter(([day]) => day <= addDays(date, 1) && day >= addDays(date, -9))
      .flatMap(([, list]) => list);
    const there = recent.filter(({ paper }) => paper.pageAt! <= now);
    await writePapers(
      db,
      there.filter(({ paper }) => !known.has(paper.id)).map(({ paper }) => paper),
      now,
    );
    for (const { paper } of there) known.add(paper.id);
    await appendSignals(
      db,
      there.map(({ paper, votes }) => votesOf(paper, votes.filter((at) => at <= now.getTime()).length, now)),
    );
  }

  /** How the digest of a weekly reader who had nothing stands against the votes of its week in the end. */
  function weekOf(date: string, places: readonly Place[]): number[] {
    const week = [...lists].filter(([day]) => day >= addDays(date, -7) && day < date).flatMap(([, list]) => list);
    if (week.length < 50) return [];
    const chosen = selectForReader({ places: orderPlaces(places, 'weeklyScore'), topics: [OVERALL], had: new Map() });
    const order = new Map(chosen.map(({ paper }, i) => [paper.id, chosen.length - i]));
    return [
      ndcg(
        week.map(({ paper }) => order.get(paper.id) ?? 0),
        week.map(({ upvotes }) => upvotes),
        10,
      ),
    ];
  }
}

function votesOf(paper: Paper, value: number, observedAt: Date): Signal {
  return {
    paperId: paper.id,
    source: 'huggingface',
    metric: 'upvotes',
    observedAt,
    value,
  };
}
