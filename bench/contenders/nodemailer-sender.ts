// What somebody writes who sends a digest with nodemailer: a pool of connections and a sendMail for
// each reader. Prints the messages a second.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { DIGEST } from '../../src/db/digests.ts';
import { listHeaders, unsubscribeHeader } from '../../src/mail/mime.ts';
import type { Sender } from '../../src/mail/sender.ts';
import { OVERALL } from '../../src/paper.ts';
import { linkFor } from '../../src/subscribers/links.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';

/** The file that the first argument names. */
export interface Job {
  relay: string;
  connections: number;
  readers: number;
  date: string;
  sender: Sender;
  subject: string;
  /** With `{unsubscribe}` and `{preferences}` where a reader's links go. */
  html: string;
  text: string;
  /** Of Paperboy's message. */
  bytes: number;
  dkim: { domain: string; selector: string; keyFile: string } | null;
}

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Job;
const { sender, dkim } = job;
const keyring = createKeyring(['a key for links that nobody will ever follow']);
const issuedAt = new Date();
const list = listHeaders({ ...sender, siteName: sender.look.brand.name, date: job.date, kind: DIGEST, topic: OVERALL });

function letterTo(id: number) {
  const links = {
    unsubscribe: linkFor(keyring, sender.publicUrl, 'unsubscribe', { subscriberId: id, issuedAt }),
    preferences: linkFor(keyring, sender.publicUrl, 'preferences', { subscriberId: id, issuedAt }),
  };
  const addressed = (part: string): string =>
    part.replaceAll('{unsubscribe}', links.unsubscribe).replaceAll('{preferences}', links.preferences);
  const headers = [...list, unsubscribeHeader(links.unsubscribe)];
  return {
    from: sender.from,
    to: { name: '', address: `reader${id}@example.net` },
    subject: job.subject,
    date: issuedAt,
    messageId: `<${DIGEST}.${job.date}.${id.toString(36)}@${sender.domain}>`,
    headers: headers.map(([key, value]) => ({ key, value })),
    html: addressed(job.html),
    text: addressed(job.text),
  };
}

const signing =
  dkim === null
    ? {}
    : {
        dkim: {
          domainName: dkim.domain,
          keySelector: dkim.selector,
          privateKey: createPrivateKey(readFileSync(dkim.keyFile)), // as PEM text it would be parsed for every message
          headerFieldNames:
            'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Id:List-Unsubscribe:List-Unsubscribe-Post:List-Archive:List-Help:Feedback-ID',
        },
      };

/** A race against another message, or an unsigned one, would tell nothing. */
async function checkLetter(): Promise<void> {
  const { message } = await createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...signing,
  }).sendMail(letterTo(1));
  const letter = message as Buffer;
  if (Math.abs(letter.length / job.bytes - 1) > 0.1)
    throw new Error(`Its message has ${letter.length} bytes where Paperboy's has ${job.bytes}`);
  if (letter.includes('DKIM-Signature: ') !== (dkim !== null))
    throw new Error('Its message is signed where it should not be, or the other way round');
}

async function sendAll(): Promise<void> {
  const { hostname, port } = new URL(job.relay);
  const transport = createTransport({
    pool: true,
    host: hostname,
    port: Number(port),
    ignoreTLS: true,
    maxConnections: job.connections,
    maxMessages: Infinity,
    ...signing,
  });
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= job.readers) await transport.sendMail(letterTo(next++));
  };
  // one on the wire and one being composed for each connection
  await Promise.all(Array.from({ length: 2 * job.connections }, lane));
  transport.close();
}

await checkLetter();
const started = performance.now();
await sendAll();
console.log(job.readers / ((performance.now() - started) / 1000));
