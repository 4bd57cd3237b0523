import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll } from 'vitest';
import { createSigner, type Signer } from '../../src/mail/dkim/signer.ts';
import { recordName, recordText } from '../../src/mail/dkim/records.ts';
import type { Config } from '../../src/config.ts';
import { findProgram } from './require.ts';

export const DOMAIN = 'papers.example';

/** A directory that goes when the tests of the file are done. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-dkim-'));
  scratch.push(directory);
  return directory;
}
const scratch: string[] = [];
afterAll(() => scratch.forEach((directory) => rmSync(directory, { recursive: true })));

const keys = scratchDirectory();
export const keyPath = (name: string): string => path.join(keys, name);

export const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ed25519Pair = generateKeyPairSync('ed25519');
writeFileSync(keyPath('rsa.pem'), rsaPair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
writeFileSync(keyPath('ed25519.pem'), ed25519Pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));

export const RSA = { selector: 'rsa-1', keyFile: keyPath('rsa.pem') };
export const ED25519 = { selector: 'ed25519-1', keyFile: keyPath('ed25519.pem') };
export const silent = { warn: () => {} };

export const signerOf = async (keys: Partial<Config['dkim']>): Promise<Signer> =>
  (await createSigner({ domain: DOMAIN, rsa: null, ed25519: null, ...keys }, silent))!;

/** The DNS as the verifiers see it. */
export const RECORDS: Record<string, string> = {
  [recordName(DOMAIN, RSA.selector)]: recordText('rsa', rsaPair.publicKey),
  [recordName(DOMAIN, ED25519.selector)]: recordText('ed25519', ed25519Pair.publicKey),
};

/** Of each message, which of its signatures hold, in their order. */
export type Verdicts = boolean[][];

export async function verifyWithMailauth(messages: readonly Buffer[], records = RECORDS): Promise<Verdicts> {
  const resolver = async (name: string): Promise<string[][]> => {
    if (records[name] === undefined) throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
    return [[records[name]]];
  };
  const verdicts: Verdicts = [];
  for (const message of messages) {
    const { results } = await dkimVerify(message, { resolver });
    verdicts.push(results.filter((r) => r.status.result !== 'none').map((r) => r.status.result === 'pass'));
  }
  return verdicts;
}

const SCRIPT = `
import base64, dkim, json, sys

job = json.load(sys.stdin)

def record(name, timeout=5):
    return job['records'].get(name.decode().rstrip('.'), '').encode() or None

def holds(message, index):
    try:
        return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=record))
    except dkim.DKIMException:
        return False

def verdicts(message):
    count = sum(name.lower() == b'dkim-signature' for name, _ in dkim.rfc822_parse(message)[0])
    return [holds(message, index) for index in range(count)]

json.dump([verdicts(base64.b64decode(m)) for m in job['messages']], sys.stdout)
`;

/**
 * One Python for the whole batch. Debian's module belongs to the Python beside its programs, which
 * need not be the first on the PATH.
 */
export function verifyWithPython(messages: readonly Buffer[], records = RECORDS): Verdicts {
  const python = path.join(path.dirname(findProgram('python3-dkim')!), 'python3');
  const input = JSON.stringify({ records, messages: messages.map((m) => m.toString('base64')) });
  const { status, stdout, stderr } = spawnSync(python, ['-c', SCRIPT], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`python3-dkim could not verify the messages: ${stderr}`);
  return JSON.parse(stdout) as Verdicts;
}
