import { isAscii } from 'node:buffer';
import type { Tx } from '../db/client.ts';
import { type ReadyDelivery, DIGEST } from '../db/deliveries.ts';
import { createContentCache } from '../editions/content.ts';
import { addressTo } from '../editions/personalise.ts';
import { linkFor } from '../subscribers/links.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Sign } from './dkim.ts';
import { composeMessage, digestHeaders } from './mime.ts';
import type { Sender } from './sender.ts';
import type { Outgoing } from './transport.ts';

export interface ComposeDeps {
  db: Tx;
  keyring: Keyring;
  sender: Sender;
  /** Without it the message goes out unsigned. */
  sign?: Sign | undefined;
}

/** What one digest is made from. Date and Message-ID follow from it, so a message sent again is the same message. */
export type Addressee = Pick<ReadyDelivery, 'subscriberId' | 'email' | 'topics' | 'since' | 'frozenAt'>;

/** Makes the digest composer: each edition is loaded and compiled once, each reader's message is spliced from it. */
export function createComposer({ db, keyring, sender, sign }: ComposeDeps): (date: string, to: Addressee) => Promise<Outgoing | null> {
  const content = createContentCache(db, sender);
  return async (date, to) => {
    const selection = (await content({ date, since: to.since })).select(to.topics);
    if (!selection) return null;
    const claims = { subscriberId: to.subscriberId, issuedAt: to.frozenAt };
    const links = { unsubscribe: linkFor(keyring, sender.publicUrl, 'unsubscribe', claims), preferences: linkFor(keyring, sender.publicUrl, 'preferences', claims) };
    const message = composeMessage({
      ...addressTo(selection, { ...links, browser: `${sender.publicUrl}/editions/${date}` }),
      from: sender.from, to: to.email, date: to.frozenAt,
      messageId: `<${DIGEST}.${date}.${to.subscriberId.toString(36)}@${sender.domain}>`,
      headers: digestHeaders({ ...sender, date, kind: DIGEST, topic: to.topics.length === 1 ? to.topics[0]! : 'several', unsubscribeUrl: links.unsubscribe }),
    });
    // Only the header section can hold anything else, an address that is not ASCII.
    return { from: returnPath(keyring, sender, to), to: to.email, message: sign ? await sign(message) : message, plain: isAscii(message[0]!) };
  };
}

/** VERP: a bounce to this address names the reader by itself, and nobody else can make one up. */
function returnPath(keyring: Keyring, sender: Sender, to: Addressee): string {
  if (sender.bounceDomain === null) return sender.from.address;
  return `b+${keyring.sign('bounce', { subscriberId: to.subscriberId, issuedAt: to.frozenAt })}@${sender.bounceDomain}`;
}
