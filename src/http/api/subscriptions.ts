import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { Challenge } from '../../subscribers/guard.ts';
import { suggestionFor } from '../../subscribers/suggest.ts';
import type { SiteDeps } from '../deps.ts';
import { networkOfClient } from '../plugins/limits.ts';
import { Accepted, PROOF_WANTED, query, SubscriptionRequest, UNREADABLE, UNUSABLE } from './schemas.ts';

export const subscriptionsApi: FastifyPluginAsyncTypebox<SiteDeps> = async (app, { actions, limits, now }) => {
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
          'active or barred. `suggestion` is what was probably meant by an address one letter away from one at a ' +
          'large provider; the mail goes to the address as it was sent. A network that sends many sign-ups is ' +
          'answered 429 with a `challenge`.',
        querystring: query({}),
        body: SubscriptionRequest,
        response: { 202: Accepted, ...UNREADABLE, ...UNUSABLE, ...PROOF_WANTED },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const challenge = await actions.subscribe({ ...body, network: networkOfClient(request) });
      reply.header('cache-control', 'no-store');
      if (challenge !== null) return askForProof(reply, challenge, now());
      const suggestion = suggestionFor(body.email.trim());
      return reply.code(202).send({
        status: 'accepted',
        message: request.words.t('subscribe-accepted'),
        ...(suggestion !== null && { suggestion }),
      });
    },
  );
};

const askForProof = (reply: FastifyReply, { work, opensAt }: Challenge, now: Date): FastifyReply =>
  reply
    .code(429)
    .header('retry-after', Math.ceil((opensAt.getTime() - now.getTime()) / 1000))
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: 'about:blank',
      title: 'A little work first',
      status: 429,
      detail:
        'Many sign-ups came from your network in the last hour: send this one again with a "proof" of the challenge, ' +
        'as /docs says.',
      code: 'PROOF_WANTED',
      challenge: work,
    });
