import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { brakesOn } from '../db/brakes.ts';
import type { Tx } from '../db/client.ts';
import { clockAhead } from '../db/clock.ts';
import { editionState } from '../db/editions.ts';
import {
  bouncesSince,
  complaintsSince,
  databaseFacts,
  heartbeats,
  newestFrozen,
  newestPaperAt,
  sending,
  sourceRuns,
} from '../db/health.ts';
import { endpointsOff } from '../db/hook-endpoints.ts';
import { type ClosedBecause, findInstallation } from '../db/installation.ts';
import { unknownSums } from '../db/unknown.ts';
import { closedWords } from '../delivery/gate.ts';
import { addDays, dayOf, newestEdition } from '../day.ts';
import { DAY, SECOND } from '../duration.ts';
import { AppError, codeOf } from '../errors.ts';
import type { SigningKey } from '../mail/dkim/keys.ts';
import { isLoopback } from '../mail/needs-tls.ts';
import type { RelayState } from '../mail/transport.ts';
import { judgeDkim, readDkim, unsigned } from './dkim.ts';
import { judgeAlignment, judgeDmarc, readDmarc } from './dmarc.ts';
import { addressesOf, type DnsResolver, knowsInternet } from './dns.ts';
import { type Finding, findingsOf, type Group } from './finding.ts';
import { judgeHooks } from './hooks.ts';
import {
  type Disk,
  judgeAdminToken,
  judgeBackup,
  judgeClock,
  judgeConnections,
  judgeDatabase,
  judgeDisk,
  judgeRedis,
  judgeSettings,
  type LastBackup,
  ownAddresses,
  readDisk,
  type RedisFacts,
} from './machine.ts';
import { dnsAway, judgeBounceDomain, judgePtr, judgeSenderDomain, readMailDomain, readPtr } from './names.ts';
import { isPublic } from '../public-address.ts';
import { judgeRelay, judgeRelayTls } from './relay.ts';
import {
  type Awake,
  awakeSince,
  countedSince,
  judgeBounces,
  judgeBrakes,
  judgeComplaints,
  judgeDigest,
  judgeEdition,
  judgeQueue,
  judgeSource,
  judgeUnknown,
  judgeWorkers,
  PER_COMPLAINT,
} from './service.ts';
import { judgeListener, judgeSite, readListener, readSite, type SiteFacts } from './site.ts';
import { judgeSpf, readSpf } from './spf.ts';

export interface LookDeps {
  config: Config;
  db: Tx;
  now: () => Date;
  /** Names of the sources that are asked. */
  sources: readonly { name: string }[];
  /** Who is signed for, and with which keys; `null`: mail is not signed. */
  signing: { domain: string; keys: readonly SigningKey[] } | null;
  probeRelays: () => Promise<RelayState[]>;
  /** `null`: the queue is looked at elsewhere. */
  waiting: (() => Promise<Record<string, number>>) | null;
  /** `null`: the queue is in the database. */
  readRedis: (() => Promise<RedisFacts>) | null;
  /** `null`: backups are not looked after by Paperboy. */
  lastBackup: (() => Promise<LastBackup | null>) | null;
  dns: DnsResolver;
  /** The public addresses of this machine. */
  addresses?: readonly string[];
  /** How far this machine's clock is ahead of the database's, in milliseconds. */
  ahead?: () => Promise<number>;
  /** What the disk of the data directory has. */
  disk?: () => Promise<Disk>;
  /** How long a site that does not answer as it should is waited for. */
  retryMs?: number;
  /** Certificates to trust instead of the system's, as PEM. */
  ca?: string;
}

export type Abroad = Pick<
  LookDeps,
  'config' | 'now' | 'dns' | 'signing' | 'probeRelays' | 'addresses' | 'ca' | 'retryMs'
>;

/** One check whose facts could not be had says so, and leaves the others. */
async function attempt(
  check: string,
  group: Group,
  name: string,
  work: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    const found = await work();
    return Array.isArray(found) ? found : [found as Finding];
  } catch (error) {
    const { look, mend } = findingsOf(check, group, name);
    if (error instanceof AppError) return [mend(error.message, 'Mend what it names, then look again.')];
    return [
      look(
        `${name} could not be looked at (${codeOf(error) ?? 'no answer'}).`,
        'It is looked at again by itself; the log may say more.',
      ),
    ];
  }
}

type Found = readonly Finding[];

const all = async (checks: readonly (Found | Promise<Found>)[]): Promise<Finding[]> =>
  (await Promise.all(checks.map(async (found) => found))).flat();

const SOURCE_DAYS = 8;

