import { createHash, hash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors.ts';

/** What a link is for. A token made for one purpose is worth nothing for another. */
export type Purpose = 'confirm' | 'unsubscribe' | 'preferences' | 'bounce' | 'say' | 'move' | 'stay';

/**
 * How long a link works, in seconds. RFC 8058 wants one-click to work for the life of the mail:
 * those never end.
 */
const LIFETIME: Record<Purpose, number> = {
  confirm: 7 * 86_400,
  unsubscribe: Infinity,
  preferences: Infinity,
  bounce: Infinity,
  say: Infinity,
  move: 7 * 86_400,
  stay: 7 * 86_400,
};
const KEY_ID_CHARS = 6;
/** 128 bits in base64url: 21 characters, and one for the last two bits. */
const MAC_CHARS = 22;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export interface TokenClaims {
  /** Who the link is for. */
  subscriberId: number;
  /** When it was made (whole seconds). */
  issuedAt: Date;
}

/** Which delivery a message is. */
export interface DeliveryMark {
  subscriberId: number;
  /** The date of the digest. */
  date: string;
}

export interface Keyring {
  sign(purpose: Purpose, claims: TokenClaims): string;
  /**
   * What a message carries in its return path and its Message-ID, so that what comes back is known
   * to be of it: `<date>.<subscriber, base 36>.<key><MAC>`, in small letters and digits, for relays fold case.
   */
  mark(delivery: DeliveryMark): string;
  /** The delivery that a mark stands for, in any case of its letters; `null`: it is not one of ours. */
  readMark(mark: string): DeliveryMark | null;
  /**
   * What stands for an address where it is not to be read, under each key, the newest first, and as
   * it was before there were keys: HMAC-SHA-256, and SHA-256, of the address in lower case.
   */
  hashesOf(address: string): Buffer[];
  /** A secret for one use alone, of each key, the newest first. */
  secrets(use: string): string[];
  /** Throws TOKEN_INVALID, alike for every fault of the token. */
  verify(purpose: Purpose, token: string, now: Date): TokenClaims;
}

/** The one answer to every link that is not good, so that no one learns what is wrong with it. */
export const noLongerWorks = (): AppError =>
  new AppError('TOKEN_INVALID', 'This link does not work (any more). Ask for a new one by subscribing again.');

/** A KeyObject, because an HMAC with one takes 3 µs and with a Buffer 16. */
interface Key {
  id: string;
  secret: KeyObject;
  /** In marks, which have no room for more. */
  letter: string;
}

const deriveKey = (secret: string): Key => {
  const digest = createHash('sha512').update('paperboy link key\0').update(secret).digest();
  return {
    id: digest.subarray(0, 5).toString('base64url').slice(0, KEY_ID_CHARS),
    secret: createSecretKey(digest.subarray(16)),
    letter: BASE32[digest[5]! & 31]!,
  };
};

/** RFC 4648 section 6, in small letters. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** 80 bits: who would forge a mark has to mail each guess to us. */
const MARK_MAC_CHARS = 16;
const MARK = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d\\.[0-9a-z]{1,11})\\.([a-z2-7])([a-z2-7]{${MARK_MAC_CHARS}})$`);

const hmac = (key: Key, text: string): Buffer => createHmac('sha256', key.secret).update(text).digest();
/** Five bits of each byte of the HMAC. */
const markMac = (key: Key, payload: string): string =>
  Array.from(hmac(key, `mark\0${payload}`).subarray(0, MARK_MAC_CHARS), (byte) => BASE32[byte & 31]).join('');

/** Cut as text, because a digest that comes as a Buffer takes half as long again. */
function mac(key: Key, purpose: Purpose, payload: string): string {
  const whole = createHmac('sha256', key.secret).update(`${purpose}\0${payload}`).digest('base64url');
  const last = BASE64URL.indexOf(whole[MAC_CHARS - 1]!) & 0b110000;
  return whole.slice(0, MAC_CHARS - 1) + BASE64URL[last]!;
}

const SHAPE = new RegExp(`^([\\w-]{${KEY_ID_CHARS}})\\.([0-9a-z]{1,11}\\.[0-9a-z]{1,8})\\.([\\w-]{${MAC_CHARS}})$`);

/**
 * Signs with the first key and verifies with any: `<key id>.<subscriber, base 36>.<seconds, base
 * 36>.<HMAC-SHA-256, its first 128 bits>`. Each secret is stretched to a key and a public id, so a
 * rotated key is found without trying them all.
 */
export function createKeyring(secrets: readonly string[]): Keyring {
  const keys = secrets.map(deriveKey);
  const [newest] = keys;
  if (!newest)
    throw new AppError(
      'CONFIG_INVALID',
      'SECRET_KEY must hold at least one key. Make one with "openssl rand -hex 32".',
    );
  const byId = new Map(keys.map((k) => [k.id, k]));
  return {
    mark({ subscriberId, date }) {
      const payload = `${date}.${subscriberId.toString(36)}`;
      return `${payload}.${newest.letter}${markMac(newest, payload)}`;
    },
    readMark(mark) {
      const [, payload = '', letter, given = ''] = MARK.exec(mark.toLowerCase()) ?? [];
      const isOf = (key: Key): boolean =>
        key.letter === letter && timingSafeEqual(Buffer.from(markMac(key, payload)), Buffer.from(given));
      if (!keys.some(isOf)) return null;
      const [date = '', subscriber = ''] = payload.split('.');
      return { subscriberId: parseInt(subscriber, 36), date };
    },
    hashesOf(address) {
      const text = address.toLowerCase();
      // By way of strings: small buffers share memory then, where a million of their own take 40 MB.
      const keyed = keys.map((key) => createHmac('sha256', key.secret).update(`address\0${text}`).digest('hex'));
      return [...keyed, hash('sha256', text)].map((hex) => Buffer.from(hex, 'hex'));
    },
    secrets: (use) => keys.map((key) => hmac(key, `use\0${use}`).toString('hex')),
    sign(purpose, { subscriberId, issuedAt }) {
      const payload = `${subscriberId.toString(36)}.${Math.floor(issuedAt.getTime() / 1000).toString(36)}`;
      return `${newest.id}.${payload}.${mac(newest, purpose, payload)}`;
    },
    verify(purpose, token, now) {
      const [, id = '', payload = '', given = ''] = SHAPE.exec(token) ?? [];
      // An unknown key id still costs one HMAC, so that it takes as long as a wrong signature.
      const wanted = mac(byId.get(id) ?? newest, purpose, payload);
      // Compared as written: base64url spells the same bytes in several ways, and a link has one.
      const genuine = timingSafeEqual(Buffer.from(wanted), Buffer.from(given.padEnd(wanted.length))) && byId.has(id);
      const [subscriberId = NaN, seconds = NaN] = payload.split('.').map((part) => parseInt(part, 36));
      const age = now.getTime() / 1000 - seconds;
      if (!genuine || !(age <= LIFETIME[purpose])) throw noLongerWorks();
      return { subscriberId, issuedAt: new Date(seconds * 1000) };
    },
  };
}

/** What stands for a text where it is not to be read: the same under the same secret, 128 bits. */
export const pseudonymOf = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url').slice(0, MAC_CHARS);
