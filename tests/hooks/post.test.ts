import type { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEvents, parseUrl } from '../../src/hooks/endpoints.ts';
import { post } from '../../src/hooks/post.ts';
import { outcomeOf } from '../../src/hooks/retry.ts';
import { isPublic } from '../../src/public-address.ts';

const NOW = new Date('2026-05-29T09:30:00Z');

describe('where a webhook may go', () => {
  test.each([
    'http://hooks.example.org/',
    'ftp://hooks.example.org/',
    'https://me:secret@hooks.example.org/',
    'https://localhost/',
    'https://a.localhost./',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00::1]/',
    'nonsense',
    '',
  ])('is not %s, unless the operator allows what is near', (text) => {
    expect(() => parseUrl(text, false)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test('is an address elsewhere, or one near that is allowed', () => {
    expect(parseUrl(' https://hooks.example.org/a?b=c#d ', false)).toBe('https://hooks.example.org/a?b=c');
    expect(parseUrl('http://127.0.0.1:8080/', true)).toBe('http://127.0.0.1:8080/');
    expect(() => parseUrl('https://me:secret@127.0.0.1/', true)).toThrow('password');
  });

  test('an event that is not known is refused, and none means all', () => {
    expect(parseEvents([])).toHaveLength(6);
    expect(parseEvents(['digest.done', 'subscriber.left'])).toEqual(['subscriber.left', 'digest.done']);
    expect(() => parseEvents(['digest.done', 'x'])).toThrow('no event "x"');
  });

  /** Answers first what is public and then, to who asks again, this machine: as one does who rebinds. */
  const rebinding = (...answers: string[][]) => {
    const asked: string[] = [];
    const resolver = ((host: string, _options: object, done: (...given: unknown[]) => void) => {
      asked.push(host);
      done(
        null,
        (answers[asked.length - 1] ?? answers.at(-1)!).map((address) => ({ address, family: 4 })),
      );
    }) as unknown as typeof lookup;
    return { asked, resolver };
  };

  test('a name that leads to this machine is not connected to, alone or among others', async () => {
    const server = createServer((_request, response) => response.end('reached'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://hooks.example.org:${port}/`;
    const { asked, resolver } = rebinding(['127.0.0.1']);
    const wish = { url, headers: {}, body: '{}', isNear: false };
    expect(await post(wish, { lookup: resolver })).toMatchObject({ kind: 'none', words: /leads to this machine/ });
    expect(asked).toEqual(['hooks.example.org']);
    // The address that was looked at is the one that is connected to: the name is asked once.
    expect(await post({ ...wish, isNear: true }, { lookup: rebinding(['127.0.0.1']).resolver })).toMatchObject({
      kind: 'answer',
      status: 200,
      words: '200 reached',
    });
    const both = rebinding(['127.0.0.1', '192.0.2.1'], ['127.0.0.1']);
    expect(await post(wish, { lookup: both.resolver, patienceMs: 300 })).toMatchObject({ kind: 'none' });
    expect(both.asked).toHaveLength(1);
    expect(await post({ ...wish, url: `http://127.0.0.1:${port}/` })).toMatchObject({ kind: 'none' });
    server.close();
  });

  test('an answer without end is not read to it', async () => {
    const server = createServer((_request, response) => {
      const write = (): void => {
        if (!response.destroyed) response.write('x'.repeat(10_000), () => setImmediate(write));
      };
      write();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = await post({ url, headers: {}, body: '{}', isNear: true });
    expect(answer).toMatchObject({ kind: 'answer', status: 200 });
    expect(answer.words.length).toBeLessThan(400);
    server.close();
    server.closeAllConnections();
  });
});

test.each([
  ['127.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['100.64.1.1', false],
  ['224.0.0.1', false],
  ['fe80::1', false],
  ['2002:7f00:1::', false],
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['::ffff:8.8.8.8', true],
  ['hooks.example.org', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test('whatever is answered, a try ends it, or another follows within a day and some', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }),
      fc.option(fc.integer({ min: 0, max: 999_999_000 })),
      fc.integer({ min: 0, max: 12 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (status, retryAfterMs, before, random) => {
        const outcome = outcomeOf({ kind: 'answer', status, words: '', retryAfterMs }, before, { now: NOW, random });
        if (status >= 200 && status < 300) expect(outcome.kind).toBe('arrived');
        else if (status === 410) expect(outcome.kind).toBe('gone');
        else expect(outcome.kind).toBe(before < 9 ? 'again' : 'failed');
        if (outcome.kind !== 'again') return;
        expect(outcome.at.getTime()).toBeGreaterThanOrEqual(NOW.getTime() + 5_000);
        expect(outcome.at.getTime()).toBeLessThanOrEqual(NOW.getTime() + 1.1 * 24 * 3_600_000);
      },
    ),
  );
});
