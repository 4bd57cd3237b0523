import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { addDays } from '../../src/day.ts';
import { tellIfFailed } from '../../src/delivery/trace.ts';
import { createLogger } from '../../src/telemetry.ts';
import { watchConnections } from '../../src/tracing/connections.ts';
import { type SamplerKind, startTracing } from '../../src/tracing/otlp.ts';
import { askedBy, carriedTrace, inSpan, tellEdition, tellSpan } from '../../src/tracing/spans.ts';
import { type Collector, collector } from '../support/collector.ts';

const PROCESS = { log: createLogger('silent'), site: 'https://papers.example', version: '0', command: 'worker' };
const DAYS = Array.from({ length: 100 }, (_, i) => addDays('2026-01-01', i));

/** Runs `work` as a process that sends traces to `endpoint`, from its start to its stop. */
async function traced(
  endpoint: string,
  work: () => unknown,
  sampler: { kind: SamplerKind; ratio: number } = { kind: 'always_on', ratio: 1 },
): Promise<void> {
  const tracing = startTracing({ endpoint, headers: {}, serviceName: null, sampler }, PROCESS);
  try {
    await work();
  } finally {
    await tracing.stop();
  }
}

const named = ({ spans }: Collector, name: string) => spans.filter((span) => span.name === name);

/** A trace that another program began, and kept or not. */
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const kept = `00-${TRACE}-b7ad6b7169203331-01`;
const notKept = `00-${TRACE}-b7ad6b7169203331-00`;

test.each<[SamplerKind, string[]]>([
  ['always_on', ['alone', 'below what is kept', 'below what is not']],
  ['always_off', []],
  ['parentbased_always_on', ['alone', 'below what is kept']],
  ['parentbased_always_off', ['below what is kept']],
])('%s keeps the spans that it says: %j', async (kind, expected) => {
  await using sink = await collector();
  await traced(
    sink.url,
    () => {
      tellSpan('alone', {});
      askedBy(kept, () => tellSpan('below what is kept', {}));
      askedBy(notKept, () => tellSpan('below what is not', {}));
    },
    { kind, ratio: 1 },
  );
  expect(sink.spans.map(({ name }) => name)).toEqual(expected);
});

test.each(['traceidratio', 'parentbased_traceidratio'] as const)(
  '%s keeps a share of the days, each whole, and every process the same ones',
  async (kind) => {
    await using sink = await collector();
    const sampler = { kind, ratio: 0.5 };
    await traced(
      sink.url,
      () => DAYS.forEach((day) => tellEdition(day, { startTime: new Date(day), attributes: {} })),
      sampler,
    );
    await traced(sink.url, () => DAYS.forEach((day) => tellSpan('plan digest', { day })), sampler);
    const tracesOf = (name: string) => named(sink, name).map(({ traceId }) => traceId);
    expect(tracesOf('plan digest')).toEqual(tracesOf('edition'));
    // 100 throws of a coin.
    expect(tracesOf('edition').length).toBeGreaterThan(30);
    expect(tracesOf('edition').length).toBeLessThan(70);
  },
);

test('a trace that is not kept is not kept by who takes its job either', async () => {
  await using sink = await collector();
  let carried: string | undefined;
  await traced(sink.url, () => inSpan('asks', {}, async () => (carried = carriedTrace())), {
    kind: 'parentbased_always_off',
    ratio: 1,
  });
  expect(carried).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  await traced(sink.url, () => askedBy(carried, () => tellSpan('works', {})), {
    kind: 'parentbased_always_on',
    ratio: 1,
  });
  expect(sink.spans).toEqual([]);
});

test('of messages that failed, and of connections, a hundred a minute are told of', async () => {
  await using sink = await collector();
  await traced(sink.url, () => {
    const refused = { state: 'rejected', reason: 'blocked', lastReply: '554 no' } as Parameters<typeof tellIfFailed>[0];
    const watch = watchConnections()!;
    const watched = Array.from({ length: 150 }, () => watch.opened('relay.example', 25));
    for (const connection of watched) connection?.ended(null);
    for (let n = 0; n < 150; n++) tellIfFailed(refused, new Date());
    expect(watched.filter((connection) => connection === null)).toHaveLength(50);
  });
  expect(named(sink, 'send smtp')).toHaveLength(100);
  expect(named(sink, 'send message')).toHaveLength(100);
});

test('a stop hands over what was told of last, and nothing is told of after it', async () => {
  await using sink = await collector();
  await traced(sink.url, () => {
    for (let n = 0; n < 1_000; n++) tellSpan(`span ${n}`, {});
    expect(sink.spans).toEqual([]);
  });
  // Two batches are under way at once.
  expect(new Set(sink.spans.map(({ name }) => name))).toEqual(
    new Set(Array.from({ length: 1_000 }, (_, n) => `span ${n}`)),
  );
  tellSpan('late', {});
  expect(trace.getTracer('paperboy').startSpan('late').isRecording()).toBe(false);
});

test('a stop waits no longer than about a second for a collector that takes the spans and does not answer', async () => {
  const mute = net.createServer(() => {});
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const heard = once(mute, 'connection') as Promise<[net.Socket]>;
  const tracing = startTracing(
    {
      endpoint: `http://127.0.0.1:${(mute.address() as AddressInfo).port}`,
      headers: {},
      serviceName: null,
      sampler: { kind: 'always_on', ratio: 1 },
    },
    PROCESS,
  );
  tellSpan('unheard', {});
  const asked = performance.now();
  await tracing.stop();
  const waited = performance.now() - asked;
  const [socket] = await heard;
  socket.destroy();
  mute.close();
  expect(waited).toBeGreaterThan(900);
  expect(waited).toBeLessThan(4_000);
});
