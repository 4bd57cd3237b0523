import { once } from 'node:events';
import { boundGarbage } from '../garbage.ts';
import { inTime } from '../jobs/in-time.ts';
import { type Role, type Service, startService } from '../runtime.ts';
import type { Context } from './context.ts';

/**
 * Runs the roles until the process is asked to stop, or cannot go on, then finishes what is in
 * flight.
 */
export async function serve(
  { config, log, signal, print }: Context,
  roles: readonly Role[],
  options: { alone: boolean },
): Promise<void> {
  const service = await startService(config, log, roles, { ...options, signal }).catch((error: unknown) => {
    if (error === signal.reason) return null;
    throw error;
  });
  if (service === null) return;
  boundGarbage();
  await using _closing = { [Symbol.asyncDispose]: () => close(service) };
  const { site, mailbox, docs, desk } = service.addresses;
  if (site) await print(`Site      ${site}`);
  if (mailbox) await print(`Mailbox   ${mailbox}`);
  if (desk) await print(`Desk      ${desk}${deskTokenWords(service.deskToken)}`);
  if (docs) await print(`API docs  ${docs}`);
  if (!site) await print(`Running: ${roles.join(', ')}`);
  const over = AbortSignal.any([signal, service.lost]);
  if (!over.aborted) await once(over, 'abort');
  log.info('Stopping: finishing what is in flight');
  // A supervisor starts us again.
  if (!signal.aborted) service.lost.throwIfAborted();
}

/** The token is shown once, when it is made: later its file has it. */
function deskTokenWords(made: Service['deskToken']): string {
  if (made === null) return '';
  return made.isNew ? `  (its token: ${made.token})` : `  (its token is in ${made.file})`;
}

/** What a service has lost may be what its parts wait for when they close. */
const CLOSE_LOST_MS = 9_000;

async function close(service: Service): Promise<void> {
  const closed = Promise.resolve(service[Symbol.asyncDispose]());
  if (!service.lost.aborted) return closed;
  await inTime(closed, CLOSE_LOST_MS, () => new Error('late')).catch(() => {});
}
