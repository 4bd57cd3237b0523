import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDomainCheck, type MailResolver } from '../../src/subscribers/mail-domain.ts';

const TYPES = { NS: 2, MX: 15 } as const;
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** What a name server says: the data of one record, no record, a code of refusal, or nothing. */
type Said = Buffer | 'no record' | number | 'silence';

const name = (text: string): Buffer =>
  Buffer.concat([
    ...text
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from(String.fromCharCode(label.length) + label)),
    Buffer.from([0]),
  ]);
const mx = (host: string): Buffer => Buffer.concat([Buffer.from([0, 0]), name(host)]);

/** A name server on loopback (RFC 1035 section 4): answers each question as the table says. */
interface NameServer {
  asked: string[];
  says: (domain: string, type: number) => Said;
  resolver: MailResolver;
  socket: Socket;
}

async function nameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  const server: NameServer = { asked: [], says: () => 'silence', resolver: undefined!, socket };
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (; query[at] !== 0; at += query[at]! + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    const domain = labels.join('.').toLowerCase();
    const type = query.readUInt16BE(at + 1);
    server.asked.push(domain);
    const said = server.says(domain, type);
    if (said === 'silence') return;
    const head = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
    if (typeof said === 'number') head[3] = 0x80 | said;
    const parts: Buffer[] = [head, query.subarray(12, at + 5)];
    if (Buffer.isBuffer(said)) {
      head[7] = 1;
      const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, said.length]);
      parts.push(record, said);
    }
    socket.send(Buffer.concat(parts), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${(socket.address() as AddressInfo).port}`]);
  server.resolver = resolver;
  return server;
}

describe('an address to be subscribed', () => {
  let server: NameServer;
  beforeAll(async () => {
    server = await nameServer();
  });
  afterAll(() => void server.socket.close());
  beforeEach(() => {
    server.asked = [];
  });

  /** A server that knows the internet: of `domain` it says this. */
  const says = (said: Said): void => {
    server.says = (domain, type) => (type === TYPES.NS && domain === 'com' ? name('a.gtld-servers.net') : said);
  };
  const check = (address: string) => createDomainCheck(server.resolver)(address);

  test('at a domain that says it takes no mail (RFC 7505) is refused in one sentence', async () => {
    says(mx('.'));
    await expect(check('ada@nomail.org')).rejects.toMatchObject({
      code: 'ADDRESS_INVALID',
      message: expect.stringMatching(/^The domain of that address takes no mail.*Use another address\.$/),
    });
  });

  test('at a domain that does not exist is refused in one sentence', async () => {
    says(NXDOMAIN);
    await expect(check('ada@gone.org')).rejects.toMatchObject({
      code: 'ADDRESS_INVALID',
      message: expect.stringMatching(/does not exist\. Check what stands after the @/),
    });
  });

  test.each<[string, Said]>([
    ['has a mail host', mx('mx.fine.org')],
    ['has no MX, for then its host takes the mail', 'no record'],
    ['cannot be looked up at present', SERVFAIL],
    ['is not answered for', 'silence'],
    ['is answered for with noise', Buffer.from([0xff])],
  ])('is taken when its domain %s', async (_, said) => {
    says(said);
    await check('ada@fine.org');
    expect(server.asked).toContain('fine.org');
  });

  test('is taken when the server says of all the internet that it does not exist', async () => {
    server.says = () => NXDOMAIN;
    await check('ada@fine.org');
    expect(server.asked).toEqual(['fine.org', 'com']);
  });

  test('is taken when no server listens', async () => {
    const nowhere = await nameServer();
    const closed = once(nowhere.socket, 'close');
    nowhere.socket.close();
    await closed;
    await createDomainCheck(nowhere.resolver)('ada@fine.org');
  });

  test('asks once for each domain, and answers all alike from memory', async () => {
    says(mx('.'));
    const checkAll = createDomainCheck(server.resolver);
    for (const local of ['a', 'b', 'c'])
      await expect(checkAll(`${local}@nomail.org`)).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
    await Promise.allSettled(['d', 'e'].map((local) => checkAll(`${local}@other.org`)));
    expect(server.asked).toEqual(['nomail.org', 'other.org']);
  });

  test('waits for a silent server no longer than its patience, and then leaves it alone', async () => {
    const silent: MailResolver = { resolveMx: () => new Promise(() => {}), resolveNs: async () => [] };
    let asked = 0;
    const checkAll = createDomainCheck({
      ...silent,
      resolveMx: (domain: string) => {
        asked += 1;
        return silent.resolveMx(domain);
      },
    });
    const began = performance.now();
    await Promise.all(Array.from({ length: 50 }, (_, i) => checkAll(`ada@domain${i}.org`)));
    await checkAll('ada@later.org');
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(asked).toBe(20);
  });

  test.each(['ada@example.org', 'ada@mail.example.com', 'ada@papers.example', 'ada@site.test'])(
    '%s is asked about nowhere: its domain is reserved for examples',
    async (address) => {
      says(NXDOMAIN);
      await check(address);
      expect(server.asked).toEqual([]);
    },
  );
});
