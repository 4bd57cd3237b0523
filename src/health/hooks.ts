import type { endpointsOff } from '../db/hook-endpoints.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Whether programs of the operator are told what happens. Pure. */
export function judgeHooks(off: Awaited<ReturnType<typeof endpointsOff>>): Finding {
  const { well, mend } = findingsOf('webhooks', 'queue', 'Webhooks');
  const [first] = off;
  if (!first) return well('None is switched off.');
  const why = first.offBecause === 'gone' ? 'it answered that it is gone' : 'nothing arrived there for three days';
  return mend(
    off.length === 1
      ? `The webhook to ${new URL(first.url).host} is switched off: ${why}.`
      : `${off.length} webhooks are switched off, the first to ${new URL(first.url).host}: ${why}.`,
    'See that it answers, then let it be told again at /admin/webhooks, or remove it.',
  );
}
