import { once } from 'node:events';
import { type Role, startService } from '../runtime.ts';
import type { Context } from './context.ts';

/** Runs the roles until the process is asked to stop, then finishes what is in flight. */
export async function serve(
  { config, log, signal, print }: Context,
  roles: readonly Role[],
  options: { alone: boolean },
): Promise<void> {
  await using service = await startService(config, log, roles, options);
  const { site, mailbox, docs } = service.addresses;
  if (site) print(`Site      ${site}`);
  if (mailbox) print(`Mailbox   ${mailbox}`);
  if (docs) print(`API docs  ${docs}`);
  if (!site) print(`Running: ${roles.join(', ')}`);
  if (!signal.aborted) await once(signal, 'abort');
  log.info('Stopping: finishing what is in flight');
}
