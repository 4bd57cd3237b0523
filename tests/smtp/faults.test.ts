import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpTransport, type SmtpOptions } from '../../src/smtp/transport.ts';
import type { Outgoing, SendResult, Transport } from '../../src/mail/transport.ts';
import { freePort } from '../support/ports.ts';
import { type Act, type Event, faultServer, type Moment } from '../support/smtp-fault-server.ts';

const opened: Transport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close({ force: true })));
});

const SHORT = { connect: 2000, greeting: 150, command: 150, data: 150, block: 150, dot: 150, quit: 150 };
const transportTo = (urls: string | string[], options: Partial<SmtpOptions> = {}): Transport => {
  const transport = createSmtpTransport({ urls: [urls].flat(), connections: 1, name: 'papers.example', ...options });
  opened.push(transport);
  return transport;
};

const reader = (i: number): string => `reader${i}@example.net`;
const messageTo = (to: string, body = 'Subject: x\r\n\r\nHello\r\n'): Outgoing => ({
  from: 'b+1@papers.example',
  to,
  message: [Buffer.from(body)],
});
const sendAll = (transport: Transport, count: number): Promise<SendResult[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => transport.send(messageTo(reader(i)))));

const isAccepted = (result: SendResult): boolean => result.kind === 'reply' && result.code < 300;
/** How many ended how: by the code of the reply, or by the kind of result. */
function tally(results: readonly SendResult[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const result of results) {
    const key = result.kind === 'reply' ? result.code : result.kind;
    sums[key] = (sums[key] ?? 0) + 1;
  }
  return sums;
}

const GARBAGE = { say: 'HTTP/1.1 400 Bad Request\r\n\r\n' };
const NULS = { say: '\0\0\0\0\r\n' };
const ENDLESS_LINE = { say: `250 ${'x'.repeat(100_000)}` };
const ENDLESS_REPLY = { say: '250-more\r\n'.repeat(10_000) };
const HALF_LINE: Act = { say: '250 half\r', hangs: true };
const CONTRADICTION = { say: '250-yes\r\n550 no\r\n' };
const TOO_MANY = { say: '250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n' };

/** Twelve messages over one connection, and the fifth meets `act` at `moment`. */
async function withFault(moment: Moment, act: Act, extensions: string[] = ['PIPELINING']) {
  const stand = faultServer({ extensions, act: (e: Event) => (e.moment === moment && e.nth === 5 ? act : undefined) });
  await using server = await stand;
  const results = await sendAll(transportTo(server.url, { timeouts: SHORT }), 12);
  const accepted = results.flatMap((r, i) => (isAccepted(r) ? [reader(i)] : []));
  return { results, tally: tally(results), accepted, server, fifth: results[4]! };
}

