import { setTimeout as wait } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config, SourceName } from '../config.ts';
import { createArxiv } from './arxiv.ts';
import { createHttpClient, userAgent } from './fetch.ts';
import { createHuggingFace } from './huggingface.ts';
import type { PaperSource } from './source.ts';

/** The sources that SOURCES names, behind one polite client. */
export function createSources({
  config,
  now,
  categories,
}: {
  config: Pick<Config, 'sources' | 'sourceUrls' | 'publicUrl'>;
  now: () => Date;
  /** The arXiv categories that the topics in force are read from. */
  categories: readonly string[];
}): PaperSource[] {
  const client = createHttpClient({
    userAgent: userAgent(packageJson.version, config.publicUrl),
    now,
    wait: (ms, signal) => wait(ms, undefined, signal ? { signal } : undefined),
  });
  const { huggingface, arxivApi, arxivRss } = config.sourceUrls;
  const make: Record<SourceName, () => PaperSource> = {
    huggingface: () => createHuggingFace({ client, baseUrl: huggingface }),
    arxiv: () => createArxiv({ client, apiUrl: arxivApi, rssUrl: arxivRss, categories }),
  };
  return config.sources.map((name) => make[name]());
}
