import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './ports.ts';
import { findProgram } from './require.ts';
import { type MailServer, scratch, start } from './smtp-servers.ts';

/** A mailbox behind IMAP, `imap://u:secret@127.0.0.1:PORT`. */
export interface ImapServer extends MailServer {
  /** Puts a message into it, unread. */
  put(name: string, message: string): void;
  /** Which of them were read, in the order of their names. */
  read(): string[];
}

/** Dovecot serves no mail of root's. */
const NOBODY = 65534;

/** Dovecot in the foreground, on a mailbox of its own. It wants to be started by root. */
export async function dovecot(): Promise<ImapServer> {
  const directory = scratch();
  const port = await freePort();
  const at = (...names: string[]): string => path.join(directory, ...names);
  for (const name of ['', 'new', 'cur', 'tmp']) {
    mkdirSync(at('mail', name), { recursive: true });
    chownSync(at('mail', name), NOBODY, NOBODY);
  }
  writeFileSync(
    at('dovecot.conf'),
    `
protocols = imap
listen = 127.0.0.1
base_dir = ${at('run')}
log_path = ${at('log')}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${at('mail')}
first_valid_uid = 0
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${directory}
}
`,
  );
  const server = await start(findProgram('dovecot')!, ['-F', '-c', at('dovecot.conf')], {}, { port, directory });
  const names = (folder: string): string[] => readdirSync(at('mail', folder));
  return {
    ...server,
    url: `imap://u:secret@127.0.0.1:${port}`,
    put(name, message) {
      writeFileSync(at('mail', 'new', name), message);
      chownSync(at('mail', 'new', name), NOBODY, NOBODY);
    },
    read: () =>
      names('cur')
        .filter((name) => /:2,\w*S/.test(name))
        .map((name) => name.split(':')[0]!)
        .toSorted(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
