import { Resolver } from 'node:dns/promises';
import { LRUCache } from 'lru-cache';
import { MINUTE, SECOND } from '../duration.ts';
import { codeOf } from '../errors.ts';
import { ReaderError } from '../words/reader-error.ts';

/** Throws ADDRESS_INVALID for an address at a domain that takes no mail. */
export type CheckDomain = (address: string) => Promise<void>;

/** What the DNS says of a domain. `unsaid`: nothing, or nothing that could be believed. */
type Answer = 'fine' | 'no mail' | 'unknown' | 'unsaid';

/** What is asked of a `dns.promises.Resolver`. */
export type MailResolver = Pick<Resolver, 'resolveMx' | 'resolveNs'>;

/** A reader does not wait longer for an answer that only helps them. */
const PATIENCE_MS = 1_500;
/** How many questions are under way at once: further domains are taken unasked. */
const MOST_UNDER_WAY = 20;
/** A server that did not answer is left alone so long. */
const REST_MS = 30 * SECOND;
const KEPT_MS = 10 * MINUTE;
const KEPT_MOST = 5_000;
/** Those for documentation and tests (RFC 2606, RFC 6761) are not asked about: they reach no mailbox in any case. */
const RESERVED = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test)$/;

/** Asks the name servers of this machine, once. */
export const systemResolver = (): MailResolver => new Resolver({ timeout: PATIENCE_MS, tries: 1 });

/** A check that refuses no address. */
export const checkNoDomain: CheckDomain = async () => {};

/**
 * Refuses addresses at domains that do not exist or say that they take no mail. What the answer is
 * goes by the domain alone. A DNS that is down, slow or wrong about everything refuses none.
 */
export function createDomainCheck(resolver: MailResolver): CheckDomain {
  const answers = new LRUCache<string, Promise<Answer>>({ max: KEPT_MOST, ttl: KEPT_MS });
  let underWay = 0;
  let restsUntil = -Infinity;

  const ask = async (domain: string): Promise<Answer> => {
    underWay += 1;
    const answer = await inPatience(answerOf(resolver, domain));
    underWay -= 1;
    if (answer !== 'unsaid') return answer;
    answers.delete(domain);
    restsUntil = performance.now() + REST_MS;
    return answer;
  };

  return async (address) => {
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (RESERVED.test(domain)) return;
    const mayAsk = underWay < MOST_UNDER_WAY && performance.now() >= restsUntil;
    const known = answers.get(domain) ?? (mayAsk ? ask(domain) : null);
    if (known === null) return;
    answers.set(domain, known, { noUpdateTTL: true });
    refuse(await known);
  };
}

function refuse(answer: Answer): void {
  if (answer === 'no mail') throw new ReaderError('ADDRESS_INVALID', 'address-no-mail', null);
  if (answer === 'unknown') throw new ReaderError('ADDRESS_INVALID', 'address-no-domain', null);
}

async function answerOf(resolver: MailResolver, domain: string): Promise<Answer> {
  try {
    const hosts = await resolver.resolveMx(domain);
    // RFC 7505: one MX, whose host is the root.
    return hosts.length === 1 && hosts[0]!.exchange === '' ? 'no mail' : 'fine';
  } catch (error) {
    const code = codeOf(error);
    // Without an MX mail goes to the address of the host (RFC 5321 section 5.1).
    if (code === 'ENODATA') return 'fine';
    if (code !== 'ENOTFOUND') return 'unsaid';
    return (await knowsInternet(resolver)) ? 'unknown' : 'unsaid';
  }
}

/** A name server in a network without a way out may say of every name that there is none. */
const knowsInternet = (resolver: MailResolver): Promise<boolean> =>
  resolver.resolveNs('com').then(
    (servers) => servers.length > 0,
    () => false,
  );

const inPatience = (answer: Promise<Answer>): Promise<Answer> => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(resolve, PATIENCE_MS, 'unsaid');
  void answer.then(resolve).finally(() => clearTimeout(timer));
  return promise;
};
