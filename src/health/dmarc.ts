import { type DnsResolver, textsAt } from './dns.ts';
import { type Finding, findingsOf } from './finding.ts';

const POLICIES = ['none', 'quarantine', 'reject'] as const;
type Policy = (typeof POLICIES)[number];

interface DmarcRecord {
  domain: string;
  tags: ReadonlyMap<string, string>;
}

export interface DmarcFacts {
  domain: string;
  /** The DNS gave no answer. */
  unasked: boolean;
  /** How many records the domain itself has. */
  records: number;
  /** The record that holds for it, its own or that of its organisational domain. */
  record: DmarcRecord | null;
  /** Whether what is signed, and the return path, belong to the domain of From; `null`: not signed by us. */
  dkimAligned: boolean | null;
  spfAligned: boolean;
  signing: string | null;
  returnPath: string;
}

/** RFC 9989 section 4.10: at most so many questions; longer names are cut to so many labels after the first. */
const MOST_QUERIES = 8;

type Found = { kind: 'unasked' } | { kind: 'records'; tags: ReadonlyMap<string, string>[] };

async function recordsAt(dns: DnsResolver, domain: string): Promise<Found> {
  const texts = await textsAt(dns, `_dmarc.${domain}`);
  if (texts === null) return { kind: 'unasked' };
  return { kind: 'records', tags: texts.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text)).map(tagsOf) };
}

const tagsOf = (text: string): Map<string, string> =>
  new Map(
    text.split(';').flatMap((tag) => {
      const equals = tag.indexOf('=');
      return equals < 0 ? [] : [[tag.slice(0, equals).trim().toLowerCase(), tag.slice(equals + 1).trim()] as const];
    }),
  );

/** The names that a tree walk asks for, from the domain up. Pure. */
export function treeOf(domain: string): string[] {
  const labels = domain.split('.');
  const above = labels.length > MOST_QUERIES ? labels.slice(-(MOST_QUERIES - 1)) : labels.slice(1);
  return [domain, ...above.map((_, i) => above.slice(i).join('.'))];
}

interface Walked {
  own: number;
  unasked: boolean;
  /** From the domain up; where a name has several records it has none. */
  found: DmarcRecord[];
}

async function walkUp(dns: DnsResolver, domain: string): Promise<Walked> {
  const walked: Walked = { own: 0, unasked: false, found: [] };
  for (const name of treeOf(domain)) {
    const answer = await recordsAt(dns, name);
    if (answer.kind === 'unasked') return { ...walked, unasked: true };
    if (name === domain) walked.own = answer.tags.length;
    if (answer.tags.length !== 1) continue;
    walked.found.push({ domain: name, tags: answer.tags[0]! });
    if (/^[yn]$/i.test(answer.tags[0]!.get('psd') ?? '')) break;
  }
  return walked;
}

/** RFC 9989 section 4.10.2: the domain that stands for the organisation. Pure. */
export function organisationOf(domain: string, found: readonly DmarcRecord[]): string {
  const sealed = found.find(({ tags }) => /^n$/i.test(tags.get('psd') ?? ''));
  if (sealed) return sealed.domain;
  const suffix = found.find(({ tags, domain: name }) => name !== domain && /^y$/i.test(tags.get('psd') ?? ''));
  if (suffix)
    return domain
      .split('.')
      .slice(-(suffix.domain.split('.').length + 1))
      .join('.');
  return found.at(-1)?.domain ?? domain;
}

interface Names {
  /** The domain of From. */
  domain: string;
  /** The d= of our signatures; `null`: we do not sign. */
  signing: string | null;
  /** The domain of the return path. */
  returnPath: string;
}

/** Finds the record that holds for a domain by the tree walk of RFC 9989, and what is aligned with it. */
export async function readDmarc(dns: DnsResolver, { domain, signing, returnPath }: Names): Promise<DmarcFacts> {
  const own = await walkUp(dns, domain);
  const home = organisationOf(domain, own.found);
  const record =
    own.found.find((one) => one.domain === domain) ??
    own.found.find((one) => one.domain === home) ??
    own.found.at(-1) ??
    null;
  let { unasked } = own;
  const aligned = async (other: string, mode: 'adkim' | 'aspf'): Promise<boolean> => {
    if (other === domain) return true;
    if (/^s$/i.test(record?.tags.get(mode) ?? 'r')) return false;
    const there = await walkUp(dns, other);
    unasked ||= there.unasked;
    // Without a record anywhere, only one within the other can be one organisation.
    if (own.found.length === 0 && there.found.length === 0) return isWithin(other, domain) || isWithin(domain, other);
    return organisationOf(other, there.found) === home;
  };
  const [dkimAligned, spfAligned] = await Promise.all([
    signing === null ? null : aligned(signing, 'adkim'),
    aligned(returnPath, 'aspf'),
  ]);
  return { domain, unasked, records: own.own, record, dkimAligned, spfAligned, signing, returnPath };
}

