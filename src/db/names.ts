import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import type { PaperCursor } from './papers.ts';
import { papersInOrder } from './papers.ts';
import { latestUpvotes } from './places.ts';
import type { Paper } from '../paper.ts';

/** Whose papers are asked for: a key among those of the authors, or that of the organisation. */
export interface Named {
  kind: 'author' | 'organisation';
  key: string;
}

/** Each kind has an index of its own: paper_author_keys, paper_organisation_key. */
const bears = ({ kind, key }: Named): SQL =>
  kind === 'author' ? sql`p.author_keys @> array[${key}]::text[]` : sql`p.organisation_key = ${key}`;

/** The papers that bear a name, newest first; `before` is the last paper of the page before. */
export async function papersNamed(
  db: Tx,
  name: Named,
  { before, limit }: { before?: PaperCursor; limit: number },
): Promise<Paper[]> {
  const older = before
    ? sql`
      and (
        p.first_seen_at < ${before.firstSeenAt}
        or (p.first_seen_at = ${before.firstSeenAt} and p.id > ${before.id})
      )`
    : sql``;
  const { rows } = await db.execute<{ id: string }>(sql`
    select p.id
    from paper p
    where ${bears(name)}
      ${older}
    order by p.first_seen_at desc, p.id
    limit ${limit}`);
  return papersInOrder(
    db,
    rows.map(({ id }) => id),
  );
}

/** How many papers bear a name. */
export async function countNamed(db: Tx, name: Named): Promise<number> {
  const { rows } = await db.execute<{ papers: number }>(sql`
    select count(*)::int as papers
    from paper p
    where ${bears(name)}`);
  return rows[0]!.papers;
}

/** A paper, and its upvotes by now. */
export interface Voted {
  paper: Paper;
  upvotes: number;
}

/** The papers that bear a name with most upvotes; those without are none of the best. */
export async function bestNamed(db: Tx, name: Named, limit: number): Promise<Voted[]> {
  const { rows } = await db.execute<{ id: string; upvotes: number }>(sql`
    select p.id, v.upvotes
    from paper p
    cross join ${latestUpvotes('p.id')}
    where ${bears(name)}
      and not p.is_withdrawn
      and v.upvotes > 0
    order by v.upvotes desc, p.id
    limit ${limit}`);
  const papers = await papersInOrder(
    db,
    rows.map(({ id }) => id),
  );
  return papers.map((paper, i) => ({ paper, upvotes: rows[i]!.upvotes }));
}
