import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FEATURE_GROUPS } from '../src/ranking/features.ts';
import { type Config, loadConfig, SECRETS } from '../src/config.ts';

const ROOT = path.join(import.meta.dirname, '..');
const KEY = 'k'.repeat(32);
type Env = Record<string, string>;
const OAUTH = {
  SMTP_URL: 'smtp://u@m?auth=oauth2',
  SMTP_OAUTH_CLIENT_ID: 'client',
  SMTP_OAUTH_REFRESH_TOKEN: 'refresh',
  SMTP_OAUTH_TOKEN_URL: 'https://login.example/token',
};
const GRANT = {
  clientId: 'client',
  clientSecret: null,
  refreshToken: 'refresh',
  tokenUrl: 'https://login.example/token',
};

const TRACED = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

/** What has to be set so that a secret is asked for. */
const ASKED_WITH: Record<string, Env> = {
  SMTP_OAUTH_CLIENT_SECRET: { ...OAUTH },
  SMTP_OAUTH_REFRESH_TOKEN: { ...OAUTH, SMTP_OAUTH_REFRESH_TOKEN: '' },
  SUMMARY_API_KEY: { SUMMARY_API_URL: 'http://127.0.0.1:9', SUMMARY_MODEL: 'm' },
  OTEL_EXPORTER_OTLP_HEADERS: { ...TRACED },
};

/**
 * A value for every variable that it takes, what that makes of the configuration, and values that
 * it must refuse.
 */
const VARIABLES: Record<
  string,
  { default: Partial<Config>; valid: [Env | string, Partial<Config>][]; wrong: (Env | string)[] }
