import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { getEdition, listEditions } from '../../db/editions.ts';
import { getPaper, latestSignals, listPapers } from '../../db/papers.ts';
import { listTopics } from '../../db/topics.ts';
import { AppError } from '../../errors.ts';
import { canonicalId } from '../../papers/identity.ts';
import { OVERALL } from '../../paper.ts';
import { editionPath, topicPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { CURSOR_PATTERN, readCursor, writeCursor } from './cursor.ts';
import {
  Day,
  Edition,
  EditionSummary,
  entryOut,
  page,
  Paper,
  paperOut,
  PaperWithSignals,
  Problem,
  signalOut,
  Topic,
} from './schemas.ts';

const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 30, description: 'How many at most. Default: 30.' }),
);
const DEFAULT_LIMIT = 30;

/** What has been gathered, for programs. Lists go from the newest to the oldest; a page is asked for by where the last one ended. */
export const readApi: FastifyPluginAsyncTypebox<SiteDeps> = async (app, { db, config: { publicUrl } }) => {
  app.get(
    '/papers',
    {
      schema: {
        tags: ['Papers'],
        summary: 'List papers, newest first',
        querystring: Type.Object({
          before: Type.Optional(
            Type.String({ pattern: CURSOR_PATTERN, description: 'The `next` of the page before.' }),
          ),
          limit: Limit,
        }),
        response: { 200: page('papers', Paper), 400: Problem },
      },
    },
    async ({ query: { before, limit = DEFAULT_LIMIT } }) => {
      const found = await listPapers(db, {
        limit: limit + 1,
        ...(before !== undefined && { before: readCursor(before) }),
      });
      const shown = found.slice(0, limit);
      return {
        papers: shown.map((p) => paperOut(publicUrl, p)),
        next: found.length > limit ? writeCursor(shown.at(-1)!) : null,
      };
    },
  );

  app.get(
    '/papers/:id',
    {
      schema: {
        tags: ['Papers'],
        summary: 'One paper with its newest signals',
        params: Type.Object({
          id: Type.String({ description: 'Percent-encoded where it holds a slash.', examples: ['arxiv:2507.14843'] }),
        }),
        response: { 200: PaperWithSignals, 404: Problem },
      },
    },
    async ({ params: { id } }) => {
      const canonical = canonicalId(id);
      const paper = canonical === null ? null : await getPaper(db, canonical);
      if (!paper) throw new AppError('NOT_FOUND', 'There is no paper with this id: ids look like arxiv:2507.14843.');
      const signals = await latestSignals(db, [paper.id]);
      return { ...paperOut(publicUrl, paper), signals: signals.map(signalOut) };
    },
  );

  app.get(
    '/editions',
    {
      schema: {
        tags: ['Editions'],
        summary: 'List editions, newest first',
        querystring: Type.Object({ before: Type.Optional(Day), limit: Limit }),
        response: { 200: page('editions', EditionSummary), 400: Problem },
      },
    },
    async ({ query: { before, limit = DEFAULT_LIMIT } }) => {
      const found = await listEditions(db, { limit: limit + 1, ...(before !== undefined && { before }) });
      const shown = found.slice(0, limit);
      return {
        editions: shown.map((e) => ({ ...e, url: publicUrl + editionPath(e.date) })),
        next: found.length > limit ? shown.at(-1)!.date : null,
      };
    },
  );

  app.get(
    '/editions/:date',
    {
      schema: {
        tags: ['Editions'],
        summary: 'One day’s edition',
        params: Type.Object({ date: Day }),
        querystring: Type.Object({
          topic: Type.Optional(Type.String({ maxLength: 100, description: 'A topic’s slug. Default: all papers.' })),
        }),
        response: { 200: Edition, 400: Problem, 404: Problem },
      },
    },
    async ({ params: { date }, query: { topic = OVERALL } }) => {
      const edition = await getEdition(db, date, topic);
      if (!edition)
        throw new AppError(
          'NOT_FOUND',
          'There is no such edition: see /api/v1/editions for the days and /api/v1/topics for the topics there are.',
        );
      return {
        ...edition,
        frozenAt: edition.frozenAt.toISOString(),
        entries: edition.entries.map((e) => entryOut(publicUrl, e)),
      };
    },
  );

  app.get(
    '/topics',
    {
      schema: {
        tags: ['Topics'],
        summary: 'List the topics to follow',
        response: { 200: Type.Object({ topics: Type.Array(Topic) }) },
      },
    },
    async () => ({
      topics: (await listTopics(db)).map((t) => ({ ...t, url: publicUrl + topicPath(t.slug) })),
    }),
  );
};
