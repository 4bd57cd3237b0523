import { describe, expect, test } from 'vitest';
import { expectNobodyLost } from './nobody-lost.ts';
import { IN_FLIGHT, nthEvent, onEachQueue, openStage, PATIENCE, READERS } from './stage.ts';
import { until } from '../support/until.ts';

/** Hundreds were left to send: one that went on as if nothing had happened would send them. */
const UNDER_WAY = 2;

describe.concurrent('while most of the time nothing happens', () =>
  onEachQueue((queue) => {
    test(
      'of two workers one dies and one freezes: a third finds what both held, unaided, and who wakes after its lease sends nothing',
      { timeout: PATIENCE },
      async () => {
        await using stage = await openStage(queue);
        const { home, relay } = stage;
        const date = await stage.digest();
        const [frozen, killed] = await Promise.all([home.start('worker'), home.start('worker')]);
        await nthEvent(relay, READERS);
        process.kill(frozen.pid, 'SIGSTOP');
        await killed.kill();
        expect(await stage.sending(date)).toBeGreaterThan(0);
        expect(await stage.isThrough(date)).toBe(false);

        const third = await home.start('worker');
        await until('the digest to be through', () => stage.isThrough(date), { within: PATIENCE });
        await third.stop();

        // A text that was being written when its worker froze may end now: it was under way.
        const [texts, lines] = [relay.times('BODY'), said(frozen)];
        process.kill(frozen.pid, 'SIGCONT');
        await until('the woken worker to give up its batches', () => said(frozen) >= lines + 2);
        await frozen.stop();
        expect(relay.times('BODY')).toBeLessThanOrEqual(texts + UNDER_WAY);
        console.log(
          `queue in ${queue}: ${await expectNobodyLost(stage, date, { readers: READERS, extra: 2 * IN_FLIGHT })} extra copies`,
        );
      },
    );
  }),
);

/** A worker has some batches in hand, and logs a line when it lets go of one. */
const said = (worker: { output(): string; complaints(): string }): number =>
  `${worker.output()}${worker.complaints()}`.split('Batch delivered').length - 1;
