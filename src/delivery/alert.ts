import { createHash } from 'node:crypto';
import { renderAlert } from '../editions/notice.ts';
import { composeMessage, noticeHeaders, writeLetterhead } from '../mail/mime.ts';
import type { NotifyDeps } from './notify.ts';

/** Whether the operator is told, as far as they can be. */
export type Alert = (sentence: string) => Promise<boolean>;

/**
 * Mails the operator one sentence, at the address in ALERT_TO. Without one, the log has it.
 */
export const createAlert =
  ({ sender, transport, sign, now, log }: NotifyDeps, to: string | null): Alert =>
  async (sentence) => {
    if (to === null) return true;
    const date = now();
    const from = sender.noticeFrom ?? sender.from;
    const { subject, text, html } = await renderAlert({ ...sender, sentence });
    const id = createHash('sha256').update(`${sentence}\0${date.getTime()}`).digest('hex').slice(0, 16);
    const message = composeMessage({
      letterhead: writeLetterhead({ from, subject, date, headers: noticeHeaders() }),
      to,
      messageId: `<alert.${id}@${sender.domain}>`,
      text,
      html,
    });
    const outgoing = { from: from.address, to, message: sign ? await sign(message) : message };
    const result = await transport.send(outgoing);
    const isTaken = result.kind === 'reply' && result.code < 300;
    if (!isTaken) log.warn({ kind: result.kind }, 'Cannot mail the operator: the relay did not take an alert');
    return isTaken;
  };
