interface Folding {
  domains: RegExp;
  /** The domain that stands for all of them, where the same inbox has an address at each. */
  as?: string;
  /** What begins a tag that the reader chose. */
  tag: string;
  hasDots: boolean;
}

// Gmail: support.google.com/mail/answer/7436150. Proton: proton.me/support/addresses-and-aliases.
// Yahoo: help.yahoo.com/kb/SLN28815 (a base name, a hyphen, a keyword).
const FOLDINGS: readonly Folding[] = [
  { domains: /^(?:gmail|googlemail)\.com$/, as: 'gmail.com', tag: '+', hasDots: false },
  { domains: /^(?:proton\.me|protonmail\.(?:com|ch)|pm\.me)$/, as: 'proton.me', tag: '+', hasDots: false },
  { domains: /^(?:yahoo\.(?:com?\.)?[a-z]{2,3}|ymail\.com|rocketmail\.com)$/, tag: '-', hasDots: true },
  { domains: /^/, tag: '+', hasDots: true },
];

/**
 * The inbox behind an address, as far as one can tell, for counting alone: mail goes to the address
 * as it is written. Taking two inboxes for one is the smaller fault: then one of them waits.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).toLowerCase();
  const { as = domain, tag, hasDots } = FOLDINGS.find(({ domains }) => domains.test(domain))!;
  const local = unquoted(address.slice(0, at)).toLowerCase();
  const end = local.indexOf(tag, 1);
  const base = end === -1 ? local : local.slice(0, end);
  return `${hasDots ? base : base.replaceAll('.', '')}@${as}`;
}

/** `"ada"@example.org` is ada's (RFC 5321 section 4.1.2). */
const unquoted = (local: string): string => local.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1');
