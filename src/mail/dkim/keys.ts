import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import { AppError, codeOf } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';

export type KeyType = 'rsa' | 'ed25519';

export interface SigningKey {
  type: KeyType;
  selector: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export const VARIABLES = {
  rsa: { file: 'DKIM_RSA_KEY_FILE', selector: 'DKIM_SELECTOR', name: 'RSA' },
  ed25519: { file: 'DKIM_ED25519_KEY_FILE', selector: 'DKIM_ED25519_SELECTOR', name: 'Ed25519' },
} as const satisfies Record<KeyType, { file: string; selector: string; name: string }>;

/** RFC 8301: verifiers must handle 1024 to 4096 bits; signers should use 2048 at least. */
const RSA_BITS = { least: 1024, wanted: 2048, most: 4096 };

const invalid = (sentence: string): AppError => new AppError('CONFIG_INVALID', sentence);

/**
 * Reads the configured keys, RSA first, and signs with each to see that it works. Throws
 * CONFIG_INVALID naming the variable.
 */
export async function loadSigningKeys(dkim: Config['dkim'], log: Pick<Logger, 'warn'>): Promise<SigningKey[]> {
  const { domain, rsa, ed25519 } = dkim;
  if (!rsa && !ed25519) {
    if (domain === null) return [];
    throw invalid(
      'DKIM_DOMAIN is set but no key is: set DKIM_SELECTOR and DKIM_RSA_KEY_FILE ("paperboy dkim generate" makes ' +
        'keys), or unset DKIM_DOMAIN to send unsigned.',
    );
  }
  if (domain === null)
    throw invalid(
      `DKIM_DOMAIN must be set, because ${VARIABLES[rsa ? 'rsa' : 'ed25519'].file} is: it is the domain that the ` +
        'mail is signed for.',
    );
  if (rsa && ed25519 && rsa.selector === ed25519.selector) {
    throw invalid('DKIM_ED25519_SELECTOR must differ from DKIM_SELECTOR: each key has a DNS record of its own.');
  }
  const keys: SigningKey[] = [];
  if (rsa) keys.push(await loadKey('rsa', rsa));
  if (ed25519) keys.push(await loadKey('ed25519', ed25519));
  for (const key of keys) checkStrength(key, log);
  return keys;
}

async function loadKey(
  type: KeyType,
  { selector, keyFile }: { selector: string; keyFile: string },
): Promise<SigningKey> {
  const privateKey = parseKey(type, await readPem(type, keyFile));
  if (privateKey.asymmetricKeyType !== type) {
    throw invalid(
      `${VARIABLES[type].file} must name an ${VARIABLES[type].name} key, but the file holds one of type ` +
        `${privateKey.asymmetricKeyType}. Name another file, or make keys with "paperboy dkim generate".`,
    );
  }
  const key = { type, selector, privateKey, publicKey: createPublicKey(privateKey) };
  testSign(key);
  return key;
}

/** Never quotes the path: it may be the key itself, put into the wrong variable. */
async function readPem(type: KeyType, keyFile: string): Promise<string> {
  const variable = VARIABLES[type].file;
  if (keyFile.includes('-----BEGIN'))
    throw invalid(
      `${variable} must be the path of a file that holds the key, not the key itself. Write the key to a file and ` +
        'name that.',
    );
  try {
    return await readFile(keyFile, 'latin1');
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot read the file that ${variable} names (${codeOf(cause) ?? 'unknown'}). Correct the path, or make the ` +
        'file readable for the user that runs Paperboy.',
      { cause },
    );
  }
}

function parseKey(type: KeyType, pem: string): KeyObject {
  const variable = VARIABLES[type].file;
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
    throw invalid(`${variable} names a public key, which cannot sign. Name the file of the private key.`);
  if (/-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw invalid(
      `The key that ${variable} names is encrypted. Decrypt it with "openssl pkey -in KEY -out PLAIN", keep PLAIN ` +
        'readable by Paperboy alone, and name that.',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid(
      `The file that ${variable} names holds no private key in PEM form ("-----BEGIN PRIVATE KEY-----"), or a ` +
        'damaged one. Make keys with "paperboy dkim generate".',
    );
  }
}

function checkStrength({ type, privateKey }: SigningKey, log: Pick<Logger, 'warn'>): void {
  const bits = privateKey.asymmetricKeyDetails?.modulusLength;
  if (type !== 'rsa' || bits === undefined) return;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    throw invalid(
      `DKIM_RSA_KEY_FILE names a key of ${bits} bits, which mail providers do not accept. Make one of 2048 bits ` +
        'with "paperboy dkim generate".',
    );
  }
  if (bits < RSA_BITS.wanted)
    log.warn(
      { bits },
      'The RSA key for DKIM is short: providers trust 2048 bits. Make a new one with "paperboy dkim generate"',
    );
}

/** A key can be well-formed and still not work: its numbers need not belong together. */
function testSign({ type, privateKey, publicKey }: SigningKey): void {
  const digest = type === 'rsa' ? 'sha256' : null;
  const data = Buffer.from('paperboy');
  let works: boolean;
  try {
    works = verify(digest, data, publicKey, sign(digest, data, privateKey));
  } catch {
    works = false;
  }
  if (!works)
    throw invalid(
      `The key that ${VARIABLES[type].file} names does not sign: it is damaged. Make a new one with "paperboy ` +
        'dkim generate".',
    );
}
