import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
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

export interface Keyring {
  sign(purpose: Purpose, claims: TokenClaims): string;
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
}

const deriveKey = (secret: string): Key => {
  const digest = createHash('sha512').update('paperboy link key\0').update(secret).digest();
  return {
    id: digest.subarray(0, 5).toString('base64url').slice(0, KEY_ID_CHARS),
    secret: createSecretKey(digest.subarray(16)),
  };
};

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
