import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who gives tokens for a refresh token, as Google and Microsoft do (RFC 6749 section 6). */
export interface TokenServer extends AsyncDisposable {
  /** What Paperboy is given to ask it with. */
  grant: { clientId: string; clientSecret: string; refreshToken: string; tokenUrl: string };
  /** How often it was asked. */
  asked: number;
  /** Those that a relay should take. */
  good: Set<string>;
  /** The error that it answers with from now on. */
  refuses: string | null;
  /** How long its tokens are good, in seconds. */
  lifetime: number;
  /** Whether a line of AUTH XOAUTH2 holds a good token of that user. */
  isGood(line: string, user: string): boolean;
}

export async function tokenServer(): Promise<TokenServer> {
  const http = createServer((request, response) => {
    let form = '';
    request.on('data', (chunk: Buffer) => {
      form += chunk.toString();
    });
    request.on('end', () => {
      server.asked++;
      const said = Object.fromEntries(new URLSearchParams(form));
      const isKnown =
        said['grant_type'] === 'refresh_token' &&
        said['client_id'] === 'client' &&
        said['client_secret'] === 'secret' &&
        said['refresh_token'] === 'refresh';
      const error = server.refuses ?? (isKnown ? null : 'invalid_grant');
      const token = `token-${server.asked}`;
      if (error === null) server.good.add(token);
      response
        .writeHead(error === null ? 200 : 400, { 'content-type': 'application/json' })
        .end(JSON.stringify(error === null ? { access_token: token, expires_in: server.lifetime } : { error }));
    });
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: TokenServer = {
    grant: {
      clientId: 'client',
      clientSecret: 'secret',
      refreshToken: 'refresh',
      tokenUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/token`,
    },
    asked: 0,
    good: new Set(),
    refuses: null,
    lifetime: 3600,
    isGood(line, user) {
      const [, given] = /^AUTH XOAUTH2 (\S+)$/.exec(line) ?? [];
      const [, who, token] =
        /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(Buffer.from(given ?? '', 'base64').toString()) ?? [];
      return who === user && token !== undefined && server.good.has(token);
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
}
