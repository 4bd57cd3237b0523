import type { HeldBatch } from '../db/batches.ts';
import type { Outcome } from '../db/deliveries.ts';
import { createAllowance } from '../tracing/allowance.ts';
import { inSpan, isTracing, markFailed, type Span, tellSpan } from '../tracing/spans.ts';

/** More messages a minute that failed are not told of one by one: their batch counts them. */
const FAILED_PER_MINUTE = 100;
const mayTellOne = createAllowance(FAILED_PER_MINUTE);

/** Works on a batch within a span of the day's trace: a digest has one for each turn of a batch. */
export const inBatchSpan = <T>(
  { id, digestDate }: HeldBatch,
  startTime: Date,
  work: (span: Span) => Promise<T>,
): Promise<T> =>
  inSpan(
    'process deliver',
    {
      day: digestDate,
      startTime,
      kind: 'CONSUMER',
      attributes: {
        'messaging.system': 'bullmq',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'deliver',
        'paperboy.batch.id': id,
        'paperboy.digest.date': digestDate,
      },
    },
    work,
  );

/** What one turn of a batch came to. */
interface Result {
  sums: Partial<Record<Outcome['state'], number>>;
  state: 'done' | 'open';
  relayDown: boolean;
}

export function tellBatch(span: Span, { sums, state, relayDown }: Result): void {
  const counts = Object.entries(sums);
  span.setAttributes({
    'messaging.batch.message_count': counts.reduce((sum, [, count]) => sum + count, 0),
    'paperboy.batch.state': state,
    ...Object.fromEntries(counts.map(([outcome, count]) => [`paperboy.deliveries.${outcome}`, count])),
  });
  if (relayDown) markFailed(span, 'RELAY_UNAVAILABLE');
}

/** A span of one message that the relay did not take; of one that it took there is none. */
export function tellIfFailed({ state, reason, lastReply }: Outcome, startTime: Date): void {
  if (!isTracing() || !hasFailed(state, lastReply) || !mayTellOne()) return;
  // The rest of a reply may quote the reader's address.
  const code = /^\d{3}\b/.exec(lastReply ?? '')?.[0];
  tellSpan('send message', {
    kind: 'PRODUCER',
    startTime,
    attributes: {
      'messaging.system': 'smtp',
      'paperboy.delivery.state': state,
      ...(code !== undefined && { 'smtp.response.status_code': Number(code) }),
    },
    failed: reason ?? state,
  });
}

/** What only waits for its turn has not failed. */
const hasFailed = (state: Outcome['state'], lastReply: string | null): boolean =>
  state === 'rejected' || state === 'unknown' || (state === 'deferred' && lastReply !== null);
