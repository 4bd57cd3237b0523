import type { Config } from './config.ts';
import { lastBackupRun } from './db/backup-runs.ts';
import type { Db } from './db/client.ts';
import { AppError } from './errors.ts';
import { systemDns } from './health/dns.ts';
import type { Abroad, LookDeps } from './health/look.ts';
import type { LastBackup } from './health/machine.ts';
import type { QueueAddress } from './jobs/queues.ts';
import { readRedisFacts } from './jobs/redis.ts';
import { isLoopback } from './mail/needs-tls.ts';
import { probeRelays } from './smtp/probe.ts';
import { parseRelay } from './smtp/relay.ts';
import type { SmtpOptions } from './smtp/transport.ts';
import type { Store } from './store.ts';

/** How relays are reached, whichever message it is for. */
export const smtpOptions = (config: Config): SmtpOptions => ({
  urls: relayUrls(config),
  connections: 1,
  name: new URL(config.publicUrl).hostname,
  proxy: config.smtpProxy,
  oauth: config.smtpOauth,
});

/** What a look at the health of an installation goes by. */
export const lookDeps = (
  { config, db, now, sources }: Pick<Store, 'config' | 'db' | 'now' | 'sources'>,
  { signing, waiting }: Pick<LookDeps, 'signing' | 'waiting'>,
): LookDeps => ({
  ...abroadDeps({ config, now }, signing),
  db,
  sources,
  waiting,
  readRedis: redisReader(config),
  lastBackup: config.backups === null ? null : () => lastBackup(db),
});

/** What a look at others goes by, where there is no database. */
export const abroadDeps = ({ config, now }: Pick<Store, 'config' | 'now'>, signing: LookDeps['signing']): Abroad => ({
  config,
  now,
  signing,
  probeRelays: () => probeRelays(smtpOptions(config)),
  dns: systemDns(),
});

/** The last backup that ended, whether it is good or not. */
async function lastBackup(db: Db): Promise<LastBackup | null> {
  const run = await lastBackupRun(db);
  return run && { at: run.endedAt ?? run.beganAt, ok: run.ok ?? false, words: run.words ?? 'It did not end.' };
}

const redisReader = ({ redisUrl }: Config): LookDeps['readRedis'] =>
  redisUrl === null ? null : () => readRedisFacts(redisUrl);

/** Redis where there is one, else the database. */
export const queueAddress = ({ config, address }: Pick<Store, 'config' | 'address'>): QueueAddress =>
  config.redisUrl === null ? { kind: 'postgres', database: address } : { kind: 'redis', url: config.redisUrl };

/** The relay, or without one the mailbox for trying out, which `paperboy start` runs. */
const relayUrls = (config: Config): readonly string[] =>
  config.smtpUrls.length > 0 ? config.smtpUrls : [`smtp://127.0.0.1:${config.mailbox.smtpPort}`];

/** The hosts of these relays, as they are named. */
export const relayHostsOf = (config: Config): string[] => relayUrls(config).map((url) => parseRelay(url).host);

/** Whether a host name, as a URL has it, leads every machine to itself. */
const leadsHere = (hostname: string): boolean =>
  isLoopback(hostname) || /^(?:.+\.localhost|0\.0\.0\.0|\[::\])$/.test(hostname);

/**
 * Refuses to mail readers elsewhere links that lead to this machine. A relay whose name has no dot
 * is a container beside us, as the mailbox for trying out is.
 */
export function requireLinksForReaders({ smtpUrls, publicUrl }: Pick<Config, 'smtpUrls' | 'publicUrl'>): void {
  const isElsewhere = (relay: string): boolean => {
    const { hostname } = new URL(relay);
    return /[.:]/.test(hostname) && !leadsHere(hostname);
  };
  if (leadsHere(new URL(publicUrl).hostname) && smtpUrls.some(isElsewhere))
    throw new AppError(
      'CONFIG_INVALID',
      'PUBLIC_URL must be the address of the site that readers can open: SMTP_URL names a relay elsewhere, and ' +
        'the links in its mail would lead to this machine. Set it in the environment and start again.',
    );
}
