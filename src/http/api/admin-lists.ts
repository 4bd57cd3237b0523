import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { listKeys, withdrawKey } from '../../db/api-keys.ts';
import { backupRuns } from '../../db/backup-runs.ts';
import { sumsCountedAt } from '../../db/sums.ts';
import { readTrail, recordDeed } from '../../db/trail.ts';
import { dayOf } from '../../day.ts';
import { resumeAfterRestore, type Resumed } from '../../delivery/resume.ts';
import { loadSums, PERIODS } from '../../delivery/sums.ts';
import { AppError } from '../../errors.ts';
import { readResume } from '../admin/resume-plan.ts';
import { sourcesFacts } from '../admin/sources-facts.ts';
import type { AdminDeps } from './admin-deps.ts';
import { DONE, Done, OncePossible, OnceWanted, REFUSED, REFUSED_ONCE } from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { Day, Moment, Nullable, query, RowId } from './schemas.ts';

const Count = Type.Integer();
const Text = Type.String();
const Name = Type.Object({ name: Type.String({ maxLength: 60 }) }, { title: 'Name' });
/** A feed's name is its host and path. */
const SourceName = Type.Object({ name: Type.String({ maxLength: 200 }) }, { title: 'SourceName' });
const SHOWN = 100;

const Run = Type.Object(
  { startedAt: Moment, finishedAt: Moment, papers: Count, skipped: Count, error: Nullable(Text) },
  { title: 'Run' },
);
const Sources = Type.Object(
  {
    sources: Type.Array(
      Type.Object(
        { name: Text, answeredAt: Nullable(Moment), nextAt: Nullable(Moment), papers: Count, runs: Type.Array(Run) },
        { title: 'Source', description: '`papers`: those it brought first in the last 30 days.' },
      ),
    ),
  },
  { title: 'Sources' },
);
const COUNTED = [
  'active',
  'joined',
  'unsubscribed',
  'bounced',
  'complained',
  'more',
  'less',
  'frozen',
  'accepted',
  'rejected',
  'unknown',
  'skipped',
  'bounces',
  'complaints',
];
const Numbers = Type.Object(
  {
    by: Text,
    countedAt: Nullable(Moment),
    periods: Type.Array(
      Type.Object(
        {
          from: Day,
          until: Day,
          goesOn: Type.Boolean({ description: 'Whether it is not over at `until`.' }),
          ...Object.fromEntries(COUNTED.map((name) => [name, Count])),
        },
        { title: 'Period' },
      ),
      { description: 'Oldest first.' },
    ),
  },
  { title: 'Numbers' },
);
const Trail = Type.Object(
  {
    entries: Type.Array(
      Type.Object(
        { id: Count, at: Moment, who: Text, via: Text, did: Text, about: Text, words: Nullable(Text) },
        { title: 'Deed' },
      ),
    ),
    next: Nullable(Count),
  },
  { title: 'Trail' },
);
const Keys = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          name: Text,
          scopes: Type.Array(Text),
          createdAt: Moment,
          usedAt: Nullable(Moment),
          revokedAt: Nullable(Moment),
        },
        { title: 'Key' },
      ),
    ),
  },
  { title: 'Keys' },
);
const Backups = Type.Object(
  {
    keep: Nullable(Type.Integer({ description: 'How many are kept; null: BACKUP_DIR names no directory.' })),
    runs: Type.Array(
      Type.Object(
        {
          beganAt: Moment,
          endedAt: Nullable(Moment),
          bytes: Nullable(Type.Number()),
          ok: Nullable(Type.Boolean()),
          words: Nullable(Text),
        },
        { title: 'Backup' },
      ),
    ),
  },
  { title: 'Backups' },
);
const Plan = Type.Object(
  {
    because: Text,
    lostSince: Moment,
    closedAt: Moment,
    closed: Type.Array(Type.Object({ date: Day, readers: Count })),
    today: Type.Object({ date: Day, skipped: Count }),
    movedOn: Count,
    next: Type.Array(Type.Object({ date: Day, hour: Moment, readers: Count })),
  },
  { title: 'Resumed' },
);
const Resume = Type.Object(
  {
    closedAt: Type.String({
      format: 'date-time',
      description: 'As `getResume` says it: that you have read what it would do.',
    }),
    sendToday: Type.Optional(Type.Boolean({ description: 'Also the digest of the day: some may get it twice.' })),
  },
  { title: 'Resume' },
);

