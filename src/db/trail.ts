import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { trail } from './schema.ts';

/** Who acts: an operator at the desk, an operator at the command line, or a program with a key of this name. */
export interface Actor {
  who: string;
  via: 'desk' | 'command' | 'api';
}

export const COMMAND: Actor = { who: 'operator', via: 'command' };

export interface Deed {
  at: Date;
  /** What was done, as `digest.pause`. */
  did: string;
  /** To what: a date, a paper, the number of a subscriber; never an address. */
  about: string;
  words?: string;
}

export interface TrailEntry extends Deed, Actor {
  id: number;
}

/** Writes down who did what. Called in the transaction of the deed where it has one. */
export const recordDeed = async (tx: Tx, { who, via }: Actor, deed: Deed): Promise<void> => {
  await tx.insert(trail).values({ who, via, ...deed });
};

/** The newest deeds first; of one thing with `about`, before the entry `before`. */
export async function readTrail(
  tx: Tx,
  { about, before, limit }: { about?: string; before?: number; limit: number },
): Promise<TrailEntry[]> {
  const { rows } = await tx.execute<Omit<TrailEntry, 'at' | 'words'> & { at: string; words: string | null }>(sql`
    select id::float8 as id, at, who, via, did, about, words
    from trail
    where true
      ${about === undefined ? sql`` : sql`and about = ${about}`}
      ${before === undefined ? sql`` : sql`and id < ${before}`}
    order by id desc
    limit ${limit}`);
  return rows.map(({ at, words, ...row }) => ({ ...row, at: new Date(at), ...(words !== null && { words }) }));
}
