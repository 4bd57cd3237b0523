import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../../src/config.ts';
import type { SigningKey } from '../../src/mail/dkim/keys.ts';
import { recordText } from '../../src/mail/dkim/records.ts';
import type { Db } from '../../src/db/client.ts';
import { empty } from '../support/database.ts';
import type { Zone } from '../support/dns-server.ts';

/** A moment of a day on which all is well: four hours after the edition's. */
export const NOON = new Date('2026-05-29T08:30:00Z');
export const at = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

export const ADDRESS = '198.51.100.25';
const keyOf = (type: SigningKey['type'], selector: string): SigningKey => {
  const pair = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return { type, selector, ...pair };
};
export const KEYS = [keyOf('rsa', 'r1'), keyOf('ed25519', 'e1')] as const;

/** The DNS of an installation at which nothing is wrong. */
export const soundZone = (): Zone => ({
  com: { ns: ['a.gtld-servers.net'] },
  'papers.example': {
    txt: ['v=spf1 ip4:198.51.100.0/24 include:_spf.relay.example -all', 'unrelated'],
    a: ['203.0.113.80'],
    mx: [{ exchange: 'mail.papers.example', priority: 10 }],
  },
  '_spf.relay.example': { txt: ['v=spf1 a:out.relay.example ip6:2001:db8::/32 ~all'] },
  'out.relay.example': { a: ['203.0.113.7'] },
  'bounce.papers.example': {
    txt: ['v=spf1 redirect=papers.example'],
    mx: [{ exchange: 'mail.papers.example', priority: 10 }],
  },
  'mail.papers.example': { a: [ADDRESS] },
  'r1._domainkey.papers.example': { txt: [recordText('rsa', KEYS[0].publicKey)] },
  'e1._domainkey.papers.example': { txt: [recordText('ed25519', KEYS[1].publicKey)] },
  '_dmarc.papers.example': { txt: ['v=DMARC1; p=quarantine; rua=mailto:d@papers.example'] },
  '25.100.51.198.in-addr.arpa': { ptr: ['mail.papers.example'] },
});

/** What such an installation is configured by, beside its relay. */
export const soundConfig = (env: Record<string, string>) =>
  loadConfig({
    DATABASE_URL: 'postgres://unused',
    SECRET_KEY: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c',
    MAIL_FROM: 'Papers <papers@papers.example>',
    POSTAL_ADDRESS: '1 Print Lane',
    BOUNCE_DOMAIN: 'bounce.papers.example',
    WEBHOOK_KEYS: 'postmark=secret',
    ALERT_TO: 'ops@papers.example',
    SOURCES: 'huggingface',
    ...env,
  });

/** A site that says that it lives, under a certificate; its answer can be changed. */
export async function liveSite({ key, cert }: { key: string; cert: string }) {
  const site = { status: 200 };
  const server = createServer({ key, cert }, (_request, response) => {
    response.writeHead(site.status).end('{"status":"ok"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    site,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The rows of a service that has run for days and did all of today's work. */
export async function soundRows(db: Db): Promise<void> {
  await empty(
    db,
    'heartbeat',
    'alert',
    'health_finding',
    'ingest_run',
    'edition',
    'paper',
    'subscriber',
    'batch',
    'digest',
    'delivery',
    'feedback',
    'brake',
  );
  await db.$client.query(
    `insert into heartbeat (name, began_at, seen_at)
     select name, $1::timestamptz - interval '3 days', $1
     from unnest(array['watch', 'sweep', 'process worker here 1', 'process scheduler here 2']) name`,
    [NOON],
  );
  await db.$client.query(
    `insert into ingest_run (source, as_of, started_at, finished_at, papers, skipped)
     select 'huggingface', t, t, t, 40, 0
     from generate_series($1::timestamptz - interval '2 days', $1, interval '30 minutes') t`,
    [NOON],
  );
  await db.$client.query(
    `insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at)
     values ('arxiv:2605.00001', 'huggingface', 'T', 'A', '{}', $1::timestamptz - interval '6 hours', '{}', '{}', $1)`,
    [NOON],
  );
  await db.$client.query(
    `insert into edition (edition_date, topic, frozen_at) values ('2026-05-29', 'all', '2026-05-29T04:00:01Z')`,
  );
  await db.$client.query(
    `insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
     values ('2026-05-29', 'all', 1, 'arxiv:2605.00001', 1, '{}')`,
  );
  await db.$client.query(
    `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, next_due_at)
     select 'reader' || i || '@example.org', 'active', '{all}', 'daily', 'UTC', 8, $1, $1::timestamptz + interval '23 hours'
     from generate_series(1, 40) i`,
    [NOON],
  );
}
