// nodemailer's own SMTP connection, fed with a message that is ready: the least that a sender made
// of it has to do. Arguments: host, port, connections, messages, bytes of a message. Prints the
// messages a second.
import { once } from 'node:events';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

const [host, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [port, connections, messages, bytes] = numbers.map(Number) as [number, number, number, number];
const HEAD =
  'From: Paperboy <paperboy@papers.example>\r\nTo: reader@example.net\r\nSubject: Papers\r\nMIME-Version: 1.0\r\n\r\n';
const LINE = `${'a'.repeat(74)}\r\n`;
const message = Buffer.from(HEAD + LINE.repeat(Math.ceil((bytes - HEAD.length) / LINE.length)));

let left = messages;
async function lane(): Promise<void> {
  const connection = new SMTPConnection({ host, port, ignoreTLS: true });
  connection.connect(() => {});
  await once(connection, 'connect');
  while (left-- > 0) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const envelope = { from: 'paperboy@papers.example', to: ['reader@example.net'] };
    connection.send(envelope, message, (error) => (error ? reject(error) : resolve()));
    await promise;
  }
  connection.quit();
}

const started = performance.now();
await Promise.all(Array.from({ length: connections }, lane));
console.log(messages / ((performance.now() - started) / 1000));
