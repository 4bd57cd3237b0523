import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { SiteDeps } from '../deps.ts';
import { Accepted, Problem, SubscriptionRequest } from './schemas.ts';

export const subscriptionsApi: FastifyPluginAsyncTypebox<SiteDeps> = async (app, { actions, limits }) => {
  app.post(
    '/subscriptions',
    {
      onRequest: limits.subscribe,
      schema: {
        tags: ['Subscriptions'],
        summary: 'Ask for a subscription',
        description:
          'A confirmation is mailed to the address. The answer is the same whether the address is new, known, active or barred.',
        body: SubscriptionRequest,
        response: { 202: Accepted, 400: Problem, 422: Problem, 429: Problem },
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
