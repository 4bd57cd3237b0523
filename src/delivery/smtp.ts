import { once } from 'node:events';
import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { AppError, codeOf } from '../errors.ts';
import type { Outgoing, SendResult, Transport } from './transport.ts';

/** RFC 5321 section 4.5.3.2: five minutes for most replies, ten after the final dot. */
const TIMEOUTS = { connectionTimeout: 30_000, greetingTimeout: 5 * 60_000, socketTimeout: 10 * 60_000, dnsTimeout: 15_000 };
/** Relays like to see a connection renewed now and then. */
const MESSAGES_PER_CONNECTION = 1000;

interface Relay { options: SMTPConnectionOptions; auth: { user: string; pass: string } | null }
/** What nodemailer throws: `response` is the server's line when there was one. */
interface SmtpError extends Error { code?: string; responseCode?: number; response?: string; command?: string }
/** `refused`: its last message was, so it needs a RSET before the next one. */
interface Session { connection: SMTPConnection; sent: number; refused: boolean }

/** How long a relay may take to answer QUIT before we hang up. */
const QUIT_MS = 2_000;

/**
 * Kept connections to one relay, at most `connections`, one recipient per message. nodemailer's SMTPConnection speaks the
 * protocol (and pipelines MAIL, RCPT and DATA); its pool does not tell "not started" from "handed over", which we must.
 */
export function createSmtpTransport(options: { url: string; connections: number; name: string }): Transport {
  const relay = parseRelay(options.url, options.name);
  const idle: Session[] = [];
  const waiting: (() => void)[] = [];
  const inFlight = new Set<Promise<SendResult>>();
  const live = new Set<SMTPConnection>();
  let busy = 0;
  let closed = false;

  async function withSlot<T>(work: () => Promise<T>): Promise<T> {
    if (busy >= options.connections) await new Promise<void>((resume) => waiting.push(resume));
    else busy++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy--;
    }
  }

  async function connect(): Promise<Session> {
    const connection = new SMTPConnection(relay.options);
    live.add(connection);
    connection.once('end', () => live.delete(connection));
    await open(connection, relay.auth);
    return { connection, sent: 0, refused: false };
  }

  async function sendOne(outgoing: Outgoing): Promise<SendResult> {
    const kept = takeIdle(idle);
    const result = kept && await sendOver(kept, outgoing);
    // A kept connection may have ended unseen, or the relay had enough of it. That says nothing of the relay, and nothing was delivered.
    if (result && result.kind !== 'unsent' && !isGoodbye(result)) return result;
    if (closed) return { kind: 'unsent', relayDown: true, text: 'closing' };
    try {
      return await sendOver(await connect(), outgoing);
    } catch (error) {
      return { kind: 'unsent', relayDown: true, text: replyOf(error as SmtpError) };
    }
  }

  async function sendOver(session: Session, outgoing: Outgoing): Promise<SendResult> {
    if (session.refused && !(await reset(session.connection))) return { kind: 'unsent', relayDown: false, text: 'RSET' };
    const result = await converse(session.connection, outgoing);
    session.refused = result.kind === 'reply' && result.code >= 400;
    const keep = result.kind === 'reply' && !isGoodbye(result) && ++session.sent < MESSAGES_PER_CONNECTION && !closed;
    if (keep) idle.push(session);
    else session.connection.close();
    return result;
  }

  return {
    connections: options.connections,
    send(outgoing) {
      const sending = withSlot(() => sendOne(outgoing));
      inFlight.add(sending);
      return sending.finally(() => inFlight.delete(sending));
    },
    async verify() {
      try {
        await quit((await connect()).connection);
      } catch (cause) {
        throw new AppError('RELAY_UNAVAILABLE', `Cannot use the mail relay at ${relay.options.host}:${relay.options.port} (${(cause as SmtpError).responseCode ?? codeOf(cause) ?? 'no answer'}). Check SMTP_URL: host, port, user and password.`, { cause });
      }
    },
    async close({ force = false } = {}) {
      if (force) {
        closed = true;
        for (const connection of live) connection.close();
      }
      await Promise.allSettled(inFlight);
      closed = true;
      await Promise.all(idle.splice(0).map(({ connection }) => quit(connection)));
    },
  };
}

