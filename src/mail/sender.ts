import type { Look } from '../brand/look.ts';
import type { Config } from '../config.ts';
import { addressHeader, type Header } from './mime.ts';

interface Mailbox {
  name: string;
  address: string;
}

/** Who the mail is from, as every message says it. */
export interface Sender {
  /** The look in force when it is asked for. */
  readonly look: Look;
  /** Without a trailing slash. */
  publicUrl: string;
  readonly from: Mailbox;
  /** Whom notices are from, if not `from`: mailbox providers tell them from digests by it. */
  readonly noticeFrom?: Mailbox;
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

/** A sender whose look is asked for anew each time, because an operator may change it meanwhile. */
export function senderOf(
  config: Pick<
    Config,
    'mailFrom' | 'noticeFrom' | 'publicUrl' | 'postalAddress' | 'bounceDomain' | 'inbound' | 'imapUrl'
  >,
  look: () => Look,
): Sender {
  const { mailFrom, noticeFrom, publicUrl, postalAddress, bounceDomain } = config;
  /** A name in MAIL_FROM is the brand's where nothing else names it: so a renamed newspaper is so in its mail. */
  const named = ({ address }: Config['mailFrom']): Mailbox => ({ name: look().brand.name, address });
  return {
    get look() {
      return look();
    },
    publicUrl,
    get from() {
      return named(mailFrom);
    },
    get noticeFrom() {
      // A name in NOTICE_FROM is one of its own.
      const isOwn = noticeFrom.name !== null && noticeFrom.name !== mailFrom.name;
      return isOwn ? { name: noticeFrom.name!, address: noticeFrom.address } : named(noticeFrom);
    },
    domain: mailFrom.address.slice(mailFrom.address.lastIndexOf('@') + 1),
    postalAddress,
    bounceDomain,
    listens: config.inbound !== null || config.imapUrl !== null,
  };
}

/** Where answers go, if not to the sender. */
export const replyTo = ({ look }: Sender): Header[] =>
  look.brand.replyTo === null ? [] : [addressHeader('Reply-To', look.brand.replyTo)];
