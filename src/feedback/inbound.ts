import { isIP } from 'node:net';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MINUTE, SECOND } from '../duration.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { heardInMail, keyOf } from './heard.ts';
import { first } from './headers.ts';
import { openMessage } from './message.ts';
import { addressIn } from './addresses.ts';
import { readReport } from './read.ts';
import { type Heard, isMark, type ReceiveDeps, receiveFeedback } from './receive.ts';

/** Bounces quote what they answer, which has less than 100 kB. */
const MOST_BYTES = 5 * 1024 * 1024;
const MOST_CLIENTS = 50;
/** Of one message: we send to one at a time. */
const MOST_RECIPIENTS = 10;
/** By one client, in a minute: beyond that a request to subscribe waits. */
const MOST_REQUESTS = 30;

export interface InboundDeps extends ReceiveDeps {
  log: Logger;
  /** The domain of our return paths. */
  domain: string;
  host: string;
  port: number;
  protocol: 'smtp' | 'lmtp';
  /** Starts the double opt-in, under the limits of the site. False: too many came from there, not now. */
  subscribe: (email: string, client: string) => Promise<boolean>;
}

export interface Inbound {
  port: number;
  stop(): Promise<void>;
}

/**
 * Listens for what comes back: mail to our own return paths, to the unsubscribe addresses of our
 * mails, and to `subscribe@`. It takes nothing else, so that it relays nothing. Mail counts once it
 * is stored, and is answered with "later" until then (RFC 5321 section 4.2.5).
 */
export async function startInbound(deps: InboundDeps): Promise<Inbound> {
  const { log, host, port, protocol } = deps;
  const mayAsk = createAllowance(deps);
  const server = new SMTPServer({
    lmtp: protocol === 'lmtp',
    name: deps.domain,
    banner: 'Paperboy',
    size: MOST_BYTES,
    maxClients: MOST_CLIENTS,
    socketTimeout: MINUTE,
    closeTimeout: 2 * SECOND,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, session, done) => done(refusalOf(deps, address, session)),
    onData: (stream, session, done) => {
      void take(deps, { stream, session, mayAsk }).then(
        () => done(null),
        (error: unknown) => done(answerOf(error, log)),
      );
    },
  });
  // A client that vanishes or speaks nonsense is no reason to stop.
  server.on('error', (err) =>
    log.debug({ code: (err as NodeJS.ErrnoException).code }, 'A client of the listener failed'),
  );
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Reply = Error & { responseCode: number };
const reply = (responseCode: number, text: string): Reply => Object.assign(new Error(text), { responseCode });

type Purpose = 'bounce' | 'unsubscribe' | 'subscribe';

/** What an address of ours is for; `null`: it is none. */
function purposeOf({ keyring, domain }: InboundDeps, address: string): Purpose | null {
  const at = address.lastIndexOf('@');
  if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null;
  const local = address.slice(0, at).toLowerCase();
  if (local === 'subscribe') return 'subscribe';
  if (local.startsWith('u+')) return keyring.readMark(local.slice(2)) === null ? null : 'unsubscribe';
  return isMark(keyring, address) ? 'bounce' : null;
}

function refusalOf(deps: InboundDeps, address: string, session: SMTPServerSession): Reply | null {
  if (session.envelope.rcptTo.length >= MOST_RECIPIENTS)
    return reply(452, '4.5.3 Too many recipients: send the rest later');
  return purposeOf(deps, address) === null ? reply(550, '5.1.1 No such address here') : null;
}

/** What failed is told as "later", so that the sender keeps the message: nothing of it was kept here. */
function answerOf(error: unknown, log: InboundDeps['log']): Error {
  if (error instanceof Error && 'responseCode' in error) return error;
  log.warn({ code: codeOf(error) }, 'Cannot keep a message that came back: its sender is asked to try again');
  return reply(451, '4.3.0 Try again later');
}

async function take(
  deps: InboundDeps,
  { stream, session, mayAsk }: { stream: SMTPServerDataStream; session: SMTPServerSession; mayAsk: Allowance },
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Read to its end even if it is refused: the client waits for that.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  if (stream.sizeExceeded || size > MOST_BYTES) throw reply(552, '5.3.4 The message is too large');
  const bytes = Buffer.concat(chunks);
  const to = session.envelope.rcptTo.map(({ address }: SMTPServerAddress) => address);
  const report = await readReport(bytes);
  const sentTo = (purpose: Purpose): string[] => to.filter((address) => purposeOf(deps, address) === purpose);
  const leavers = ['unrelated', 'unsubscribe'].includes(report.kind) ? sentTo('unsubscribe') : [];
  const asks = sentTo('subscribe').length;
  if (leavers.length > 0)
    await receiveFeedback(
      deps,
      leavers.map((address) => leaving(bytes, address)),
    );
  else if (asks < to.length) {
    const heard = heardInMail(bytes, report, { via: 'inbound', to });
    if (heard !== null) await receiveFeedback(deps, [heard]);
  }
  if (asks > 0) await request(deps, { bytes, session, mayAsk, isAnswer: report.kind !== 'unrelated' });
}

/** Only who has a mail can write to its unsubscribe address (RFC 2369 section 3.2). */
const leaving = (bytes: Buffer, address: string): Heard => ({
  key: keyOf(bytes, address),
  via: 'inbound',
  kind: 'unsubscribe',
  permanent: true,
  reason: 'unsubscribe',
  words: null,
  returnPaths: [address.replace(/^u\+/i, 'b+')],
  messageIds: [],
  unsubscribes: [],
});

/** Whether a client may ask for a subscription once more in this minute. */
type Allowance = (client: string) => boolean;

function createAllowance({ now }: Pick<InboundDeps, 'now'>): Allowance {
  let minute = NaN;
  const asked = new Map<string, number>();
  return (client) => {
    const at = Math.floor(now().getTime() / MINUTE);
    if (at !== minute) asked.clear();
    minute = at;
    const count = (asked.get(client) ?? 0) + 1;
    asked.set(client, count);
    return count <= MOST_REQUESTS;
  };
}

/** Asks for a subscription of who wrote to `subscribe@`; an answer that no person wrote asks for nothing. */
async function request(
  { subscribe }: InboundDeps,
  of: { bytes: Buffer; session: SMTPServerSession; mayAsk: Allowance; isAnswer: boolean },
): Promise<void> {
  const { headers } = await openMessage(of.bytes);
  const sender = of.session.envelope.mailFrom === false ? '' : of.session.envelope.mailFrom.address;
  const automatic = first(headers, 'auto-submitted').toLowerCase();
  const isAutomatic =
    of.isAnswer ||
    sender === '' ||
    (automatic !== '' && automatic !== 'no') ||
    /^(?:bulk|list|junk|auto_reply)$/i.test(first(headers, 'precedence')) ||
    ['list-id', 'x-auto-response-suppress', 'x-autoreply', 'x-autorespond'].some((name) => first(headers, name) !== '');
  const email = addressIn(first(headers, 'from'));
  if (isAutomatic || email === null) return;
  const client = isIP(of.session.remoteAddress) ? of.session.remoteAddress : 'unknown';
  if (!of.mayAsk(client)) throw reply(451, '4.7.0 Too many requests: try again in a minute');
  const isTaken = await subscribe(email, client).catch((error: unknown) => {
    // Tried again, an address that is never taken would be refused for days.
    if (error instanceof AppError && error.code === 'ADDRESS_INVALID') return true;
    throw error;
  });
  if (!isTaken) throw reply(451, '4.7.0 Too many requests: try again in an hour');
}
