/** Words of a reply that mean "slow down", in small letters, and for how many minutes. */
export interface SlowDown {
  says: string;
  minutes: number;
}

/** What one mail host wants: the servers that take the mail of many domains share one limit. */
export interface ShapingRule {
  /** What the host is called; without a dot, so that it is no host name. */
  host: string;
  /** Endings of the MX names that are this host's. */
  mx: readonly string[];
  /** Domains known to be there: they need no look-up, and are known while the DNS is away. */
  domains: readonly string[];
  /** Servers that take our mail to others, as SMTP_URL names them; `*` stands for one label. */
  submission: readonly string[];
  /** `null`: the host states none. The first two hold only where Paperboy itself connects. */
  messagesPerConnection: number | null;
  connections: number | null;
  messagesPerMinute: number | null;
  slowDown: readonly SlowDown[];
  source: string;
}

const KUMO = 'KumoMTA policy-extras/shaping.toml';
const COMMUNITY = 'KumoMTA community/shaping.toml';

const rule = (host: string, source: string, more: Partial<ShapingRule>): ShapingRule => ({
  host,
  mx: [],
  domains: [],
  submission: [],
  messagesPerConnection: null,
  connections: null,
  messagesPerMinute: null,
  slowDown: [],
  source,
  ...more,
});

const slow = (minutes: number, ...words: string[]): SlowDown[] => words.map((says) => ({ says, minutes }));

/**
 * What the large hosts want, as they say themselves or the KumoMTA community found out. The first
 * whose MX fits holds. Where a rule names no number, its source has none.
 */
export const SHAPING_RULES: readonly ShapingRule[] = [
  rule('google', `${KUMO}, https://support.google.com/mail/answer/81126; slow-down: ${COMMUNITY}`, {
    mx: ['.google.com', '.googlemail.com'],
    domains: ['gmail.com', 'googlemail.com'],
    submission: ['smtp-relay.gmail.com', 'smtp.gmail.com'],
    messagesPerConnection: 50,
    connections: 5,
    slowDown: slow(30, 'detected an unusual rate'),
  }),
  rule('yahoo', `${KUMO}, https://senders.yahooinc.com/best-practices; slow-down: ${COMMUNITY}`, {
    mx: ['.yahoodns.net'],
    domains: ['yahoo.com', 'yahoo.co.uk', 'yahoo.fr', 'yahoo.de', 'ymail.com', 'rocketmail.com', 'aol.com'],
    messagesPerConnection: 20,
    slowDown: [
      ...slow(30, '[ts02]', '[ts03]'),
      ...slow(60, 'max message per connection reached'),
      ...slow(90, '[ts01]', 'will be permanently deferred'),
      ...slow(120, '[ts04]', '[tss04]', '[ipts04]'),
      ...slow(240, '[tss05]', '[ipts05]'),
    ],
  }),
  rule('yahoo-japan', COMMUNITY, {
    mx: ['.yahoo.co.jp'],
    domains: ['yahoo.co.jp'],
    messagesPerConnection: 20,
    connections: 2,
    messagesPerMinute: 600,
    slowDown: slow(60, 'vs98-ip0 deferred', '[tss04]', '[ipts04]'),
  }),
  rule('outlook', `${KUMO}, https://sendersupport.olc.protection.outlook.com/pm/Policies; slow-down: ${COMMUNITY}`, {
    mx: ['.olc.protection.outlook.com'],
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'hotmail.co.uk', 'hotmail.fr', 'outlook.fr'],
    messagesPerConnection: 50,
    connections: 5,
    slowDown: [
      ...slow(15, 'server busy. please try again later'),
      ...slow(30, 'has been temporarily rate limited'),
      ...slow(60, 'exceeded the maximum number of connections', 'exceed max concurrent connections'),
      ...slow(60, 'exceeded maximum number of messages per connection', 'access denied, please try again later'),
      ...slow(120, 'part of their network is on our block list'),
    ],
  }),
  rule('microsoft-365', KUMO, {
    mx: ['.mail.protection.outlook.com', '.mx.microsoft'],
    messagesPerConnection: 50,
    connections: 5,
    slowDown: slow(15, 'server busy. please try again later'),
  }),
  rule(
    'microsoft-365-submission',
    'https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/' +
      'exchange-online-limits, "Sending limits": 30 messages a minute, 3 connections',
    { submission: ['smtp.office365.com'], connections: 3, messagesPerMinute: 30 },
  ),
  rule('apple', `${KUMO}, https://support.apple.com/102322; slow-down: ${COMMUNITY}`, {
    mx: ['.icloud.com'],
    domains: ['icloud.com', 'me.com', 'mac.com'],
    messagesPerConnection: 5,
    connections: 10,
    slowDown: [
      ...slow(15, '[hcm1]', '[bs02]', 'service unavailable - try again later'),
      ...slow(240, 'domain present in the spamhaus dbl'),
    ],
  }),
  rule(
    'orange',
    `${KUMO} (3 connections), https://www.suped.com/knowledge (2 connections, 100 messages); slow-down: ${COMMUNITY}`,
    {
      mx: ['.orange.fr'],
      domains: ['orange.fr', 'wanadoo.fr'],
      messagesPerConnection: 100,
      connections: 2,
      slowDown: slow(60, 'trop de connexions', 'service refuse'),
    },
  ),
  rule('comcast', `${KUMO}, https://spa.xfinity.com/postmaster`, {
    mx: ['.comcast.net'],
    domains: ['comcast.net'],
    messagesPerConnection: 1000,
    connections: 25,
    slowDown: slow(120, 'rl0000'),
  }),
  rule('mimecast', `${KUMO}; slow-down: ${COMMUNITY}`, {
    mx: ['.mimecast.com', '.mimecast.co.za', '.mimecast-offshore.com'],
    messagesPerConnection: 100,
    connections: 10,
    slowDown: slow(30, 'internal resource temporarily unavailable'),
  }),
  rule('gmx', COMMUNITY, {
    mx: ['.gmx.net', '.web.de'],
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch', 'web.de'],
    messagesPerConnection: 20,
    connections: 4,
    slowDown: [...slow(30, 'too many connections'), ...slow(60, 'reject due to policy restrictions')],
  }),
  rule('mail-com', KUMO, { mx: ['.mail.com'], domains: ['mail.com'], messagesPerConnection: 100 }),
  rule('barracuda', COMMUNITY, { mx: ['.barracudanetworks.com'], messagesPerConnection: 15, connections: 10 }),
  rule('netvigator', COMMUNITY, {
    mx: ['.netvigator.com'],
    messagesPerConnection: 10,
    connections: 5,
    slowDown: slow(30, 'too many messages for this session'),
  }),
  rule('kpn', COMMUNITY, { mx: ['.kpnmail.nl'], messagesPerConnection: 10, connections: 10 }),
  rule('qq', COMMUNITY, {
    mx: ['.qq.com'],
    domains: ['qq.com', 'foxmail.com'],
    messagesPerConnection: 8,
    connections: 4,
    slowDown: slow(60, 'frequency limited'),
  }),
  rule('netease', COMMUNITY, {
    mx: ['.netease.com'],
    domains: ['163.com', '126.com', 'yeah.net'],
    messagesPerConnection: 7,
    connections: 4,
    slowDown: [...slow(15, '451 dt:spm'), ...slow(60, 'too many connections', 'rp:orq', 'hl:itc')],
  }),
  // These two state no numbers; their mail shares one limit all the same.
  rule('la-poste', 'no number found in public', {
    mx: ['.laposte.net'],
    domains: ['laposte.net'],
  }),
  rule('proofpoint', 'no number found in public: it answers by reputation', { mx: ['.pphosted.com'] }),
  rule('mailgun', KUMO, {
    submission: ['smtp.mailgun.org', 'smtp.mailgun.com', 'smtp.eu.mailgun.org'],
    messagesPerConnection: 3,
    connections: 7000,
  }),
  rule('amazon-ses', 'no number published: the account has a rate, which SMTP_RATE can hold', {
    mx: ['.amazonses.com'],
    submission: ['email-smtp.*.amazonaws.com'],
  }),
];

