import type { FastifyInstance } from 'fastify';
import { noteOf } from '../../db/edition-choices.ts';
import { type EditionSummary, getEdition, listEditions, placesOn } from '../../db/editions.ts';
import { latestPicksDate } from '../../db/fresh.ts';
import { bestOf, daysAround, leadsOf, topicSizes } from '../../db/places.ts';
import { selectionPapers } from '../../db/selections.ts';
import { papersById } from '../../db/papers.ts';
import { listTopics } from '../../db/topics.ts';
import type { AppError } from '../../errors.ts';
import { ReaderError } from '../../words/reader-error.ts';
import { addDays, isDay, lastEditionDay } from '../../day.ts';
import { monthOf, type Period, periodNamed, periodWords, weekOf } from '../../editions/periods.ts';
import { type Chosen, orderPlaces, type Place, selectForReader } from '../../editions/select.ts';
import { type Edition, OVERALL, type Topic } from '../../paper.ts';
import { editionPath } from '../../papers/links.ts';
import { topicsIn } from '../../papers/topic-words.ts';
import type { Words } from '../../words/words.ts';
import type { SiteDeps } from '../deps.ts';
import { periodPath } from '../paths.ts';
import { cardOf, digestView, earlierView, editionView, headlineHtml, topicLinks, topicNamer } from './cards.ts';
import {
  type CardView,
  type EarlierView,
  type EditionView,
  type LinkView,
  longDay,
  shortDay,
  type TurnView,
} from './views.ts';

const PAGE = 30;
/** No digest reaches further back, in days. */
const LONGEST_WINDOW = 7;
/** A headline names no more topics than these. */
const MOST_NAMED = 3;

interface EditionRoute {
  Params: { date: string };
  Querystring: {
    topic?: string | string[];
    topics?: string | string[];
    since?: string | string[];
    digest?: string | string[];
  };
}
interface ArchiveRoute {
  Querystring: { before?: string | string[] };
}

const noEdition = (): AppError => new ReaderError('NOT_FOUND', 'no-edition', null);