describe.each([
  ['with PIPELINING', ['PIPELINING']],
  ['in lock-step', []],
])('a fault in the midst of messages, %s', (_how, extensions) => {
  const breaks: [string, Act][] = [
    ['a closed connection', 'drop'],
    ['a reset connection', 'reset'],
    ['421', { say: '421 4.3.2 going down\r\n' }],
    ['garbage', GARBAGE],
    ['NULs', NULS],
    ['a line without end', ENDLESS_LINE],
    ['a reply without end', ENDLESS_REPLY],
    ['a contradiction', CONTRADICTION],
  ];

  test.each((['MAIL', 'RCPT', 'DATA'] as const).flatMap((at) => breaks.map(([what, act]) => [what, at, act] as const)))(
    '%s at %s: the message goes out on another connection, once',
    async (_what, at, act) => {
      const { tally: sums, server } = await withFault(at, act, extensions);
      expect(sums).toEqual({ 250: 12 });
      expect(server.accepted.toSorted()).toEqual(Array.from({ length: 12 }, (_, i) => reader(i)).toSorted());
      expect(server.whole.length).toBe(12);
    },
  );

  test.each([
    ...breaks.filter(([what]) => what !== '421'),
    ['silence', 'hang'] as const,
    ['half a line', HALF_LINE] as const,
  ])('%s after the final dot: this message is lost, and only this', async (_what, act) => {
    const { results, tally: sums, server, fifth } = await withFault('DOT', act, extensions);
    expect(fifth.kind).toBe('lost');
    expect(sums).toEqual({ 250: 11, lost: 1 });
    expect(new Set(server.whole).size).toBe(server.whole.length);
    expect(results.length).toBe(12);
  });

  test.each(['MAIL', 'RCPT', 'DATA', 'DOT'] as const)(
    'a refusal at %s is that message’s, and costs no connection',
    async (at) => {
      for (const [code, text] of [
        [451, '4.7.1 later'],
        [550, '5.7.1 never'],
      ] as const) {
        const { tally: sums, server, fifth } = await withFault(at, { say: `${code} ${text}\r\n` }, extensions);
        expect(fifth).toEqual({ kind: 'reply', code, text, ...(at === 'MAIL' ? { about: 'sender' } : {}) });
        expect(sums).toEqual({ 250: 11, [code]: 1 });
        expect(server.accepted).not.toContain(reader(4));
        expect(server.connections).toBe(1);
      }
    },
  );

  test('421 to the final dot is the answer that counts, and the next connection serves on', async () => {
    const { tally: sums, server, fifth } = await withFault('DOT', { say: '421 4.3.2 going down\r\n' }, extensions);
    expect(fifth).toEqual({ kind: 'reply', code: 421, text: '4.3.2 going down' });
    expect(sums).toEqual({ 250: 11, 421: 1 });
    expect(server.connections).toBe(2);
  });

  test('a server that takes a message and closes has taken it', async () => {
    const { tally: sums, server } = await withFault('DOT', 'goodbye', extensions);
    expect(sums).toEqual({ 250: 12 });
    expect(server.whole.length).toBe(12);
  });

  test.each(['MAIL', 'RCPT', 'DATA'] as const)(
    'silence at %s ends with the time allowed: nothing was sent',
    async (at) => {
      const { tally: sums, fifth, server } = await withFault(at, 'hang', extensions);
      expect(fifth).toEqual({ kind: 'unsent', relayDown: false, text: 'timed out' });
      expect(sums).toEqual({ 250: 11, unsent: 1 });
      expect(server.accepted).not.toContain(reader(4));
    },
  );

  test('more replies than questions end the connection, and nothing is taken for accepted that was not', async () => {
    const { accepted, server } = await withFault('DOT', TOO_MANY, extensions);
    expect(server.accepted).toEqual(expect.arrayContaining(accepted));
    expect(new Set(server.accepted).size).toBe(server.accepted.length);
  });

  test.each(['bytes', 'glued'] as const)('replies may come in any pieces (%s)', async (pace) => {
    await using server = await faultServer({ extensions, pace });
    expect(tally(await sendAll(transportTo(server.url, { connections: 2 }), 40))).toEqual({ 250: 40 });
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

describe('a server that says 354 in spite of a refusal', () => {
  test('of the reader: it gets an empty message for nobody, and the refusal stands', async () => {
    await using server = await faultServer({
      act: (e) =>
        e.nth !== 5
          ? undefined
          : e.moment === 'RCPT'
            ? { say: '550 5.1.1 gone\r\n' }
            : e.moment === 'DATA'
              ? { say: '354 go ahead\r\n' }
              : undefined,
    });
    const results = await sendAll(transportTo(server.url), 12);
    expect(results[4]).toEqual({ kind: 'reply', code: 550, text: '5.1.1 gone' });
    expect(tally(results)).toEqual({ 250: 11, 550: 1 });
    expect(server.whole.filter((to) => to === 'nobody').length).toBe(1);
    expect(server.bodies.filter((body) => body === '').length).toBe(1);
    expect(server.connections).toBe(1);
  });

  test('of the sender: it is left at once, and nothing of the message is said', async () => {
    await using server = await faultServer({
      act: (e) =>
        e.nth !== 5
          ? undefined
          : e.moment === 'MAIL'
            ? { say: '550 5.7.1 not you\r\n' }
            : e.moment === 'RCPT'
              ? { say: '250 ok\r\n' }
              : e.moment === 'DATA'
                ? { say: '354 go ahead\r\n' }
                : undefined,
    });
    const results = await sendAll(transportTo(server.url), 12);
    expect(results[4]).toEqual({ kind: 'reply', about: 'sender', code: 550, text: '5.7.1 not you' });
    expect(tally(results)).toEqual({ 250: 11, 550: 1 });
    expect(server.accepted).not.toContain(reader(4));
    expect(server.connections).toBe(2);
  });
});

describe('before the first message', () => {
  test.each<[string, Moment, Act]>([
    ['no greeting', 'CONNECT', 'hang'],
    ['a closed door', 'CONNECT', 'drop'],
    ['421 for a greeting', 'CONNECT', { say: '421 4.3.2 busy\r\n' }],
    ['554 for a greeting', 'CONNECT', { say: '554 no\r\n' }],
    ['garbage for a greeting', 'CONNECT', GARBAGE],
    ['an endless greeting', 'CONNECT', ENDLESS_LINE],
    ['two greetings', 'CONNECT', { say: '220 hi\r\n220 hi\r\n' }],
    ['silence at EHLO', 'EHLO', 'hang'],
    ['421 at EHLO', 'EHLO', { say: '421 4.3.2 busy\r\n' }],
    ['an endless EHLO', 'EHLO', ENDLESS_REPLY],
    ['a closed connection at EHLO', 'EHLO', 'reset'],
  ])('%s is a relay that is down, for everybody who waits', async (_what, moment, act) => {
    await using server = await faultServer({ act: (e) => (e.moment === moment ? act : undefined) });
    const results = await sendAll(transportTo(server.url, { timeouts: SHORT, connections: 3 }), 5);
    expect(results).toMatchObject(Array(5).fill({ kind: 'unsent', relayDown: true }));
    expect(server.connections).toBe(1);
  });

  test('530 at MAIL (we are not let in) stops the digest, and rejects no reader', async () => {
    await using server = await faultServer({
      act: (e) => (e.moment === 'MAIL' ? { say: '530 5.7.0 log in first\r\n' } : undefined),
    });
    expect(await sendAll(transportTo(server.url), 3)).toMatchObject(Array(3).fill({ kind: 'unsent', relayDown: true }));
  });

  test('a server that only knows HELO is served, in lock-step', async () => {
    await using server = await faultServer({
      act: (e) => (e.moment === 'EHLO' ? { say: '502 5.5.1 what?\r\n' } : undefined),
    });
    expect(tally(await sendAll(transportTo(server.url), 3))).toEqual({ 250: 3 });
    expect(server.lines.slice(0, 4)).toEqual([
      'EHLO papers.example',
      'HELO papers.example',
      'MAIL FROM:<b+1@papers.example>',
      `RCPT TO:<${reader(0)}>`,
    ]);
  });

  test('fewer connections than allowed are enough when the relay takes no more', async () => {
    await using server = await faultServer({
      act: (e) =>
        e.moment === 'CONNECT' && e.connection > 2 ? { say: '421 4.7.0 too many connections\r\n' } : undefined,
    });
    expect(tally(await sendAll(transportTo(server.url, { connections: 8 }), 60))).toEqual({ 250: 60 });
  });
});

describe('a message', () => {
  test('costs one round trip when others wait: its envelope comes with the body before it', async () => {
    let after = 0;
    await using server = await faultServer({
      pace: 'glued',
      act: (e) => {
        if (e.moment === 'DOT') after = server.lines.length;
        return undefined;
      },
    });
    const transport = transportTo(server.url);
    await sendAll(transport, 3);
    expect(after).toBe(1 + 3 * 3);
    const rounds: number[] = [];
    for (const socket of server.sockets) socket.on('data', () => rounds.push(server.whole.length));
    expect(tally(await sendAll(transport, 50))).toEqual({ 250: 50 });
    // One for the first envelope, one for each message.
    expect(rounds.length).toBeLessThanOrEqual(53);
  });

  test('is announced behind the one under way even when it comes late', async () => {
    const reached = Promise.withResolvers<void>();
    const announced = Promise.withResolvers<void>();
    await using server = await faultServer({
      act: (e) => {
        if (e.moment !== 'DOT' || e.nth > 1) return undefined;
        reached.resolve();
        return 'hang';
      },
    });
    const transport = transportTo(server.url);
    const first = transport.send(messageTo(reader(1)));
    await reached.promise;
    for (const socket of server.sockets)
      socket.on('data', (chunk: string) => {
        if (chunk.includes(reader(2))) announced.resolve();
      });
    const second = transport.send(messageTo(reader(2)));
    await announced.promise;
    for (const socket of server.sockets) socket.destroy();
    expect(await first).toMatchObject({ kind: 'lost' });
    expect(await second).toMatchObject({ kind: 'reply', code: 250 });
  });

  test('that is larger than the relay takes is refused without being sent', async () => {
    await using server = await faultServer({ extensions: ['PIPELINING', 'SIZE 1000'] });
    const transport = transportTo(server.url);
    expect(await transport.send(messageTo(reader(1), 'x'.repeat(1001)))).toMatchObject({ kind: 'reply', code: 552 });
    expect(await transport.send(messageTo(reader(1), `${'x'.repeat(998)}\r\n`))).toMatchObject({
      kind: 'reply',
      code: 250,
    });
    expect(server.lines).toContain('MAIL FROM:<b+1@papers.example> SIZE=1000');
    expect(server.whole.length).toBe(1);
  });

  test('to an address outside ASCII needs SMTPUTF8', async () => {
    await using plain = await faultServer();
    expect(await transportTo(plain.url).send(messageTo('jürgen@example.net'))).toMatchObject({
      kind: 'reply',
      code: 553,
      text: expect.stringContaining('5.6.7'),
    });
    expect(plain.lines).toEqual(['EHLO papers.example']);
    await using modern = await faultServer({ extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8'] });
    expect(await transportTo(modern.url).send(messageTo('jürgen@example.net'))).toMatchObject({
      kind: 'reply',
      code: 250,
    });
    expect(modern.lines).toContain('MAIL FROM:<b+1@papers.example> BODY=8BITMIME SMTPUTF8');
  });

  test('whose answer is neither yes nor no is lost', async () => {
    const { fifth, tally: sums } = await withFault('DOT', { say: '354 go on\r\n' });
    expect(fifth.kind).toBe('lost');
    expect(sums).toEqual({ 250: 11, lost: 1 });
  });
});

describe('connections', () => {
  test('are renewed after so many messages, never more than allowed at once, and end with QUIT', async () => {
    await using server = await faultServer();
    const transport = transportTo(server.url, { connections: 2, messagesPerConnection: 10 });
    expect(tally(await sendAll(transport, 100))).toEqual({ 250: 100 });
    await transport.close();
    expect(server.connections).toBeGreaterThanOrEqual(10);
    expect(server.connections).toBeLessThanOrEqual(12);
    expect(server.most).toBeLessThanOrEqual(2);
    expect(server.lines.filter((line) => line === 'QUIT').length).toBe(server.connections);
  });

  test.each([
    ['with PIPELINING', ['PIPELINING']],
    ['in lock-step', []],
  ])(
    'that have carried what the relay lets one carry are replaced, %s, and no message is put off for it',
    async (_how, extensions) => {
      const carried = new Map<number, number>();
      const tooMany = ({ moment, connection }: Event): Act | undefined => {
        if (moment === 'DOT') carried.set(connection, (carried.get(connection) ?? 0) + 1);
        return moment === 'MAIL' && carried.get(connection) === 5
          ? { say: '452 4.3.0 Too many messages sent\r\n' }
          : undefined;
      };
      await using server = await faultServer({ extensions, act: tooMany });
      expect(tally(await sendAll(transportTo(server.url, { connections: 8 }), 200))).toEqual({ 250: 200 });
      expect(server.accepted.length).toBe(200);
    },
  );

  test('are not replaced again and again by a relay that has no room at all: each message is put off', async () => {
    await using server = await faultServer({
      act: ({ moment, nth }) => (moment === 'MAIL' && nth > 20 ? { say: '452 4.3.1 No space left\r\n' } : undefined),
    });
    expect(tally(await sendAll(transportTo(server.url, { connections: 4 }), 60))).toEqual({ 250: 20, 452: 40 });
    expect(server.connections).toBeLessThanOrEqual(8);
  });

  test('that rest too long are closed politely, and opened again when needed', async () => {
    const quit = Promise.withResolvers<void>();
    await using server = await faultServer({
      act: (e) => {
        if (e.moment === 'QUIT') quit.resolve();
        return undefined;
      },
    });
    const transport = transportTo(server.url, { idleMs: 40 });
    expect(tally(await sendAll(transport, 2))).toEqual({ 250: 2 });
    await quit.promise;
    expect(tally(await sendAll(transport, 2))).toEqual({ 250: 2 });
    expect(server.connections).toBe(2);
  });

  test('that the relay ends while they rest are nobody’s trouble', async () => {
    await using server = await faultServer();
    const transport = transportTo(server.url, { connections: 4 });
    for (let round = 0; round < 5; round++) {
      expect(tally(await sendAll(transport, 12))).toEqual({ 250: 12 });
      for (const socket of server.sockets) socket.end('421 4.4.2 idle for too long\r\n');
    }
  });

  test('that all broke with messages under way are replaced, and each message is delivered or lost', async () => {
    await using server = await faultServer({
      act: (e) => (e.moment === 'DOT' && e.nth % 17 === 0 ? 'reset' : undefined),
    });
    const results = await sendAll(transportTo(server.url, { connections: 5 }), 300);
    const sums = tally(results);
    expect(Object.keys(sums).toSorted()).toEqual(['250', 'lost']);
    expect(sums['lost']).toBe(Math.floor(server.whole.length / 17));
    expect(new Set(server.whole).size).toBe(300);
    expect(server.whole.length).toBe(300);
  });
});

describe('with several relays', () => {
  test('the next takes over at once while the first is down, and only all of them make a relay that is down', async () => {
    await using second = await faultServer();
    const urls = [`smtp://127.0.0.1:${await freePort()}`, second.url];
    const transport = transportTo(urls, { connections: 3 });
    expect(tally(await sendAll(transport, 30))).toEqual({ 250: 30 });
    expect(second.accepted.length).toBe(30);
    await second[Symbol.asyncDispose]();
    expect(await sendAll(transport, 3)).toMatchObject(Array(3).fill({ kind: 'unsent', relayDown: true }));
  });

  test('the first gets its place back when it recovers', async () => {
    const port = await freePort();
    await using second = await faultServer();
    const transport = transportTo([`smtp://127.0.0.1:${port}`, second.url], {
      connections: 3,
      rest: { first: 40, longest: 80 },
    });
    expect(tally(await sendAll(transport, 10))).toEqual({ 250: 10 });
    await using first = await faultServer({ port });
    while (first.accepted.length === 0 || second.sockets.size > 0)
      expect(tally(await sendAll(transport, 10))).toEqual({ 250: 10 });
    const before = second.accepted.length;
    expect(tally(await sendAll(transport, 30))).toEqual({ 250: 30 });
    expect(second.accepted.length).toBe(before);
  });

  test('one that dies in the midst of messages loses what it had in hand, and the next gets the rest', async () => {
    await using second = await faultServer();
    await using first = await faultServer({
      act: (e) => {
        if (e.moment === 'DOT' && e.nth === 20) void first[Symbol.asyncDispose]();
        return undefined;
      },
    });
    const results = await sendAll(transportTo([first.url, second.url], { connections: 4 }), 100);
    const sums = tally(results);
    expect(sums['unsent']).toBeUndefined();
    expect(sums['lost'] ?? 0).toBeLessThanOrEqual(4);
    expect(second.accepted.length).toBeGreaterThan(50);
    const twice = second.accepted.filter((to) => first.whole.includes(to));
    expect(twice).toEqual([]);
  });

  test('one that answers 421 to its first message is passed over', async () => {
    await using first = await faultServer({
      act: (e) => (e.moment === 'MAIL' ? { say: '421 4.3.2 shutting down\r\n' } : undefined),
    });
    await using second = await faultServer();
    expect(tally(await sendAll(transportTo([first.url, second.url]), 10))).toEqual({ 250: 10 });
    expect(second.accepted.length).toBe(10);
  });
});
