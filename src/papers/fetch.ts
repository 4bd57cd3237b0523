import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.ts';

export interface HttpClientOptions {
  userAgent: string;
  now: () => Date;
  /** Resolves after `ms`, rejects when aborted. */
  wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random?: () => number;
  /** For the whole answer, body included. */
  timeoutMs?: number;
  attempts?: number;
  maxBytes?: number;
}

export interface Request<T> {
  /** What the answer is about, for a person: "Hugging Face Daily Papers". */
  what: string;
  /** Which environment variable holds the address of its host. */
  variable: string;
  /** Reads the body; what it throws counts as a truncated answer and is tried again. */
  read: (body: string, headers: Headers) => T | Promise<T>;
  accept?: string;
  /** What an answer that was had before was marked with: when that is still so, `unchanged` is it. */
  etag?: string | undefined;
  unchanged?: T;
  /** What stands for an answer that is not there (404, 410, 451); without it that is a failure. */
  absent?: T;
  /** How large the answer may be; default: as large as that of any source. */
  maxBytes?: number;
  /** Requests in one lane go one after the other, this far apart, also to different hosts. */
  lane?: { name: string; intervalMs: number };
  signal?: AbortSignal;
}

export interface HttpClient {
  get<T>(url: string, request: Request<T>): Promise<T>;
}

const sleep = (ms: number, signal?: AbortSignal): Promise<void> => setTimeout(ms, undefined, signal && { signal });

/** Why one attempt came to nothing, and whether and when to try again. */
class FetchFailure extends Error {
  readonly again: boolean;
  readonly afterMs: number;
  constructor(message: string, again: boolean, afterMs = 0, options?: ErrorOptions) {
    super(message, options);
    this.again = again;
    this.afterMs = afterMs;
  }
}

/** Two thousand papers, a busy day of arXiv, are half of it. */
const MOST_BYTES = 10_000_000;
const BACKOFF_MS = 1_000;
/** A server that asks for more patience than this is asked again at the next ingest instead. */
const MAX_WAIT_MS = 300_000;

export const userAgent = (version: string, publicUrl: string): string => `Paperboy/${version} (+${publicUrl})`;

/**
 * The one way Paperboy asks a source: named, unhurried, bounded in time and size, and patient with
 * failures.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const lanes = new Map<string, { tail: Promise<unknown>; freeAt: number }>();
  const quietUntil = new Map<string, number>();
  const { now, wait = sleep, random = Math.random, attempts = 5 } = options;

  /** Runs `ask` when the lane is free, and keeps the lane for the interval after it began. */
  function inLane<T>(request: Request<T>, ask: () => Promise<T>): Promise<T> {
    if (!request.lane) return ask();
    const { name, intervalMs } = request.lane;
    const lane = lanes.get(name) ?? { tail: Promise.resolve(), freeAt: 0 };
    lanes.set(name, lane);
    const turn = lane.tail.then(async () => {
      const pause = lane.freeAt - now().getTime();
      if (pause > 0) await wait(pause, request.signal);
      lane.freeAt = now().getTime() + intervalMs;
      return ask();
    });
    lane.tail = turn.catch(() => {});
    return turn;
  }

  async function attempt<T>(url: string, request: Request<T>): Promise<T> {
    const origin = new URL(url).origin;
    const quiet = (quietUntil.get(origin) ?? 0) - now().getTime();
    if (quiet > 0) await wait(quiet, request.signal);
    const { response, body } = await ask(url, request, options);
    // The next request of this process keeps the pause too.
    const pause = Math.max(
      exhaustedFor(response.headers),
      response.status === 200 ? 0 : retryAfter(response.headers, now()),
    );
    if (pause > 0 && pause <= MAX_WAIT_MS) quietUntil.set(origin, now().getTime() + pause);
    const { status, headers } = response;
    if (status === 304 && request.unchanged !== undefined) return request.unchanged;
    if (ABSENT.has(status) && request.absent !== undefined) return request.absent;
    refuse(response, body, now());
    return parsed(() => request.read(body, headers));
  }

  async function get<T>(url: string, request: Request<T>): Promise<T> {
    for (let n = 1; ; n++) {
      try {
        return await inLane(request, () => attempt(url, request));
      } catch (error) {
        if (request.signal?.aborted) throw request.signal.reason;
        const failure =
          error instanceof FetchFailure ? error : new FetchFailure('the connection failed', true, 0, { cause: error });
        if (!failure.again || n >= attempts || failure.afterMs > MAX_WAIT_MS)
          throw unavailable(url, request.what, failure);
        // Full jitter: uniform between nothing and the doubling bound, so that clients do not come
        // back together.
        await wait(Math.max(failure.afterMs, random() * BACKOFF_MS * 2 ** n), request.signal);
      }
    }
  }

  return { get };
}