/** RFC 5321 section 3.8: with 421 the server ends the session. */
const isGoodbye = (result: SendResult): boolean => result.kind === 'reply' && result.code === 421;

/** The last one used that is still open: the others may rest and close. */
function takeIdle(idle: Session[]): Session | undefined {
  for (let session = idle.pop(); session; session = idle.pop()) if (!session.connection.destroyed) return session;
  return undefined;
}

/** Connects, says EHLO, starts TLS and logs in, or throws. */
async function open(connection: SMTPConnection, auth: Relay['auth']): Promise<void> {
  // The listeners stay: a connection that breaks later says so through the send under way, and an idle one by being destroyed.
  const broken = new Promise<never>((_, no) => connection.on('error', no).once('end', () => no(new Error('closed'))));
  broken.catch(() => {});
  try {
    await Promise.race([broken, new Promise<void>((ok, no) => connection.connect((e) => (e ? no(e) : ok())))]);
    if (auth) await Promise.race([broken, new Promise<void>((ok, no) => connection.login({ credentials: auth }, (e) => (e ? no(e) : ok())))]);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Takes leave, and hangs up on a relay that does not answer. */
async function quit(connection: SMTPConnection): Promise<void> {
  if (connection.destroyed) return;
  const late = setTimeout(() => connection.close(), QUIT_MS);
  connection.quit();
  await once(connection, 'end');
  clearTimeout(late);
}

/** One message over an open connection. The body is only read after the server's 354, so a body read to its end may have been delivered. */
async function converse(connection: SMTPConnection, { from, to, message }: Outgoing): Promise<SendResult> {
  let handedOver = false;
  const body = Readable.from(message, { objectMode: false });
  body.once('end', () => { handedOver = true; });
  const size = message.reduce((sum, piece) => sum + piece.length, 0);
  const unanswered = (text: string): SendResult => (handedOver ? { kind: 'lost', text } : { kind: 'unsent', relayDown: false, text });
  return new Promise((resolve) => {
    const finish = (result: SendResult): void => {
      connection.off('end', cutOff);
      resolve(result);
    };
    // When we close a connection ourselves nodemailer forgets the message under way.
    const cutOff = (): void => void setImmediate(() => finish(unanswered('closed')));
    connection.once('end', cutOff);
    connection.send({ from, to: [to], size }, body, (error, info) => {
      if (!error) return finish({ kind: 'reply', ...splitReply(info?.response ?? '250') });
      const { responseCode, response } = error as SmtpError;
      if (responseCode) return finish({ kind: 'reply', ...splitReply(response ?? String(responseCode)) });
      return finish(unanswered(replyOf(error)));
    });
  });
}

/** Makes a session that refused a message ready for the next one; false, and hung up on, when it cannot be. */
const reset = (connection: SMTPConnection): Promise<boolean> => new Promise((resolve) => {
  const finish = (ready: boolean): void => {
    connection.off('end', ended);
    if (!ready) connection.close();
    resolve(ready);
  };
  const ended = (): void => finish(false);
  connection.once('end', ended);
  connection.reset((error) => finish(!error));
});

/**
 * `smtp://user:password@host:port` or `smtps://…`. TLS is required, with a valid certificate, on every relay that is not
 * this machine; `?tls=off` says that the operator knows better (a relay on a private network).
 */
export function parseRelay(text: string, name: string): Relay {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const off = url.searchParams.get('tls') === 'off';
  return {
    options: {
      host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (secure ? 465 : 587), name,
      secure, requireTLS: !secure && !loopback && !off, ignoreTLS: off || loopback, ...TIMEOUTS,
    },
    auth: url.username ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : null,
  };
}

const splitReply = (response: string): { code: number; text: string } => ({ code: Number(response.slice(0, 3)) || 0, text: response.slice(4) });

const replyOf = (error: SmtpError): string => error.response ?? error.code ?? 'no answer';
