import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { freePort } from './ports.ts';
import { findProgram, type Program } from './require.ts';
import { makeCertificate } from './certificate.ts';
import { type MailServer, scratch, start } from './smtp-servers.ts';

/**
 * A mail server, whole but for its port and its place, that delivers what it takes. It refuses
 * readers called "gone" and puts off those called "later".
 */
export interface MailHost extends MailServer {
  /** Every message that was delivered, with the lines that the server put before it. */
  delivered(): string[];
  /** The one that it offers STARTTLS with, and that nobody vouches for. */
  certificate: string;
}

/**
 * Mail servers want a root directory of their own, and other users for their work, which takes
 * root.
 */
export const canRunMailHosts = process.getuid?.() === 0;

/** The user whose Maildir takes everybody's mail. */
const NOBODY = 65534;

/** Each takes more of its settings. */
export async function exim(settings = ''): Promise<MailHost> {
  const room = makeRoom('exim4', ['usr/sbin/exim4'], { 'Debian-exim': 65533 });
  chmodSync(room.at('usr/sbin/exim4'), 0o4755);
  chownSync(room.at('etc/key.pem'), 65533, 65533);
  mkdirSync(room.at('var/spool/exim4'), { recursive: true });
  chownSync(room.at('var/spool/exim4'), 65533, 65533);
  const port = await freePort();
  room.write(
    'etc/exim4/exim4.conf',
    `
primary_hostname = exim.example
log_file_path = /var/spool/exim4/%slog
pid_file_path = /var/spool/exim4/pid
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
tls_certificate = /etc/cert.pem
tls_privatekey = /etc/key.pem
message_size_limit = 100K
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = readers
acl_smtp_data = accept
${settings}
begin acl
readers:
  deny local_parts = gone
       message = 5.1.1 no such reader
  defer local_parts = later
       message = 4.7.1 later
  accept
begin routers
everybody:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = /mail
  maildir_format
  user = nobody
`,
  );
  return startIn(room, port, ['/usr/sbin/exim4', '-bdf']);
}

export async function postfix(settings = ''): Promise<MailHost> {
  const room = makeRoom('postfix', ['usr/lib/postfix', 'usr/sbin/postlog'], { postfix: 65533, postdrop: 65532 });
  for (const owned of [
    'lib/postfix',
    ...[
      'active',
      'bounce',
      'corrupt',
      'defer',
      'deferred',
      'flush',
      'hold',
      'incoming',
      'maildrop',
      'private',
      'public',
      'saved',
      'trace',
    ].map((name) => `spool/postfix/${name}`),
  ]) {
    mkdirSync(room.at(`var/${owned}`), { recursive: true });
    chownSync(room.at(`var/${owned}`), 65533, 65533);
  }
  mkdirSync(room.at('var/spool/postfix/pid'));
  const port = await freePort();
  room.write(
    'etc/postfix/main.cf',
    `
compatibility_level = 3.6
maillog_file = /var/log/mail
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example
mynetworks =
mydestination =
alias_maps =
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
message_size_limit = 102400
smtpd_tls_security_level = may
smtpd_tls_cert_file = /etc/cert.pem
smtpd_tls_key_file = /etc/key.pem
virtual_mailbox_domains = example.net
virtual_mailbox_base = /
virtual_mailbox_maps = static:mail/
virtual_mailbox_limit = 0
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
smtpd_recipient_restrictions = check_recipient_access inline:{{gone@example.net = 550 5.1.1 no such reader}, {later@example.net = 451 4.7.1 later}}, reject_unauth_destination
${settings}
`,
  );
  room.write(
    'etc/postfix/master.cf',
    `
127.0.0.1:${port} inet n - n - - smtpd
anvil unix - - n - 1 anvil
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
cleanup unix n - n - 0 cleanup
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
virtual unix - n n - - virtual
`,
  );
  return startIn(room, port, ['/usr/lib/postfix/sbin/master', '-d']);
}

