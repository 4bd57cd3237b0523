import { sql } from 'drizzle-orm';
import { makeKey, type Scope } from '../api-key.ts';
import { AppError } from '../errors.ts';
import { type Db, transaction, type Tx } from './client.ts';
import { type Actor, recordDeed } from './trail.ts';

export interface ApiKey {
  id: number;
  name: string;
  scopes: Scope[];
  createdAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
}

type Raw = Record<string, unknown> &
  Omit<ApiKey, 'createdAt' | 'usedAt' | 'revokedAt'> & {
    createdAt: string;
    usedAt: string | null;
    revokedAt: string | null;
  };

const COLUMNS = sql.raw(`
  id::float8 as id,
  name,
  scopes,
  created_at as "createdAt",
  used_at as "usedAt",
  revoked_at as "revokedAt"`);

const keyOf = (raw: Raw): ApiKey => ({
  ...raw,
  createdAt: new Date(raw.createdAt),
  usedAt: raw.usedAt === null ? null : new Date(raw.usedAt),
  revokedAt: raw.revokedAt === null ? null : new Date(raw.revokedAt),
});

/** False: the name is taken, or was once. */
async function addKey(
  tx: Tx,
  { name, hash, scopes, now }: { name: string; hash: Buffer; scopes: readonly Scope[]; now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into api_key (name, hash, scopes, created_at)
    values (${name}, ${hash}, ${sql.param([...scopes])}, ${now})
    on conflict do nothing`);
  return rowCount === 1;
}

/** All there are and were, the newest first. */
export async function listKeys(tx: Tx): Promise<ApiKey[]> {
  const { rows } = await tx.execute<Raw>(sql`
    select ${COLUMNS}
    from api_key
    order by id desc`);
  return rows.map(keyOf);
}

/** The key that opens something, by its hash. */
export async function findKey(tx: Tx, hash: Buffer): Promise<ApiKey | null> {
  const { rows } = await tx.execute<Raw>(sql`
    select ${COLUMNS}
    from api_key
    where hash = ${hash}
      and revoked_at is null`);
  return rows[0] ? keyOf(rows[0]) : null;
}

/** Writes down that a key is in use, at most once in `everyMs`. */
export async function noteKeyUse(tx: Tx, id: number, now: Date, everyMs: number): Promise<void> {
  await tx.execute(sql`
    update api_key
    set used_at = ${now}
    where id = ${id}
      and (used_at is null or used_at <= ${new Date(now.getTime() - everyMs)})`);
}

/** Returns whether this call did it. */
async function revokeKey(tx: Tx, name: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update api_key
    set revoked_at = ${now}
    where name = ${name}
      and revoked_at is null`);
  return rowCount === 1;
}

/** Makes a key and writes down who did. Throws INPUT_INVALID where the name was ever taken. Returns the key itself. */
export async function issueKey(
  db: Db,
  by: Actor,
  { name, scopes, now }: { name: string; scopes: readonly Scope[]; now: Date },
): Promise<string> {
  const { key, hash } = makeKey();
  await transaction(db, async (tx) => {
    if (!(await addKey(tx, { name, hash, scopes, now })))
      throw new AppError('INPUT_INVALID', `There is or was a key "${name}" already: give this one another name.`);
    await recordDeed(tx, by, { at: now, did: 'key.add', about: name, words: scopes.join(', ') });
  });
  return key;
}

/** Ends a key for good and writes down who did. Throws NOT_FOUND. */
export const withdrawKey = (db: Db, by: Actor, name: string, now: Date): Promise<void> =>
  transaction(db, async (tx) => {
    if (!(await revokeKey(tx, name, now)))
      throw new AppError('NOT_FOUND', `No key "${name.slice(0, 60)}" is in force: see "paperboy keys list".`);
    await recordDeed(tx, by, { at: now, did: 'key.revoke', about: name });
  });
