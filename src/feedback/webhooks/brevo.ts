import {
  bounced,
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

/** Brevo signs nothing: it sends the token or the user and password that the webhook was made with. */
export const verifyBrevo = verifySharedSecret;

/** https://developers.brevo.com/docs/transactional-webhooks: one event a request, or a batch. */
export function parseBrevo(body: Buffer): WebhookEvent[] {
  const sent = jsonOf(body, 'Brevo');
  return (Array.isArray(sent) ? listOf(sent) : [sent]).filter((one) => textOf(one, 'event') !== '').map(eventOf);
}

function eventOf(sent: unknown): WebhookEvent {
  const event = textOf(sent, 'event');
  const recipient = textOf(sent, 'email');
  const at = ['ts_epoch', 'ts_event', 'ts', 'date'].map((name) => textOf(sent, name)).find(Boolean) ?? '';
  const messageId = textOf(sent, 'message-id');
  return {
    ...meaningOf(event, textOf(sent, 'reason')),
    event,
    recipient: recipient === '' ? null : recipient,
    messageId: messageIdOf(messageId),
    id: idOf(event, messageId, recipient, at),
    at: timeOf(at),
  };
}

function meaningOf(event: string, said: string): ReturnType<typeof told> {
  switch (event.toLowerCase().replaceAll('_', '').replaceAll('-', '')) {
    case 'hardbounce':
    case 'invalidemail':
    case 'invalid':
      return bounced('hard', said, 'unknown-user');
    case 'softbounce':
    case 'deferred':
    case 'error':
      return bounced('soft', said);
    case 'blocked':
      return bounced('soft', said, 'blocked');
    case 'spam':
    case 'complaint':
      return told('complaint', 'abuse', said || event);
    case 'unsubscribed':
    case 'unsubscribe':
      return told('unsubscribe', 'unsubscribe', said || event);
    default:
      return told('unrelated', 'ordinary', event);
  }
}
