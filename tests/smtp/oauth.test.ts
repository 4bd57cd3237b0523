import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { createTokens, initialResponse } from '../../src/smtp/oauth.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { tokenServer, type TokenServer } from '../support/token-server.ts';

const message = (i = 1) => ({
  from: 'b@papers.example',
  to: `reader${i}@example.net`,
  message: [Buffer.from(`Subject: x\r\n\r\nHello\r\n`)],
});

/** A relay that knows no password. */
async function scene() {
  const tokens = await tokenServer();
  const relay = await faultServer({
    extensions: ['PIPELINING', 'AUTH XOAUTH2'],
    login: (line) => tokens.isGood(line, 'me@papers.example'),
  });
  const transport = createSmtpTransport({
    urls: [`smtp://me%40papers.example@127.0.0.1:${relay.port}?auth=oauth2`],
    connections: 5,
    name: 'papers.example',
    oauth: tokens.grant,
    rest: { first: 10, longest: 10 },
  });
  return {
    tokens,
    relay,
    transport,
    async [Symbol.asyncDispose]() {
      await transport.close({ force: true });
      await relay[Symbol.asyncDispose]();
      await tokens[Symbol.asyncDispose]();
    },
  };
}

test('many connections log in with one token, fetched once', async () => {
  await using at = await scene();
  const results = await Promise.all(Array.from({ length: 40 }, (_, i) => at.transport.send(message(i))));
  expect(results.map((result) => result.kind === 'reply' && result.code)).toEqual(results.map(() => 250));
  expect(at.relay.accepted).toHaveLength(40);
  expect(at.relay.most).toBeGreaterThan(1);
  expect(at.tokens.asked).toBe(1);
});

test('a token that is refused is fetched anew once, and nobody is refused for it', async () => {
  await using at = await scene();
  await at.transport.verify();
  at.tokens.good.clear(); // as if it had been withdrawn
  expect(await at.transport.send(message())).toMatchObject({ kind: 'reply', code: 250 });
  expect(at.tokens.asked).toBe(2);
});

test('a relay that takes no token, and a provider that gives none, are told in one sentence with what to do', async () => {
  await using at = await scene();
  at.relay.options.login = () => false;
  await expect(at.transport.verify()).rejects.toMatchObject({
    code: 'RELAY_UNAVAILABLE',
    message: expect.stringMatching(
      /^Cannot use the mail relay at 127\.0\.0\.1:\d+ \(535 the relay refuses the token\)\. Sign in anew .+\.$/,
    ),
  });
  expect(at.tokens.asked).toBe(2);
  expect(await at.transport.send(message())).toMatchObject({ kind: 'unsent', relayDown: true });

  at.tokens.refuses = 'invalid_grant';
  const refused = await at.transport.verify().catch((error: unknown) => (error as Error).message);
  expect(refused).toMatch(/ \(SMTP_OAUTH_TOKEN_URL gives no token: invalid_grant\)\. Sign in anew /);
  expect(refused).not.toMatch(/token-\d|refresh$|secret"/);
  await at.tokens[Symbol.asyncDispose]();
  await expect(at.transport.verify()).rejects.toThrow('SMTP_OAUTH_TOKEN_URL does not answer');
});

test('a relay that asks for a password hears nothing of the token', async () => {
  await using at = await scene();
  at.relay.options.extensions = ['PIPELINING', 'AUTH PLAIN LOGIN'];
  await expect(at.transport.verify()).rejects.toThrow('the relay offers no AUTH XOAUTH2 or OAUTHBEARER');
  expect(at.relay.lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
});

test('tokens are kept until shortly before they expire, and fetched one request at a time', async () => {
  await using server: TokenServer = await tokenServer();
  server.lifetime = 600;
  let clock = 0;
  const tokens = createTokens(server.grant, () => clock);
  expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(['token-1', 'token-1', 'token-1']);
  clock = 539_000;
  expect(await tokens.get()).toBe('token-1');
  clock = 541_000;
  expect(await tokens.get()).toBe('token-2');
  // Several connections find the same token refused: it is replaced once.
  expect(await Promise.all([tokens.get('token-2'), tokens.get('token-2')])).toEqual(['token-3', 'token-3']);
  expect(await tokens.get('token-2')).toBe('token-3');
});

test('a token address that leads elsewhere is not followed: the secret goes nowhere else', async () => {
  await using elsewhere = await tokenServer();
  const leads = createServer((_request, response) => {
    response.writeHead(307, { location: elsewhere.grant.tokenUrl }).end();
  }).listen(0, '127.0.0.1');
  await once(leads, 'listening');
  const tokenUrl = `http://127.0.0.1:${(leads.address() as AddressInfo).port}/token`;
  await expect(createTokens({ ...elsewhere.grant, tokenUrl }).get()).rejects.toThrow(
    'SMTP_OAUTH_TOKEN_URL does not answer',
  );
  expect(elsewhere.asked).toBe(0);
  leads.closeAllConnections();
  leads.close();
});

test('another implementation of the server understands both mechanisms', async () => {
  const seen: unknown[] = [];
  const server = new SMTPServer({
    authMethods: ['XOAUTH2'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, accessToken }, _session, done) => {
      seen.push({ username, accessToken });
      // It refuses with a challenge first, as Google does.
      if (accessToken === 'token-1') done(null, { data: { status: '401', schemes: 'bearer' } } as never);
      else done(null, { user: username });
    },
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using tokens = await tokenServer();
  const { port } = server.address() as AddressInfo;
  const transport = createSmtpTransport({
    urls: [`smtp://me%40papers.example@127.0.0.1:${port}?auth=oauth2`],
    connections: 1,
    name: 'papers.example',
    oauth: tokens.grant,
  });
  await transport.verify();
  expect(seen).toEqual(['token-1', 'token-2'].map((accessToken) => ({ username: 'me@papers.example', accessToken })));
  await transport.close({ force: true });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  // RFC 7628 section 4.1.
  const bearer = initialResponse('OAUTHBEARER', {
    user: 'user@example.com',
    token: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
    host: 'server.example.com',
    port: 587,
  });
  expect(Buffer.from(bearer, 'base64').toString()).toBe(
    'n,a=user@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01',
  );
});
