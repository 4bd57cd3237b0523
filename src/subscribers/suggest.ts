import { changesBetween } from '../search/spelling.ts';

/** Those of whose domains a wrong letter makes another that hardly has mail of its own. */
const OFTEN_MEANT = [
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'protonmail.com',
  'proton.me',
  'fastmail.com',
  'comcast.net',
  'verizon.net',
  'btinternet.com',
  't-online.de',
  'freenet.de',
  'laposte.net',
  'libero.it',
  'yandex.ru',
  'naver.com',
];

/** Providers with a name so near one of those that it would be taken for a slip. */
const NEAR_THEM = ['mail.com', 'email.com', 'ymail.com'];
const KNOWN = new Set([...OFTEN_MEANT, ...NEAR_THEM]);

const lastLabel = (domain: string): string => domain.slice(domain.lastIndexOf('.') + 1);
const beforeLast = (domain: string): string => domain.slice(0, domain.lastIndexOf('.'));

/** `yahoo.co` is a slip, and `proton.de` may be a house of its own: countries have two letters. */
const isOtherCountry = (domain: string, meant: string): boolean =>
  beforeLast(domain) === beforeLast(meant) && lastLabel(meant).length === 2;

/**
 * The address that was probably meant, one letter away at one of the large providers; `null`: this
 * one will do. Known by its text alone.
 */
export function suggestionFor(address: string): string | null {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).toLowerCase();
  if (at < 1 || KNOWN.has(domain)) return null;
  const meant = OFTEN_MEANT.find((known) => changesBetween(domain, known) === 1 && !isOtherCountry(domain, known));
  return meant === undefined ? null : `${address.slice(0, at)}@${meant}`;
}
