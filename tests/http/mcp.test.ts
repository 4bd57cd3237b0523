import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { relatePapers } from '../../src/papers/relate-papers.ts';
import { testSite, type TestSite, TODAY } from '../support/site.ts';

let site: TestSite;
let url: URL;
const client = new Client({ name: 'test', version: '1' });
beforeAll(async () => {
  site = await testSite();
  await relatePapers({ db: site.db });
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  url = new URL(`http://127.0.0.1:${(site.app.server.address() as { port: number }).port}/mcp`);
  await client.connect(new StreamableHTTPClientTransport(url) as Parameters<Client['connect']>[0]);
});
afterAll(async () => {
  await client.close();
  await site[Symbol.asyncDispose]();
});

async function call(name: string, given: Record<string, unknown>) {
  const { content, isError = false } = await client.callTool({ name, arguments: given });
  const [{ text }] = content as [{ text: string }];
  return { text, isError };
}

test('a client of the protocol is told four tools, all of which only read', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).toSorted()).toEqual([
    'get_edition',
    'get_paper',
    'related_papers',
    'search_papers',
  ]);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
});

test('an edition, a paper of it, what is like it and a search are the ones that the API has', async () => {
  const edition = JSON.parse((await call('get_edition', { date: TODAY })).text);
  expect(edition.entries.length).toBeGreaterThan(0);
  const { id, title } = edition.entries[1].paper;
  const paper = JSON.parse((await call('get_paper', { id })).text);
  expect(paper.title).toBe(title);
  // Nothing beside what the API documents: who submitted it is not for others.
  const { body } = await site.app.inject(`/api/v1/papers/${id}`);
  const { signals: _, editions: __, ...documented } = JSON.parse(body);
  expect(paper).toEqual(documented);
  expect(JSON.parse((await call('related_papers', { id, limit: 3 })).text).papers).toBeInstanceOf(Array);
  const found = JSON.parse((await call('search_papers', { query: title })).text);
  expect(found.papers.map((one: { id: string }) => one.id)).toContain(id);
  expect(JSON.parse((await call('search_papers', { query: 'things easier quagga' })).text)).toMatchObject({
    isExact: true,
    isRelaxed: true,
    corrections: [],
  });
});

test('what there is not, and what cannot be understood, is told in a sentence', async () => {
  expect(await call('get_paper', { id: 'nonsense' })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/\.$/),
  });
  expect((await call('get_edition', { date: '1999-01-01' })).isError).toBe(true);
  expect((await fetch(url)).status).toBe(405);
  expect(
    (await fetch(url, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).status,
  ).toBe(406);
});
