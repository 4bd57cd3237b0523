import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHandlers, type HandlerDeps } from '../../src/jobs/handlers.ts';
import { createLogger } from '../../src/telemetry.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addEmptyEdition, addReaders } from '../support/ledger.ts';
import { dump, paper } from '../support/papers.ts';
import { writePapers } from '../../src/db/papers.ts';

const log = createLogger('silent');
const OPEN = { isOpen: async () => true, pass: async () => true };
const YEAR = 365 * 24 * 3_600_000;
const MINUTE = 60_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await addEmptyEdition(db, new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
  await addReaders(db, [{ nextDueAt: new Date(Date.now() - MINUTE) }]);
  await writePapers(db, [paper('arxiv:2605.00001', { firstSeenAt: new Date(Date.now() - 3_600_000) })], new Date());
});
afterAll(() => database[Symbol.asyncDispose]());

/** The jobs of a worker whose clock is so far ahead. */
function handlersAhead(ahead: number) {
  const now = (): Date => new Date(Date.now() + ahead);
  const { db } = database;
  const plan = { db, now, log, enqueueBatch: async () => {}, enqueueNotice: async () => {} };
  const deps = { db, now, log, sources: [], editionHour: 0, topics: topicsInForce(), plan, gate: OPEN, lateMs: YEAR };
  return createHandlers(deps as unknown as HandlerDeps);
}
const signal = new AbortController().signal;

test.each([YEAR, -YEAR, 10 * MINUTE, -10 * MINUTE])(
  'a worker whose clock is %d ms ahead of the database’s makes no edition and moves no hour, and says why',
  async (ahead) => {
    const { ingest, edition, dispatch, sweep, notice, deliver } = handlersAhead(ahead);
    const before = await dump(database.db, ['edition', 'edition_entry', 'subscriber', 'digest', 'paper']);
    for (const job of [
      () => ingest({}, signal),
      () => edition({}, signal),
      () => dispatch({}, signal),
      () => sweep({}, signal),
      () => notice({ subscriberId: 1 }, signal),
      () => deliver({ batchId: 1 }, signal),
    ])
      await expect(job()).rejects.toMatchObject({
        code: 'CLOCK_WRONG',
        message: expect.stringMatching(ahead > 0 ? /minutes ahead of the database's\. Set/ : /minutes behind/),
      });
    expect(await dump(database.db, ['edition', 'edition_entry', 'subscriber', 'digest', 'paper'])).toEqual(before);
  },
);

test('a clock that is a minute off is good enough', async () => {
  await handlersAhead(-MINUTE).sweep({}, signal);
  await handlersAhead(MINUTE).dispatch({}, signal);
});
