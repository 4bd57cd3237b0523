import type { Config } from '../config.ts';
import { requireTrueClock } from '../db/clock.ts';
import { lastBackupRun } from '../db/backup-runs.ts';
import { findInstallation } from '../db/installation.ts';
import { closedSentence } from '../delivery/gate.ts';
import { ownShapingFile, requireShapingRules } from '../delivery/own-shaping.ts';
import { AppError, codeOf } from '../errors.ts';
import { prepareRedis } from '../jobs/queues.ts';
import { requireOwnTopics } from '../papers/own-topics.ts';
import { relayUrls, requireLinksForReaders } from '../engine.ts';
import { openStore } from '../store.ts';
import { isSendmail } from '../smtp/sendmail.ts';
import { createTransport } from '../smtp/way-out.ts';
import type { Logger } from '../telemetry.ts';
import type { Context } from './context.ts';
import { dkimFindings } from './dkim-findings.ts';
import type { Finding } from './finding.ts';

/**
 * Tries everything the configuration names and says what it found, and changes nothing. Ends with
 * exit code 1 when something is broken.
 */
export async function doctor({ config, log, print }: Context): Promise<void> {
  const findings: Finding[] = [];
  const check = async (what: string, work: () => Promise<string>): Promise<void> => {
    findings.push(await work().then((detail) => ({ ok: true, what, detail }), failed(what)));
  };
  await check('Database', async () => {
    await using store = await openStore(config, log, { schema: 'read' });
    await requireTrueClock(store);
    const { rows } = await store.db.$client.query<{ server_version: string }>('show server_version');
    return `Postgres ${rows[0]?.server_version}, ${config.databaseUrl === null ? 'embedded' : 'from DATABASE_URL'}`;
  });
  await check('Sending', async () => {
    await using store = await openStore(config, log, { schema: 'read' });
    const closed = (await findInstallation(store.db))?.closed ?? null;
    if (closed !== null) throw new AppError('SENDING_CLOSED', closedSentence(closed.because));
    return 'mail is sent when its hour comes';
  });
  findings.push(await backupFinding(config, log));
  await check('Queue', async () => {
    if (config.redisUrl === null) return 'in the database';
    await prepareRedis(config.redisUrl);
    return 'the Redis in REDIS_URL answers';
  });
  await check('Mail', async () => {
    const transport = createTransport({
      urls: relayUrls(config),
      connections: 1,
      name: new URL(config.publicUrl).hostname,
      proxy: config.smtpProxy,
      oauth: config.smtpOauth,
    });
    if (config.smtpUrls.length === 0)
      return `the mailbox for trying out, at port ${config.mailbox.smtpPort} while "paperboy start" runs`;
    await transport.verify();
    return config.smtpUrls.some(isSendmail)
      ? 'the mail program in SMTP_URL can be run'
      : 'the relay in SMTP_URL answers and lets us in';
  });
  await check('Topics', async () => {
    const own = await requireOwnTopics(config.dataDir);
    return own.length === 0 ? 'those that ship' : `those that ship and ${own.length} of your own`;
  });
  await check('Shaping', async () => {
    const rules = await requireShapingRules(config.dataDir);
    const own = rules.filter(({ source }) => source.startsWith(ownShapingFile(config.dataDir)));
    return own.length === 0 ? 'the rules that ship' : `the rules that ship and ${own.length} of your own`;
  });
  await check('Links', async () => {
    requireLinksForReaders(config);
    return `lead to ${config.publicUrl}`;
  });
  findings.push(
    ...(await dkimFindings(config, log).catch((error: unknown): Finding[] => [
      { ok: false, what: 'DKIM', detail: sentence(error) },
    ])),
  );
  findings.push(...advice(config));
  for (const { ok, what, detail } of findings) await print(`${MARKS[String(ok)]}  ${what}: ${detail}`);
  if (findings.some((f) => f.ok === false))
    throw new AppError(
      'CONFIG_INVALID',
      'Something above does not work yet. Mend the lines marked FAIL and run "paperboy doctor" again.',
    );
}

/** Whether the last backup of the night is there. */
async function backupFinding(config: Config, log: Logger): Promise<Finding> {
  const what = 'Backup';
  if (config.backups === null)
    return { ok: 'warn', what, detail: 'none is made by itself: set BACKUP_DIR to a directory on another disk' };
  try {
    await using store = await openStore(config, log, { schema: 'read' });
    const last = await lastBackupRun(store.db);
    if (last === null) return { ok: 'warn', what, detail: `none yet: the first comes at 03:10 UTC` };
    return { ok: last.ok ?? 'warn', what, detail: `${last.beganAt.toISOString()}: ${last.words ?? 'did not end'}` };
  } catch (error) {
    return failed(what)(error);
  }
}

const MARKS: Readonly<Record<string, string>> = { true: 'ok  ', warn: 'note', false: 'FAIL' };

/** A database that waits for its migrations is not broken: the next start makes them. */
const failed =
  (what: string) =>
  (error: unknown): Finding => ({ ok: codeOf(error) === 'DATABASE_OUTDATED' && 'warn', what, detail: sentence(error) });

const sentence = (error: unknown): string =>
  error instanceof AppError ? error.message : String((error as Error).name);

/** What works but should not stay so where real readers are mailed. Pure. */
export function advice(config: Config): Finding[] {
  if (config.smtpUrls.length === 0) return [];
  const warn = (when: boolean, what: string, detail: string): Finding[] => (when ? [{ ok: 'warn', what, detail }] : []);
  return [
    ...warn(
      !config.publicUrl.startsWith('https:'),
      'PUBLIC_URL',
      'one-click unsubscribe (RFC 8058) needs an https address that readers can reach',
    ),
    ...warn(config.postalAddress === null, 'POSTAL_ADDRESS', 'many countries want a postal address in bulk mail'),
    ...warn(config.mailFrom.address.endsWith('@localhost'), 'MAIL_FROM', 'set the address that the mail comes from'),
    ...warn(
      config.dkim.domain === null,
      'DKIM_DOMAIN',
      'unsigned mail lands in spam unless the relay signs it; "paperboy dkim generate" makes keys',
    ),
  ];
}
