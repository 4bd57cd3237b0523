import { counted } from '../../figures.ts';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type TSchema, Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { noteOf } from '../../db/edition-choices.ts';
import { recordDeed } from '../../db/trail.ts';
import { previewParts, sendTest } from '../../delivery/preview.ts';
import { choosePaper, keepNote, takeChoiceBack } from '../../editions/choose.ts';
import { AppError } from '../../errors.ts';
import { OVERALL } from '../../paper.ts';
import { normaliseAddress } from '../../subscribers/address.ts';
import type { AdminDeps } from './admin-deps.ts';
import {
  DateParams,
  Drop,
  EditionChanged,
  Note,
  OncePossible,
  OnceWanted,
  Pin,
  Preview,
  REFUSED,
  REFUSED_ONCE,
  Standing,
  Test,
} from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { query } from './schemas.ts';

export const adminEditions: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, now, topics, tools, standings, once } = deps;

  app.get(
    '/editions/:date/standing',
    {
      config: { scope: 'editions:read' },
      schema: {
        operationId: 'getStanding',
        tags: ['Editions'],
        summary: 'What stands for the edition to come',
        description: 'Frozen editions are in the public API.',
        params: DateParams,
        querystring: query({}),
        response: { 200: Standing, ...REFUSED },
      },
    },
    async ({ params: { date } }) => {
      const next = await standings.nextDate();
      if (date !== next)
        throw new AppError('NOT_FOUND', `The edition to come is that of ${next}: ask for what stands for it.`);
      const [{ entries, byScore, choices }, note] = await Promise.all([standings.of(date), noteOf(db, date)]);
      const pinned = new Set(choices.filter(({ choice }) => choice === 'pin').map(({ paperId }) => paperId));
      return {
        date,
        note: note?.words ?? '',
        papers: entries.map(({ rank, paper, score, reasons, topics: filed, isListed }) => ({
          rank,
          paper: paper.id,
          title: paper.title,
          score,
          reasons,
          topics: filed,
          isShown: isListed,
          isPinned: pinned.has(paper.id),
          ...(byScore.has(paper.id) && { rankByScore: byScore.get(paper.id)! }),
        })),
        dropped: choices
          .filter(({ choice }) => choice === 'drop')
          .map(({ paperId, title, why, by, at }) => ({ paper: paperId, title, why, by, at: at.toISOString() })),
      };
    },
  );

  app.get(
    '/editions/:date/preview',
    {
      config: { scope: 'editions:read' },
      schema: {
        operationId: 'previewDigest',
        tags: ['Editions'],
        summary: 'A digest as a reader would get it, with links that lead nowhere',
        params: DateParams,
        querystring: query({
          topics: Type.Optional(Type.String({ description: 'With commas between; default: all.' })),
        }),
        response: { 200: Preview, ...REFUSED },
      },
    },
    async ({ params: { date }, query: { topics: wanted = OVERALL } }) => {
      if (date > (await standings.nextDate()))
        throw new AppError('NOT_FOUND', 'There is no edition of this day yet: ask for one that was, or the next.');
      const { subject, html, text } = await previewParts(
        { db, now, topics, ...tools },
        { date, topics: wanted.split(',') },
      );
      return { date, subject, html, text };
    },
  );

  /** One change of an edition to come, written down with who made it; `work` gives what the trail says of it. */
  const change = <Body extends TSchema>(
    name: string,
    { id, summary, body, sends = false }: { id: string; summary: string; body: Body; sends?: boolean },
    work: (date: string, body: never, by: string) => Promise<string | undefined>,
  ): unknown =>
    app.post<{ Params: { date: string } }>(
      `/editions/:date/${name}`,
      {
        config: { scope: 'editions:write' },
        schema: {
          operationId: id,
          tags: ['Editions'],
          summary,
          params: DateParams,
          headers: sends ? OnceWanted : OncePossible,
          body,
          response: { 200: EditionChanged, ...REFUSED_ONCE },
        },
      },
      (request) => once(request, () => makeChange(request, name, work)),
    );

  async function makeChange(
    request: FastifyRequest<{ Params: { date: string } }>,
    name: string,
    work: (date: string, body: never, by: string) => Promise<string | undefined>,
  ): Promise<{ date: string }> {
    const { date } = request.params;
    const who = holderOf(request);
    const words = await work(date, request.body as never, who.who);
    standings.clear();
    await recordDeed(db, who, {
      at: now(),
      did: `edition.${name}`,
      about: date,
      ...(words !== undefined && { words }),
    });
    return { date };
  }

  change(
    'pin',
    { id: 'pinPaper', summary: 'Pin a paper to the top', body: Pin },
    async (date, { paper }: { paper: string }, by) => {
      await choosePaper(deps, { date, paperId: paper, choice: 'pin', why: null, by });
      return paper;
    },
  );
  change(
    'drop',
    { id: 'dropPaper', summary: 'Drop a paper from this edition and later ones', body: Drop },
    async (date, { paper, why = null }: { paper: string; why?: string | null }, by) => {
      await choosePaper(deps, { date, paperId: paper, choice: 'drop', why, by });
      return why === null ? paper : `${paper}, ${why}`;
    },
  );
  change(
    'back',
    { id: 'takeChoiceBack', summary: 'Take back what was chosen of a paper', body: Pin },
    async (date, { paper }: { paper: string }) => {
      await takeChoiceBack(deps, date, paper);
      return paper;
    },
  );
  change(
    'note',
    { id: 'keepNote', summary: 'Keep a note above no. 1; empty words take it away', body: Note },
    async (date, { words }: { words: string }) => {
      const length = await keepNote(deps, date, words.trim());
      return counted(length, 'character');
    },
  );
  change(
    'test',
    {
      id: 'sendTest',
      summary: 'Mail the digest to any address; the ledger knows nothing of it',
      body: Test,
      sends: true,
    },
    async (date, { to, topics: of = [OVERALL] }: { to: string; topics?: string[] }) => {
      await sendTest({ db, now, topics, ...tools }, { date, topics: of }, normaliseAddress(to));
      return undefined;
    },
  );
};
