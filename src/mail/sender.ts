import type { Config } from '../config.ts';

/** Who the mail is from, as every message says it. */
export interface Sender {
  siteName: string;
  /** Without a trailing slash. */
  publicUrl: string;
  from: { name: string; address: string };
  /** Whom notices are from, if not `from`: mailbox providers tell them from digests by it. */
  noticeFrom?: { name: string; address: string };
  /** The right-hand side of Message-IDs. */
  domain: string;
  postalAddress: string | null;
  /**
   * Where bounces go, when they can be told apart by recipient (VERP); else they go to the From
   * address.
   */
  bounceDomain: string | null;
  /** Whether what is mailed to that domain is listened to: then mail can be left by mail too. */
  listens?: boolean;
}

export function senderOf(
  config: Pick<
    Config,
    'mailFrom' | 'noticeFrom' | 'publicUrl' | 'postalAddress' | 'bounceDomain' | 'inbound' | 'imapUrl'
  >,
): Sender {
  const { mailFrom, noticeFrom, publicUrl, postalAddress, bounceDomain } = config;
  return {
    siteName: mailFrom.name,
    publicUrl,
    from: mailFrom,
    noticeFrom,
    domain: mailFrom.address.slice(mailFrom.address.lastIndexOf('@') + 1),
    postalAddress,
    bounceDomain,
    listens: config.inbound !== null || config.imapUrl !== null,
  };
}
