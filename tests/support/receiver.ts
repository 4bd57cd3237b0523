import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type MailPlace, readLetter } from './letter.ts';

export interface Received {
  from: string;
  to: string;
  messageId: string;
  source: Buffer | null;
}

export interface MailReceiver extends MailPlace, AsyncDisposable {
  /** What SMTP_URL would say. */
  url: string;
  /** Every message that was taken, in the order of their final dots. */
  received: Received[];
  /** Resolves when this many messages have come. */
  whenReceived(count: number): Promise<void>;
}

interface Options {
  /** How long the answer to each message takes, in milliseconds. */
  delay?: number | (() => number);
  /** The reply to RCPT: a code and a text to refuse the recipient with, or nothing to take it. */
  answer?: (to: string) => { code: number; text: string } | null;
  /** Off: only the envelope and the Message-ID are kept of each. */
  keep?: boolean;
}

/**
 * A mail server on loopback that records what it gets and answers as it is told. A message counts
 * from its final dot, answered or not.
 */
export async function mailReceiver({
  delay = 0,
  answer = () => null,
  keep = true,
}: Options = {}): Promise<MailReceiver> {
  const received: Received[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  const take = (message: Received): void => {
    received.push(message);
    for (const wait of waiting) if (received.length >= wait.count) wait.resolve();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({ address }, _session, done) {
      const refusal = answer(address);
      done(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          const source = Buffer.concat(chunks);
          const { mailFrom, rcptTo } = session.envelope;
          const messageId = /^message-id:\s*(\S+)/im.exec(source.toString('latin1', 0, 4096))?.[1] ?? '';
          take({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo[0]!.address,
            messageId,
            source: keep ? source : null,
          });
          setTimeout(done, typeof delay === 'number' ? delay : delay());
        });
    },
  });
  server.on('error', () => {}); // a client that was killed
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    async whenReceived(count) {
      if (received.length >= count) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wait = { count, resolve };
      waiting.add(wait);
      await promise.finally(() => waiting.delete(wait));
    },
    lettersTo: (address) =>
      Promise.all(received.filter((m) => m.to === address && m.source).map((m) => readLetter(m.source!, address))),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