/** The archive, the best of each week and month, and each day's list. */
export async function editionPages(
  app: FastifyInstance,
  { db, now, look, render, limits, topics: inForce }: SiteDeps,
): Promise<void> {
  app.get<ArchiveRoute>(
    '/editions',
    { config: { reads: ({ before }) => dayAsked(before) } },
    async ({ query, words }, reply) => {
      const before = dayAsked(query.before);
      const found = await listEditions(db, { limit: PAGE + 1, ...(before !== null && { before }) });
      const shown = await withLeads(words, found.slice(0, PAGE));
      const months = [...Map.groupBy(shown, ({ day }) => monthOf(day.iso).name)];
      return reply.type('text/html; charset=utf-8').send(
        render(words, 'editions', {
          title: words.t('editions-title'),
          description: words.t('editions-description', { site: look().brand.name }),
          path: '/editions',
          here: 'editions',
          feed: { title: look().brand.name, href: '/feed.xml' },
          months: months.map(([name, editions]) => ({
            label: periodWords(words, monthOf(editions[0]!.day.iso)),
            href: periodPath(name),
            editions,
          })),
          older: found.length > PAGE ? `/editions?before=${shown.at(-1)!.day.iso}` : null,
        }),
      );
    },
  );

  const withLeads = async (words: Words, editions: readonly EditionSummary[]): Promise<EarlierView[]> => {
    const leads = await leadsOf(
      db,
      editions.map(({ date }) => date),
    );
    return editions.map((edition) => earlierView(words, edition, leads));
  };

  async function periodPage(words: Words, period: Period): Promise<string> {
    const days = await listEditions(db, { from: period.from, before: addDays(period.until, 1), limit: PAGE + 1 });
    if (days.length === 0) throw noEdition();
    const best = await bestOf(db, { topic: OVERALL, ...period, limit: MOST_BEST[period.kind] });
    const [before, after] = await Promise.all([daysAround(db, period.from), daysAround(db, period.until)]);
    const heading = periodWords(words, period);
    const topicOf = topicNamer(words, inForce);
    return render(words, 'period', {
      title: words.t('period-best', { period: heading }),
      description: words.t('period-description', { period: heading, site: look().brand.name }),
      path: periodPath(period.name),
      here: 'editions',
      heading,
      sample: days.every(({ sample }) => sample),
      cards: best.map(({ paper, upvotes, date }, i) => ({
        ...cardOf(words, paper, { rank: i + 1, reasons: [] }, topicOf(paper)),
        ...sinceFacts(words, upvotes, date),
      })),
      days: await withLeads(words, days),
      periods: otherPeriods(words, period, days),
      turn: [
        ...turnTo(words, 'period-before', before.before, period.kind),
        ...turnTo(words, 'period-after', after.after, period.kind),
        { label: words.t('editions-title'), rank: null, href: '/editions', words: words.t('front-archive') },
      ],
    });
  }

  app.get<EditionRoute>(
    '/editions/:date',
    { config: { reads: ({ since, digest, ...query }) => [namesAsked(query), since ?? null, digest ?? null] } },
    async (request, reply) => {
      const { words } = request;
      const { date } = request.params;
      const period = periodNamed(date);
      if (period) return reply.type('text/html; charset=utf-8').send(await periodPage(words, period));
      if (!isDay(date)) throw noEdition();
      const [overall, known] = await Promise.all([getEdition(db, date, OVERALL), listTopics(db)]);
      const topics = topicsIn(words, known);
      const asked = askedFor(request.query, date, topics);
      if (!overall || !asked) throw noEdition();
      const isDigest = asked.topics.length > 1 || asked.digest !== null || asked.since < addDays(date, -1);
      if (isDigest) await limits.search(request, reply);
      const view = isDigest
        ? await digestOf(words, overall, asked, topics)
        : await editionOf(words, overall, asked, topics);
      const slug = isDigest ? null : (asked.topics[0] ?? OVERALL);
      const names = topicWords(words, view.topics);
      const until = view.day.text;
      const days = view.from ? words.t('edition-days-plain', { from: view.from.text, until }) : until;
      const site = look().brand.name;
      return reply.type('text/html; charset=utf-8').send(
        render(words, 'edition', {
          title: (names && names + words.t('comma')) + days,
          description:
            names === ''
              ? words.t('edition-description', { days, site })
              : words.t('edition-description-topics', { days, names, site }),
          ...(isDigest ? { noindex: true } : { path: view.href }),
          edition: view,
          names: view.topics.length > MOST_NAMED ? names : null,
          here: 'editions',
          hasFresh: (await latestPicksDate(db, lastEditionDay(now()))) !== null,
          others: [
            {
              label: words.t('digest-all-papers'),
              href: editionPath(date),
              papers: overall.entries.length,
              here: slug === OVERALL,
            },
            ...topicLinks(date, await topicSizes(db, date), topics, slug),
          ],
          periods: [weekOf(date), monthOf(date)].map((period) => ({
            label: words.t('period-best', { period: periodWords(words, period) }),
            href: periodPath(period.name),
          })),
          turn: await turnOf(words, date, slug ?? OVERALL),
        }),
      );
    },
  );

  /** A day without papers on a topic has a page too, which says so. */
  async function editionOf(words: Words, overall: Edition, { topics: [topic = OVERALL] }: Asked, topics: Topic[]) {
    const edition = topic === OVERALL ? overall : await getEdition(db, overall.date, topic);
    const shown = edition ?? { ...overall, topic, entries: [] };
    return editionView(words, shown, topics, topicNamer(words, inForce), await noteOf(db, overall.date));
  }

  /** The editions of the days before and after, of the same topic. */
  async function turnOf(words: Words, date: string, topic: string): Promise<TurnView[]> {
    const { before, after } = await daysAround(db, date);
    const found = [before, after].filter((day) => day !== null);
    const leads = await leadsOf(db, found);
    return found.map((day) => ({
      label: longDay(words, day).text,
      rank: null,
      href: editionPath(day, [topic]),
      words: leads.has(day) ? headlineHtml(leads.get(day)!) : longDay(words, day).text,
    }));
  }

  async function digestOf(words: Words, { date, sample }: Edition, asked: Asked, topics: Topic[]) {
    const followed = asked.topics.length > 0 ? asked.topics : [OVERALL];
    const known = asked.digest === null ? followed : [OVERALL, ...topics.map((topic) => topic.slug)];
    const places = orderPlaces(
      await placesOn(db, date, known),
      asked.since < addDays(date, -3) ? 'weeklyScore' : 'score',
    );
    const entries =
      asked.digest === null
        ? selectForReader({ places, topics: followed, had: new Map() })
        : await held(words, date, asked.digest, places);
    const digest = { date, since: asked.since, topics: asked.topics, sample, entries };
    return digestView(words, digest, topics, await noteOf(db, date));
  }

  /** The papers of a digest that was sent, in its order. */
  async function held(words: Words, date: string, selectionId: number, places: readonly Place[]): Promise<Chosen[]> {
    const ids = await selectionPapers(db, date, selectionId);
    if (ids === null) throw noEdition();
    const others = new Map((await papersById(db, ids)).map((paper) => [paper.id, paper]));
    return ids.flatMap((id): Chosen | Chosen[] => {
      const place = places.find((one) => one.paper.id === id);
      const paper = others.get(id);
      // What was foretold that morning stands in no edition yet.
      const foretold = paper
        ? [{ topic: OVERALL, paper, reasons: [words.t('edition-foretold')], backSince: null }]
        : [];
      return place ?? foretold;
    });
  }
}

