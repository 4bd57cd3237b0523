import type { Tx } from '../db/client.ts';
import { deleteSampleEditions } from '../db/editions.ts';
import { deleteSamples } from '../db/papers.ts';

/**
 * Takes the samples and the editions made of them away, once real papers have come. Nothing else
 * refers to either.
 */
export async function retireSamples(db: Tx): Promise<void> {
  await deleteSampleEditions(db);
  await deleteSamples(db);
}
