import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';
import {
  type DeskTopics,
  made,
  NEW_TOPIC as NEW,
  originsOf,
  putTopic,
  readDeskTopics,
  tryOnRecent,
} from '../../papers/desk-topics.ts';
import type { OwnTopic } from '../../papers/own-topics.ts';
import type { TopicInForce } from '../../papers/topics.ts';
import { type FormFields, fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick, saidOf } from './fields.ts';
import { formOf, type TopicFacts, type TopicForm, topicOf, topicsView, topicView, typed } from './topics-view.ts';

interface TopicRoute {
  Params: { slug: string };
  Querystring: { done?: string };
}

const DONE: Readonly<Record<string, string>> = {
  save: 'It is saved. Every process takes it up within a minute, and the papers of 30 days are filed anew.',
  back: 'It is put back as it was. Every process takes that up within a minute.',
  remove: 'It is taken back. You can put it back below.',
};

/** What papers are filed under: who follows it, what it brings, and changing it after a trial. */
export async function topicsDesk(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools, topics } = deps;
  const { readersByTopic: readers, papersByTopic: papers } = deps.counts;

  const originOf = originsOf(tools.ofFile);

  app.get('/topics', async (request, reply) => {
    const [desk, following, filed] = await Promise.all([readDeskTopics(db), readers(), papers()]);
    const view = topicsView({
      topics: topics.list,
      originOf: originOf(desk),
      readers: following.value,
      papers: filed.value,
    });
    return page(reply).send(renderDesk('topics', { ...meta(request), title: 'Topics', here: 'topics', ...view }));
  });

  interface Shown {
    form?: TopicForm;
    trial?: TopicFacts['trial'];
    problem?: string;
  }

  async function show(
    request: FastifyRequest<TopicRoute>,
    reply: FastifyReply,
    { form, trial = null, problem }: Shown = {},
  ): Promise<FastifyReply> {
    const { slug } = request.params;
    const [desk, following, filed] = await Promise.all([readDeskTopics(db), readers(), papers()]);
    const { topic, said } = found(slug, desk);
    const view = topicView(
      {
        topic,
        origin: topic === null ? 'desk' : originOf(desk)(slug),
        form: form ?? formOf(topic, said),
        readers: following.value.get(slug) ?? 0,
        papers: filed.value.get(slug) ?? 0,
        changes: desk.changes,
        trial,
        said: problem === undefined ? saidOf(DONE, request.query.done) : null,
        problem: problem ?? null,
      },
      clock,
    );
    const title = topic?.name ?? 'A topic of your own';
    return page(problem === undefined ? reply : reply.code(422)).send(
      renderDesk('topic', { ...meta(request), title, here: 'topics', ...view }),
    );
  }

  /** The topic, and what the desk says of it. One that was taken back is still shown, to be put back. */
  function found(
    slug: string,
    { topics: said, changes }: DeskTopics,
  ): { topic: TopicInForce | null; said: OwnTopic | null } {
    if (slug === NEW) return { topic: null, said: null };
    const topic = topics.list.find((one) => one.slug === slug);
    const now = said.find((one) => one.slug === slug) ?? null;
    if (topic !== undefined) return { topic, said: now };
    const last = changes.find((change) => change.slug === slug);
    const was = last?.after ?? last?.before;
    if (!was) throw new AppError('NOT_FOUND', 'There is no such topic: choose one of the list of topics.');
    return { topic: made(was), said: was };
  }

  app.get<TopicRoute>('/topics/:slug', (request, reply) => show(request, reply));

  /** What goes wrong with what was typed is said beside it. */
  const act = (
    name: string,
    work: (request: FastifyRequest<TopicRoute>, fields: FormFields, form: TopicForm) => Promise<Shown | string>,
  ): void => {
    app.post<TopicRoute>(`/topics/:slug/${name}`, async (request, reply) => {
      const fields = fieldsOf(request.body);
      const { slug } = request.params;
      const form = typed(fields, slug === NEW ? null : slug);
      try {
        const outcome = await work(request, fields, form);
        if (typeof outcome === 'string') return await reply.redirect(`/admin/topics/${outcome}?done=${name}`, 303);
        return await show(request, reply, outcome);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'NOT_FOUND') throw error;
        return show(request, reply, { form, problem: error.message });
      }
    });
  };

  const requireFree = (request: FastifyRequest<TopicRoute>, { slug }: TopicForm): void => {
    if (request.params.slug !== NEW) return;
    if (slug === NEW || topics.list.some((topic) => topic.slug === slug))
      throw new AppError(
        'INPUT_INVALID',
        'There is a topic of that name in addresses already: choose another, or change that one.',
      );
  };

  const change = (slug: string, topic: OwnTopic | null): Promise<void> =>
    putTopic({ db, now, topics, ...tools }, AT_THE_DESK, slug, topic);

  act('try', async (request, _fields, form) => {
    requireFree(request, form);
    return { form, trial: await tryOnRecent({ db, now, topics }, topicOf(form)) };
  });
  act('save', async (request, _fields, form) => {
    requireFree(request, form);
    await change(form.slug, topicOf(form));
    return form.slug;
  });
  act('remove', async (request, fields) => {
    requireTick(fields, 'Tick that you want it taken back, and press the button again.');
    await change(request.params.slug, null);
    return request.params.slug;
  });
  act('back', async (request, fields) => {
    const { changes } = await readDeskTopics(db);
    const chosen = changes.find(({ at, slug }) => slug === request.params.slug && at === textField(fields, 'at'));
    if (chosen === undefined)
      throw new AppError('INPUT_INVALID', 'That change is too old to be taken back: say anew what the topic is.');
    await change(chosen.slug, chosen.before);
    return chosen.slug;
  });
}
