import type { SendResult } from '../mail/transport.ts';

/** How a mail program ended: its exit code or the signal that ended it, and what it said on stderr. */
export interface Ended {
  code: number | null;
  signal: string | null;
  said: string;
}

/** Of `sysexits.h`: the program or its settings are wrong, and nothing was sent. */
const OURS = new Set([64, 73, 77, 78, 126, 127]);
/** Of `sysexits.h`, with the reply that says the same: the message was not taken. */
const REFUSALS: Readonly<Record<number, { code: number; text: string }>> = {
  65: { code: 554, text: '5.6.0 The mail program does not take the message (EX_DATAERR)' },
  67: { code: 550, text: '5.1.1 The mail program does not know the mailbox (EX_NOUSER)' },
  68: { code: 550, text: '5.1.2 The mail program does not know the host (EX_NOHOST)' },
  69: { code: 451, text: '4.3.0 The mail program cannot take the message now (EX_UNAVAILABLE)' },
  75: { code: 451, text: '4.3.0 The mail program asks to try again later (EX_TEMPFAIL)' },
};
/** msmtp ends so, with EX_NOHOST or EX_TEMPFAIL, when its own relay is away: that is no reader's fault. */
const RELAY_AWAY = /\bcannot (?:locate host|connect to)\b/;
/** msmtp passes on the last line of what its relay answered. */
const SERVER_MESSAGE = /^msmtp: server message: ([45]\d\d) ([^\r\n]*)$/m;
const SENDER_REFUSED = /^msmtp: envelope from address /m;

/**
 * What became of a message whose mail program ended so. It had the whole message from its start:
 * what is not plainly refused or plainly not begun may have been delivered. Pure.
 */
export function resultOf({ code, signal, said }: Ended): SendResult {
  if (code === 0) return { kind: 'reply', code: 250, text: '2.0.0 Taken by the mail program' };
  if (code === null) return { kind: 'lost', text: `the mail program was ended by ${signal ?? 'a signal'}` };
  if (OURS.has(code)) return { kind: 'unsent', relayDown: true, text: `the mail program ended with code ${code}` };
  const refusal = REFUSALS[code];
  if (refusal === undefined) return { kind: 'lost', text: `the mail program ended with code ${code}` };
  if (RELAY_AWAY.test(said)) return { kind: 'unsent', relayDown: true, text: 'the mail program finds no relay' };
  const [, status, words] = SERVER_MESSAGE.exec(said) ?? [];
  if (status === undefined || words === undefined) return { kind: 'reply', ...refusal };
  const about = SENDER_REFUSED.test(said) ? { about: 'sender' as const } : {};
  return { kind: 'reply', code: Number(status), text: words, ...about };
}