> = {
  DATABASE_URL: {
    default: { databaseUrl: null },
    valid: [
      [{ DATABASE_URL: 'postgres://u:p@db/x', SECRET_KEY: KEY }, { databaseUrl: 'postgres://u:p@db/x' }],
      [
        { DATABASE_URL: 'postgresql:///x?host=/run/pg', SECRET_KEY: KEY },
        { databaseUrl: 'postgresql:///x?host=/run/pg' },
      ],
    ],
    wrong: [
      { DATABASE_URL: 'mysql://db/x', SECRET_KEY: KEY },
      { DATABASE_URL: 'db', SECRET_KEY: KEY },
      { DATABASE_URL: 'postgres:///x', SECRET_KEY: KEY },
      { DATABASE_URL: 'postgres://u:100%@db/x', SECRET_KEY: KEY },
    ],
  },
  REDIS_URL: {
    default: { redisUrl: null },
    valid: [
      ['redis://r:6379', { redisUrl: 'redis://r:6379' }],
      ['rediss://r', { redisUrl: 'rediss://r' }],
    ],
    wrong: ['http://r', 'r:6379'],
  },
  SMTP_URL: {
    default: { smtpUrls: [] },
    valid: [
      ['smtp://u:p%40@m:587?tls=off', { smtpUrls: ['smtp://u:p%40@m:587?tls=off'] }],
      ['smtps://a, smtp://b', { smtpUrls: ['smtps://a', 'smtp://b'] }],
      ['sendmail:', { smtpUrls: ['sendmail:'] }],
      [
        'sendmail:///usr/bin/msmtp?args=-a%20papers',
        { smtpUrls: ['sendmail:///usr/bin/msmtp?args=-a%20papers'], smtpOauth: null },
      ],
    ],
    wrong: [
      'mail.example.org',
      'http://m',
      'smtp://',
      'smtp://u:50%@m',
      'smtp://a,ftp://b',
      'sendmail:usr/bin/msmtp',
      'sendmail://host/usr/bin/msmtp',
      'sendmail:, smtp://b',
      'smtp://u@m?auth=ntlm',
      { ...OAUTH, SMTP_URL: 'smtp://m?auth=oauth2' },
    ],
  },
  SMTP_PROXY: {
    default: { smtpProxy: null },
    valid: [
      ['socks5://u:p@proxy:1080', { smtpProxy: 'socks5://u:p@proxy:1080' }],
      [{ SMTP_PROXY: 'http://proxy:3128', SMTP_URL: 'smtps://a' }, { smtpProxy: 'http://proxy:3128' }],
    ],
    wrong: ['proxy:1080', 'https://proxy', 'socks4://proxy', { SMTP_PROXY: 'http://proxy', SMTP_URL: 'sendmail:' }],
  },
  SMTP_OAUTH_CLIENT_ID: {
    default: { smtpOauth: null },
    valid: [[OAUTH, { smtpUrls: ['smtp://u@m?auth=oauth2'], smtpOauth: GRANT }]],
    wrong: [{ ...OAUTH, SMTP_OAUTH_CLIENT_ID: '' }],
  },
  SMTP_OAUTH_CLIENT_SECRET: {
    default: {},
    valid: [
      [{ ...OAUTH, SMTP_OAUTH_CLIENT_SECRET: 'secret' }, { smtpOauth: { ...GRANT, clientSecret: 'secret' } }],
      // Without a relay that wants it, nothing is done with it.
      ['secret', { smtpOauth: null }],
    ],
    wrong: [],
  },
  SMTP_OAUTH_REFRESH_TOKEN: { default: {}, valid: [], wrong: [{ ...OAUTH, SMTP_OAUTH_REFRESH_TOKEN: '' }] },
  SMTP_OAUTH_TOKEN_URL: {
    default: {},
    valid: [
      [
        { ...OAUTH, SMTP_OAUTH_TOKEN_URL: 'http://127.0.0.1:9/token' },
        { smtpOauth: { ...GRANT, tokenUrl: 'http://127.0.0.1:9/token' } },
      ],
    ],
    wrong: ['', 'http://login.example/token', 'login.example'].map((url) => ({ ...OAUTH, SMTP_OAUTH_TOKEN_URL: url })),
  },
  MAILBOX_SMTP_PORT: {
    default: { mailbox: { smtpPort: 1025, httpPort: 1080 } },
    valid: [['2525', { mailbox: { smtpPort: 2525, httpPort: 1080 } }]],
    wrong: ['65536', '-1', 'x', '25.5', '0x19'],
  },
  MAILBOX_HTTP_PORT: {
    default: {},
    valid: [['8080', { mailbox: { smtpPort: 1025, httpPort: 8080 } }]],
    wrong: ['99999'],
  },
  PAPERBOY_DATA: {
    default: { dataDir: path.join(ROOT, '.paperboy'), dataDirGiven: false },
    valid: [['/var/lib/paperboy', { dataDir: '/var/lib/paperboy', dataDirGiven: true }]],
    wrong: [],
  },
  PUBLIC_URL: {
    default: { publicUrl: 'http://localhost:3000' },
    valid: [
      [
        'https://papers.example/',
        { publicUrl: 'https://papers.example', mailFrom: { name: null, address: 'paperboy@papers.example' } },
      ],
      ['https://x.example/papers//', { publicUrl: 'https://x.example/papers' }],
    ],
    wrong: [
      'papers.example',
      'ftp://papers.example',
      'https://',
      'https://papers.example/?a=b',
      'https://papers.example/#a',
      'https://me:pw@papers.example',
    ],
  },
  HOST: { default: { host: '127.0.0.1' }, valid: [['0.0.0.0', { host: '0.0.0.0' }]], wrong: [] },
  PORT: {
    default: { port: 3000 },
    valid: [
      ['8080', { port: 8080, publicUrl: 'http://localhost:8080' }],
      ['0', { port: 0 }],
    ],
    wrong: ['65536', '80a', '3e3', '-1', '1.5'],
  },
  METRICS_PORT: { default: { metricsPort: null }, valid: [['9464', { metricsPort: 9464 }]], wrong: ['65536', 'on'] },
  TRUST_PROXY: {
    default: { trustProxy: false },
    valid: [
      ['true', { trustProxy: true }],
      ['FALSE', { trustProxy: false }],
    ],
    wrong: ['yes', '1'],
  },
  SECRET_KEY: {
    default: { secretKeys: [] },
    valid: [
      [`${KEY},${'o'.repeat(64)}`, { secretKeys: [KEY, 'o'.repeat(64)] }],
      [`, ${KEY} ,`, { secretKeys: [KEY] }],
    ],
    wrong: ['short', `${KEY},short`, { DATABASE_URL: 'postgres://db/x' }],
  },
  MAIL_FROM: {
    default: { mailFrom: { name: null, address: 'paperboy@localhost' } },
    valid: [
      ['Die Zeitung <z@example.org>', { mailFrom: { name: 'Die Zeitung', address: 'z@example.org' } }],
      ['"A, B" <z@example.org>', { mailFrom: { name: 'A, B', address: 'z@example.org' } }],
      ['z+x@example.org', { mailFrom: { name: null, address: 'z+x@example.org' } }],
      [
        '"Ada \\"the Countess\\" L." <a@b.example>',
        { mailFrom: { name: 'Ada "the Countess" L.', address: 'a@b.example' } },
      ],
      ['"a <b> \\\\ c" <a@b.example>', { mailFrom: { name: 'a <b> \\ c', address: 'a@b.example' } }],
      ['Bücher <post@bücher.example>', { mailFrom: { name: 'Bücher', address: 'post@xn--bcher-kva.example' } }],
      ['<z@example.org>', { mailFrom: { name: null, address: 'z@example.org' } }],
    ],
    wrong: [
      'nobody',
      'A <a@b@c>',
      'a@example.org, b@example.org',
      'A <a@example.org> <b@example.org>',
      'A\r\nBcc: x@example.org <a@example.org>',
      'a b@example.org',
      'ä@example.org',
      'a@exa_mple.org',
    ],
  },
  SITE_NAME: {
    default: { siteName: null },
    valid: [[' Kiel “Preprints” ', { siteName: 'Kiel “Preprints”' }]],
    wrong: ['x'.repeat(61), 'two\nlines'],
  },
  TEMPLATES_DIR: {
    default: { templatesDir: null },
    valid: [['/etc/paperboy/templates/', { templatesDir: '/etc/paperboy/templates' }]],
    wrong: [],
  },
  NOTICE_FROM: {
    default: { noticeFrom: { name: null, address: 'paperboy@localhost' } },
    valid: [
      ['Die Post <p@example.org>', { noticeFrom: { name: 'Die Post', address: 'p@example.org' } }],
      ['p@example.org', { noticeFrom: { name: null, address: 'p@example.org' } }],
    ],
    wrong: ['nobody', 'A <p@>'],
  },
  WEBHOOK_KEYS: {
    default: { webhookKeys: { ses: [], sendgrid: [], postmark: [], mailgun: [], brevo: [] } },
    valid: [
      [
        'mailgun=a=b, mailgun=c,SES=arn:aws:sns:eu-west-1:1:b',
        {
          webhookKeys: {
            ses: ['arn:aws:sns:eu-west-1:1:b'],
            sendgrid: [],
            postmark: [],
            mailgun: ['a=b', 'c'],
            brevo: [],
          },
        },
      ],
    ],
    wrong: ['mailgun', 'mailgun=', 'acme=key'],
  },
  INBOUND_PORT: {
    default: { inbound: null },
    valid: [
      [
        { INBOUND_PORT: '2525', BOUNCE_DOMAIN: 'b.example.org' },
        { inbound: { port: 2525, host: '127.0.0.1', protocol: 'smtp' } },
      ],
    ],
    wrong: [{ INBOUND_PORT: 'x', BOUNCE_DOMAIN: 'b.example.org' }],
  },
  INBOUND_HOST: {
    default: {},
    valid: [
      [
        { INBOUND_PORT: '1', INBOUND_HOST: '::1', BOUNCE_DOMAIN: 'b.org' },
        { inbound: { port: 1, host: '::1', protocol: 'smtp' } },
      ],
    ],
    wrong: [],
  },
  INBOUND_PROTOCOL: {
    default: {},
    valid: [
      [
        { INBOUND_PORT: '1', INBOUND_PROTOCOL: 'LMTP', BOUNCE_DOMAIN: 'b.org' },
        { inbound: { port: 1, host: '127.0.0.1', protocol: 'lmtp' } },
      ],
    ],
    wrong: [{ INBOUND_PORT: '1', INBOUND_PROTOCOL: 'uucp', BOUNCE_DOMAIN: 'b.org' }],
  },
  IMAP_URL: {
    default: { imapUrl: null },
    valid: [['imaps://u:p@mail.example.org/Bounces', { imapUrl: 'imaps://u:p@mail.example.org/Bounces' }]],
    wrong: ['pop3://mail.example.org'],
  },
  ALERT_TO: {
    default: { alertTo: null },
    valid: [['ops@example.org', { alertTo: 'ops@example.org' }]],
    wrong: ['nobody'],
  },
  ALERT_SMTP_URL: {
    default: { alertSmtpUrl: null },
    valid: [
      [
        { ALERT_TO: 'ops@example.org', ALERT_SMTP_URL: 'smtps://u:p@other.example' },
        { alertSmtpUrl: 'smtps://u:p@other.example' },
      ],
    ],
    wrong: [{ ALERT_TO: 'ops@example.org', ALERT_SMTP_URL: 'other.example' }],
  },
  ALERT_MORNING: {
    default: { alertMorning: null },
    valid: [[{ ALERT_TO: 'ops@example.org', ALERT_MORNING: '07:30' }, { alertMorning: 450 }]],
    wrong: ['7', '24:00', { ALERT_TO: 'ops@example.org', ALERT_MORNING: '7:30' }],
  },
  POSTAL_ADDRESS: {
    default: { postalAddress: null },
    valid: [['1 Print Lane', { postalAddress: '1 Print Lane' }]],
    wrong: [],
  },
  BOUNCE_DOMAIN: {
    default: { bounceDomain: null },
    valid: [
      ['b.example.org', { bounceDomain: 'b.example.org' }],
      ['bücher.example', { bounceDomain: 'xn--bcher-kva.example' }],
    ],
    wrong: ['b example', 'x@b.example', 'b.example.org>', '-b.example', 'b..example'],
  },
  DKIM_DOMAIN: {
    default: { dkim: { domain: null, rsa: null, ed25519: null } },
    valid: [['example.org', { dkim: { domain: 'example.org', rsa: null, ed25519: null } }]],
    wrong: ['not a domain', 'localhost'],
  },
  DKIM_SELECTOR: {
    default: {},
    valid: [
      [
        { DKIM_DOMAIN: 'x.org', DKIM_SELECTOR: 's', DKIM_RSA_KEY_FILE: '/k' },
        { dkim: { domain: 'x.org', rsa: { selector: 's', keyFile: '/k' }, ed25519: null } },
      ],
    ],
    wrong: [
      { DKIM_DOMAIN: 'x.org', DKIM_RSA_KEY_FILE: '/k' },
      { DKIM_DOMAIN: 'x.org', DKIM_RSA_KEY_FILE: '/k', DKIM_SELECTOR: 'a;b' },
    ],
  },
  DKIM_RSA_KEY_FILE: { default: {}, valid: [], wrong: [{ DKIM_DOMAIN: 'x.org', DKIM_SELECTOR: 's' }] },
  DKIM_ED25519_SELECTOR: {
    default: {},
    valid: [
      [
        { DKIM_DOMAIN: 'x.org', DKIM_ED25519_SELECTOR: 'e', DKIM_ED25519_KEY_FILE: '/k' },
        { dkim: { domain: 'x.org', rsa: null, ed25519: { selector: 'e', keyFile: '/k' } } },
      ],
    ],
    wrong: [{ DKIM_DOMAIN: 'x.org', DKIM_ED25519_KEY_FILE: '/k' }],
  },
  DKIM_ED25519_KEY_FILE: { default: {}, valid: [], wrong: [{ DKIM_DOMAIN: 'x.org', DKIM_ED25519_SELECTOR: 's' }] },
  SMTP_CONNECTIONS: {
    default: { smtpConnections: 10 },
    valid: [['1', { smtpConnections: 1 }]],
    wrong: ['0', '1001', 'many'],
  },
  SMTP_RATE: { default: { smtpRate: null }, valid: [['5', { smtpRate: 5 }]], wrong: ['0', '0.5', 'fast'] },
  CHECK_MAIL_DOMAINS: {
    default: { checkMailDomains: true },
    valid: [['False', { checkMailDomains: false }]],
    wrong: ['no'],
  },
  ON_UNKNOWN: { default: { onUnknown: 'resend' }, valid: [['Hold', { onUnknown: 'hold' }]], wrong: ['ignore'] },
  LATE_HOURS: { default: { lateHours: 12 }, valid: [['24', { lateHours: 24 }]], wrong: ['0', '169', 'never'] },
  BACKUP_DIR: {
    default: { backups: null },
    valid: [['/srv/backups', { backups: { directory: '/srv/backups', keep: 7 } }]],
    wrong: [],
  },
  BACKUP_KEEP: {
    default: {},
    valid: [[{ BACKUP_DIR: '/b', BACKUP_KEEP: '30' }, { backups: { directory: '/b', keep: 30 } }]],
    wrong: ['0', 'all'],
  },
  SOURCES: {
    default: { sources: ['huggingface', 'arxiv'] },
    valid: [
      ['arxiv', { sources: ['arxiv'] }],
      [' arxiv , huggingface ', { sources: ['arxiv', 'huggingface'] }],
      [
        'github,hackernews,https://a.example/feed.xml',
        { sources: ['github', 'hackernews', 'https://a.example/feed.xml'] },
      ],
    ],
    wrong: ['arxive', 'arxiv;huggingface', 'ftp://a.example', 'https://'],
  },
  HUGGINGFACE_URL: {
    default: {},
    valid: [
      [
        'http://127.0.0.1:9/',
        {
          sourceUrls: {
            huggingface: 'http://127.0.0.1:9',
            arxivApi: 'https://export.arxiv.org',
            arxivRss: 'https://rss.arxiv.org',
            hackernews: 'https://hn.algolia.com',
            github: 'https://api.github.com',
          },
        },
      ],
    ],
    wrong: ['huggingface.co'],
  },
  ARXIV_API_URL: { default: {}, valid: [], wrong: ['file:///etc'] },
  ARXIV_RSS_URL: { default: {}, valid: [], wrong: ['rss'] },
  HACKER_NEWS_URL: { default: {}, valid: [], wrong: ['news'] },
  GITHUB_URL: { default: {}, valid: [], wrong: ['git@github.com'] },
  EDITION_HOUR: {
    default: { editionHour: 4 },
    valid: [
      ['0', { editionHour: 0 }],
      ['23', { editionHour: 23 }],
    ],
    wrong: ['24', '4:00'],
  },
  RANKING_WITHOUT: {
    default: { rankingWithout: [] },
    valid: [
      ['authors, submitter', { rankingWithout: ['authors', 'submitter'] }],
      [FEATURE_GROUPS.join(), { rankingWithout: FEATURE_GROUPS }],
    ],
    wrong: ['names', 'authors;submitter'],
  },
  SUMMARY_API_URL: {
    default: { summary: null },
    valid: [
      [
        { SUMMARY_API_URL: 'http://127.0.0.1:9/v1/', SUMMARY_MODEL: 'm', SUMMARY_API_KEY: 'k', SUMMARY_DAILY: '7' },
        { summary: { url: 'http://127.0.0.1:9/v1', key: 'k', model: 'm', daily: 7 } },
      ],
    ],
    wrong: [{ SUMMARY_API_URL: 'file:///etc', SUMMARY_MODEL: 'm' }],
  },
  SUMMARY_API_KEY: { default: {}, valid: [], wrong: [] },
  SUMMARY_MODEL: { default: {}, valid: [], wrong: [{ SUMMARY_API_URL: 'http://127.0.0.1:9/v1' }] },
  SUMMARY_DAILY: {
    default: {},
    valid: [],
    wrong: [{ SUMMARY_API_URL: 'http://127.0.0.1:9/v1', SUMMARY_MODEL: 'm', SUMMARY_DAILY: 'many' }],
  },
  ADMIN_TOKEN: { default: { adminToken: null }, valid: [['t', { adminToken: 't' }]], wrong: [] },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    default: { traces: null },
    valid: [
      [
        'http://collector:4318/',
        {
          traces: {
            endpoint: 'http://collector:4318',
            headers: {},
            serviceName: null,
            sampler: { kind: 'parentbased_always_on', ratio: 1 },
          },
        },
      ],
    ],
    wrong: ['collector:4318', 'grpc://collector:4317', 'http://u:p@collector'],
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    default: {},
    valid: [
      [
        { ...TRACED, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x=, x-tenant = papers' },
        { traces: expect.objectContaining({ headers: { authorization: 'Bearer x=', 'x-tenant': 'papers' } }) },
      ],
    ],
    wrong: ['authorization', 'a b=c', 'a=50%', 'a=b%0D%0Ac'].map((text) => ({
      ...TRACED,
      OTEL_EXPORTER_OTLP_HEADERS: text,
    })),
  },
  OTEL_SERVICE_NAME: {
    default: {},
    valid: [
      [{ ...TRACED, OTEL_SERVICE_NAME: 'papers' }, { traces: expect.objectContaining({ serviceName: 'papers' }) }],
    ],
    wrong: [],
  },
  OTEL_TRACES_SAMPLER: {
    default: {},
    valid: [
      [
        { ...TRACED, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
        { traces: expect.objectContaining({ sampler: { kind: 'traceidratio', ratio: 0.25 } }) },
      ],
    ],
    wrong: [{ ...TRACED, OTEL_TRACES_SAMPLER: 'jaeger_remote' }],
  },
  OTEL_TRACES_SAMPLER_ARG: {
    default: {},
    valid: [],
    wrong: ['2', '-0.1', '10%'].map((text) => ({ ...TRACED, OTEL_TRACES_SAMPLER_ARG: text })),
  },
  LOG_LEVEL: { default: { logLevel: 'info' }, valid: [['debug', { logLevel: 'debug' }]], wrong: ['verbose'] },
};

const envOf = (name: string, value: Env | string): Env => (typeof value === 'string' ? { [name]: value } : value);
const cases = <K extends 'valid' | 'wrong'>(kind: K) =>
  Object.entries(VARIABLES).flatMap(([name, v]) =>
    v[kind].map((value) => [name, value] as [string, (typeof VARIABLES)[string][K][number]]),
  );

/** The variables that loadConfig asks for, whatever it is given. */
function variablesRead(): string[] {
  const read = new Set<string>();
  const watch = (values: Env) =>
    loadConfig(
      new Proxy(values, {
        get: (target, name) => {
          read.add(String(name));
          return target[String(name)];
        },
      }),
    );
  watch({});
  watch({
    DKIM_DOMAIN: 'x.org',
    DKIM_SELECTOR: 's',
    DKIM_RSA_KEY_FILE: '/k',
    DKIM_ED25519_SELECTOR: 's',
    DKIM_ED25519_KEY_FILE: '/k',
    SMTP_RATE: '1',
    INBOUND_PORT: '1',
    BOUNCE_DOMAIN: 'x.org',
    METRICS_PORT: '1',
    SUMMARY_API_URL: 'http://127.0.0.1:9',
    SUMMARY_MODEL: 'm',
    SOURCES: 'arxiv',
    ...OAUTH,
    ...TRACED,
  });
  return [...read].toSorted();
}

describe('the configuration', () => {
  test('knows these variables and no others', () => {
    expect(variablesRead()).toEqual([...Object.keys(VARIABLES), ...SECRETS.map((name) => `${name}_FILE`)].toSorted());
  });
  test('reads what is secret from a file, if it is told one', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-secrets-'));
    const file = path.join(directory, 'secret_key');
    writeFileSync(file, `${KEY}\n`);
    try {
      expect(loadConfig({ SECRET_KEY_FILE: file, SECRET_KEY: ' ' }).secretKeys).toEqual([KEY]);
      expect(() => loadConfig({ SECRET_KEY_FILE: file, SECRET_KEY: KEY })).toThrow(
        /^SECRET_KEY_FILE must be unset, because SECRET_KEY is set\./,
      );
      for (const name of SECRETS)
        expect(() => loadConfig({ [`${name}_FILE`]: `${file}s`, ...ASKED_WITH[name] })).toThrow(
          `${name}_FILE must be the path of a file that can be read here (ENOENT).`,
        );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  test('of an empty environment has every default', () => {
    for (const { default: wanted } of Object.values(VARIABLES)) expect(loadConfig({})).toMatchObject(wanted);
  });
  test('takes an empty or blank variable as unset', () => {
    for (const blank of ['', '  '])
      expect(loadConfig(Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, blank])))).toEqual(
        loadConfig({}),
      );
  });
  test.each(cases('valid'))('reads %s: %j', (name, [value, wanted]) => {
    expect(loadConfig(envOf(name, value))).toMatchObject(wanted);
  });
  test.each(cases('wrong'))('refuses %s: %j, naming it and what it should be', (name, value) => {
    expect(() => loadConfig(envOf(name, value))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`^${name} must be .+\\.`)),
      }),
    );
  });
  test('never repeats a secret that it refuses', () => {
    for (const env of [
      { SECRET_KEY: 'hunter2' },
      { DATABASE_URL: 'mysql://u:hunter2@db/x', SECRET_KEY: KEY },
      { SMTP_URL: 'http://u:hunter2@m' },
    ]) {
      expect(() => loadConfig(env)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
      );
    }
  });
  test('cannot be changed, anywhere', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(
      frozen(loadConfig({ SMTP_URL: 'smtp://m', DKIM_DOMAIN: 'x.org', DKIM_SELECTOR: 's', DKIM_RSA_KEY_FILE: '/k' })),
    ).toBe(true);
  });
});

