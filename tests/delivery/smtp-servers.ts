import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/ports.ts';
import { findProgram, MAIL_SERVERS } from '../support/require.ts';

export interface MailServer extends AsyncDisposable { url: string; directory: string }

const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;

/** Postfix's smtp-sink, which takes mail and throws it away, with its switches for faults. */
export async function smtpSink(...switches: string[]): Promise<MailServer> {
  const directory = scratch();
  writeFileSync(path.join(directory, 'main.cf'), '');
  const port = await freePort();
  const user = asRoot ? ['-u', 'nobody'] : [];
  const environment = { MAIL_CONFIG: directory, LD_LIBRARY_PATH: path.join(MAIL_SERVERS, 'usr/lib/postfix') };
  return await start(findProgram('smtp-sink')!, [...user, ...switches, `127.0.0.1:${port}`, '100'], environment, { port, directory });
}

/** Exim with a configuration of its own that takes everything, refuses readers called "gone", and throws the mail away. */
export async function exim(settings = ''): Promise<MailServer & { received(): string[] }> {
  const directory = scratch();
  const port = await freePort();
  const spool = path.join(directory, 'spool');
  mkdirSync(spool);
  chownSync(spool, NOBODY, NOBODY);
  const file = path.join(directory, 'exim.conf');
  writeFileSync(file, `
exim_user = ${NOBODY}
exim_group = ${NOBODY}
primary_hostname = exim.example
spool_directory = ${spool}
log_file_path = ${spool}/%slog
pid_file_path = ${spool}/pid
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
queue_only = true
message_size_limit = 100K
acl_smtp_rcpt = readers
acl_smtp_data = away
${settings}
begin acl
readers:
  deny local_parts = gone
       message = 5.1.1 no such reader
  accept
away:
  discard
`);
  // Debian's Exim insists on its own user, which the system does not know.
  const users = { passwd: path.join(directory, 'passwd'), group: path.join(directory, 'group') };
  writeFileSync(users.passwd, `${readFileSync('/etc/passwd', 'utf8')}Debian-exim:x:65533:65533::/nonexistent:/usr/sbin/nologin\n`);
  writeFileSync(users.group, `${readFileSync('/etc/group', 'utf8')}Debian-exim:x:65533:\n`);
  const libraries = path.join(MAIL_SERVERS, 'usr/lib', readdirSync(path.join(MAIL_SERVERS, 'usr/lib')).find((name) => name.includes('-linux-'))!);
  const environment = { LD_PRELOAD: path.join(libraries, 'libnss_wrapper.so'), NSS_WRAPPER_PASSWD: users.passwd, NSS_WRAPPER_GROUP: users.group };
  const server = await start(findProgram('exim4')!, ['-C', file, '-bdf'], environment, { port, directory });
  const received = (): string[] => readFileSync(path.join(spool, 'mainlog'), 'utf8').split('\n').flatMap((line) => / <= .* id=(\S+)/.exec(line)?.[1] ?? []);
  return Object.assign(server, { received });
}

/** Exim takes on another user for its work, which takes root. */
export const canRunExim = asRoot;

function scratch(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-mail-'));
  chmodSync(directory, 0o755);
  return directory;
}

async function start(program: string, args: string[], environment: Record<string, string>, { port, directory }: { port: number; directory: string }): Promise<MailServer> {
  const server = spawn(program, args, { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'ignore', 'pipe'], cwd: directory });
  const killWithUs = (): void => void server.kill('SIGKILL');
  process.once('exit', killWithUs);
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const ended = once(server, 'exit');
  while (!(await isListening(port))) {
    if (server.exitCode !== null) throw new Error(`${path.basename(program)} ended before it was ready: ${said}`);
    await pause(20);
  }
  return {
    url: `smtp://127.0.0.1:${port}`, directory,
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false))).finally(() => socket.destroy());
}
