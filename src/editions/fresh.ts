import { capitalised } from '../figures.ts';
import type { Tx } from '../db/client.ts';
import { type FreshPick, missedPapers, type Outcome, outcomesOfPicks } from '../db/fresh.ts';
import { addDays } from '../day.ts';
import { OVERALL } from '../paper.ts';
import { paperPath } from '../papers/links.ts';
import type { Topics } from '../papers/topics.ts';
import { COMES_TRUE_DAYS } from '../ranking/fresh.ts';
import { likelihoodOf } from '../ranking/fresh-words.ts';
import type { Words } from '../words/words.ts';
import type { FreshPaper } from './compile.ts';
import { chanceWords, reasonWords } from './facts.ts';

/** A pick that is likely enough to be told, and the topics that it falls under. */
export interface TellingPick extends FreshPick {
  likelihood: string;
  topics: ReadonlySet<string>;
}

/** So many picks a digest shows at most. */
const MOST_SHOWN = 5;

/** The picks of a morning that are worth a reader's time, the likeliest to be talked about first. */
export const telling = (picks: readonly FreshPick[], topics: Pick<Topics, 'classify'>): TellingPick[] =>
  picks.flatMap((pick) => {
    const likelihood = likelihoodOf(pick.chance);
    const slugs = likelihood === null ? [] : topics.classify(pick.paper).map(({ slug }) => slug);
    return likelihood === null ? [] : [{ ...pick, likelihood, topics: new Set(slugs) }];
  });

/** The ids of the picks for a reader of these topics, who is not told twice of a paper. Pure. */
export function picksFor(
  picks: readonly TellingPick[],
  { topics, known }: { topics: readonly string[]; known: ReadonlySet<string> },
): string[] {
  const isOfAll = topics.length === 0 || topics.includes(OVERALL);
  return picks
    .filter((pick) => isOfAll || topics.some((slug) => pick.topics.has(slug)))
    .map(({ paper }) => paper.id)
    .filter((id) => !known.has(id))
    .slice(0, MOST_SHOWN);
}

export const freshView = (
  words: Words,
  { paper, likelihood, reasons }: TellingPick,
  publicUrl: string,
): FreshPaper => ({
  id: paper.id,
  title: paper.title,
  chance: capitalised(chanceWords(words, likelihood)),
  reason: reasonWords(words, reasons[0] ?? ''),
  site: publicUrl + paperPath(paper.id),
});

/** What became of the picks of a week. */
export interface FreshRecord {
  /** The first and the last day of the week. */
  from: string;
  until: string;
  /** How many picks there were, and how many of them were listed in time. */
  picks: number;
  listed: number;
  /** The picks that were listed, those with most votes first. */
  cameTrue: Outcome[];
  /** The best of the lists that were announced on these mornings and not picked. */
  missed: Outcome[];
}

/** So many picks of each morning count for the record: what a digest shows comes from them. */
const COUNTED_PICKS = 10;
const MOST_MISSED = 10;

/**
 * The record at a day: of the last week whose forecasts had their time to come true. `null` where no
 * morning of that week had picks.
 */
export async function freshRecord(db: Tx, date: string): Promise<FreshRecord | null> {
  const until = addDays(date, -COMES_TRUE_DAYS - 1);
  const span = { from: addDays(until, -6), until, withinDays: COMES_TRUE_DAYS, first: COUNTED_PICKS };
  const picks = await outcomesOfPicks(db, span);
  if (picks.length === 0) return null;
  const cameTrue = picks.filter(({ listedOn }) => listedOn !== null).toSorted((a, b) => b.upvotes - a.upvotes);
  const missed = await missedPapers(db, { ...span, limit: MOST_MISSED });
  return { from: span.from, until, picks: picks.length, listed: cameTrue.length, cameTrue, missed };
}

/** "21 of the 50 of 12–18 May came true" */
export function recordWords(words: Words, record: FreshRecord | null): string | null {
  if (record === null) return null;
  const { listed, picks, from, until } = record;
  return words.t('fresh-record', { listed, picks, days: words.days('short', from, until) });
}
