import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { parseRelay } from '../../src/smtp/relay.ts';
import type { Outgoing, Transport } from '../../src/mail/transport.ts';
import { freePort } from '../support/ports.ts';
import { scriptedRelay, type ScriptedSession } from '../support/scripted-relay.ts';

const opened: Transport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close({ force: true })));
});
const transportTo = (url: string, connections = 1): Transport => {
  const transport = createSmtpTransport({ urls: [url], connections, name: 'papers.example' });
  opened.push(transport);
  return transport;
};
const message = (text = 'Subject: x\r\n\r\nHello\r\n', to = 'reader@example.net'): Outgoing => ({
  from: 'b+1@papers.example',
  to,
  message: [Buffer.from(text)],
});
/** More than the buffers on the way can hold. */
const HUGE: Outgoing = {
  ...message(),
  message: Array.from({ length: 400 }, () => Buffer.from('All work and no play.\r\n'.repeat(3_000))),
};

interface Received {
  from: string;
  to: string[];
  raw: string;
  session: string;
}

/** A real SMTP server that keeps what it gets. */
async function mailServer(options: SMTPServerOptions = {}) {
  const got: Received[] = [];
  const sessions = new Set<string>();
  let most = 0;
  const open = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(session, done) {
      sessions.add(session.id);
      open.add(session.id);
      most = Math.max(most, open.size);
      done();
    },
    onClose(session) {
      open.delete(session.id);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        got.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((r) => r.address),
          raw: Buffer.concat(chunks).toString('latin1'),
          session: session.id,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    got,
    sessions,
    open,
    get most() {
      return most;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}

const refuse = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

describe('to a real server', () => {
  test('a message arrives byte for byte: dots, long runs, non-ASCII and all', async () => {
    await using server = await mailServer();
    const raw = Buffer.concat([
      Buffer.from('Subject: é\r\n\r\n.\r\n..\r\n.hidden\r\na.b\r\n'),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from(`\r\n${'x'.repeat(990)}\r\n日本語 👩‍🔬\r\n.\r\n`),
    ]);
    // Cut everywhere: a dot at the start of a piece is still stuffed once.
    const pieces = Array.from({ length: Math.ceil(raw.length / 7) }, (_, i) => raw.subarray(i * 7, i * 7 + 7));
    expect(await transportTo(server.url).send({ ...message(), message: pieces })).toMatchObject({
      kind: 'reply',
      code: 250,
    });
    expect(server.got).toMatchObject([
      { from: 'b+1@papers.example', to: ['reader@example.net'], raw: raw.toString('latin1') },
    ]);
  });

  test('connections are kept, reused, and never more than allowed', async () => {
    await using server = await mailServer();
    const transport = transportTo(server.url, 3);
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        transport.send(message(`Subject: ${i}\r\n\r\n.\r\n`, `reader${i}@example.net`)),
      ),
    );
    expect(results.every((r) => r.kind === 'reply' && r.code === 250)).toBe(true);
    expect(new Set(server.got.map((g) => g.to[0])).size).toBe(60);
    expect(server.sessions.size).toBeLessThanOrEqual(3);
    expect(server.most).toBeLessThanOrEqual(3);
    await transport.send(message());
    expect(server.sessions.size).toBeLessThanOrEqual(3);
  });

  test.each([
    ['at MAIL', { onMailFrom: (_a, _s, done) => done(refuse(451, 'come back')) }, 451],
    ['at MAIL', { onMailFrom: (_a, _s, done) => done(refuse(550, '5.7.1 not you')) }, 550],
    ['at RCPT', { onRcptTo: (_a, _s, done) => done(refuse(450, '4.2.1 slow down')) }, 450],
    ['at RCPT', { onRcptTo: (_a, _s, done) => done(refuse(550, '5.1.1 no such user')) }, 550],
    [
      'after the message',
      {
        onData: (stream, _s, done) => {
          stream.resume().on('end', () => done(refuse(451, '4.3.0 full')));
        },
      },
      451,
    ],
    [
      'after the message',
      {
        onData: (stream, _s, done) => {
          stream.resume().on('end', () => done(refuse(554, '5.7.1 spam')));
        },
      },
      554,
    ],
  ] satisfies [string, SMTPServerOptions, number][])(
    'a refusal %s comes back in the server’s words, and the connection serves on',
    async (_when, options, code) => {
      await using server = await mailServer(options);
      const transport = transportTo(server.url);
      for (let i = 0; i < 15; i++)
        expect(await transport.send(message())).toMatchObject({
          kind: 'reply',
          code,
          text: expect.stringMatching(/come back|not you|slow down|no such user|full|spam/),
        });
      expect(server.sessions.size).toBe(1);
    },
  );

  test('one refused reader does not cost the next one anything', async () => {
    await using server = await mailServer({
      onRcptTo: ({ address }, _s, done) => done(address.startsWith('gone') ? refuse(550, '5.1.1 gone') : null),
    });
    const transport = transportTo(server.url);
    const codes = [];
    for (const to of ['a@x.example', 'gone@x.example', 'b@x.example', 'gone@x.example', 'c@x.example'])
      codes.push(await transport.send(message(undefined, to)));
    expect(codes).toMatchObject([250, 550, 250, 550, 250].map((code) => ({ kind: 'reply', code })));
    expect(server.got.map((g) => g.to)).toEqual([['a@x.example'], ['b@x.example'], ['c@x.example']]);
  });

  test('a login that is refused is a relay that cannot be used', async () => {
    await using server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _s, done) => done(auth.password === 'p@ss w%rd' ? null : refuse(535, '5.7.8 no'), { user: 1 }),
    });
    const at = (login: string) => transportTo(server.url.replace('//', `//${login}@`));
    expect(await at('me:wrong').send(message())).toMatchObject({ kind: 'unsent', relayDown: true });
    await expect(at('me:wrong').verify()).rejects.toMatchObject({
      code: 'RELAY_UNAVAILABLE',
      message: expect.stringMatching(/\(535\).*SMTP_URL/),
    });
    await at('me:p%40ss%20w%25rd').verify();
    expect(await at('me:p%40ss%20w%25rd').send(message())).toMatchObject({ kind: 'reply', code: 250 });
  });

  test('closing waits for what is under way, and leaves no session', async () => {
    let release = (): void => {};
    const reached = Promise.withResolvers<void>();
    await using server = await mailServer({
      onData: (stream, _s, done) => {
        stream.resume().on('end', () => {
          reached.resolve();
          release = () => done();
        });
      },
    });
    const transport = transportTo(server.url, 2);
    const sending = transport.send(message());
    await reached.promise;
    let closed = false;
    const closing = transport.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    release();
    expect(await sending).toMatchObject({ kind: 'reply', code: 250 });
    await closing;
    expect(await transport.send(message())).toMatchObject({ kind: 'unsent', relayDown: true });
  });
});

