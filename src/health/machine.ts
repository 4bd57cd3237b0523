import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config.ts';
import { CLOCKS_APART_MS } from '../db/clock.ts';
import type { DatabaseFacts } from '../db/health.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import { dayOf } from '../day.ts';
import { isPublic } from '../public-address.ts';
import { type Finding, findingsOf } from './finding.ts';

const MB = 1e6;
const GB = 1e9;
const gigabytes = (bytes: number): string => (bytes >= 10 * GB ? `${Math.round(bytes / GB)}` : (bytes / GB).toFixed(1));

export interface Disk {
  total: number;
  free: number;
}

/** What the disk has on which a directory lies. */
export async function readDisk(directory: string): Promise<Disk> {
  const { blocks, bavail, bsize } = await statfs(directory);
  return { total: blocks * bsize, free: bavail * bsize };
}

/** Whether there is room for a few days more. Pure. */
export function judgeDisk({ total, free }: Disk): Finding {
  const { well, look, mend } = findingsOf('disk', 'storage', 'Disk');
  const says = `${gigabytes(total - free)} of ${gigabytes(total)} GB are used, ${gigabytes(free)} are free.`;
  const remedy = 'Free some room on the disk of PAPERBOY_DATA, or move it to a larger one.';
  if (free < Math.min(GB, 0.05 * total)) return mend(says, remedy);
  return free < 0.1 * total && free < 10 * GB ? look(says, remedy) : well(says);
}

/** Postgres stops taking writes at two thousand million; its own vacuum begins at two hundred. */
const MANY_TRANSACTIONS = 1_000_000_000;

/** How the database is. Pure. */
export function judgeDatabase({ version, bytes, bloated, transactions }: DatabaseFacts): Finding {
  const { well, look, mend } = findingsOf('database', 'storage', 'Database');
  if (transactions > MANY_TRANSACTIONS)
    return mend(
      `The oldest row is ${transactions.toLocaleString('en')} transactions old; Postgres stops at 2,000,000,000.`,
      'Run "vacuum freeze" in the database, and see why autovacuum did not.',
    );
  if (bloated && bloated.dead > 100_000 && bloated.dead > bloated.live)
    return look(
      `The table ${bloated.table} has ${bloated.dead.toLocaleString('en')} dead rows and ${bloated.live.toLocaleString('en')} live ones.`,
      `Run "vacuum analyze ${bloated.table}", and see that autovacuum is on.`,
    );
  return well(`Postgres ${version}, ${bytes < GB ? `${Math.round(bytes / MB)} MB` : `${gigabytes(bytes)} GB`}.`);
}

/** Whether more processes could connect. Pure. */
export function judgeConnections({ connections, mostConnections }: DatabaseFacts): Finding {
  const { well, look, mend } = findingsOf('connections', 'storage', 'Connections');
  const left = mostConnections - connections;
  const says = `${connections} of ${mostConnections} connections of the database are taken.`;
  const remedy = 'Raise max_connections in Postgres, or run fewer processes.';
  if (left < 3) return mend(says, remedy);
  return left < 0.1 * mostConnections ? look(says, remedy) : well(says);
}

/** Whether this machine's clock goes with the database's. Pure. */
export function judgeClock(aheadMs: number): Finding {
  const { well, look, mend } = findingsOf('clock', 'queue', 'Clock');
  const apart = Math.abs(aheadMs);
  const way = aheadMs > 0 ? 'ahead of' : 'behind';
  const remedy = 'Set the clocks of both machines by NTP.';
  if (apart > CLOCKS_APART_MS)
    return mend(
      `This machine's clock is ${Math.round(apart / MINUTE)} minutes ${way} the database's, so no job is done.`,
      remedy,
    );
  if (apart > 30 * SECOND)
    return look(`This machine's clock is ${Math.round(apart / SECOND)} seconds ${way} the database's.`, remedy);
  return well(`${Math.round(apart)} ms from the database's.`);
}

export interface RedisFacts {
  version: string;
  policy: string | null;
  /** Whether it keeps an append-only file or snapshots. */
  persists: boolean | null;
  /** Whether its last snapshot, or its append-only file, could not be written. */
  failing: boolean;
  usedBytes: number;
  /** 0: no limit. */
  mostBytes: number;
}

/** Whether the Redis keeps what it is given. Pure. */
export function judgeRedis({ version, policy, persists, failing, usedBytes, mostBytes }: RedisFacts): Finding {
  const { well, look, mend } = findingsOf('redis', 'queue', 'Redis');
  if (policy !== null && policy !== 'noeviction')
    return mend(
      `Redis throws jobs away when it is full: maxmemory-policy is ${policy}.`,
      'Set maxmemory-policy to noeviction.',
    );
  if (failing)
    return mend('Redis cannot write its jobs to its disk.', 'Free some room on its disk, and see what its log says.');
  if (mostBytes > 0 && usedBytes > 0.9 * mostBytes)
    return look(`Redis uses ${Math.round((100 * usedBytes) / mostBytes)} % of its maxmemory.`, 'Raise maxmemory.');
  if (persists === false)
    return look(
      'Redis keeps nothing on disk, so a restart of it loses the queue.',
      'Set appendonly yes; without it the sweep finds lost jobs within a minute.',
    );
  return well(`Redis ${version} keeps its jobs.`);
}