const isWithin = (one: string, other: string): boolean => one.endsWith(`.${other}`);

/** The policy that receivers apply: that of the subdomain, one step milder while it is tested. Pure. */
export function policyOf({ domain, record }: Pick<DmarcFacts, 'domain' | 'record'>): Policy | null {
  if (record === null) return null;
  const read = (tag: string): Policy | undefined =>
    POLICIES.find((policy) => policy === record.tags.get(tag)?.toLowerCase());
  const own = read('p') ?? (record.tags.has('rua') ? 'none' : undefined);
  const policy = record.domain === domain ? own : (read('sp') ?? own);
  if (policy === undefined) return null;
  return isTest(record) ? POLICIES[Math.max(0, POLICIES.indexOf(policy) - 1)]! : policy;
}

const isTest = ({ tags }: DmarcRecord): boolean => /^y$/i.test(tags.get('t') ?? '');

/** What the record comes to. Pure. */
export function judgeDmarc(facts: DmarcFacts): Finding {
  const { well, look, mend } = findingsOf('dmarc', 'dns', 'DMARC');
  const { domain, record, records } = facts;
  if (facts.unasked)
    return look(`The DNS did not answer for the DMARC record of ${domain}.`, 'It is asked again in four minutes.');
  if (records > 1)
    return mend(
      `${domain} has ${records} DMARC records, so receivers count none.`,
      `Leave one TXT record at _dmarc.${domain}.`,
    );
  if (record === null)
    return mend(
      `${domain} has no DMARC record, which large providers ask for.`,
      `Publish the TXT record "v=DMARC1; p=none; rua=mailto:YOU@${domain}" at _dmarc.${domain}.`,
    );
  const policy = policyOf(facts);
  const where = `_dmarc.${record.domain}`;
  if (policy === null)
    return mend(`The DMARC record at ${where} names no policy.`, 'Let it say p=none, p=quarantine or p=reject.');
  if (isTest(record))
    return look(
      `The DMARC record at ${where} is being tried out: t=y.`,
      'Remove t=y when the reports show that all your mail is aligned.',
    );
  if (policy === 'none')
    return look(
      'The policy is none, so mail forged in your name gets through.',
      `Set p=quarantine at ${where} when reports show that your mail is aligned.`,
    );
  if (record.tags.has('pct'))
    return look(
      `The DMARC record at ${where} says pct, which receivers no longer read.`,
      'Remove pct: the policy holds for all mail.',
    );
  return well(`The policy is ${policy}, by the record at ${where}.`);
}

/** Whether receivers count our signatures and return path for From. Pure. */
export function judgeAlignment({ domain, unasked, dkimAligned, spfAligned, signing, returnPath }: DmarcFacts): Finding {
  const { well, look, mend } = findingsOf('alignment', 'dns', 'Alignment');
  if (unasked) return look('The DNS did not say which domains belong together.', 'It is asked again in four minutes.');
  if (dkimAligned === false && !spfAligned)
    return mend(
      `DMARC counts neither the signature of ${signing} nor the return path ${returnPath} for ${domain}.`,
      `Set DKIM_DOMAIN to ${domain}, and BOUNCE_DOMAIN to a name within it.`,
    );
  if (dkimAligned === false)
    return look(
      `DMARC does not count the signature of ${signing} for ${domain}.`,
      `Set DKIM_DOMAIN to ${domain} and publish its keys.`,
    );
  if (!spfAligned)
    return look(
      `DMARC does not count the return path ${returnPath} for ${domain}.`,
      `Set BOUNCE_DOMAIN to a name within ${domain}.`,
    );
  return well(dkimAligned ? `Signature and return path belong to ${domain}.` : `The return path belongs to ${domain}.`);
}
