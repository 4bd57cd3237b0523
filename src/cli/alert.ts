import { COMMAND } from '../db/trail.ts';
import { noAlertTo, sendTestAlert, TEST_NOT_SENT, testAlert } from '../delivery/alert.ts';
import { openEngine } from '../engine.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

/** Mails the operator a word at the address in ALERT_TO. */
export async function alertTest({ config, log, signal, print }: Context): Promise<void> {
  if (config.alertTo === null) throw noAlertTo();
  await using engine = await openEngine(await openStore(config, log, { signal }));
  if (!(await testAlert({ ...engine, alert: () => sendTestAlert(engine.alert) }, COMMAND)))
    throw new AppError('RELAY_UNAVAILABLE', TEST_NOT_SENT);
  await print('The test is sent to the address in ALERT_TO: see whether it arrives.');
}
