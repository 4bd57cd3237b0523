import { asc, eq, sql } from 'drizzle-orm';
import type { Topic } from '../paper.ts';
import type { Tx } from './client.ts';
import { topic } from './schema.ts';

const COLUMNS = {
  slug: topic.slug,
  name: topic.name,
  description: topic.description,
  categories: topic.categories,
  keywords: topic.keywords,
};

/** All topics in the order in which they are shown, without OVERALL. */
export const listTopics = (db: Tx): Promise<Topic[]> =>
  db.select(COLUMNS).from(topic).orderBy(asc(topic.position), asc(topic.slug));

export async function getTopic(db: Tx, slug: string): Promise<Topic | null> {
  const [found] = await db.select(COLUMNS).from(topic).where(eq(topic.slug, slug));
  return found ?? null;
}

/**
 * Writes the topics in their order; a topic that is no longer listed stays, because readers may
 * follow it.
 */
export async function upsertTopics(db: Tx, topics: readonly Topic[]): Promise<void> {
  if (topics.length === 0) return;
  await db
    .insert(topic)
    .values(topics.map((t, position) => ({ ...t, position })))
    .onConflictDoUpdate({
      target: topic.slug,
      set: {
        name: sql`excluded.name`,
        description: sql`excluded.description`,
        categories: sql`excluded.categories`,
        keywords: sql`excluded.keywords`,
        position: sql`excluded.position`,
      },
    });
}
