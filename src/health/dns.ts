import { Resolver } from 'node:dns/promises';
import { codeOf } from '../errors.ts';
import { SECOND } from '../duration.ts';

/** What is asked of a `dns.promises.Resolver`. */
export type DnsResolver = Pick<
  Resolver,
  'resolveTxt' | 'resolve4' | 'resolve6' | 'resolveMx' | 'resolveNs' | 'reverse'
>;

/** A look asks some thirty questions; each may take two tries. */
export const systemDns = (): DnsResolver => new Resolver({ timeout: 2 * SECOND, tries: 2 });

/** What the DNS has; empty where it says there is nothing, `null` where it gave no answer. */
export type Answer<T> = readonly T[] | null;

const NOTHING = ['ENOTFOUND', 'ENODATA'];

export async function ask<T>(question: Promise<readonly T[]>): Promise<Answer<T>> {
  try {
    return await question;
  } catch (error) {
    return NOTHING.includes(codeOf(error) ?? '') ? [] : null;
  }
}

/** The texts at a name, each with its strings joined. */
export const textsAt = (dns: DnsResolver, name: string): Promise<Answer<string>> =>
  ask(dns.resolveTxt(name).then((records) => records.map((strings) => strings.join(''))));

/** The addresses of a host, of both families; `null` when neither question was answered. */
export async function addressesOf(dns: DnsResolver, host: string): Promise<Answer<string>> {
  const answers = await Promise.all([ask(dns.resolve4(host)), ask(dns.resolve6(host))]);
  return answers.every((answer) => answer === null) ? null : answers.flatMap((answer) => answer ?? []);
}

/** A name server in a network without a way out may say of every name that there is none. */
export const knowsInternet = async (dns: DnsResolver): Promise<boolean> =>
  ((await ask(dns.resolveNs('com'))) ?? []).length > 0;
