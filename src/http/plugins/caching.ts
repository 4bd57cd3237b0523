import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Negotiator } from '@fastify/accept-negotiator';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import { LRUCache } from 'lru-cache';
import { shareQuestion } from '../shared-question.ts';

/**
 * A browser asks again each time (and mostly gets a 304); a shared cache may answer for a minute.
 */
const PUBLIC = 'public, max-age=0, s-maxage=60, must-revalidate';
/**
 * What is kept takes at most so many bytes, compressed forms included. Questions are many, and most
 * are asked once: they have a store of their own, so that they push out no page.
 */
const MOST_BYTES = { pages: 48 * 1024 * 1024, questions: 16 * 1024 * 1024 };
/** One answer larger than this is made anew each time: it would push out a hundred others. */
const MOST_BYTES_EACH = 2 * 1024 * 1024;
/** Below this a compressed answer saves no packet. */
const LEAST_TO_COMPRESS = 1024;
/**
 * Compression is paid once for each answer; above these levels it costs ten times as much for a few
 * per cent.
 */
const BROTLI_LEVEL = 6;
const GZIP_LEVEL = 7;

const compressors = {
  br: (body: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL } }),
  gzip: (body: Buffer): Promise<Buffer> => promisify(gzip)(body, { level: GZIP_LEVEL }),
};
type Encoding = keyof typeof compressors;
const isEncoding = (name: string | null): name is Encoding => name !== null && Object.hasOwn(compressors, name);

/** An answer that is the same for everyone, with the forms of it that were asked for. */
interface Answer {
  type: string;
  cacheControl: string;
  /** Of the body as it is; each encoding has a tag of its own (RFC 9110 section 8.8.3.3). */
  tag: string;
  body: Buffer;
  encoded: Map<Encoding, Promise<Buffer>>;
}

/** Where an answer that is being made will be kept, if the content has not changed by then. */
interface Slot {
  key: string;
  store: LRUCache<string, Answer>;
  version: string;
  /** Tells those who wait for it that it is made, or never will be. */
  done: () => void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What of the query the answer depends on, for a route without a schema of its query: each
     * answer has one spelling here, however its address is spelled.
     */
    reads?: (query: Readonly<Record<string, unknown>>) => unknown;
    /** Where the answer is kept; with pages if not said. */
    keptWith?: keyof typeof MOST_BYTES;
  }
  interface FastifyRequest {
    slot: Slot | null;
    /** The answer was kept: nothing of it is to be made. */
    answered: boolean;
  }
}

/**
 * Keeps what is the same for everyone: each answer is made and compressed once, and served with a
 * strong ETag until the content changes. Who asks for an answer that is being made waits for it.
 * `version` names the state of the content; it is asked before each answer, one question at a time
 * for all who wait, so that no answer is older than its request. Returns what makes a scope use it,
 * in which no answer may be made for one reader.
 */
export function publicCache(version: () => Promise<string>): (scope: FastifyInstance) => void {
  const ask = shareQuestion(version);
  const stores = { pages: storeOf(MOST_BYTES.pages), questions: storeOf(MOST_BYTES.questions) };
  const making = new Map<string, Promise<void>>();
  const negotiator = new Negotiator({ supportedValues: ['br', 'gzip', 'identity'] });
  let current = '';

  async function lookUp(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const key = keyOf(request);
    if (key === null) return undefined;
    const now = await ask();
    if (now !== current) for (const store of Object.values(stores)) store.clear();
    current = now;
    const store = stores[request.routeOptions.config.keptWith ?? 'pages'];
    if (!store.has(key)) await making.get(key);
    const answer = store.get(key);
    if (answer !== undefined) return send(request, reply, answer);
    request.slot = { ...reserve(key), key, store, version: now };
    reply.raw.once('close', request.slot.done); // a client that left may end its request without an answer
    return undefined;
  }

  async function finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    if (request.answered) return payload;
    const answer = reply.statusCode === 200 ? answerOf(reply, payload) : null;
    if (answer !== null && request.slot?.version === current) keep(request.slot, answer);
    request.slot?.done();
    return answer === null ? payload : prepare(request, reply, answer);
  }

  function reserve(key: string): Pick<Slot, 'done'> {
    const { promise, resolve } = Promise.withResolvers<void>();
    making.set(key, promise);
    const done = (): void => {
      if (making.get(key) === promise) making.delete(key);
      resolve();
    };
    return { done };
  }

  const keep = ({ store, key }: Slot, answer: Answer): unknown => store.set(key, answer, { size: sizeOf(key, answer) });

  async function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
    request.answered = true;
    reply.type(answer.type);
    return reply.send(await prepare(request, reply, answer));
  }

  /**
   * Sets the headers of the form that the client takes, and gives its bytes; none when the client
   * has them already.
   */
  async function prepare(request: FastifyRequest, reply: FastifyReply, answer: Answer): Promise<Buffer | null> {
    const encoding = isCompressible(answer) ? negotiator.negotiate(request.headers['accept-encoding'] ?? '') : null;
    const body = isEncoding(encoding) ? encode(answer, encoding) : answer.body;
    const etag = isEncoding(encoding) ? `"${answer.tag}-${encoding}"` : `"${answer.tag}"`;
    reply.header('etag', etag).header('cache-control', answer.cacheControl).header('vary', 'accept-encoding');
    if (fresh(request.headers, { etag })) {
      reply.code(304).removeHeader('content-length');
      return null;
    }
    if (isEncoding(encoding)) reply.header('content-encoding', encoding);
    return body;
  }

  return (scope) => {
    scope.decorateRequest('slot', null);
    scope.decorateRequest('answered', false);
    scope.addHook('onRequest', lookUp);
    scope.addHook('onSend', finish);
  };
}

const storeOf = (maxSize: number): LRUCache<string, Answer> => new LRUCache({ maxSize, maxEntrySize: MOST_BYTES_EACH });

/**
 * The route with the parameters that it reads: what else an address holds makes no other answer.
 */
function keyOf(request: FastifyRequest): string | null {
  const { config, schema, url } = request.routeOptions;
  if (url === undefined) return null;
  const query = request.query as Record<string, unknown>;
  // A route with a schema refuses what it does not know: that must not meet an answer that is kept.
  const read = schema?.querystring ? query : (config.reads?.(query) ?? null);
  return JSON.stringify([url, request.params, read]);
}

function answerOf(reply: FastifyReply, payload: unknown): Answer | null {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return null;
  const body = Buffer.from(payload as string);
  return {
    type: String(reply.getHeader('content-type') ?? 'application/octet-stream'),
    cacheControl: String(reply.getHeader('cache-control') ?? PUBLIC),
    tag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
    body,
    encoded: new Map(),
  };
}

/** Its compressed forms come later: together they are smaller than the body. */
const sizeOf = (key: string, { body }: Answer): number => 2 * body.length + key.length + 1024;

const isCompressible = ({ type, body }: Answer): boolean =>
  body.length >= LEAST_TO_COMPRESS && /^text\/|[/+](?:json|xml|javascript)\b/.test(type);

function encode(answer: Answer, encoding: Encoding): Promise<Buffer> {
  let encoded = answer.encoded.get(encoding);
  if (encoded === undefined) {
    encoded = compressors[encoding](answer.body);
    answer.encoded.set(encoding, encoded);
  }
  return encoded;
}
