import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { listEditions } from '../../src/db/editions.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { buildEdition } from '../../src/editions/build.ts';
import { addDays } from '../../src/day.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { openStore, type Store } from '../../src/store.ts';
import { createLogger } from '../../src/telemetry.ts';
import { dump } from '../support/papers.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';
import { dailyPapers, sourceServer, type SourceServer } from '../support/source-server.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { pythonIsHere, readWithPython } from '../support/python-email.ts';

const TABLES = ['paper', 'signal', 'topic', 'edition', 'edition_entry'];
const TOPICS = [['all'], ['language-models'], ['computer-vision', 'robotics']];

describe('ten recorded days, replayed through HUGGINGFACE_URL', () => {
  const recorded = recordedDays();
  const days = recorded.slice(-10);
  let database: TestDatabase;
  let server: SourceServer;
  let store: Store;

  async function replay(): Promise<void> {
    for (const date of days) {
      await ingest(store, { date });
      await buildEdition(store, { date });
    }
  }

  beforeAll(async () => {
    database = await testDatabase();
    server = await sourceServer(
      dailyPapers((date) => (date !== null && recorded.includes(date) ? recordedDay(date) : [])),
    );
    const config = loadConfig({
      DATABASE_URL: database.url,
      SECRET_KEY: 'k'.repeat(32),
      SOURCES: 'huggingface',
      HUGGINGFACE_URL: server.url,
      PUBLIC_URL: 'https://papers.example',
    });
    store = await openStore(config, createLogger('silent'));
    await replay();
  }, 60_000);
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test('give ten editions', async () => {
    expect((await listEditions(database.db, { limit: 50 })).map((e) => e.date).toReversed()).toEqual(days);
  });

  test('never let a paper lead a topic twice, but for what is back', async () => {
    const { rows } = await database.db.$client.query(`
      select topic, paper_id
      from edition_entry
      where rank <= 10 and is_listed and back_since is null
      group by 1, 2
      having count(*) > 1`);
    expect(rows).toEqual([]);
    expect((await database.db.$client.query('select from edition_entry')).rowCount).toBeGreaterThan(1000);
  });

  test('leave everything as it is when they are replayed again', async () => {
    const before = await dump(database.db, TABLES);
    await replay();
    expect(await dump(database.db, TABLES)).toEqual(before);
  }, 60_000);

  test.skipIf(!pythonIsHere)('make digests that Python reads, with every link of the page in the text', async () => {
    const { compose } = createComposer(store);
    const messages: Buffer[] = [];
    for (const date of days) {
      for (const topics of TOPICS) {
        const outgoing = await compose(date, {
          subscriberId: 7,
          email: 'reader@example.org',
          topics,
          since: addDays(date, -1),
          frozenAt: new Date(`${date}T06:00:00Z`),
          wantsFresh: true,
          length: 10,
          taste: '',
          had: '',
        });
        if (outgoing) messages.push(Buffer.concat(outgoing.message));
      }
    }
    expect(messages.length).toBeGreaterThanOrEqual(2 * days.length);
    for (const [i, mail] of readWithPython(messages).entries()) {
      expect(mail.defects).toEqual([]);
      expect(mail.types).toEqual(['text/plain', 'text/html']);
      expect(mail.headlines.length).toBeGreaterThan(0);
      expect(mail.hrefs.filter((href) => !mail.text.includes(href))).toEqual([]);
      expect(messages[i]!.length).toBeLessThan(90_000);
    }
  });
});