describe('to a server that breaks', () => {
  const accept = async (session: ScriptedSession): Promise<void> => {
    await session.hello();
    for (;;) {
      await session.envelope();
      session.say('250 2.0.0 queued');
    }
  };
  const outcome = async (script: (session: ScriptedSession) => Promise<void>, outgoing = message()) => {
    await using relay = await scriptedRelay(script);
    return await transportTo(relay.url).send(outgoing);
  };

  test('nobody there: unsent, and the relay is down', async () => {
    const transport = transportTo(`smtp://127.0.0.1:${await freePort()}`);
    expect(await transport.send(message())).toMatchObject({ kind: 'unsent', relayDown: true });
    await expect(transport.verify()).rejects.toMatchObject({
      code: 'RELAY_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('SMTP_URL'),
    });
  });

  test.each<[string, (s: ScriptedSession) => Promise<void>]>([
    [
      'before the greeting',
      async (s) => {
        s.socket.destroy();
      },
    ],
    [
      'with 421 instead of a greeting',
      async (s) => {
        s.say('421 4.3.2 shutting down');
        s.socket.end();
      },
    ],
    [
      'with 554 instead of a greeting',
      async (s) => {
        s.say('554 no service');
        s.socket.end();
      },
    ],
    [
      'after EHLO',
      async (s) => {
        s.say('220 hi');
        await s.line();
        s.socket.destroy();
      },
    ],
  ])('closed %s: unsent, and the relay is down', async (_when, script) => {
    expect(await outcome(script)).toMatchObject({ kind: 'unsent', relayDown: true });
  });

  test.each<[string, (s: ScriptedSession) => Promise<void>]>([
    [
      'before MAIL',
      async (s) => {
        await s.hello();
        s.socket.destroy();
      },
    ],
    [
      'at MAIL',
      async (s) => {
        await s.hello();
        await s.line();
        s.socket.destroy();
      },
    ],
    [
      'at RCPT',
      async (s) => {
        await s.hello();
        await s.line();
        s.say('250 ok');
        await s.line();
        s.socket.destroy();
      },
    ],
    [
      'before DATA is answered',
      async (s) => {
        await s.hello();
        for (const a of ['250 ok', '250 ok']) {
          await s.line();
          s.say(a);
        }
        await s.line();
        s.socket.destroy();
      },
    ],
  ])('closed %s: unsent', async (_when, script) => {
    expect(await outcome(script)).toMatchObject({ kind: 'unsent' });
  });

  test('closed in the middle of the message: unsent', async () => {
    expect(
      await outcome(async (s) => {
        await s.hello();
        for (const answer of ['250 ok', '250 ok', '354 go ahead']) {
          await s.line();
          s.say(answer);
        }
        for (let i = 0; i < 1000; i++) await s.line();
        s.socket.resetAndDestroy();
      }, HUGE),
    ).toMatchObject({ kind: 'unsent', relayDown: false });
  });

  test('closed after the final dot, without a reply: lost, and only that', async () => {
    expect(
      await outcome(async (s) => {
        await s.hello();
        await s.envelope();
        s.socket.destroy();
      }),
    ).toMatchObject({ kind: 'lost' });
    expect(
      await outcome(async (s) => {
        await s.hello();
        await s.envelope();
        s.socket.write('25');
        s.socket.destroy();
      }),
    ).toMatchObject({ kind: 'lost' });
    expect(
      await outcome(async (s) => {
        await s.hello(['PIPELINING', 'SIZE 1000000']);
        await s.envelope();
        s.socket.resetAndDestroy();
      }),
    ).toMatchObject({ kind: 'lost' });
  });

  test('a refusal at DATA is a reply', async () => {
    const refusing = (line: string) =>
      outcome(async (s) => {
        await s.hello();
        for (const a of ['250 ok', '250 ok', line]) {
          await s.line();
          s.say(a);
        }
      });
    expect(await refusing('451 4.3.0 no room')).toEqual({ kind: 'reply', code: 451, text: '4.3.0 no room' });
    expect(await refusing('554 5.5.0 no')).toEqual({ kind: 'reply', code: 554, text: '5.5.0 no' });
  });

  test('replies of several lines are one reply', async () => {
    const result = await outcome(async (s) => {
      s.say('220-welcome', '220-to', '220 this');
      await s.line();
      s.say('250-scripted', '250-SIZE 1000000', '250 8BITMIME');
      await s.line();
      s.say('250-2.1.0 ok', '250 2.1.0 really');
      await s.line();
      s.say('550-5.1.1 The account', '550-5.1.1 does not', '550 5.1.1 exist');
    });
    expect(result).toMatchObject({ kind: 'reply', code: 550, text: expect.stringContaining('5.1.1') });
  });

  test('with PIPELINING a refused reader’s DATA delivers nothing', async () => {
    expect(
      await outcome(async (s) => {
        await s.hello(['PIPELINING']);
        await s.line();
        s.say('250 ok');
        await s.line();
        s.say('550 5.1.1 gone');
        for (let line = await s.line(); line !== null; line = await s.line()) {
          if (line === 'DATA') s.say('554 no valid recipients');
          if (line === 'RSET') s.say('250 ok');
        }
      }),
    ).toMatchObject({ kind: 'reply', code: 550 });
  });

  test.each<[string, (s: ScriptedSession) => Promise<void>]>([
    [
      'ended by the relay while it rested',
      async (s) => {
        await s.hello();
        await s.envelope();
        s.say('250 ok');
        await s.line();
        s.socket.destroy();
      },
    ],
    [
      'dismissed with 421 at the next message',
      async (s) => {
        await s.hello();
        await s.envelope();
        s.say('250 ok');
        await s.line();
        s.say('421 4.7.0 too many messages on this connection');
        s.socket.end();
      },
    ],
  ])('a kept connection %s is replaced at once, and the message goes out', async (_what, script) => {
    await using relay = await scriptedRelay(script, accept);
    const transport = transportTo(relay.url);
    for (let i = 0; i < 3; i++) expect(await transport.send(message())).toMatchObject({ kind: 'reply', code: 250 });
    expect(relay.sessions).toBe(2);
  });

  test('421 on a fresh connection puts this one message off: it must not hold up the others', async () => {
    await using relay = await scriptedRelay(async (s) => {
      await s.hello();
      await s.line();
      s.say('421 4.7.0 not now');
      s.socket.end();
    }, accept);
    const transport = transportTo(relay.url);
    expect(await transport.send(message())).toEqual({ kind: 'reply', code: 421, text: '4.7.0 not now' });
    expect(await transport.send(message())).toMatchObject({ kind: 'reply', code: 250 });
  });

  test('a message lost on a kept connection is not sent again', async () => {
    let messages = 0;
    await using relay = await scriptedRelay(async (s) => {
      await s.hello();
      for (;;) {
        await s.envelope();
        if (++messages === 2) return void s.socket.destroy();
        s.say('250 ok');
      }
    });
    const transport = transportTo(relay.url);
    expect(await transport.send(message())).toMatchObject({ code: 250 });
    expect(await transport.send(message())).toMatchObject({ kind: 'lost' });
    expect(messages).toBe(2);
    expect(await transport.send(message())).toMatchObject({ code: 250 });
  });

  test.each<[string, (s: ScriptedSession, reached: () => void) => Promise<void>, object]>([
    ['before the greeting', async (_s, reached) => reached(), { kind: 'unsent', relayDown: true }],
    [
      'at MAIL',
      async (s, reached) => {
        await s.hello();
        await s.line();
        reached();
      },
      { kind: 'unsent', relayDown: false },
    ],
    [
      'after the final dot',
      async (s, reached) => {
        await s.hello();
        await s.envelope();
        reached();
      },
      { kind: 'lost' },
    ],
    [
      'after a refusal',
      async (s, reached) => {
        await s.hello();
        await s.line();
        s.say('550 no');
        await s.line();
        reached();
      },
      { kind: 'reply', code: 550 },
    ],
  ])(
    'a relay that falls silent %s does not hold up a forced close, and the message has its result',
    async (_when, script, result) => {
      const reached = Promise.withResolvers<void>();
      await using relay = await scriptedRelay((s) => script(s, () => reached.resolve()));
      const transport = transportTo(relay.url);
      const sending = [transport.send(message()), transport.send(message())];
      await reached.promise;
      await transport.close({ force: true });
      expect(await Promise.all(sending)).toMatchObject([result, { kind: 'unsent', relayDown: true }]);
      expect(relay.sessions).toBe(1);
    },
  );

  test('a relay that does not answer QUIT does not hold up a close for long', async () => {
    await using relay = await scriptedRelay(async (s) => {
      await s.hello();
      await s.envelope();
      s.say('250 ok');
      while ((await s.line()) !== null);
    });
    const transport = transportTo(relay.url);
    await transport.send(message());
    const before = Date.now();
    await transport.close();
    expect(Date.now() - before).toBeLessThan(4_000);
  });
});

