import { isIP } from 'node:net';
import { type Answer, addressesOf, ask, type DnsResolver } from './dns.ts';
import { type Finding, findingsOf } from './finding.ts';

const AGAIN = 'It is asked again in four minutes.';

export interface PtrFacts {
  address: string;
  /** The names that the address has, and those of them that lead back to it; `null`: no answer. */
  names: Answer<string>;
  confirmed: readonly string[];
}

/** Reads the names of an address, and whether they lead back to it. */
export async function readPtr(dns: DnsResolver, address: string): Promise<PtrFacts> {
  const names = await ask(dns.reverse(address));
  const back = await Promise.all((names ?? []).map((name) => addressesOf(dns, name)));
  return { address, names, confirmed: (names ?? []).filter((_, i) => back[i]?.some((one) => isSame(one, address))) };
}

const isSame = (one: string, other: string): boolean => normal(one) === normal(other);
const normal = (address: string): string => (isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address);

/**
 * Whether the sending address has a name, both ways. `direct`: it is this machine's; else it is the
 * relay's, which its owner sees to. Pure.
 */
export function judgePtr({ address, names, confirmed }: PtrFacts, { direct }: { direct: boolean }): Finding {
  const { well, look, mend } = findingsOf('ptr', 'dns', 'PTR');
  const bad = direct ? mend : look;
  const whose = direct ? '' : ", the relay's address,";
  if (names === null) return look(`The DNS did not say which name ${address} has.`, AGAIN);
  if (names.length === 0)
    return bad(
      `${address}${whose} has no PTR record, so large providers refuse its mail.`,
      'Have its owner, mostly the hosting company, set the PTR record to the name of the mail server.',
    );
  if (confirmed.length === 0)
    return bad(
      `${address}${whose} is named ${names[0]}, which does not lead back to it.`,
      `Point the A or AAAA record of ${names[0]} at ${address}.`,
    );
  return well(`${address} is ${confirmed[0]}, both ways.`);
}

export interface MailDomainFacts {
  domain: string;
  mx: Answer<string>;
  /** Of the domain itself, to which mail goes without an MX. */
  addresses: Answer<string>;
  /** The first MX that has an address; `null`: none has. */
  reachable: string | null;
}

/** Reads where mail to a domain goes. */
export async function readMailDomain(dns: DnsResolver, domain: string): Promise<MailDomainFacts> {
  const found = await ask(dns.resolveMx(domain));
  const mx = found && found.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  const addresses = await addressesOf(dns, domain);
  const there = await Promise.all((mx ?? []).map(async (host) => [host, await addressesOf(dns, host)] as const));
  return {
    domain,
    mx,
    addresses,
    reachable: there.find(([host, at]) => host !== '' && (at === null || at.length > 0))?.[0] ?? null,
  };
}

/** Whether answers to the mail find a way back. Pure. */
export function judgeSenderDomain(facts: MailDomainFacts): Finding {
  const { well, look, mend } = findingsOf('sender-domain', 'dns', 'Sender');
  const { domain, mx, addresses, reachable } = facts;
  if (mx === null || addresses === null) return look(`The DNS did not say where mail to ${domain} goes.`, AGAIN);
  if (isNull(mx))
    return mend(
      `${domain} says that it takes no mail, so servers refuse mail from it.`,
      `Publish an MX record for ${domain}, or set another MAIL_FROM.`,
    );
  if (mx.length === 0 && addresses.length === 0)
    return mend(
      `${domain} has neither an MX nor an address, so servers refuse mail from it.`,
      `Publish an MX record for ${domain}, or set another MAIL_FROM.`,
    );
  if (mx.length > 0 && reachable === null)
    return mend(
      `The MX of ${domain}, ${mx[0]}, has no address.`,
      `Correct the MX record of ${domain}, or give ${mx[0]} an address.`,
    );
  return well(`Mail to ${domain} goes to ${reachable ?? domain}.`);
}

/** RFC 7505. */
const isNull = (mx: readonly string[]): boolean => mx.length === 1 && (mx[0] === '' || mx[0] === '.');

/** Whether bounces find a way back, and someone there hears them. Pure. */
export function judgeBounceDomain(facts: MailDomainFacts, { listens }: { listens: boolean }): Finding {
  const { well, look, mend } = findingsOf('bounce-domain', 'dns', 'Bounces');
  const { domain, mx, reachable } = facts;
  if (mx === null) return look(`The DNS did not say where mail to ${domain} goes.`, AGAIN);
  if (mx.length === 0 || isNull(mx))
    return mend(
      `${domain} has no MX, so no bounce comes back.`,
      `Publish an MX record for ${domain} that names your mail server.`,
    );
  if (reachable === null)
    return mend(
      `The MX of ${domain}, ${mx[0]}, has no address.`,
      `Correct the MX record of ${domain}, or give ${mx[0]} an address.`,
    );
  if (!listens)
    return look(
      `Bounces go to ${reachable}, but Paperboy does not hear of them.`,
      'Set INBOUND_PORT, IMAP_URL or WEBHOOK_KEYS.',
    );
  return well(`Bounces to ${domain} go to ${reachable}.`);
}

/** What is said where the DNS knows nothing at all. Pure. */
export const dnsAway = (): Finding =>
  findingsOf('dns', 'dns', 'DNS').look(
    'The DNS cannot be asked from here, so nothing is known of your records.',
    'Check the name servers in /etc/resolv.conf; records are looked at again in four minutes.',
  );
