import { lastAnswers, lastRuns } from '../db/sources.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

/** Prints what the last run of each source of SOURCES brought. */
export async function sourcesCommand(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const names = store.sources.map(({ name }) => name);
  const [runs, answers] = await Promise.all([lastRuns(store.db, names, 1), lastAnswers(store.db, names)]);
  const sources = names.map((name) => ({
    name,
    answeredAt: answers.get(name) ?? null,
    run: runs.find(({ source }) => source === name) ?? null,
  }));
  if (json) return print(JSON.stringify({ sources }));
  for (const { name, answeredAt, run } of sources) {
    if (run === null) await print(`${name}: never asked. "paperboy ingest --source ${name}" asks it now.`);
    else
      await print(
        `${name}: ${run.papers} papers, ${run.skipped} unreadable entries skipped, ${run.startedAt.toISOString()}` +
          (run.error === null ? '' : `; failed: ${run.error} ${lastWords(answeredAt)}`),
      );
  }
}

const lastWords = (at: Date | null): string =>
  at === null ? 'It never answered.' : `It last answered ${at.toISOString()}.`;
