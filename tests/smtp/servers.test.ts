import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpTransport, type SmtpOptions } from '../../src/smtp/transport.ts';
import type { SendResult, Transport } from '../../src/mail/transport.ts';
import { type Program, requires } from '../support/require.ts';
import { until } from '../support/until.ts';
import { canRunMailHosts, exim, type MailHost, opensmtpd, postfix } from '../support/mail-hosts.ts';
import { smtpSink } from '../support/smtp-servers.ts';

const opened: Transport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close({ force: true })));
});
const transportTo = (url: string, options: Partial<SmtpOptions> = {}): Transport => {
  const transport = createSmtpTransport({ urls: [url], connections: 4, name: 'papers.example', ...options });
  opened.push(transport);
  return transport;
};

const BLOCKS = Array.from({ length: 40 }, () =>
  Buffer.from('Some papers are read, some are only cited, and a few change what is done.\r\n'.repeat(6)),
);
const messageTo = (to: string, i: number): Buffer[] => [
  Buffer.from(
    `From: a@papers.example\r\nTo: ${to}\r\nMessage-ID: <${i}@papers.example>\r\nDate: Mon, 23 Nov 2026 07:00:00 +0000\r\nSubject: ${i}\r\n\r\n.dots\r\n..\r\n.\r\n`,
  ),
  ...BLOCKS,
];
const sendAll = (
  transport: Transport,
  count: number,
  to = (i: number) => `reader${i}@example.net`,
): Promise<SendResult[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      transport.send({ from: `b+${i}@papers.example`, to: to(i), message: messageTo(to(i), i) }),
    ),
  );
/** How a Maildir holds a message. */
const asKept = (message: readonly Buffer[]): string =>
  Buffer.concat(message).toString('latin1').replaceAll('\r\n', '\n');

/** Which results there were. */
const kindsOf = (results: readonly SendResult[]): string[] =>
  [
    ...new Set(
      results.map((r) =>
        r.kind === 'reply'
          ? `${String(r.code)[0]}xx`
          : r.kind === 'unsent'
            ? r.relayDown
              ? 'relay down'
              : 'unsent'
            : r.kind,
      ),
    ),
  ].toSorted();

requires('smtp-sink')('to Postfix’s smtp-sink', () => {
  test.each<[string, string[]]>([
    ['as it is', []],
    ['without PIPELINING', ['-p']],
    ['without ESMTP', ['-e']],
    ['refusing EHLO', ['-f', 'EHLO']],
    ['that takes two connections only', ['-m', '2']],
  ])('%s: every message is accepted', async (_how, switches) => {
    await using sink = await smtpSink(...switches);
    expect(kindsOf(await sendAll(transportTo(sink.url), 200))).toEqual(['2xx']);
  });

  test.each<[string, string[], string[]]>([
    ...['MAIL', 'RCPT', 'DATA', '.'].flatMap((at): [string, string[], string[]][] => [
      [`refusing ${at} for good`, ['-f', at], ['5xx']],
      [`putting ${at} off`, ['-r', at], ['4xx']],
    ]),
    ['refusing connections', ['-f', 'CONNECT'], ['relay down']],
    ['hanging up at EHLO', ['-q', 'EHLO'], ['relay down']],
    ['hanging up at MAIL', ['-q', 'MAIL'], ['unsent']],
    ['hanging up at RCPT', ['-q', 'RCPT'], ['unsent']],
    ['hanging up at DATA', ['-q', 'DATA'], ['unsent']],
  ])('%s: that is what every message hears', async (_how, switches, wanted) => {
    await using sink = await smtpSink(...switches);
    expect(kindsOf(await sendAll(transportTo(sink.url), 20))).toEqual(wanted);
  });

  test('hanging up after the final dot: what was handed over is lost, and what was only announced behind it never left', async () => {
    await using sink = await smtpSink('-q', '.');
    const results = await sendAll(transportTo(sink.url), 20);
    // An announced message moves on to another connection, but not for ever.
    expect(kindsOf(results.filter((r) => r.kind !== 'unsent' || r.relayDown))).toEqual(['lost']);
  });

  test('aborting in the midst of messages: none is called accepted', async () => {
    await using sink = await smtpSink('-A', '0');
    const kinds = kindsOf(await sendAll(transportTo(sink.url), 12));
    expect(['5xx', 'lost', 'unsent']).toEqual(expect.arrayContaining(kinds));
  });

  test('that ends in the midst of messages: as many are accepted as it took, and none is called unsent that it may have', async () => {
    await using sink = await smtpSink('-M', '50');
    const results = await sendAll(transportTo(sink.url), 100);
    const accepted = results.filter((r) => r.kind === 'reply' && r.code === 250).length;
    const lost = results.filter((r) => r.kind === 'lost').length;
    expect(accepted).toBeLessThanOrEqual(50);
    expect(accepted + lost).toBeGreaterThanOrEqual(50);
    expect(lost).toBeLessThanOrEqual(4);
  });
});

