import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import type { Transport } from '../../src/mail/transport.ts';
import { requires } from '../support/require.ts';
import { makeCertificate } from '../support/certificate.ts';
import { faultServer } from '../support/smtp-fault-server.ts';

const opened: Transport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close({ force: true })));
});
const transportTo = (url: string, ca?: string): Transport => {
  const transport = createSmtpTransport({ urls: [url], connections: 2, name: 'papers.example', ...(ca ? { ca } : {}) });
  opened.push(transport);
  return transport;
};
const message = (i: number) => ({
  from: 'b@papers.example',
  to: `reader${i}@example.net`,
  message: [Buffer.from(`Subject: x\r\n\r\n${'Long enough for several records.\r\n'.repeat(2000)}`)],
});

async function server(options: SMTPServerOptions) {
  const got: { secure: boolean; user: unknown; size: number }[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: (auth, _session, done) =>
      auth.username === 'me@x' && auth.password === 'p@ss word'
        ? done(null, { user: `${auth.method} ${auth.username}` })
        : done(Object.assign(new Error('no'), { responseCode: 535 })),
    onData(stream, session, done) {
      let size = 0;
      stream
        .on('data', (chunk: Buffer) => {
          size += chunk.length;
        })
        .on('end', () => {
          got.push({ secure: session.secure, user: session.user, size });
          done();
        });
    },
    ...options,
  });
  smtp.on('error', () => {});
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  return {
    port: (smtp.server.address() as AddressInfo).port,
    got,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        smtp.close(() => resolve());
      }),
  };
}

requires('openssl')('over TLS', () => {
  const { key, cert } = makeCertificate();
  const size = message(0).message[0]!.length;

  test.each(['STARTTLS', 'TLS from the first byte'])(
    '%s: messages and the login go encrypted, and arrive whole',
    async (how) => {
      const implicit = how !== 'STARTTLS';
      await using relay = await server({ key, cert, secure: implicit, authOptional: false });
      const transport = transportTo(
        `${implicit ? 'smtps' : 'smtp'}://me%40x:p%40ss%20word@localhost:${relay.port}?tls=on`,
        cert,
      );
      await transport.verify();
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => transport.send(message(i))));
      expect(results).toMatchObject(Array(20).fill({ kind: 'reply', code: 250 }));
      expect(relay.got).toEqual(Array(20).fill({ secure: true, user: 'PLAIN me@x', size }));
      await transport.close();
    },
  );

  test('a certificate that nobody vouches for, or for another host, is not accepted', async () => {
    await using relay = await server({ key, cert });
    for (const transport of [
      transportTo(`smtp://localhost:${relay.port}?tls=on`),
      transportTo(`smtp://127.0.0.1:${relay.port}?tls=on`, cert),
      transportTo(`smtps://localhost:${relay.port}`, cert),
    ]) {
      expect(await transport.send(message(1))).toMatchObject({ kind: 'unsent', relayDown: true });
      await expect(transport.verify()).rejects.toMatchObject({ code: 'RELAY_UNAVAILABLE' });
    }
    expect(relay.got).toEqual([]);
  });

  test('what somebody slips in behind the answer to STARTTLS ends the connection (CVE-2011-0411)', async () => {
    await using relay = await faultServer({
      extensions: ['PIPELINING', 'STARTTLS'],
      act: (e) => (e.line === 'STARTTLS' ? { say: '220 go\r\n250 slipped in\r\n' } : undefined),
    });
    expect(await transportTo(`${relay.url}?tls=on`, cert).send(message(1))).toMatchObject({
      kind: 'unsent',
      relayDown: true,
    });
    expect(relay.lines).toEqual(['EHLO papers.example', 'STARTTLS']);
  });
});

test.each([['PLAIN'], ['LOGIN']])('a login by %s', async (method) => {
  await using relay = await server({
    authMethods: [method],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    authOptional: false,
  });
  expect(await transportTo(`smtp://me%40x:p%40ss%20word@127.0.0.1:${relay.port}`).send(message(1))).toMatchObject({
    kind: 'reply',
    code: 250,
  });
  expect(relay.got).toMatchObject([{ user: `${method} me@x` }]);
  expect(await transportTo(`smtp://me%40x:wrong@127.0.0.1:${relay.port}`).send(message(1))).toMatchObject({
    kind: 'unsent',
    relayDown: true,
  });
});

test('a login that the relay has no way for is a relay that cannot be used', async () => {
  await using relay = await server({
    authMethods: ['CRAM-MD5'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
  });
  expect(await transportTo(`smtp://me%40x:p@127.0.0.1:${relay.port}`).send(message(1))).toEqual({
    kind: 'unsent',
    relayDown: true,
    text: 'the relay offers no AUTH PLAIN or LOGIN',
  });
});
