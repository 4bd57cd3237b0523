import { createHmac, randomBytes } from 'node:crypto';

/** Between 24 and 64 bytes, as the Standard Webhooks want it. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

export const makeSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/**
 * The headers of a message in the Standard Webhooks form (standardwebhooks.com): its signature by each secret, so
 * that a receiver who knows one of them can check it. Pure.
 */
export function signedHeaders(
  secrets: readonly string[],
  { name, sentAt, body }: { name: string; sentAt: Date; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const id = `msg_${name}`;
  const signature = (secret: string): string =>
    createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret)}`).join(' '),
  };
}
