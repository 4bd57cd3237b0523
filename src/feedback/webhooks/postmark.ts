import {
  bounced,
  fieldOf,
  idOf,
  jsonOf,
  listOf,
  messageIdOf,
  textOf,
  timeOf,
  told,
  verifySharedSecret,
  type WebhookEvent,
} from './webhook.ts';

/** Postmark signs nothing: it sends what the operator put into the webhook's address or headers. */
export const verifyPostmark = verifySharedSecret;

/** https://postmarkapp.com/developer/webhooks/webhooks-overview: one event a request. */
export function parsePostmark(body: Buffer): WebhookEvent[] {
  const sent = jsonOf(body, 'Postmark');
  return (Array.isArray(sent) ? listOf(sent) : [sent]).map(eventOf);
}

function eventOf(sent: unknown): WebhookEvent {
  const record = textOf(sent, 'RecordType');
  const recipient = textOf(sent, 'Email') || textOf(sent, 'Recipient');
  const at =
    ['BouncedAt', 'ChangedAt', 'DeliveredAt', 'ReceivedAt'].map((name) => textOf(sent, name)).find(Boolean) ?? '';
  const messageId = textOf(sent, 'MessageID');
  return {
    ...meaningOf(record, sent),
    event: record,
    recipient: recipient === '' ? null : recipient,
    messageId: messageIdOf(messageId),
    id: textOf(sent, 'ID') ? `${record}:${textOf(sent, 'ID')}` : idOf(record, messageId, recipient, at),
    at: timeOf(at),
  };
}

function meaningOf(
  record: string,
  sent: unknown,
): Omit<WebhookEvent, 'event' | 'recipient' | 'messageId' | 'id' | 'at'> {
  const type = textOf(sent, 'Type');
  const said = textOf(sent, 'Details') || textOf(sent, 'Description');
  if (record === 'SpamComplaint') return told('complaint', 'abuse', said);
  if (record === 'SubscriptionChange') return changeOf(sent);
  if (record !== 'Bounce') return told('unrelated', 'ordinary', record);
  return bounceOf(type, said);
}

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types */
function bounceOf(type: string, said: string): ReturnType<typeof told> {
  switch (type) {
    case 'HardBounce':
    case 'BadEmailAddress':
    case 'AddressChange':
      return bounced('hard', said, type === 'AddressChange' ? 'moved' : 'unknown-user');
    case 'SpamComplaint':
      return told('complaint', 'abuse', said);
    case 'Unsubscribe':
      return told('unsubscribe', 'unsubscribe', said);
    case 'AutoResponder':
    case 'ChallengeVerification':
      return told('auto-reply', 'auto-reply', type);
    case 'DnsError':
      return bounced('soft', said, 'name-server');
    case 'SpamNotification':
      return bounced('soft', said, 'spam');
    case 'VirusNotification':
      return bounced('soft', said, 'content');
    case 'Blocked':
    case 'DMARCPolicy':
      return bounced('soft', said, type === 'Blocked' ? 'blocked' : 'auth');
    case 'Subscribe':
    case 'OpenRelayTest':
    case 'ManuallyDeactivated':
    case 'Unconfirmed':
      return told('unrelated', 'ordinary', type);
    default:
      return bounced('soft', said);
  }
}

function changeOf(sent: unknown): ReturnType<typeof told> {
  const why = textOf(sent, 'SuppressionReason');
  if (fieldOf(sent, 'SuppressSending') !== true) return told('unrelated', 'ordinary', 'SuppressSending: false');
  if (why === 'HardBounce') return bounced('hard', '', 'unknown-user');
  if (why === 'SpamComplaint') return told('complaint', 'abuse', why);
  return told('unsubscribe', 'unsubscribe', why);
}
