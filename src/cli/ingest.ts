import { requireTrueClock } from '../db/clock.ts';
import { AppError } from '../errors.ts';
import { ingest } from '../papers/ingest.ts';
import { openStore } from '../runtime.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

export async function ingestCommand(
  { config, log, signal, print }: Context,
  options: { source?: string; date?: string },
): Promise<void> {
  const date = options.date === undefined ? undefined : day(options.date);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const results = await ingest({ ...store, signal }, { source: options.source, date });
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
