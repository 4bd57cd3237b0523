import { SECOND } from '../duration.ts';
import type { HttpClient } from './fetch.ts';
import { counted, type LivePaper, type Observed, type PaperSource } from './source.ts';

/** GitHub answers 60 requests an hour to who does not say who asks; it is asked twice an hour. */
const REPOSITORIES = 25;
const INTERVAL_MS = SECOND;

/** What was had of a repository: `etag` asks whether that is still so, which costs no request. */
interface Known {
  etag: string | undefined;
  stars: number | null;
}

/** GitHub: how many stars the repositories of papers have. */
export function createGitHub(deps: { client: HttpClient; baseUrl: string; intervalMs?: number }): PaperSource {
  const lane = { name: 'github', intervalMs: deps.intervalMs ?? INTERVAL_MS };
  const known = new Map<string, Known>();
  /** When each repository was asked for last, by count: who waits longest comes first. */
  const askedAt = new Map<string, number>();
  let asked = 0;

  const ask = (repository: string, signal: AbortSignal | undefined): Promise<Known> => {
    const before = known.get(repository);
    return deps.client.get<Known>(`${deps.baseUrl}/repos/${repository}`, {
      what: 'GitHub',
      variable: 'GITHUB_URL',
      accept: 'application/vnd.github+json',
      read: (body, headers) => ({ stars: starsIn(body), etag: headers.get('etag') ?? undefined }),
      ...(before && { etag: before.etag, unchanged: before }),
      absent: { stars: null, etag: undefined },
      lane,
      ...(signal && { signal }),
    });
  };

  return {
    name: 'github',
    fetch: async () => ({ papers: [], skipped: 0 }),
    async observe({ papers, signal }) {
      const byRepository = Map.groupBy(papers, repositoryOf);
      const turn = [...byRepository.keys()]
        .filter((repository) => repository !== null)
        .toSorted((a, b) => (askedAt.get(a) ?? -1) - (askedAt.get(b) ?? -1))
        .slice(0, REPOSITORIES);
      const observed: Observed = { observations: [], skipped: 0 };
      for (const [i, repository] of turn.entries()) {
        askedAt.set(repository, asked++);
        try {
          const found = await ask(repository, signal);
          known.set(repository, found);
          if (found.stars === null) observed.skipped++;
          else
            for (const { id: paperId } of byRepository.get(repository)!)
              observed.observations.push({ paperId, metric: 'stars', value: found.stars });
        } catch (error) {
          signal?.throwIfAborted();
          // Our share of the hour is used up, or GitHub is away: what was learnt so far counts.
          if (i === 0) throw error;
          return observed;
        }
      }
      return observed;
    },
  };
}

/** `owner/name` of an address on GitHub, also of a place within the repository. */
export function repositoryOf({ codeUrl }: Pick<LivePaper, 'codeUrl'>): string | null {
  const url = codeUrl === null ? null : URL.parse(codeUrl);
  if (!url || !/^(?:www\.)?github\.com$/i.test(url.hostname)) return null;
  const [, owner = '', name = ''] = url.pathname.split('/');
  const repository = `${owner}/${name.replace(/\.git$/i, '')}`;
  return /^[\w-]{1,39}\/[\w.-]{1,100}$/.test(repository) ? repository : null;
}

function starsIn(body: string): number | null {
  const answer: unknown = JSON.parse(body);
  if (typeof answer !== 'object' || answer === null) throw new TypeError('not a repository');
  return counted((answer as Record<string, unknown>)['stargazers_count']);
}
