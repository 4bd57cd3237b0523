import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dayOf, freezesAt, isDay } from '../../day.ts';
import { isBegun } from '../../db/digests.ts';
import { choicesFor, noteOf } from '../../db/edition-choices.ts';
import { getEdition, listEditions } from '../../db/editions.ts';
import { leadsOf } from '../../db/places.ts';
import { listTopics } from '../../db/topics.ts';
import { recordDeed } from '../../db/trail.ts';
import { type Parts, previewParts, sendTest } from '../../delivery/preview.ts';
import { choosePaper, keepNote, takeChoiceBack } from '../../editions/choose.ts';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors.ts';
import { OVERALL } from '../../paper.ts';
import { normaliseAddress } from '../../subscribers/address.ts';
import { type FormFields, fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, FRAMED, page } from './deps.ts';
import { saidOf } from './fields.ts';
import { type EditionFacts, editionView, PREVIEW_FORMS, type PreviewForm } from './edition-view.ts';
import { counted, figure } from '../../figures.ts';

const LISTED = 30;
const PREVIEWS_KEPT = 20;

interface EditionRoute {
  Params: { date: string };
  Querystring: { of?: string; as?: string; all?: string; done?: string };
}

const DONE: Readonly<Record<string, string>> = {
  pin: 'It is pinned: the edition will open with it.',
  drop: 'It is dropped from this edition and later ones. You can put it back below.',
  back: 'What you had chosen of it is taken back.',
  why: 'The reason is kept.',
  note: 'The note is saved.',
  test: 'The test is sent. Its links lead nowhere, and the ledger knows nothing of it.',
};

