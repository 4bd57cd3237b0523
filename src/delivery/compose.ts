import { isAscii } from 'node:buffer';
import type { Tx } from '../db/client.ts';
import type { ReadyDelivery } from '../db/deliveries.ts';
import { startOf } from '../day.ts';
import { DIGEST } from '../db/digests.ts';
import { keepSelection } from '../db/selections.ts';
import { createContentCache, type Digest } from '../editions/content.ts';
import { createMemo } from '../editions/memo.ts';
import { addressTo } from '../editions/personalise.ts';
import { digestPath } from '../papers/links.ts';
import type { Topics } from '../papers/topics.ts';
import { linkFor } from '../subscribers/links.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Sign } from '../mail/dkim/signer.ts';
import { composeMessage, listHeaders, unsubscribeHeader, writeLetterhead } from '../mail/mime.ts';
import { replyTo, type Sender } from '../mail/sender.ts';
import type { Outgoing } from '../mail/transport.ts';

export interface ComposeDeps {
  db: Tx;
  keyring: Keyring;
  sender: Sender;
  /** The topics in force. */
  topics: Pick<Topics, 'classify' | 'list'>;
  /** Without it the message goes out unsigned. */
  sign?: Sign | undefined;
}

/**
 * What one digest is made from. Date and Message-ID follow from it, so a message sent again is the
 * same message.
 */
export type Addressee = Pick<
  ReadyDelivery,
  'subscriberId' | 'email' | 'topics' | 'since' | 'frozenAt' | 'wantsFresh' | 'length' | 'taste' | 'had'
> &
  Partial<Pick<ReadyDelivery, 'follows' | 'language'>>;

/** Makes the digests of readers. Pure but for loading each day once. */
export interface Composer<To = Addressee> {
  /** Chooses a reader's digest and keeps which papers it holds; `null`: their topics brought nothing. */
  hold(date: string, to: To): Promise<Held | null>;
  /** Makes one reader's message of what `hold` chose, which it asks itself otherwise; `null`: there is none. */
  compose(date: string, to: To, held?: Held | null): Promise<Outgoing | null>;
}

/** A reader's digest, and under which id it is kept what it holds. */
export interface Held {
  digest: Digest;
  selectionId: number;
}

/**
 * Readers' letterheads differ by subject, by when their digest was frozen, and by whether they
 * follow one topic.
 */
const LETTERHEADS_KEPT = 1000;

/**
 * Each edition is loaded and compiled once, and each reader's message is spliced from it.
 */
export function createComposer({ db, keyring, sender, topics, sign }: ComposeDeps): Composer {
  const contentOf = createContentCache({ db, topics }, sender);
  let look = sender.look;
  let letterheads = createMemo<string>(LETTERHEADS_KEPT);
  const kept = new WeakMap<Digest, Promise<Held>>();
  const keep = async (date: string, digest: Digest): Promise<Held> => ({
    digest,
    selectionId: await keepSelection(db, date, digest.papers),
  });

  const hold: Composer['hold'] = async (date, to) => {
    const digest = await (await contentOf(date, to.frozenAt)).digestFor(to);
    if (!digest) return null;
    let held = kept.get(digest);
    if (!held) {
      held = keep(date, digest);
      held.catch(() => kept.delete(digest));
      kept.set(digest, held);
    }
    return held;
  };

  const compose: Composer['compose'] = async (date, to, chosen) => {
    const held = chosen === undefined ? await hold(date, to) : chosen;
    if (!held) return null;
    const { digest, selectionId } = held;
    const claims = { subscriberId: to.subscriberId, issuedAt: to.frozenAt };
    const links = {
      unsubscribe: linkFor(keyring, sender.publicUrl, 'unsubscribe', claims),
      preferences: linkFor(keyring, sender.publicUrl, 'preferences', claims),
      // Of the reader and the day: what its numbers stand for, the ledger knows.
      say: `${linkFor(keyring, sender.publicUrl, 'say', { ...claims, issuedAt: startOf(date) })}/${selectionId}`,
    };
    const browser = `${sender.publicUrl}${digestPath(date, selectionId)}`;
    const { subject, html, text } = addressTo(digest.mail, { ...links, browser });
    const topic = to.topics.length === 1 ? to.topics[0]! : 'several';
    if (look !== sender.look) letterheads = createMemo<string>(LETTERHEADS_KEPT);
    look = sender.look;
    const letterhead = letterheads(`${date} ${to.frozenAt.getTime()} ${topic} ${subject}`, () =>
      writeLetterhead({
        from: sender.from,
        subject,
        date: to.frozenAt,
        headers: [
          ...listHeaders({ siteName: look.brand.name, publicUrl: sender.publicUrl, date, kind: DIGEST, topic }),
          ...replyTo(sender),
        ],
      }),
    );
    const mark = keyring.mark({ subscriberId: to.subscriberId, date });
    const messageId = `<${DIGEST}.${mark}@${sender.domain}>`;
    const message = composeMessage({
      letterhead,
      to: to.email,
      messageId,
      headers: [unsubscribeHeader(links.unsubscribe, leaveAddress(sender, mark))],
      html,
      text,
    });
    // Only the header section can hold anything else, an address that is not ASCII.
    return {
      from: returnPath(sender, mark),
      to: to.email,
      message: sign ? await sign(message) : message,
      plain: isAscii(message[0]!),
    };
  };
  return { hold, compose };
}

/** VERP: a bounce to this address names the delivery by itself, and no one else can make one up. */
const returnPath = (sender: Sender, mark: string): string =>
  sender.bounceDomain === null ? sender.from.address : `b+${mark}@${sender.bounceDomain}`;

/** Where mail ends the subscription, if mail to that domain is listened to. */
const leaveAddress = ({ listens, bounceDomain }: Sender, mark: string): string | undefined =>
  listens === true && bounceDomain !== null ? `u+${mark}@${bounceDomain}` : undefined;
