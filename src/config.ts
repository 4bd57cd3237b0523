import { readFileSync } from 'node:fs';
import path from 'node:path';
import { domainToASCII } from 'node:url';
import { faultsOfBrand } from './brand/brand.ts';
import { AppError, codeOf } from './errors.ts';
import type { SamplerKind, TraceOptions } from './tracing/otlp.ts';

/**
 * Everything the environment decides, validated and frozen. This file is the only reader of
 * process.env.
 */
export interface Config {
  /** `null`: the embedded Postgres. */
  databaseUrl: string | null;
  /** `null`: BullMQ's Postgres backend. */
  redisUrl: string | null;
  /**
   * Relays in order of preference, or one program (`sendmail:`); empty: MailDev as a mailbox for
   * trying out.
   */
  smtpUrls: readonly string[];
  /** What relays are reached through; `null`: nothing. */
  smtpProxy: string | null;
  /** By what tokens are had for relays with `?auth=oauth2`. */
  smtpOauth: { clientId: string; clientSecret: string | null; refreshToken: string; tokenUrl: string } | null;
  mailbox: { smtpPort: number; httpPort: number };
  /** Absolute path. `dataDirGiven` tells whether PAPERBOY_DATA named it. */
  dataDir: string;
  dataDirGiven: boolean;
  /** Without a trailing slash. */
  publicUrl: string;
  host: string;
  port: number;
  /** Where health and metrics are shown, apart from the site; `null`: nowhere. */
  metricsPort: number | null;
  trustProxy: boolean;
  /** Newest first; empty: made and kept in the data directory (embedded database only). */
  secretKeys: readonly string[];
  /** Without a name of its own, it has that of the newspaper. */
  mailFrom: { name: string | null; address: string };
  /** Who confirmations and notices are from. */
  noticeFrom: { name: string | null; address: string };
  /** What the newspaper is called, before what the desk and brand.json say. */
  siteName: string | null;
  /** Absolute path: where the operator's own templates are. */
  templatesDir: string | null;
  /** By what providers' webhooks are checked; a provider without a key is not listened to. */
  webhookKeys: Record<WebhookProvider, string[]>;
  /** Where mail that comes back is taken in; `null`: nowhere. */
  inbound: { port: number; host: string; protocol: 'smtp' | 'lmtp' } | null;
  /** The mailbox that mail comes back to, if it is to be read there. */
  imapUrl: string | null;
  /** Where the operator is told what the service cannot decide. */
  alertTo: string | null;
  /** The relay that such mail leaves by first; `null`: the one of all mail. */
  alertSmtpUrl: string | null;
  /** Minutes after midnight (UTC) of a note each morning; `null`: none. */
  alertMorning: number | null;
  postalAddress: string | null;
  bounceDomain: string | null;
  dkim: {
    domain: string | null;
    rsa: { selector: string; keyFile: string } | null;
    ed25519: { selector: string; keyFile: string } | null;
  };
  smtpConnections: number;
  /** Messages per second across all workers; `null`: no limit. */
  smtpRate: number | null;
  onUnknown: 'resend' | 'hold';
  /** A digest whose turn comes so many hours late is not sent any more. */
  lateHours: number;
  /** Where a backup is written every night, and how many are kept there; `null`: nowhere. */
  backups: { directory: string; keep: number } | null;
  /** Whether the DNS is asked if the domain of a new address takes mail. */
  checkMailDomains: boolean;
  /** Names of sources, and addresses of feeds. */
  sources: readonly string[];
  sourceUrls: { huggingface: string; arxivApi: string; arxivRss: string; hackernews: string; github: string };
  /** What an optional model is asked with for one sentence a paper; `null`: nothing is asked. */
  summary: { url: string; key: string | null; model: string; daily: number } | null;
  /** What ranking does not look at. */
  rankingWithout: readonly (typeof RANKING_GROUPS)[number][];
  /** Hour (UTC, 0–23) at which the day's edition is frozen. */
  editionHour: number;
  adminToken: string | null;
  /** The OpenTelemetry collector that gets traces, and how many; `null`: there are none. */
  traces: TraceOptions | null;
  logLevel: (typeof LOG_LEVELS)[number];
}

