import { requireTrueClock } from '../db/clock.ts';
import { transaction } from '../db/client.ts';
import { endWarmUp, startWarmUp, warmUpsOn } from '../db/warm-ups.ts';
import { dayOf } from '../day.ts';
import { requireShapingRules } from '../delivery/own-shaping.ts';
import { FIRST_DAY, LOOK_MS } from '../delivery/warm-up.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';
import { hostNamed, warmUpLine } from './shaping.ts';

/** More than a plan is for: it would hold nothing back. */
const MOST_AT_FIRST = 100_000;

export async function warmupStart(
  { config, log, signal, print }: Context,
  name: string,
  options: { allowance?: string },
): Promise<void> {
  const allowance = allowanceOf(options.allowance);
  const host = await hostNamed(await requireShapingRules(config.dataDir), name);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const now = store.now();
  if (!(await startWarmUp(store.db, { host, allowance, today: dayOf(now) }, now)))
    throw new AppError('INPUT_INVALID', `The warm-up of ${host} is on. "paperboy warmup off ${host}" ends it first.`);
  await print(
    `The warm-up of ${host} is on: ${allowance} messages today, and half as many more after each day on which it ` +
      'used half of that and less than 2 % were refused. What is over waits for the next day (UTC); a digest that waited ' +
      'two days is skipped (warm-up), and its papers come with the next one.',
  );
}

function allowanceOf(text: string | undefined): number {
  if (text === undefined) return FIRST_DAY;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_AT_FIRST) return count;
  throw new AppError(
    'INPUT_INVALID',
    `--allowance must be a whole number from 1 to ${MOST_AT_FIRST}, not "${text.slice(0, 20)}".`,
  );
}

export async function warmupOff({ config, log, signal, print }: Context, name: string): Promise<void> {
  const host = await hostNamed(await requireShapingRules(config.dataDir), name);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const now = store.now();
  // Workers see within so long that the plan is over: what comes sooner would be held once more.
  const dueAt = new Date(now.getTime() + 1.5 * LOOK_MS);
  const released = await transaction(store.db, (tx) => endWarmUp(tx, host, now, dueAt));
  if (released === null)
    throw new AppError('NOT_FOUND', `No warm-up of ${host} is on. "paperboy warmup status" shows those that are.`);
  await print(`The warm-up of ${host} is over. ${released} messages that waited are tried again within two minutes.`);
}

/** The plans that are on, and how far they are. */
export async function warmupStatus(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const plans = await warmUpsOn(store.db);
  if (json) return print(JSON.stringify(plans));
  if (plans.length === 0) await print('No mail host is being warmed up.');
  for (const plan of plans) await print(`${plan.host}: ${warmUpLine(plan)}`);
}
