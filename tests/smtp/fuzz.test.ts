import { duplexPair, type Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { digestSums } from '../../src/db/digests.ts';
import { deliverBatch, type DeliverDeps } from '../../src/delivery/deliver.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { TIMEOUTS } from '../../src/smtp/connect.ts';
import { type Capabilities, envelopeFor } from '../../src/smtp/envelope.ts';
import { type Announced, type Job, Session, type SessionOwner } from '../../src/smtp/session.ts';
import { WireBuffer } from '../../src/smtp/wire.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { verdictOf } from '../../src/delivery/verdict.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase } from '../support/database.ts';
import { ACCEPTED, addReaders, manyReaders, recordingTransport } from '../support/ledger.ts';
import { type Random, randomOf } from '../support/random.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { KEYRING, WITHOUT_BRAKES } from '../support/keys.ts';
import { shapingFor } from '../support/shaping.ts';

const WIRE = new WireBuffer();

const GOOD = ['250 2.1.0 ok\r\n', '250 2.1.5 ok\r\n', '354 go ahead\r\n', '250 2.0.0 queued\r\n'];
const WILD = [
  '250 ok\r\n',
  '354 go\r\n',
  '250-a\r\n250-b\r\n250 c\r\n',
  '251 forwarded\r\n',
  '220 hi\r\n',
  '450 4.2.1 later\r\n',
  '550 5.1.1 gone\r\n',
  '554-5.7.1 no\r\n554 5.7.1 never\r\n',
  '421 4.3.2 bye\r\n',
  '530 log in\r\n',
  '250 half',
  '\r\n',
  '\n',
  '\r',
  '\0',
  '2',
  '250',
  '250-',
  '999 x\r\n',
  '150 x\r\n',
  'garbage\r\n',
  '250-a\r\n550 b\r\n',
  `250 ${'x'.repeat(5000)}`,
  '250-more\r\n'.repeat(3000),
  '\xff\xfe\r\n',
  '334 \r\n',
  '250\n',
];

/**
 * Mostly what a good server says, in order, and now and then something else; sometimes only noise.
 */
function streamOf(random: Random, messages: number): string {
  const oddness = [0, 30, 8, 2][random(4)]!;
  let stream = '';
  for (let i = 0; i < messages * 4; i++) {
    if (oddness > 0 && random(oddness) === 0) stream += WILD[random(WILD.length)]!;
    else stream += GOOD[i % 4]!;
  }
  return stream.slice(0, random(3) === 0 ? random(stream.length + 1) : undefined);
}

/**
 * The codes of the replies in a stream, as long as it makes sense. An independent reading: lines,
 * not bytes.
 */
function codesIn(stream: string): number[] {
  const codes: number[] = [];
  let open: string | null = null;
  let size = 0;
  for (const line of stream.split('\n').slice(0, -1)) {
    const [, code, separator] = /^([2-5]\d\d)(?:([ -])[^]*|\r?)$/.exec(line) ?? [];
    size += line.length + 1;
    if (!code || (open !== null && open !== code) || line.length > 4097 || size > 16_385) break;
    open = separator === '-' ? code : null;
    if (open !== null) continue;
    codes.push(Number(code));
    size = 0;
  }
  return codes;
}

/**
 * What each message's result must be if it has a reply at all: RFC 5321 and 2920 played through
 * with these codes.
 */
function replay(codes: readonly number[], messages: number, pipelining: boolean): (number | null)[] {
  const results: (number | null)[] = Array(messages).fill(null);
  const answers = codes.values();
  const next = (): number => answers.next().value ?? 421;
  let reset = false;
  for (let i = 0; i < messages; i++) {
    if (reset && !(next() < 400)) break;
    reset = false;
    const refusals: number[] = [];
    const [mail, rcpt, data] = [0, 1, 2].map((step) => {
      if (!pipelining && refusals.length > 0) return 0;
      const code = next();
      const ends =
        code === 421 ||
        (step === 0 && code === 530) ||
        (step < 2 ? code >= 300 && code < 400 : code < 354 || (code > 354 && code < 400));
      if (!ends && code >= 400) refusals.push(code);
      return ends ? -1 : code;
    }) as [number, number, number];
    if (refusals.length > 0) results[i] = refusals[0]!;
    if (mail < 0 || rcpt < 0 || data < 0) break;
    if (refusals.length > 0) {
      if (data === 354 && mail >= 400) break;
      if (data === 354 && next() === 421) break;
      reset = true;
      continue;
    }
    const dot = next();
    if (dot >= 300 && dot < 400) break;
    results[i] = dot;
    if (dot === 421) break;
  }
  return results;
}

