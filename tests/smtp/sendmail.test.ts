import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createSendmailTransport } from '../../src/smtp/sendmail.ts';
import { resultOf } from '../../src/smtp/sendmail-exit.ts';
import type { Permit } from '../../src/mail/transport.ts';
import { findProgram, requires } from '../support/require.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { until } from '../support/until.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-sendmail-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A mail program of the test's own. */
function program(name: string, ...lines: string[]): string {
  const file = path.join(directory, name);
  writeFileSync(file, ['#!/bin/sh', `cd ${directory}`, ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}
const transportBy = (file: string, { connections = 2, patienceMs = 10_000 } = {}) =>
  createSendmailTransport({ url: `sendmail://${file}`, connections, patienceMs });
const message = (to = 'reader@example.net', body = 'Hello\r\n.\r\nBye\r\n') => ({
  from: 'b+1@papers.example',
  to,
  message: [Buffer.from('Subject: x\r\n\r\n'), Buffer.from(body)],
});
const inDirectory = (name: string): string => path.join(directory, name);

describe('a mail program', () => {
  test('gets the whole message, the envelope as arguments, and none of our secrets', async () => {
    const file = program('keep', 'cat > kept', 'printf "%s|" "$@" > arguments', 'env > environment');
    process.env['SECRET_OF_THE_TEST'] = 'hunter2';
    expect(await transportBy(file).send(message('-oq@example.net'))).toMatchObject({ kind: 'reply', code: 250 });
    delete process.env['SECRET_OF_THE_TEST'];
    expect(readFileSync(inDirectory('kept'), 'utf8')).toBe('Subject: x\n\nHello\n.\nBye\n');
    expect(readFileSync(inDirectory('arguments'), 'utf8')).toBe('-i|-f|b+1@papers.example|--|-oq@example.net|');
    expect(readFileSync(inDirectory('environment'), 'utf8')).not.toContain('hunter2');
  });

  test('runs as often at once as there are connections, and leaves no file behind', async () => {
    const file = program('slow', 'cat > /dev/null', 'echo x >> begun', 'while [ ! -e go ]; do sleep 0.02; done');
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('paperboy-mail-'));
    const transport = transportBy(file);
    const sent = Promise.all([transport.send(message()), transport.send(message()), transport.send(message())]);
    await until(
      'two programs',
      () => existsSync(inDirectory('begun')) && readFileSync(inDirectory('begun'), 'utf8').length === 4,
    );
    const closed = transport.close();
    writeFileSync(inDirectory('go'), '');
    await closed;
    expect((await sent).map((result) => result.kind)).toEqual(['reply', 'reply', 'reply']);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('paperboy-mail-') && !before.includes(name))).toEqual(
      [],
    );
    expect(await transport.send(message())).toMatchObject({ kind: 'unsent' });
  });

  test('that is killed, takes too long, or is cut off by closing may have delivered', async () => {
    const hangs = program('hangs', 'cat > /dev/null', 'echo $$ > pid', 'exec sleep 30');
    const killed = transportBy(hangs).send(message());
    const pid = await until(
      'its pid',
      () => existsSync(inDirectory('pid')) && Number(readFileSync(inDirectory('pid'), 'utf8')),
    );
    process.kill(pid, 'SIGKILL');
    expect(await killed).toEqual({ kind: 'lost', text: 'the mail program was ended by SIGKILL' });

    expect(await transportBy(hangs, { patienceMs: 100 }).send(message())).toMatchObject({ kind: 'lost' });

    const transport = transportBy(hangs, { connections: 1 });
    rmSync(inDirectory('pid'));
    const [first, second] = [transport.send(message()), transport.send(message())];
    await until('its pid', () => existsSync(inDirectory('pid')));
    await transport.close({ force: true });
    expect([await first, await second]).toMatchObject([{ kind: 'lost' }, { kind: 'unsent', relayDown: true }]);
  });

  test('that is not there sends nothing, and doctor says where it should be', async () => {
    const transport = transportBy(inDirectory('absent'));
    expect(await transport.send(message())).toEqual({
      kind: 'unsent',
      relayDown: true,
      text: 'the mail program cannot be started (ENOENT)',
    });
    await expect(transport.verify()).rejects.toThrow(
      `Cannot run the mail program ${inDirectory('absent')} (ENOENT). Install it, or correct SMTP_URL.`,
    );
    await expect(transportBy(program('present')).verify()).resolves.toBeUndefined();
  });

  test('does not start without a permit, nor for a message that is taken back', async () => {
    const transport = transportBy(program('marks', 'echo x >> marked'));
    const asked: (() => void)[] = [];
    let word: ReturnType<Permit['take']> = 'wait';
    const permit: Permit = {
      take: (again) => {
        asked.push(again);
        return word;
      },
      giveBack: () => {},
    };
    const withdrawn = new AbortController();
    const waits = transport.send(message(), undefined, permit);
    const takenBack = transport.send(message(), withdrawn.signal, permit);
    await until('both to ask', () => asked.length === 2);
    withdrawn.abort();
    expect(await takenBack).toMatchObject({ kind: 'withdrawn' });
    word = 'never';
    expect(await transport.send(message(), undefined, permit)).toMatchObject({ kind: 'withdrawn' });
    expect(existsSync(inDirectory('marked'))).toBe(false);
    word = 'go';
    for (const again of asked.splice(0)) again();
    expect(await waits).toMatchObject({ kind: 'reply', code: 250 });
    expect(readFileSync(inDirectory('marked'), 'utf8')).toBe('x\n');
    await transport.close();
  });

  test('has the whole message though Paperboy is killed while it reads', async () => {
    const file = program(
      'late',
      'echo x > started',
      'while [ ! -e read ]; do sleep 0.02; done',
      'cat > part',
      'mv part whole',
    );
    const body = 'All work and no play.\r\n'.repeat(20_000);
    const script = `
      import { createSendmailTransport } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/smtp/sendmail.ts'))};
      const transport = createSendmailTransport({ url: 'sendmail://${file}', connections: 1 });
      await transport.send({ from: 'a@b.example', to: 'c@d.example', message: [Buffer.from('Subject: x\\r\\n\\r\\n' + ${JSON.stringify(body)})] });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-'], { stdio: ['pipe', 'ignore', 'inherit'] });
    parent.stdin.end(script);
    await until('the program', () => existsSync(inDirectory('started')));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    writeFileSync(inDirectory('read'), '');
    await until('the message', () => existsSync(inDirectory('whole')));
    expect(readFileSync(inDirectory('whole'), 'utf8')).toBe(`Subject: x\n\n${body.replaceAll('\r\n', '\n')}`);
  });
});

describe('how a mail program ended', () => {
  const ended = (code: number | null, said = '', signal: string | null = null) => resultOf({ code, signal, said });
  test.each([
    [0, { kind: 'reply', code: 250 }],
    [64, { kind: 'unsent', relayDown: true }],
    [65, { kind: 'reply', code: 554 }],
    [67, { kind: 'reply', code: 550, text: expect.stringMatching(/^5\.1\.1 /) }],
    [68, { kind: 'reply', code: 550, text: expect.stringMatching(/^5\.1\.2 /) }],
    [69, { kind: 'reply', code: 451 }],
    [70, { kind: 'lost' }],
    [74, { kind: 'lost' }],
    [75, { kind: 'reply', code: 451 }],
    [76, { kind: 'lost' }],
    [77, { kind: 'unsent', relayDown: true }],
    [78, { kind: 'unsent', relayDown: true }],
    [127, { kind: 'unsent', relayDown: true }],
    [1, { kind: 'lost' }],
  ])('code %i', (code, wanted) => {
    expect(ended(code)).toMatchObject(wanted);
  });
  test('what a login is refused with is no refusal of the reader', () => {
    expect(
      ended(77, 'msmtp: authentication failed (method PLAIN)\nmsmtp: server message: 535 5.7.8 no\n'),
    ).toMatchObject({ kind: 'unsent', relayDown: true });
  });
});

requires('msmtp')('msmtp', () => {
  async function scene() {
    const relay = await faultServer();
    const args = `--host=127.0.0.1 --port=${relay.port} --tls=off --auth=off`;
    const transport = createSendmailTransport({
      url: `sendmail://${findProgram('msmtp')}?args=${encodeURIComponent(args)}`,
      connections: 2,
    });
    return { relay, transport, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() };
  }
  test('passes on what its relay answers, for good or for bad', async () => {
    await using at = await scene();
    expect(await at.transport.send(message())).toMatchObject({ kind: 'reply', code: 250 });
    expect(at.relay.bodies[0]).toContain('Hello\r\n..\r\nBye\r\n');
    at.relay.options.act = ({ moment }) =>
      moment === 'RCPT' ? { say: '550-5.1.1 no\r\n550 5.1.1 no such user\r\n' } : undefined;
    expect(await at.transport.send(message())).toEqual({ kind: 'reply', code: 550, text: '5.1.1 no such user' });
    at.relay.options.act = ({ moment }) => (moment === 'MAIL' ? { say: '550 5.1.8 no such sender\r\n' } : undefined);
    expect(await at.transport.send(message())).toMatchObject({ code: 550, about: 'sender' });
    at.relay.options.act = ({ moment }) => (moment === 'DOT' ? { say: '451 4.3.0 later\r\n' } : undefined);
    expect(await at.transport.send(message())).toEqual({ kind: 'reply', code: 451, text: '4.3.0 later' });
  });
  test('that hears no answer to a message may have delivered it, and one without its relay has not', async () => {
    await using at = await scene();
    at.relay.options.act = ({ moment }) => (moment === 'DOT' ? 'drop' : undefined);
    expect(await at.transport.send(message())).toMatchObject({ kind: 'lost' });
    expect(at.relay.whole).toHaveLength(1);
    await at.relay[Symbol.asyncDispose]();
    expect(await at.transport.send(message())).toMatchObject({ kind: 'unsent', relayDown: true });
  });
});
