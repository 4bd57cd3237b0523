import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AppError } from '../../errors.ts';
import {
  bounced,
  headerOf,
  idOf,
  isFresh,
  jsonOf,
  listOf,
  messageIdOf,
  refused,
  type SignedRequest,
  textOf,
  timeOf,
  told,
  VERIFIED,
  type Verified,
  type WebhookEvent,
} from './webhook.ts';

/** The verification key as SendGrid shows it: base64 of a DER public key. */
export function sendgridKey(text: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      'The verification key of SendGrid is not one. Copy it from Mail Settings, Signed Event Webhook Requests.',
      { cause },
    );
  }
}

/** ECDSA (P-256, SHA-256) over the time in the header and the body, as the bytes came. */
export function verifySendgrid({ headers, body, now }: SignedRequest, keys: readonly KeyObject[]): Verified {
  const signature = headerOf(headers, 'x-twilio-email-event-webhook-signature');
  const timestamp = headerOf(headers, 'x-twilio-email-event-webhook-timestamp');
  if (signature === '' || timestamp === '') return refused('the request has no signature');
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  if (!keys.some((key) => isSigned(signed, key, signature))) return refused('the signature is not made with our key');
  const at = timeOf(timestamp);
  return at !== null && isFresh(at, now) ? VERIFIED : refused('the signature is too old');
}

function isSigned(signed: Buffer, key: KeyObject, signature: string): boolean {
  try {
    return key.asymmetricKeyType === 'ec' && verify('sha256', signed, key, Buffer.from(signature, 'base64'));
  } catch {
    // What is no signature at all is not one of theirs.
    return false;
  }
}

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: a list of events. */
export function parseSendgrid(body: Buffer): WebhookEvent[] {
  const sent = jsonOf(body, 'SendGrid');
  return listOf(sent).map((one) => {
    const [event, recipient, at] = [textOf(one, 'event'), textOf(one, 'email'), textOf(one, 'timestamp')];
    return {
      ...meaningOf(event, one),
      event,
      recipient: recipient === '' ? null : recipient,
      messageId: messageIdOf(textOf(one, 'smtp-id') || textOf(one, 'sg_message_id')),
      id: textOf(one, 'sg_event_id') || idOf(event, recipient, at),
      at: timeOf(at),
    };
  });
}

function meaningOf(event: string, one: unknown): ReturnType<typeof told> {
  const said = [textOf(one, 'status'), textOf(one, 'reason') || textOf(one, 'response')].filter(Boolean).join(' ');
  switch (event) {
    case 'spamreport':
      return told('complaint', 'abuse', said || event);
    case 'unsubscribe':
    case 'group_unsubscribe':
      return told('unsubscribe', 'unsubscribe', said || event);
    case 'bounce':
      return bounceOf(textOf(one, 'type'), textOf(one, 'bounce_classification'), said);
    case 'dropped':
      return dropOf(said);
    case 'deferred':
      return bounced('soft', said);
    default:
      return told('unrelated', 'ordinary', event);
  }
}

function bounceOf(type: string, classification: string, said: string): ReturnType<typeof told> {
  if (type === 'blocked') return { ...bounced('soft', said, 'blocked'), permanent: true };
  const hard = classification === '' || classification === 'Invalid Address' || classification === 'Unclassified';
  return { ...bounced(hard ? 'hard' : 'soft', said), permanent: true };
}

/** What SendGrid did not even try, and why. */
function dropOf(said: string): ReturnType<typeof told> {
  if (/^spam reporting/i.test(said)) return told('complaint', 'abuse', said);
  if (/^unsubscribed/i.test(said)) return told('unsubscribe', 'unsubscribe', said);
  if (/^(?:bounced address|invalid)/i.test(said)) return bounced('hard', said, 'unknown-user');
  return { ...bounced('soft', said), permanent: true };
}
