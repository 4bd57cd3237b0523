// How well the rules of mail hosts are kept: simulated providers with 50 connections offered.
// Messages a minute by a simulated clock, of one and of three processes; connections and messages a
// connection over real sockets, for every rule that ships with both.
//   npm run bench:shaping -- [--replies 25]
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createHostRate } from '../src/delivery/host-rate.ts';
import type { RateStore } from '../src/delivery/pacing.ts';
import { relayLimits, SHAPING_RULES, type ShapingRule } from '../src/delivery/shaping-rules.ts';
import { MINUTE, SECOND } from '../src/duration.ts';
import { createSmtpTransport } from '../src/smtp/transport.ts';

const { values: options } = parseArgs({ options: { replies: { type: 'string', default: '25' } } });
/** How many messages each connection carries at least. */
const REPLIES = Number(options.replies);
const OFFERED = 50;
/** How long a provider takes for each message, and a job that was put off for coming back. */
const REPLY_MS = 200;
const LATE_MS = SECOND;

/** A shared store that forgets as the real ones do. */
function storeAt(clock: () => number): RateStore {
  const sums = new Map<string, { sum: number; until: number }>();
  return {
    async take(key, count) {
      const had = sums.get(key);
      const kept = had !== undefined && had.until > clock() ? had : { sum: 0, until: clock() + 5 * SECOND };
      kept.sum += count;
      sums.set(key, kept);
      return kept.sum;
    },
  };
}

interface Kept {
  rule: string;
  /** The most that was seen of what the rule limits. */
  most: Record<string, number>;
  over: number;
  /** How long it took against how long it must. */
  time: number;
}

async function rateOf(perMinute: number, processes: number): Promise<Kept> {
  let now = 1_800_000_000_000;
  const begun = now;
  const clock = (): number => now;
  const store = storeAt(clock);
  const rates = Array.from({ length: processes }, () => createHostRate({ store, clock }));
  const messages = 10 * perMinute;
  const went: number[] = [];
  let waiting = Array.from({ length: messages }, (_, i) => ({ i, at: now }));
  while (waiting.length > 0) {
    now = waiting.reduce((first, { at }) => Math.min(first, at), Infinity);
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { i } of due) {
      const later = await rates[i % processes]!.admit('host', perMinute, String(i));
      if (later === null) went.push(now);
      else waiting.push({ i, at: later.getTime() + LATE_MS * Math.random() });
    }
  }
  const most = mostWithin(went, MINUTE);
  const ideal = (messages / perMinute) * MINUTE;
  return {
    rule: `${perMinute} a minute, ${processes} process${processes > 1 ? 'es' : ''}`,
    most: { messagesInAnyMinute: most },
    over: Math.max(0, most - perMinute),
    time: (went.at(-1)! - begun) / ideal,
  };
}

function mostWithin(moments: readonly number[], length: number): number {
  let [most, first] = [0, 0];
  moments.forEach((at, i) => {
    while (moments[first]! <= at - length) first++;
    most = Math.max(most, i - first + 1);
  });
  return most;
}

/** A provider that takes its time, and counts what each connection and all of them bring. */
async function provider() {
  const sockets = new Set<Socket>();
  const seen = { connections: 0, messagesPerConnection: 0, messages: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    seen.connections = Math.max(seen.connections, sockets.size);
    serve(socket, seen, () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => server.close() };
}

function serve(socket: Socket, seen: { messagesPerConnection: number; messages: number }, over: () => void): void {
  let [input, inText, taken] = ['', false, 0];
  let before: Promise<unknown> = Promise.resolve();
  const say = (line: string): void => void (socket.writable && socket.write(`${line}\r\n`));
  const hear = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'DATA') inText = true;
    // A provider lets go of a connection when it says goodbye.
    if (verb === 'QUIT') over();
    before = before.then(() => say(verb === 'DATA' ? '354 go ahead' : '250 2.0.0 ok'));
    if (verb === 'QUIT') before = before.then(() => socket.end());
  };
  say('220 provider.example ESMTP');
  socket
    .setNoDelay(true)
    .setEncoding('latin1')
    .on('error', over)
    .on('close', over)
    .on('data', (chunk: string) => {
      input += chunk;
      for (let end = endOf(input, inText); end >= 0; end = endOf(input, inText)) {
        const part = input.slice(0, end);
        input = input.slice(end + (inText ? 5 : 2));
        if (!inText) {
          hear(part);
          continue;
        }
        inText = false;
        taken++;
        seen.messages++;
        seen.messagesPerConnection = Math.max(seen.messagesPerConnection, taken);
        before = before.then(() => wait(REPLY_MS)).then(() => say('250 2.0.0 queued'));
      }
    });
}

const endOf = (input: string, inText: boolean): number => input.indexOf(inText ? '\r\n.\r\n' : '\r\n');

const message = [Buffer.from('Subject: a digest\r\n\r\nPapers.\r\n')];

async function carry(messages: number, limits: { connections: number; messagesPerConnection: number | undefined }) {
  const host = await provider();
  const transport = createSmtpTransport({ urls: [host.url], name: 'bench.example', ...limits });
  const started = performance.now();
  const results = await Promise.all(
    Array.from({ length: messages }, (_, i) =>
      transport.send({ from: 'paperboy@bench.example', to: `reader${i}@example.org`, message, plain: true }),
    ),
  );
  const ms = performance.now() - started;
  await transport.close();
  host.close();
  if (!results.every((result) => result.kind === 'reply' && result.code === 250))
    throw new Error('The provider did not take every message');
  return { ms, seen: host.seen };
}

/** What it must take: each connection carries its share, one reply after the other. */
async function connectionsOf(rule: ShapingRule): Promise<Kept> {
  const asked = relayLimits([{ ...rule, submission: ['provider'] }], ['provider'], OFFERED);
  const { ms, seen } = await carry(REPLIES * asked.connections, asked);
  const ideal = REPLIES * REPLY_MS;
  return {
    rule: `${rule.host}: ${rule.connections ?? 'any'} connections, ${rule.messagesPerConnection} messages`,
    most: { connections: seen.connections, messagesPerConnection: seen.messagesPerConnection },
    over:
      Math.max(0, seen.connections - (rule.connections ?? OFFERED)) +
      Math.max(0, seen.messagesPerConnection - (rule.messagesPerConnection ?? Infinity)),
    time: ms / ideal,
  };
}

const kept: Kept[] = [];
for (const perMinute of [30, 100, 600]) for (const processes of [1, 3]) kept.push(await rateOf(perMinute, processes));
const byNumbers = new Map(
  SHAPING_RULES.filter(({ messagesPerConnection }) => messagesPerConnection !== null).map((rule) => [
    `${rule.connections} ${rule.messagesPerConnection}`,
    rule,
  ]),
);
for (const rule of byNumbers.values()) kept.push(await connectionsOf(rule));
for (const { rule, most, over, time } of kept)
  console.log(`${rule}: ${JSON.stringify(most)}, over by ${over}, ${time.toFixed(3)} of the ideal time`);
console.log(
  JSON.stringify({
    rules: kept.length,
    over: kept.reduce((sum, { over }) => sum + over, 0),
    slowest: Math.max(...kept.map(({ time }) => time)),
    kept,
  }),
);