/** Without TLS, which Debian 12's OpenSMTPD cannot do with its OpenSSL (OpenSMTPD issue 1171). */
export async function opensmtpd(settings = ''): Promise<MailHost> {
  const room = makeRoom('opensmtpd', ['usr/sbin/smtpd', 'usr/libexec/opensmtpd'], {
    opensmtpd: 65533,
    opensmtpq: 65532,
  });
  for (const place of ['var/run', 'var/spool', 'var/lib/opensmtpd/empty'])
    mkdirSync(room.at(place), { recursive: true });
  const port = await freePort();
  room.write(
    'etc/smtpd.conf',
    `
table readers { "@" = "nobody" }
filter "later" phase rcpt-to match rcpt-to regex "^later@" reject "451 4.7.1 later"
smtp max-message-size "100K"
${settings}
listen on 127.0.0.1 port ${port} hostname opensmtpd.example filter "later"
action "keep" maildir "/mail" virtual <readers>
match from any for rcpt-to { "gone@example.net" } reject
match from any for domain "example.net" action "keep"
`,
  );
  return startIn(room, port, ['/usr/sbin/smtpd', '-d']);
}

/** A root directory: `at` gives the path of something in it. */
interface Room {
  directory: string;
  certificate: string;
  at(place: string): string;
  write(place: string, text: string): void;
}

/**
 * A room with what a program needs: `places` copied from where it lies, their libraries, a shell,
 * users and a Maildir. Debian's servers have fixed places for their files and users that installing
 * them makes: in a room of its own each finds them, and none meets another.
 */
function makeRoom(program: Program, places: readonly string[], users: Readonly<Record<string, number>>): Room {
  const directory = scratch();
  const at = (place: string): string => path.join(directory, place);
  const write = (place: string, text: string): void => {
    mkdirSync(path.dirname(at(place)), { recursive: true });
    writeFileSync(at(place), text);
  };
  const [tree] = findProgram(program)!.split('/usr/');
  for (const place of places) cpSync(path.join(tree!, '/', place), at(place), { recursive: true });
  copyWithLibraries(at, ['/bin/sh', ...places.flatMap((place) => filesIn(at(place)))]);
  const known = { root: 0, nobody: NOBODY, ...users };
  write(
    'etc/passwd',
    Object.entries(known)
      .map(([name, id]) => `${name}:x:${id}:${id}::/:/bin/sh\n`)
      .join(''),
  );
  write(
    'etc/group',
    Object.entries(known)
      .map(([name, id]) => `${name}:x:${id}:\n`)
      .join(''),
  );
  write('etc/hosts', '127.0.0.1 localhost\n');
  for (const place of ['dev', 'tmp', 'var/log', 'mail', 'mail/new', 'mail/cur', 'mail/tmp'])
    mkdirSync(at(place), { recursive: true });
  for (const place of ['mail', 'mail/new', 'mail/cur', 'mail/tmp']) chownSync(at(place), NOBODY, NOBODY);
  chmodSync(at('tmp'), 0o1777);
  const { key, cert } = makeCertificate('IP:127.0.0.1');
  write('etc/cert.pem', cert);
  write('etc/key.pem', key);
  chmodSync(at('etc/key.pem'), 0o600);
  for (const [device, minor] of [
    ['null', '3'],
    ['urandom', '9'],
  ] as const)
    execFileSync('mknod', ['-m', '666', at(`dev/${device}`), 'c', '1', minor]);
  return { directory, certificate: cert, at, write };
}

const filesIn = (place: string): string[] => {
  const inside = spawnSync('find', [place, '-type', 'f'], { encoding: 'utf8' });
  return inside.stdout.split('\n').filter(Boolean);
};

function copyWithLibraries(at: Room['at'], programs: readonly string[]): void {
  const libraries = spawnSync('ldd', programs, { encoding: 'utf8' }).stdout.matchAll(/(\/\S+) \(0x/g);
  for (const file of new Set(['/bin/sh', ...[...libraries].map(([, library]) => library!)])) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    copyFileSync(file, at(file));
  }
}

async function startIn(
  { directory, certificate, at }: Room,
  port: number,
  command: readonly string[],
): Promise<MailHost> {
  const server = await start('chroot', [directory, ...command], {}, { port, directory });
  return Object.assign(server, {
    certificate,
    delivered: () => readdirSync(at('mail/new')).map((name) => readFileSync(at(`mail/new/${name}`), 'latin1')),
  });
}
