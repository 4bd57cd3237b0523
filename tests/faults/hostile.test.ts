import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { createKeyring, type Purpose } from '../../src/subscribers/tokens.ts';
import { installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { takePulse } from '../support/pulse.ts';
import { type Random, randomOf } from '../support/random.ts';
import { addEdition, samplePaper, TOPICS, TODAY } from '../support/site.ts';
import { sourceServer } from '../support/source-server.ts';
import { topic } from '../../src/db/schema.ts';
import { mutateDailyPapers, mutateFeed, mutateRequest } from './mutations.ts';

/** `npm run test:hostile` sends 10,000 of each. */
const COUNT = Number(process.env['HOSTILE_COUNT'] ?? 400);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 1_000_000);
/** What is promised of an idle machine. The suite's other half runs beside this. */
const SLOWEST_MS = process.env['HOSTILE_COUNT'] ? 250 : 1_500;
const MOST_MB = 500;
const AT_ONCE = 32;
/** An unfinished request is waited for so long. The server waits for 30 seconds. */
const PATIENCE_MS = 1_000;
const TIMEOUT = 60_000 + 100 * COUNT;
const SECRET = 'a secret of the hostile suite which is long enough';

test(
  'no request, however mangled, gets an answer of 500 or more, holds others up or fills the memory',
  { timeout: TIMEOUT },
  async () => {
    await using database = await testDatabase();
    await database.db.insert(topic).values(TOPICS);
    await addEdition(
      database.db,
      TODAY,
      [1, 2, 3].map((n) => samplePaper(n, TODAY)),
    );
    const readers = await addReaders(database.db, manyReaders(20));
    await using home = await installation({
      DATABASE_URL: database.url,
      SECRET_KEY: SECRET,
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'error',
    });
    const app = await home.start('api');
    const pulse = await takePulse(home.site);
    const random = randomOf(SEED);
    const keyring = createKeyring([SECRET]);
    const token = (purpose: string): string =>
      keyring.sign(purpose as Purpose, { subscriberId: readers[random(readers.length)]!, issuedAt: new Date() });
    const port = Number(new URL(home.site).port);
    const seen = new Map<number, number>();
    const broken: string[] = [];
    let sent = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (sent++ < COUNT) {
          const request = mutateRequest(random, token);
          const status = await answerTo(port, request);
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status >= 500) broken.push(`${status}: ${request.toString('latin1').slice(0, 500)}`);
        }
      }),
    );
    const { slowest, failed } = await pulse.stop();
    const mb = residentMb(app.pid);
    const tally = [...seen].toSorted(([a], [b]) => a - b).map(([status, times]) => `${status || 'none'}: ${times}`);
    console.log(`${COUNT} requests, seed ${SEED}: ${tally.join(', ')}; health ${slowest.toFixed(0)} ms, ${mb} MB`);
    expect(broken, `seed ${SEED}\n${app.complaints()}`).toEqual([]);
    expect(seen.get(200)).toBeGreaterThan(COUNT / 50);
    expect(failed).toBe(0);
    expect(slowest).toBeLessThan(SLOWEST_MS);
    expect(mb).toBeLessThan(MOST_MB);
    await app.stop();
  },
);

test(
  'no answer of a source, however damaged, breaks an ingest, holds others up or fills the memory',
  { timeout: TIMEOUT },
  async () => {
    await using database = await testDatabase();
    const random = randomOf(SEED);
    let answers = 0;
    const rounds = Math.ceil(COUNT / 2.5);
    await using source = await sourceServer((request, response) => {
      answers++;
      response.end(damaged(random, request.url!));
    });
    const program = path.join(import.meta.dirname, 'hostile-ingest.ts');
    const child = spawn(process.execPath, [program, source.url, database.url, String(rounds)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      const port = (await lines.next()).value as string;
      const pulse = await takePulse(`http://127.0.0.1:${port}`);
      const result = JSON.parse((await lines.next()).value as string) as Record<string, number> & { broken: string[] };
      const { slowest, failed } = await pulse.stop();
      child.stdin.end();
      const { broken, rssMb, ...sums } = result;
      console.log(
        `${answers} answers, seed ${SEED}: ${JSON.stringify(sums)}; health ${slowest.toFixed(0)} ms, ${rssMb} MB`,
      );
      expect(broken, `seed ${SEED}`).toEqual([]);
      expect(answers).toBeGreaterThanOrEqual(2 * rounds);
      expect(result['papers']).toBeGreaterThan(rounds / 2);
      expect(failed).toBe(0);
      expect(slowest).toBeLessThan(SLOWEST_MS);
      expect(rssMb).toBeLessThan(MOST_MB);
    } finally {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
  },
);

const damaged = (random: Random, url: string): string => {
  if (url.startsWith('/rss')) return mutateFeed(random);
  return url.includes('p=0') ? mutateDailyPapers(random) : random(4) === 0 ? mutateDailyPapers(random) : '[]';
};

/** The status of the first answer, or 0 when the server hangs up without one. */
async function answerTo(port: number, request: Buffer): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {}); // it may hang up while we still write
  socket.setTimeout(PATIENCE_MS, () => socket.end().setTimeout(5_000, () => socket.destroy()));
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    if (text.length < 100) text += chunk.toString('latin1');
  });
  socket.write(request); // its end would say that no answer is wanted any more
  await once(socket, 'close').catch(() => {});
  return Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(text)?.[1] ?? 0);
}

const residentMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_000);
