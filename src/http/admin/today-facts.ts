import { addDays, dayOf, freezesAt, newestEdition } from '../../day.ts';
import { latestDigestDate } from '../../db/digests.ts';
import { editionState, getEdition, latestEditionDate } from '../../db/editions.ts';
import { lastIngestAt } from '../../db/papers.ts';
import { createTally } from '../../delivery/tally.ts';
import type { Finding } from '../../health/finding.ts';
import { type Edition, OVERALL } from '../../paper.ts';
import type { Counts } from '../counts.ts';
import type { DeskTools, SiteDeps } from '../deps.ts';
import type { ReadNeeds } from './needs.ts';
import { createPaceMeter } from './pace.ts';
import { ended, type TodayFacts } from './today-view.ts';

export type ReadToday = () => Promise<{ facts: TodayFacts; edition: Edition | null }>;

/** Reads how the newest digest stands, what follows, and what needs the operator. */
export function readToday({
  db,
  now,
  config,
  counts,
  needs: readNeeds,
  tools,
}: Pick<SiteDeps, 'db' | 'now' | 'config'> & {
  counts: Counts;
  needs: ReadNeeds;
  tools: Pick<DeskTools, 'sources'>;
}): ReadToday {
  const tallyOf = createTally(db);
  const pace = createPaceMeter(now);
  return async () => {
    const at = now();
    const today = dayOf(at);
    const [date, editionDate, state, lastIngest, readers, dueHours, { needs, findings, closed }] = await Promise.all([
      latestDigestDate(db),
      latestEditionDate(db, { onOrBefore: addDays(today, 1) }),
      editionState(db, today),
      lastIngestAt(db),
      counts.active(),
      counts.due(),
      readNeeds(),
    ]);
    const edition = editionDate === null ? null : await getEdition(db, editionDate, OVERALL);
    const isCurrent = date !== null && date >= (editionDate ?? newestEdition(at, config.editionHour));
    const tally = isCurrent ? await tallyOf(date) : null;
    const facts = {
      now: at,
      edition: edition && {
        date: edition.date,
        frozenAt: edition.frozenAt,
        papers: edition.entries.length,
        sample: edition.sample,
      },
      isEmpty: state === 'empty',
      editionDue: freezesAt(today, config.editionHour),
      sources: tools.sources.map(({ name }) => name),
      lastIngest,
      tally,
      // What stood still has no pace: it is measured anew once it goes on.
      pace: tally === null ? null : pace(tally.date, tally.state === 'sending' ? ended(tally.counts) : null),
      limit: config.smtpRate,
      due: dueHours.value,
      readers: readers.value,
      needs,
      closed,
      relayAwaySince: findings.find(isRelayAway)?.since ?? null,
    };
    return { facts, edition };
  };
}

const isRelayAway = ({ check, verdict }: Finding): boolean => check === 'relay' && verdict === 'mend';
