import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { noteOf } from '../../db/edition-choices.ts';
import { getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { latestPicksDate, picksOn } from '../../db/fresh.ts';
import { getPaper, latestSignals, listPapers } from '../../db/papers.ts';
import { bestNamed, countNamed, papersNamed } from '../../db/names.ts';
import { placesOf } from '../../db/places.ts';
import { relatedPapers } from '../../db/related.ts';
import { filedTopics } from '../../db/search-index.ts';
import { listTopics } from '../../db/topics.ts';
import { lastEditionDay } from '../../day.ts';
import { AppError } from '../../errors.ts';
import { type Edition as DomainEdition, OVERALL } from '../../paper.ts';
import { freshRecord } from '../../editions/fresh.ts';
import { spelledName } from '../../papers/authors.ts';
import { canonicalId } from '../../papers/identity.ts';
import { search } from '../../papers/search.ts';
import { likelihoodOf } from '../../ranking/fresh-words.ts';
import type { SiteDeps } from '../deps.ts';
import { editionPath, paperPath } from '../../papers/links.ts';
import { nameKey } from '../../search/fold.ts';
import { misreadInEnglish } from '../../search/misread.ts';
import { authorPath, noName, organisationPath, topicPath } from '../paths.ts';
import {
  CURSOR_PATTERN,
  HIT_CURSOR_PATTERN,
  readCursor,
  readHitCursor,
  writeCursor,
  writeHitCursor,
} from './cursor.ts';
import {
  ABSENT,
  Day,
  Edition,
  EditionSummary,
  entryOut,
  Fresh,
  Named,
  page,
  Paper,
  paperOut,
  PaperWithSignals,
  query,
  RelatedPapers,
  SearchPage,
  type Shown,
  signalOut,
  TOO_FAST,
  Topic,
  UNREADABLE,
  UNUSABLE,
} from './schemas.ts';

const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 30, description: 'How many at most. Default: 30.' }),
);
const DEFAULT_LIMIT = 30;
const RelatedLimit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 20, default: 10, description: 'How many at most. Default: 10.' }),
);
const DEFAULT_RELATED = 10;
const MOST_BEST = 10;
const OfTopic = Type.Optional(Type.String({ maxLength: 100, description: 'A topic’s slug. Default: all papers.' }));

const PaperParams = Type.Object({
  id: Type.String({ description: 'Percent-encoded where it holds a slash.', examples: ['arxiv:2507.14843'] }),
});
const noPaper = (): AppError =>
  new AppError('NOT_FOUND', 'There is no paper with this id: ids look like arxiv:2507.14843.');

const noEdition = (): AppError =>
  new AppError(
    'NOT_FOUND',
    'There is no such edition: see /api/v1/editions for the days and /api/v1/topics for the topics there are.',
  );

/**
 * What has been gathered, for programs. Lists go from newest to oldest; `before` says where the
 * last page ended.
 */
