import { TLSSocket } from 'node:tls';
import { AppError } from '../errors.ts';
import { SECOND } from '../duration.ts';
import type { RelayState } from '../mail/transport.ts';
import { connectTo } from './connect.ts';
import { parseRelay } from './relay.ts';
import { RelayError } from './relay-error.ts';
import { createSendmailTransport, isSendmail } from './sendmail.ts';
import { type SmtpOptions, wayTo } from './transport.ts';

/** A relay that answers slower than this is away, as far as an operator is concerned. */
const PATIENCE_MS = 10 * SECOND;

/** Connects to each relay, secures the connection and logs in, as sending does, and sends nothing. */
export const probeRelays = (options: SmtpOptions): Promise<RelayState[]> =>
  Promise.all(options.urls.map((url) => (isSendmail(url) ? probeProgram(url) : probeRelay(url, options))));

async function probeRelay(url: string, options: SmtpOptions): Promise<RelayState> {
  const relay = parseRelay(url);
  const asked = performance.now();
  const state = { host: relay.host, where: `${relay.host}:${relay.port}`, security: relay.security };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { socket } = await connectTo(relay, { ...wayTo(options), signal });
    const tls = socket instanceof TLSSocket ? socket : null;
    const validUntil = tls ? new Date(tls.getPeerCertificate().valid_to) : null;
    const protocol = tls?.getProtocol() ?? null;
    socket.on('error', () => {}).end('QUIT\r\n');
    setTimeout(() => socket.destroy(), SECOND).unref();
    return { ...state, failure: null, ms: Math.round(performance.now() - asked), protocol, validUntil };
  } catch (error) {
    const { step, text, remedy } = error instanceof RelayError ? error : new RelayError('no answer');
    const why = signal.aborted ? 'no answer in ten seconds' : text;
    // A reply may quote the user name: its code says enough.
    const words = (remedy === null && /^\d{3}\b/.exec(why)?.[0]) || why;
    return { ...state, failure: { step, words, remedy }, ms: 0, protocol: null, validUntil: null };
  }
}

async function probeProgram(url: string): Promise<RelayState> {
  const state = {
    host: null,
    where: 'the mail program in SMTP_URL',
    security: 'none',
    ms: 0,
    protocol: null,
    validUntil: null,
  } as const;
  try {
    await createSendmailTransport({ url, connections: 1 }).verify();
    return { ...state, failure: null };
  } catch (error) {
    const remedy = error instanceof AppError ? error.message : null;
    return { ...state, failure: { step: 'connect', words: 'it cannot be run', remedy } };
  }
}
