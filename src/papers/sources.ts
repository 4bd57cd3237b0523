import { setTimeout as wait } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config, SourceName } from '../config.ts';
import { createArxiv } from './arxiv.ts';
import { createFeed } from './feed.ts';
import { createHttpClient, userAgent } from './fetch.ts';
import { createGitHub } from './github.ts';
import { createHackerNews } from './hackernews.ts';
import { createHuggingFace } from './huggingface.ts';
import type { PaperSource } from './source.ts';
import type { Topics } from './topics.ts';

/** arXiv allows one request per three seconds, to all of its hosts together. */
const ARXIV_LANE = { name: 'arxiv', intervalMs: 3_000 };

/** The sources that SOURCES names, behind one polite client. */
export function createSources({
  config,
  now,
  topics,
}: {
  config: Pick<Config, 'sources' | 'sourceUrls' | 'publicUrl'>;
  now: () => Date;
  /** Their arXiv categories are asked for, those of the moment. */
  topics: Pick<Topics, 'categories'>;
}): PaperSource[] {
  const client = createHttpClient({
    userAgent: userAgent(packageJson.version, config.publicUrl),
    now,
    wait: (ms, signal) => wait(ms, undefined, signal ? { signal } : undefined),
  });
  const { huggingface, arxivApi, arxivRss, hackernews, github } = config.sourceUrls;
  const make: Record<SourceName, () => PaperSource> = {
    huggingface: () => createHuggingFace({ client, baseUrl: huggingface }),
    arxiv: () =>
      createArxiv({
        client,
        apiUrl: arxivApi,
        rssUrl: arxivRss,
        get categories() {
          return topics.categories;
        },
      }),
    hackernews: () => createHackerNews({ client, baseUrl: hackernews }),
    github: () => createGitHub({ client, baseUrl: github }),
  };
  const isArxiv = (url: string): boolean => /(?:^|\.)arxiv\.org$/.test(new URL(url).hostname);
  return config.sources.map((source) =>
    Object.hasOwn(make, source)
      ? make[source as SourceName]()
      : createFeed({ client, url: source, ...(isArxiv(source) && { lane: ARXIV_LANE }) }),
  );
}
