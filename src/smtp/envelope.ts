import { isAscii } from 'node:buffer';
import type { Reply } from './reply.ts';
import type { Outgoing } from '../mail/transport.ts';

/** What a server said to EHLO that it can do. */
export interface Capabilities {
  readonly pipelining: boolean;
  readonly eightBit: boolean;
  readonly utf8: boolean;
  /**
   * Of a message in octets; `Infinity` when none was named, `null` when SIZE is not offered at all.
   */
  readonly size: number | null;
  /** AUTH mechanisms, in capitals. */
  readonly auth: readonly string[];
}

/**
 * Reads the lines of a reply to EHLO (RFC 5321 section 4.1.1.1); none for a server that only knows
 * HELO.
 */
export function capabilitiesOf(lines: readonly string[]): Capabilities {
  const words = lines.slice(1).map((line) => line.toUpperCase().split(/[\s=]+/));
  const has = (keyword: string): boolean => words.some(([first]) => first === keyword);
  const size = words.find(([first]) => first === 'SIZE');
  return {
    pipelining: has('PIPELINING'),
    eightBit: has('8BITMIME'),
    utf8: has('SMTPUTF8'),
    size: size ? Number(size[1] ?? 0) || Infinity : null,
    auth: words.filter(([first]) => first === 'AUTH').flatMap(([, ...mechanisms]) => mechanisms),
  };
}

/** The commands that announce one message, each with its line end. */
export interface Envelope {
  readonly mail: string;
  readonly rcpt: string;
}

/**
 * The commands for one message, or the refusal that the server would give and that is not worth
 * asking for. Pure.
 */
export function envelopeFor({ from, to, message, plain }: Outgoing, can: Capabilities): Envelope | Reply {
  if (to === '' || !isAddress(to))
    return { code: 553, text: '5.1.3 The recipient is not an address that can be written in SMTP' };
  if (!isAddress(from))
    return { code: 553, text: '5.1.7 The return path is not an address that can be written in SMTP' };
  const utf8 = !PLAIN.test(to) || !PLAIN.test(from);
  if (utf8 && !can.utf8) return { code: 553, text: '5.6.7 The relay takes no addresses outside ASCII (SMTPUTF8)' };
  const size = sizeOf(message);
  if (can.size !== null && size > can.size)
    return { code: 552, text: '5.3.4 The message is larger than the relay takes' };
  const eightBit = utf8 || !(plain || message.every(isAscii));
  if (eightBit && !can.eightBit) return { code: 554, text: '5.6.3 The relay takes no 8-bit text (8BITMIME)' };
  const declared = can.size === null ? '' : ` SIZE=${size}`;
  const kind = `${eightBit ? ' BODY=8BITMIME' : ''}${utf8 ? ' SMTPUTF8' : ''}`;
  return {
    mail: `MAIL FROM:<${from}>${declared}${kind}\r\n`,
    rcpt: `RCPT TO:<${to}>\r\n`,
  };
}

/**
 * By index, as wherever the pieces of each message are gone through: an iterator there was a sixth
 * of a worker's garbage.
 */
export function sizeOf(message: readonly Buffer[]): number {
  let size = 0;
  for (let i = 0; i < message.length; i++) size += message[i]!.length;
  return size;
}

/** Visible ASCII without angle brackets: the address cannot leave its place in the command. */
const PLAIN = /^[\x21-\x3b\x3d\x3f-\x7e]*$/;
/** Also what some servers take for a line end, and halves of characters, which have no bytes. */
const UNSAFE = /[\p{C}\p{Z}<>]/u;
/** Two paths and their parameters stay under the 998 octets of a line. */
const MAX_ADDRESS = 900;

const isAddress = (address: string): boolean =>
  address.length <= MAX_ADDRESS && (PLAIN.test(address) || !UNSAFE.test(address));