/** What ranking looks at, and an operator may not want it to: each by its name in RANKING_WITHOUT. */
export const RANKING_GROUPS = [
  'authors',
  'submitter',
  'organisation',
  'repository',
  'count',
  'code',
  'project',
  'media',
  'lengths',
  'age',
  'hour',
] as const;
/** The sources that are known by name; the first two are asked unless SOURCES says otherwise. */
const SOURCE_NAMES = ['huggingface', 'arxiv', 'hackernews', 'github'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];
const isSourceName = (source: string): source is SourceName => SOURCE_NAMES.some((name) => name === source);
/** As OpenTelemetry names them. */
const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const satisfies SamplerKind[];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The providers whose webhooks are understood. */
const WEBHOOK_PROVIDERS = ['ses', 'sendgrid', 'postmark', 'mailgun', 'brevo'] as const;
export type WebhookProvider = (typeof WEBHOOK_PROVIDERS)[number];

type Env = Readonly<Record<string, string | undefined>>;

const invalid = (name: string, wanted: string): never => {
  throw new AppError('CONFIG_INVALID', `${name} must be ${wanted}. Correct it in the environment and start again.`);
};

/**
 * What may hold a password or a key. Each of these can be kept in a file, which NAME_FILE names, as
 * containers hand secrets on.
 */
export const SECRETS: readonly string[] = [
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'SMTP_PROXY',
  'SMTP_OAUTH_CLIENT_SECRET',
  'SMTP_OAUTH_REFRESH_TOKEN',
  'ALERT_SMTP_URL',
  'IMAP_URL',
  'WEBHOOK_KEYS',
  'SECRET_KEY',
  'ADMIN_TOKEN',
  'SUMMARY_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
];

/** An unset and an empty variable mean the same: docker-compose passes empty ones on. */
function read(env: Env, name: string): string | null {
  const text = env[name]?.trim() || null;
  return SECRETS.includes(name) ? secret(env, name, text) : text;
}

function secret(env: Env, name: string, text: string | null): string | null {
  const variable = `${name}_FILE`;
  const file = env[variable]?.trim() || null;
  if (file === null) return text;
  if (text !== null) return invalid(variable, `unset, because ${name} is set`);
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    return invalid(variable, `the path of a file that can be read here (${codeOf(error) ?? 'unknown'})`);
  }
}

function integer(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = read(env, name);
  if (text === null) return fallback;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= min && value <= max
    ? value
    : invalid(name, `a whole number from ${min} to ${max}`);
}

function choice<T extends string>(env: Env, name: string, fallback: T, allowed: readonly T[]): T {
  const text = read(env, name)?.toLowerCase();
  if (text === undefined) return fallback;
  return allowed.find((a) => a === text) ?? invalid(name, `one of ${allowed.join(', ')}`);
}

