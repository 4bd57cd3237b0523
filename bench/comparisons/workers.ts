import { testRedis } from '../../tests/support/redis.ts';
import { type Bench, compare, type Comparison, type Findings, inRounds, type Row } from '../comparison.ts';
import { freshWorkers } from '../contenders/workers.ts';
import { MAIL_20_KB, openScene } from '../scene.ts';

interface Pair {
  what: string;
  readers: (bench: Bench) => number;
  relay?: readonly string[];
  warmUp: boolean;
  atLeast: number;
}

/**
 * Where the relay is the limit, a second worker gets twice as much through. Forty seconds of work
 * for one are enough to see it.
 */
const SLOW_RELAY: Pair = {
  what: 'a relay that takes a second per message',
  readers: ({ connections, readers }) => Math.min(40 * connections, Math.ceil(readers / 20)),
  relay: ['-w', '1'],
  warmUp: false,
  atLeast: 1.9,
};
/** Where the processor is the limit, a second worker costs nothing. */
const FAST_RELAY: Pair = {
  what: 'a relay that is no limit',
  readers: (bench) => bench.readers,
  warmUp: true,
  atLeast: 1,
};

const pair = (name: string, { what, readers, relay = [], warmUp, atLeast }: Pair): Comparison => ({
  name,
  async run(bench): Promise<Findings> {
    await using scene = await openScene(bench, { readers: readers(bench), mail: MAIL_20_KB, relay });
    const race = async (queue: string, redisUrl?: string): Promise<Row> => {
      const { one, two } = await inRounds(bench, {
        one: () => freshWorkers(scene, { redisUrl }, { warmUp }),
        two: () => freshWorkers(scene, { count: 2, redisUrl }, { warmUp }),
      });
      const sides = { reference: { name: 'one worker', figures: one }, ours: { name: 'two workers', figures: two } };
      return compare(`Two workers, ${what}, the queue in ${queue}`, {
        ...sides,
        unit: 'messages/s',
        target: { atLeast },
      });
    };
    const rows = [await race('Postgres')];
    if (!bench.redis) return { rows };
    await using redis = await testRedis();
    return { rows: [...rows, await race('Redis', redis.url)] };
  },
});

export const slowRelay = pair('workers-slow-relay', SLOW_RELAY);
export const fastRelay = pair('workers', FAST_RELAY);
