import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { BRAND_FIELDS, type BrandPart, patchedBrand } from '../../brand/brand.ts';
import { newestDeliveries } from '../../db/hook-deliveries.ts';
import { listEndpoints } from '../../db/hook-endpoints.ts';
import type { Actor } from '../../db/trail.ts';
import { requireOpenGate } from '../../delivery/gate.ts';
import { AppError } from '../../errors.ts';
import {
  addWebhook,
  removeWebhook,
  replayDelivery,
  replayWebhook,
  rotateWebhook,
  switchWebhookOn,
  testWebhook,
} from '../../hooks/endpoints.ts';
import { sendDue } from '../../hooks/send.ts';
import { originsOf, putTopic, readDeskTopics, tryOnRecent } from '../../papers/desk-topics.ts';
import type { AdminDeps } from './admin-deps.ts';
import { DONE, Done, OncePossible, OnceWanted, REFUSED, REFUSED_ONCE } from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { Moment, Nullable, query, RowId } from './schemas.ts';

const Text = Type.String();
const Words = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500 });
const Slug = Type.Object({ slug: Type.String({ maxLength: 60 }) });
const Id = Type.Object({ id: RowId });
const DELIVERIES_SHOWN = 50;
const NAMED = 50;
/** Two pages of 50,000 characters, or a topic of 1,500 words, in any script. */
const MOST_BYTES = 1024 * 1024;

const Topics = Type.Object(
  {
    topics: Type.Array(
      Type.Object(
        {
          slug: Text,
          name: Text,
          description: Text,
          origin: Type.String({ enum: ['ours', 'added to', 'desk', 'file'] }),
          readers: Type.Integer(),
          papers: Type.Integer({ description: 'Of the last 30 days.' }),
        },
        { title: 'OperatedTopic' },
      ),
    ),
  },
  { title: 'OperatedTopics' },
);
const TopicWish = Type.Object(
  {
    name: Text,
    description: Type.Optional(Text),
    categories: Type.Optional(Type.Array(Text, { maxItems: 100 })),
    keywords: Type.Optional(
      Type.Object({ strong: Type.Optional(Words), weak: Type.Optional(Words) }, { additionalProperties: false }),
    ),
    not: Type.Optional(Words),
  },
  { title: 'TopicWish', additionalProperties: false },
);
const Named = Type.Array(Type.Object({ id: Text, title: Text }));
const Trial = Type.Object(
  {
    looked: Type.Integer(),
    stay: Type.Integer(),
    comes: Type.Integer(),
    goes: Type.Integer(),
    come: Named,
    go: Named,
  },
  { title: 'Trial', description: 'The first 50 of those that come and go are named.' },
);

const Brand = Type.Object(
  {
    brand: Type.Record(Text, Type.Unknown()),
    origins: Type.Record(Text, Text),
    saved: Type.Record(Text, Type.Unknown()),
    faults: Type.Array(Text),
  },
  { title: 'Brand' },
);
const BrandPatch = Type.Object(Object.fromEntries(BRAND_FIELDS.map((name) => [name, Type.Optional(Type.Unknown())])), {
  title: 'BrandPatch',
  additionalProperties: false,
  description: '`null` takes back what was said of a field (RFC 7396).',
});

const Webhooks = Type.Object(
  {
    webhooks: Type.Array(
      Type.Object(
        {
          id: Type.Integer(),
          url: Text,
          events: Type.Array(Text),
          isNear: Type.Boolean(),
          offAt: Nullable(Moment),
          waiting: Type.Integer(),
          failed: Type.Integer(),
        },
        { title: 'Webhook' },
      ),
    ),
  },
  { title: 'Webhooks' },
);
const WebhookWish = Type.Object({ url: Text, events: Type.Optional(Type.Array(Text)) }, { title: 'WebhookWish' });
const WebhookMade = Type.Object(
  { id: Type.Integer(), secret: Type.String({ description: 'What signs, shown this once.' }) },
  { title: 'WebhookMade' },
);
const HookDeliveries = Type.Object(
  {
    deliveries: Type.Array(
      Type.Object(
        {
          id: Type.Integer(),
          type: Text,
          at: Moment,
          state: Text,
          attempts: Type.Integer(),
          triedAt: Nullable(Moment),
          words: Nullable(Text),
        },
        { title: 'HookDelivery' },
      ),
    ),
  },
  { title: 'HookDeliveries' },
);

