import { requireTrueClock } from '../db/clock.ts';
import { editionFed } from '../editions/due.ts';
import { AppError } from '../errors.ts';
import { indexPapers } from '../papers/index-papers.ts';
import { ingest } from '../papers/ingest.ts';
import { type Progress, rememberLists } from '../papers/lists.ts';
import { openStore, type Store } from '../store.ts';
import { inSpan } from '../tracing/spans.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

export async function ingestCommand(
  { config, log, signal, print }: Context,
  options: { source?: string; date?: string; since?: string },
): Promise<void> {
  if (options.since !== undefined && options.date !== undefined)
    throw new AppError('CONFIG_INVALID', 'Name either --date, for one day, or --since, for all days from one on.');
  const date = options.date === undefined ? undefined : day(options.date);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  if (options.since !== undefined) return ingestSince({ store, signal, print }, day(options.since), options.source);
  const edition = date ?? (await editionFed({ ...store, editionHour: config.editionHour }));
  const results = await inSpan('ingest', { day: edition }, async () => {
    const taken = await ingest({ ...store, signal }, { source: options.source, date });
    await indexPapers({ ...store, signal });
    return taken;
  });
  for (const r of results) {
    const skipped = r.skipped > 0 ? `, ${r.skipped} unreadable entries skipped` : '';
    const failed = r.error ? ` – failed: ${r.error.message}` : '';
    await print(`${r.source}: ${r.papers} papers (${r.added} new), ${r.signals} new signals${skipped}${failed}`);
  }
  if (results.every((r) => r.error))
    throw new AppError(
      'SOURCE_UNAVAILABLE',
      'No source answered usefully. Check the network, and SOURCES and the *_URL variables; what is stored is as ' +
        'it was.',
    );
}

/** Takes in past lists, a line for each. What was taken in before is not asked for again. */
async function ingestSince(
  { store, signal, print }: { store: Store } & Pick<Context, 'signal' | 'print'>,
  since: string,
  name: string | undefined,
): Promise<void> {
  const sources = store.sources.filter((source) => name === undefined || source.name === name);
  if (!sources.some((source) => source.hasLists))
    throw new AppError(
      'CONFIG_INVALID',
      'No source of SOURCES keeps lists of past days but huggingface: add it there.',
    );
  const lines: Promise<void>[] = [];
  const tell = ({ date, papers, added, done, days, error }: Progress): void =>
    void lines.push(
      print(error ? `${date}: ${error.message}` : `${date}: ${papers} papers (${added} new), ${done} of ${days} days`),
    );
  const left = await rememberLists({ ...store, sources, signal }, { since, tell });
  await indexPapers({ ...store, signal });
  await Promise.all(lines);
  if (left === 'failed')
    throw new AppError(
      'SOURCE_UNAVAILABLE',
      'The source stopped answering. Run the same command again later: it goes on with the days that are missing.',
    );
  if (lines.length === 0) await print('Every day since then is there already.');
}
