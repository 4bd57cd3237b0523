// A process of its own that takes in papers, again and again, from the source at argv[2] into the
// database at argv[3], and answers /health/live until its input ends. It prints its port, and after
// argv[4] rounds what became of them.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { openDatabase } from '../../src/db/client.ts';
import { buildMetricsServer } from '../../src/http/metrics-server.ts';
import { createArxiv } from '../../src/papers/arxiv.ts';
import { createHttpClient } from '../../src/papers/fetch.ts';
import { createHuggingFace } from '../../src/papers/huggingface.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createLogger } from '../../src/telemetry.ts';

const [, , url = '', database = '', rounds = '0'] = process.argv;
const log = createLogger('silent');
const db = openDatabase({ url: database });
const health = await buildMetricsServer({ log, metrics: createMetrics().registry, ready: async () => ({}) });
await health.listen({ port: 0, host: '127.0.0.1' });
console.log(String((health.server.address() as AddressInfo).port));
await sleep(500); // the pulse is taken from here on

const client = createHttpClient({ userAgent: 'test', now: () => new Date(), attempts: 1, wait: async () => {} });
const sources = [
  createHuggingFace({ client, baseUrl: url }),
  createArxiv({ client, apiUrl: url, rssUrl: url, categories: ['cs.AI'], intervalMs: 0 }),
];
const result = { papers: 0, skipped: 0, refused: 0, broken: [] as string[], rssMb: 0 };
for (let round = 0; round < Number(rounds); round++) {
  for (const { papers, skipped, error } of await ingest({ db, sources, now: () => new Date(), log })) {
    result.papers += papers;
    result.skipped += skipped;
    if (error?.message.startsWith('Cannot read')) result.refused++;
    else if (error) result.broken.push(`round ${round}: ${error.message} ${String(error.cause)}`);
  }
  result.rssMb = Math.max(result.rssMb, Math.round(process.memoryUsage.rss() / 1_000_000));
}
console.log(JSON.stringify(result));
await once(process.stdin.resume(), 'end'); // whoever takes the pulse stops first
await health.close();
await db.$client.end();
