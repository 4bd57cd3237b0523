import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import * as api from '@opentelemetry/api';
import { context, propagation, ROOT_CONTEXT, type SpanContext, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, envDetector, detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { type DayTraces, setDayTraces } from './spans.ts';

export interface TraceOptions {
  /** The base address of a collector that takes OTLP over HTTP. */
  endpoint: string;
  /** What it is sent beside, such as a key. */
  headers: Readonly<Record<string, string>>;
  serviceName: string | null;
  sampler: { kind: SamplerKind; ratio: number };
}
export type SamplerKind = 'always_on' | 'always_off' | 'traceidratio' | `parentbased_${RootKind}`;
type RootKind = 'always_on' | 'always_off' | 'traceidratio';

/** How long the last spans are waited for when the process ends. */
const LAST_SPANS_MS = 1_000;

interface Process {
  log: Logger;
  /** The address of the site: what tells the traces of two installations apart. */
  site: string;
  version: string;
  /** What the process was started as: `worker`, `digest`. */
  command: string;
}

/**
 * Sends traces to a collector from now on. `stop` hands over what is left, and waits for that no
 * longer than a second.
 */
export function startTracing(
  options: TraceOptions,
  { log, site, version, command }: Process,
): { stop(): Promise<void> } {
  const sampler = samplerOf(options.sampler);
  const ids = createIds();
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint}/v1/traces`, headers: { ...options.headers } });
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids,
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': 'paperboy',
          'service.version': version,
          'service.instance.id': `${hostname()} ${process.pid}`,
          'paperboy.command': command,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes(options.serviceName === null ? {} : { 'service.name': options.serviceName })),
    spanProcessors: [new BatchSpanProcessor({ exporter: tellingOnce(exporter, log) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  setDayTraces(createDayTraces({ site, sampler, ids }));
  return {
    async stop() {
      setDayTraces(null);
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_SPANS_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      trace.disable();
      propagation.disable();
      context.disable();
    },
  };
}

function samplerOf({ kind, ratio }: TraceOptions['sampler']): Sampler {
  const roots: Record<RootKind, Sampler> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(ratio),
  };
  const isAlone = (name: string): name is RootKind => name in roots;
  if (isAlone(kind)) return roots[kind];
  const root = kind.slice('parentbased_'.length) as RootKind;
  return new ParentBasedSampler({ root: roots[root] });
}

interface Ids extends IdGenerator {
  /** Gives the span that `begin` starts these ids. */
  as<T>(ids: Pick<SpanContext, 'traceId' | 'spanId'>, begin: () => T): T;
}

/** Random ids, but for a day's root, whose ids are known beforehand. */
function createIds(): Ids {
  const random = new RandomIdGenerator();
  let wanted: Pick<SpanContext, 'traceId' | 'spanId'> | null = null;
  return {
    generateTraceId: () => wanted?.traceId ?? random.generateTraceId(),
    generateSpanId: () => wanted?.spanId ?? random.generateSpanId(),
    as(ids, begin) {
      wanted = ids;
      try {
        return begin();
      } finally {
        wanted = null;
      }
    },
  };
}

/** The ids of a day's root: the same in every process of an installation, and in no other's. */
export function idsOfDay(site: string, day: string): Pick<SpanContext, 'traceId' | 'spanId'> {
  const hash = createHash('sha256').update(`${site} ${day}`).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

function createDayTraces({ site, sampler, ids }: { site: string; sampler: Sampler; ids: Ids }): DayTraces {
  // Samplers of a share go by the trace's id, so every process decides alike.
  const flagsOf = (traceId: string): TraceFlags => {
    const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId, 'edition', SpanKind.INTERNAL, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
  };
  return {
    api,
    rootOf(day) {
      const known = idsOfDay(site, day);
      return { ...known, traceFlags: flagsOf(known.traceId), isRemote: true };
    },
    beginRoot: (day, name, options) =>
      ids.as(idsOfDay(site, day), () => trace.getTracer('paperboy').startSpan(name, options, ROOT_CONTEXT)),
  };
}

/** Says once that a collector takes nothing, and once that it does again. */
function tellingOnce(exporter: SpanExporter, log: Logger): SpanExporter {
  let isAway = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !isAway)
          log.warn(
            { code: codeOf(result.error) },
            'The collector in OTEL_EXPORTER_OTLP_ENDPOINT takes no traces: they are dropped until it does. ' +
              'Check the address and OTEL_EXPORTER_OTLP_HEADERS.',
          );
        if (!failed && isAway) log.info('The collector takes traces again');
        isAway = failed;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
