import { verify, X509Certificate } from 'node:crypto';
import { HOUR, MINUTE } from '../../duration.ts';
import {
  bounced,
  fieldOf,
  idOf,
  jsonOf,
  listOf,
  messageIdOf,
  refused,
  textOf,
  timeOf,
  told,
  unreadable,
  VERIFIED,
  type Verified,
  type WebhookEvent,
} from './webhook.ts';

/**
 * Amazon's own host and path, exactly: any AWS customer can serve files from many other hosts of
 * amazonaws.com.
 */
const CERTIFICATE =
  /^https:\/\/sns\.[a-z]{2}(?:-[a-z]{2,12}){1,2}-\d\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/;
const HOST = /^sns\.[a-z]{2}(?:-[a-z]{2,12}){1,2}-\d\.amazonaws\.com(?:\.cn)?$/;

/** SNS repeats a message for an hour with the same time and signature. */
const OLDEST = HOUR;
const NEWEST = 5 * MINUTE;

export interface SesChecks {
  /** The topics that the operator subscribed: every AWS customer can have SNS sign a message. */
  topics: readonly string[];
  /** Fetches the certificate; called only with an address that passed the rule. */
  fetchCertificate: (url: string) => Promise<string>;
}

const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html, versions 1 and 2. */
export async function verifySes(
  { body, now }: { body: Buffer; now: Date },
  { topics, fetchCertificate }: SesChecks,
): Promise<Verified> {
  const sent = jsonOf(body, 'Amazon SNS');
  const fields = SIGNED[textOf(sent, 'Type')];
  if (!fields) return refused('it is no message of SNS');
  if (!topics.includes(textOf(sent, 'TopicArn'))) return refused('the topic is not ours');
  const at = timeOf(textOf(sent, 'Timestamp'));
  const age = at === null ? NaN : now.getTime() - at.getTime();
  if (!(age <= OLDEST && age >= -NEWEST)) return refused('the message is too old');
  const url = textOf(sent, 'SigningCertURL') || textOf(sent, 'SigningCertUrl');
  if (!CERTIFICATE.test(url)) return refused('the certificate is not at an address of Amazon');
  const algorithm = { 1: 'sha1', 2: 'sha256' }[textOf(sent, 'SignatureVersion')];
  if (algorithm === undefined) return refused('the version of the signature is unknown');
  const signed = fields
    .filter((name) => fieldOf(sent, name) !== undefined)
    .map((name) => `${name}\n${textOf(sent, name)}\n`)
    .join('');
  const pem = await fetchCertificate(url);
  return isSigned({ algorithm, signed, pem, signature: textOf(sent, 'Signature'), now })
    ? VERIFIED
    : refused('the signature is not made with that certificate');
}

function isSigned(of: { algorithm: string; signed: string; pem: string; signature: string; now: Date }): boolean {
  try {
    const certificate = new X509Certificate(of.pem);
    const valid = of.now >= new Date(certificate.validFrom) && of.now <= new Date(certificate.validTo);
    const signature = Buffer.from(of.signature, 'base64');
    return valid && verify(of.algorithm, Buffer.from(of.signed), certificate.publicKey, signature);
  } catch {
    // Neither a certificate nor a signature is a reason to fail: it is not Amazon's.
    return false;
  }
}

/**
 * Where to confirm a subscription, when the message is a request to do so. Only an address of
 * Amazon's that confirms this very topic.
 */
