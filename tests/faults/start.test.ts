import { expect, test } from 'vitest';
import { expectNobodyLost, expectNoDoubts } from './nobody-lost.ts';
import { IN_FLIGHT, nthEvent, openSmallStage, PATIENCE, READERS } from './stage.ts';

test(
  'one process with everything in it is stopped in the midst of a digest, and later killed: everybody gets it, and few get it twice',
  { timeout: PATIENCE },
  async () => {
    await using stage = await openSmallStage();
    const { home, relay } = stage;
    const date = await stage.digest();
    await nthEvent(relay, READERS);
    await stage.app.stop();

    const stopped = await home.start();
    expect(await stage.isThrough(date)).toBe(false);
    await expectNoDoubts(stage, date);
    await nthEvent(relay, READERS);
    await stopped.kill();
    expect(await stage.sending(date)).toBeGreaterThan(0);
    expect(await stage.isThrough(date)).toBe(false);
    await stage.hurry(date);

    const killed = await home.start();
    await stage.finish(date);
    console.log(
      `one process killed: ${await expectNobodyLost(stage, date, { readers: READERS, extra: IN_FLIGHT })} extra copies`,
    );
    await killed.stop();
  },
);
