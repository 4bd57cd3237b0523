import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/config.ts';
import { clockAhead } from '../../src/db/clock.ts';
import { beat } from '../../src/db/health.ts';
import { type LookDeps, lookFar, lookNear, lookOwn } from '../../src/health/look.ts';
import type { Finding } from '../../src/health/finding.ts';
import { findingsNow, watchOnce } from '../../src/health/watch.ts';
import { readRedisFacts } from '../../src/jobs/redis.ts';
import { probeRelays } from '../../src/smtp/probe.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { dnsServer, type Records, type Zone } from '../support/dns-server.ts';
import { silent } from '../support/papers.ts';
import { testRedis, type TestRedis } from '../support/redis.ts';
import { findProgram } from '../support/require.ts';
import { type FaultServer, faultServer } from '../support/smtp-fault-server.ts';
import { ADDRESS, at, KEYS, liveSite, NOON, soundConfig, soundRows, soundZone } from './sound.ts';

/** What a fault is planted in. Each starts from a world in which nothing is wrong. */
interface World {
  env: Record<string, string>;
  zone: Record<string, Records>;
  deps: Partial<LookDeps>;
  ca: string | undefined;
  /** Whether the minute's sweep is done, and which processes show themselves. */
  sweeps: boolean;
  alive: string[];
  skewMs: number;
  sql: (text: string, ...values: unknown[]) => Promise<unknown>;
}

interface Fault {
  what: string;
  check: string;
  verdict?: Finding['verdict'];
  says: RegExp;
  remedy: RegExp;
  plant: (world: World) => unknown;
  /** What else that comes to. */
  also?: string[];
  /** It has to last before it is told. */
  patience?: number;
}

const records = (zone: World['zone'], name: string, more: Records): void =>
  void (zone[name] = { ...zone[name], ...more });
const spf = (text: string) => (world: World) => records(world.zone, 'papers.example', { txt: [text] });
const dmarc =
  (...txt: string[]) =>
  (world: World) =>
    records(world.zone, '_dmarc.papers.example', { txt });
const dkim = (name: 'r1' | 'e1', change: (text: string) => string[]) => (world: World) => {
  const found = world.zone[`${name}._domainkey.papers.example`]!;
  found.txt = change(found.txt![0]!);
};

let database: TestDatabase;
let relay: FaultServer;
let site: Awaited<ReturnType<typeof liveSite>>;
let redis: TestRedis | null = null;
const certificate = makeCertificate();
const elsewhere = makeCertificate('DNS:other.example');
const closers: (() => Promise<unknown>)[] = [];

/** A relay that offers STARTTLS with a certificate, and its port. */
async function tlsRelay({ key, cert }: { key: string; cert: string }): Promise<number> {
  const server = new SMTPServer({ key, cert, authOptional: true, logger: false, disableReverseLookup: true });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let goodTls: number;
let strangeTls: number;
let nowhere: number;
beforeAll(async () => {
  database = await testDatabase();
  await database.db.$client.query(
    `create table delivery_2026_05 partition of delivery for values from ('2026-05-01') to ('2026-06-01')`,
  );
  relay = await faultServer({
    login: (line) => line === `AUTH PLAIN ${btoa('\0user\0right')}`,
    extensions: ['AUTH PLAIN'],
  });
  site = await liveSite(certificate);
  [goodTls, strangeTls, nowhere] = await Promise.all([tlsRelay(certificate), tlsRelay(elsewhere), closedPort()]);
  if (findProgram('redis-server')) redis = await testRedis();
});
afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
  for (const one of [database, relay, site, redis]) await one?.[Symbol.asyncDispose]();
});

const digest = (world: World, state: string, minutesAgo: number) =>
  world.sql(
    `insert into digest (digest_date, kind, state, frozen_at) values ('2026-05-29', 'digest', $1, $2)`,
    state,
    at(-minutesAgo),
  );
