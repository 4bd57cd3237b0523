import { requireTrueClock } from '../db/clock.ts';
import { getEdition } from '../db/editions.ts';
import type { Db } from '../db/client.ts';
import { listTopics } from '../db/topics.ts';
import { buildEdition } from '../editions/build.ts';
import { AppError } from '../errors.ts';
import { OVERALL } from '../paper.ts';
import { openStore } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

export async function editionBuild({ config, log, signal, print }: Context, options: { date: string }): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const { built, papers } = await buildEdition(store, { date });
  if (!built && papers === 0)
    throw new AppError(
      'NOT_FOUND',
      `There are no papers for an edition of ${date}. Run "paperboy ingest --date ${date}" first.`,
    );
  await print(
    `The edition of ${date} ${built ? 'is frozen' : 'was frozen before and stays as it is'}: ${papers} papers.`,
  );
}

export async function editionShow(
  { config, log, signal, print }: Context,
  options: { date: string; topic: string; json?: boolean },
): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  await requireTopic(store.db, options.topic);
  const edition = await getEdition(store.db, date, options.topic);
  if (!edition)
    throw new AppError(
      'NOT_FOUND',
      `There is no edition of ${date} for the topic "${options.topic}". Build it with "paperboy edition build ` +
        `--date ${date}".`,
    );
  if (options.json) return print(JSON.stringify(edition));
  for (const { rank, paper, reasons } of edition.entries)
    await print(`${String(rank).padStart(2)}. ${paper.title}\n    ${paper.id}  ${reasons.join(' · ')}`);
}

async function requireTopic(db: Db, topic: string): Promise<void> {
  const known = [OVERALL, ...(await listTopics(db)).map((t) => t.slug)];
  if (!known.includes(topic))
    throw new AppError(
      'NOT_FOUND',
      `There is no topic "${topic.slice(0, 60)}". Choose one of these: ${known.join(', ')}.`,
    );
}
