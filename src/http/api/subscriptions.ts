import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { SiteDeps } from '../deps.ts';
import { Accepted, query, SubscriptionRequest, TOO_FAST, UNREADABLE, UNUSABLE } from './schemas.ts';

export const subscriptionsApi: FastifyPluginAsyncTypebox<SiteDeps> = async (app, { actions, limits }) => {
  app.post(
    '/subscriptions',
    {
      onRequest: limits.subscribe,
      schema: {
        operationId: 'requestSubscription',
        tags: ['Subscriptions'],
        summary: 'Ask for a subscription',
        description:
          'A confirmation is mailed to the address. The answer is the same whether the address is new, known, ' +
          'active or barred.',
        querystring: query({}),
        body: SubscriptionRequest,
        response: { 202: Accepted, ...UNREADABLE, ...UNUSABLE, ...TOO_FAST },
      },
    },
    async (request, reply) => {
      await actions.subscribe(request.body);
      return reply
        .code(202)
        .header('cache-control', 'no-store')
        .send({ status: 'accepted', message: 'Check the inbox and press the link in the mail to confirm.' });
    },
  );
};
