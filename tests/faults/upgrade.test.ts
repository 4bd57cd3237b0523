import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const OLD = 'v0.1.0';
const READERS = Number(process.env['UPGRADE_READERS'] ?? 400);
/** So slow that the upgrade falls into the midst of the digest, on any machine. */
const RATE = 40;
const SECRET_KEY = 'a secret of the tests of upgrades which is long enough';
const DAY_MS = 86_400_000;
/** From the moment the old version is asked to stop to the new one's first message. */
const WITHOUT_SERVICE_MS = 30_000;

/** A clone without tags or history has no older version to start. */
function hasOldVersion(): boolean {
  if (spawnSync('git', ['cat-file', '-e', `${OLD}^{tree}`], { cwd: ROOT }).status === 0) return true;
  console.warn(`Skipped the upgrade under load: this clone has no tag ${OLD}. "git fetch --tags" brings it.`);
  return false;
}

/** The checkout of the tag, with our packages: they are newer than its own. */
function oldCheckout(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-old-'));
  execFileSync('sh', ['-c', `git archive ${OLD} | tar -x -C "$1"`, 'sh', directory], { cwd: ROOT });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  return directory;
}

describe.skipIf(!hasOldVersion())('an upgrade in the midst of a digest', () => {
  test(`from ${OLD}: no reader is lost, and mail goes on within half a minute`, { timeout: 300_000 }, async () => {
    const checkout = oldCheckout();
    try {
      await upgrade(path.join(checkout, 'src', 'paperboy.js'));
    } finally {
      rmSync(checkout, { recursive: true });
    }
  });
});

async function upgrade(oldProgram: string): Promise<void> {
  await using database = await testDatabase({ migrated: false });
  await using relay = await mailReceiver({ keep: false });
  const env = {
    DATABASE_URL: database.url,
    SMTP_URL: relay.url,
    SECRET_KEY,
    MAIL_FROM: 'paperboy@papers.example',
    SMTP_RATE: String(RATE),
  };
  await using old = await installation(env, oldProgram);
  await using current = await installation(env);
  const date = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
  await old.paperboy('migrate');
  const readers = path.join(old.scratch, 'readers.csv');
  writeFileSync(readers, `email\n${Array.from({ length: READERS }, (_, i) => `reader${i}@example.org`).join('\n')}\n`);
  await old.paperboy('subscribers', 'import', readers, '--confirmed');
  await old.paperboy('ingest', '--date', date);
  const worker = await old.start('worker');
  // It freezes the digest, and sends beside the worker.
  const sending = old.spawn(['digest', 'send', '--date', date]);
  await until('the old version to be at work', () => relay.received.length > READERS / 10, { within: 60_000 });
  // As an operator does it: the old version is stopped, the new one is started and migrates.
  const asked = performance.now();
  const ended = once(sending, 'exit');
  sending.kill('SIGTERM');
  await Promise.all([worker.stop(), ended]);
  const before = relay.received.length;
  const first = relay.whenReceived(before + 1).then(() => performance.now());
  const roles = [await current.start('worker'), await current.start('scheduler')];
  await until('the digest to be through', () => new Set(relay.received.map(({ to }) => to)).size >= READERS, {
    within: 240_000,
  });
  const without = (await first) - asked;
  const status = JSON.parse(
    (await current.paperboy('digest', 'status', '--date', date, '--json')).trim().split('\n').at(-1)!,
  ) as Record<string, number>;
  console.info(
    `${READERS} readers: ${before} had it from ${OLD}, ${relay.received.length - before} from this version; ` +
      `${(without / 1000).toFixed(1)} s without mail.`,
  );
  expect(before).toBeLessThan(READERS);
  expect(status).toMatchObject({ frozen: READERS, accepted: READERS, pending: 0, unknown: 0, deferred: 0 });
  expect(relay.received.length).toBe(READERS);
  expect(without).toBeLessThan(WITHOUT_SERVICE_MS);
  for (const role of roles) await role.stop();
}
