import { domainToASCII } from 'node:url';
import isemail from 'isemail';
import { ReaderError } from '../words/reader-error.ts';

/**
 * isemail's verdicts below this are valid under RFC 5321; from here on only RFC 5322 (comments,
 * folding) or nothing allows them.
 */
const BEYOND_RFC_5321 = 16;

/**
 * What is longer cannot be an address, blanks around it and a domain not yet in A-labels included.
 */
const LONGEST = 320;

/**
 * Nearly all addresses: atoms with dots between them, at a name. The library would say the same, in
 * ten times as long (13 µs of a line of an import).
 */
const PLAIN =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const LONGEST_LOCAL = 64;
const LONGEST_PLAIN = 254;

const invalid = (): never => {
  throw new ReaderError('ADDRESS_INVALID', 'address-unlike', null);
};

/**
 * Checks an address against RFC 5321 and returns the form in which it is stored and mailed: without
 * blanks around it, the domain as lower-case A-labels (RFC 5890), the local part as written. A
 * local part outside ASCII needs SMTPUTF8 on every hop and is refused.
 */
export function normaliseAddress(text: string): string {
  if (text.length > LONGEST) return invalid();
  // A line break is no slip of the hand: at an end of an address it is an attempt.
  const trimmed = text.replace(/^[\p{Zs}\t]+|[\p{Zs}\t]+$/gu, '');
  const at = trimmed.lastIndexOf('@');
  if (at < 1) return invalid();
  const local = trimmed.slice(0, at);
  const domain = trimmed.slice(at + 1);
  if (/[^\x20-\x7e]/.test(local)) return invalid();
  const address = `${local}@${/[^\x00-\x7f]/.test(domain) ? domainToASCII(domain) : domain.toLowerCase()}`;
  if (address.length <= LONGEST_PLAIN && local.length <= LONGEST_LOCAL && PLAIN.test(address)) return address;
  return isemail.validate(address, { errorLevel: BEYOND_RFC_5321, allowUnicode: false }) === 0 ? address : invalid();
}

/**
 * Names that lead to this machine or into its own network, or nowhere (RFC 6761, RFC 6762, RFC
 * 7686, RFC 9476). Those for examples and tests are no danger.
 */
const OURS_ALONE = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|onion|alt|invalid|arpa)$/;
/** Of the last label: one of digits alone would make an IPv4 address of the whole. */
const TOP_LEVEL = /\.(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

const isPublic = (domain: string): boolean => TOP_LEVEL.test(domain) && !OURS_ALONE.test(domain);

/**
 * The same for an address that is new here: its domain must be one of the public internet, because
 * what is typed into a form must not send mail into the operator's own network.
 */
export function newAddress(text: string): string {
  const address = normaliseAddress(text);
  if (isPublic(address.slice(address.lastIndexOf('@') + 1))) return address;
  throw new ReaderError('ADDRESS_INVALID', 'address-not-public', null);
}

/** The domain of an address, as it is compared. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** An address as its reader knows it and others do not: `r•••@example.org`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${at > 1 ? address[0] : ''}•••${address.slice(at)}`;
}