/** The rule of an MX by its name. Pure. */
export function ruleOfMx(rules: readonly ShapingRule[], exchange: string): ShapingRule | null {
  const name = `.${exchange.toLowerCase().replace(/\.$/, '')}`;
  return rules.find(({ mx }) => mx.some((ending) => name.endsWith(ending))) ?? null;
}

/** The rule of a server that SMTP_URL names: one for submission, or an MX itself. Pure. */
export function ruleOfRelay(rules: readonly ShapingRule[], host: string): ShapingRule | null {
  const labels = host.toLowerCase().split('.');
  const isLike = (pattern: string): boolean => {
    const wanted = pattern.split('.');
    return wanted.length === labels.length && wanted.every((label, i) => label === '*' || label === labels[i]);
  };
  return rules.find(({ submission }) => submission.some(isLike)) ?? ruleOfMx(rules, host);
}

/** What a relay's rules leave of the connections asked for, and how many messages each carries. Pure. */
export function relayLimits(
  rules: readonly ShapingRule[],
  hosts: readonly string[],
  connections: number,
): { connections: number; messagesPerConnection: number | undefined } {
  const theirs = hosts.map((host) => ruleOfRelay(rules, host)).filter((found) => found !== null);
  const messages = theirs.flatMap((found) => found.messagesPerConnection ?? []);
  return {
    connections: Math.min(connections, ...theirs.flatMap((found) => found.connections ?? [])),
    messagesPerConnection: messages.length > 0 ? Math.min(...messages) : undefined,
  };
}

/** For how many minutes a reply asks the host to be left alone; `null`: it does not. Pure. */
export function slowDownOf({ slowDown }: ShapingRule, reply: string): number | null {
  const words = reply.toLowerCase();
  const said = slowDown.filter(({ says }) => words.includes(says)).map(({ minutes }) => minutes);
  return said.length > 0 ? Math.max(...said) : null;
}
