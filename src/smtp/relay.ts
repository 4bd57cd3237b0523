import { needsTls } from '../mail/needs-tls.ts';

/** How a relay wants its connection secured. */
type Security =
  | 'implicit' // TLS from the first byte (smtps)
  | 'starttls' // required, with a valid certificate
  | 'none';

/** How a relay knows us. */
export type Login =
  | { readonly kind: 'password'; readonly user: string; readonly pass: string }
  | { readonly kind: 'oauth2'; readonly user: string };

/** One server that takes our mail, read from a URL of SMTP_URL. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  readonly auth: Login | null;
}

/**
 * `smtp://user:password@host:port` or `smtps://…`. TLS is required, with a valid certificate, on
 * every relay that is not this machine; `?tls=off` says that the operator knows better (a relay on
 * a private network), `?tls=on` asks for it on this machine too. `?auth=oauth2` logs the user in with
 * a token instead of a password.
 */
export function parseRelay(text: string): Relay {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const unlessPlain = needsTls(url) ? 'starttls' : 'none';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    security: secure ? 'implicit' : unlessPlain,
    auth: loginOf(url),
  };
}

function loginOf({ username, password, searchParams }: URL): Login | null {
  const user = decodeURIComponent(username);
  if (user === '') return null;
  return searchParams.get('auth') === 'oauth2'
    ? { kind: 'oauth2', user }
    : { kind: 'password', user, pass: decodeURIComponent(password) };
}
