import { createHash, randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/** What a program with a key may do: each route of the admin API asks for one of these. */
export const SCOPES = [
  'health:read',
  'health:write',
  'digests:read',
  'digests:send',
  'editions:read',
  'editions:write',
  'subscribers:read',
  'subscribers:write',
  'subscribers:addresses',
  'sources:read',
  'sources:write',
  'topics:read',
  'topics:write',
  'numbers:read',
  'settings:read',
  'settings:write',
  'webhooks:read',
  'webhooks:write',
  'keys:read',
  'keys:write',
  'backups:read',
  'backups:write',
  'trail:read',
  'mail:resume',
] as const;
export type Scope = (typeof SCOPES)[number];

/** 256 bits, in base64url, behind a word by which scanners of repositories know it. */
const KEY = /^pb_[\w-]{43}$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u;

export interface NewKey {
  /** Shown once, and kept nowhere. */
  key: string;
  hash: Buffer;
}

export function makeKey(): NewKey {
  const key = `pb_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashOfKey(key)! };
}

/** What a key is kept and found by; `null` for what can be none. It is random, so that no salt is needed. */
export const hashOfKey = (key: string): Buffer | null =>
  KEY.test(key) ? createHash('sha256').update(key).digest() : null;

/** Throws INPUT_INVALID for what is no scope, and for none. */
export function parseScopes(wanted: readonly string[]): Scope[] {
  const scopes = SCOPES.filter((scope) => wanted.includes(scope));
  const unknown = wanted.find((scope) => !scopes.some((one) => one === scope));
  if (unknown === undefined && scopes.length > 0) return scopes;
  const fault =
    unknown === undefined ? 'A key without a scope opens nothing' : `There is no scope "${unknown.slice(0, 40)}"`;
  throw new AppError('INPUT_INVALID', `${fault}: choose of ${SCOPES.join(', ')}.`);
}

/** Throws INPUT_INVALID for what cannot stand in the trail. */
export function parseKeyName(name: string): string {
  if (NAME.test(name)) return name;
  throw new AppError(
    'INPUT_INVALID',
    'The name of a key has 1 to 60 letters, digits, spaces, dots and dashes: name it after the program that has it.',
  );
}
