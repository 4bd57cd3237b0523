import { dailyPapers, sourceServer, type SourceServer } from './source-server.ts';

export interface PaperServer extends AsyncDisposable {
  url: string;
  /** Whether it answers; while it does not, every request gets 503. */
  up: boolean;
}

/** As many as an edition has, and none that another day has too. */
const PAPERS_A_DAY = 8;

/** A Hugging Face of our own on loopback, where every day has made-up papers. It knows no arXiv. */
export async function paperServer({ up = true } = {}): Promise<PaperServer> {
  const papers = dailyPapers((date) => papersOf(date ?? new Date().toISOString().slice(0, 10)));
  const server: SourceServer = await sourceServer((request, response) => {
    if (made.up && request.url!.startsWith('/api/daily_papers')) return papers(request, response);
    response.writeHead(made.up ? 404 : 503).end();
  });
  const made: PaperServer = { url: server.url, up, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  return made;
}

function papersOf(date: string): unknown[] {
  const [year, month, day] = date.split('-') as [string, string, string];
  return Array.from({ length: PAPERS_A_DAY }, (_, i) => ({
    title: `Finding ${i + 1} of ${date}`,
    numComments: i,
    paper: {
      id: `${year.slice(2)}${month}.${day}${String(100 + i)}`,
      title: `Finding ${i + 1} of ${date}`,
      summary: 'We looked closely and found something. It was there all along. Others may find it too.',
      authors: [{ name: 'Ada Lovelace' }, { name: 'Émilie du Châtelet' }],
      publishedAt: `${date}T00:00:00.000Z`,
      upvotes: 10 * (i + 1),
    },
  }));
}
