import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createSigner } from '../../../src/mail/dkim/signer.ts';
import { compose, message } from '../../support/mail.ts';
import { DOMAIN, ED25519, ed25519Pair, keyPath, RSA, rsaPair, silent } from '../../support/dkim-verifiers.ts';

const write = (name: string, key: string | Buffer): string => {
  writeFileSync(keyPath(name), key);
  return keyPath(name);
};
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki' = 'pkcs8'): string =>
  key.export({ type: type as 'pkcs8', format: 'pem' }) as string;
const rsaOf = (bits: number): string => pem(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);

/** A key whose private exponent belongs to another modulus: well-formed, and useless. */
function mismatched(): string {
  const jwk = rsaPair.privateKey.export({ format: 'jwk' });
  const der = Buffer.from(pem(rsaPair.privateKey).replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const at = der.indexOf(Buffer.from(jwk.n!, 'base64url')) + 100;
  der[at] = der[at]! ^ 0x10;
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}

const rsaFrom = (keyFile: string) =>
  createSigner({ domain: DOMAIN, rsa: { selector: 's', keyFile }, ed25519: null }, silent);
const ed25519From = (keyFile: string) =>
  createSigner({ domain: DOMAIN, rsa: null, ed25519: { selector: 's', keyFile } }, silent);

describe('a signing key', () => {
  test('may be PKCS#1 or PKCS#8, and signs alike', async () => {
    const [one, eight] = await Promise.all([
      rsaFrom(write('one.pem', pem(rsaPair.privateKey, 'pkcs1'))),
      rsaFrom(RSA.keyFile),
    ]);
    expect(Buffer.concat(await one!.sign(compose(message())))).toEqual(
      Buffer.concat(await eight!.sign(compose(message()))),
    );
  });

  test('is not wanted when nothing about DKIM is set', async () => {
    expect(await createSigner(loadConfig({}).dkim, silent)).toBeNull();
  });

  test('of 1024 bits is used with a warning, of 2048 without one', async () => {
    const warnings: unknown[] = [];
    const log = { warn: (...args: unknown[]) => void warnings.push(args) };
    await createSigner({ domain: DOMAIN, rsa: RSA, ed25519: ED25519 }, log);
    expect(warnings).toEqual([]);
    await createSigner(
      { domain: DOMAIN, rsa: { selector: 's', keyFile: write('1024.pem', rsaOf(1024)) }, ed25519: null },
      log,
    );
    expect(inspect(warnings)).toMatch(/1024.*short/s);
  });

  const secret = pem(rsaPair.privateKey);
  const refusals: [what: string, create: () => Promise<unknown>, sentence: RegExp][] = [
    [
      'an Ed25519 key in the place of the RSA key',
      () => rsaFrom(ED25519.keyFile),
      /^DKIM_RSA_KEY_FILE must name an RSA key/,
    ],
    [
      'an RSA key in the place of the Ed25519 key',
      () => ed25519From(RSA.keyFile),
      /^DKIM_ED25519_KEY_FILE must name an Ed25519 key/,
    ],
    [
      'a key of another kind',
      () => rsaFrom(write('ec.pem', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))),
      /^DKIM_RSA_KEY_FILE must name an RSA key/,
    ],
    [
      'an RSA key made for PSS only',
      () => rsaFrom(write('pss.pem', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey))),
      /^DKIM_RSA_KEY_FILE must name an RSA key/,
    ],
    [
      'an RSA key of 512 bits',
      () => rsaFrom(write('512.pem', rsaOf(512))),
      /^DKIM_RSA_KEY_FILE .*512 bits.*dkim generate/,
    ],
    [
      'a public key',
      () => rsaFrom(write('public.pem', pem(rsaPair.publicKey, 'spki'))),
      /^DKIM_RSA_KEY_FILE names a public key/,
    ],
    [
      'an old public key',
      () => rsaFrom(write('public1.pem', pem(rsaPair.publicKey, 'pkcs1'))),
      /^DKIM_RSA_KEY_FILE names a public key/,
    ],
    [
      'an encrypted key',
      () =>
        ed25519From(
          write(
            'encrypted.pem',
            ed25519Pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
          ),
        ),
      /DKIM_ED25519_KEY_FILE names is encrypted.*openssl/,
    ],
    [
      'an old encrypted key',
      () =>
        rsaFrom(
          write(
            'encrypted1.pem',
            rsaPair.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
          ),
        ),
      /DKIM_RSA_KEY_FILE names is encrypted.*openssl/,
    ],
    ['a file that is missing', () => rsaFrom(keyPath('missing.pem')), /DKIM_RSA_KEY_FILE names \(ENOENT\)/],
    ['a directory', () => rsaFrom(keyPath('.')), /DKIM_RSA_KEY_FILE names \(EISDIR\)/],
    ['an empty file', () => rsaFrom(write('empty.pem', '')), /DKIM_RSA_KEY_FILE names holds no private key/],
    [
      'half a key',
      () => rsaFrom(write('half.pem', secret.slice(0, 800))),
      /DKIM_RSA_KEY_FILE names holds no private key/,
    ],
    [
      'a key in DER form',
      () => rsaFrom(write('key.der', rsaPair.privateKey.export({ type: 'pkcs8', format: 'der' }))),
      /DKIM_RSA_KEY_FILE names holds no private key/,
    ],
    [
      'a key whose numbers do not belong together',
      () => rsaFrom(write('mismatched.pem', mismatched())),
      /DKIM_RSA_KEY_FILE names does not sign|holds no private key/,
    ],
    ['the key itself in the variable', () => rsaFrom(secret), /^DKIM_RSA_KEY_FILE must be the path/],
    [
      'a domain without keys',
      () => createSigner({ domain: DOMAIN, rsa: null, ed25519: null }, silent),
      /^DKIM_DOMAIN is set but no key is.*dkim generate/,
    ],
    [
      'an RSA key without a domain',
      () => createSigner({ domain: null, rsa: RSA, ed25519: null }, silent),
      /^DKIM_DOMAIN must be set, because DKIM_RSA_KEY_FILE is/,
    ],
    [
      'an Ed25519 key without a domain',
      () => createSigner({ domain: null, rsa: null, ed25519: ED25519 }, silent),
      /^DKIM_DOMAIN must be set, because DKIM_ED25519_KEY_FILE is/,
    ],
    [
      'one selector for both keys',
      () => createSigner({ domain: DOMAIN, rsa: RSA, ed25519: { ...ED25519, selector: RSA.selector } }, silent),
      /^DKIM_ED25519_SELECTOR must differ from DKIM_SELECTOR/,
    ],
  ];

  test.each(refusals)(
    'is refused at start, in one sentence that holds nothing of it: %s',
    async (_what, create, sentence) => {
      const error: unknown = await create().then(
        () => null,
        (e: unknown) => e,
      );
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(sentence) });
      const shown = inspect(error, { depth: 9 });
      for (const line of secret.split('\n').filter((l) => /^[\w+/=]{40,}$/.test(l))) expect(shown).not.toContain(line);
      expect(shown).not.toContain(pem(ed25519Pair.privateKey).split('\n')[1]);
    },
  );

  test.each([
    [{ DKIM_DOMAIN: 'localhost' }, /^DKIM_DOMAIN must be a domain/],
    [{ DKIM_DOMAIN: 'exa mple.org' }, /^DKIM_DOMAIN must be a domain/],
    [{ DKIM_DOMAIN: 'example.org; s=x' }, /^DKIM_DOMAIN must be a domain/],
    [{ DKIM_RSA_KEY_FILE: 'k.pem' }, /^DKIM_SELECTOR must be set, because DKIM_RSA_KEY_FILE is/],
    [{ DKIM_ED25519_SELECTOR: 'e' }, /^DKIM_ED25519_KEY_FILE must be set, because DKIM_ED25519_SELECTOR is/],
    [{ DKIM_SELECTOR: 'a;b', DKIM_RSA_KEY_FILE: 'k.pem' }, /^DKIM_SELECTOR must be a name/],
    [{ DKIM_SELECTOR: '.a', DKIM_RSA_KEY_FILE: 'k.pem' }, /^DKIM_SELECTOR must be a name/],
  ])('is not looked for while the environment says %j', (env, sentence) => {
    expect(() => loadConfig(env)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(sentence) }),
    );
  });

  test('may sign for an internationalised domain, which is named by its A-labels', () => {
    expect(loadConfig({ DKIM_DOMAIN: 'Bücher.example' }).dkim.domain).toBe('xn--bcher-kva.example');
  });
});
