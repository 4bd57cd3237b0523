import { Resolver } from 'node:dns/promises';
import { domainToASCII } from 'node:url';
import type { Config } from '../config.ts';
import { createSigner } from '../mail/dkim/signer.ts';
import { VARIABLES } from '../mail/dkim/keys.ts';
import { judgeRecord, recordName, recordText, type RecordVerdict } from '../mail/dkim/records.ts';
import { codeOf } from '../errors.ts';
import type { Context } from './context.ts';
import type { Finding } from './finding.ts';

/** Asks one name for its TXT records; `dns.Resolver` in earnest. */
export interface TxtResolver {
  resolveTxt(name: string): Promise<string[][]>;
}

const shortLived = (): TxtResolver => new Resolver({ timeout: 2000, tries: 1 });

/**
 * What doctor says about signing: a line for each key, and one when the signatures would not count
 * for MAIL_FROM.
 */
export async function dkimFindings(
  config: Pick<Config, 'dkim' | 'mailFrom'>,
  log: Context['log'],
  resolver: TxtResolver = shortLived(),
): Promise<Finding[]> {
  const signer = await createSigner(config.dkim, log);
  if (!signer) return [];
  const { domain } = signer;
  const findings = await Promise.all(
    signer.keys.map(async ({ type, selector, publicKey }): Promise<Finding> => {
      const name = recordName(domain, selector);
      const { ok, text } = describe(name, await lookUp(resolver, name, recordText(type, publicKey)));
      return { ok, what: 'DKIM', detail: `signs with ${VARIABLES[type].name}, selector ${selector}; ${text}` };
    }),
  );
  return aligned(config.mailFrom.address, domain)
    ? findings
    : [
        ...findings,
        {
          ok: 'warn',
          what: 'DKIM_DOMAIN',
          detail:
            `${domain} and the domain of MAIL_FROM are not one within the other, so DMARC does not count ` +
            'the signatures',
        },
      ];
}

async function lookUp(resolver: TxtResolver, name: string, wanted: string): Promise<RecordVerdict | 'unasked'> {
  try {
    return judgeRecord(wanted, await resolver.resolveTxt(name));
  } catch (error) {
    return ['ENOTFOUND', 'ENODATA'].includes(codeOf(error) ?? '') ? 'absent' : 'unasked';
  }
}

/**
 * Absent is a note and no failure: where there is no network, some resolvers say that nothing
 * exists.
 */
function describe(name: string, verdict: RecordVerdict | 'unasked'): { ok: Finding['ok']; text: string } {
  switch (verdict) {
    case 'published':
      return { ok: true, text: 'its DNS record is published' };
    case 'unasked':
      return { ok: 'warn', text: `the DNS could not be asked from here for ${name}` };
    case 'absent':
      return { ok: 'warn', text: `the DNS has no key at ${name} yet: publish it before you send` };
    case 'several':
      return { ok: false, text: `the DNS has several keys at ${name}: leave one` };
    case 'revoked':
      return {
        ok: false,
        text: `the DNS record at ${name} says the key is revoked: publish it, or use another selector`,
      };
    case 'other':
      return { ok: false, text: `the DNS has another key at ${name}: publish this one's, or name the right selector` };
  }
}

/** DMARC's relaxed alignment, as far as it can be told without a list of public suffixes. */
function aligned(address: string, signing: string): boolean {
  const from = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  return `.${from}`.endsWith(`.${signing}`) || `.${signing}`.endsWith(`.${from}`);
}
