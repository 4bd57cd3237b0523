// How fast each page of the desk is over many readers and deliveries, and whether looking slows a
// digest. Prints one JSON object as its last line.
//   npm run bench:desk -- --readers 1000000 --deliveries 30000000     each page 20 times
//   npm run bench:desk -- --readers 100000 --deliveries 1000000 --beside
// Further: --times N (of each page), --rounds N (digests with and without somebody who looks),
// --pause MS (between two pages of who looks), --connections N
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addDays } from '../src/day.ts';
import { createSums } from '../src/delivery/sums.ts';
import { type Bench, inRounds } from './comparison.ts';
import { openPaperboy } from './contenders/sites.ts';
import { openWorkers } from './contenders/workers.ts';
import { fillDesk } from './desk-fill.ts';
import { type Asked, DESK_PAGES } from './desk-pages.ts';
import { median } from './figures.ts';
import { MAIL_20_KB, openScene, type Scene } from './scene.ts';

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '100000' },
    deliveries: { type: 'string', default: '1000000' },
    times: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    pause: { type: 'string', default: '250' },
    connections: { type: 'string', default: '20' },
    beside: { type: 'boolean', default: false },
  },
});
const [readers, deliveries, times, rounds, pauseMs, connections] = [
  values.readers,
  values.deliveries,
  values.times,
  values.rounds,
  values.pause,
  values.connections,
].map(whole) as [number, number, number, number, number, number];

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
const say = (text: string): void => console.error(text);
const bench: Bench = { readers, rounds, connections, million: false, redis: false, signal: stopping.signal, say };
const seconds = (ms: number): number => Math.round(ms / 10) / 100;
const milliseconds = (ms: number): number => Math.round(10 * ms) / 10;
const token = randomBytes(24).toString('base64url');

/** Somebody logged in: asks for a page, and tells how long it took. */
interface Visitor {
  get(path: string): Promise<number>;
}

// The others are added where nothing bounds how long that takes.
await using scene = await openScene(bench, { readers: 1, mail: MAIL_20_KB });
const { date, frozen } = await fillDesk(scene.store, {
  readers,
  days: Math.max(1, Math.round(deliveries / readers)),
  say,
});
say('sums');
const sums = createSums(scene.store);
const first = await timed(() => sums.count());
const again = await timed(() => sums.count());
await using site = await openPaperboy(scene, 'api', { ADMIN_TOKEN: token });
const visitor = await logIn(site.url);
const asked: Asked = { date, next: addDays(date, 1), reader: 1 };
const result = values.beside ? await besideDigests(scene, visitor) : await eachPage(visitor);
console.log(
  JSON.stringify({ readers, deliveries: frozen, sumsFirst: seconds(first), sumsAgain: seconds(again), ...result }),
);

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`"${text}" must be a whole number above 0`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function logIn(url: string): Promise<Visitor> {
  const answer = await fetch(`${url}/admin/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }).toString(),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (answer.status !== 303 || cookie === undefined) throw new Error(`The login was answered with ${answer.status}`);
  return {
    get: (path) =>
      timed(async () => {
        const page = await fetch(`${url}/admin${path}`, { redirect: 'manual', headers: { cookie } });
        await page.arrayBuffer();
        if (page.status !== 200) throw new Error(`/admin${path} was answered with ${page.status}`);
      }),
  };
}

/** Each page so many times; what is counted for its first look is told apart. */
async function eachPage({ get }: Visitor) {
  const pages = [];
  for (const pathOf of DESK_PAGES) {
    const path = pathOf(asked);
    const firstLook = await get(path);
    const looks: number[] = [];
    for (let look = 0; look < times; look++) looks.push(await get(path));
    const page = {
      page: `/admin${path}`,
      median: milliseconds(median(looks)),
      slowest: milliseconds(Math.max(...looks)),
      first: milliseconds(firstLook),
    };
    say(`  ${page.page}: ${page.median} ms, at most ${page.slowest}, first ${page.first}`);
    pages.push(page);
  }
  return { times, slowestMedian: Math.max(...pages.map((page) => page.median)), pages };
}

/** A digest to all readers, with and without somebody who goes from page to page. */
async function besideDigests(of: Scene, looker: Visitor) {
  // Editions of the scene are of no topic: every reader gets the same mail.
  const { $client } = of.store.db;
  await $client.query(`update subscriber set topics = '{all}' where status = 'active'`);
  const { rows } = await $client.query(`select count(*)::int as active from subscriber where status = 'active'`);
  await using workers = await openWorkers({ ...of, readers: rows[0].active as number });
  let looks = 0;
  const look = async (done: AbortSignal): Promise<void> => {
    while (!done.aborted)
      for (const pathOf of DESK_PAGES) {
        if (done.aborted) break;
        await looker.get(pathOf(asked));
        looks += 1;
        await pause(pauseMs);
      }
  };
  const figures = await inRounds(bench, {
    alone: async () => (await workers.deliver()).perSecond,
    looked: async () => {
      const done = new AbortController();
      const looking = look(done.signal);
      const { perSecond } = await workers.deliver();
      done.abort();
      await looking;
      return perSecond;
    },
  });
  const slowdowns = figures.alone.map((alone, round) => 1 - figures.looked[round]! / alone);
  return {
    rounds,
    pauseMs,
    looks,
    alone: Math.round(median(figures.alone)),
    looked: Math.round(median(figures.looked)),
    slowdown: Math.round(1000 * median(slowdowns)) / 1000,
    slowdowns: slowdowns.map((slowdown) => Math.round(1000 * slowdown) / 1000),
  };
}
