import { createHash } from 'node:crypto';
import { type AlertKind, renderAlert } from '../editions/notice.ts';
import { composeMessage, noticeHeaders, writeLetterhead } from '../mail/mime.ts';
import { AppError } from '../errors.ts';
import { type Actor, recordDeed } from '../db/trail.ts';
import type { Transport } from '../mail/transport.ts';
import type { NotifyDeps } from './notify.ts';

/** Whether the operator is told, as far as they can be. `more`: what follows the sentence. */
export type Alert = (sentence: string, how?: { kind?: AlertKind; more?: readonly string[] }) => Promise<boolean>;

const TEST = 'This is a test: what has to be mended will be told at this address.';

/** Why a test did not arrive. */
export const TEST_NOT_SENT =
  'The test was not sent: the relay did not take it, or nothing is sent after a restore. The page of health and ' +
  '"paperboy doctor" tell more.';
export const noAlertTo = (): AppError =>
  new AppError('INPUT_INVALID', 'ALERT_TO names no address: set it, and start Paperboy again.');

/** Mails the operator a word to see whether it arrives, and writes down that it was done. */
export async function testAlert(
  { db, now, alert }: Pick<NotifyDeps, 'db' | 'now'> & { alert: () => Promise<boolean> },
  by: Actor,
): Promise<boolean> {
  const isSent = await alert();
  const words = isSent ? 'sent' : 'not sent';
  await recordDeed(db, by, { at: now(), did: 'alert.test', about: 'installation', words });
  return isSent;
}

/** The test itself. */
export const sendTestAlert = (alert: Alert): Promise<boolean> => alert(TEST, { kind: 'test' });

/**
 * Mails the operator one sentence, at the address in ALERT_TO. Without one, the log has it. `first`:
 * a relay of its own for such mail, which ours stands in for.
 */
export const createAlert =
  ({ sender, transport, sign, now, log }: NotifyDeps, to: string | null, first?: Pick<Transport, 'send'>): Alert =>
  async (sentence, how = {}) => {
    if (to === null) return true;
    const date = now();
    const from = sender.noticeFrom ?? sender.from;
    const { subject, text, html } = await renderAlert({ ...sender, ...how, sentence });
    const id = createHash('sha256').update(`${sentence}\0${date.getTime()}`).digest('hex').slice(0, 16);
    const message = composeMessage({
      letterhead: writeLetterhead({ from, subject, date, headers: noticeHeaders() }),
      to,
      messageId: `<alert.${id}@${sender.domain}>`,
      text,
      html,
    });
    const outgoing = { from: from.address, to, message: sign ? await sign(message) : message };
    for (const way of first ? [first, transport] : [transport]) {
      const result = await way.send(outgoing);
      if (result.kind === 'reply' && result.code < 300) return true;
      log.warn({ kind: result.kind }, 'Cannot mail the operator: the relay did not take an alert');
    }
    return false;
  };
