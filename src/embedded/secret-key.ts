import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError, codeOf } from '../errors.ts';

/**
 * The key that signs links, made on the first start and kept in the data directory, readable by its
 * owner only.
 */
export function keptSecretKey(dataDir: string): string {
  const file = path.join(dataDir, 'secret-key');
  try {
    return readKept(file) ?? make(file);
  } catch (cause) {
    throw new AppError(
      'DATA_UNUSABLE',
      `Cannot keep the signing key in ${file} (${codeOf(cause) ?? 'unknown'}). Make the directory writable, or ` +
        'set PAPERBOY_DATA to one that is.',
      { cause },
    );
  }
}

function readKept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Written under another name and linked into place: of two processes that start at once, both use
 * the first one's key.
 */
function make(file: string): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}