/** Topics, the brand, and webhooks: the ways of the newspaper. */
export const adminWays: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, now, topics, tools, counts, once, look } = deps;
  const originOf = originsOf(tools.ofFile);
  const put = { db, now, topics, ...tools };

  app.get(
    '/topics',
    {
      config: { scope: 'topics:read' },
      schema: {
        operationId: 'listOperatedTopics',
        tags: ['Topics'],
        summary: 'Topics, who follows them, and what they brought',
        querystring: query({}),
        response: { 200: Topics, ...REFUSED },
      },
    },
    async () => {
      const [desk, readers, papers] = [
        await readDeskTopics(db),
        await counts.readersByTopic(),
        await counts.papersByTopic(),
      ];
      return {
        topics: topics.list.map(({ slug, name, description }) => ({
          slug,
          name,
          description,
          origin: originOf(desk)(slug),
          readers: readers.value.get(slug) ?? 0,
          papers: papers.value.get(slug) ?? 0,
        })),
      };
    },
  );

  app.post(
    '/topics/:slug/try',
    {
      config: { scope: 'topics:read' },
      schema: {
        operationId: 'tryTopic',
        tags: ['Topics'],
        summary: 'Try a topic on the last 30 days; nothing is saved',
        params: Slug,
        body: TopicWish,
        response: { 200: Trial, ...REFUSED },
      },
    },
    async ({ params: { slug }, body }) => {
      const { looked, stay, come, go } = await tryOnRecent(deps, { ...body, slug });
      const named = (papers: typeof come) => papers.slice(0, NAMED).map(({ id, title }) => ({ id, title }));
      return { looked, stay, comes: come.length, goes: go.length, come: named(come), go: named(go) };
    },
  );

  app.put(
    '/topics/:slug',
    {
      bodyLimit: MOST_BYTES,
      config: { scope: 'topics:write' },
      schema: {
        operationId: 'putTopic',
        tags: ['Topics'],
        summary: 'Make a topic, or say anew what one is',
        params: Slug,
        headers: OncePossible,
        body: TopicWish,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { slug } = request.params;
        await putTopic(put, holderOf(request), slug, { ...request.body, slug });
        return DONE;
      }),
  );

  app.delete(
    '/topics/:slug',
    {
      config: { scope: 'topics:write' },
      schema: {
        operationId: 'removeTopic',
        tags: ['Topics'],
        summary: 'Take back what was said of a topic',
        params: Slug,
        headers: OncePossible,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { slug } = request.params;
        if (!(await readDeskTopics(db)).topics.some((topic) => topic.slug === slug))
          throw new AppError(
            'NOT_FOUND',
            'Nothing was said of a topic of that name, so there is nothing to take back.',
          );
        await putTopic(put, holderOf(request), slug, null);
        return DONE;
      }),
  );

  const brandOut = async () => ({
    brand: { ...look().brand },
    origins: { ...tools.brand.origins() },
    saved: { ...(await tools.brand.saved()) },
    faults: [...tools.brand.brandFaults(), ...tools.brand.templateFaults()],
  });

  app.get(
    '/settings/brand',
    {
      config: { scope: 'settings:read' },
      schema: {
        operationId: 'getBrand',
        tags: ['Settings'],
        summary: 'What the newspaper is called and how it looks',
        querystring: query({}),
        response: { 200: Brand, ...REFUSED },
      },
    },
    brandOut,
  );

  app.patch(
    '/settings/brand',
    {
      bodyLimit: MOST_BYTES,
      config: { scope: 'settings:write' },
      schema: {
        operationId: 'patchBrand',
        tags: ['Settings'],
        summary: 'Change what the newspaper is called and how it looks',
        headers: OncePossible,
        body: BrandPatch,
        response: { 200: Brand, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const patched = (saved: BrandPart): BrandPart => patchedBrand(saved, request.body, tools.brand.origins());
        await tools.brand.save(patched, holderOf(request));
        return brandOut();
      }),
  );

  app.get(
    '/webhooks',
    {
      config: { scope: 'webhooks:read' },
      schema: {
        operationId: 'listWebhooks',
        tags: ['Webhooks'],
        summary: 'Where programs are told',
        querystring: query({}),
        response: { 200: Webhooks, ...REFUSED },
      },
    },
    async () => ({
      webhooks: (await listEndpoints(db)).map(({ offAt, ...rest }) => ({
        ...rest,
        offAt: offAt?.toISOString() ?? null,
      })),
    }),
  );

  // Without an Idempotency-Key: its answer, which holds the secret, is kept nowhere.
  app.post(
    '/webhooks',
    {
      config: { scope: 'webhooks:write' },
      schema: {
        operationId: 'addWebhook',
        tags: ['Webhooks'],
        summary: 'Tell a program of yours what happens',
        description:
          'An address that is told already is refused, so that it may be sent again. One within your own network ' +
          'is named at the desk or by "paperboy webhooks add --near", because a key must not reach it.',
        body: WebhookWish,
        response: { 200: WebhookMade, ...REFUSED },
      },
    },
    (request) => {
      const { url, events = [] } = request.body;
      return addWebhook(deps, holderOf(request), { url, events, isNear: false });
    },
  );

  app.delete(
    '/webhooks/:id',
    {
      config: { scope: 'webhooks:write' },
      schema: {
        operationId: 'removeWebhook',
        tags: ['Webhooks'],
        summary: 'Tell one nothing any more',
        params: Id,
        headers: OncePossible,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        await removeWebhook(deps, holderOf(request), request.params.id);
        return DONE;
      }),
  );

  // Without an Idempotency-Key, as above.
  app.post(
    '/webhooks/:id/rotate',
    {
      config: { scope: 'webhooks:write' },
      schema: {
        operationId: 'rotateWebhook',
        tags: ['Webhooks'],
        summary: 'Give one a new secret; the old one signs too for a day',
        params: Id,
        response: { 200: WebhookMade, ...REFUSED },
      },
    },
    async (request) => {
      const { id } = request.params;
      return { id, secret: await rotateWebhook(deps, holderOf(request), id) };
    },
  );

  const deliveriesOf = async (endpointId: number) => ({
    deliveries: (await newestDeliveries(db, { endpointId, limit: DELIVERIES_SHOWN })).map(
      ({ id, type, at, state, attempts, triedAt, words }) => ({
        id,
        type,
        state,
        attempts,
        words,
        at: at.toISOString(),
        triedAt: triedAt?.toISOString() ?? null,
      }),
    ),
  });

  app.get(
    '/webhooks/:id/deliveries',
    {
      config: { scope: 'webhooks:read' },
      schema: {
        operationId: 'listHookDeliveries',
        tags: ['Webhooks'],
        summary: 'The last things one was told',
        params: Id,
        querystring: query({}),
        response: { 200: HookDeliveries, ...REFUSED },
      },
    },
    ({ params: { id } }) => deliveriesOf(id),
  );

  /** Does what is asked, and sends what is due there at once, so that the answer tells what became of it. */
  const act = (
    path: string,
    { operationId, summary }: { operationId: string; summary: string },
    work: (by: Actor, id: number) => Promise<number>,
  ): unknown =>
    app.post(
      path,
      {
        config: { scope: 'webhooks:write' },
        schema: {
          operationId,
          tags: ['Webhooks'],
          summary,
          params: Id,
          headers: OnceWanted,
          response: { 200: HookDeliveries, ...REFUSED_ONCE },
        },
      },
      (request) =>
        once(request, async () => {
          await requireOpenGate(db);
          const endpoint = await work(holderOf(request), (request.params as { id: number }).id);
          await sendDue(deps, { only: endpoint });
          return deliveriesOf(endpoint);
        }),
    );
  act('/webhooks/:id/test', { operationId: 'testWebhook', summary: 'Send one a test event' }, async (by, id) => {
    await testWebhook(deps, by, id);
    return id;
  });
  act('/webhooks/:id/on', { operationId: 'switchWebhookOn', summary: 'Tell one again that is off' }, async (by, id) => {
    await switchWebhookOn(deps, by, id);
    return id;
  });
  act(
    '/webhooks/:id/replay',
    { operationId: 'replayWebhook', summary: 'Send all again that was given up' },
    async (by, id) => {
      await replayWebhook(deps, by, id);
      return id;
    },
  );
  act('/webhooks/deliveries/:id/replay', { operationId: 'replayDelivery', summary: 'Send one thing again' }, (by, id) =>
    replayDelivery(deps, by, id),
  );
};
