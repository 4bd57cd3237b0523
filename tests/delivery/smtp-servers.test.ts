import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpTransport, type SmtpOptions } from '../../src/delivery/smtp.ts';
import type { SendResult, Transport } from '../../src/delivery/transport.ts';
import { requires } from '../support/require.ts';
import { canRunExim, exim, smtpSink } from './smtp-servers.ts';

const opened: Transport[] = [];
afterEach(async () => { await Promise.all(opened.splice(0).map((transport) => transport.close({ force: true }))); });
const transportTo = (url: string, options: Partial<SmtpOptions> = {}): Transport => {
  const transport = createSmtpTransport({ urls: [url], connections: 4, name: 'papers.example', ...options });
  opened.push(transport);
  return transport;
};

const BLOCKS = Array.from({ length: 40 }, () => Buffer.from('Some papers are read, some are only cited, and a few change what is done.\r\n'.repeat(6)));
const sendAll = (transport: Transport, count: number, to = (i: number) => `reader${i}@example.net`): Promise<SendResult[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => transport.send({
    from: `b+${i}@papers.example`, to: to(i), message: [Buffer.from(`From: a@papers.example\r\nTo: ${to(i)}\r\nMessage-ID: <${i}@papers.example>\r\nDate: Mon, 23 Nov 2026 07:00:00 +0000\r\nSubject: ${i}\r\n\r\n.dots\r\n`), ...BLOCKS],
  })));

/** Which results there were. */
const kindsOf = (results: readonly SendResult[]): string[] =>
  [...new Set(results.map((r) => (r.kind === 'reply' ? `${String(r.code)[0]}xx` : r.kind === 'unsent' ? (r.relayDown ? 'relay down' : 'unsent') : r.kind)))].toSorted();

requires('smtp-sink')('to Postfix’s smtp-sink', () => {
  test.each<[string, string[]]>([
    ['as it is', []], ['without PIPELINING', ['-p']], ['without ESMTP', ['-e']], ['refusing EHLO', ['-f', 'EHLO']], ['that takes two connections only', ['-m', '2']],
  ])('%s: every message is accepted', async (_how, switches) => {
    await using sink = await smtpSink(...switches);
    expect(kindsOf(await sendAll(transportTo(sink.url), 200))).toEqual(['2xx']);
  });

  test.each<[string, string[], string[]]>([
    ...['MAIL', 'RCPT', 'DATA', '.'].flatMap((at): [string, string[], string[]][] => [[`refusing ${at} for good`, ['-f', at], ['5xx']], [`putting ${at} off`, ['-r', at], ['4xx']]]),
    ['refusing connections', ['-f', 'CONNECT'], ['relay down']], ['hanging up at EHLO', ['-q', 'EHLO'], ['relay down']],
    ['hanging up at MAIL', ['-q', 'MAIL'], ['unsent']], ['hanging up at RCPT', ['-q', 'RCPT'], ['unsent']], ['hanging up at DATA', ['-q', 'DATA'], ['unsent']],
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

const eximSuite = canRunExim ? requires('exim4') : (name: string, suite: () => void) => {
  console.warn(`Skipped "${name}": Exim has to be started by root.`);
  describe.skip(name, suite);
};

eximSuite('to Exim', () => {
  test('every message arrives once, and a reader who is gone costs the others nothing', async () => {
    await using server = await exim();
    const results = await sendAll(transportTo(server.url), 120, (i) => (i % 10 === 3 ? 'gone@example.net' : `reader${i}@example.net`));
    const codes = results.map((r) => (r.kind === 'reply' ? r.code : r.kind));
    expect(codes).toEqual(Array.from({ length: 120 }, (_, i) => (i % 10 === 3 ? 550 : 250)));
    expect(server.received().toSorted()).toEqual(Array.from({ length: 120 }, (_, i) => `${i}@papers.example`).filter((_, i) => i % 10 !== 3).toSorted());
  });

  test('its SIZE is respected', async () => {
    await using server = await exim();
    const huge = { from: 'b@papers.example', to: 'reader@example.net', message: Array<Buffer>(100).fill(Buffer.from(`${'x'.repeat(1100)}\r\n`)) };
    expect(await transportTo(server.url).send(huge)).toMatchObject({ kind: 'reply', code: 552 });
    expect(kindsOf(await sendAll(transportTo(server.url), 3))).toEqual(['2xx']);
  });

  test('fewer messages on a connection than it likes are a reason for another connection, not for losing one', async () => {
    await using server = await exim('smtp_accept_max_per_connection = 5');
    expect(kindsOf(await sendAll(transportTo(server.url), 60))).toEqual(['2xx']);
    expect(server.received().length).toBe(60);
  });

  test('its own certificate, which nobody vouches for, keeps mail from going out over TLS', async () => {
    await using server = await exim();
    expect(kindsOf(await sendAll(transportTo(`${server.url}?tls=on`), 3))).toEqual(['relay down']);
    expect(server.received()).toEqual([]);
  });
});
