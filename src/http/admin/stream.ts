import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';

const EVERY_MS = 2_000;
/** A proxy takes a silent connection for a dead one. */
const SILENT_MS = 20_000;
/** One operator has a few pages open; more than that is a browser at fault. */
const MOST = 20;

/**
 * Sends a page again whenever it has changed, as server-sent events. Ends when the reader leaves,
 * when `mayGoOn` says so, and when the server stops.
 */
export function createStreams(app: FastifyInstance) {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());
  let open = 0;

  return function stream(
    request: FastifyRequest,
    reply: FastifyReply,
    render: () => Promise<string>,
    mayGoOn: () => Promise<boolean>,
  ): FastifyReply {
    if (open >= MOST)
      throw new AppError('OVERLOADED', 'Too many pages of the desk are open: close some, and load this one again.');
    open += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => {
      open -= 1;
      gone.abort();
    });
    const over = AbortSignal.any([gone.signal, stopping.signal]);
    const events = Readable.from(eventsOf(request, render, mayGoOn, over));
    return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(events);
  };
}

async function* eventsOf(
  request: FastifyRequest,
  render: () => Promise<string>,
  mayGoOn: () => Promise<boolean>,
  over: AbortSignal,
): AsyncGenerator<string> {
  let last = '';
  let spoke = performance.now();
  yield 'retry: 5000\n\n';
  while (!over.aborted) {
    try {
      if (!(await mayGoOn())) {
        yield 'event: over\ndata: {}\n\n';
        return;
      }
      const html = await render();
      if (html !== last) {
        last = html;
        spoke = performance.now();
        yield `event: page\ndata: ${JSON.stringify(html)}\n\n`;
      } else if (performance.now() - spoke > SILENT_MS) {
        spoke = performance.now();
        yield ': nothing new\n\n';
      }
    } catch (err) {
      // The page says by its hour how old it is; the next round tries again.
      request.log.warn({ err }, 'Cannot count for a page of the desk: it is tried again in two seconds');
    }
    await wait(EVERY_MS, undefined, { signal: over }).catch(() => {});
  }
}
