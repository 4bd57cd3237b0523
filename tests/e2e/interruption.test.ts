import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { hang, sourceServer } from '../support/source-server.ts';
import { paper } from '../support/papers.ts';
import { finished, installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

const SECRET_KEY = 'a secret of the end-to-end tests which is long enough';
const PATIENCE = 120_000;

/**
 * A command that is stopped in the middle: what it says, with which code it ends, and how long that
 * takes in milliseconds.
 */
async function interrupt(
  child: ReturnType<Awaited<ReturnType<typeof installation>>['spawn']>,
  signal: 'SIGINT' | 'SIGTERM',
  atWork: () => Promise<unknown>,
) {
  const end = finished(child);
  await Promise.race([
    atWork(),
    once(child, 'exit').then(() => {
      throw new Error('It ended by itself');
    }),
  ]);
  const asked = performance.now();
  child.kill(signal);
  return { ...(await end), took: performance.now() - asked };
}

describe.concurrent('a command that is stopped before its end says so, and stops soon', () => {
  test('an import, whose readers so far are in', { timeout: PATIENCE }, async () => {
    await using database = await testDatabase();
    await using home = await installation({ DATABASE_URL: database.url, SECRET_KEY });
    const file = path.join(home.scratch, 'readers.csv');
    writeFileSync(file, `email\n${Array.from({ length: 300_000 }, (_, i) => `reader${i}@example.org`).join('\n')}\n`);
    const stored = async () =>
      Number((await database.db.$client.query('select count(*) from subscriber')).rows[0].count);
    const { code, stdout, stderr, took } = await interrupt(
      home.spawn(['subscribers', 'import', file, '--confirmed']),
      'SIGINT',
      () => until('the first readers', async () => (await stored()) > 0),
    );
    expect([code, stderr]).toEqual([130, expect.stringMatching(/^paperboy: stopped by SIGINT before it was done\./m)]);
    expect(stdout).toContain(`${await stored()} added`);
    expect(await stored()).toBeLessThan(300_000);
    expect(took).toBeLessThan(9_000);
  });

  test('an ingest whose source hangs', { timeout: PATIENCE }, async () => {
    await using database = await testDatabase();
    await using source = await sourceServer(hang);
    await using home = await installation({ DATABASE_URL: database.url, SECRET_KEY, HUGGINGFACE_URL: source.url });
    const { code, stderr, took } = await interrupt(home.spawn(['ingest']), 'SIGTERM', () =>
      until('a request', () => source.requests.length > 0),
    );
    expect([code, stderr]).toEqual([143, expect.stringContaining('stopped by SIGTERM')]);
    expect(took).toBeLessThan(9_000);
  });

  test('sending, whose mail so far is recorded and whose rest the next one sends', { timeout: PATIENCE }, async () => {
    await using database = await testDatabase();
    await using relay = await mailReceiver({ delay: 200 });
    await using home = await installation({
      DATABASE_URL: database.url,
      SECRET_KEY,
      SMTP_URL: relay.url,
      SMTP_CONNECTIONS: '2',
      MAIL_FROM: 'Paperboy <paperboy@papers.example>',
    });
    await writePapers(database.db, [paper('arxiv:2605.00001')], new Date());
    await addReaders(database.db, manyReaders(60));
    const send = ['digest', 'send', '--date', '2026-05-29', '--json'];
    const { code, stdout, stderr, took } = await interrupt(home.spawn(send), 'SIGTERM', () => relay.whenReceived(3));
    expect([code, stderr]).toEqual([143, expect.stringContaining('stopped by SIGTERM')]);
    expect(took).toBeLessThan(9_500);
    const sums = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
    expect(sums).toMatchObject({ frozen: 60, accepted: relay.received.length });
    expect(sums['pending']).toBeGreaterThan(0);
    expect(JSON.parse((await home.paperboy(...send)).trim().split('\n').at(-1)!)).toMatchObject({
      frozen: 60,
      accepted: 60,
      pending: 0,
    });
    expect(relay.received).toHaveLength(60);
  });
});