export function confirmationOf(body: Buffer): string | null {
  const sent = jsonOf(body, 'Amazon SNS');
  if (textOf(sent, 'Type') !== 'SubscriptionConfirmation') return null;
  const text = textOf(sent, 'SubscribeURL');
  const url = URL.canParse(text) ? new URL(text) : null;
  const good =
    url !== null &&
    url.protocol === 'https:' &&
    HOST.test(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    url.pathname === '/' &&
    url.searchParams.get('Action') === 'ConfirmSubscription' &&
    url.searchParams.get('TopicArn') === textOf(sent, 'TopicArn');
  return good ? url.href : null;
}

/** The events in a message of SNS; none in one about the subscription itself. */
export function parseSes(body: Buffer): WebhookEvent[] {
  const sent = jsonOf(body, 'Amazon SNS');
  if (textOf(sent, 'Type') !== 'Notification') return [];
  const text = textOf(sent, 'Message');
  // SNS tells a new topic that it works, in words.
  if (text.startsWith('Successfully validated SNS topic')) return [];
  const event = parsed(text);
  const type = textOf(event, 'notificationType') || textOf(event, 'eventType');
  if (type === '') throw unreadable('Amazon SES');
  return recipientsOf(type, event).map((recipient) => ({
    ...meaningOf(type, event, recipient),
    event: type,
    recipient: textOf(recipient, 'emailAddress') || null,
    messageId: messageIdOf(ourMessageId(event) || textOf(event, 'mail', 'messageId')),
    id: idOf(textOf(sent, 'MessageId'), type, textOf(recipient, 'emailAddress')),
    at: timeOf(timeIn(event)) ?? timeOf(textOf(sent, 'Timestamp')),
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable('Amazon SES', cause);
  }
}

const timeIn = (event: unknown): string =>
  textOf(event, 'bounce', 'timestamp') ||
  textOf(event, 'complaint', 'timestamp') ||
  textOf(event, 'deliveryDelay', 'timestamp');

/** SES gives messages ids of its own, and quotes the header that we sent. */
function ourMessageId(event: unknown): string {
  const header = listOf(fieldOf(event, 'mail', 'headers')).find((one) => /^message-id$/i.test(textOf(one, 'name')));
  return textOf(header, 'value') || textOf(event, 'mail', 'commonHeaders', 'messageId');
}

function recipientsOf(type: string, event: unknown): readonly unknown[] {
  const named = {
    Bounce: fieldOf(event, 'bounce', 'bouncedRecipients'),
    Complaint: fieldOf(event, 'complaint', 'complainedRecipients'),
    DeliveryDelay: fieldOf(event, 'deliveryDelay', 'delayedRecipients'),
  }[type];
  if (named !== undefined) return listOf(named);
  return listOf(fieldOf(event, 'mail', 'destination')).map((emailAddress) => ({ emailAddress }));
}

function meaningOf(type: string, event: unknown, recipient: unknown): ReturnType<typeof told> {
  if (type === 'Bounce') return bounceOf(event, recipient);
  if (type === 'Complaint') return complaintOf(textOf(event, 'complaint', 'complaintFeedbackType'));
  if (type === 'DeliveryDelay') return bounced('soft', textOf(recipient, 'diagnosticCode'), 'unavailable');
  const stopped =
    textOf(event, 'subscription', 'newTopicPreferences', 'unsubscribeAll') || fieldOf(event, 'subscription');
  if (type === 'Subscription' && stopped !== undefined) return told('unsubscribe', 'unsubscribe', type);
  return told('unrelated', 'ordinary', type);
}

const complaintOf = (type: string): ReturnType<typeof told> =>
  ['not-spam', 'auth-failure'].includes(type)
    ? told('unrelated', type as 'not-spam' | 'auth-failure', type)
    : told('complaint', 'abuse', type || 'complaint');

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types */
function bounceOf(event: unknown, recipient: unknown): ReturnType<typeof told> {
  const type = textOf(event, 'bounce', 'bounceType');
  const sub = textOf(event, 'bounce', 'bounceSubType');
  const said = textOf(recipient, 'diagnosticCode') || textOf(recipient, 'status');
  if (type === 'Permanent') {
    if (sub === 'UnsubscribedRecipient') return told('unsubscribe', 'unsubscribe', sub);
    // SES did not try: the address bounced before, of which the diagnostic says nothing of use.
    if (sub === 'Suppressed' || sub === 'OnAccountSuppressionList') return bounced('hard', '', 'unknown-user');
    return bounced('hard', said, sub === 'NoEmail' ? 'unknown-user' : 'other');
  }
  const otherwise = {
    MailboxFull: 'mailbox-full',
    MessageTooLarge: 'too-large',
    ContentRejected: 'spam',
    AttachmentRejected: 'content',
  } as const;
  return bounced('soft', said, Object.hasOwn(otherwise, sub) ? otherwise[sub as keyof typeof otherwise] : 'other');
}
