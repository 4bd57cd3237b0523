import { BlockList, isIP } from 'node:net';
import { addressesOf, type Answer, ask, type DnsResolver, textsAt } from './dns.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Where what a domain's SPF record says was read (RFC 7208). */
export interface SpfFacts {
  domain: string;
  /** How many records there are; `null`: the DNS gave no answer. */
  records: number | null;
  /** Over the whole tree, as the worst receiver counts. */
  lookups: number;
  voids: number;
  /** The first thing in the tree for which receivers give up. */
  fault: string | null;
  /** What is said of all others: `-`, `~`, `?`, `+`; `null`: nothing. */
  all: string | null;
  /** Whether anything but "all" is named. */
  namesSome: boolean;
  /** Addresses that mail leaves by, as far as they are known, and those among them that pass. */
  addresses: readonly string[];
  passing: readonly string[];
}

/** RFC 7208 section 4.6.4. */
const MOST_LOOKUPS = 10;
const MOST_VOIDS = 2;
/** A tree that goes on beyond is a ring, or as bad. */
const GIVE_UP_AFTER = 40;

const RECORD = /^v=spf1(?: |$)/i;
const TERM = /^([-+?~]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^/]*))?((?:\/\d+)?(?:\/\/\d+)?)$/i;
const MODIFIER = /^([a-z][\w.-]*)=(.*)$/i;

interface Walk {
  dns: DnsResolver;
  lookups: number;
  voids: number;
  fault: string | null;
  unasked: boolean;
}

/** What one record says of each address: the qualifier of what matched it first. */
interface Reading {
  verdicts: ReadonlyMap<string, string>;
  all: string | null;
  namesSome: boolean;
}

const EMPTY: Reading = { verdicts: new Map(), all: null, namesSome: false };

/** Reads a domain's SPF record with all that it includes, and whether these addresses pass. */
export async function readSpf(dns: DnsResolver, domain: string, addresses: readonly string[]): Promise<SpfFacts> {
  const walk: Walk = { dns, lookups: 0, voids: 0, fault: null, unasked: false };
  const records = await recordsAt(dns, domain);
  const [only] = records ?? [];
  const { verdicts, all, namesSome } =
    records?.length === 1 ? await readRecord(walk, { domain, record: only!, addresses }) : EMPTY;
  return {
    domain,
    records: walk.unasked ? null : (records?.length ?? null),
    lookups: walk.lookups,
    voids: walk.voids,
    fault: walk.fault,
    all,
    namesSome,
    addresses,
    passing: addresses.filter((address) => verdicts.get(address) === '+'),
  };
}

async function recordsAt(dns: DnsResolver, domain: string): Promise<Answer<string>> {
  const texts = await textsAt(dns, domain);
  return texts && texts.filter((text) => RECORD.test(text));
}

interface Asked {
  domain: string;
  record: string;
  addresses: readonly string[];
}

async function readRecord(walk: Walk, { domain, record, addresses }: Asked): Promise<Reading> {
  const verdicts = new Map<string, string>();
  let [all, namesSome, redirect]: [string | null, boolean, string | null] = [null, false, null];
  for (const term of record.split(/ +/).slice(1).filter(Boolean)) {
    const modifier = MODIFIER.exec(term);
    if (modifier) {
      if (modifier[1]!.toLowerCase() === 'redirect') redirect = modifier[2]!;
      continue;
    }
    const [read, sign = '', name = '', value = '', prefix = ''] = TERM.exec(term) ?? [];
    if (read === undefined) {
      walk.fault ??= `"${term.slice(0, 60)}" is no term of SPF`;
      continue;
    }
    const qualifier = sign || '+';
    const mechanism = name.toLowerCase();
    if (mechanism === 'all') {
      all ??= qualifier;
      for (const address of addresses) if (!verdicts.has(address)) verdicts.set(address, qualifier);
      break;
    }
    namesSome = true;
    const open = addresses.filter((address) => !verdicts.has(address));
    for (const address of await matched(walk, { mechanism, value: value || domain, prefix, addresses: open }))
      verdicts.set(address, qualifier);
  }
  if (all !== null || redirect === null) return { verdicts, all, namesSome };
  const there = await included(walk, { domain: redirect, addresses: addresses.filter((a) => !verdicts.has(a)) });
  return {
    verdicts: new Map([...there.verdicts, ...verdicts]),
    all: there.all,
    namesSome: namesSome || there.namesSome,
  };
}

interface Mechanism {
  mechanism: string;
  value: string;
  prefix: string;
  addresses: readonly string[];
}

/** Which addresses a mechanism matches. What goes by macros or by PTR is counted, and matches none. */
async function matched(walk: Walk, { mechanism, value, prefix, addresses }: Mechanism): Promise<readonly string[]> {
  const [, first, second] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(prefix) ?? [];
  if (mechanism === 'ip4') return within(walk, addresses, { nets: [value], four: first, six: '' });
  if (mechanism === 'ip6') return within(walk, addresses, { nets: [value], four: '', six: first });
  if (mechanism === 'include')
    return [...(await included(walk, { domain: value, addresses })).verdicts]
      .filter(([, verdict]) => verdict === '+')
      .map(([address]) => address);
  count(walk);
  if (value.includes('%') || mechanism === 'ptr' || mechanism === 'exists' || walk.lookups > GIVE_UP_AFTER) return [];
  const hosts = mechanism === 'mx' ? await exchangesOf(walk, value) : [value];
  const found = await Promise.all(hosts.map((host) => addressesOf(walk.dns, host)));
  if (found.some((one) => one === null)) walk.unasked = true;
  const there = found.flatMap((one) => one ?? []);
  if (mechanism === 'a' && there.length === 0) walk.voids++;
  return within(walk, addresses, { nets: there, four: first, six: second });
}