/** What is near: this machine, its database and its queue. Cheap enough for each minute. */
export async function lookNear(deps: LookDeps): Promise<Finding[]> {
  const { config, db, readRedis, lastBackup, waiting, disk = () => readDisk(config.dataDir) } = deps;
  const { ahead = () => clockAhead(deps) } = deps;
  const now = deps.now();
  return all([
    attempt('service', 'queue', 'Service', () => lookAtService(deps, now)),
    attempt('gate', 'queue', 'Sending', async () => judgeGate((await findInstallation(db))?.closed?.because ?? null)),
    waiting === null
      ? []
      : attempt('queue', 'queue', 'Waiting', async () => judgeQueue(await waiting().catch(() => null))),
    readRedis === null ? [] : attempt('redis', 'queue', 'Redis', async () => judgeRedis(await readRedis())),
    attempt('clock', 'queue', 'Clock', async () => judgeClock(await ahead())),
    attempt('disk', 'storage', 'Disk', async () => judgeDisk(await disk())),
    attempt('connections', 'storage', 'Connections', async () => judgeConnections(await databaseFacts(db))),
    attempt('brakes', 'relay', 'Brakes', async () => judgeBrakes(await brakesOn(db))),
    attempt('webhooks', 'queue', 'Webhooks', async () => judgeHooks(await endpointsOff(db))),
    attempt('complaints', 'relay', 'Complaints', async () =>
      judgeComplaints(await complaintsSince(db, countedSince(now), PER_COMPLAINT)),
    ),
    lastBackup === null
      ? []
      : attempt('backup', 'backups', 'Last backup', async () => judgeBackup(await lastBackup(), now)),
    config.smtpUrls.length === 0 ? [] : judgeSettings(config),
    judgeAdminToken(config),
  ]);
}

/** What goes on while the service runs; what stands still while it does not is no fault. */
async function lookAtService(deps: LookDeps, now: Date): Promise<Finding[]> {
  const beats = await heartbeats(deps.db);
  const awake = awakeSince(beats, now);
  if (awake === null)
    return [
      findingsOf('service', 'queue', 'Service').look(
        'Paperboy does not run, so nothing comes and goes.',
        'Run "paperboy start", or its roles.',
      ),
    ];
  const at: Awake = { now, awake };
  return all([
    [judgeWorkers(beats, at)],
    attempt('digest', 'queue', 'Digest', async () => judgeDigest(await sending(deps.db, now), at)),
    attempt('edition', 'sources', 'Newest edition', () => lookAtEdition(deps, at)),
    attempt('sources', 'sources', 'Sources', () => lookAtSources(deps, at)),
  ]);
}

async function lookAtEdition({ db, config }: LookDeps, at: Awake): Promise<Finding> {
  const { editionHour } = config;
  const [newest, state, paperAt] = await Promise.all([
    newestFrozen(db),
    editionState(db, newestEdition(at.now, editionHour)),
    newestPaperAt(db),
  ]);
  return judgeEdition({ editionHour, newest, state, newestPaperAt: paperAt }, at);
}

async function lookAtSources({ db, sources }: LookDeps, at: Awake): Promise<Finding[]> {
  const runs = await sourceRuns(db, new Date(at.now.getTime() - SOURCE_DAYS * DAY));
  return sources.map(({ name }) => judgeSource(name, runs.find(({ source }) => source === name) ?? null, at));
}

/** What takes longer: what others have to say, and what is counted over days. */
export async function lookFar(deps: LookDeps, signal?: AbortSignal): Promise<Finding[]> {
  const { config, db } = deps;
  const now = deps.now();
  const today = dayOf(now);
  return all([
    attempt('database', 'storage', 'Database', async () => judgeDatabase(await databaseFacts(db))),
    attempt('bounces', 'relay', 'Bounced', async () => judgeBounces(await bouncesSince(db, countedSince(now)))),
    attempt('unknown', 'relay', 'Unknown', async () =>
      judgeUnknown(await unknownSums(db, { since: addDays(today, -7), until: addDays(today, 1) }), config.onUnknown),
    ),
    lookAbroad(deps, signal),
  ]);
}

/**
 * What others have to say: the DNS, the relay, the site as readers see it. Needs no database. When
 * `signal` fires nothing is waited for, and what is found says little.
 */
export async function lookAbroad(deps: Abroad, signal?: AbortSignal): Promise<Finding[]> {
  const { config } = deps;
  const now = deps.now();
  const isReal = config.smtpUrls.length > 0;
  return all([
    ...(isReal ? [lookAtSite(deps, now, signal)] : []),
    ...(isReal ? [lookAtRelay(deps, now), attempt('dns', 'dns', 'DNS', () => lookAtDns(deps))] : [[tryingOut(config)]]),
  ]);
}

