import { registerHooks } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { registerUI } from '@maildev/ui/server';
import { AppError, codeOf } from '../errors.ts';
import { makeDirectory, withDataErrors } from './placement.ts';

export interface Mailbox {
  /** The page that shows the mail. */
  url: string;
  smtpUrl: string;
  stop(): Promise<void>;
}

export interface MailboxOptions {
  /** 0: any free port. */
  smtpPort: number;
  httpPort: number;
  host: string;
  /** Keeps the mail over a restart. */
  directory: string;
}

/**
 * MailDev holds every message in memory (a digest of 50 kB takes 60 kB there), so the oldest make
 * room.
 */
const KEPT = 5_000;
/** Reading one back takes a millisecond of computing, and the start has to wait for it. */
const KEPT_OVER_RESTART = 200;
/** MailDev would wait half a minute for clients that keep a connection open. */
const STOP_PATIENCE = 1_000;

/**
 * Starts MailDev, a mailbox for trying out that takes mail to any address and delivers none.
 * Loading it takes half a second of computing, so start it beside something that waits.
 */
export async function startMailbox({ smtpPort, httpPort, host, directory }: MailboxOptions): Promise<Mailbox> {
  // MailDev's own entry point prints to the console, and leaves its SMTP server running when the
  // page's port is taken.
  const [{ MemoryStorage }, { createSMTPServer }, { createAPIServer }, { registerUI }] =
    await loadMaildev().catch(notInstalled);
  await withDataErrors(directory, async () => makeDirectory(directory, 0o700));
  const storage = new MemoryStorage({ maxEmails: KEPT });
  const smtp = createSMTPServer({ port: smtpPort, host, storage, mailDir: directory, logger: false });
  // Without `cors`, any site in the same browser could read the mail.
  const api = createAPIServer({ storage, smtp, cors: { origin: false } });
  const stop = async () => {
    await api.stop();
    await Promise.race([smtp.stop(), sleep(STOP_PATIENCE, undefined, { ref: false })]);
  };
  try {
    await smtp.start().catch(refused('MAILBOX_SMTP_PORT', smtpPort));
    await api.registerPlugins();
    await registerUI(api.server);
    api.server.addHook('onRequest', async (request) => {
      if (request.url === '/') request.headers.accept = 'text/html'; // MailDev hides its page from all but browsers
    });
    letLinksOpen(api.server);
    await api.server.listen({ port: httpPort, host }).catch(refused('MAILBOX_HTTP_PORT', httpPort));
  } catch (error) {
    await stop();
    throw error;
  }
  await smtp.pruneMailDir(KEPT_OVER_RESTART);
  await smtp.loadMailsFromDirectory();
  const { port } = api.server.server.address() as AddressInfo;
  return { url: `http://${inUrl(host)}:${port}`, smtpUrl: `smtp://${inUrl(host)}:${smtp.getPort()}`, stop };
}

const PURIFIER = new URL('./lazy-purifier.ts', import.meta.url).href;
const UNUSED = new URL('./unused-by-mailbox.ts', import.meta.url).href;
const STAND_INS: readonly { for: RegExp; by: RegExp; in: string }[] = [
  // The browser that letters are cleaned in: jsdom has 485 modules, and a start has no letters.
  { for: /^(?:jsdom|dompurify)$/, by: /\/@maildev\/smtp\//, in: PURIFIER },
  // Its door for language models, which stays shut: with zod 200 ms of computing.
  { for: /^(?:@modelcontextprotocol\/sdk\/|@maildev\/mcp$)/, by: /\/@maildev\/api\//, in: UNUSED },
];

/** Loads MailDev without what a start has no need of. */
async function loadMaildev() {
  const hooks = registerHooks({
    resolve(name, context, next) {
      const standsIn = STAND_INS.find((each) => each.for.test(name) && each.by.test(context.parentURL ?? ''));
      return next(standsIn?.in ?? name, context);
    },
  });
  try {
    return await Promise.all([
      import('@maildev/core'),
      import('@maildev/smtp'),
      import('@maildev/api'),
      import('@maildev/ui/server'),
    ]);
  } finally {
    hooks.deregister();
  }
}

/**
 * MailDev shows a letter in a frame that no link gets out of: the one that confirms could not be
 * pressed. This lets links open pages of their own, as every mail program does. Scripts in letters
 * stay shut out.
 */
function letLinksOpen(server: Parameters<typeof registerUI>[0]): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 200) return payload;
    if (/^\/api\/email\/[^/]+\/html$/.test(request.url))
      return (payload as string).replace(/<head[^>]*>/i, '$&<base target="_blank">');
    if (!/^\/assets\/[^?]+\.js$/.test(request.url)) return payload;
    // A browser that has kept MailDev's own script must not be told that it is still good.
    for (const header of ['content-length', 'etag', 'last-modified']) reply.removeHeader(header);
    reply.header('cache-control', 'no-store');
    return (await text(payload as Readable)).replaceAll(
      'sandbox:"allow-same-origin"',
      'sandbox:"allow-same-origin allow-popups allow-popups-to-escape-sandbox"',
    );
  });
}

/** An image for production holds no mailbox. */
function notInstalled(cause: unknown): never {
  if (codeOf(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause;
  throw new AppError(
    'CONFIG_INVALID',
    'SMTP_URL must be set, because the mailbox for trying out is not installed here. Set it to a mail server, or run ' +
      '"npm ci" for the mailbox.',
    { cause },
  );
}

const refused =
  (variable: string, port: number) =>
  (cause: unknown): never => {
    const code = codeOf(cause);
    if (code === 'EADDRINUSE')
      throw new AppError(
        'PORT_TAKEN',
        `Port ${port} for the mailbox is in use. Set ${variable} to a free port, or SMTP_URL to a mail server.`,
        { cause },
      );
    if (code === 'EACCES')
      throw new AppError(
        'PORT_TAKEN',
        `Port ${port} for the mailbox is not ours to open. Set ${variable} to a port above 1023, or SMTP_URL to a ` +
          'mail server.',
        { cause },
      );
    throw cause;
  };

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);
