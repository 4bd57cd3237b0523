import { NOTICE_CAPS } from '../../src/delivery/notice-caps.ts';
import { testRedis } from '../../tests/support/redis.ts';
import { until } from '../../tests/support/until.ts';
import { type Bench, compare, type Comparison, inRounds, type Row, shown } from '../comparison.ts';
import { openBare, openPaperboy } from '../contenders/sites.ts';
import { signUpScript, wrk } from '../contenders/wrk.ts';
import { MAIL_20_KB, openScene, type Scene } from '../scene.ts';

const SECONDS = 4;
const LEAST_SIGN_UPS = 4_000;
const PATIENCE_MS = 300_000;

/**
 * A sign-up against a bare route that inserts one row; and then, whether each of them has its
 * notice.
 */
async function race(bench: Bench, scene: Scene, queue: string, env: Record<string, string>): Promise<Row[]> {
  await using bare = await openBare(scene, { body: Buffer.from('-'), type: 'text/plain' });
  await using site = await openPaperboy(scene, 'api', env);
  let run = 0;
  let answered = 0;
  const signUp = async (name: string, url: string, target: string) => {
    const script = signUpScript(`${queue}-${name}-${run++}`.toLowerCase(), target);
    return wrk(bench, url, { seconds: SECONDS, script, scratch: scene.scratch });
  };
  const figures = await inRounds(bench, {
    bare: async () => (await signUp('bare', bare.url, '/')).perSecond,
    ours: async () => {
      const load = await signUp('ours', site.url, '/api/v1/subscriptions');
      answered += load.requests;
      return load.perSecond;
    },
  });
  return [
    compare(`Sign-ups, the queue in ${queue}`, {
      reference: { name: 'bare Fastify, one insert', figures: figures.bare },
      ours: { name: 'the site', figures: figures.ours },
      unit: 'sign-ups/s',
      target: { atLeast: 0.5 },
    }),
    await noticesOf(scene, queue, env, answered),
  ];
}

/** What goes within an hour, from networks that ask for one notice each. */
const [{ most: NOTICES_AN_HOUR } = { most: 0 }] = NOTICE_CAPS.total;

/** Starts a worker and waits until no sign-up is owed its notice, or the cap of an hour is reached. */
async function noticesOf(scene: Scene, queue: string, env: Record<string, string>, answered: number): Promise<Row> {
  const { db } = scene.store;
  const count = async (which: string): Promise<number> => {
    const { rows } = await db.$client.query<{ n: number }>(
      `select count(*)::int as n from subscriber where email like $1 and ${which}`,
      [`${queue.toLowerCase()}-ours-%`],
    );
    return rows[0]!.n;
  };
  const recorded = () => count('requested_at is not null');
  const asked = await recorded();
  if (asked < Math.max(answered, LEAST_SIGN_UPS))
    throw new Error(`Of ${answered} sign-ups that were answered ${asked} are in the database`);
  // Both queues are raced within the hour.
  const { rows } = await db.$client.query<{ n: number }>('select count(*)::int as n from spent_notice');
  const wanted = Math.max(0, NOTICES_AN_HOUR - rows[0]!.n);
  await using _worker = await openPaperboy(scene, 'worker', env);
  const isDone = async (): Promise<boolean> =>
    (await count('notice_sent_at is not null')) >= Math.min(await recorded(), wanted);
  await until('the notices', isDone, { within: PATIENCE_MS, every: 200 }).catch(() => {});
  const sent = await count('notice_sent_at is not null');
  const all = await recorded(); // some were still under way when the load ended
  const due = Math.min(all, wanted);
  return {
    what: `Sign-ups that have their notice, the queue in ${queue}`,
    reference: `${shown(answered)} answered with 202, ${shown(all)} recorded`,
    ours: `${shown(sent)} notices sent`,
    ratio: (sent / due).toFixed(3),
    target: `${shown(due)}, which an hour's cap lets go`,
    met: sent === due,
  };
}

export const signUps: Comparison = {
  name: 'sign-ups',
  async run(bench) {
    await using scene = await openScene(bench, { readers: 100, mail: MAIL_20_KB });
    await using redis = await testRedis();
    return {
      rows: [
        ...(await race(bench, scene, 'Postgres', {})),
        ...(await race(bench, scene, 'Redis', { REDIS_URL: redis.url })),
      ],
    };
  },
};
