import { once } from 'node:events';
import { type Role, startService } from '../runtime.ts';
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
  await using service = await startService(config, log, roles, options);
  const { site, mailbox, docs } = service.addresses;
  if (site) await print(`Site      ${site}`);
  if (mailbox) await print(`Mailbox   ${mailbox}`);
  if (docs) await print(`API docs  ${docs}`);
  if (!site) await print(`Running: ${roles.join(', ')}`);
  const over = AbortSignal.any([signal, service.lost]);
  if (!over.aborted) await once(over, 'abort');
  log.info('Stopping: finishing what is in flight');
  // A supervisor starts us again.
  if (!signal.aborted) service.lost.throwIfAborted();
}