describe('a .env in the working directory', () => {
  test.each([
    ['is read', 'PORT=many\n', {}, 'PORT'],
    ['yields to what is exported', 'PORT=many\n', { PORT: '3000', LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  ])('%s', async (_what, content, env, named) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-env-'));
    try {
      writeFileSync(path.join(directory, '.env'), content);
      const program = path.join(ROOT, 'src', 'paperboy.js');
      const { stderr, status } = spawnSync(process.execPath, [program, 'doctor'], {
        cwd: directory,
        env,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^paperboy: ${named} `))]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test.each([
  ['ä@example.org', 'before its @'],
  ['a@exa_mple.org', 'after its @ is not a domain'],
  ['nobody', 'no @'],
  ['"Ada "the Countess"" <a@b.example>', 'quotes'],
  ['A <a@b.example', 'angle brackets'],
  ['A\r\nBcc: x@example.org <a@example.org>', 'line break'],
])('a sender that cannot be is refused with the reason: %j', (value, reason) => {
  expect(() => loadConfig({ MAIL_FROM: value })).toThrow(new RegExp(`^MAIL_FROM .*${reason}`, 's'));
});

describe('the documents', () => {
  test('the tables in docs/configuration.md have every variable that does something, and no other', () => {
    const table = readFileSync(path.join(ROOT, 'docs', 'configuration.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z]/.test(line))
      .map((line) => line.split('|')[1]!);
    const listed = table.flatMap((cell) => [...cell.matchAll(/`([A-Z0-9_]+)`/g)].map((m) => m[1]!));
    expect(listed.toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
  });
  test('docs/configuration.md names what can be kept in a file', () => {
    const [, sentence = ''] = /That goes for ([^.]*)\./.exec(
      readFileSync(path.join(ROOT, 'docs', 'configuration.md'), 'utf8'),
    )!;
    expect([...sentence.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)).toEqual(SECRETS);
  });
  test('.env.example names only what Paperboy or docker-compose.yml reads', () => {
    const file = path.join(ROOT, '.env.example');
    const names = [...readFileSync(file, 'utf8').matchAll(/^(?:# )?([A-Z0-9_]+)=/gm)].map((m) => m[1]!);
    expect(names.length).toBeGreaterThan(5);
    const compose = path.join(ROOT, 'docker-compose.yml');
    const ofCompose = existsSync(compose)
      ? [...readFileSync(compose, 'utf8').matchAll(/\$\{([A-Z0-9_]+)/g)].map((m) => m[1]!)
      : [];
    const known = [...Object.keys(VARIABLES), ...ofCompose, 'COMPOSE_PROFILES'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});