function url(name: string, text: string, protocols: readonly string[]): string {
  const parsed = URL.parse(text);
  const example = `a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  if (!parsed || !protocols.includes(parsed.protocol) || (!parsed.hostname && !parsed.searchParams.has('host')))
    return invalid(name, example);
  if (!isDecodable(parsed.username + parsed.password))
    return invalid(name, 'a URL whose user and password have their % written as %25');
  return text;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function optionalUrl(env: Env, name: string, protocols: readonly string[]): string | null {
  const text = read(env, name);
  return text === null ? null : url(name, text, protocols);
}

/**
 * What paths are put behind: so it has no query, and no login, which would end up in every link.
 */
function baseUrl(env: Env, name: string, fallback: string): string {
  const text = optionalUrl(env, name, ['http:', 'https:']) ?? fallback;
  const { search, hash, username } = new URL(text);
  return search || hash || username
    ? invalid(name, 'a URL without a query, a fragment or a login')
    : text.replace(/\/+$/, '');
}

function list(env: Env, name: string): string[] {
  return (read(env, name) ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean);
}

/** How mail leaves. What does not go together is refused: it would only be found out with the first mail. */
function waysOut(env: Env): Pick<Config, 'smtpUrls' | 'smtpProxy' | 'smtpOauth'> {
  const smtpUrls = list(env, 'SMTP_URL').map((text) =>
    /^sendmail:/i.test(text) ? mailProgram(text) : url('SMTP_URL', text, ['smtp:', 'smtps:']),
  );
  const parsed = smtpUrls.map((text) => new URL(text));
  const program = parsed.some(({ protocol }) => protocol === 'sendmail:');
  if (program && parsed.length > 1) invalid('SMTP_URL', 'one mail program (sendmail:) alone, or relays');
  const smtpProxy = optionalUrl(env, 'SMTP_PROXY', ['socks5:', 'http:']);
  if (program && smtpProxy !== null) invalid('SMTP_PROXY', 'unset, because a mail program makes its own connections');
  const wanted = parsed.filter(({ searchParams }) => searchParams.has('auth'));
  if (!wanted.every(({ searchParams, username }) => searchParams.get('auth') === 'oauth2' && username !== ''))
    invalid('SMTP_URL', 'a URL with a user and ?auth=oauth2, or one without ?auth');
  return { smtpUrls, smtpProxy, smtpOauth: wanted.length > 0 ? oauth(env) : null };
}

/** `sendmail:`, `sendmail:///usr/bin/msmtp?args=-a%20papers`: a file of this machine. */
function mailProgram(text: string): string {
  const parsed = URL.parse(text);
  const isFile = parsed?.host === '' && /^(?:\/.*)?$/.test(parsed.pathname) && isDecodable(parsed.pathname);
  return isFile ? text : invalid('SMTP_URL', 'sendmail: or sendmail:///path/of/the/program, with ?args= if need be');
}

function oauth(env: Env): NonNullable<Config['smtpOauth']> {
  const needed = (name: string): string => read(env, name) ?? invalid(name, 'set, because SMTP_URL says auth=oauth2');
  needed('SMTP_OAUTH_TOKEN_URL');
  return {
    clientId: needed('SMTP_OAUTH_CLIENT_ID'),
    clientSecret: read(env, 'SMTP_OAUTH_CLIENT_SECRET'),
    refreshToken: needed('SMTP_OAUTH_REFRESH_TOKEN'),
    tokenUrl: tokenUrl(env),
  };
}

/** Over the network a secret goes to it: it must be https, but on this machine. */
function tokenUrl(env: Env): string {
  const text = optionalUrl(env, 'SMTP_OAUTH_TOKEN_URL', ['https:', 'http:']) ?? '';
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    ? text
    : invalid('SMTP_OAUTH_TOKEN_URL', 'a URL that starts with https://: a secret is sent to it');
}

/** `mailgun=KEY,ses=TOPIC`: a provider may have several. */
function webhookKeys(env: Env): Config['webhookKeys'] {
  const keys: Config['webhookKeys'] = { ses: [], sendgrid: [], postmark: [], mailgun: [], brevo: [] };
  for (const entry of list(env, 'WEBHOOK_KEYS')) {
    const [name, key] = [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)];
    const provider = WEBHOOK_PROVIDERS.find((one) => one === name.toLowerCase());
    if (provider === undefined || key === '')
      return invalid(
        'WEBHOOK_KEYS',
        `provider=key, with commas between: providers are ${WEBHOOK_PROVIDERS.join(', ')}`,
      );
    keys[provider].push(key);
  }
  return keys;
}