/** Sends messages over one session whose server says `stream`, in pieces, whatever it is told. */
async function play(
  random: Random,
  stream: string,
  messages: number,
  can: Capabilities,
): Promise<{ results: SendResult[]; heard: string }> {
  const [ours, theirs] = duplexPair() as [Duplex, Duplex];
  let heard = '';
  theirs
    .on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
    })
    .on('error', () => {});
  const results: SendResult[] = [];
  const queue: Job[] = [];
  const gone = Promise.withResolvers<void>();
  const nextJob = (): Announced | null => {
    const job = queue.shift();
    return job ? { job, envelope: envelopeFor(job.outgoing, can) as Announced['envelope'] } : null;
  };
  const owner: SessionOwner = {
    timeouts: TIMEOUTS,
    messagesPerConnection: 1000,
    wire: WIRE,
    nextFor: (session) => (session.canTakeAnother ? nextJob() : null),
    flushSoon: (session) => setImmediate(() => session.flush()),
    free: (session) => {
      const next = nextJob();
      if (next) session.begin(next);
      else session.quit();
    },
    notSent: (job, { text }) => job.settle({ kind: 'unsent', relayDown: false, text }),
    gone: () => gone.resolve(),
  };
  for (let i = 0; i < messages; i++) {
    queue.push({
      outgoing: {
        from: 'b@x.example',
        to: `r${i}@y.example`,
        message: [Buffer.from(`Subject: ${i}\r\n\r\nHello ${i}\r\n`)],
      },
      retries: 0,
      settle: (result) => {
        if (results[i]) throw new Error('two results');
        results[i] = result;
      },
    });
  }
  const session = new Session({ socket: ours, encrypted: true, can }, owner);
  owner.free(session);
  for (let at = 0; at < stream.length && !session.closed;) {
    const size = 1 + random([3, 40, 400, 60_000][random(4)]!);
    theirs.write(Buffer.from(stream.slice(at, at + size), 'latin1'));
    at += size;
    if (random(2) === 0) await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  if (random(2) === 0) theirs.end();
  else session.expire();
  if (random(2) === 0) session.drop();
  await new Promise(setImmediate);
  session.drop();
  await gone.promise;
  for (const job of queue) job.settle({ kind: 'unsent', relayDown: false, text: 'never begun' });
  return { results, heard };
}

const STREAMS = 10_000;

async function playSeed(seed: number) {
  const random = randomOf(seed);
  const messages = 1 + random(5);
  const pipelining = random(3) > 0;
  const stream = streamOf(random, messages);
  return {
    stream,
    messages,
    pipelining,
    ...(await play(random, stream, messages, { pipelining, eightBit: true, utf8: true, size: null, auth: [] })),
  };
}

test(
  '10,000 wild reply streams: every message gets one result, and "accepted" only from the answer to its own final dot',
  { timeout: 120_000 },
  async () => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= STREAMS; seed++) {
      const { stream, messages, pipelining, results, heard } = await playSeed(seed);
      const possible = replay(codesIn(stream), messages, pipelining);
      for (let i = 0; i < messages; i++) {
        const result = results[i];
        if (!result) throw new Error(`seed ${seed}, message ${i} has no result`);
        if (result.kind === 'reply' && result.code !== possible[i])
          throw new Error(`seed ${seed}, message ${i}: ${result.code} where the server meant ${possible[i]}`);
        if (result.kind === 'unsent' && heard.includes(`Hello ${i}\r\n.\r\n`))
          throw new Error(`seed ${seed}, message ${i} was sent and is called unsent`);
        const kind = result.kind === 'reply' ? `${Math.floor(result.code / 100)}xx` : result.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    }
    // The streams are wild enough to bring all of them, and tame enough to bring many of each.
    for (const kind of ['2xx', '4xx', '5xx', 'lost', 'unsent']) expect(kinds.get(kind), kind).toBeGreaterThan(100);
  },
);

