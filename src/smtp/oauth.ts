import { MINUTE, SECOND } from '../duration.ts';
import { RelayError } from './relay-error.ts';

/** What a provider gave the operator for a mailbox that has no password any more (RFC 6749). */
export interface OauthGrant {
  readonly clientId: string;
  /** A public client has none. */
  readonly clientSecret: string | null;
  readonly refreshToken: string;
  readonly tokenUrl: string;
}

/** Short-lived tokens to log in with, one for all connections. */
export interface Tokens {
  /** One that should still be good. `refused`: the one that the relay did not take. */
  get(refused?: string): Promise<string>;
}

/** A token is not used in its last moments: logging in takes some of them. */
const MARGIN = MINUTE;
const PATIENCE = 30 * SECOND;
const MOST_BYTES = 64 * 1024;
/** What RFC 6749 section 5.2 lets an error be called; no server says longer ones. */
const ERROR_NAME = /^[\w.-]{1,60}$/;

/**
 * Fetches tokens by the refresh token (RFC 6749 section 6), one request at a time, and keeps the
 * last until it expires. A provider that hands out a new refresh token with each has it used from
 * then on by this process.
 */
export function createTokens(grant: OauthGrant, now: () => number = Date.now): Tokens {
  let { refreshToken } = grant;
  let kept: { token: string; until: number } | null = null;
  let asked: Promise<string> | null = null;

  async function renew(): Promise<string> {
    const answer = await ask({ ...grant, refreshToken });
    refreshToken = answer.refreshToken ?? refreshToken;
    kept = { token: answer.token, until: now() + answer.seconds * SECOND - MARGIN };
    return answer.token;
  }

  return {
    async get(refused) {
      if (kept !== null && kept.token !== refused && now() < kept.until) return kept.token;
      asked ??= renew().finally(() => (asked = null));
      return asked;
    },
  };
}

interface Answer {
  token: string;
  seconds: number;
  refreshToken: string | null;
}

async function ask({ clientId, clientSecret, refreshToken, tokenUrl }: OauthGrant): Promise<Answer> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    ...(clientSecret !== null && { client_secret: clientSecret }),
    refresh_token: refreshToken,
  });
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    body = JSON.parse(await shortText(response));
  } catch {
    throw new RelayError(
      'no token could be had: SMTP_OAUTH_TOKEN_URL does not answer',
      'Check SMTP_OAUTH_TOKEN_URL and the way to it.',
    );
  }
  const { access_token: token, expires_in: seconds, refresh_token: next, error } = fieldsOf(body);
  if (!response.ok || typeof token !== 'string' || !isToken(token)) throw refusedWith(error, response.status);
  return {
    token,
    seconds: Number(seconds) > 0 ? Number(seconds) : 300,
    refreshToken: typeof next === 'string' && next !== '' ? next : null,
  };
}

/** RFC 6750 section 2.1: nothing in it can end the field that it is put into. */
const isToken = (text: string): boolean => /^[\x21-\x7e]{1,16384}$/.test(text);

const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};

function refusedWith(error: unknown, status: number): RelayError {
  const name = typeof error === 'string' && ERROR_NAME.test(error) ? error : `status ${status}`;
  return new RelayError(
    `SMTP_OAUTH_TOKEN_URL gives no token: ${name}`,
    'Sign in anew with the provider and set SMTP_OAUTH_REFRESH_TOKEN; check SMTP_OAUTH_CLIENT_ID and its secret.',
  );
}

async function shortText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * What a mechanism sends at once: XOAUTH2 as Google and Microsoft describe it, OAUTHBEARER by RFC
 * 7628 section 3.1. A user cannot hold the control character that ends each field.
 */
export function initialResponse(
  mechanism: 'XOAUTH2' | 'OAUTHBEARER',
  { user, token, host, port }: { user: string; token: string; host: string; port: number },
): string {
  const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
  const fields = mechanism === 'XOAUTH2' ? [`user=${user}`] : [`n,a=${name},`, `host=${host}`, `port=${port}`];
  const text = [...fields, `auth=Bearer ${token}`, '', ''].join('\x01');
  return Buffer.from(text).toString('base64');
}
