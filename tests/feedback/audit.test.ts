import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsOf } from '../../src/cli/audit.ts';
import { auditCounts } from '../../src/db/audit.ts';
import { snapshot, type Tx } from '../../src/db/client.ts';
import { openBatches } from '../../src/db/batches.ts';
import { digestSums } from '../../src/db/digests.ts';
import type { FeedbackKind } from '../../src/db/feedback.ts';
import { paper } from '../../src/db/schema.ts';
import { end, erase } from '../../src/db/subscribers.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { resumeDigest } from '../../src/delivery/halt.ts';
import { createJudge } from '../../src/feedback/judge.ts';
import { type Heard, receiveFeedback } from '../../src/feedback/receive.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { unsuppress } from '../../src/subscribers/lift.ts';
import { createLogger } from '../../src/telemetry.ts';
import { paperboy } from '../support/commands.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { unreadDigestsOf } from '../support/digests.ts';
import { KEYRING } from '../support/keys.ts';
import { ACCEPTED, addReaders, ageLeases, manyReaders } from '../support/ledger.ts';
import { samplePaper } from '../support/site.ts';

const DAYS = ['2026-05-27', '2026-05-28', '2026-05-29'] as const;
const READERS = 24;
/** How many histories are lived through; more of them take some seconds each. */
const LIVES = Number(process.env['AUDITED_LIVES'] ?? 8);

let database: TestDatabase;
const papers = Array.from({ length: 9 }, (_, i) => samplePaper(i + 1, DAYS[0]));
const { addEdition, send, deliver } = unreadDigestsOf(() => database.db, papers);
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(paper).values(papers.map((p) => ({ ...p, updatedAt: p.firstSeenAt })));
  for (const [i, date] of DAYS.entries())
    await addEdition(
      date,
      'all',
      [1, 2, 3].map((n) => 3 * i + n),
    );
});
afterAll(() => database[Symbol.asyncDispose]());

const ANSWERS: readonly SendResult[] = [
  ACCEPTED,
  { kind: 'reply', code: 550, text: '5.1.1 User unknown' },
  { kind: 'reply', code: 550, text: '5.7.1 Spam' },
  { kind: 'reply', code: 451, text: '4.3.0 Later' },
  { kind: 'lost', text: 'no answer' },
  { kind: 'unsent', relayDown: true, text: 'connection refused' },
];

const day = fc.constantFrom(...DAYS);
const reader = fc.nat(READERS - 1);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('send' as const), day, seed: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('again' as const), day, seed: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('die' as const), day }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('hear' as const),
      day,
      reader,
      kind: fc.constantFrom<FeedbackKind>('hard', 'soft', 'complaint', 'unsubscribe', 'delivered'),
      key: fc.nat(5),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('judge' as const, 'resume' as const), day }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('unsuppress' as const, 'erase' as const), reader }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Some answer for each reader, the same for the same seed; most are accepted. */
const answersOf =
  (seed: number) =>
  (to: string): SendResult =>
    ANSWERS[(seed + Number(/\d+/.exec(to)?.[0] ?? 0) * 7) % 11] ?? ACCEPTED;

/** Returns what was heard of mail that had left. */
async function live(ids: readonly number[], steps: readonly Step[]): Promise<Step[]> {
  const { db } = database;
  const heard: Step[] = [];
  for (const one of steps) {
    const now = () => new Date(`${'day' in one ? one.day : DAYS[2]}T09:00:00Z`);
    const deps = { db, keyring: KEYRING, now, log: createLogger('silent') };
    if (one.act === 'send') await send(one.day, answersOf(one.seed));
    if (one.act === 'again') await deliver(one.day, await openBatches(db, one.day), answersOf(one.seed));
    if (one.act === 'die') {
      // A worker that died left a message on the wire, and its lease to run out.
      await db.$client.query(
        `update delivery set state = 'sending', attempts = attempts + 1 where digest_date = $1 and state = 'pending'`,
        [one.day],
      );
      await ageLeases(db, 3_600_000);
    }
    if (one.act === 'hear' && (await hasLeft(ids[one.reader]!, one.day))) {
      await receiveFeedback(deps, [heardOf(ids[one.reader]!, one)]);
      heard.push(one);
    }
    if (one.act === 'judge') await createJudge({ ...deps, alert: async () => true })();
    if (one.act === 'resume')
      await resumeDigest({ db, now, enqueueBatch: async () => {} }, one.day).catch(() => 'none of that day');
    if (one.act === 'unsuppress')
      await unsuppress(deps, `reader${one.reader}@example.org`).catch(() => 'not suppressed');
    if (one.act === 'erase') await erase(db, ids[one.reader]!, now());
  }
  return heard;
}

