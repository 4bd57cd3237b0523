import type { Tx } from '../db/client.ts';
import { announcedPapers, keepPicks, lastFrozenBefore, shownBefore } from '../db/fresh.ts';
import { newestModel } from '../db/ranking.ts';
import { DAY } from '../duration.ts';
import { byScore } from '../order.ts';
import { asAnnounced, FRESH_KIND } from './fit-fresh.ts';
import { freshReasons } from './fresh-words.ts';
import { forecast, type FreshModel, readFreshModel } from './fresh.ts';
import type { Memory } from './memory.ts';
import { shippedFreshModel } from './shipped.ts';

/** So many picks are kept of a morning. */
const PICKS = 20;
/** After a longer pause what was announced first is no news. */
const LONGEST_PAUSE_MS = 4 * DAY;

interface Morning {
  /** The day of the edition. */
  date: string;
  /** As of when it is built. */
  moment: Date;
  /** What is remembered of the lists before that day. */
  ranking: Memory;
  /** The ids of papers that an operator dropped. */
  dropped: ReadonlySet<string>;
}

/** Foretells what has been announced since the last edition, and keeps the picks of the morning. */
export async function pickFresh(tx: Tx, { date, moment, ranking, dropped }: Morning): Promise<void> {
  const before = await lastFrozenBefore(tx, date);
  const longest = new Date(moment.getTime() - (before === null ? DAY : LONGEST_PAUSE_MS));
  const after = before !== null && before > longest ? before : longest;
  const announced = await announcedPapers(tx, { after, until: moment });
  const unlisted = announced.filter(({ listedOn }) => listedOn === null || listedOn > date);
  const shown = await shownBefore(
    tx,
    unlisted.map(({ id }) => id),
    date,
  );
  const papers = unlisted.filter(({ id }) => !shown.has(id) && !dropped.has(id)).map(asAnnounced);
  const byId = new Map(papers.map((paper) => [paper.id, paper]));
  const picks = forecast(await freshModelAt(tx, moment), papers, { morning: date, memory: ranking })
    .toSorted(byScore)
    .slice(0, PICKS);
  await keepPicks(
    tx,
    picks.map(({ id, chance, votes }, i) => ({
      editionDate: date,
      rank: i + 1,
      paperId: id,
      chance,
      expectedVotes: votes,
      reasons: freshReasons(byId.get(id)!, ranking),
    })),
  );
}

async function freshModelAt(tx: Tx, asOf: Date): Promise<FreshModel> {
  const kept = await newestModel(tx, FRESH_KIND, asOf);
  return (kept && readFreshModel(kept.model)) ?? shippedFreshModel();
}
