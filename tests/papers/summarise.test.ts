import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getPaper, writePapers } from '../../src/db/papers.ts';
import { summarise } from '../../src/papers/summarise.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { paper, silent } from '../support/papers.ts';

const NOW = new Date('2026-05-29T10:00:00Z');
const IDS = ['arxiv:2605.00001', 'arxiv:2605.00002', 'arxiv:2605.00003'];

describe('a model that is asked what is new', () => {
  let database: TestDatabase;
  let url: string;
  let asked: { authorization?: string | undefined; body: string }[];
  let answer: (response: ServerResponse, body: string) => void;
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      asked.push({ authorization: request.headers.authorization, body });
      answer(response, body);
    });
  });
  const say = (content: unknown) => (response: ServerResponse) =>
    response.end(JSON.stringify({ choices: [{ message: { content } }] }));

  beforeAll(async () => {
    database = await testDatabase();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await empty(database.db, 'edition_entry', 'fresh_pick', 'paper');
    await writePapers(
      database.db,
      IDS.map((id) => paper(id)),
      NOW,
    );
    asked = [];
    answer = say('Skim reads half of the words and answers as well.');
  });
  const run = (over: { daily?: number; now?: Date } = {}) =>
    summarise({
      db: database.db,
      now: () => over.now ?? NOW,
      log: silent,
      model: { url, key: 'secret', model: 'a-model', daily: over.daily ?? 100 },
    });
  const summaries = async () => Promise.all(IDS.map(async (id) => (await getPaper(database.db, id))!.summary));

  test('tells it in a sentence, which is kept and named as the model’s', async () => {
    await run();
    expect(await getPaper(database.db, IDS[0]!)).toMatchObject({
      summary: 'Skim reads half of the words and answers as well.',
      summaryBy: 'a-model',
    });
    expect(asked).toHaveLength(3);
    expect(asked[0]!.authorization).toBe('Bearer secret');
    expect(JSON.parse(asked[0]!.body)).toMatchObject({ model: 'a-model', messages: [{}, { role: 'user' }] });
  });
  test('is asked once per paper, whatever it answers', async () => {
    answer = say('<b>No.</b>');
    await run();
    await run();
    expect(asked).toHaveLength(3);
    expect(await summaries()).toEqual([null, null, null]);
  });
  test('is asked no more than the day’s budget allows', async () => {
    await run({ daily: 2 });
    await run({ daily: 2 });
    expect(asked).toHaveLength(2);
    await run({ daily: 2, now: new Date('2026-05-30T01:00:00Z') });
    expect(asked).toHaveLength(3);
  });
  test('is not asked of a paper whose source says it itself, or that is old', async () => {
    await writePapers(
      database.db,
      [
        paper(IDS[0]!, { summary: 'The source says so.', summaryBy: 'Hugging Face' }),
        paper(IDS[1]!, { firstSeenAt: new Date('2026-05-20T00:00:00Z') }),
      ],
      NOW,
    );
    await run();
    expect(asked).toHaveLength(1);
    expect(await summaries()).toEqual(['The source says so.', null, expect.any(String)]);
  });
  test.each([
    ['fails', (response: ServerResponse) => response.writeHead(500).end()],
    ['sends what is no JSON', (response: ServerResponse) => response.end('<html>')],
    ['hangs up', (response: ServerResponse) => response.destroy()],
  ])('that %s leaves papers as they are, and is asked again', async (_, fail) => {
    answer = fail;
    await run();
    expect(await summaries()).toEqual([null, null, null]);
    answer = say('Skim reads half of the words and answers as well.');
    await run();
    expect((await summaries()).filter(Boolean)).toHaveLength(3);
  });
  test.each([
    ['  "Skim   reads half of it."\n\nIt is good.', 'Skim reads half of it.'],
    [`Skim ${'reads and '.repeat(40)}reads.`, expect.stringMatching(/^Skim .{100,200}…$/)],
    ['Yes.', null],
    ['See https://evil.example for more of this.', null],
    [42, null],
  ])('that says %j is taken at a sentence or not at all', async (content, kept) => {
    answer = say(content);
    await run();
    expect((await summaries())[0]).toEqual(kept);
  });
});
