import type { Db } from '../src/db/client.ts';
import { writePapers } from '../src/db/papers.ts';
import { SECOND } from '../src/duration.ts';
import { indexPapers } from '../src/papers/index-papers.ts';
import { relatePapers } from '../src/papers/relate-papers.ts';
import { topicsInForce } from '../src/papers/topics.ts';
import type { Corpus } from './search-corpus.ts';

const NEW_PAPERS = 1_200;
/** Ids of a month that no paper is of. */
const NEW_IDS = 'arxiv:9901.';

/**
 * How long it takes until the papers of a day are found, and until they are compared with all others,
 * in seconds. Each has the title of one paper and the abstract of another.
 */
export async function measureDay(db: Db, { papers }: Corpus): Promise<Record<string, number>> {
  const seen = new Date();
  const news = papers.slice(0, NEW_PAPERS).map((paper, i) => ({
    ...paper,
    id: `${NEW_IDS}${10_000 + i}`,
    abstract: papers[(i * 7919 + 13) % papers.length]!.abstract,
    abstractTex: null,
    firstSeenAt: seen,
  }));
  // What was there before was compared when it came.
  await db.$client.query(`
    insert into related (paper_id, others, scores)
    select id, '{}', '{}'
    from paper
    on conflict do nothing`);
  await writePapers(db, news, seen);
  const found = await secondsOf(() => indexPapers({ db, topics: topicsInForce() }));
  const compared = await secondsOf(() => relatePapers({ db }));
  const left = await db.$client.query<{ papers: number }>(
    `
    select count(*)::int as papers
    from paper p
    where starts_with(p.id, $1)
      and not exists (
        select from related r
        where r.paper_id = p.id
          and cardinality(r.others) > 0
      )`,
    [NEW_IDS],
  );
  await db.$client.query('delete from paper where starts_with(id, $1)', [NEW_IDS]);
  return { papers: news.length, found, compared, withoutNeighbours: left.rows[0]!.papers };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return Number(((performance.now() - begun) / SECOND).toFixed(1));
}
