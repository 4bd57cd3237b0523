import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectEachOnce, expectNobodyLost } from './nobody-lost.ts';
import { IN_FLIGHT, onEachQueue, openStage, PATIENCE, READERS, seeded, someMoment, type Stage } from './stage.ts';

const KILLS = Number(process.env['FAULT_KILLS'] ?? 6);
const STOPS = 2;

onEachQueue((queue) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(queue);
  }, PATIENCE);
  afterAll(() => stage[Symbol.asyncDispose]());

  test(
    'a worker killed again and again in the midst of a digest: nobody is lost, and few get it twice',
    { timeout: PATIENCE },
    async () => {
      const random = seeded(`killing workers, queue in ${queue}`);
      const date = await stage.digest();
      for (let hits = 0; hits < KILLS;) {
        const worker = stage.home.spawn(['worker']);
        const exited = once(worker, 'exit');
        const ended = exited.then(() => {
          throw new Error('The worker ended by itself');
        });
        await Promise.race([someMoment(stage.relay, random, READERS / KILLS), ended]);
        worker.kill('SIGKILL');
        await exited;
        if ((await stage.sending(date)) > 0) hits++;
        expect(await stage.isThrough(date), 'whether it came to its end before its kills').toBe(false);
        await stage.hurry(date);
      }
      const last = await stage.home.start('worker');
      await stage.finish(date);
      await last.stop();
      console.log(
        `${KILLS} kills: ${await expectNobodyLost(stage, date, { readers: READERS, extra: KILLS * IN_FLIGHT })} extra copies`,
      );
    },
  );

  test(
    'workers that are asked to stop in the midst of a digest: everybody gets it once',
    { timeout: PATIENCE },
    async () => {
      const random = seeded(`stopping workers, queue in ${queue}`);
      const date = await stage.digest();
      for (let stops = 0; stops < STOPS; stops++) {
        const worker = await stage.home.start('worker');
        await someMoment(stage.relay, random, READERS / STOPS / 2);
        await worker.stop();
        expect(await stage.isThrough(date)).toBe(false);
        await expectEachOnce(stage, date);
      }
      const last = await stage.home.start('worker');
      await stage.finish(date);
      await last.stop();
      await expectNobodyLost(stage, date, { readers: READERS, extra: 0 });
    },
  );
});
