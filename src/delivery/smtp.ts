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
interface Session { connection: SMTPConnection; sent: number }

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

  async function openTracked(): Promise<SMTPConnection> {
    const connection = await open(relay);
    live.add(connection);
    connection.once('end', () => live.delete(connection));
    return connection;
  }

  async function sendOne(outgoing: Outgoing): Promise<SendResult> {
    let session: Session;
    try {
      session = takeIdle(idle) ?? { connection: await openTracked(), sent: 0 };
    } catch (error) {
      return { kind: 'unsent', relayDown: true, text: replyOf(error as SmtpError) };
    }
    const result = await converse(session.connection, outgoing);
    if (result.kind !== 'reply' || result.code === 421 || ++session.sent >= MESSAGES_PER_CONNECTION || !(await reset(session.connection, result))) {
      session.connection.close();
    } else idle.push(session);
    return result.kind === 'reply' && result.code === 421 ? { kind: 'unsent', relayDown: true, text: result.text } : result;
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
        (await open(relay)).quit();
      } catch (cause) {
        throw new AppError('RELAY_UNAVAILABLE', `Cannot use the mail relay at ${relay.options.host}:${relay.options.port} (${(cause as SmtpError).responseCode ?? codeOf(cause) ?? 'no answer'}). Check SMTP_URL: host, port, user and password.`, { cause });
      }
    },
    async close({ force = false } = {}) {
      if (!force) await Promise.allSettled(inFlight);
      for (const { connection } of idle.splice(0)) connection.quit();
      if (force) for (const connection of live) connection.close();
    },
  };
}

/** The last one used that is still open: the others may rest and close. */
function takeIdle(idle: Session[]): Session | undefined {
  for (let session = idle.pop(); session; session = idle.pop()) if (!session.connection.destroyed) return session;
  return undefined;
}

/** Connects, says EHLO, starts TLS and logs in, or throws. */
async function open({ options, auth }: Relay): Promise<SMTPConnection> {
  const connection = new SMTPConnection(options);
  const failed = once(connection, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => {});
  // A connection that breaks later says so through the send under way, and an idle one by being destroyed.
  connection.on('error', () => {});
  try {
    await Promise.race([failed, new Promise<void>((ok, no) => connection.connect((e) => (e ? no(e) : ok())))]);
    if (auth) await Promise.race([failed, new Promise<void>((ok, no) => connection.login({ credentials: auth }, (e) => (e ? no(e) : ok())))]);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** One message over an open connection. The body is only read after the server's 354, so a body read to its end may have been delivered. */
async function converse(connection: SMTPConnection, { from, to, message }: Outgoing): Promise<SendResult> {
  let handedOver = false;
  const body = Readable.from(message, { objectMode: false });
  body.once('end', () => { handedOver = true; });
  const size = message.reduce((sum, piece) => sum + piece.length, 0);
  return new Promise((resolve) => {
    connection.send({ from, to: [to], size }, body, (error, info) => {
      if (!error) return resolve({ kind: 'reply', ...splitReply(info?.response ?? '250') });
      const { responseCode, response } = error as SmtpError;
      if (responseCode) return resolve({ kind: 'reply', ...splitReply(response ?? String(responseCode)) });
      return resolve(handedOver ? { kind: 'lost', text: replyOf(error) } : { kind: 'unsent', relayDown: false, text: replyOf(error) });
    });
  });
}

/** After a refusal the session needs a RSET before the next message; tells whether the connection can be kept. */
async function reset(connection: SMTPConnection, result: SendResult): Promise<boolean> {
  if (connection.destroyed) return false;
  if (result.kind === 'reply' && result.code < 400) return true;
  return new Promise((resolve) => {
    connection.once('end', () => resolve(false));
    connection.reset((error) => resolve(!error));
  });
}

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