/** A month brings more that is worth a look than a week. */
const MOST_BEST = { week: 20, month: 30 };

/** How a paper stands by now, and where it stood. */
function sinceFacts(words: Words, upvotes: number | null, date: string): Pick<CardView, 'reasons' | 'reasonShort'> {
  const day = shortDay(words, date);
  const fact =
    upvotes === null
      ? { count: '', text: words.t('edition-in', { day }) }
      : { count: words.t('votes', { votes: upvotes }), text: ` ${words.t('edition-of', { day })}` };
  return { reasons: [fact], reasonShort: fact };
}

const periodOf = { week: weekOf, month: monthOf };

function turnTo(
  words: Words,
  label: 'period-before' | 'period-after',
  day: string | null,
  kind: Period['kind'],
): TurnView[] {
  if (day === null) return [];
  const period = periodOf[kind](day);
  return [{ label: words.t(label), rank: null, href: periodPath(period.name), words: periodWords(words, period) }];
}

/** The weeks of the editions of a month, or the months of a week's, newest first. */
function otherPeriods(words: Words, { kind }: Period, days: readonly EditionSummary[]): LinkView[] {
  const other = kind === 'week' ? monthOf : weekOf;
  const found = new Map(days.map(({ date }) => [other(date).name, other(date)]));
  return [...found.values()].map((period) => ({ label: periodWords(words, period), href: periodPath(period.name) }));
}

const topicWords = (words: Words, topics: EditionView['topics']): string =>
  topics.length > MOST_NAMED
    ? words.t('digest-wish-topics', { topics: topics.length })
    : words.list(topics.map((t) => t.name));

/**
 * What an address asks for: the topics, none for the overall edition, and the day before the first.
 */
interface Asked {
  topics: string[];
  since: string;
  /** The selection that a digest held. */
  digest: number | null;
}

const dayAsked = (before: unknown): string | null => (isDay(String(before)) ? String(before) : null);

/** The topics that an address names, each once, in one order. */
const namesAsked = ({ topic, topics }: { topic?: unknown; topics?: unknown }): string[] =>
  [...new Set([topic ?? [], String(topics ?? '').split(',')].flat().map(String).filter(Boolean))].toSorted();

/** `null`: there is no such thing. No name is followed twice, so there are no more than topics. */
function askedFor(
  { topic, topics, since, digest }: EditionRoute['Querystring'],
  date: string,
  known: readonly Topic[],
): Asked | null {
  const names = namesAsked({ topic, topics });
  const slugs = [OVERALL, ...known.map((t) => t.slug)];
  if (names.length > slugs.length || !names.every((name) => slugs.includes(name))) return null;
  const first = String(since ?? addDays(date, -1));
  const isWindow = isDay(first) && first < date && first >= addDays(date, -LONGEST_WINDOW);
  if (!isWindow || (digest !== undefined && !/^[1-9]\d{0,14}$/.test(String(digest)))) return null;
  return {
    topics: names.includes(OVERALL) ? [] : names,
    since: first,
    digest: digest === undefined ? null : Number(digest),
  };
}
