import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type AskedOnce, beginAnswer, dropAnswer, keepAnswer, type Met } from '../../db/api-answers.ts';
import type { Db } from '../../db/client.ts';
import { DAY, MINUTE } from '../../duration.ts';
import { AppError } from '../../errors.ts';

/** How long an answer is kept to be given again. */
export const ANSWER_KEPT_MS = DAY;
/** No request takes so long: the process that began it is gone. */
const STALE_MS = 2 * MINUTE;

export type Once = <T>(request: FastifyRequest, work: () => Promise<T>) => Promise<T>;

/**
 * Does what a request asks once, however often it is sent with the same Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header): the first answer is given again. What failed may be sent again.
 */
export function createOnce({ db, now }: { db: Db; now: () => Date }): Once {
  return async <T>(request: FastifyRequest, work: () => Promise<T>) => {
    const asked = askedOnce(request);
    if (asked === null) return work();
    const at = now().getTime();
    const ages = { now: new Date(at), kept: new Date(at - ANSWER_KEPT_MS), stale: new Date(at - STALE_MS) };
    const met = await beginAnswer(db, asked, ages);
    if (met !== null) return metBefore(met, asked) as T;
    const body = await work().catch(async (error: unknown) => {
      await dropAnswer(db, asked);
      throw error;
    });
    // What was done stays done where its answer cannot be kept: the key is not given free for it.
    await keepAnswer(db, asked, { status: 200, body });
    return body;
  };
}

function askedOnce(request: FastifyRequest): AskedOnce | null {
  const { headers, method, url, body, apiKey } = request;
  const given = headers['idempotency-key'];
  if (typeof given !== 'string' || apiKey === null) return null;
  // The key itself is kept nowhere: without it no address can be found by trying.
  const fingerprint = createHmac('sha256', headers.authorization!)
    .update(`${method} ${url}\n${JSON.stringify(body ?? null)}`)
    .digest();
  return { keyId: apiKey.id, idempotencyKey: given, fingerprint };
}

/** The answer of the request that was first. Pure. */
function metBefore({ fingerprint, answer }: Met, asked: AskedOnce): unknown {
  if (!fingerprint.equals(asked.fingerprint))
    throw new AppError(
      'INPUT_INVALID',
      'This Idempotency-Key was used for another request: send each request with a key of its own.',
    );
  if (answer === null)
    throw new AppError('UNDER_WAY', 'The same request is being answered: wait a moment and send it again.');
  return answer.body;
}
