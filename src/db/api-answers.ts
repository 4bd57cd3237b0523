import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/** A request that is to be done once, though the network may repeat it: who asks it, by which key, and what it is. */
export interface AskedOnce {
  keyId: number;
  idempotencyKey: string;
  fingerprint: Buffer;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** How a request was met before; `answer` is null while it is under way. */
export interface Met {
  fingerprint: Buffer;
  beganAt: Date;
  answer: Answer | null;
}

/**
 * Begins a request, unless it was met since `kept`; one whose process died (`stale`) is begun anew. `null`: it is
 * ours to do.
 */
export async function beginAnswer(
  tx: Tx,
  { keyId, idempotencyKey, fingerprint }: AskedOnce,
  { now, kept, stale }: { now: Date; kept: Date; stale: Date },
): Promise<Met | null> {
  const { rowCount } = await tx.execute(sql`
    insert into api_answer as a (key_id, idempotency_key, fingerprint, began_at)
    values (${keyId}, ${idempotencyKey}, ${fingerprint}, ${now})
    on conflict (key_id, idempotency_key) do update
    set fingerprint = excluded.fingerprint, began_at = excluded.began_at, answer = null
    where a.began_at < ${kept}
      or (a.answer is null and a.began_at < ${stale} and a.fingerprint = excluded.fingerprint)`);
  if (rowCount === 1) return null;
  const { rows } = await tx.execute<{ fingerprint: Buffer; beganAt: string; answer: Answer | null }>(sql`
    select fingerprint, began_at as "beganAt", answer
    from api_answer
    where key_id = ${keyId}
      and idempotency_key = ${idempotencyKey}`);
  const [met] = rows;
  return met ? { ...met, beganAt: new Date(met.beganAt) } : { fingerprint, beganAt: now, answer: null };
}

export async function keepAnswer(tx: Tx, { keyId, idempotencyKey }: AskedOnce, answer: Answer): Promise<void> {
  await tx.execute(sql`
    update api_answer
    set answer = ${JSON.stringify(answer)}::jsonb
    where key_id = ${keyId}
      and idempotency_key = ${idempotencyKey}`);
}

/** What failed may be asked again under the same key. */
export async function dropAnswer(tx: Tx, { keyId, idempotencyKey }: AskedOnce): Promise<void> {
  await tx.execute(sql`
    delete from api_answer
    where key_id = ${keyId}
      and idempotency_key = ${idempotencyKey}
      and answer is null`);
}

export async function forgetAnswers(tx: Tx, before: Date): Promise<void> {
  await tx.execute(sql`
    delete from api_answer
    where began_at < ${before}`);
}
