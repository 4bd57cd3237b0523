import { generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import type { Config } from '../config.ts';
import { type KeyType, VARIABLES } from '../mail/dkim/keys.ts';
import { recordName, recordText, zoneLine } from '../mail/dkim/records.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Context } from './context.ts';

interface NewKey {
  type: KeyType;
  selector: string;
  file: string;
  publicKey: KeyObject;
}

/**
 * Makes both keys, writes them where nothing is yet, and prints what to set and what to publish.
 */
export async function dkimGenerate(
  { config, print }: Pick<Context, 'config' | 'print'>,
  options: { domain?: string; out?: string },
): Promise<void> {
  const domain = signingDomain(config, options.domain);
  const directory = path.resolve(options.out ?? path.join(config.dataDir, 'dkim'));
  const files = { rsa: path.join(directory, 'rsa.pem'), ed25519: path.join(directory, 'ed25519.pem') };
  for (const file of Object.values(files)) if (existsSync(file)) throw taken(file);
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw cannotWrite(directory, cause);
  });
  const pairs = {
    rsa: await promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
    ed25519: await promisify(generateKeyPair)('ed25519'),
  };
  // the next pair of keys gets another name, so both can be published
  const month = new Date().toISOString().slice(0, 7).replace('-', '');
  const keys: NewKey[] = [];
  for (const type of ['rsa', 'ed25519'] as const) {
    await writeKey(files[type], pairs[type].privateKey);
    keys.push({ type, selector: `${type}-${month}`, file: files[type], publicKey: pairs[type].publicKey });
  }
  await print(instructions(config, domain, keys));
}

function signingDomain(config: Config, given: string | undefined): string {
  const { address } = config.mailFrom;
  const domain = domainToASCII(given ?? config.dkim.domain ?? address.slice(address.lastIndexOf('@') + 1));
  if (/^(?!.{254})[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/.test(domain)) return domain;
  throw new AppError(
    'INPUT_INVALID',
    'Say which domain to sign for: --domain example.org, the domain of MAIL_FROM or one above it.',
  );
}

const taken = (file: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `${file} exists already, and Paperboy never overwrites a key. Choose another directory with --out.`,
  );

async function writeKey(file: string, key: KeyObject): Promise<void> {
  try {
    await writeFile(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw codeOf(cause) === 'EEXIST' ? taken(file) : cannotWrite(file, cause);
  }
}

const cannotWrite = (file: string, cause: unknown): AppError =>
  new AppError(
    'DATA_UNUSABLE',
    `Cannot write ${file} (${codeOf(cause) ?? 'unknown'}). Choose a directory you can write to with --out.`,
    { cause },
  );

function instructions(config: Config, domain: string, keys: readonly NewKey[]): string {
  const returnPath = config.bounceDomain ?? domain;
  return [
    `Two keys for ${domain}, readable by you alone. Keep a copy where you keep SECRET_KEY.`,
    '',
    'Set in the environment:',
    '',
    `  DKIM_DOMAIN=${domain}`,
    ...keys.flatMap(({ type, selector, file }) => [
      `  ${VARIABLES[type].selector}=${selector}`,
      `  ${VARIABLES[type].file}=${file}`,
    ]),
    '',
    'Publish in the DNS, before you start (a panel that asks for a value wants the quoted strings joined, without ' +
      'quotes):',
    '',
    ...keys.map(
      ({ type, selector, publicKey }) => `  ${zoneLine(recordName(domain, selector), recordText(type, publicKey))}`,
    ),
    '',
    'And, if they are not there yet:',
    '',
    `  SPF, where RELAY is what your relay's operator names: ${zoneLine(returnPath, 'v=spf1 include:RELAY -all')}`,
    '  DMARC, to tighten to p=quarantine once the reports are clean: ' +
      `${zoneLine(`_dmarc.${domain}`, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`)}`,
    '',
    '"paperboy doctor" then looks whether all of it fits together.',
  ].join('\n');
}
