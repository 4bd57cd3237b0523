import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestSums, openDigest } from '../../src/db/digests.ts';
import { readTrail } from '../../src/db/trail.ts';
import { writePapers } from '../../src/db/papers.ts';
import { dayOf } from '../../src/day.ts';
import { startService } from '../../src/runtime.ts';
import { createLogger } from '../../src/telemetry.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { paper } from '../support/papers.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { configFor, paperboy, paperboyWith } from '../support/commands.ts';

const DATE = '2026-05-29';
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await writePapers(database.db, [paper('arxiv:2605.00001')], new Date());
  await addReaders(database.db, manyReaders(3));
});
afterAll(() => database[Symbol.asyncDispose]());

const unknown = (...argv: string[]) => paperboy(database, 'digest', 'unknown', ...argv);

test('what was held is counted, sent once more with the same Message-ID when the operator says so, and closed otherwise', async () => {
  let losing = true;
  await using relay = await faultServer({ act: ({ moment }) => (losing && moment === 'DOT' ? 'drop' : undefined) });
  const send = async () =>
    JSON.parse(
      (
        await paperboyWith(
          { env: { SMTP_URL: relay.url, ON_UNKNOWN: 'hold' } },
          database,
          'digest',
          'send',
          '--date',
          DATE,
          '--json',
        )
      ).at(-1)!,
    ) as object;
  const idsOf = (bodies: readonly string[]) => bodies.map((body) => /^Message-ID: (.*)$/im.exec(body)![1]!).toSorted();

  expect(await send()).toMatchObject({ frozen: 3, accepted: 0, unknown: 3 });
  expect(await unknown('--date', DATE)).toEqual([
    `Digest of ${DATE}: 3 unknown = 3 open + 0 to be sent again + 0 closed.`,
  ]);
  const first = idsOf(relay.bodies);
  expect(await unknown('--date', DATE, '--resend')).toEqual([
    'Three messages are sent once more, with the same Message-ID.',
    `Digest of ${DATE}: 3 unknown = 0 open + 3 to be sent again + 0 closed.`,
  ]);
  expect(await send()).toMatchObject({ accepted: 0, unknown: 3 });
  expect(idsOf(relay.bodies)).toEqual([...first, ...first].toSorted());
  expect(await send()).toMatchObject({ unknown: 3 });
  expect(relay.bodies).toHaveLength(6);

  await database.db.$client.query(
    `update delivery set reason = 'closed' where subscriber_id = (select min(subscriber_id) from delivery)`,
  );
  losing = false;
  expect(await unknown('--date', DATE, '--resend')).toEqual([
    'Two messages are sent once more, with the same Message-ID.',
    `Digest of ${DATE}: 3 unknown = 0 open + 2 to be sent again + 1 closed.`,
  ]);
  expect(await send()).toMatchObject({ accepted: 2, unknown: 1 });
  expect(await unknown('--date', DATE)).toEqual([
    `Digest of ${DATE}: 1 unknown = 0 open + 0 to be sent again + 1 closed.`,
  ]);
  expect(relay.accepted).toHaveLength(2);
}, 60_000);

test('workers that run begin at once when the operator has held deliveries sent again', async () => {
  await using other = await testDatabase();
  await writePapers(other.db, [paper('arxiv:2605.00001')], new Date());
  await addReaders(other.db, manyReaders(3));
  await using relay = await faultServer({
    act: ({ moment, nth }) => (moment === 'DOT' && nth <= 3 ? 'drop' : undefined),
  });
  const env = { SMTP_URL: relay.url, ON_UNKNOWN: 'hold' };
  await paperboyWith({ env }, other, 'digest', 'send', '--date', DATE);
  expect(await digestSums(other.db, DATE)).toMatchObject({ unknown: 3 });
  await using _worker = await startService(configFor(other, env), createLogger('silent'), ['worker'], { alone: false });
  await paperboyWith({ env }, other, 'digest', 'unknown', '--date', DATE, '--resend');
  await until('all three to be accepted', async () => (await digestSums(other.db, DATE)).accepted === 3);
  expect(relay.accepted).toHaveLength(3);
}, 60_000);

test('without a date the digests of the last month are listed, and no address', async () => {
  expect(await unknown()).toEqual(['Nothing is unknown of the digests of the last 30 days.']);
  const today = dayOf(new Date());
  await openDigest(database.db, today, new Date());
  await database.db.$client.query(
    `insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, frozen_at, updated_at)
    select $1, 'digest', id, 1, $1, 'unknown', 'lost', now(), now() from subscriber`,
    [today],
  );
  expect(await unknown()).toEqual([`Digest of ${today}: 3 unknown = 3 open + 0 to be sent again + 0 closed.`]);
  expect(await unknown('--date', today, '--close')).toEqual([
    'Three messages are left for good, and not sent again.',
    `Digest of ${today}: 3 unknown = 0 open + 0 to be sent again + 3 closed.`,
  ]);
  const deeds = () => readTrail(database.db, { about: today, limit: 9 });
  expect(await deeds()).toHaveLength(1);
  for (const word of ['--resend', '--close'])
    expect((await unknown('--date', today, word))[0]).toBe(
      'Nothing was changed: none of them waits for your word any more.',
    );
  expect(await deeds()).toHaveLength(1);
  expect(await unknown('--date', '2026-01-01')).toEqual(['Nothing is unknown of the digest of 2026-01-01.']);
});

test('what makes no sense is refused', async () => {
  await expect(unknown('--resend')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('--date'),
  });
  await expect(unknown('--date', 'yesterday')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('--date'),
  });
  await expect(unknown('--date', DATE, '--resend', '--close')).rejects.toThrow('--close');
  for (const word of ['--resend', '--close'])
    await expect(unknown('--date', '2020-01-01', word)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await paperboy(database, 'digest', 'cancel', '--date', DATE);
  await expect(unknown('--date', DATE, '--resend')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('cancelled'),
  });
});

test('what was sent, sent again and closed stands in the trail', async () => {
  const deeds = await readTrail(database.db, { limit: 100 });
  const did = new Set(deeds.map(({ via, did: what }) => `${via} ${what}`));
  expect(did).toEqual(
    new Set(['command digest.send', 'command digest.resend', 'command digest.close', 'command digest.cancel']),
  );
});
