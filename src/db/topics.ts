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

/** How many active readers follow each topic. */
export async function readersByTopic(tx: Tx): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ slug: string; readers: number }>(sql`
    select slug, count(*)::int as readers
    from subscriber
      cross join unnest(topics) as slug
    where status = 'active'
    group by slug`);
  return new Map(rows.map(({ slug, readers }) => [slug, readers]));
}

/** How many papers first seen since a moment are under each topic. */
export async function papersByTopic(tx: Tx, since: Date): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ slug: string; papers: number }>(sql`
    select slug, count(*)::int as papers
    from paper p
      join search_entry e on e.paper_id = p.id
      cross join unnest(e.topics) as slug
    where p.first_seen_at >= ${since}
    group by slug`);
  return new Map(rows.map(({ slug, papers }) => [slug, papers]));
}

/** Takes a topic off the list that readers choose from, unless one of them follows it. */
export const retireTopic = async (tx: Tx, slug: string): Promise<void> => {
  await tx.execute(sql`
    delete from topic t
    where t.slug = ${slug}
      and not exists (
        select
        from subscriber s
        where s.status in ('active', 'pending')
          and ${slug} = any(s.topics)
      )`);
};