/** Whether there was a mail that something can come back of. */
const hasLeft = async (id: number, date: string): Promise<boolean> =>
  (
    await database.db.$client.query(
      `select
      from delivery
      where subscriber_id = $1
        and digest_date = $2
        and attempts > 0
        and (state <> 'skipped' or attempts > 1)`,
      [id, date],
    )
  ).rowCount === 1;

const heardOf = (id: number, { day: date, kind, key }: Step & { act: 'hear' }): Heard => ({
  key: `${id} ${date} ${key}`,
  via: 'inbound',
  kind,
  permanent: true,
  reason: 'other',
  words: null,
  returnPaths: [`b+${KEYRING.mark({ subscriberId: id, date })}@bounces.papers.example`],
  messageIds: [],
  unsubscribes: [],
});

const everything = async () =>
  (
    await database.db.$client.query(`
      select 'f' || md5(string_agg(f::text, '|' order by f.key)) as state from feedback f
      union all
      select 's' || md5(string_agg(s::text, '|' order by s.id)) from subscriber s
      union all
      select 'd' || md5(string_agg(d::text, '|' order by d.digest_date, d.subscriber_id)) from delivery d`)
  ).rows;

test('whatever is sent, lost, refused, heard, left, lifted and erased in any order: each day’s sums add up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const { db } = database;
      await empty(db, 'subscriber', 'suppression', 'feedback', 'brake', 'delivery', 'batch', 'selection', 'digest');
      const ids = await addReaders(db, manyReaders(READERS));
      const told = await live(ids, steps);
      await live(ids, [{ act: 'judge', day: DAYS[2] }]);
      for (const date of DAYS) expect(faultsOf(await digestSums(db, date), await auditCounts(db, date))).toEqual([]);
      // Told once more, all of it: nothing is new.
      const before = await everything();
      await live(ids, told);
      const heard = steps.some(({ act }) => act === 'hear' || act === 'erase');
      if (heard && !steps.some(({ act }) => act === 'erase')) expect(await everything()).toEqual(before);
    }),
    { numRuns: LIVES },
  );
}, 900_000);

test('what came back of a delivery that there is not, or that was never sent, does not add up', async () => {
  const { db } = database;
  const [date] = DAYS;
  await empty(db, 'subscriber', 'suppression', 'feedback', 'brake', 'delivery', 'batch', 'selection', 'digest');
  const ids = await addReaders(db, manyReaders(3));
  const now = () => new Date(`${date}T09:00:00Z`);
  const batchIds: number[] = [];
  await freezeDigest(
    { db, log: createLogger('silent'), now, enqueueBatch: async (id) => void batchIds.push(id) },
    { date },
  );
  await end(db, ids[0]!, 'unsubscribed', now());
  await deliver(date, batchIds);
  const faults = async () => faultsOf(await digestSums(db, date), await auditCounts(db, date));
  expect(await faults()).toEqual([]);
  expect(await paperboy(database, 'audit', '--date', date)).toContain(
    '2 accepted = 2 kept + 0 bounced + 0 complained.',
  );
  const back = (id: number) => heardOf(id, { act: 'hear', day: date, reader: 0, kind: 'soft', key: 0 });
  await receiveFeedback({ db, keyring: KEYRING, now }, [back(ids[0]!), back(ids[1]!)]);
  expect(await faults()).toEqual([expect.stringMatching(/^1 bounces or complaints .* skipped/)]);
  await db.$client.query('delete from delivery where subscriber_id = $1', [ids[1]]);
  expect(await faults()).toContainEqual(expect.stringMatching(/^1 things came back of deliveries that there are not/));
  await expect(paperboy(database, 'audit', '--date', date)).rejects.toThrow(/does not add up: .*skipped/);
});

test('an audit sees one moment, and writes nothing', async () => {
  const { db } = database;
  const count = async (tx: Tx) => (await tx.execute(sql`select from subscriber`)).rowCount;
  await snapshot(db, async (tx) => {
    const before = await count(tx);
    await addReaders(db, [{ email: 'meanwhile@example.org' }]);
    expect(await count(tx)).toBe(before);
  });
  await expect(snapshot(db, (tx) => tx.execute(sql`delete from subscriber`))).rejects.toThrow();
});
