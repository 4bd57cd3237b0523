import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';
import type { Follow } from '../../subscriber.ts';
import { type FollowInput, type FollowWish, followWords, labelIn, parseFollow } from '../../subscribers/follows.ts';
import { propose } from '../../subscribers/proposals.ts';
import { readReferences } from '../../subscribers/references.ts';
import { type FormFields, fieldsOf, listField, readForms, textField } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { saidIn } from '../../words/reader-error.ts';
import type { Words } from '../../words/words.ts';
import type { FollowsView, OfferView } from './views.ts';
import { authorPath, organisationPath, searchPath } from '../paths.ts';

interface FollowRoute {
  Params: { token: string };
  Querystring: { kind?: string | string[]; value?: string | string[] };
}

const KINDS = ['search', 'author', 'organisation', 'not'] as const;
const PAGE_OF: Readonly<Record<Follow['kind'], (value: string) => string>> = {
  search: (value) => searchPath(value),
  author: authorPath,
  organisation: organisationPath,
  not: (value) => searchPath(value),
};

export function followsView(
  words: Words,
  token: string,
  { follows, isOnly }: { follows: Follow[]; isOnly: boolean },
): FollowsView {
  const item = ({ kind, value, label }: Follow) => ({ label, href: PAGE_OF[kind](value), key: `${kind} ${value}` });
  const of = (wanted: Follow['kind']) => follows.filter(({ kind }) => kind === wanted).map(item);
  return {
    action: `/preferences/${token}/follow`,
    seedHref: `/preferences/${token}/seed`,
    groups: KINDS.map((kind) => ({ name: words.t(`follow-group-${kind}`), items: of(kind) })).filter(
      ({ items }) => items.length > 0,
    ),
    canBeOnly: follows.some(({ kind }) => kind !== 'not'),
    isOnly,
  };
}

/** `search best arm` as a form's button or box says it. */
const inputOf = (key: string): FollowInput => {
  const at = key.indexOf(' ');
  return { kind: key.slice(0, Math.max(0, at)), value: key.slice(at + 1) };
};

function wishIn(fields: FormFields): FollowWish {
  const [kind, value] = [textField(fields, 'kind'), textField(fields, 'value')];
  const only = textField(fields, 'only');
  return {
    add: [...(kind === undefined ? [] : [{ kind, value: value ?? '' }]), ...listField(fields, 'pick').map(inputOf)],
    remove: listField(fields, 'remove').map(inputOf) as FollowWish['remove'] & object,
    ...(only !== undefined && { only: only === 'yes' }),
  };
}

/** What a person can put right, in one sentence. */
function sentenceOf(words: Words, error: unknown): string {
  if (error instanceof AppError && error.code === 'INPUT_INVALID') return saidIn(words, error);
  throw error;
}

/** A list of references may be so long, in bytes; its form adds little. */
const LONGEST_SEED = 3 * 1024 * 1024;
const FORM_AROUND = 64 * 1024;

/** Where a reader changes what they follow; GET shows, POST acts. */
export async function followPages(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  const { db, topics, render, actions, limits } = deps;
  const isInForce = (slug: string): boolean => topics.list.some((topic) => topic.slug === slug);
  await readForms(app, { files: true });
  const html = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8');

  const show = async (
    { words, params: { token } }: FastifyRequest<FollowRoute>,
    reply: FastifyReply,
    state: { saved?: boolean; problem?: string | null; offer?: OfferView | null },
  ) => {
    const view = followsView(words, token, await actions.getFollows(token));
    const { saved = false, problem = null, offer = null } = state;
    return html(reply).send(
      render(words, 'follow', {
        title: words.t('follow-title'),
        noindex: true,
        preferencesHref: `/preferences/${token}`,
        saved,
        problem,
        offer,
        follows: view,
      }),
    );
  };

  app.get<FollowRoute>('/preferences/:token/follow', async (request, reply) => {
    const { token } = request.params;
    const [kind, value] = [request.query.kind, request.query.value].map((given) => [given].flat()[0]);
    // First of all, so that nothing is said to who has no good link.
    await actions.getFollows(token);
    if (kind === undefined || value === undefined) return show(request, reply, {});
    const asked = await parseFollow(db, { kind, value }, isInForce).catch((error: unknown) =>
      sentenceOf(request.words, error),
    );
    if (typeof asked === 'string') return show(request, reply.code(422), { problem: asked });
    return show(request, reply, {
      offer: { kind: asked.kind, value: asked.value, words: followWords(request.words, asked) },
    });
  });

  app.post<FollowRoute>('/preferences/:token/follow', { onRequest: limits.token }, async (request, reply) => {
    const { token } = request.params;
    const problem = await actions.setFollows(token, wishIn(fieldsOf(request.body))).then(
      () => null,
      (error: unknown) => sentenceOf(request.words, error),
    );
    if (problem !== null) reply.code(422);
    return show(request, reply, { saved: problem === null, problem });
  });

  const seed = async (
    { words, params: { token } }: FastifyRequest<FollowRoute>,
    reply: FastifyReply,
    state: { problem?: string; text?: string },
  ) =>
    html(reply).send(
      render(words, 'seed', {
        title: words.t('seed-title'),
        noindex: true,
        preferencesHref: `/preferences/${token}`,
        problem: state.problem ?? null,
        text: state.text ?? '',
        proposals: null,
      }),
    );

  app.get<FollowRoute>('/preferences/:token/seed', async (request, reply) => {
    await actions.getFollows(request.params.token);
    return seed(request, reply, {});
  });

  app.post<FollowRoute>(
    '/preferences/:token/seed',
    { onRequest: limits.token, bodyLimit: LONGEST_SEED + FORM_AROUND },
    async (request, reply) => {
      const { words } = request;
      const { token } = request.params;
      const { follows, topics: had } = await actions.getFollows(token);
      const fields = fieldsOf(request.body);
      const [pasted, file] = [textField(fields, 'text') ?? '', textField(fields, 'file') ?? ''];
      const references = (await Promise.all([pasted, file].map(readReferences))).flat();
      if (references.length === 0)
        return seed(request, reply.code(422), {
          problem: words.t('seed-none'),
          text: pasted,
        });
      const groups = await propose({ db, topics }, references);
      const known = new Set([...follows.map(({ kind, value }) => `${kind} ${value}`), ...had.map((t) => `topic ${t}`)]);
      return html(reply).send(
        render(words, 'seed', {
          title: words.t('seed-title'),
          noindex: true,
          preferencesHref: `/preferences/${token}`,
          problem: null,
          text: '',
          proposals: {
            action: `/preferences/${token}/follow`,
            references: references.length,
            groups: groups
              .map(({ kind, items }) => ({
                name: words.t(`follow-group-${kind}`),
                items: items
                  .map((item) => ({
                    key: `${item.kind} ${item.value}`,
                    label: labelIn(words, item),
                    count: item.count,
                  }))
                  .filter(({ key }) => !known.has(key)),
              }))
              .filter(({ items }) => items.length > 0),
          },
        }),
      );
    },
  );
}