describe('the address of a relay', () => {
  test.each([
    ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, security: 'starttls' }],
    ['smtp://mail.example.org:25', { port: 25, security: 'starttls' }],
    ['smtp://mail.example.org?tls=off', { security: 'none' }],
    ['smtps://mail.example.org', { port: 465, security: 'implicit' }],
    ['smtp://localhost:1025', { host: 'localhost', port: 1025, security: 'none' }],
    ['smtp://localhost:1025?tls=on', { security: 'starttls' }],
    ['smtp://127.0.0.2', { security: 'none' }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, security: 'none' }],
    ['smtp://127.0.0.1.example.org', { security: 'starttls' }],
    ['smtp://localhost.example.org', { security: 'starttls' }],
  ])('%s', (url, wanted) => {
    expect(parseRelay(url)).toMatchObject(wanted);
  });
  test('says who logs in, as URLs spell it', () => {
    expect(parseRelay('smtp://me%40example.org:p%3Aw%25@mail.example.org').auth).toEqual({
      kind: 'password',
      user: 'me@example.org',
      pass: 'p:w%',
    });
    expect(parseRelay('smtp://mail.example.org').auth).toBeNull();
    const withToken = parseRelay('smtp://me%40example.org@mail.example.org?auth=oauth2').auth;
    expect(withToken).toEqual({ kind: 'oauth2', user: 'me@example.org' });
  });
});

