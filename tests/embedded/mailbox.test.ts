import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMailbox, type Mailbox } from '../../src/embedded/mailbox.ts';
import { freePort } from '../support/ports.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-mailbox-'));
const start = (ports: { smtpPort?: number; httpPort?: number } = {}): Promise<Mailbox> =>
  startMailbox({ smtpPort: 0, httpPort: 0, host: '127.0.0.1', directory, ...ports });

interface Mail {
  subject: string;
  text: string;
  to: { address: string }[];
}
const mails = async ({ url }: Mailbox): Promise<Mail[]> => (await fetch(`${url}/api/email`)).json() as Promise<Mail[]>;

const send = async ({ smtpUrl }: Mailbox, to: string): Promise<void> => {
  const transport = createTransport(smtpUrl);
  await transport.sendMail({ from: 'paperboy@example.org', to, subject: `For ${to}`, text: 'Good morning' });
  transport.close();
};

/** Everything that would have shown up in the terminal. */
const printed: unknown[][] = [];
beforeAll(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('shows what was sent, keeps it over a restart, and prints nothing', async () => {
  const first = await start();
  await send(first, 'reader@example.net');
  expect(await mails(first)).toMatchObject([
    { subject: 'For reader@example.net', to: [{ address: 'reader@example.net' }] },
  ]);
  expect(await (await fetch(first.url)).text()).toContain('<html');
  await first.stop();

  const second = await start();
  expect(await mails(second)).toHaveLength(1);
  await second.stop();
  expect(printed).toEqual([]);
});

test('takes scripts out of a letter, and leaves its look and its links', async () => {
  const mailbox = await start();
  const transport = createTransport(mailbox.smtpUrl);
  const html =
    '<html><head><style>p { color: red }</style><script>alert(1)</script></head>' +
    '<body><p onclick="alert(2)">Read <a href="https://example.org/" target="_blank">it</a></p></body></html>';
  await transport.sendMail({ from: 'a@example.org', to: 'b@example.net', subject: 'Scripts', html });
  transport.close();
  const [mail] = ((await (await fetch(`${mailbox.url}/api/email`)).json()) as { id: string; subject: string }[]).filter(
    ({ subject }) => subject === 'Scripts',
  );
  const shown = await (await fetch(`${mailbox.url}/api/email/${mail!.id}/html`)).text();
  expect(shown).toContain('<style>p { color: red }</style>');
  expect(shown).toContain('<p>Read <a href="https://example.org/" target="_blank">it</a></p>');
  expect(shown).not.toMatch(/alert|script/);
  await mailbox.stop();
});

test('lets no other site read the mail', async () => {
  const mailbox = await start();
  const response = await fetch(`${mailbox.url}/api/email`, { headers: { origin: 'https://example.com' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  await mailbox.stop();
});

test('stops while a client keeps its connection open', async () => {
  const mailbox = await start();
  const transport = createTransport({ url: mailbox.smtpUrl, pool: true } as Parameters<typeof createTransport>[0]);
  await transport.sendMail({ from: 'a@example.org', to: 'b@example.net', text: '.' });
  await mailbox.stop();
  transport.close();
});

test.for([
  { variable: 'MAILBOX_SMTP_PORT', option: 'smtpPort' },
  { variable: 'MAILBOX_HTTP_PORT', option: 'httpPort' },
])('names $variable when its port is taken, and leaves nothing half started', async ({ variable, option }) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const free = await freePort();
  const ports = { smtpPort: free, httpPort: free, [option]: port };
  await expect(start(ports)).rejects.toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining(variable) });
  other.close();
  await once(other, 'close');
  const again = await start({ smtpPort: free }); // taken still, if the failed start had left its server running
  await again.stop();
});
