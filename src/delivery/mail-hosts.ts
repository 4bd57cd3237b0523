import { Resolver } from 'node:dns/promises';
import { HOUR, MINUTE, SECOND } from '../duration.ts';
import { codeOf } from '../errors.ts';
import { ruleOfMx, type ShapingRule } from './shaping-rules.ts';

/** Who takes the mail of a domain in the end: what limits belong to. */
export interface MailHost {
  /** That of its rule, else of its first MX, else the domain itself. */
  name: string;
  rule: ShapingRule | null;
}

/** Asks the DNS for a domain's MX; `dns.Resolver` in earnest. */
export interface MxResolver {
  resolveMx(domain: string): Promise<{ exchange: string; priority: number }[]>;
}

/** The time-out is that of one question, and it is asked once more. */
export const systemMxResolver = (): MxResolver => new Resolver({ timeout: SECOND, tries: 2 });

export interface MailHosts {
  /** Begins to look up those of these domains that are not known. */
  expect(domains: readonly string[]): void;
  /** The host, or a promise of it for a short while if it is being looked up. */
  of(domain: string): MailHost | Promise<MailHost>;
}

/** How long an answer is believed, and how long a name server that gave none is left alone. */
const KNOWN_MS = HOUR;
const UNASKED_MS = MINUTE;
/**
 * How long a message waits for its domain's first look-up, which began when it was read ahead. A
 * slower name server makes its domain a host of its own until it answers.
 */
const PATIENCE_MS = 250;
/** After a look-up without an answer no message waits for one for so long: the DNS may be down. */
const DEAF_MS = 30 * SECOND;
const MOST_KNOWN = 50_000;
const MOST_ASKED_AT_ONCE = 500;

interface Entry {
  host: MailHost;
  until: number;
  looking: Promise<void> | null;
}

/** What a domain's MX say. No MX and a null MX (RFC 7505) leave the domain itself. Pure. */
export function hostByMx(
  rules: readonly ShapingRule[],
  domain: string,
  found: readonly { exchange: string; priority: number }[],
): MailHost {
  const [first] = found
    .filter(({ exchange }) => exchange !== '' && exchange !== '.')
    .map(({ exchange, priority }) => ({ exchange: exchange.toLowerCase(), priority }))
    .toSorted((one, other) => one.priority - other.priority || (one.exchange < other.exchange ? -1 : 1));
  if (!first) return { name: domain, rule: null };
  const rule = ruleOfMx(rules, first.exchange);
  return { name: rule?.host ?? first.exchange, rule };
}

/** Remembers who takes the mail of which domain, in this process. */
export function createMailHosts({
  rules,
  resolver,
  clock = Date.now,
  patienceMs = PATIENCE_MS,
}: {
  rules: readonly ShapingRule[];
  resolver: MxResolver;
  clock?: () => number;
  patienceMs?: number;
}): MailHosts {
  const known = new Map<string, Entry>();
  for (const rule of rules.toReversed())
    for (const domain of rule.domains)
      known.set(domain, { host: { name: rule.host, rule }, until: Infinity, looking: null });
  const listed = known.size;
  let asked = 0;
  let deafUntil = -Infinity;

  const look = async (domain: string, entry: Entry): Promise<void> => {
    asked++;
    try {
      entry.host = hostByMx(rules, domain, await resolver.resolveMx(domain));
      entry.until = clock() + KNOWN_MS;
    } catch (error) {
      const isAnswer = ['ENOTFOUND', 'ENODATA'].includes(codeOf(error) ?? '');
      // Without an answer, what was known holds.
      if (isAnswer) entry.host = { name: domain, rule: null };
      else deafUntil = clock() + DEAF_MS;
      entry.until = clock() + (isAnswer ? KNOWN_MS : UNASKED_MS);
    }
    entry.looking = null;
    asked--;
  };
  const forgetOldest = (): void => {
    for (const [domain, { until, looking }] of known) {
      if (known.size <= MOST_KNOWN + listed) return;
      if (until < Infinity && looking === null) known.delete(domain);
    }
  };
  const entryOf = (domain: string, now: number): Entry => {
    let entry = known.get(domain);
    if (!entry) {
      entry = { host: { name: domain, rule: null }, until: -Infinity, looking: null };
      known.set(domain, entry);
      if (known.size > MOST_KNOWN + listed) forgetOldest();
    }
    if (entry.until <= now && entry.looking === null && asked < MOST_ASKED_AT_ONCE) entry.looking = look(domain, entry);
    return entry;
  };

  return {
    expect(domains) {
      const now = clock();
      for (const domain of domains) entryOf(domain, now);
    },
    of(domain) {
      const entry = known.get(domain) ?? entryOf(domain, clock());
      // Renewed while the old answer holds; only what was never known is waited for.
      if (entry.looking === null || entry.until > -Infinity || clock() < deafUntil) return entry.host;
      return Promise.race([entry.looking, patience(patienceMs)]).then(() => entry.host);
    },
  };
}

const patience = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