/** Editions that were and the one to come: what stands, what an operator makes of it, how it arrives. */
export async function editionDesk(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, config, topics: inForce, tools, standings } = deps;
  const preview = { db, now, topics: inForce, ...tools };
  /** A frozen edition is the same mail as long as its note, the choices, the topics and the look are. */
  const previews = new LRUCache<string, Parts>({ max: PREVIEWS_KEPT });
  let drawnIn = deps.look();
  const partsFor = async (date: string, of: string): Promise<Parts> => {
    if (drawnIn !== deps.look()) previews.clear();
    drawnIn = deps.look();
    const [edition, note, choices] = await Promise.all([
      getEdition(db, date, OVERALL),
      noteOf(db, date),
      choicesFor(db, date),
    ]);
    if (edition === null) return previewParts(preview, { date, topics: [of] });
    const key = JSON.stringify([date, edition.frozenAt, of, note, choices, inForce.list]);
    const known = previews.get(key);
    if (known) return known;
    const parts = await previewParts(preview, { date, topics: [of] });
    previews.set(key, parts);
    return parts;
  };
  const hourOf = (date: string): Date => freezesAt(date, config.editionHour);

  app.get('/editions', async (request, reply) => {
    const [editions, next] = await Promise.all([listEditions(db, { limit: LISTED }), standings.nextDate()]);
    const leads = await leadsOf(
      db,
      editions.map(({ date }) => date),
    );
    return page(reply).send(
      renderDesk('editions', {
        ...meta(request),
        title: 'Editions',
        here: 'editions',
        sentence:
          editions.length === 0
            ? `The first edition freezes at ${clock.time(hourOf(next))}.`
            : `The newest edition is of ${clock.day(editions[0]!.date)}; the next freezes at ${clock.time(hourOf(next))}.`,
        next: { label: 'See what stands for it', href: `/admin/editions/${next}` },
        rows: editions.map(({ date, papers }) => ({
          href: `/admin/editions/${date}`,
          day: clock.day(date),
          papers: figure(papers),
          lead: leads.get(date)?.title ?? '',
        })),
      }),
    );
  });

  async function factsOf(request: FastifyRequest<EditionRoute>, problem: string | null): Promise<EditionFacts> {
    const { date } = request.params;
    const { of, as, all, done } = request.query;
    const edition = await getEdition(db, date, OVERALL);
    const next = await standings.nextDate();
    if (edition === null && date !== next) throw noEdition();
    const [topics, note, sent] = await Promise.all([listTopics(db), noteOf(db, date), isBegun(db, date)]);
    return {
      now: now(),
      date,
      frozen: edition?.entries ?? null,
      frozenAt: edition?.frozenAt ?? hourOf(date),
      standing: edition === null ? await standings.of(date) : null,
      note,
      isSent: sent,
      topics,
      of: topics.some(({ slug }) => slug === of) ? of! : OVERALL,
      as: formOf(as),
      isWhole: all !== undefined,
      said: saidOf(DONE, done),
      problem,
    };
  }

  async function show(
    request: FastifyRequest<EditionRoute>,
    reply: FastifyReply,
    problem: string | null = null,
  ): Promise<FastifyReply> {
    if (!isDay(request.params.date)) throw noEdition();
    const facts = await factsOf(request, problem);
    const view = { ...meta(request), title: `The edition of ${clock.day(facts.date)}`, here: 'editions' as const };
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('edition', { ...view, ...editionView(facts, clock) }),
    );
  }

  app.get<EditionRoute>('/editions/:date', (request, reply) => show(request, reply));

  /** The mail in a frame: its own styles are inline, and nothing in it runs or loads. */
  app.get<EditionRoute>('/editions/:date/mail', async (request, reply) => {
    const { date } = request.params;
    if (!isDay(date) || (date > dayOf(now()) && date !== (await standings.nextDate()))) throw noEdition();
    const { of = OVERALL, as } = request.query;
    reply.header('content-security-policy', FRAMED);
    const isText = formOf(as) === 'text';
    try {
      const { html, text } = await partsFor(date, of);
      return await reply.type(`text/${isText ? 'plain' : 'html'}; charset=utf-8`).send(isText ? text : html);
    } catch (error) {
      // A page of ours may stand in no frame: what is wrong is said in a line.
      if (!(error instanceof AppError)) throw error;
      return reply.code(404).type('text/plain; charset=utf-8').send(error.message);
    }
  });

  /** Does what a form asks, writes it down and leads back; what cannot be used is said on the page. */
  const act = (name: string, work: (date: string, fields: FormFields) => Promise<string | undefined>): void => {
    app.post<EditionRoute>(`/editions/:date/${name}`, async (request, reply) => {
      const { date } = request.params;
      if (!isDay(date)) throw noEdition();
      try {
        const words = await work(date, fieldsOf(request.body));
        const deed = { at: now(), did: `edition.${name}`, about: date, ...(words !== undefined && { words }) };
        await recordDeed(db, AT_THE_DESK, deed);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'NOT_FOUND') throw error;
        return show(request, reply, error.message);
      }
      standings.clear();
      return reply.redirect(`/admin/editions/${date}?done=${name}`, 303);
    });
  };

  const paperOf = (fields: FormFields): string => textField(fields, 'paper') ?? '';
  const keep = async (
    date: string,
    fields: FormFields,
    choice: 'pin' | 'drop',
    why: string | null,
  ): Promise<string> => {
    const paperId = paperOf(fields);
    await choosePaper(deps, { date, paperId, choice, why, by: AT_THE_DESK.who });
    return why === null ? paperId : `${paperId}, ${why}`;
  };
  act('pin', (date, fields) => keep(date, fields, 'pin', null));
  act('drop', (date, fields) => keep(date, fields, 'drop', null));
  act('why', (date, fields) => keep(date, fields, 'drop', textField(fields, 'why') || null));
  act('back', async (date, fields) => {
    await takeChoiceBack(deps, date, paperOf(fields));
    return paperOf(fields);
  });
  act('note', async (date, fields) =>
    counted(await keepNote(deps, date, textField(fields, 'words') ?? ''), 'character'),
  );
  act('test', async (date, fields) => {
    const of = textField(fields, 'of') ?? OVERALL;
    await sendTest(preview, { date, topics: [of] }, normaliseAddress(textField(fields, 'to') ?? ''));
    return undefined;
  });
}

const formOf = (text: string | undefined): PreviewForm => PREVIEW_FORMS.find((form) => form === text) ?? 'phone';

const noEdition = (): AppError =>
  new AppError('NOT_FOUND', 'There is no edition of this day, and none to come: choose one of the list of editions.');