export const readApi: FastifyPluginAsyncTypebox<SiteDeps> = async (
  app,
  { db, searchDb, now, topics, limits, config: { publicUrl } },
) => {
  const shown: Shown = { publicUrl, topics };
  const editionOut = async (edition: DomainEdition | null) => {
    if (!edition) throw noEdition();
    return {
      ...edition,
      frozenAt: edition.frozenAt.toISOString(),
      note: (await noteOf(db, edition.date))?.words ?? null,
      entries: edition.entries.map((entry) => entryOut(shown, entry)),
    };
  };

  app.get(
    '/papers',
    {
      schema: {
        operationId: 'listPapers',
        tags: ['Papers'],
        summary: 'List papers, newest first',
        querystring: query({
          before: Type.Optional(
            Type.String({ pattern: CURSOR_PATTERN, description: 'The `next` of the page before.' }),
          ),
          limit: Limit,
        }),
        response: { 200: page('PaperPage', 'papers', Paper), ...UNREADABLE },
      },
    },
    async ({ query: { before, limit = DEFAULT_LIMIT } }) => {
      const found = await listPapers(db, {
        limit: limit + 1,
        ...(before !== undefined && { before: readCursor(before) }),
      });
      const papers = found.slice(0, limit);
      return {
        papers: papers.map((paper) => paperOut(shown, paper)),
        next: found.length > limit ? writeCursor(papers.at(-1)!) : null,
      };
    },
  );

  app.get(
    '/search',
    {
      onRequest: limits.apiSearch,
      config: { keptWith: 'questions', takesAnyText: true },
      schema: {
        operationId: 'searchPapers',
        tags: ['Papers'],
        summary: 'Search papers, the best first',
        description:
          'Words, "a phrase", -not, or, author:, org:, topic:, category:, code:, after: and before:. An arXiv id, a ' +
          'DOI or a link finds its paper.',
        querystring: query({
          q: Type.String({ maxLength: 20_000, examples: ['best arm identification author:kaufmann'] }),
          before: Type.Optional(
            Type.String({ pattern: HIT_CURSOR_PATTERN, description: 'The `next` of the page before.' }),
          ),
          limit: Limit,
        }),
        response: { 200: SearchPage, ...UNREADABLE, ...UNUSABLE, ...TOO_FAST },
      },
    },
    async ({ query: { q, before = '', limit = DEFAULT_LIMIT } }) => {
      const answer = await search({ searchDb, topics }, { text: q, limit, after: readHitCursor(before) });
      return {
        papers: answer.hits.map((hit) => paperOut(shown, hit.paper, hit.topics)),
        total: answer.total,
        isExact: !answer.isMore,
        corrections: [...answer.corrections],
        isRelaxed: answer.isRelaxed,
        notes: answer.query.misread.map(misreadInEnglish),
        next: answer.next && writeHitCursor(answer.next),
      };
    },
  );

  app.get(
    '/papers/:id/related',
    {
      schema: {
        operationId: 'getRelatedPapers',
        tags: ['Papers'],
        summary: 'The papers most like one by their words, the nearest first',
        params: PaperParams,
        querystring: query({ limit: RelatedLimit }),
        response: { 200: RelatedPapers, ...UNREADABLE, ...ABSENT },
      },
    },
    async ({ params: { id }, query: { limit = DEFAULT_RELATED } }) => {
      const canonical = canonicalId(id);
      if (canonical === null) throw noPaper();
      const [paper, related] = await Promise.all([getPaper(db, canonical), relatedPapers(db, canonical, limit)]);
      if (!paper) throw noPaper();
      return { papers: related.map((one) => paperOut(shown, one.paper, one.topics)) };
    },
  );

  app.get(
    '/papers/:id',
    {
      schema: {
        operationId: 'getPaper',
        tags: ['Papers'],
        summary: 'One paper with its newest signals, and the editions that it stood in',
        params: PaperParams,
        querystring: query({}),
        response: { 200: PaperWithSignals, ...UNREADABLE, ...ABSENT },
      },
    },
    async ({ params: { id } }) => {
      const canonical = canonicalId(id);
      const paper = canonical === null ? null : await getPaper(db, canonical);
      if (!paper) throw noPaper();
      const [signals, places] = await Promise.all([latestSignals(db, [paper.id]), placesOf(db, paper.id)]);
      return {
        ...paperOut(shown, paper),
        signals: signals.map(signalOut),
        editions: places.map((place) => ({ ...place, url: publicUrl + editionPath(place.date, [place.topic]) })),
      };
    },
  );

  const ADDRESS = { author: authorPath, organisation: organisationPath };
  for (const kind of ['author', 'organisation'] as const)
    app.get(
      `/${kind}s/:key`,
      {
        schema: {
          operationId: kind === 'author' ? 'getAuthor' : 'getOrganisation',
          tags: ['Papers'],
          summary:
            kind === 'author' ? 'Papers by an author, newest first' : 'Papers from an organisation, newest first',
          params: Type.Object({
            key: Type.String({ description: 'The key, or the name in any spelling.', examples: ['ada-lovelace'] }),
          }),
          querystring: query({
            before: Type.Optional(
              Type.String({ pattern: CURSOR_PATTERN, description: 'The `next` of the page before.' }),
            ),
            limit: Limit,
          }),
          response: { 200: Named, ...UNREADABLE, ...ABSENT },
        },
      },
      async ({ params, query: { before, limit = DEFAULT_LIMIT } }) => {
        const name = { kind, key: nameKey(params.key) };
        const [found, total, best] = await Promise.all([
          papersNamed(db, name, {
            limit: limit + 1,
            ...(before !== undefined && { before: readCursor(before) }),
          }),
          countNamed(db, name),
          bestNamed(db, name, MOST_BEST),
        ]);
        if (found.length === 0) throw noName(kind);
        const papers = found.slice(0, limit);
        // To classify thirty papers anew takes longer than all that is asked of the database.
        const filed = await filedTopics(
          db,
          papers.map(({ id }) => id),
        );
        return {
          key: name.key,
          name: spelledName(name, found),
          url: publicUrl + ADDRESS[kind](name.key),
          total,
          papers: papers.map((paper) => paperOut(shown, paper, filed.get(paper.id))),
          next: found.length > limit ? writeCursor(papers.at(-1)!) : null,
          best: best.map(({ paper: { id, title }, upvotes }) => ({
            id,
            title,
            upvotes,
            url: publicUrl + paperPath(id),
          })),
        };
      },
    );

  app.get(
    '/editions',
    {
      schema: {
        operationId: 'listEditions',
        tags: ['Editions'],
        summary: 'List editions, newest first',
        querystring: query({ before: Type.Optional(Day), limit: Limit }),
        response: { 200: page('EditionPage', 'editions', EditionSummary), ...UNREADABLE },
      },
    },
    async ({ query: { before, limit = DEFAULT_LIMIT } }) => {
      const found = await listEditions(db, { limit: limit + 1, ...(before !== undefined && { before }) });
      const editions = found.slice(0, limit);
      return {
        editions: editions.map((e) => ({ ...e, url: publicUrl + editionPath(e.date) })),
        next: found.length > limit ? editions.at(-1)!.date : null,
      };
    },
  );

  app.get(
    '/editions/latest',
    {
      schema: {
        operationId: 'getLatestEdition',
        tags: ['Editions'],
        summary: 'The newest edition',
        querystring: query({ topic: OfTopic }),
        response: { 200: Edition, ...UNREADABLE, ...ABSENT },
      },
    },
    async ({ query: { topic = OVERALL } }) => {
      const date = await latestEditionDate(db, { topic, onOrBefore: lastEditionDay(now()) });
      return editionOut(date === null ? null : await getEdition(db, date, topic));
    },
  );

  app.get(
    '/editions/:date',
    {
      schema: {
        operationId: 'getEdition',
        tags: ['Editions'],
        summary: 'One day’s edition',
        params: Type.Object({ date: Day }),
        querystring: query({ topic: OfTopic }),
        response: { 200: Edition, ...UNREADABLE, ...ABSENT },
      },
    },
    async ({ params: { date }, query: { topic = OVERALL } }) => editionOut(await getEdition(db, date, topic)),
  );

  app.get(
    '/fresh',
    {
      schema: {
        operationId: 'getFresh',
        tags: ['Editions'],
        summary: 'What is likely to be talked about: the picks of the newest morning, and how earlier ones came out',
        querystring: query({}),
        response: { 200: Fresh, ...UNREADABLE, ...ABSENT },
      },
    },
    async () => {
      const date = await latestPicksDate(db, lastEditionDay(now()));
      if (date === null) throw new AppError('NOT_FOUND', 'There is no forecast yet: the first comes with an edition.');
      const [picks, record] = await Promise.all([picksOn(db, date), freshRecord(db, date)]);
      return {
        date,
        picks: picks.map((pick) => ({
          ...pick,
          likelihood: likelihoodOf(pick.chance),
          paper: paperOut(shown, pick.paper),
        })),
        record,
      };
    },
  );

  app.get(
    '/topics',
    {
      schema: {
        operationId: 'listTopics',
        tags: ['Topics'],
        summary: 'List the topics to follow',
        querystring: query({}),
        response: { 200: Type.Object({ topics: Type.Array(Topic) }, { title: 'Topics' }), ...UNREADABLE },
      },
    },
    async () => ({
      topics: (await listTopics(db)).map((t) => ({ ...t, url: publicUrl + topicPath(t.slug) })),
    }),
  );
};
