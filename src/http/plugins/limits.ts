import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';
import { MINUTE } from '../../duration.ts';

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * How often one client (an IPv4 address or an IPv6 /64) may write, or search, which reads every paper: hooks for the routes that do. Each
 * counts for all its routes together.
 * One-click unsubscribes get none: Gmail and Yahoo send everybody's from the same few machines.
 */
export interface Limits {
  subscribe: Hook;
  token: Hook;
  search: Hook;
}

export async function limitRequests(app: FastifyInstance): Promise<Limits> {
  await app.register(rateLimit, { global: false });
  return { subscribe: limit(app, 30), token: limit(app, 120), search: limit(app, 120) };
}

function limit(app: FastifyInstance, perMinute: number): Hook {
  const count = app.createRateLimit({ max: perMinute, timeWindow: MINUTE });
  return async (request, reply) => {
    const used = await count(request);
    if (used.isAllowed || !used.isExceeded) return;
    reply.header('retry-after', used.ttlInSeconds);
    throw new AppError(
      'RATE_LIMITED',
      `Too many requests came from where you are: wait ${used.ttlInSeconds} seconds and send it again.`,
    );
  };
}
