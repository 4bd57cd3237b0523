import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, compare, type Comparison, inRounds, type Row, shown } from '../comparison.ts';
import { openBare, openPaperboy, type Site } from '../contenders/sites.ts';
import { type Load, pagesScript, wrk } from '../contenders/wrk.ts';
import { median } from '../figures.ts';
import { MAIL_50_KB, openScene, type Scene } from '../scene.ts';
import { watchMemory } from '../usage.ts';

const SECONDS = 4;
const AT_LEAST = 0.4;
const DAYS = 7;

/** Fetches what bare Fastify is to send. */
async function answerOf(site: Site, url: string): Promise<{ body: Buffer; type: string }> {
  const answer = await fetch(site.url + url, { headers: { 'accept-encoding': 'identity' } });
  return { body: Buffer.from(await answer.arrayBuffer()), type: answer.headers.get('content-type')! };
}

/** One page against bare Fastify that sends the same bytes. */
async function race(bench: Bench, scene: Scene, paperboy: Site, url: string): Promise<Row[]> {
  const answer = await answerOf(paperboy, url);
  await using bare = await openBare(scene, answer);
  const loads: Record<'bare' | 'ours', Load[]> = { bare: [], ours: [] };
  const load = async (name: 'bare' | 'ours', target: string): Promise<number> => {
    const found = await wrk(bench, target, { seconds: SECONDS, scratch: scene.scratch });
    loads[name].push(found);
    return found.perSecond;
  };
  const figures = await inRounds(bench, {
    bare: () => load('bare', `${bare.url}/`),
    ours: () => load('ours', paperboy.url + url),
  });
  const what = `${url}, ${shown(answer.body.length)} bytes`;
  const slowest = (found: readonly Load[]): number[] => found.slice(1).map(({ p99 }) => p99 * 1000);
  const p99 = { bare: slowest(loads.bare), ours: slowest(loads.ours) };
  return [
    compare(what, {
      reference: { name: 'bare Fastify', figures: figures.bare },
      ours: { name: 'the site', figures: figures.ours },
      unit: 'requests/s',
      target: { atLeast: AT_LEAST },
    }),
    compare(`${what}: 99 of 100 within`, {
      reference: { name: 'bare Fastify', figures: p99.bare },
      ours: { name: 'the site', figures: p99.ours },
      unit: 'ms',
      target: null,
    }),
  ];
}

async function openNewspaper(bench: Bench): Promise<Scene & { lastDay: string }> {
  const scene = await openScene(bench, { readers: 100, mail: MAIL_50_KB });
  let lastDay = scene.firstDay;
  for (let day = 1; day < DAYS; day++) lastDay = await scene.nextDay();
  return { ...scene, lastDay };
}

export const pages: Comparison = {
  name: 'pages',
  async run(bench) {
    await using scene = await openNewspaper(bench);
    await using site = await openPaperboy(scene, 'api');
    const rows: Row[] = [];
    for (const url of ['/', `/editions/${scene.lastDay}`, '/feed.xml', '/api/v1/papers'])
      rows.push(...(await race(bench, scene, site, url)));
    return { rows };
  },
};

/** Steady, not as many as go: what readers bring while others read. */
const SIGN_UPS = { perSecond: 100, connections: 4 };

export const pagesBesideSignUps: Comparison = {
  name: 'pages-beside-sign-ups',
  async run(bench) {
    await using scene = await openNewspaper(bench);
    await using site = await openPaperboy(scene, 'api');
    const done = new AbortController();
    const signUps = signUpSteadily(site, done.signal);
    const rows = await race(bench, scene, site, '/');
    done.abort();
    const taken = await signUps;
    return {
      rows: rows.map((row) => ({ ...row, what: `${row.what}, beside ${SIGN_UPS.perSecond} sign-ups a second` })),
      notes: `Beside the pages ${shown(taken)} sign-ups were answered with 202.`,
    };
  },
};

async function signUpSteadily(site: Site, done: AbortSignal): Promise<number> {
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (!done.aborted) {
      const n = sent++;
      const answer = await fetch(`${site.url}/api/v1/subscriptions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.9.${(n >> 8) & 255}.${n & 255}` },
        body: JSON.stringify({ email: `beside-${n}@example.net` }),
      });
      if (answer.status !== 202) throw new Error(`A sign-up was answered with ${answer.status}`);
      await pause((1000 * SIGN_UPS.connections) / SIGN_UPS.perSecond);
    }
  };
  await Promise.all(Array.from({ length: SIGN_UPS.connections }, lane));
  return sent;
}

const MANY = 10_000;

/** A crawler that asks for ten thousand different pages must not fill the memory. */
export const manyPages: Comparison = {
  name: 'many-pages',
  async run(bench) {
    await using scene = await openNewspaper(bench);
    await scene.store.db.$client.query(
      `
      insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at)
      select 'arxiv:2402.' || lpad(i::text, 5, '0'), 'arxiv', 'Paper number ' || i, repeat('It is about something. ', 200),
        array['A. Author'], now() - interval '1 year', '{}', '{}', now()
      from generate_series(1, $1::int) i`,
      [MANY],
    );
    await using site = await openPaperboy(scene, 'api');
    const crawl = async (pages: number): Promise<number> => {
      const memory: number[] = [];
      using _ = watchMemory(site.child, memory);
      let asked = 0;
      while (asked < 2 * pages)
        asked += (await wrk(bench, site.url, { seconds: 5, script: pagesScript(pages), scratch: scene.scratch }))
          .requests;
      return median(memory.slice(Math.floor(memory.length / 2)));
    };
    const few = await crawl(100);
    const many = await crawl(MANY);
    return {
      rows: [
        {
          what: `Memory of the site when ${shown(MANY)} different pages were asked for twice`,
          reference: `a hundred pages: ${shown(few)} MB`,
          ours: `${shown(many)} MB`,
          ratio: `+${shown(many - few)} MB`,
          target: '≤ 100 MB',
          met: many - few <= 100,
        },
      ],
    };
  },
};
