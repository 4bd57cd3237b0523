import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Db } from '../../db/client.ts';
import { addDeskSession, endDeskSession, findDeskSession } from '../../db/desk-sessions.ts';
import { sameSecret } from '../../same-secret.ts';
import { HOUR } from '../../duration.ts';

/** A day's work. Its end is fixed at the login: looking does not prolong it, so that a GET writes nothing. */
const LASTS_MS = 12 * HOUR;
/** 256 bits, in base64url. */
const ID = /^[\w-]{43}$/;

export interface Session {
  /** What every form of this session carries, and no other site knows. */
  csrf: string;
  beganAt: Date;
}

export interface Sessions {
  /** Whether this is the operator's token; takes the same time for each wrong one. */
  isToken(text: string): boolean;
  /** Opens a session under a name that was not there before, and gives the cookie's value. */
  begin(): Promise<string>;
  find(id: string | undefined): Promise<Session | null>;
  end(id: string): Promise<void>;
}

/** Logins that are kept in the database, so that each api process knows them and leaving ends them. */
export function createSessions({ db, now, token }: { db: Db; now: () => Date; token: string }): Sessions {
  /** Another token than the one that opened a session ends it. */
  const proofOf = (id: string): Buffer => createHmac('sha256', id).update(token).digest();
  const over = (): Date => new Date(now().getTime() - LASTS_MS);

  return {
    isToken: (text) => sameSecret(text, token),
    async begin() {
      const id = randomBytes(32).toString('base64url');
      await addDeskSession(db, { idHash: hashOf(id), proof: proofOf(id), beganAt: now() }, over());
      return id;
    },
    async find(id) {
      if (id === undefined || !ID.test(id)) return null;
      const found = await findDeskSession(db, hashOf(id));
      if (found === null || found.beganAt < over() || !timingSafeEqual(found.proof, proofOf(id))) return null;
      return { csrf: createHmac('sha256', id).update('csrf').digest('base64url'), beganAt: found.beganAt };
    },
    end: (id) => endDeskSession(db, hashOf(id)),
  };
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
