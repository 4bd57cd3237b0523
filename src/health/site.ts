import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:net';
import { codeOf } from '../errors.ts';
import { DAY, SECOND } from '../duration.ts';
import { dayOf } from '../day.ts';
import { isLoopback } from '../mail/needs-tls.ts';
import { type Finding, findingsOf } from './finding.ts';

const PATIENCE_MS = 5 * SECOND;

export interface SiteFacts {
  publicUrl: string;
  /** The code of its answer, or why there was none. */
  status: number | null;
  failure: string | null;
  validUntil: Date | null;
}

/** Opens the site as a reader would. */
export function readSite(publicUrl: string, { ca }: { ca?: string } = {}): Promise<SiteFacts> {
  const url = new URL(`${publicUrl}/health/live`);
  const none = { publicUrl, status: null, failure: null, validUntil: null };
  const { promise, resolve } = Promise.withResolvers<SiteFacts>();
  const options = {
    timeout: PATIENCE_MS,
    agent: false,
    headers: { 'user-agent': 'paperboy-health' },
    ...(ca && { ca }),
  };
  const asked = url.protocol === 'https:' ? requestSecure(url, options) : requestPlain(url, options);
  asked
    .on('response', (answer) => {
      const until = url.protocol === 'https:' ? (answer.socket as TLSSocket).getPeerCertificate().valid_to : undefined;
      answer.resume();
      asked.destroy();
      resolve({ ...none, status: answer.statusCode ?? null, validUntil: until ? new Date(until) : null });
    })
    .on('timeout', () => asked.destroy(Object.assign(new Error('late'), { code: 'no answer in five seconds' })))
    .on('error', (error) => resolve({ ...none, failure: codeOf(error) ?? 'no answer' }))
    .end();
  return promise;
}

/** Whether readers can open what the mail links to. Pure. */
export function judgeSite({ publicUrl, status, failure, validUntil }: SiteFacts, now: Date): Finding {
  const { well, look, mend } = findingsOf('site', 'settings', 'PUBLIC_URL');
  const proxy = 'Check the reverse proxy, and that PUBLIC_URL leads to it.';
  if (failure !== null && /CERT|SELF_SIGNED|VERIFY|ALTNAME|ISSUER/.test(failure))
    return mend(
      `The certificate of ${publicUrl} cannot be trusted (${failure}).`,
      'Renew the certificate of the site, for the name in PUBLIC_URL.',
    );
  if (failure === 'ENOTFOUND')
    return mend(
      `The host name in ${publicUrl} does not exist.`,
      'Publish its A or AAAA record, or correct PUBLIC_URL.',
    );
  if (failure !== null)
    return look(
      `${publicUrl} does not answer from here (${failure}).`,
      'Open it from another network. If it fails there too, check the reverse proxy, and that PUBLIC_URL leads to it.',
    );
  if (status !== 200) return mend(`${publicUrl} answers with ${status} where Paperboy would say that it lives.`, proxy);
  if (!publicUrl.startsWith('https:'))
    return look(
      `${publicUrl} is not https, which one-click unsubscribe needs (RFC 8058).`,
      'Let a reverse proxy end TLS, and set PUBLIC_URL to its https address.',
    );
  const left = validUntil === null ? Infinity : validUntil.getTime() - now.getTime();
  if (left < 7 * DAY)
    return look(
      `The certificate of ${publicUrl} ends on ${dayOf(validUntil!)}.`,
      'Renew it, and see that it is renewed by itself.',
    );
  return well(`${publicUrl} answers.`);
}

/** Whether something listens on a port of ours, and greets as it should. */
export function readListener(port: number, host: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const here = isLoopback(host) || !/^(?:0\.0\.0\.0|::)$/.test(host) ? host : '127.0.0.1';
  const socket = connect({ port, host: here, timeout: PATIENCE_MS });
  socket
    .once('data', (greeting) => {
      resolve(greeting.toString('latin1').startsWith('220'));
      socket.end('QUIT\r\n');
      setTimeout(() => socket.destroy(), SECOND).unref();
    })
    .on('timeout', () => socket.destroy())
    .on('error', () => {})
    .on('close', () => resolve(false));
  return promise;
}

/** Whether the listener for mail that comes back can be reached. Pure. */
export function judgeListener(port: number, answers: boolean): Finding {
  const { well, mend } = findingsOf('inbound', 'relay', 'Listener');
  return answers
    ? well(`The listener for bounces answers at port ${port}.`)
    : mend(
        `Nothing answers at port ${port}, so bounces are not heard.`,
        'Start "paperboy api", or correct INBOUND_PORT and INBOUND_HOST.',
      );
}