test(
  'what 10,000 wild reply streams brought, each to a reader, leaves no delivery in `sending`: every row says what its verdict says',
  { timeout: 120_000 },
  async () => {
    await using database = await testDatabase();
    const { db } = database;
    const log = createLogger('silent');
    const firsts: SendResult[] = [];
    for (let seed = 1; seed <= STREAMS; seed++) firsts.push((await playSeed(seed)).results[0]!);
    let now = new Date('2026-05-29T08:00:00Z');
    await addReaders(
      db,
      manyReaders(STREAMS).map((reader, i) => ({ ...reader, email: `reader${i}@d${i}.example` })),
    );
    const batchIds: number[] = [];
    await freezeDigest(
      {
        db,
        now: () => now,
        log,
        enqueueBatch: async (id) => {
          batchIds.push(id);
        },
      },
      { date: '2026-05-29' },
    );
    const brought = new Map<string, SendResult>();
    const results = firsts.values();
    const transport = recordingTransport(({ to }) => {
      const result = results.next().value ?? ACCEPTED;
      brought.set(to, result);
      return result;
    }, 20);
    const deps: DeliverDeps = {
      db,
      transport,
      log,
      now: () => now,
      onUnknown: 'hold',
      ledger: createLedger({ db, keyring: KEYRING, now: () => now }),
      permits: createPermits(40),
      ...WITHOUT_BRAKES,
      shaping: shapingFor(() => now),
      composer: {
        hold: async () => null,
        compose: async (_date, { email }) => ({ from: 'b@x.example', to: email, message: [] }),
      },
    };
    for (const id of batchIds) await deliverBatch(deps, id);
    expect(brought.size).toBe(STREAMS);
    const { rows } = await db.$client.query<{ email: string; state: string }>(
      'select email, state from delivery join subscriber on id = subscriber_id',
    );
    expect(rows).toHaveLength(STREAMS);
    for (const { email, state } of rows) expect(state, email).toBe(verdictOf(brought.get(email)!).state);

    // A relay that has come to its senses settles the rest.
    now = new Date(now.getTime() + 10 * 60_000);
    for (const id of batchIds) await deliverBatch(deps, id);
    const { deferred, pending, ...settled } = await digestSums(db, '2026-05-29');
    expect([deferred, pending]).toEqual([0, 0]);
    expect(settled.accepted + settled.rejected + settled.unknown).toBe(STREAMS);
  },
);

test(
  '100 wild servers from the greeting on: the transport gives every result, calls nothing unsent that was sent, and closes',
  { timeout: 60_000 },
  async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = randomOf(seed * 7919);
      await using server = await faultServer({
        extensions: random(3) === 0 ? [] : ['PIPELINING'],
        pace: (['plain', 'bytes', 'glued'] as const)[random(3)]!,
        act: ({ usual }) => {
          if (random(12) > 0) return undefined;
          if (random(3) === 0) return (['drop', 'reset', 'goodbye'] as const)[random(3)]!;
          return { say: `${random(2) === 0 ? `${usual}\r\n` : ''}${WILD[random(WILD.length)]!}` };
        },
      });
      const transport = createSmtpTransport({
        urls: [server.url],
        connections: 2,
        name: 'x',
        rest: { first: 1, longest: 5 },
        timeouts: { greeting: 30, command: 30, data: 30, dot: 30, quit: 30 },
      });
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          transport.send({ from: 'b@x.example', to: `r${i}@y.example`, message: [Buffer.from('x\r\n')] }),
        ),
      );
      await transport.close();
      expect(results.length).toBe(8);
      for (const [i, result] of results.entries())
        if (result.kind === 'unsent') expect(server.whole, `seed ${seed}`).not.toContain(`r${i}@y.example`);
    }
  },
);