describe.each<{
  name: string;
  program: Program;
  start: (settings?: string) => Promise<MailHost>;
  fewOnAConnection: string;
  encrypts: boolean;
}>([
  {
    name: 'Exim',
    program: 'exim4',
    start: exim,
    fewOnAConnection: 'smtp_accept_max_per_connection = 5',
    encrypts: true,
  },
  {
    name: 'Postfix',
    program: 'postfix',
    start: postfix,
    fewOnAConnection: 'smtpd_hard_error_limit = 6',
    encrypts: true,
  },
  {
    name: 'OpenSMTPD',
    program: 'opensmtpd',
    start: opensmtpd,
    fewOnAConnection: 'smtp limit max-mails 5',
    encrypts: false,
  },
])('to $name', { timeout: 60_000 }, ({ name, program, start, fewOnAConnection, encrypts }) => {
  const suite = canRunMailHosts ? requires(program) : skip(`${name} has to be started by root.`);
  suite('that delivers what it takes', () => {
    /** Waits until this many were delivered, and takes off what the server put before them. */
    const deliveredBy = async (server: MailHost, count: number): Promise<string[]> => {
      await until(`${name} to deliver ${count} messages`, () => server.delivered().length >= count);
      return server
        .delivered()
        .map((message) => message.slice(message.indexOf('From: a@papers.example')))
        .toSorted();
    };
    const whoIs = (i: number): string =>
      (i % 10 === 3 ? 'gone' : i % 10 === 6 ? 'later' : `reader${i}`) + '@example.net';
    const reaches = (i: number): boolean => whoIs(i).startsWith('reader');
    /** What is to arrive of so many messages. */
    const everythingFor = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => i)
        .filter(reaches)
        .map((i) => asKept(messageTo(whoIs(i), i)))
        .toSorted();

    test('every message arrives once, byte for byte, and those that are refused or put off cost the others nothing', async () => {
      await using server = await start();
      const results = await sendAll(transportTo(server.url), 120, whoIs);
      expect(results.map((r) => (r.kind === 'reply' ? r.code : r.kind))).toEqual(
        results.map((_, i) => ({ gone: 550, later: 451 })[whoIs(i).split('@')[0]!] ?? 250),
      );
      expect(await deliveredBy(server, 96)).toEqual(everythingFor(120));
    });

    test('its SIZE is respected', async () => {
      await using server = await start();
      const huge = {
        from: 'b@papers.example',
        to: 'reader@example.net',
        message: Array<Buffer>(100).fill(Buffer.from(`${'x'.repeat(1100)}\r\n`)),
      };
      expect(await transportTo(server.url).send(huge)).toMatchObject({ kind: 'reply', code: 552 });
      expect(kindsOf(await sendAll(transportTo(server.url), 3))).toEqual(['2xx']);
    });

    test('more messages on a connection than it likes are a reason for another connection, not for losing one', async () => {
      await using server = await start(fewOnAConnection);
      const results = await sendAll(transportTo(server.url), 60, whoIs);
      const reached = results.filter((_, i) => reaches(i));
      expect([kindsOf(reached), reached.length]).toEqual([['2xx'], 48]);
      expect(await deliveredBy(server, 48)).toEqual(everythingFor(60));
    });

    if (encrypts)
      test('over TLS all arrives as well, but nothing leaves for a certificate that nobody vouches for', async () => {
        await using server = await start();
        expect(kindsOf(await sendAll(transportTo(`${server.url}?tls=on`), 3))).toEqual(['relay down']);
        expect(kindsOf(await sendAll(transportTo(`${server.url}?tls=on`, { ca: server.certificate }), 40))).toEqual([
          '2xx',
        ]);
        const delivered = await deliveredBy(server, 40);
        expect(delivered).toEqual(delivered.map((_, i) => asKept(messageTo(`reader${i}@example.net`, i))).toSorted());
        expect(server.delivered().filter((message) => !/\besmtps\b|TLSv1/i.test(message))).toEqual([]);
      });
  });
});

function skip(why: string): (name: string, suite: () => void) => void {
  return (name, suite) => {
    console.warn(`Skipped "${name}": ${why}`);
    describe.skip(name, suite);
  };
}
