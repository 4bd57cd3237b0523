import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createHttpClient, exhaustedFor, userAgent, type HttpClientOptions } from '../../src/papers/fetch.ts';
import { body, cutOff, hang, patientClock, sourceServer, type SourceServer } from '../support/source-server.ts';

let server: SourceServer;
afterEach(() => server[Symbol.asyncDispose]());

const json = { what: 'the source', variable: 'SOURCE_URL', read: (text: string): unknown => JSON.parse(text) };

async function client(options: Partial<HttpClientOptions> = {}) {
  server = await sourceServer(body('{"ok":true}'));
  const clock = patientClock();
  return {
    clock,
    http: createHttpClient({
      userAgent: userAgent('1.2.3', 'https://paperboy.example'),
      random: () => 0.5,
      ...clock,
      ...options,
    }),
  };
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

test('every request says who asks and where to complain', async () => {
  const { http } = await client();
  expect(await http.get(`${server.url}/x`, json)).toEqual({ ok: true });
  expect(server.requests[0]!.headers['user-agent']).toBe('Paperboy/1.2.3 (+https://paperboy.example)');
});

describe('a failure that may pass is tried again', () => {
  test.each([
    ['a server error', body('', 503)],
    ['too many requests', body('', 429)],
    ['the throttling text of arXiv under status 200', body('Rate exceeded.')],
    ['a truncated answer', body('{"ok":')],
    ['a connection that breaks', cutOff('{"ok":')],
  ])('%s', async (_, fault) => {
    const { http, clock } = await client();
    server.faults.push(fault, fault);
    expect(await http.get(server.url, json)).toEqual({ ok: true });
    // Full jitter at one half of 2 s and of 4 s.
    expect(clock.waits).toEqual([1000, 2000]);
  });

  test('a server that does not answer', async () => {
    const { http } = await client({ timeoutMs: 60 });
    server.faults.push(hang);
    expect(await http.get(server.url, json)).toEqual({ ok: true });
  });
});

describe('a server that names a pause gets it', () => {
  test.each([
    ['Retry-After in seconds', { 'retry-after': '17' }, 17_000],
    ['Retry-After as a date', { 'retry-after': 'Fri, 29 May 2026 12:00:30 GMT' }, 30_000],
    ['the RateLimit draft', { ratelimit: '"api";r=0;t=55' }, 55_000],
    ['the older RateLimit headers', { 'ratelimit-remaining': '0', 'ratelimit-reset': '9' }, 9_000],
  ])('%s', async (_, headers, pause) => {
    const { http, clock } = await client();
    server.faults.push(body('', 429, headers));
    await http.get(server.url, json);
    expect(clock.waits.reduce((a, b) => a + b, 0)).toBe(pause);
  });

  test('an exhausted budget holds the next request back although this one went well', async () => {
    const { http, clock } = await client();
    server.faults.push(
      body('{}', 200, { ratelimit: '"api";r=0;t=40', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' }),
    );
    await http.get(server.url, json);
    expect(clock.waits).toEqual([]);
    await http.get(server.url, json);
    expect(clock.waits).toEqual([40_000]);
  });

  test('a budget that is not exhausted holds nothing back', () => {
    for (const headers of [
      { ratelimit: '"api";r=489;t=189' },
      { ratelimit: 'limit=100, remaining=50, reset=50' },
      { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '9' },
      {},
    ]) {
      expect(exhaustedFor(new Headers(headers as Record<string, string>))).toBe(0);
    }
    expect(exhaustedFor(new Headers({ ratelimit: 'limit=100, remaining=0, reset=50' }))).toBe(50_000);
  });

  test('but not for ever', async () => {
    const { http, clock } = await client();
    server.faults.push(body('', 429, { 'retry-after': '86400' }));
    expect((await failure(http.get(server.url, json))).code).toBe('SOURCE_UNAVAILABLE');
    expect(clock.waits).toEqual([]);
  });
});

test('after five attempts the failure is one sentence that says what, where and what follows', async () => {
  const { http } = await client();
  server.faults.push(...Array.from({ length: 5 }, () => body('', 502)));
  const error = await failure(http.get(server.url, json));
  expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true });
  expect(error.message).toBe(
    `Cannot read the source at ${new URL(server.url).host}: it answered 502. It is tried again at the next ingest; nothing that was gathered is lost.`,
  );
  expect(server.requests).toHaveLength(5);
});

test('a refusal is not repeated', async () => {
  const { http } = await client();
  server.faults.push(body('', 404));
  await failure(http.get(server.url, json));
  expect(server.requests).toHaveLength(1);
});

test('an answer without end is given up', async () => {
  const { http } = await client({ maxBytes: 10_000 });
  server.faults.push((_, response) => {
    const pour = (): void => {
      while (response.writable && response.write('x'.repeat(1000)));
    };
    response.on('drain', pour);
    pour();
  });
  expect((await failure(http.get(server.url, json))).message).toContain('larger than 10000 bytes');
});

test('an abort ends the waiting at once', async () => {
  const { http } = await client();
  server.faults.push(hang);
  const controller = new AbortController();
  const pending = http.get(server.url, { ...json, signal: controller.signal });
  controller.abort(new Error('stopping'));
  await expect(pending).rejects.toThrow('stopping');
});

test('requests of one lane go one by one and keep their distance, whatever their host', async () => {
  const { http, clock } = await client();
  await using other = await sourceServer(body('{}'));
  let open = 0;
  let most = 0;
  const slow = (_: unknown, response: { end(text: string): void }): void => {
    most = Math.max(most, ++open);
    setImmediate(() => {
      open--;
      response.end('{}');
    });
  };
  server.faults.push(slow, slow);
  other.faults.push(slow);
  const lane = { name: 'arxiv', intervalMs: 3000 };
  await Promise.all([server.url, other.url, server.url].map((url) => http.get(url, { ...json, lane })));
  expect(most).toBe(1);
  expect(clock.waits).toEqual([3000, 3000]);
});

describe('a source leads nowhere but to itself', () => {
  const to = (location: string, status = 302) => body('', status, { location });

  test.each([301, 302, 303, 307, 308])('a redirect with %i to its own host is followed', async (status) => {
    const { http } = await client();
    server.faults.push(to('/there?x=1', status), to(`${server.url}/in/full`, status));
    expect(await http.get(server.url, json)).toEqual({ ok: true });
    expect(server.requests.map((r) => r.path)).toEqual(['/', '/there?x=1', '/in/full']);
  });

  test.each([
    ['this machine', (other: string) => other],
    ['this machine by its name', (other: string) => other.replace('127.0.0.1', 'localhost')],
    ['an address of the cloud', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a host without a scheme', (other: string) => other.replace('http:', '')],
    ['another host of the world', () => 'https://example.org/'],
    ['what is no address', () => 'http://[/', 'what is no web address'],
    ['a file', () => 'file:///etc/passwd', 'what is no web address'],
    ['data', () => 'data:application/json,{}', 'what is no web address'],
  ])('a redirect to %s is refused, at once', async (_, where, said = 'another host') => {
    const { http } = await client();
    await using other = await sourceServer(body('{"secret":1}'));
    server.faults.push(to(where(other.url)));
    const error = await failure(http.get(server.url, json));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(error.message).toContain(`it redirects to ${said}`);
    expect(other.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('the error names the host, without a password or a path, and the variable to put it into', async () => {
    const { http } = await client();
    server.faults.push(to('https://user:hidden@papers.example/api?token=hidden'));
    const { message } = await failure(http.get(server.url, json));
    expect(message).toContain(
      'it redirects to another host. If you trust https://papers.example, put that address into SOURCE_URL.',
    );
    expect(message).not.toContain('hidden');
  });

  test('a circle of redirects is given up', async () => {
    const { http } = await client();
    server.faults.push(...Array.from({ length: 20 }, () => to('/again')));
    expect((await failure(http.get(server.url, json))).message).toContain('it redirects more than 5 times');
  });
});
