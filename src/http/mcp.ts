import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { FastifyInstance } from 'fastify';
import { getEdition, latestEditionDate } from '../db/editions.ts';
import { getPaper } from '../db/papers.ts';
import { relatedPapers } from '../db/related.ts';
import { isDay, lastEditionDay } from '../day.ts';
import { AppError } from '../errors.ts';
import { OVERALL } from '../paper.ts';
import { canonicalId } from '../papers/identity.ts';
import { search } from '../papers/search.ts';
import { entryOut, paperOut, type Shown } from './api/schemas.ts';
import type { Logger } from '../telemetry.ts';
import type { SiteDeps } from './deps.ts';
import { misreadInEnglish } from '../search/misread.ts';

const MOST = 30;
const USUAL = 10;

/**
 * The papers for language models and their tools, by the Model Context Protocol (streamable HTTP
 * without sessions, revision 2025-06-18): to read alone, as the API is.
 */
export async function mcpEndpoint(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  app.post('/mcp', { onRequest: deps.limits.search }, async (request, reply) => {
    // Each counts for itself: one request with a hundred questions would pass as one.
    if (Array.isArray(request.body))
      throw new AppError('INPUT_INVALID', 'Send one question at a time, not a list of them.');
    // Loaded when it is first asked for: a start has no need of it.
    const [{ McpServer }, { StreamableHTTPServerTransport }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/mcp.js'),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    ]);
    const server = new McpServer({ name: deps.look().brand.name, version: '1' });
    await addTools(server, deps);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    reply.hijack();
    reply.raw.once('close', () => void server.close());
    await server.connect(transport as Parameters<McpServer['connect']>[0]);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
  for (const method of ['GET', 'DELETE'] as const)
    app.route({
      method,
      url: '/mcp',
      handler: async (_request, reply) =>
        reply
          .code(405)
          .header('allow', 'POST')
          .send({ jsonrpc: '2.0', id: null, error: { code: -32_000, message: 'Send a POST: there are no sessions.' } }),
    });
}

async function addTools(
  server: McpServer,
  { db, searchDb, now, log, topics, config: { publicUrl } }: SiteDeps,
): Promise<void> {
  const { z } = await import('zod');
  const shown: Shown = { publicUrl, topics };
  const annotations = { readOnlyHint: true, openWorldHint: false };
  const id = z.string().max(300).describe('An arXiv id, a DOI or a link, such as 2507.14843.');
  const limit = z.number().int().min(1).max(MOST).optional().describe(`How many at most. Default: ${USUAL}.`);
  const paperOf = async (said: string) => {
    const canonical = canonicalId(said);
    return canonical === null ? null : getPaper(db, canonical);
  };

  server.registerTool(
    'search_papers',
    {
      title: 'Search papers',
      description:
        'Finds papers by words, "a phrase", -not, or, author:, org:, topic:, category:, code:, after: and before:. ' +
        'The best come first.',
      inputSchema: { query: z.string().max(2_000), limit },
      annotations,
    },
    ({ query, limit: most = USUAL }) =>
      answer(log, async () => {
        const found = await search({ searchDb, topics }, { text: query, limit: most });
        return {
          total: found.total,
          isExact: !found.isMore,
          corrections: [...found.corrections],
          isRelaxed: found.isRelaxed,
          notes: found.query.misread.map(misreadInEnglish),
          papers: found.hits.map(({ paper, topics: filed }) => paperOut(shown, paper, filed)),
        };
      }),
  );
  server.registerTool(
    'get_paper',
    { title: 'One paper', description: 'A paper in full, with its abstract.', inputSchema: { id }, annotations },
    ({ id: said }) =>
      answer(log, async () => {
        const paper = await paperOf(said);
        return paper === null ? null : paperOut(shown, paper);
      }),
  );
  server.registerTool(
    'related_papers',
    {
      title: 'Related papers',
      description: 'The papers most like one by their words, the nearest first.',
      inputSchema: { id, limit },
      annotations,
    },
    ({ id: said, limit: most = USUAL }) =>
      answer(log, async () => {
        const paper = await paperOf(said);
        if (paper === null) return null;
        return {
          papers: (await relatedPapers(db, paper.id, most)).map((one) => paperOut(shown, one.paper, one.topics)),
        };
      }),
  );
  server.registerTool(
    'get_edition',
    {
      title: 'The papers of a day',
      description: 'The edition of a day, overall or of a topic: its papers in their order, with reasons.',
      inputSchema: {
        date: z
          .string()
          .regex(/^\d{4}-\d\d-\d\d$/)
          .optional()
          .describe('Default: the newest.'),
        topic: z.string().max(100).optional().describe('A topic’s slug, such as agents. Default: all papers.'),
      },
      annotations,
    },
    ({ date, topic = OVERALL }) =>
      answer(log, async () => {
        if (date !== undefined && !isDay(date)) return null;
        const day = date ?? (await latestEditionDate(db, { topic, onOrBefore: lastEditionDay(now()) }));
        const edition = day === null ? null : await getEdition(db, day, topic);
        return edition && { ...edition, entries: edition.entries.map((entry) => entryOut(shown, entry)) };
      }),
  );
}

/** What was found, as JSON; what was not, or could not be understood, as a sentence. */
async function answer(log: Logger, find: () => Promise<object | null>) {
  try {
    const found = await find();
    if (found !== null) return { content: [{ type: 'text' as const, text: JSON.stringify(found) }] };
    return failed('There is nothing under this name: ids look like 2507.14843, days like 2026-05-29.');
  } catch (error) {
    if (error instanceof AppError) return failed(error.message);
    log.error({ err: error }, 'A question over the Model Context Protocol failed');
    return failed('Something broke on our side: try again in a minute.');
  }
}

const failed = (text: string) => ({ content: [{ type: 'text' as const, text }], isError: true });