test('a relay that is required to encrypt and does not offer it gets neither password nor message', async () => {
  let lines: string[] = [];
  await using relay = await scriptedRelay(async (s) => {
    s.say('220 hi');
    for (let line = await s.line(); line !== null; line = await s.line()) {
      lines = [...lines, line];
      s.say(line.startsWith('EHLO') ? '250 scripted' : '502 no');
    }
  });
  // This machine by an address that is not known to be its own.
  const transport = transportTo(relay.url.replace('127.0.0.1', 'me:secret@0.0.0.0'));
  expect(await transport.send(message())).toMatchObject({ kind: 'unsent', relayDown: true });
  expect(lines).toEqual(['EHLO papers.example', 'STARTTLS']);
});

test('a message that is taken back while a slow relay without PIPELINING thinks about it hears no DATA, and the next one goes out over the same connection', async () => {
  const stop = new AbortController();
  const heard: string[] = [];
  await using relay = await scriptedRelay(async (s) => {
    await s.hello();
    heard.push((await s.line())!);
    stop.abort();
    s.say('250 ok');
    heard.push((await s.line())!);
    s.say('250 ok');
    await s.envelope();
    s.say('250 taken');
  });
  const transport = transportTo(relay.url);
  expect(await transport.send(message(), stop.signal)).toMatchObject({ kind: 'withdrawn' });
  expect(await transport.send(message())).toMatchObject({ kind: 'reply', code: 250 });
  expect(heard.map((line) => line.slice(0, 4))).toEqual(['MAIL', 'RSET']);
  expect(relay.sessions).toBe(1);
});
