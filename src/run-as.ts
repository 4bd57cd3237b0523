import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user Postgres runs as when we are root, which it refuses to be. */
export interface RunAs {
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * `postgres` where that user exists, else `nobody`, else `null`. It needs an entry in the user
 * database: Postgres does not start under a bare uid.
 */
export async function unprivilegedUser(): Promise<RunAs | null> {
  return (await lookUpUser('postgres')) ?? lookUpUser('nobody');
}

/** A user of this machine who is not root, or `null`. */
export async function lookUpUser(name: string): Promise<RunAs | null> {
  const [uid, gid] = await Promise.all([lookUp('-u', name), lookUp('-g', name)]);
  return uid && gid ? { uid, gid } : null;
}

const lookUp = (what: '-u' | '-g', name: string): Promise<number | null> =>
  run('id', [what, name]).then(
    ({ stdout }) => Number(stdout),
    () => null,
  );

/**
 * Tries as that user, because modes alone do not tell: there are ACLs, mount options and
 * containers.
 */
export const canEnter = (user: RunAs, directory: string): Promise<boolean> =>
  run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
