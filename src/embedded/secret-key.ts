import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError, codeOf } from '../errors.ts';

/**
 * The key that signs links, made on the first start and kept in the data directory, readable by its
 * owner only.
 */
export const keptSecretKey = (dataDir: string): string =>
  keep(path.join(dataDir, 'secret-key'), 'the signing key', () => randomBytes(32).toString('hex')).text;

/** The token of the desk, kept as the signing key is. `isNew`: it was made just now. */
export function keptAdminToken(dataDir: string): { token: string; file: string; isNew: boolean } {
  const file = path.join(dataDir, 'admin-token');
  const { text: token, isNew } = keep(file, 'the token of the desk', () => randomBytes(18).toString('base64url'));
  return { token, file, isNew };
}

function keep(file: string, what: string, create: () => string): { text: string; isNew: boolean } {
  try {
    const kept = readKept(file);
    return kept === null ? { text: make(file, create()), isNew: true } : { text: kept, isNew: false };
  } catch (cause) {
    throw new AppError(
      'DATA_UNUSABLE',
      `Cannot keep ${what} in ${file} (${codeOf(cause) ?? 'unknown'}). Make the directory writable, or ` +
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
function make(file: string, text: string): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}
