import type { Transport } from '../mail/transport.ts';
import { createSendmailTransport, isSendmail } from './sendmail.ts';
import { createSmtpTransport, type SmtpOptions } from './transport.ts';

/** The way out that the addresses name: relays, or one program on this machine. */
export function createTransport(options: SmtpOptions): Transport {
  const program = options.urls.find(isSendmail);
  return program === undefined
    ? createSmtpTransport(options)
    : createSendmailTransport({ url: program, connections: options.connections, onReply: options.onReply });
}
