import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dkimGenerate } from '../../src/cli/dkim.ts';
import { dkimFindings, type TxtResolver } from '../../src/cli/dkim-findings.ts';
import { loadConfig } from '../../src/config.ts';
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

describe('paperboy doctor on DKIM', async () => {
  const printed = await generate(scratchDirectory());
  const env = { ...environmentOf(printed), MAIL_FROM: 'Paperboy <paperboy@papers.example>' };
  const records = stringsOf(printed);
  const dns = (answer: (name: string) => string[][]): TxtResolver => ({ resolveTxt: async (name) => answer(name) });
  const refuses = (code: string): TxtResolver => ({
    resolveTxt: () => Promise.reject(Object.assign(new Error(code), { code })),
  });
  const findings = (resolver: TxtResolver, more: Record<string, string> = {}) =>
    dkimFindings(loadConfig({ ...env, ...more }), log, resolver);

  test('names key types and selectors, and confirms published records', async () => {
    const found = await findings(dns((name) => [['unrelated'], records[name]!]));
    expect(found.map((f) => f.ok)).toEqual([true, true]);
    expect(found[0]!.detail).toMatch(/^signs with RSA, selector rsa-\d{6}; .*published/);
    expect(found[1]!.detail).toMatch(/^signs with Ed25519, selector ed25519-\d{6}; .*published/);
  });

  test.each([
    ['another key', [['v=DKIM1; k=rsa; p=QUFB']]],
    ['a revoked key', [['v=DKIM1; k=rsa; p=']]],
    ['two keys', [['v=DKIM1; p=QUFB'], ['v=DKIM1; p=QkJC']]],
  ])('fails when the DNS has %s', async (_what, answer) => {
    expect((await findings(dns(() => answer))).map((f) => f.ok)).toEqual([false, false]);
  });

  test.each(['ENOTFOUND', 'ENODATA', 'ETIMEOUT', 'ECONNREFUSED', 'ESERVFAIL'])(
    'only notes that the DNS said %s',
    async (code) => {
      expect((await findings(refuses(code))).map((f) => f.ok)).toEqual(['warn', 'warn']);
    },
  );

  test('notes a signing domain that DMARC will not count for MAIL_FROM', async () => {
    const published = dns((name) => [records[name]!]);
    expect((await findings(published, { MAIL_FROM: 'a@other.example' })).at(-1)).toMatchObject({
      ok: 'warn',
      what: 'DKIM_DOMAIN',
    });
    expect(await findings(published, { MAIL_FROM: 'a@mail.papers.example' })).toHaveLength(2);
  });

  test('has nothing to say when nothing is configured', async () => {
    expect(await dkimFindings(loadConfig({}), log, refuses('ETIMEOUT'))).toEqual([]);
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
