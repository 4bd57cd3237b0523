import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors.ts';

/**
 * How often one client (an IPv4 address or an IPv6 /64) may write. Put it into a route's `config`.
 * One-click unsubscribes carry none: Gmail and Yahoo send everybody's from the same few machines.
 */
export const SUBSCRIBE_LIMIT = { rateLimit: { max: 30, timeWindow: 60_000, groupId: 'subscribe' } };
export const TOKEN_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000, groupId: 'token' } };

export async function limitRequests(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('RATE_LIMITED', `Too many requests came from where you are: wait ${Math.ceil(ttl / 1000)} seconds and send it again.`),
  });
}