function alerts(env: Env): Pick<Config, 'alertTo' | 'alertSmtpUrl' | 'alertMorning'> {
  const alertTo = mailbox(env, 'ALERT_TO')?.address ?? null;
  const alertSmtpUrl = optionalUrl(env, 'ALERT_SMTP_URL', ['smtp:', 'smtps:']);
  const morning = read(env, 'ALERT_MORNING');
  const [given, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(morning ?? '') ?? [];
  if (morning !== null && given === undefined) invalid('ALERT_MORNING', 'an hour in UTC, such as 07:00');
  const unread = { ALERT_SMTP_URL: alertSmtpUrl, ALERT_MORNING: morning };
  for (const [name, value] of Object.entries(unread))
    if (value !== null && alertTo === null) invalid('ALERT_TO', `set, because ${name} is`);
  return { alertTo, alertSmtpUrl, alertMorning: morning === null ? null : 60 * Number(hours) + Number(minutes) };
}

function inbound(env: Env): Config['inbound'] {
  if (read(env, 'INBOUND_PORT') === null) return null;
  if (domain(env, 'BOUNCE_DOMAIN') === null)
    return invalid('BOUNCE_DOMAIN', 'set, because INBOUND_PORT is: the listener takes only mail to that domain');
  return {
    port: integer(env, 'INBOUND_PORT', 25, 0, 65535),
    host: read(env, 'INBOUND_HOST') ?? '127.0.0.1',
    protocol: choice(env, 'INBOUND_PROTOCOL', 'smtp', ['smtp', 'lmtp']),
  };
}

function backups(env: Env): Config['backups'] {
  const directory = read(env, 'BACKUP_DIR');
  const keep = integer(env, 'BACKUP_KEEP', 7, 1, 1000);
  return directory === null ? null : { directory: path.resolve(directory), keep };
}

function secretKeys(env: Env): string[] {
  const keys = list(env, 'SECRET_KEY');
  if (keys.some((k) => k.length < 32)) {
    invalid(
      'SECRET_KEY',
      'one or more keys of at least 32 characters, separated by commas, newest first (make one with "openssl rand ' +
        '-hex 32")',
    );
  }
  return keys;
}

const LABELS = /^(?!.{254})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~.-]+$/;
/** A name, plain or as a quoted string (RFC 5322 section 3.2.4), and an address; or one alone. */
const MAILBOX = /^(?:(?:"((?:[^"\\]|\\.)*)"|([^"<>]*))\s*<([^<>]*)>|([^"<>]+))$/;

/** `Name <address>`, `"Name" <address>` or a bare address; `null` when it is not set. */
function mailbox(env: Env, variable: string): Config['mailFrom'] | null {
  const text = read(env, variable);
  if (text === null) return null;
  const refuse = (reason: string): never =>
    invalid(variable, `an address, or a name and an address: Paperboy <paperboy@example.org>. ${reason}`);
  if (/\p{Cc}/u.test(text)) refuse('It holds a line break or another control character');
  const [found, quoted, plain, bracketed, bare] = MAILBOX.exec(text) ?? [];
  if (found === undefined)
    refuse('Its quotes or angle brackets do not match: a quote within a quoted name is written \\"');
  const address = bracketed ?? bare ?? '';
  const at = address.lastIndexOf('@');
  if (at < 0) refuse('There is no @ in it');
  if (!LOCAL_PART.test(address.slice(0, at)))
    refuse('What stands before its @ is empty, or holds a character that not every server takes');
  const domainName = asciiDomain(address.slice(at + 1));
  if (!LABELS.test(domainName)) refuse('What stands after its @ is not a domain');
  const name = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
  return { name: name.trim() || null, address: `${address.slice(0, at)}@${domainName}` };
}

/** Notices have the name of all mail, where they are given none. */
function noticeFrom(env: Env, mailFrom: Config['mailFrom']): Config['mailFrom'] {
  const own = mailbox(env, 'NOTICE_FROM');
  return own === null ? mailFrom : { ...own, name: own.name ?? mailFrom.name };
}

function siteName(env: Env): string | null {
  const name = read(env, 'SITE_NAME');
  if (name === null || faultsOfBrand({ name }).length === 0) return name;
  return invalid('SITE_NAME', 'a name of 1 to 60 characters on one line');
}

function directory(env: Env, name: string): string | null {
  const text = read(env, name);
  return text === null ? null : path.resolve(text);
}

/** A-labels for a domain that is not ASCII; another is left as it is written. */
const asciiDomain = (text: string): string => (/[^\x00-\x7f]/.test(text) ? domainToASCII(text) : text);

/**
 * As the DNS has it: an internationalised domain becomes A-labels, which is what a signature must
 * name.
 */
function domain(env: Env, name: string): string | null {
  const text = read(env, name);
  if (text === null) return null;
  const ascii = domainToASCII(text);
  return ascii.includes('.') && LABELS.test(ascii) ? ascii : invalid(name, 'a domain such as example.org');
}

function dkimKey(env: Env, selectorName: string, fileName: string) {
  const keyFile = read(env, fileName);
  const selector = read(env, selectorName);
  if (keyFile === null) return selector === null ? null : invalid(fileName, `set, because ${selectorName} is`);
  if (selector === null) return invalid(selectorName, `set, because ${fileName} is`);
  if (!LABELS.test(selector))
    invalid(
      selectorName,
      'a name of letters, digits, hyphens and dots, such as rsa-202611: that of the DNS record before "._domainkey"',
    );
  return { selector, keyFile };
}

function sources(env: Env): string[] {
  const asked = read(env, 'SOURCES') === null ? SOURCE_NAMES.slice(0, 2) : list(env, 'SOURCES');
  const isFeed = (source: string): boolean => /^https?:\/\/[^/\s]/i.test(source) && URL.canParse(source);
  if (!asked.every((source) => isSourceName(source) || isFeed(source)))
    invalid('SOURCES', `a comma-separated list of ${SOURCE_NAMES.join(', ')} and addresses of feeds`);
  return [...new Set(asked)];
}

function rankingWithout(env: Env): Config['rankingWithout'] {
  return list(env, 'RANKING_WITHOUT').map(
    (name) =>
      RANKING_GROUPS.find((group) => group === name) ??
      invalid('RANKING_WITHOUT', `a comma-separated list of ${RANKING_GROUPS.join(', ')}`),
  );
}

function summary(env: Env): Config['summary'] {
  if (read(env, 'SUMMARY_API_URL') === null) return null;
  return {
    url: baseUrl(env, 'SUMMARY_API_URL', ''),
    key: read(env, 'SUMMARY_API_KEY'),
    model: read(env, 'SUMMARY_MODEL') ?? invalid('SUMMARY_MODEL', 'set, because SUMMARY_API_URL is'),
    daily: integer(env, 'SUMMARY_DAILY', 100, 0, 100_000),
  };
}

function traces(env: Env): Config['traces'] {
  if (read(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') === null) return null;
  return {
    endpoint: baseUrl(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', ''),
    headers: traceHeaders(env),
    serviceName: read(env, 'OTEL_SERVICE_NAME'),
    sampler: {
      kind: choice(env, 'OTEL_TRACES_SAMPLER', 'parentbased_always_on', SAMPLERS),
      ratio: share(env, 'OTEL_TRACES_SAMPLER_ARG', 1),
    },
  };
}

/** `authorization=Bearer%20x,tenant=papers`, as the W3C writes baggage. */
function traceHeaders(env: Env): Record<string, string> {
  const pairs = list(env, 'OTEL_EXPORTER_OTLP_HEADERS').map((entry) => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*)$/.exec(entry) ?? [];
    if (
      name === undefined ||
      value === undefined ||
      !isDecodable(value) ||
      /[^\x20-\x7e]/.test(decodeURIComponent(value))
    )
      return invalid('OTEL_EXPORTER_OTLP_HEADERS', 'name=value, with commas between, and each % written as %25');
    return [name, decodeURIComponent(value)] as const;
  });
  return Object.fromEntries(pairs);
}

function share(env: Env, name: string, fallback: number): number {
  const text = read(env, name);
  if (text === null) return fallback;
  return /^(?:0|1|0?\.\d+|1\.0+|0\.0+)$/.test(text) ? Number(text) : invalid(name, 'a number from 0 to 1, such as 0.1');
}

/**
 * Reads and checks the whole environment; throws CONFIG_INVALID naming the first variable that is
 * wrong.
 */
export function loadConfig(env: Env = process.env): Config {
  const port = integer(env, 'PORT', 3000, 0, 65535);
  const databaseUrl = optionalUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:']);
  const keys = secretKeys(env);
  if (databaseUrl !== null && keys.length === 0) {
    throw new AppError(
      'CONFIG_INVALID',
      'SECRET_KEY must be set when DATABASE_URL is, so that every process signs links alike. Make one with ' +
        '"openssl rand -hex 32".',
    );
  }
  const publicUrl = baseUrl(env, 'PUBLIC_URL', `http://localhost:${port}`);
  const mailFrom = mailbox(env, 'MAIL_FROM') ?? {
    name: null,
    address: `paperboy@${new URL(publicUrl).hostname}`,
  };
  return deepFreeze({
    databaseUrl,
    redisUrl: optionalUrl(env, 'REDIS_URL', ['redis:', 'rediss:']),
    ...waysOut(env),
    mailbox: {
      smtpPort: integer(env, 'MAILBOX_SMTP_PORT', 1025, 0, 65535),
      httpPort: integer(env, 'MAILBOX_HTTP_PORT', 1080, 0, 65535),
    },
    dataDir: path.resolve(read(env, 'PAPERBOY_DATA') ?? path.join(import.meta.dirname, '..', '.paperboy')),
    dataDirGiven: read(env, 'PAPERBOY_DATA') !== null,
    publicUrl,
    host: read(env, 'HOST') ?? '127.0.0.1',
    port,
    metricsPort: read(env, 'METRICS_PORT') === null ? null : integer(env, 'METRICS_PORT', 0, 0, 65535),
    trustProxy: choice(env, 'TRUST_PROXY', 'false', ['true', 'false']) === 'true',
    secretKeys: keys,
    mailFrom,
    noticeFrom: noticeFrom(env, mailFrom),
    siteName: siteName(env),
    templatesDir: directory(env, 'TEMPLATES_DIR'),
    webhookKeys: webhookKeys(env),
    inbound: inbound(env),
    imapUrl: optionalUrl(env, 'IMAP_URL', ['imap:', 'imaps:']),
    ...alerts(env),
    postalAddress: read(env, 'POSTAL_ADDRESS'),
    bounceDomain: domain(env, 'BOUNCE_DOMAIN'),
    dkim: {
      domain: domain(env, 'DKIM_DOMAIN'),
      rsa: dkimKey(env, 'DKIM_SELECTOR', 'DKIM_RSA_KEY_FILE'),
      ed25519: dkimKey(env, 'DKIM_ED25519_SELECTOR', 'DKIM_ED25519_KEY_FILE'),
    },
    smtpConnections: integer(env, 'SMTP_CONNECTIONS', 10, 1, 1000),
    smtpRate: read(env, 'SMTP_RATE') === null ? null : integer(env, 'SMTP_RATE', 1, 1, 1_000_000),
    checkMailDomains: choice(env, 'CHECK_MAIL_DOMAINS', 'true', ['true', 'false']) === 'true',
    onUnknown: choice(env, 'ON_UNKNOWN', 'resend', ['resend', 'hold']),
    lateHours: integer(env, 'LATE_HOURS', 12, 1, 168),
    backups: backups(env),
    sources: sources(env),
    sourceUrls: {
      huggingface: baseUrl(env, 'HUGGINGFACE_URL', 'https://huggingface.co'),
      arxivApi: baseUrl(env, 'ARXIV_API_URL', 'https://export.arxiv.org'),
      arxivRss: baseUrl(env, 'ARXIV_RSS_URL', 'https://rss.arxiv.org'),
      hackernews: baseUrl(env, 'HACKER_NEWS_URL', 'https://hn.algolia.com'),
      github: baseUrl(env, 'GITHUB_URL', 'https://api.github.com'),
    },
    summary: summary(env),
    rankingWithout: rankingWithout(env),
    editionHour: integer(env, 'EDITION_HOUR', 4, 0, 23),
    adminToken: read(env, 'ADMIN_TOKEN'),
    traces: traces(env),
    logLevel: choice(env, 'LOG_LEVEL', 'info', LOG_LEVELS),
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