async function exchangesOf(walk: Walk, domain: string): Promise<string[]> {
  const found = await ask(walk.dns.resolveMx(domain));
  if (found === null) walk.unasked = true;
  if (found?.length === 0) walk.voids++;
  return (found ?? [])
    .map(({ exchange }) => exchange)
    .filter(Boolean)
    .slice(0, MOST_LOOKUPS);
}

async function included(walk: Walk, { domain, addresses }: Omit<Asked, 'record'>): Promise<Reading> {
  count(walk);
  if (walk.lookups > GIVE_UP_AFTER || domain.includes('%')) return EMPTY;
  const records = await recordsAt(walk.dns, domain);
  if (records === null) walk.unasked = true;
  if (records?.length === 0) walk.voids++;
  if (records && records.length !== 1)
    walk.fault ??= `${domain}, which it includes, has ${records.length || 'no'} SPF records`;
  return records?.length === 1 ? readRecord(walk, { domain, record: records[0]!, addresses }) : EMPTY;
}

const count = (walk: Walk): void => void walk.lookups++;

interface Nets {
  nets: readonly string[];
  /** How many bits count in each family; unset: all. An empty text says that the family is not meant. */
  four: string | undefined;
  six: string | undefined;
}

function within(walk: Walk, addresses: readonly string[], { nets, four, six }: Nets): readonly string[] {
  const list = new BlockList();
  for (const net of nets) {
    const isSix = isIP(net) === 6;
    const [given, most] = isSix ? [six, 128] : [four, 32];
    const bits = Number(given ?? most);
    if (isIP(net) === 0 || given === '' || bits > most)
      walk.fault ??= `"${net.slice(0, 60)}" is no network of its kind`;
    else list.addSubnet(net, bits, isSix ? 'ipv6' : 'ipv4');
  }
  return addresses.filter((address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

/**
 * What SPF comes to. `direct`: the addresses are those that mail leaves by. Else they are the
 * relay's, which may hand on to others that cannot be known from here. Pure.
 */
export function judgeSpf(facts: SpfFacts, { direct }: { direct: boolean }): Finding {
  const { well, look, mend } = findingsOf('spf', 'dns', 'SPF');
  const { domain, records, lookups, voids, fault, all, namesSome, addresses, passing } = facts;
  if (records === null)
    return look(`The DNS did not answer for the SPF record of ${domain}.`, 'It is asked again in four minutes.');
  if (records === 0)
    return mend(
      `${domain} has no SPF record.`,
      `Publish the TXT record "v=spf1 ${direct && addresses.length > 0 ? addresses.map(asTerm).join(' ') : 'include:YOUR-RELAY'} ~all" there.`,
    );
  if (records > 1)
    return mend(
      `${domain} has ${records} SPF records, so receivers count none.`,
      'Leave one record, with what all of them name.',
    );
  if (fault !== null)
    return mend(`The SPF record of ${domain} cannot be used: ${fault}.`, 'Correct or remove that term.');
  if (lookups > MOST_LOOKUPS)
    return mend(
      `The SPF record of ${domain} takes ${lookups} look-ups, and receivers stop after ${MOST_LOOKUPS}.`,
      'Remove an include that does not send for you, or name its addresses by ip4: and ip6:.',
    );
  if (voids > MOST_VOIDS)
    return mend(
      `${voids} look-ups of the SPF record of ${domain} find nothing, and receivers stop after ${MOST_VOIDS}.`,
      'Remove the names that do not exist any more.',
    );
  if (all === '+')
    return mend(
      `The SPF record of ${domain} lets every machine send in its name.`,
      'Let it end in -all instead of +all.',
    );
  if (!namesSome)
    return mend(
      `The SPF record of ${domain} lets no machine send.`,
      'Name your relay in it: include:, a: or ip4: before -all.',
    );
  const missing = addresses.filter((address) => !passing.includes(address));
  // A machine has addresses that its mail server may not use.
  if (direct && missing.length > 0 && passing.length > 0)
    return look(
      `The SPF record of ${domain} does not name ${missing.join(', ')}, which may send.`,
      `Add ${missing.map(asTerm).join(' ')} to it, if your mail server uses that.`,
    );
  if (direct && missing.length > 0)
    return mend(
      `The SPF record of ${domain} does not name ${missing.join(', ')}, which sends.`,
      `Add ${missing.map(asTerm).join(' ')} to it.`,
    );
  if (!direct && addresses.length > 0 && passing.length === 0)
    return look(
      `The SPF record of ${domain} does not name the relay's own address.`,
      'If the relay is a provider, check that the include which it asks for is there.',
    );
  if (all === null || all === '?')
    return look(
      `The SPF record of ${domain} says nothing of other machines.`,
      'Let it end in -all, or in ~all while you try.',
    );
  const named = addresses.length > 0 ? 'names what sends' : 'can be read';
  return well(`One record, ${named}, ${lookups} of ${MOST_LOOKUPS} look-ups.`);
}

const asTerm = (address: string): string => `${isIP(address) === 6 ? 'ip6' : 'ip4'}:${address}`;
