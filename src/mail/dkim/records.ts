import type { KeyObject } from 'node:crypto';
import type { KeyType } from './keys.ts';

/** Where receivers look for the key (RFC 6376 section 3.6.2). */
export const recordName = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`;

/** What they should find there. */
export const recordText = (type: KeyType, publicKey: KeyObject): string =>
  `v=DKIM1; k=${type}; p=${publicKeyData(type, publicKey)}`;

/** RSA as SubjectPublicKeyInfo, Ed25519 as the 32 bare octets at its end (RFC 8463 section 4). */
function publicKeyData(type: KeyType, publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return (type === 'rsa' ? der : der.subarray(-32)).toString('base64');
}

/**
 * One line of a zone file. A TXT record is made of strings of at most 255 octets, which receivers
 * join.
 */
export const zoneLine = (name: string, text: string): string =>
  `${name}. IN TXT ( ${text
    .match(/.{1,255}/g)!
    .map((part) => `"${part}"`)
    .join(' ')} )`;

/** `testing`: it says t=y. `unusable`: it is not for mail (s=), or not for SHA-256 (h=). */
export type RecordVerdict = 'published' | 'absent' | 'several' | 'revoked' | 'other' | 'testing' | 'unusable';

/** Compares what the DNS holds with what our key needs. Each record comes as its strings. Pure. */
export function judgeRecord(wanted: string, found: readonly (readonly string[])[]): RecordVerdict {
  const records = found.map((strings) => tagsOf(strings.join(''))).filter((tags) => tags.has('p'));
  if (records.length === 0) return 'absent';
  if (records.length > 1) return 'several';
  const [record, ours] = [records[0]!, tagsOf(wanted)];
  if (record.get('p') === '') return 'revoked';
  if (record.get('p') !== ours.get('p') || (record.get('k') ?? 'rsa') !== ours.get('k')) return 'other';
  if (!allows(record.get('h'), ['sha256']) || !allows(record.get('s'), ['*', 'email'])) return 'unusable';
  return record.get('t')?.split(':').includes('y') ? 'testing' : 'published';
}

/** Whether a list of the record names one of these; a tag that is not there allows all. */
const allows = (list: string | undefined, wanted: readonly string[]): boolean =>
  list === undefined || list.split(':').some((one) => wanted.includes(one));

/** A tag list (RFC 6376 section 3.2), without the blanks that may stand anywhere in a key. */
function tagsOf(text: string): Map<string, string> {
  return new Map(
    text.split(';').map((tag) => {
      const equals = tag.indexOf('=');
      return [tag.slice(0, equals).trim(), tag.slice(equals + 1).replace(/\s+/g, '')] as const;
    }),
  );
}
