import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { createClock } from '../admin/words.ts';
import { readNeeds } from '../admin/needs.ts';
import { readToday } from '../admin/today-facts.ts';
import { todayView } from '../admin/today-view.ts';
import type { AdminDeps } from './admin-deps.ts';
import { Digest, REFUSED } from './admin-schemas.ts';
import { Day, Moment, Nullable, query } from './schemas.ts';

const Text = Type.String();
const Today = Type.Object(
  {
    at: Moment,
    sentence: Type.String({ description: 'How it stands, in words; moments are in UTC.' }),
    edition: Nullable(Type.Object({ date: Day, frozenAt: Moment, papers: Type.Integer(), isSample: Type.Boolean() })),
    editionDue: Type.String({ format: 'date-time', description: 'When that of today freezes, or froze.' }),
    lastIngestAt: Nullable(Moment),
    digest: Nullable(Digest),
    pace: Nullable(Type.Number({ description: 'Messages that end a second, once two requests have shown it.' })),
    limit: Nullable(Type.Number({ description: 'SMTP_RATE.' })),
    readers: Type.Integer(),
    due: Type.Array(Type.Object({ at: Moment, timezone: Text, readers: Type.Integer() }), {
      description: 'Of the coming day.',
    }),
    needs: Type.Array(
      Type.Object({ mark: Type.String({ enum: ['mend', 'look'] }), name: Text, says: Text, remedy: Text }),
      {
        description: 'What needs the operator.',
      },
    ),
    closedBecause: Nullable(Type.String({ description: 'Why nothing is sent: see `getResume`.' })),
    relayAwaySince: Nullable(Moment),
  },
  { title: 'Today' },
);

/** What the desk begins with, for programs. */
export const adminToday: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const clock = createClock('UTC', deps.now);
  const { onUnknown } = deps.config;
  const needs = readNeeds({ ...deps, onUnknown, clock, canBackUp: deps.tools.backUp !== null });
  const factsOf = readToday({ ...deps, needs });

  app.get(
    '/today',
    {
      config: { scope: 'digests:read' },
      schema: {
        operationId: 'getToday',
        tags: ['Digests'],
        summary: 'What went out today, what follows, and what needs the operator',
        querystring: query({}),
        response: { 200: Today, ...REFUSED },
      },
    },
    async () => {
      const { facts } = await factsOf();
      const { edition, tally, lastIngest, relayAwaySince } = facts;
      return {
        at: facts.now.toISOString(),
        sentence: todayView(facts, clock).sentence,
        edition: edition && {
          date: edition.date,
          frozenAt: edition.frozenAt.toISOString(),
          papers: edition.papers,
          isSample: edition.sample,
        },
        editionDue: facts.editionDue.toISOString(),
        lastIngestAt: lastIngest?.toISOString() ?? null,
        digest:
          tally === null || tally.state === null
            ? null
            : {
                date: tally.date,
                state: tally.state,
                frozen: tally.frozen,
                counts: tally.counts,
                balances: tally.balances,
                nextDue: tally.nextDue?.toISOString() ?? null,
              },
        pace: facts.pace,
        limit: facts.limit,
        readers: facts.readers,
        due: facts.due.map(({ at, timezone, readers }) => ({ at: at.toISOString(), timezone, readers })),
        needs: facts.needs.map(({ mark, name, says, remedy }) => ({ mark, name, says, remedy })),
        closedBecause: facts.closed?.because ?? null,
        relayAwaySince: relayAwaySince?.toISOString() ?? null,
      };
    },
  );
};
