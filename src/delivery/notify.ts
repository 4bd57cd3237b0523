import type { Db } from '../db/client.ts';
import { getSubscriber, isSuppressed, recordNoticeSent, type SubscriberRow } from '../db/subscribers.ts';
import { renderAlreadySubscribed, renderConfirmation } from '../editions/notice.ts';
import { AppError } from '../errors.ts';
import { addressHash } from '../subscribers/address.ts';
import { linkFor, type LinkPurpose } from '../subscribers/links.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Logger } from '../telemetry.ts';
import type { Sign } from './dkim.ts';
import { composeMessage, noticeHeaders } from './mime.ts';
import type { Sender } from './sender.ts';
import type { Outgoing, Transport } from './transport.ts';
import { verdictOf } from './verdict.ts';

export interface NotifyDeps {
  db: Db;
  keyring: Keyring;
  sender: Sender;
  transport: Transport;
  /** Without it the notice goes out unsigned. */
  sign?: Sign | undefined;
  now: () => Date;
  log: Logger;
}

/**
 * Sends what a request to subscribe owes: a confirmation to a pending reader, a word to an active one, nothing to a suppressed
 * or ended one. Throws RELAY_UNAVAILABLE when it should be tried again. A crash between sending and recording sends it once more,
 * with the same Message-ID.
 */
export async function sendNotice(deps: NotifyDeps, subscriberId: number): Promise<void> {
  const reader = await getSubscriber(deps.db, subscriberId);
  if (!reader?.requestedAt || (reader.noticeSentAt && reader.noticeSentAt >= reader.requestedAt)) return;
  const wanted = (reader.status === 'pending' || reader.status === 'active') && !(await isSuppressed(deps.db, addressHash(reader.email)));
  if (wanted) await send(deps, await compose(deps, reader, reader.requestedAt));
  await recordNoticeSent(deps.db, subscriberId, reader.requestedAt, deps.now());
}

async function compose({ keyring, sender, sign }: NotifyDeps, reader: SubscriberRow, requestedAt: Date): Promise<Outgoing> {
  const link = (purpose: LinkPurpose): string => linkFor(keyring, sender.publicUrl, purpose, { subscriberId: reader.id, issuedAt: requestedAt });
  const content = await (reader.status === 'pending'
    ? renderConfirmation({ ...sender, confirmUrl: link('confirm') })
    : renderAlreadySubscribed({ ...sender, preferencesUrl: link('preferences'), unsubscribeUrl: link('unsubscribe') }));
  const message = composeMessage({
    ...content, from: sender.from, to: reader.email, date: requestedAt, headers: noticeHeaders(),
    messageId: `<notice.${reader.id}.${requestedAt.getTime().toString(36)}@${sender.domain}>`,
  });
  return { from: sender.from.address, to: reader.email, message: sign ? await sign(message) : message };
}

async function send(deps: NotifyDeps, outgoing: Outgoing): Promise<void> {
  const verdict = verdictOf(await deps.transport.send(outgoing));
  if (verdict.state === 'wait' || verdict.state === 'deferred') {
    throw new AppError('RELAY_UNAVAILABLE', 'Cannot send a notice: the mail relay did not take it. It is tried again.');
  }
  if (verdict.state === 'rejected') deps.log.warn({ reason: verdict.reason }, 'The mail relay rejected a notice');
}
