import { ImapFlow } from 'imapflow';
import { needsTls } from '../mail/needs-tls.ts';
import { DAY, MINUTE, SECOND } from '../duration.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { heardInMail } from './heard.ts';
import { readReport } from './read.ts';
import { type ReceiveDeps, receiveFeedback } from './receive.ts';

/** What came in so long before is looked at after a start: what was kept already is kept once. */
const LOOK_BACK_MS = 14 * DAY;
const MOST_BYTES = 5 * 1024 * 1024;
const AT_ONCE = 50;

export interface MailboxDeps extends ReceiveDeps {
  log: Pick<Logger, 'info' | 'warn'>;
  /** `imaps://user:password@host/Folder`; the folder is INBOX unless it is named. */
  url: string;
}

/** Reads what came back into a mailbox, each time from where it ended before. */
export type Mailbox = (signal?: AbortSignal) => Promise<void>;

/**
 * Looks for what came back in a mailbox of the operator's. Mail that is not about a delivery of ours
 * is left as it is, unread if it was; what is ours is marked as read. Throws SOURCE_UNAVAILABLE, and
 * what fails in keeping as it is.
 */
export function createMailbox(deps: MailboxDeps): Mailbox {
  let validity = '';
  let last = 0;
  return async (signal) => {
    const { client, folder } = clientFor(deps.url);
    let failure: Taken['failure'] = null;
    try {
      await client.connect();
      const lock = await client.getMailboxLock(folder);
      try {
        const now = client.mailbox ? String(client.mailbox.uidValidity) : '';
        // The numbers of messages mean something else from here on (RFC 3501 section 2.3.1.1).
        if (now !== validity) {
          validity = now;
          last = 0;
        }
        const since = new Date(deps.now().getTime() - LOOK_BACK_MS);
        const found = await client.search(last > 0 ? { uid: `${last + 1}:*` } : { since }, { uid: true });
        const uids = (found || []).filter((uid) => uid > last).toSorted((a, b) => a - b);
        for (let from = 0; from < uids.length && failure === null && !signal?.aborted; from += AT_ONCE) {
          const portion = uids.slice(from, from + AT_ONCE);
          const taken = await take(deps, client, portion);
          if (taken.ours.length > 0) await client.messageFlagsAdd(taken.ours.join(','), ['\\Seen'], { uid: true });
          last = taken.upTo;
          failure = taken.failure;
        }
      } finally {
        lock.release();
      }
      await client.logout();
    } catch (cause) {
      throw new AppError(
        'SOURCE_UNAVAILABLE',
        'Cannot read what came back by IMAP: check IMAP_URL, and whether its server can be reached from here.',
        { cause },
      );
    } finally {
      client.close();
    }
    if (failure !== null) throw failure.error;
  };
}

interface Taken {
  /** The numbers of the messages that are ours. */
  ours: number[];
  /** All messages up to this number were seen to. */
  upTo: number;
  /** Why one could not be kept, which is no fault of the mailbox. */
  failure: { error: unknown } | null;
}

/** Keeps what is feedback of some messages, up to the first that cannot be kept. */
async function take(deps: MailboxDeps, client: ImapFlow, uids: readonly number[]): Promise<Taken> {
  const taken: Taken = { ours: [], upTo: uids.at(-1)!, failure: null };
  const query = { uid: true, size: true, source: { maxLength: MOST_BYTES } };
  for await (const { uid, source } of client.fetch(uids.join(','), query, { uid: true })) {
    // What was asked for is heard to its end: the connection is used on.
    if (taken.failure !== null) taken.upTo = Math.min(taken.upTo, uid - 1);
    if (!source || taken.failure !== null) continue;
    const heard = heardInMail(source, await readReport(source), { via: 'imap' });
    if (heard === null) continue;
    try {
      const { strange } = await receiveFeedback(deps, [heard]);
      if (strange === 0) taken.ours.push(uid);
    } catch (error) {
      taken.failure = { error };
      taken.upTo = uid - 1;
    }
  }
  return taken;
}

function clientFor(text: string): { client: ImapFlow; folder: string } {
  const url = new URL(text);
  const secure = url.protocol === 'imaps:';
  const client = new ImapFlow({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    // Required, and not taken where it is offered: the password would leave in the clear without it.
    doSTARTTLS: !secure && needsTls(url),
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false,
    greetingTimeout: 10 * SECOND,
    connectionTimeout: 10 * SECOND,
    socketTimeout: MINUTE,
  });
  // What fails is told by the call that it fails.
  client.on('error', () => {});
  return { client, folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX' };
}
