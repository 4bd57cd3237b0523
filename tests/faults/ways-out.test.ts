import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findProgram, requires } from '../support/require.ts';
import { tokenServer } from '../support/token-server.ts';
import { until } from '../support/until.ts';
import { expectNobodyLost } from './nobody-lost.ts';
import { IN_FLIGHT, openStage, PATIENCE, seeded, someMoment, type Stage } from './stage.ts';

const READERS = 200;

/** Kills a worker at some moment of the digest's first half, and lets another finish it. */
async function killWorkerOnce(stage: Stage, date: string, what: string): Promise<void> {
  const worker = stage.home.spawn(['worker']);
  const exited = once(worker, 'exit');
  await someMoment(stage.relay, seeded(what), READERS / 2);
  worker.kill('SIGKILL');
  await exited;
  expect(await stage.isThrough(date), 'whether it came to its end before the kill').toBe(false);
  await stage.hurry(date);
}

requires('msmtp')('a digest through a local mail program', () => {
  test(
    'loses no one when the program and the worker are killed, and doubles at most what was in flight',
    { timeout: PATIENCE },
    async () => {
      await using stage = await openStage('postgres', {
        readers: READERS,
        way: ({ port }) => ({
          SMTP_URL: `sendmail://${findProgram('msmtp')}?args=${encodeURIComponent(`--host=127.0.0.1 --port=${port} --auth=off --tls=off`)}`,
        }),
      });
      const first = await stage.digest();
      await killWorkerOnce(stage, first, 'killing a worker with mail programs');
      const last = await stage.home.start('worker');
      await stage.finish(first);
      const extra = await expectNobodyLost(stage, first, { readers: READERS, extra: IN_FLIGHT });
      console.log(`A worker killed with mail programs: ${extra} extra copies`);

      // Now a program, with its message half read by the relay. In a digest of its own: who is hit
      // twice stays unknown, with SMTP as here.
      let killed: number | null = null;
      stage.relay.options.act = ({ moment }) => {
        if (moment !== 'BODY' || killed !== null) return undefined;
        killed = pidOf(`--port=${stage.relay.port}`);
        if (killed !== null) process.kill(killed, 'SIGKILL');
        return undefined;
      };
      const second = await stage.digest();
      await until('a program to be killed', () => killed !== null);
      await stage.finish(second);
      await last.stop();
      await expectNobodyLost(stage, second, { readers: READERS, extra: 1 });
    },
  );
});

test(
  'a digest through a relay that only knows OAuth2 loses no one when the worker is killed and the token withdrawn',
  { timeout: PATIENCE },
  async () => {
    await using tokens = await tokenServer();
    await using stage = await openStage('postgres', {
      readers: READERS,
      relay: {
        extensions: ['PIPELINING', '8BITMIME', 'AUTH XOAUTH2'],
        login: (line) => tokens.isGood(line, 'me@papers.example'),
      },
      way: ({ port }) => ({
        SMTP_URL: `smtp://me%40papers.example@127.0.0.1:${port}?auth=oauth2`,
        SMTP_OAUTH_CLIENT_ID: tokens.grant.clientId,
        SMTP_OAUTH_CLIENT_SECRET: tokens.grant.clientSecret,
        SMTP_OAUTH_REFRESH_TOKEN: tokens.grant.refreshToken,
        SMTP_OAUTH_TOKEN_URL: tokens.grant.tokenUrl,
      }),
    });
    const date = await stage.digest();
    await killWorkerOnce(stage, date, 'killing a worker with OAuth2');
    // From the middle on, connections break and the old token is not taken any more.
    let broken = false;
    stage.relay.options.act = ({ moment }) => {
      if (moment !== 'MAIL' || broken) return undefined;
      broken = true;
      tokens.good.clear();
      return 'drop';
    };
    const last = await stage.home.start('worker');
    await stage.finish(date);
    await last.stop();
    const extra = await expectNobodyLost(stage, date, { readers: READERS, extra: IN_FLIGHT });
    // Each worker once, and again for the one that was withdrawn; a look at the relay's health has one of its own.
    expect(tokens.asked).toBeGreaterThanOrEqual(3);
    expect(tokens.asked).toBeLessThanOrEqual(5);
    console.log(`A worker killed with OAuth2: ${extra} extra copies`);
  },
);

/** A process with this among its arguments, by Linux's own list; `null`: there is none. */
function pidOf(argument: string): number | null {
  for (const file of globSync('/proc/[0-9]*/cmdline')) {
    try {
      if (readFileSync(file, 'utf8').split('\0').includes(argument)) return Number(file.split('/')[2]);
    } catch {
      // It ended meanwhile.
    }
  }
  return null;
}
