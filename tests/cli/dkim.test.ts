import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dkimGenerate } from '../../src/cli/dkim.ts';
import { loadConfig } from '../../src/config.ts';
import { judgeDkim, readDkim } from '../../src/health/dkim.ts';
import type { DnsResolver } from '../../src/health/dns.ts';
import { createSigner } from '../../src/mail/dkim/signer.ts';
import { judgeRecord } from '../../src/mail/dkim/records.ts';
import { createLogger } from '../../src/telemetry.ts';
import { scratchDirectory, verifyWithMailauth, verifyWithPython } from '../support/dkim-verifiers.ts';
import { compose, message } from '../support/mail.ts';
import { findProgram } from '../support/require.ts';

const log = createLogger('silent');

async function generate(out: string, env: Record<string, string> = {}): Promise<string> {
  const lines: string[] = [];
  await dkimGenerate(
    { config: loadConfig(env), print: async (text) => void lines.push(text) },
    { domain: 'papers.example', out },
  );
  return lines.join('\n');
}

/** What a person would copy from it. */
const environmentOf = (printed: string): Record<string, string> =>
  Object.fromEntries([...printed.matchAll(/^ {2}(DKIM_\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
const stringsOf = (printed: string): Record<string, string[]> =>
  Object.fromEntries(
    [...printed.matchAll(/(\S+)\. IN TXT \( (.*) \)$/gm)].map(([, name, strings]) => [
      name!,
      [...strings!.matchAll(/"([^"]*)"/g)].map(([, s]) => s!),
    ]),
  );

describe('paperboy dkim generate', () => {
  test('prints an environment and DNS records with which the mail verifies', async () => {
    const printed = await generate(scratchDirectory());
    const signer = await createSigner(loadConfig(environmentOf(printed)).dkim, log);
    const mail = Buffer.concat(await signer!.sign(compose(message())));
    const records = Object.fromEntries(
      Object.entries(stringsOf(printed)).map(([name, strings]) => [name, strings.join('')]),
    );
    expect(await verifyWithMailauth([mail], records)).toEqual([[true, true]]);
    if (findProgram('python3-dkim')) expect(verifyWithPython([mail], records)).toEqual([[true, true]]);
    for (const strings of Object.values(stringsOf(printed)))
      for (const s of strings) expect(s.length).toBeLessThanOrEqual(255);
    expect(printed).toMatch(/papers\.example\. IN TXT \( "v=spf1 /);
    expect(printed).toMatch(/_dmarc\.papers\.example\. IN TXT \( "v=DMARC1; p=none/);
  });

  test('writes keys that only their owner can read, and prints nothing of them', async () => {
    const out = path.join(scratchDirectory(), 'new');
    const printed = await generate(out);
    for (const name of ['rsa.pem', 'ed25519.pem']) {
      expect(statSync(path.join(out, name)).mode & 0o777).toBe(0o600);
      const lines = readFileSync(path.join(out, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('-'));
      for (const line of lines) expect(printed).not.toContain(line);
    }
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });

  test.each(['rsa.pem', 'ed25519.pem'])('never overwrites: with an %s there it writes nothing', async (name) => {
    const out = scratchDirectory();
    writeFileSync(path.join(out, name), 'precious');
    await expect(generate(out)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/exists already.*--out/),
    });
    expect(readFileSync(path.join(out, name), 'utf8')).toBe('precious');
    const other = path.join(out, name === 'rsa.pem' ? 'ed25519.pem' : 'rsa.pem');
    expect(statSync(other, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('says so when it cannot write, or has no domain to sign for', async () => {
    const file = path.join(scratchDirectory(), 'file');
    writeFileSync(file, '');
    await expect(generate(file)).rejects.toMatchObject({
      code: 'DATA_UNUSABLE',
      message: expect.stringContaining('--out'),
    });
    await expect(
      dkimGenerate({ config: loadConfig({}), print: async () => {} }, { out: scratchDirectory() }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('--domain') });
  });
});

describe('a look at the DKIM keys', async () => {
  const printed = await generate(scratchDirectory());
  const records = stringsOf(printed);
  const signer = await createSigner(loadConfig(environmentOf(printed)).dkim, log);
  const look = async (resolveTxt: (name: string) => Promise<string[][]>) => {
    const dns = { resolveTxt } as DnsResolver;
    const facts = await Promise.all(signer!.keys.map((key) => readDkim(dns, signer!.domain, key)));
    return facts.map(judgeDkim);
  };
  const refuses = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  test('confirms published records, each by its name', async () => {
    const found = await look(async (name) => [['unrelated'], records[name]!]);
    expect(found.map((f) => f.verdict)).toEqual(['well', 'well']);
    expect(found[0]!.sentence).toMatch(
      /^rsa-\d{6}\._domainkey\.papers\.example holds the key that signs, 2048 bits\.$/,
    );
    expect(found[1]!.sentence).toMatch(/^ed25519-\d{6}\._domainkey\.papers\.example holds the key that signs\.$/);
  });

  test.each([
    ['another key', [['v=DKIM1; k=rsa; p=QUFB']]],
    ['a revoked key', [['v=DKIM1; k=rsa; p=']]],
    ['two keys', [['v=DKIM1; p=QUFB'], ['v=DKIM1; p=QkJC']]],
    ['none', [['unrelated']]],
  ])('is to mend when the DNS has %s', async (_what, answer) => {
    expect((await look(async () => answer)).map((f) => f.verdict)).toEqual(['mend', 'mend']);
  });

  test.each([
    ['t=y', 'look'],
    ['h=sha1', 'mend'],
    ['s=tlsrpt', 'mend'],
    ['h=sha1:sha256; s=email; t=s', 'well'],
  ])('reads the tag %s', async (tags, verdict) => {
    const found = await look(async (name) => [[records[name]!.join('').replace(/; p=/, `; ${tags}; p=`)]]);
    expect(found.map((f) => f.verdict)).toEqual([verdict, verdict]);
  });

  test.each([
    ['ENOTFOUND', 'mend'],
    ['ENODATA', 'mend'],
    ['ETIMEOUT', 'look'],
    ['ECONNREFUSED', 'look'],
    ['ESERVFAIL', 'look'],
  ])('takes %s of the DNS for %s', async (code, verdict) => {
    expect((await look(refuses(code))).map((f) => f.verdict)).toEqual([verdict, verdict]);
  });

  test('reads a record in any of the forms that people publish', () => {
    const wanted = 'v=DKIM1; k=rsa; p=QUFBQg==';
    expect(
      ['p=QUFBQg==', 'k=rsa;p=QUFB Qg== ;', 'v=DKIM1;t=s; h=sha256; k=rsa; p=QUFBQg=='].map((text) =>
        judgeRecord(wanted, [[text]]),
      ),
    ).toEqual(['published', 'published', 'published']);
    expect(judgeRecord(wanted, [['v=DKIM1; k=rsa; p=QUF', 'BQg==']])).toBe('published');
    expect(judgeRecord(wanted, [['v=spf1 -all']])).toBe('absent');
  });
});