/** A shorter word can be guessed by who tries long enough. */
const SHORTEST_TOKEN = 16;

/** Whether the word that opens the desk is long enough; nothing is said where it is. Pure. */
export const judgeAdminToken = ({ adminToken }: Pick<Config, 'adminToken'>): Finding[] =>
  adminToken === null || adminToken.length >= SHORTEST_TOKEN
    ? []
    : [
        findingsOf('admin-token', 'settings', 'ADMIN_TOKEN').look(
          `ADMIN_TOKEN has less than ${SHORTEST_TOKEN} characters, and opens the desk with all readers in it.`,
          'Set it to a longer one, as "openssl rand -hex 32" makes it, and start Paperboy again.',
        ),
      ];

/** What the configuration lacks where real readers are mailed. Pure. */
export function judgeSettings(
  config: Config,
  { nodeVersion = process.versions.node }: { nodeVersion?: string } = {},
): Finding[] {
  const found: Finding[] = [];
  if (config.postalAddress === null)
    found.push(
      findingsOf('postal-address', 'settings', 'POSTAL_ADDRESS').look(
        'The mail names no postal address, which many countries want in bulk mail.',
        'Set POSTAL_ADDRESS.',
      ),
    );
  if (config.mailFrom.address.endsWith('@localhost'))
    found.push(
      findingsOf('mail-from', 'settings', 'MAIL_FROM').mend(
        'The mail is from localhost, which receivers refuse.',
        'Set MAIL_FROM to an address of your domain.',
      ),
    );
  if (config.bounceDomain === null)
    found.push(
      findingsOf('bounce-domain', 'dns', 'Bounces').look(
        'Bounces go to the address in MAIL_FROM, where Paperboy does not hear of them.',
        'Set BOUNCE_DOMAIN, and INBOUND_PORT, IMAP_URL or WEBHOOK_KEYS.',
      ),
    );
  if (config.secretKeys.some(isGuessable))
    found.push(
      findingsOf('secret-key', 'settings', 'SECRET_KEY').mend(
        'SECRET_KEY can be guessed, and with it every link in the mail.',
        'Put a new key before it: openssl rand -hex 32.',
      ),
    );
  if (Number(nodeVersion.split('.')[0]) < OLDEST_NODE)
    found.push(
      findingsOf('node', 'settings', 'Node').mend(
        `Node ${nodeVersion} is older than ${OLDEST_NODE}.`,
        `Install Node ${OLDEST_NODE}.`,
      ),
    );
  if (config.alertTo === null)
    found.push(
      findingsOf('alert-to', 'settings', 'ALERT_TO').look(
        'Faults are told to no one by mail.',
        'Set ALERT_TO to your address.',
      ),
    );
  return found.length > 0
    ? found
    : [findingsOf('settings', 'settings', 'Settings').well('All that real mail needs is set.')];
}

const OLDEST_NODE = 24;

/** A random key has many different characters, and is not one of the words that stand in examples. */
const isGuessable = (key: string): boolean =>
  new Set(key).size < 10 || /change.?me|secret|password|example|123456/i.test(key);

export interface LastBackup {
  at: Date;
  ok: boolean;
  /** What it says of itself, in a sentence. */
  words: string;
}

/** Whether what there is could be had back. Pure. */
export function judgeBackup(last: LastBackup | null, now: Date): Finding {
  const { well, look, mend } = findingsOf('backup', 'backups', 'Last backup');
  if (last === null)
    return look('No backup was made yet.', 'Make one with "paperboy backup", and have it made each night.');
  const age = now.getTime() - last.at.getTime();
  if (!last.ok)
    return mend(
      `The backup of ${dayOf(last.at)} failed: ${last.words}`,
      'Free some room or mend what it names, then run "paperboy backup".',
    );
  if (age > 2 * DAY)
    return mend(
      `The last backup is ${Math.round(age / DAY)} days old.`,
      'Run "paperboy backup", and see why it is not made each night.',
    );
  return age > 26 * HOUR
    ? look(`The last backup is ${Math.round(age / HOUR)} hours old.`, 'Nothing to do if it is made today.')
    : well(`${dayOf(last.at)}. ${last.words}`);
}

/** The public addresses that this machine has itself; behind a translating router it has none. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((of) => of ?? [])
    .map(({ address }) => address)
    .filter(isPublic);
