import type * as OpenTelemetry from '@opentelemetry/api';
import type {
  Attributes,
  AttributeValue,
  Context,
  Link,
  Span as ApiSpan,
  SpanContext,
  SpanKind,
  SpanStatus,
} from '@opentelemetry/api';
import { codeOf } from '../errors.ts';

/** It has a hundred modules, which only those load who want traces. */
export type Api = typeof OpenTelemetry;

/** What work may say of the span that it runs within. */
export interface Span {
  setAttribute(name: string, value: AttributeValue): unknown;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: SpanStatus): unknown;
}

/** The trace of each day's newspaper, which every process knows by the date alone (ADR 23). */
export interface DayTraces {
  api: Api;
  /** The span that all of a day's work hangs from. It is told of when the edition is frozen. */
  rootOf(day: string): SpanContext;
  /** Begins that span. */
  beginRoot(day: string, name: string, options: { startTime: Date; attributes: Attributes }): ApiSpan;
}

/** `null`: there are no traces, and everything here only runs the work that it is given. */
let days: DayTraces | null = null;

/** Turns traces on, or off again. */
export function setDayTraces(made: DayTraces | null): void {
  days = made;
}

export const isTracing = (): boolean => days !== null;

/** What spans are made with; `null`: there are no traces. */
export const tracingApi = (): Api | null => days?.api ?? null;

const NO_SPAN: Span = { setAttribute() {}, setAttributes() {}, setStatus() {} };

interface SpanOptions {
  /** The edition that the work is for: its trace is that of the day, not of who asked. */
  day?: string;
  kind?: keyof typeof SpanKind;
  attributes?: Attributes;
  /** When it began, if not now. */
  startTime?: Date;
}

/** Where a span goes: below what asked for it, if that is of the same trace; else with a link to it. */
function placeOf(traces: DayTraces, day: string | undefined): { parent: Context; links: Link[] } {
  const { context, ROOT_CONTEXT, trace } = traces.api;
  const here = context.active();
  if (day === undefined) return { parent: here, links: [] };
  const root = traces.rootOf(day);
  const asking = trace.getSpanContext(here);
  if (asking?.traceId === root.traceId) return { parent: here, links: [] };
  return {
    parent: trace.setSpanContext(ROOT_CONTEXT, root),
    links: asking === undefined ? [] : [{ context: asking }],
  };
}

function begin(
  traces: DayTraces,
  name: string,
  { day, kind = 'INTERNAL', ...options }: SpanOptions,
): { span: ApiSpan; parent: Context } {
  const { SpanKind, trace } = traces.api;
  const { parent, links } = placeOf(traces, day);
  const all = { ...options, kind: SpanKind[kind], links };
  return { span: trace.getTracer('paperboy').startSpan(name, all, parent), parent };
}

/** Runs `work` within a span. What it throws is told of by its code: a message may quote a reader. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  if (days === null) return work(NO_SPAN);
  const { context, trace } = days.api;
  const { span, parent } = begin(days, name, options);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    markFailed(span, codeOf(error) ?? (error instanceof Error ? error.name : 'unknown'));
    throw error;
  } finally {
    span.end();
  }
}

/** The same for a part of what is traced already; where nothing is, `work` runs without a span. */
export const inPart = <T>(name: string, work: (span: Span) => Promise<T>): Promise<T> =>
  days?.api.trace.getActiveSpan() === undefined ? work(NO_SPAN) : inSpan(name, {}, work);

/** A span of what is over by now; `failed` is a word for why, if it went wrong. */
export function tellSpan(name: string, options: SpanOptions & { failed?: string }): void {
  if (days === null) return;
  const { failed, ...rest } = options;
  const { span } = begin(days, name, rest);
  if (failed !== undefined) markFailed(span, failed);
  span.end();
}

/** Tells of the day's newspaper itself: from the first ingest for it to the freeze of its edition. */
export function tellEdition(day: string, options: { startTime: Date; attributes: Attributes }): void {
  days?.beginRoot(day, 'edition', options).end();
}

/** `why` is a code of ours or a system's: never a message. */
export function markFailed(span: Span, why: string): void {
  if (days === null) return;
  span.setAttribute('error.type', why);
  span.setStatus({ code: days.api.SpanStatusCode.ERROR });
}

/** What a job carries so that its worker knows who asked: a W3C traceparent, or nothing. */
export function carriedTrace(): string | undefined {
  if (days === null) return undefined;
  const { context, propagation } = days.api;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Runs `work` as asked for by who enqueued it. */
export function askedBy<T>(traceparent: string | undefined, work: () => T): T {
  if (days === null || traceparent === undefined) return work();
  const { context, propagation, ROOT_CONTEXT } = days.api;
  return context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), work);
}