/** Sources, numbers, the trail, keys, backups, and mail after a restore. */
export const adminLists: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, now, tools, once } = deps;
  const { resumer, planned } = readResume(deps);

  app.get(
    '/sources',
    {
      config: { scope: 'sources:read' },
      schema: {
        operationId: 'listSources',
        tags: ['Sources'],
        summary: 'What each source brought in its last runs',
        querystring: query({}),
        response: { 200: Sources, ...REFUSED },
      },
    },
    async () => {
      const { sources } = await sourcesFacts(deps);
      return {
        sources: sources.map(({ name, answeredAt, nextAt, papers, runs }) => ({
          name,
          papers,
          answeredAt: answeredAt?.toISOString() ?? null,
          nextAt: nextAt?.toISOString() ?? null,
          runs: runs.map((run) => ({
            ...run,
            startedAt: run.startedAt.toISOString(),
            finishedAt: run.finishedAt.toISOString(),
          })),
        })),
      };
    },
  );

  app.post(
    '/sources/ask',
    {
      config: { scope: 'sources:write' },
      schema: {
        operationId: 'askSource',
        tags: ['Sources'],
        summary: 'Have a source asked now',
        headers: OncePossible,
        body: SourceName,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { name } = request.body;
        if (!tools.sources.some((source) => source.name === name))
          throw new AppError('NOT_FOUND', 'That source is not among those of SOURCES: `listSources` names them.');
        await tools.askSource(name);
        await recordDeed(db, holderOf(request), { at: now(), did: 'source.ask', about: name });
        return DONE;
      }),
  );

  app.get(
    '/numbers',
    {
      config: { scope: 'numbers:read' },
      schema: {
        operationId: 'getNumbers',
        tags: ['Numbers'],
        summary: 'Readers, deliveries and what came back, over time',
        querystring: query({ by: Type.Optional(Type.String({ enum: [...PERIODS], description: 'Default: month.' })) }),
        response: { 200: Numbers, ...REFUSED },
      },
    },
    async ({ query: { by = 'month' } }) => {
      const period = PERIODS.find((one) => one === by)!;
      const [periods, countedAt] = await Promise.all([loadSums(db, period, dayOf(now())), sumsCountedAt(db)]);
      return { by, countedAt: countedAt?.toISOString() ?? null, periods };
    },
  );

  app.get(
    '/trail',
    {
      config: { scope: 'trail:read' },
      schema: {
        operationId: 'listTrail',
        tags: ['Trail'],
        summary: 'Who did what, the newest first',
        querystring: query({
          about: Type.Optional(Type.String({ maxLength: 200, description: 'A date, a paper, or a reader’s number.' })),
          before: Type.Optional({ ...RowId, description: '`next` of the page before.' }),
        }),
        response: { 200: Trail, ...REFUSED },
      },
    },
    async ({ query: { about, before } }) => {
      const found = await readTrail(db, {
        limit: SHOWN + 1,
        ...(about !== undefined && { about }),
        ...(before !== undefined && { before }),
      });
      const entries = found.slice(0, SHOWN);
      return {
        entries: entries.map(({ at, words = null, ...deed }) => ({ ...deed, words, at: at.toISOString() })),
        next: found.length > SHOWN ? entries.at(-1)!.id : null,
      };
    },
  );

  app.get(
    '/keys',
    {
      config: { scope: 'keys:read' },
      schema: {
        operationId: 'listKeys',
        tags: ['Keys'],
        summary: 'The keys there are and were',
        description: 'A key makes no keys: one that was stolen could outlive its end so.',
        querystring: query({}),
        response: { 200: Keys, ...REFUSED },
      },
    },
    async () => ({
      keys: (await listKeys(db)).map(({ name, scopes, createdAt, usedAt, revokedAt }) => ({
        name,
        scopes,
        createdAt: createdAt.toISOString(),
        usedAt: usedAt?.toISOString() ?? null,
        revokedAt: revokedAt?.toISOString() ?? null,
      })),
    }),
  );

  app.post(
    '/keys/revoke',
    {
      config: { scope: 'keys:write' },
      schema: {
        operationId: 'revokeKey',
        tags: ['Keys'],
        summary: 'End a key for good',
        headers: OncePossible,
        body: Name,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        await withdrawKey(db, holderOf(request), request.body.name, now());
        return DONE;
      }),
  );

  app.get(
    '/backups',
    {
      config: { scope: 'backups:read' },
      schema: {
        operationId: 'listBackups',
        tags: ['Backups'],
        summary: 'How the last backups went',
        querystring: query({}),
        response: { 200: Backups, ...REFUSED },
      },
    },
    async () => ({
      keep: tools.config.backups?.keep ?? null,
      runs: (await backupRuns(db, SHOWN)).map(({ beganAt, endedAt, bytes, ok, words }) => ({
        beganAt: beganAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
        bytes,
        ok,
        words,
      })),
    }),
  );

  app.post(
    '/backups',
    {
      config: { scope: 'backups:write' },
      schema: {
        operationId: 'makeBackup',
        tags: ['Backups'],
        summary: 'Have a backup made and proved now',
        description: 'The worker makes it; `listBackups` tells how it went.',
        headers: OncePossible,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        if (tools.backUp === null)
          throw new AppError(
            'INPUT_INVALID',
            'BACKUP_DIR names no directory for backups: set it, and start Paperboy again.',
          );
        await tools.backUp();
        await recordDeed(db, holderOf(request), { at: now(), did: 'backup.make', about: 'installation' });
        return DONE;
      }),
  );

  app.get(
    '/resume',
    {
      config: { scope: 'mail:resume' },
      schema: {
        operationId: 'getResume',
        tags: ['Resume'],
        summary: 'What letting mail go out again would do, after a restore',
        querystring: query({}),
        response: { 200: Plan, ...REFUSED },
      },
    },
    async () => planOut(await closedPlan()),
  );

  app.post(
    '/resume',
    {
      config: { scope: 'mail:resume' },
      schema: {
        operationId: 'resumeMail',
        tags: ['Resume'],
        summary: 'Let mail go out again after a restore',
        headers: OnceWanted,
        body: Resume,
        response: { 200: Plan, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { closedAt, sendToday = false } = request.body;
        if (Date.parse(closedAt) !== (await closedPlan()).closedAt.getTime())
          throw new AppError(
            'INPUT_INVALID',
            'That is not what is closed now: read `getResume`, and confirm its time.',
          );
        await tools.requireTrueClock();
        return planOut(await resumeAfterRestore(resumer, { sendToday, dryRun: false, by: holderOf(request) }));
      }),
  );

  async function closedPlan(): Promise<Resumed> {
    const plan = await planned();
    if (plan === null) throw new AppError('NOT_FOUND', 'Nothing is closed: mail is sent as always.');
    return plan;
  }
};

const planOut = ({ lostSince, closedAt, next, ...plan }: Resumed) => ({
  ...plan,
  lostSince: lostSince.toISOString(),
  closedAt: closedAt.toISOString(),
  next: next.map(({ hour, ...rest }) => ({ ...rest, hour: hour.toISOString() })),
});
