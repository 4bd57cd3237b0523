/** How a kind of relay says under which name it keeps a message, with an answer of its own. */
interface QueueIdRule {
  relay: string;
  id: RegExp;
  sample: string;
}

/** The first that fits holds: what a filter before the queue says stands ahead of the queue's own words. */
export const QUEUE_ID_RULES: readonly QueueIdRule[] = [
  {
    relay: 'Postfix, Halon, ZoneMTA',
    id: /\bqueued as <?([\w.+/-]{4,100})/i,
    sample: '250 2.0.0 Ok: queued as 4bXq1z9',
  },
  {
    relay: 'Exchange',
    id: /\bInternalId=(\d{4,30})/i,
    sample: '250 2.6.0 <address> [InternalId=35094372845, Hostname=EX1] Queued mail for delivery',
  },
  { relay: 'Exim, GMX', id: /\bid=([\w-]{6,60})/i, sample: '250 OK id=1rABcD-000123-4X' },
  {
    relay: 'Sendmail, OpenSMTPD',
    id: /^250 (?:2\.\d\.\d )?([A-Za-z0-9]{6,30}) message accepted for delivery/i,
    sample: '250 2.0.0 4BPJx8Rn012345 Message accepted for delivery',
  },
  {
    relay: 'Amazon SES',
    id: /^250 ok ([0-9a-f]{16}-[0-9a-f-]{20,40}-\d{6})\b/i,
    sample: '250 Ok 010001c0ffee0000-1b2c3d4e-0000-4000-8000-123456789abc-000000',
  },
  {
    relay: 'Gmail',
    id: /\bok +\d{9,12} ([\w.-]{6,80}) - gsmtp/i,
    sample: '250 2.0.0 OK  1700000000 d9443c01a7336-1cc2b - gsmtp',
  },
  {
    relay: 'Haraka',
    id: /\bqueued \(([\w.-]{6,60})\)/i,
    sample: '250 Message Queued (7A2B1C3D-0000-4000-8000-123456789ABC.1)',
  },
  { relay: 'Stalwart', id: /\bqueued with id ([\w.-]{4,60})/i, sample: '250 2.0.0 Message queued with id 1b2c3d4e5f.' },
  {
    relay: 'SparkPost',
    id: /\bok ([0-9A-F]{2}\/[0-9A-F]{2}-\d{3,8}-[0-9A-F]{6,20})/i,
    sample: '250 2.0.0 OK 5B/2A-12345-ABCDEF12',
  },
  { relay: 'qmail', id: /\bqp (\d{2,10})\b/i, sample: '250 ok 1700000000 qp 12345' },
];

/** The name under which a relay says that it keeps a message; `null`: it says none that we know. Pure. */
export function queueIdOf(reply: string | null): string | null {
  if (reply === null || !reply.startsWith('2')) return null;
  for (const { id } of QUEUE_ID_RULES) {
    const found = id.exec(reply)?.[1]?.replace(/[.-]{1,9}$/, '');
    if (found !== undefined && found !== HIDDEN) return found;
  }
  return null;
}

/** What the ledger has in the place of an address. */
const HIDDEN = 'address';
