import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { deskSession } from './schema.ts';

export interface DeskSession {
  idHash: Buffer;
  proof: Buffer;
  beganAt: Date;
}

/** Keeps a login, and forgets those that are over. */
export async function addDeskSession(tx: Tx, session: DeskSession, over: Date): Promise<void> {
  await tx.execute(sql`
    delete from desk_session
    where began_at < ${over}`);
  await tx.insert(deskSession).values(session);
}

export async function findDeskSession(tx: Tx, idHash: Buffer): Promise<DeskSession | null> {
  const [found] = await tx
    .select()
    .from(deskSession)
    .where(sql`id_hash = ${idHash}`);
  return found ?? null;
}

export async function endDeskSession(tx: Tx, idHash: Buffer): Promise<void> {
  await tx.execute(sql`
    delete from desk_session
    where id_hash = ${idHash}`);
}
