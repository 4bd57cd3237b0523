import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { freePort } from '../support/ports.ts';

interface Asked {
  place: string;
  login: string | null;
}
interface TestProxy extends AsyncDisposable {
  port: number;
  asked: Asked[];
}

/** What a connection says first is given to `greet`, which answers and says where to. */
async function proxy(greet: (client: Socket, asked: Asked[]) => void): Promise<TestProxy> {
  const asked: Asked[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    greet(client, asked);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Wherever it is asked to lead, it leads to this port of loopback: names are looked up by it alone. */
function lead(client: Socket, port: number, opened: () => void): void {
  const relay = connect(port, '127.0.0.1', () => {
    opened();
    client.pipe(relay).pipe(client);
  }).on('error', () => client.destroy());
  client.on('close', () => relay.destroy());
}

const httpProxy = (port: number, answer: number | 'never' = 200): Promise<TestProxy> =>
  proxy((client, asked) =>
    client.once('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      const login = /^proxy-authorization: Basic (\S+)/im.exec(text)?.[1];
      asked.push({
        place: /^CONNECT (\S+) HTTP\/1\.1/.exec(text)?.[1] ?? text,
        login: login === undefined ? null : Buffer.from(login, 'base64').toString(),
      });
      if (answer === 'never') return;
      if (answer !== 200) return void client.end(`HTTP/1.1 ${answer} No\r\ncontent-length: 0\r\n\r\n`);
      lead(client, port, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    }),
  );

const socksProxy = (port: number, code = 0): Promise<TestProxy> =>
  proxy((client, asked) => {
    let login: string | null = null;
    const steps = [
      (chunk: Buffer) => {
        const method = chunk.subarray(2).includes(2) ? 2 : 0;
        client.write(Buffer.from([5, method]));
        if (method === 0) steps.splice(0, 1);
      },
      (chunk: Buffer) => {
        const user = chunk.subarray(2, 2 + chunk[1]!);
        login = `${user.toString()}:${chunk.subarray(3 + user.length).toString()}`;
        client.write(Buffer.from([1, 0]));
      },
      (chunk: Buffer) => {
        const isName = chunk[3] === 3;
        const host = isName ? chunk.subarray(5, 5 + chunk[4]!).toString() : [...chunk.subarray(4, 8)].join('.');
        asked.push({ place: `${host}:${chunk.readUInt16BE(chunk.length - 2)}`, login });
        const say = (reply: number) => client.write(Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]));
        if (code === 0) lead(client, port, () => say(0));
        else say(code);
      },
    ];
    const next = (chunk: Buffer): void => {
      steps.shift()?.(chunk);
      if (steps.length === 0) client.off('data', next);
    };
    client.on('data', next);
  });

const transportBy = (proxyUrl: string, port: number) =>
  createSmtpTransport({
    urls: [`smtp://relay.internal.example:${port}?tls=off`],
    connections: 3,
    name: 'papers.example',
    proxy: proxyUrl,
    timeouts: { connect: 500 },
  });
const message = (i: number) => ({
  from: 'b@papers.example',
  to: `reader${i}@example.net`,
  message: [Buffer.from('Subject: x\r\n\r\nHello\r\n')],
});

describe.each([
  ['a SOCKS5 proxy', 'socks5', socksProxy],
  ['an HTTP proxy', 'http', httpProxy],
] as const)('through %s', (_, kind, open) => {
  test.each([null, 'me:p@ss'])('mail reaches a relay that only the proxy can name, with login %s', async (login) => {
    await using relay = await faultServer();
    await using by = await open(relay.port);
    const user = login === null ? '' : 'me:p%40ss@';
    const transport = transportBy(`${kind}://${user}127.0.0.1:${by.port}`, 2525);
    await transport.verify();
    const results = await Promise.all(Array.from({ length: 20 }, (__, i) => transport.send(message(i))));
    expect(results.map((result) => result.kind === 'reply' && result.code)).toEqual(results.map(() => 250));
    expect(relay.accepted).toHaveLength(20);
    expect(new Set(by.asked.map(({ place }) => place))).toEqual(new Set(['relay.internal.example:2525']));
    expect(new Set(by.asked.map((one) => one.login))).toEqual(new Set([login]));
    await transport.close();
  });

  test('a message whose answer is lost with the proxy is unknown, one that was not begun is not', async () => {
    await using relay = await faultServer({ act: ({ moment }) => (moment === 'DOT' ? 'hang' : undefined) });
    const by = await open(relay.port);
    const transport = transportBy(`${kind}://127.0.0.1:${by.port}`, 2525);
    const sent = transport.send(message(1));
    while (relay.times('DOT') === 0) await new Promise((resolve) => setImmediate(resolve));
    await by[Symbol.asyncDispose]();
    expect((await sent).kind).toBe('lost');
    expect(await transport.send(message(2))).toMatchObject({ kind: 'unsent', relayDown: true });
    await transport.close({ force: true });
  });
});

describe('a proxy that does not help is told in one sentence', () => {
  const sentence = async (url: string) =>
    transportBy(url, 2525)
      .verify()
      .catch((error: unknown) => (error as Error).message);
  test('when nothing listens there', async () => {
    expect(await sentence(`socks5://127.0.0.1:${await freePort()}`)).toBe(
      'Cannot use the mail relay at relay.internal.example:2525 (the proxy cannot be reached (ECONNREFUSED)). Check SMTP_PROXY.',
    );
  });
  test('when it refuses', async () => {
    await using http = await httpProxy(0, 407);
    expect(await sentence(`http://127.0.0.1:${http.port}`)).toContain(
      '(the proxy does not let us through (407)). Check',
    );
    await using socks = await socksProxy(0, 2);
    expect(await sentence(`socks5://127.0.0.1:${socks.port}`)).toContain(
      'the proxy does not let us through (NotAllowed)',
    );
  });
  test('when it is silent, or hangs up', async () => {
    await using silent = await httpProxy(0, 'never');
    expect(await sentence(`http://127.0.0.1:${silent.port}`)).toContain('does not let us through (timed out)');
    await using gone = await proxy((client) => client.end());
    expect(await sentence(`http://127.0.0.1:${gone.port}`)).toContain('the proxy does not let us through');
    expect(await sentence(`socks5://127.0.0.1:${gone.port}`)).toContain('the proxy does not let us through');
  });
});
