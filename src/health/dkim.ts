import { judgeRecord, recordName, recordText, type RecordVerdict } from '../mail/dkim/records.ts';
import { type SigningKey, VARIABLES } from '../mail/dkim/keys.ts';
import { ask, type DnsResolver } from './dns.ts';
import { type Finding, findingsOf } from './finding.ts';

export interface DkimFacts {
  type: SigningKey['type'];
  name: string;
  /** Of an RSA key. */
  bits: number | null;
  record: RecordVerdict | 'unasked';
}

/** What the DNS has where receivers look for a key. */
export async function readDkim(
  dns: DnsResolver,
  domain: string,
  { type, selector, publicKey }: Pick<SigningKey, 'type' | 'selector' | 'publicKey'>,
): Promise<DkimFacts> {
  const name = recordName(domain, selector);
  const found = await ask(dns.resolveTxt(name));
  return {
    type,
    name,
    bits: publicKey.asymmetricKeyDetails?.modulusLength ?? null,
    record: found === null ? 'unasked' : judgeRecord(recordText(type, publicKey), found),
  };
}

/** Providers trust RSA keys of so many bits. */
const TRUSTED_BITS = 2048;

/** What a key's record comes to. Pure. */
export function judgeDkim({ type, name, bits, record }: DkimFacts): Finding {
  const { well, look, mend } = findingsOf(`dkim-${type}`, 'dns', `DKIM, ${VARIABLES[type].name}`);
  switch (record) {
    case 'unasked':
      return look(`The DNS did not answer for the key at ${name}.`, 'It is asked again in four minutes.');
    case 'absent':
      return mend(`The DNS has no key at ${name}.`, 'Publish the record that "paperboy dkim generate" printed.');
    case 'several':
      return mend(
        `The DNS has several keys at ${name}, so receivers may take the wrong one.`,
        'Leave one TXT record there.',
      );
    case 'revoked':
      return mend(
        `The record at ${name} says that the key is revoked.`,
        'Make keys under new selectors with "paperboy dkim generate".',
      );
    case 'other':
      return mend(
        `The DNS has another key at ${name} than the one that signs.`,
        `Publish the key that signs, or correct ${VARIABLES[type].selector}.`,
      );
    case 'unusable':
      return mend(`The record at ${name} does not allow the signatures of mail.`, 'Remove its tags h= and s=.');
    case 'testing':
      return look(
        `The record at ${name} says that the key is being tried out.`,
        'Remove t=y from it: receivers may treat the mail as unsigned.',
      );
    case 'published':
      return bits !== null && bits < TRUSTED_BITS
        ? look(
            `The key at ${name} has ${bits} bits; providers trust ${TRUSTED_BITS}.`,
            'Make a new key with "paperboy dkim generate" and publish it under its own selector.',
          )
        : well(`${name} holds the key that signs${bits === null ? '' : `, ${bits} bits`}.`);
  }
}

/** What is said where we do not sign. Pure. */
export const unsigned = (): Finding =>
  findingsOf('dkim', 'dns', 'DKIM').look(
    'Paperboy does not sign its mail, so it lands in spam unless the relay signs.',
    'Make keys with "paperboy dkim generate", publish them and set DKIM_DOMAIN.',
  );
