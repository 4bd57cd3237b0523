import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants, type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { SECOND } from '../duration.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Outgoing, Permit, SendResult, Transport } from '../mail/transport.ts';
import { TIMEOUTS } from './connect.ts';
import { type Capabilities, envelopeFor } from './envelope.ts';
import { resultOf } from './sendmail-exit.ts';
import { WITHDRAWN } from './session.ts';

export interface SendmailOptions {
  /** `sendmail:`, `sendmail:///usr/bin/msmtp?args=-a%20papers`. */
  url: string;
  /** How many programs may run at once. */
  connections: number;
  /** How long one may take, in milliseconds; default: as long as a relay's last answer may. */
  patienceMs?: number;
  onReply?: ((seconds: number) => void) | undefined;
}

interface Program {
  file: string;
  args: readonly string[];
}

/** Where Debian, the BSDs and the LSB keep the program, or what stands in for it. */
const USUAL = '/usr/sbin/sendmail';
/** The program gets no more of our environment: there are secrets in it. */
const PATHS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What the program is written: it knows how to say it to its relay. */
const CAN: Capabilities = { pipelining: false, eightBit: true, utf8: true, size: null, auth: [] };
const MOST_SAID = 8 * 1024;
/** How long the last words of a program that ended are waited for, in milliseconds. */
const LAST_WORDS = 500;
/** How often a program that cannot be started is tried, at most. */
const REST = SECOND;

/** Whether a URL of SMTP_URL names a program and not a relay. */
export const isSendmail = (url: string): boolean => url.toLowerCase().startsWith('sendmail:');

function programOf(url: string): Program {
  const { pathname, searchParams } = new URL(url);
  return {
    file: decodeURIComponent(pathname) || USUAL,
    args: (searchParams.get('args') ?? '').split(/\s+/).filter(Boolean),
  };
}

/**
 * Hands each message to a program of its own, `sendmail` or what takes its arguments (msmtp,
 * Postfix, Exim), at most `connections` at once.
 *
 * The message is a file, whole and without a name, before the program starts. Through a pipe, the
 * death of this process would look like the end of the message, and half of it would be delivered.
 */
export function createSendmailTransport(options: SendmailOptions): Transport {
  const { connections, onReply, patienceMs = TIMEOUTS.dot } = options;
  const program = programOf(options.url);
  const running = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  const closed = new AbortController();
  let busy = 0;
  let unsettled = 0;
  let drained: (() => void) | undefined;
  let restsUntil = 0;

  async function place(): Promise<void> {
    if (busy < connections) busy++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else busy--;
  }

  async function handOver(outgoing: Outgoing, withdrawn?: AbortSignal, permit?: Permit): Promise<SendResult> {
    const refusal = envelopeFor(outgoing, CAN);
    if ('code' in refusal) return { kind: 'reply', ...refusal };
    if (performance.now() < restsUntil) return down('the mail program could not be started');
    await using file = await asFile(outgoing.message);
    const over = AbortSignal.any([closed.signal, ...(withdrawn ? [withdrawn] : [])]);
    const word = permit === undefined ? 'go' : await permitted(permit, over);
    if (word === 'never') return { kind: 'withdrawn', text: 'no longer ours to send' };
    if (closed.signal.aborted) return down('closed');
    if (withdrawn?.aborted) return WITHDRAWN;
    const started = performance.now();
    const result = await run(program, outgoing, { file: file.handle, running, patienceMs });
    if (result.kind === 'unsent') restsUntil = performance.now() + REST;
    else onReply?.((performance.now() - started) / 1000);
    return result;
  }

  async function send(...[outgoing, withdrawn, permit]: Parameters<Transport['send']>): Promise<SendResult> {
    if (closed.signal.aborted) return down('closed');
    unsettled++;
    await place();
    try {
      if (closed.signal.aborted) return down('closed');
      if (withdrawn?.aborted) return WITHDRAWN;
      return await handOver(outgoing, withdrawn, permit);
    } catch (error) {
      // Only what comes before the program can throw: a full disk, no more files.
      return down(codeOf(error) ?? 'the message could not be written to a file');
    } finally {
      leave();
      if (--unsettled === 0) drained?.();
    }
  }

  return {
    connections,
    send,
    verify: () => verify(program),
    async close({ force = false } = {}) {
      if (force) {
        closed.abort();
        for (const child of running) child.kill('SIGKILL');
      }
      if (unsettled > 0) await new Promise<void>((resolve) => (drained = resolve));
      closed.abort();
    },
  };
}

const down = (text: string): SendResult => ({ kind: 'unsent', relayDown: true, text });

/** Waits for the permit; `over` ends the wait, and the caller looks why. */
function permitted(permit: Permit, over: AbortSignal): Promise<'go' | 'never' | 'over'> {
  return new Promise((resolve) => {
    over.addEventListener('abort', () => resolve('over'), { once: true });
    const ask = (): void => {
      if (over.aborted) return resolve('over');
      const word = permit.take(ask);
      if (word !== 'wait') resolve(word);
    };
    ask();
  });
}

/** A file without a name that holds the message, with the line ends of this machine, read from its start. */
async function asFile(message: readonly Buffer[]): Promise<AsyncDisposable & { handle: FileHandle }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'paperboy-mail-'));
  try {
    const handle = await open(path.join(directory, 'message'), 'wx+', 0o600);
    try {
      const bytes = Buffer.from(Buffer.concat(message).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
    } catch (error) {
      await handle.close();
      throw error;
    }
    return { handle, [Symbol.asyncDispose]: () => handle.close() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs the program on one message, and reads its end. */
function run(
  { file, args }: Program,
  { from, to }: Outgoing,
  of: { file: FileHandle; running: Set<ChildProcess>; patienceMs: number },
): Promise<SendResult> {
  return new Promise((resolve) => {
    const child = spawn(file, [...args, '-i', '-f', from, '--', to], {
      stdio: [of.file.fd, 'ignore', 'pipe'],
      // A group of its own: Ctrl-C in a terminal is meant for us, and would end it in the midst of a message.
      detached: true,
      env: { PATH: PATHS, HOME: homedir(), LOGNAME: userInfo().username, LANG: 'C' },
    });
    of.running.add(child);
    const late = setTimeout(() => child.kill('SIGKILL'), of.patienceMs);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, MOST_SAID);
    });
    const settle = (result: SendResult): void => {
      clearTimeout(late);
      of.running.delete(child);
      resolve(result);
    };
    // Only a program that was never started says so here.
    child.once('error', (error) => {
      if (child.pid === undefined) settle(down(`the mail program cannot be started (${codeOf(error) ?? 'unknown'})`));
    });
    child.once('exit', (code, signal) => {
      const end = (): void => settle(resultOf({ code, signal, said }));
      child.once('close', end);
      // What the program left running may keep its stderr open.
      setTimeout(end, LAST_WORDS).unref();
    });
  });
}

async function verify({ file }: Program): Promise<void> {
  try {
    await access(file, constants.X_OK);
  } catch (cause) {
    throw new AppError(
      'RELAY_UNAVAILABLE',
      `Cannot run the mail program ${file} (${codeOf(cause) ?? 'unknown'}). Install it, or correct SMTP_URL.`,
      { cause },
    );
  }
}
