import { accessSync, constants, globSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';

/** The programs that some suites and benchmarks need; `npm run setup` installs them. */
const NAMES = {
  'redis-server': ['redis-server'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  python3: ['python3'],
  'python3-dkim': ['dkimverify'],
  openssl: ['openssl'],
  'smtp-sink': ['smtp-sink'],
  exim4: ['exim4'],
  postfix: ['../lib/postfix/sbin/master'],
  opensmtpd: ['smtpd'],
  wrk: ['wrk'],
  msmtp: ['msmtp'],
  dovecot: ['dovecot'],
  postgres: ['postgres'],
} as const satisfies Record<string, readonly string[]>;

export type Program = keyof typeof NAMES;

/** Where `npm run setup` unpacks the mail servers, which cannot be installed side by side. */
export const MAIL_SERVERS = path.join(
  process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'),
  'paperboy/mail-servers',
);

/** Where the program is, or `null`. */
export function findProgram(program: Program): string | null {
  const inPath = (process.env['PATH'] ?? '').split(path.delimiter);
  // Debian keeps the servers of its Postgres versions apart, and out of the PATH.
  const elsewhere = ['/usr/sbin', path.join(MAIL_SERVERS, 'usr/sbin'), ...globSync('/usr/lib/postgresql/*/bin')];
  for (const directory of [...inPath, ...elsewhere]) {
    for (const name of NAMES[program]) if (isExecutable(path.join(directory, name))) return path.join(directory, name);
  }
  return null;
}

/**
 * `requires('redis-server')('name of the suite', () => { … })`: a `describe` that is skipped, with
 * one line that says why, where the program is absent, and fails there when CI=true, so that CI
 * never passes by leaving tests out.
 */
export function requires(program: Program): (name: string, suite: () => void) => void {
  if (findProgram(program) !== null) return describe;
  if (process.env['CI'] === 'true') return (name) => fail(name, program);
  return (name, suite) => {
    console.warn(`Skipped "${name}": ${program} is not installed. "npm run setup" installs it.`);
    describe.skip(name, suite);
  };
}

function fail(name: string, program: Program): never {
  throw new Error(`"${name}" needs ${program}, which is not installed. "npm run setup" installs it.`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