async function ask<T>(
  url: string,
  request: Request<T>,
  options: HttpClientOptions,
): Promise<{ response: Response; body: string }> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  try {
    const response = await follow(url, request.variable, {
      headers: {
        'user-agent': options.userAgent,
        accept: request.accept ?? '*/*',
        ...(request.etag !== undefined && { 'if-none-match': request.etag }),
      },
      signal: request.signal ? AbortSignal.any([timeout, request.signal]) : timeout,
    });
    return { response, body: await limitedText(response, request.maxBytes ?? options.maxBytes ?? MOST_BYTES) };
  } catch (error) {
    if (error instanceof FetchFailure || request.signal?.aborted) throw error;
    throw new FetchFailure(timeout.aborted ? 'it did not answer in time' : 'the connection failed', true, 0, {
      cause: error,
    });
  }
}

const MOST_REDIRECTS = 5;

/**
 * Follows redirects within the host that the operator named, and from http to https there. Any
 * other could lead into the network that this machine stands in, and what answers there would be
 * published.
 */
async function follow(url: string, variable: string, init: RequestInit): Promise<Response> {
  let at = new URL(url);
  for (let n = 0; n <= MOST_REDIRECTS; n++) {
    const response = await fetch(at.href, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null || !REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const next = URL.parse(location, at.href);
    if (next === null || !isSameHost(at, next)) throw new FetchFailure(leadsElsewhere(next, variable), false);
    at = next;
  }
  throw new FetchFailure(`it redirects more than ${MOST_REDIRECTS} times`, false);
}

/** Names no more of the address than its origin: the rest may hold a password or a token. */
function leadsElsewhere(to: URL | null, variable: string): string {
  const isWeb = to?.protocol === 'http:' || to?.protocol === 'https:';
  if (!isWeb) return 'it redirects to what is no web address';
  return `it redirects to another host. If you trust ${to.origin}, put that address into ${variable}`;
}

const ABSENT = new Set([404, 410, 451]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const isSameHost = (from: URL, to: URL): boolean =>
  from.origin === to.origin ||
  (from.protocol === 'http:' && to.protocol === 'https:' && from.host === to.host && from.port === '');

async function limitedText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new FetchFailure(`its answer is larger than ${maxBytes} bytes`, false);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Throws for every answer that is not the content asked for. */
function refuse(response: Response, body: string, now: Date): void {
  const { status, headers } = response;
  // arXiv throttles with this body under status 200 as well as 429.
  const throttled = status === 429 || /^\s*Rate exceeded\.?\s*$/i.test(body.slice(0, 100));
  if (throttled)
    throw new FetchFailure('it asks us to slow down', true, retryAfter(headers, now) || exhaustedFor(headers));
  if (status >= 500 || status === 408) throw new FetchFailure(`it answered ${status}`, true, retryAfter(headers, now));
  if (status !== 200) throw new FetchFailure(`it answered ${status}`, false);
}

async function parsed<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new FetchFailure('its answer is damaged', true, 0, { cause });
  }
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), as milliseconds from now. */
function retryAfter(headers: Headers, now: Date): number {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime());
}

/**
 * How long nothing more may be asked, in milliseconds, or 0: the draft's `RateLimit:
 * "api";r=0;t=55` (httpapi-ratelimit-headers-09), its earlier `limit=…, remaining=…, reset=…`, and
 * the separate `RateLimit-Remaining`/`-Reset` with or without `X-`.
 */
export function exhaustedFor(headers: Headers): number {
  const structured = headers.get('ratelimit') ?? '';
  const remaining =
    /(?:^|[;,\s])(?:r|remaining)=(\d+)/.exec(structured)?.[1] ??
    headers.get('ratelimit-remaining') ??
    headers.get('x-ratelimit-remaining');
  const reset =
    /(?:^|[;,\s])(?:t|reset)=(\d+)/.exec(structured)?.[1] ??
    headers.get('ratelimit-reset') ??
    headers.get('x-ratelimit-reset');
  if (remaining === null || Number(remaining) !== 0 || reset === null) return 0;
  // A reset that is no number of seconds is a Unix time in some dialects; those also send
  // Retry-After.
  return /^\d{1,5}$/.test(reset.trim()) ? Number(reset) * 1000 : 0;
}

function unavailable(url: string, what: string, failure: FetchFailure): AppError {
  const message =
    `Cannot read ${what} at ${new URL(url).host}: ${failure.message}. ` +
    'It is tried again at the next ingest; nothing that was gathered is lost.';
  return new AppError('SOURCE_UNAVAILABLE', message, { cause: failure.cause ?? failure });
}