const deliveries = (world: World, count: number, state: string) =>
  world.sql(
    `insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, frozen_at, updated_at)
     select '2026-05-29', 'digest', i, 1, '2026-05-28', $2, case $2 when 'unknown' then 'lost' end, $3, $3
     from generate_series(1, $1::int) i`,
    count,
    state,
    NOON,
  );
const heard = (world: World, count: number, kind: string) =>
  world.sql(
    `insert into feedback (key, subscriber_id, kind, permanent, reason, via, heard_at)
     select $2 || i, i, $2, true, 'unknown-user', 'inbound', $3 from generate_series(1, $1::int) i`,
    count,
    kind,
    NOON,
  );

const FAULTS: Fault[] = [
  // The DNS, at a name server on loopback.
  {
    what: 'no SPF record',
    check: 'spf',
    says: /papers\.example has no SPF/,
    remedy: /v=spf1 ip4:198\.51\.100\.25 ~all/,
    plant: (w) => records(w.zone, 'bounce.papers.example', { txt: [] }),
  },
  {
    what: 'two SPF records',
    check: 'spf',
    says: /2 SPF records/,
    remedy: /Leave one/,
    plant: (w) => records(w.zone, 'bounce.papers.example', { txt: ['v=spf1 -all', 'v=spf1 a -all'] }),
  },
  {
    what: 'SPF that lets all send',
    check: 'spf',
    says: /every machine/,
    remedy: /-all instead/,
    plant: spf('v=spf1 +all'),
  },
  {
    what: 'SPF that lets none send',
    check: 'spf',
    says: /no machine/,
    remedy: /Name your relay/,
    plant: spf('v=spf1 -all'),
  },
  {
    what: 'SPF without our address',
    check: 'spf',
    says: /does not name 198\.51\.100\.25/,
    remedy: /ip4:198\.51\.100\.25/,
    plant: spf('v=spf1 ip4:203.0.113.9 -all'),
  },
  {
    what: 'SPF with a slip',
    check: 'spf',
    says: /"ipv4:198\.51\.100\.25" is no term/,
    remedy: /Correct/,
    plant: spf('v=spf1 ipv4:198.51.100.25 -all'),
  },
  {
    what: 'SPF of too many look-ups',
    check: 'spf',
    says: /12 look-ups/,
    remedy: /Remove an include/,
    plant: (w) => {
      records(w.zone, 'papers.example', {
        txt: [
          `v=spf1 ip4:198.51.100.25 ${Array.from({ length: 11 }, (_, i) => `include:i${i}.example`).join(' ')} -all`,
        ],
      });
      for (let i = 0; i < 11; i++) w.zone[`i${i}.example`] = { txt: ['v=spf1 ip4:203.0.113.1 -all'] };
    },
  },
  {
    what: 'SPF whose include is gone',
    check: 'spf',
    says: /gone\.example.*no SPF record/,
    remedy: /Correct or remove/,
    plant: spf('v=spf1 ip4:198.51.100.25 include:gone.example -all'),
  },
  {
    what: 'SPF of names that are gone',
    check: 'spf',
    says: /3 look-ups .* find nothing/,
    remedy: /Remove the names/,
    plant: spf('v=spf1 ip4:198.51.100.25 a:x.example a:y.example mx:z.example -all'),
  },
  {
    what: 'SPF that is neutral',
    check: 'spf',
    verdict: 'look',
    says: /nothing of other machines/,
    remedy: /-all/,
    plant: spf('v=spf1 ip4:198.51.100.25 ?all'),
  },
  {
    what: 'no RSA key',
    check: 'dkim-rsa',
    says: /no key at r1\._domainkey/,
    remedy: /Publish the record/,
    plant: dkim('r1', () => []),
  },
  {
    what: 'an expired RSA key',
    check: 'dkim-rsa',
    says: /revoked/,
    remedy: /new selectors/,
    plant: dkim('r1', () => ['v=DKIM1; k=rsa; p=']),
  },
  {
    what: 'another RSA key',
    check: 'dkim-rsa',
    says: /another key/,
    remedy: /DKIM_SELECTOR/,
    plant: dkim('r1', (text) => [text.replace(/p=..../, 'p=QUFB')]),
  },
  {
    what: 'two RSA keys',
    check: 'dkim-rsa',
    says: /several keys/,
    remedy: /Leave one/,
    plant: dkim('r1', (text) => [text, 'v=DKIM1; p=QUFB']),
  },
  {
    what: 'an RSA key for SHA-1',
    check: 'dkim-rsa',
    says: /does not allow/,
    remedy: /h= and s=/,
    plant: dkim('r1', (text) => [text.replace('k=rsa', 'h=sha1; k=rsa')]),
  },
  {
    what: 'an RSA key under test',
    check: 'dkim-rsa',
    verdict: 'look',
    says: /tried out/,
    remedy: /t=y/,
    plant: dkim('r1', (text) => [text.replace('k=rsa', 't=y; k=rsa')]),
  },
  {
    what: 'no Ed25519 key',
    check: 'dkim-ed25519',
    says: /no key at e1\._domainkey/,
    remedy: /Publish/,
    plant: dkim('e1', () => []),
  },
  {
    what: 'no DMARC record',
    check: 'dmarc',
    says: /no DMARC record/,
    remedy: /_dmarc\.papers\.example/,
    plant: dmarc(),
  },
  {
    what: 'two DMARC records',
    check: 'dmarc',
    says: /2 DMARC records/,
    remedy: /Leave one/,
    plant: dmarc('v=DMARC1; p=reject', 'v=DMARC1; p=none'),
  },
  {
    what: 'DMARC without a policy',
    check: 'dmarc',
    says: /names no policy/,
    remedy: /p=none/,
    plant: dmarc('v=DMARC1; p=all'),
  },
  {
    what: 'DMARC that lets pass',
    check: 'dmarc',
    verdict: 'look',
    says: /policy is none/,
    remedy: /p=quarantine/,
    plant: dmarc('v=DMARC1; p=none; rua=mailto:d@papers.example'),
  },
  {
    what: 'DMARC with pct',
    check: 'dmarc',
    verdict: 'look',
    says: /pct/,
    remedy: /Remove pct/,
    plant: dmarc('v=DMARC1; p=quarantine; pct=20'),
  },
  {
    what: 'DMARC under test',
    check: 'dmarc',
    verdict: 'look',
    says: /tried out/,
    remedy: /t=y/,
    plant: dmarc('v=DMARC1; p=reject; t=y'),
  },
  {
    what: 'a signature and a return path of others',
    check: 'alignment',
    says: /neither the signature of other\.example/,
    remedy: /DKIM_DOMAIN to papers\.example/,
    also: ['bounce-domain', 'spf'],
    plant: (w) => {
      w.env['BOUNCE_DOMAIN'] = 'b.other.example';
      w.deps.signing = { domain: 'other.example', keys: [] };
    },
  },
  {
    what: 'strict alignment with a return path below',
    check: 'alignment',
    verdict: 'look',
    says: /return path bounce\.papers\.example/,
    remedy: /BOUNCE_DOMAIN/,
    plant: dmarc('v=DMARC1; p=reject; aspf=s'),
  },
  {
    what: 'no PTR',
    check: 'ptr',
    says: /no PTR record/,
    remedy: /hosting/,
    plant: (w) => delete w.zone['25.100.51.198.in-addr.arpa'],
  },
  {
    what: 'a PTR that does not lead back',
    check: 'ptr',
    says: /does not lead back/,
    remedy: /A or AAAA/,
    plant: (w) => records(w.zone, '25.100.51.198.in-addr.arpa', { ptr: ['host.example'] }),
  },
  {
    what: 'no MX for bounces',
    check: 'bounce-domain',
    says: /no MX/,
    remedy: /Publish an MX/,
    plant: (w) => records(w.zone, 'bounce.papers.example', { mx: [] }),
  },
  {
    what: 'an MX for bounces without an address',
    check: 'bounce-domain',
    says: /has no address/,
    remedy: /Correct the MX/,
    plant: (w) => records(w.zone, 'bounce.papers.example', { mx: [{ exchange: 'gone.papers.example', priority: 1 }] }),
  },
  {
    what: 'a sender that takes no mail',
    check: 'sender-domain',
    says: /takes no mail/,
    remedy: /MX record/,
    plant: (w) => records(w.zone, 'papers.example', { mx: [{ exchange: '', priority: 0 }] }),
  },
  {
    what: 'a DNS that knows nothing',
    check: 'dns',
    verdict: 'look',
    says: /cannot be asked/,
    remedy: /resolv\.conf/,
    plant: (w) => delete w.zone['com'],
  },
  // The relay and the site, both real.
  {
    what: 'a relay that is away',
    check: 'relay',
    says: /does not answer \(ECONNREFUSED\)/,
    remedy: /Start the relay/,
    patience: 15,
    plant: (w) => (w.env['SMTP_URL'] = `smtp://127.0.0.1:${nowhere}`),
  },
  {
    what: 'a relay without TLS',
    check: 'relay',
    says: /offers no TLS/,
    remedy: /STARTTLS/,
    patience: 15,
    plant: (w) => (w.env['SMTP_URL'] = `smtp://user:right@127.0.0.1:${relay.port}?tls=on`),
  },
  {
    what: 'a relay with the certificate of another',
    check: 'relay',
    says: /certificate of localhost.*cannot be trusted/,
    remedy: /Renew/,
    patience: 15,
    plant: (w) => {
      w.env['SMTP_URL'] = `smtp://localhost:${strangeTls}?tls=on`;
      w.deps.probeRelays = () =>
        probeRelays({ urls: [w.env['SMTP_URL']!], connections: 1, name: 'here', ca: elsewhere.cert });
    },
  },
  {
    what: 'a password that is wrong',
    check: 'relay',
    says: /does not let us in \(535\)/,
    remedy: /password in SMTP_URL/,
    patience: 15,
    plant: (w) => (w.env['SMTP_URL'] = `smtp://user:wrong@127.0.0.1:${relay.port}`),
  },
  {
    what: "a relay's certificate that ends tomorrow",
    check: 'relay-tls',
    says: /ends on \d{4}-/,
    remedy: /Renew it/,
    plant: (w) => {
      w.env['SMTP_URL'] = `smtp://localhost:${goodTls}?tls=on`;
      w.deps.probeRelays = async () =>
        (await probeRelays({ urls: [w.env['SMTP_URL']!], connections: 1, name: 'here', ca: certificate.cert })).map(
          (one) => ({
            ...one,
            // Its two days count from today, and the clock of the test is another.
            validUntil:
              one.validUntil && new Date(NOON.getTime() + (one.validUntil.getTime() - Date.now()) - 3_600_000),
          }),
        );
    },
  },
  {
    what: 'a listener that is away',
    check: 'inbound',
    says: /Nothing answers at port/,
    remedy: /INBOUND_PORT/,
    plant: (w) => (w.env['INBOUND_PORT'] = String(nowhere)),
  },
  {
    what: 'a proxy without a service behind it',
    check: 'site',
    says: /answers with 502/,
    remedy: /reverse proxy/,
    plant: () => (site.site.status = 502),
  },
  {
    what: "a site's certificate that no one vouches for",
    check: 'site',
    says: /certificate of https/,
    remedy: /Renew the certificate/,
    plant: (w) => (w.ca = elsewhere.cert),
  },
  // What goes on: rows of a real database.
  {
    what: 'a source that failed for a day',
    check: 'source:huggingface',
    says: /has failed since/,
    remedy: /It said: It is down.*SOURCES/,
    plant: (w) => w.sql(`update ingest_run set error = 'It is down', papers = 0 where started_at > $1`, at(-26 * 60)),
  },
  {
    what: 'a source that failed for an hour',
    check: 'source:huggingface',
    verdict: 'look',
    says: /has failed since/,
    remedy: /Nothing to do today/,
    plant: (w) => w.sql(`update ingest_run set error = 'It is down', papers = 0 where started_at > $1`, at(-60)),
  },
  {
    what: 'a source that is not asked',
    check: 'source:huggingface',
    says: /was not asked since/,
    remedy: /scheduler/,
    plant: (w) => w.sql(`delete from ingest_run where started_at > $1`, at(-31 * 60)),
  },
  {
    what: 'a source that cannot be read any more',
    check: 'source:huggingface',
    verdict: 'look',
    says: /could not be read/,
    remedy: /upgrade/,
    plant: (w) => w.sql(`update ingest_run set papers = 3, skipped = 37 where started_at = $1`, NOON),
  },
  {
    what: 'no edition though papers came',
    check: 'edition',
    says: /no edition for 2026-05-29, though papers came/,
    remedy: /edition build/,
    plant: (w) => w.sql('delete from edition'),
  },
  {
    what: 'no papers for days',
    check: 'edition',
    says: /No new paper has come since 2026-05-2/,
    remedy: /paperboy ingest/,
    plant: (w) => w.sql(`update paper set first_seen_at = $1`, at(-5 * 24 * 60)),
  },
  {
    what: 'readers whose hour passed',
    check: 'digest',
    says: /No digest went out/,
    remedy: /worker/,
    plant: (w) => w.sql(`update subscriber set next_due_at = $1`, at(-180)),
  },
  {
    what: 'batches that no worker takes',
    check: 'digest',
    says: /1 batches wait|wait for a worker/,
    remedy: /worker/,
    plant: async (w) => {
      await digest(w, 'sending', 30);
      await w.sql(
        `insert into batch (digest_date, kind, state, created_at, due_at) values ('2026-05-29', 'digest', 'open', $1, $1)`,
        at(-30),
      );
    },
  },
  {
    what: 'a digest that reaches no reader',
    check: 'digest',
    says: /no reader has it/,
    remedy: /relay/,
    plant: async (w) => {
      await digest(w, 'sending', 180);
      await deliveries(w, 40, 'deferred');
    },
  },
  {
    what: 'a paused digest',
    check: 'digest',
    verdict: 'look',
    says: /is paused/,
    remedy: /digest resume --date 2026-05-29/,
    plant: (w) => digest(w, 'paused', 30),
  },
  {
    what: 'a worker that stopped',
    check: 'workers',
    says: /No job was done since.*No worker runs/,
    remedy: /Start "paperboy worker"/,
    plant: (w) => {
      w.sweeps = false;
      w.alive = ['scheduler'];
    },
  },
  {
    what: 'a scheduler that stopped',
    check: 'workers',
    says: /nothing gives it work/,
    remedy: /paperboy scheduler/,
    plant: (w) => {
      w.sweeps = false;
      w.alive = ['worker'];
    },
  },
  {
    what: 'a clock that is ahead',
    check: 'clock',
    says: /10 minutes ahead/,
    remedy: /NTP/,
    plant: (w) => (w.skewMs = 600_000),
  },
  {
    what: 'a clock that is behind by a minute',
    check: 'clock',
    verdict: 'look',
    says: /60 seconds behind/,
    remedy: /NTP/,
    plant: (w) => (w.skewMs = -60_000),
  },
  {
    what: 'complaints of more than one in a thousand',
    check: 'complaints',
    says: /4 of 2,000 deliveries/,
    remedy: /did not ask/,
    plant: async (w) => {
      await deliveries(w, 2000, 'accepted');
      await heard(w, 4, 'complaint');
    },
  },
  {
    what: 'mail that comes back',
    check: 'bounces',
    verdict: 'look',
    says: /6 of 40 readers/,
    remedy: /audit/,
    plant: (w) => heard(w, 6, 'hard'),
  },
  {
    what: 'deliveries that wait for a word',
    check: 'unknown',
    says: /7 deliveries/,
    remedy: /digest unknown --date 2026-05-29/,
    plant: async (w) => {
      w.env['ON_UNKNOWN'] = 'hold';
      await deliveries(w, 7, 'unknown');
    },
  },
  {
    what: 'a full disk',
    check: 'disk',
    says: /39\.8|40 of 40 GB/,
    remedy: /Free some room/,
    plant: (w) => (w.deps.disk = async () => ({ total: 40e9, free: 0.2e9 })),
  },
  {
    what: 'a disk that fills',
    check: 'disk',
    verdict: 'look',
    says: /3\.0 are free/,
    remedy: /Free some room/,
    plant: (w) => (w.deps.disk = async () => ({ total: 40e9, free: 3e9 })),
  },
  {
    what: 'a backup that failed',
    check: 'backup',
    says: /failed: No room was left/,
    remedy: /paperboy backup/,
    plant: (w) => (w.deps.lastBackup = async () => ({ at: at(-60), ok: false, words: 'No room was left.' })),
  },
  {
    what: 'backups that stopped',
    check: 'backup',
    says: /3 days old/,
    remedy: /each night/,
    plant: (w) => (w.deps.lastBackup = async () => ({ at: at(-3 * 24 * 60), ok: true, words: 'Proved.' })),
  },
  {
    what: 'a queue that is away',
    check: 'queue',
    says: /does not answer/,
    remedy: /Redis/,
    plant: (w) => (w.deps.waiting = () => Promise.reject(new Error('away'))),
  },
  {
    what: 'a secret of an example',
    check: 'secret-key',
    says: /can be guessed/,
    remedy: /openssl rand/,
    plant: (w) => (w.env['SECRET_KEY'] = 'change-me-change-me-change-me-change-me'),
  },
  {
    what: 'mail from localhost',
    check: 'mail-from',
    says: /from localhost/,
    remedy: /MAIL_FROM/,
    also: ['dmarc', 'alignment', 'sender-domain'],
    plant: (w) => (w.env['MAIL_FROM'] = 'papers@localhost'),
  },
];
if (findProgram('redis-server'))
  FAULTS.push({
    what: 'a Redis that throws jobs away',
    check: 'redis',
    says: /allkeys-lru/,
    remedy: /noeviction/,
    plant: (w) => {
      w.deps.readRedis = async () => {
        await redisSays(redis!.url, 'CONFIG SET maxmemory-policy allkeys-lru');
        try {
          return { ...(await readRedisFacts(redis!.url)), persists: true };
        } finally {
          await redisSays(redis!.url, 'CONFIG SET maxmemory-policy noeviction');
        }
      };
    },
  });

