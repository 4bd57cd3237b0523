import { parseKeyName, parseScopes } from '../api-key.ts';
import { issueKey, listKeys, withdrawKey } from '../db/api-keys.ts';
import { COMMAND } from '../db/trail.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

export async function keysAdd(
  { config, log, signal, print }: Context,
  text: string,
  { scope }: { scope: string[] },
): Promise<void> {
  const name = parseKeyName(text);
  const scopes = parseScopes(scope.flatMap((one) => one.split(',')).filter(Boolean));
  await using store = await openStore(config, log, { signal });
  const key = await issueKey(store.db, COMMAND, { name, scopes, now: store.now() });
  await print(key);
  await print(`The key "${name}" may do this: ${scopes.join(', ')}. It is shown this once: keep it where it is used.`);
}

export async function keysList(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const keys = await listKeys(store.db);
  if (json) return print(JSON.stringify(keys));
  if (keys.length === 0) return print('There is no key: "paperboy keys add NAME --scope SCOPE" makes one.');
  for (const { name, scopes, usedAt, revokedAt } of keys) {
    const used = usedAt === null ? 'never used' : `last used ${minuteOf(usedAt)}`;
    await print(`${name}: ${revokedAt === null ? scopes.join(', ') : `revoked ${minuteOf(revokedAt)}`}; ${used}`);
  }
}

export async function keysRevoke({ config, log, signal, print }: Context, name: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await withdrawKey(store.db, COMMAND, name, store.now());
  await print(`The key "${name}" opens nothing any more.`);
}

const minuteOf = (moment: Date): string => `${moment.toISOString().slice(0, 16)}Z`;
