import { createHash } from 'node:crypto';
import { type AlertKind, renderAlert } from '../editions/notice.ts';
import { composeMessage, noticeHeaders, writeLetterhead } from '../mail/mime.ts';
import type { Transport } from '../mail/transport.ts';
import type { NotifyDeps } from './notify.ts';

/** Whether the operator is told, as far as they can be. `more`: what follows the sentence. */
export type Alert = (sentence: string, how?: { kind?: AlertKind; more?: readonly string[] }) => Promise<boolean>;

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