/** What only the process that serves the site can see: whether its listener for mail answers. */
export async function lookOwn({ config: { inbound } }: Pick<LookDeps, 'config'>): Promise<Finding[]> {
  if (inbound === null || inbound.port === 0) return [];
  const { port, host } = inbound;
  return all([
    attempt('inbound', 'relay', 'Listener', async () => judgeListener(port, await readListener(port, host))),
  ]);
}

const tryingOut = ({ mailbox }: Config): Finding =>
  findingsOf('relay', 'relay', 'Relay').well(
    `Mail goes to the mailbox for trying out, at port ${mailbox.smtpPort} while "paperboy start" runs.`,
  );

const lookAtRelay = ({ probeRelays }: Abroad, now: Date): Promise<readonly Finding[]> =>
  attempt('relay', 'relay', 'Relay', async () => {
    const relays = await probeRelays();
    return [judgeRelay(relays), ...judgeRelayTls(relays, now)];
  });

/** A site that is being restarted answers by then. */
const RETRY_MS = 20 * SECOND;

async function readTwice(
  read: () => Promise<SiteFacts>,
  { waitMs, signal }: { waitMs: number; signal: AbortSignal | undefined },
): Promise<SiteFacts> {
  const facts = await read();
  if (facts.failure === null && facts.status === 200) return facts;
  await wait(waitMs, undefined, { signal });
  return read();
}

/** Where it leads to this machine alone, no reader opens it. */
async function lookAtSite(
  { config: { publicUrl }, dns, ca, retryMs = RETRY_MS }: Abroad,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  if (isLoopback(new URL(publicUrl).hostname) && !ca) return [];
  return attempt('site', 'settings', 'PUBLIC_URL', async () => {
    const facts = await readTwice(() => readSite(publicUrl, ca ? { ca } : {}), { waitMs: retryMs, signal });
    const isUnsaid = facts.failure === 'ENOTFOUND' && !(await knowsInternet(dns));
    return judgeSite(isUnsaid ? { ...facts, failure: 'no DNS' } : facts, now);
  });
}

async function lookAtDns(deps: Abroad): Promise<Finding[]> {
  const { config, dns, signing } = deps;
  if (!(await knowsInternet(dns))) return [dnsAway()];
  const domain = config.mailFrom.address.slice(config.mailFrom.address.lastIndexOf('@') + 1).toLowerCase();
  const returnPath = config.bounceDomain ?? domain;
  const { addresses, direct } = await sendingAddresses(deps);
  const listens =
    config.inbound !== null ||
    config.imapUrl !== null ||
    Object.values(config.webhookKeys).some((keys) => keys.length > 0);
  return all([
    attempt('spf', 'dns', 'SPF', async () => judgeSpf(await readSpf(dns, returnPath, addresses), { direct })),
    ...(signing === null
      ? [[unsigned()]]
      : signing.keys.map((key) =>
          attempt(`dkim-${key.type}`, 'dns', 'DKIM', async () => judgeDkim(await readDkim(dns, signing.domain, key))),
        )),
    attempt('dmarc', 'dns', 'DMARC', async () => {
      const facts = await readDmarc(dns, { domain, signing: signing?.domain ?? null, returnPath });
      return [judgeDmarc(facts), judgeAlignment(facts)];
    }),
    ...addresses
      .slice(0, 1)
      .map((address) => attempt('ptr', 'dns', 'PTR', async () => judgePtr(await readPtr(dns, address), { direct }))),
    attempt('sender-domain', 'dns', 'Sender', async () => judgeSenderDomain(await readMailDomain(dns, domain))),
    config.bounceDomain === null
      ? []
      : attempt('bounce-domain', 'dns', 'Bounces', async () =>
          judgeBounceDomain(await readMailDomain(dns, returnPath), { listens }),
        ),
  ]);
}

/**
 * Where mail leaves, as far as it can be known: a relay beside us sends by this machine's public
 * addresses, if it has any; another by its own, unless it hands on.
 */
async function sendingAddresses({
  config,
  dns,
  addresses: own = ownAddresses(),
}: Abroad): Promise<{ addresses: readonly string[]; direct: boolean }> {
  const { protocol, hostname } = new URL(config.smtpUrls[0]!);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'sendmail:' || isLoopback(hostname) || !/[.:]/.test(host)) return { addresses: own, direct: true };
  const found = isPublic(host) ? [host] : ((await addressesOf(dns, host)) ?? []).filter(isPublic);
  return { addresses: found, direct: false };
}

/** Whether mail may leave: it may not after a restore, and from a copy. Pure. */
function judgeGate(because: ClosedBecause | null): Finding {
  const { well, mend } = findingsOf('gate', 'queue', 'Sending');
  if (because === null) return well('Mail is sent when its hour comes.');
  const [sentence, remedy] = closedWords(because);
  return mend(sentence, remedy);
}
