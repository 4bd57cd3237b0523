import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * A lock between processes that the kernel lets go of when its holder dies, however it dies: Node
 * has no flock(), and SQLite's lock on an empty file is one. A file with a pid in it would have to
 * guess whether that pid is still the process that wrote it. Returns `null` while someone else
 * holds it.
 */
export function tryLock(file: string): { release(): void } | null {
  accessSync(path.dirname(file), constants.W_OK | constants.X_OK); // SQLite does not say why it cannot open a file
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => lock.isOpen && lock.close() };
  } catch (error) {
    lock.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