/** Says one line to a Redis, and waits for its answer. */
async function redisSays(url: string, line: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${line}\r\n`);
  await once(socket, 'data');
  socket.destroy();
}

const zone: World['zone'] = {};
let dns: Awaited<ReturnType<typeof dnsServer>>;
beforeAll(async () => {
  dns = await dnsServer(zone as Zone, { complete: true });
});
afterAll(() => dns[Symbol.asyncDispose]());

/** A sound world, with a clock that a test turns. */
async function soundWorld() {
  const { db } = database;
  await soundRows(db);
  for (const name of Object.keys(zone)) delete zone[name];
  Object.assign(zone, soundZone());
  site.site.status = 200;
  let now = NOON;
  const told: { check: string; at: Date }[] = [];
  const world: World = {
    env: { SMTP_URL: `smtp://user:right@127.0.0.1:${relay.port}`, PUBLIC_URL: site.url },
    zone,
    deps: {},
    ca: certificate.cert,
    sweeps: true,
    alive: ['worker', 'scheduler'],
    skewMs: 0,
    sql: (text, ...values) => db.$client.query(text, values),
  };
  const deps = (): LookDeps => {
    const config: Config = soundConfig(world.env);
    return {
      config,
      db,
      now: () => now,
      sources: [{ name: 'huggingface' }],
      signing: { domain: 'papers.example', keys: KEYS },
      probeRelays: () => probeRelays({ urls: config.smtpUrls, connections: 1, name: 'here' }),
      waiting: async () => ({ work: 1, deliver: 0 }),
      readRedis: redis && (() => readRedisFacts(redis!.url).then((facts) => ({ ...facts, persists: true }))),
      lastBackup: async () => ({ at: at(-5 * 60), ok: true, words: 'Proved.' }),
      disk: async () => ({ total: 40e9, free: 20e9 }),
      // The clock of the test stands elsewhere; what is measured is the machine's.
      ahead: async () => (await clockAhead({ db, now: () => new Date() })) + world.skewMs,
      dns: dns.resolver,
      addresses: [ADDRESS],
      retryMs: 10,
      ...(world.ca ? { ca: world.ca } : {}),
      ...world.deps,
    };
  };
  return {
    world,
    told,
    async turn(minutes: number) {
      now = at(minutes);
      if (world.sweeps) await beat(db, 'sweep', now);
      for (const role of world.alive) await beat(db, `process ${role} here 1`, now);
      await watchOnce({
        db,
        now: () => now,
        log: silent,
        lookNear: () => lookNear(deps()),
        lookFar: () => lookFar(deps()),
        lookOwn: () => lookOwn(deps()),
        tell: async ({ sentence }) => {
          const cause = (await findingsNow(db)).find((one) => sentence === one.sentence);
          told.push({ check: cause?.check ?? sentence, at: now });
          return true;
        },
        morning: null,
        roles: [],
        id: 'test',
      });
      return findingsNow(db);
    },
  };
}

describe('a sound installation', () => {
  test('has only checks that are well, and no mail is written', async () => {
    const { turn, told } = await soundWorld();
    const findings = await turn(0);
    expect(findings.filter(({ verdict }) => verdict !== 'well')).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
    expect(told).toEqual([]);
  });
});

describe('planted faults', () => {
  const named: string[] = [];
  const missed: string[] = [];
  const minutes: number[] = [];

  test.each(FAULTS)(
    '$what',
    async ({ what, check, verdict = 'mend', says, remedy, plant, also = [], patience = 0 }) => {
      const { world, turn, told } = await soundWorld();
      await turn(0);
      await plant(world);
      // A far look has been made just before: the next is four minutes away.
      let findings = await turn(1);
      let minute = 1;
      const isSeen = () => findings.some((one) => one.check === check && one.verdict === verdict);
      const isTold = () => told.some((one) => one.check === check);
      // Between two far looks nothing changes, so those turns need not be made.
      const turns = isSeen() ? [2, 3, 4, 5, 6] : [3, 4, 5, 8, 12, 16, 19, 20, 21];
      for (const next of turns) {
        if (verdict === 'mend' ? isTold() : isSeen()) break;
        minute = next;
        findings = await turn(minute);
      }
      const found = findings.find((one) => one.check === check);
      missed.push(what);
      expect(found).toMatchObject({
        verdict,
        sentence: expect.stringMatching(says),
        remedy: expect.stringMatching(remedy),
      });
      expect(findings.filter((one) => one.verdict !== 'well' && ![check, ...also].includes(one.check))).toEqual([]);
      if (verdict === 'mend') {
        expect(isTold()).toBe(true);
        expect(minute - patience).toBeLessThanOrEqual(5);
        minutes.push(minute - patience);
      } else expect(told).toEqual([]);
      missed.pop();
      named.push(what);
    },
  );

  test('are named rightly, and told in time', () => {
    const sorted = minutes.toSorted((a, b) => a - b);
    console.log(
      `named rightly with the remedy: ${named.length} of ${FAULTS.length}; told ${minutes.length}, after ` +
        `${sorted[Math.floor(sorted.length / 2)]} minutes (median), ${sorted.at(-1)} (longest)`,
    );
    expect(FAULTS.length).toBeGreaterThanOrEqual(40);
    expect(missed).toEqual([]);
  });
});
