import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFollows } from '../../src/db/follows.ts';
import { addReaders } from '../support/ledger.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';
import { empty } from '../support/database.ts';

let site: TestSite;
let id: number;
let token: string;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(site.db, 'subscriber', 'follow');
  [id] = (await addReaders(site.db, [{}])) as [number];
  token = site.keyring.sign('preferences', { subscriberId: id, issuedAt: NOW });
});

const page = (path: string) => site.app.inject(`/preferences/${token}/${path}`);
const post = (path: string, fields: Record<string, string> | [string, string][]) =>
  site.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
const change = (fields: Record<string, string> | [string, string][]) => post(`/preferences/${token}/follow`, fields);
const row = async () => (await site.db.$client.query('select * from subscriber order by id desc limit 1')).rows[0];
const follows = async () => readFollows((await row()).follows).map(({ kind, value }) => `${kind} ${value}`);

describe('what a reader follows', () => {
  test('is added, shown, kept once for each, and removed', async () => {
    await change({ kind: 'search', value: '  best arm   identification ' });
    await change({ kind: 'author', value: 'José García-Pérez' });
    await change({ kind: 'author', value: 'jose garcia-perez' });
    await change({ kind: 'not', value: 'survey' });
    expect(await follows()).toEqual(['author jose-garcia-perez', 'not survey', 'search best arm identification']);
    await change({ kind: 'search', value: 'Best ARM Identification' });
    await change([
      ['pick', 'not Survey'],
      ['pick', 'not SURVEY'],
    ]);
    expect(await follows()).toHaveLength(3);
    const { body } = await site.app.inject(`/preferences/${token}`);
    expect(body).toContain('best arm identification');
    expect(body).toContain('Kept out of your digests');
    await change({ remove: 'search best arm identification' });
    expect(await follows()).toEqual(['author jose-garcia-perez', 'not survey']);
  });

  test('is looked at by GET and changed by POST alone', async () => {
    const { body, statusCode } = await page('follow?kind=search&value=best+arm');
    expect(statusCode).toBe(200);
    expect(body).toContain('new papers for the search “best arm”');
    expect(await follows()).toEqual([]);
  });

  test.each([
    [{ kind: 'search', value: ' ' }, 'at least one word'],
    [{ kind: 'search', value: '-survey' }, 'at least one word'],
    [{ kind: 'search', value: 'word '.repeat(33) }, 'at most 32 words: leave some out'],
    [{ kind: 'not', value: 'x'.repeat(401) }, 'at most 400 characters: leave some words out'],
    [{ kind: 'author', value: '…' }, 'Write the name'],
    [{ kind: 'nonsense', value: 'x' }, 'Say what to follow'],
    [{ kind: 'topic', value: 'nonsense' }, 'no such topic'],
  ])('is refused in one sentence where it names nothing: %o', async (fields, sentence) => {
    const { statusCode, body } = await change(fields);
    expect(statusCode).toBe(422);
    expect(body).toContain(sentence);
    expect(await follows()).toEqual([]);
  });

  test('is a hundred things at most, and more change nothing', async () => {
    const picks = Array.from({ length: 101 }, (_, i): [string, string] => ['pick', `search word${i}`]);
    expect((await change(picks)).statusCode).toBe(422);
    expect(await follows()).toEqual([]);
    expect((await change(picks.slice(1))).statusCode).toBe(200);
    expect((await change({ kind: 'search', value: 'more' })).body).toContain('100 searches and names at most');
    expect(await follows()).toHaveLength(100);
  });

  test('may be all that a reader gets, as long as there is something', async () => {
    await change({ kind: 'search', value: 'arms' });
    await change({ only: 'yes' });
    expect(await row()).toMatchObject({ follows_only: true });
    await change({ remove: 'search arms' });
    expect(await row()).toMatchObject({ follows_only: false });
  });

  test('is no one’s who has no good link', async () => {
    for (const path of ['follow', 'seed', 'follow?kind=search&value=x']) {
      expect((await site.app.inject(`/preferences/${token.slice(0, -1)}/${path}`)).statusCode).toBe(404);
    }
    expect((await post(`/preferences/x/follow`, { kind: 'search', value: 'x' })).statusCode).toBe(404);
    expect((await post(`/preferences/x/seed`, { text: '2605.00011' })).statusCode).toBe(404);
  });
});

describe('“tell me of new ones”', () => {
  const ask = (email: string, kind: string, value: string) =>
    post('/subscribe', { email, followKind: kind, followValue: value });

  test('answers alike for an unknown address and for a reader', async () => {
    const [unknown, known] = [
      await ask('new@example.org', 'search', 'best arm'),
      await ask('reader0@example.org', 'search', 'best arm'),
    ];
    expect(unknown.statusCode).toBe(202);
    expect({ ...known, headers: undefined }.body).toBe(unknown.body);
    expect(await row()).toMatchObject({ status: 'pending', follows: '', follows_only: true });
  });

  test('follows once the address is confirmed, and says before what it is', async () => {
    await ask('new@example.org', 'search', 'best arm');
    const { id: pending } = await row();
    const confirm = site.keyring.sign('confirm', { subscriberId: Number(pending), issuedAt: NOW });
    expect((await site.app.inject(`/confirm/${confirm}`)).body).toContain('new papers for the search “best arm”');
    expect(await follows()).toEqual([]);
    await site.app.inject({ method: 'POST', url: `/confirm/${confirm}` });
    expect(await row()).toMatchObject({ status: 'active', follows_only: true, asked_follow: null });
    expect(await follows()).toEqual(['search best arm']);
  });

  test('changes nothing for a reader by itself', async () => {
    await ask('reader0@example.org', 'search', 'best arm');
    expect(await row()).toMatchObject({ status: 'active', follows: '', follows_only: false, topics: ['all'] });
  });

  test('of a topic subscribes to the topic', async () => {
    await ask('new@example.org', 'topic', 'robotics');
    expect(await row()).toMatchObject({ topics: ['robotics'], follows_only: false });
  });

  test('keeps what was asked for where the address has to be corrected', async () => {
    const { statusCode, body } = await ask('not an address', 'search', 'best "arm"');
    expect(statusCode).toBe(422);
    expect(body).toContain('name="followValue" value="best &quot;arm&quot;"');
  });
});

describe('the seed', () => {
  const entry = (i: number): string =>
    `@article{key${i}, title = {{Best} arm identification, part ${i}}, author = {Doe, Jane and Kaufmann, Émilie}, year=2024}\n`;

  test('proposes what the papers have in common, and keeps nothing but what is ticked', async () => {
    const { body } = await post(`/preferences/${token}/seed`, { text: entry(1) + entry(2) + entry(3) });
    expect(body).toContain('3 papers were read');
    expect(body).toContain('value="author jane-doe"');
    expect(body).toContain('value="search &quot;best arm identification&quot;"');
    expect(await follows()).toEqual([]);
    await change([['pick', 'author jane-doe']]);
    expect(await follows()).toEqual(['author jane-doe']);
  });

  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a stray byte', (text: string) => Buffer.concat([Buffer.from(text), Buffer.of(0xe9)])],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, turned', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['Latin 1', (text: string) => Buffer.from(text, 'latin1')],
  ])('takes a file, too, in %s', async (_, encoded) => {
    const form = new FormData();
    form.set('text', '');
    form.set('file', new File([new Uint8Array(encoded(entry(1) + entry(2)))], 'mine.bib'));
    const request = new Request('http://x/', { method: 'POST', body: form });
    const { body } = await site.app.inject({
      method: 'POST',
      url: `/preferences/${token}/seed`,
      headers: { 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    expect(body).toContain('2 papers were read');
    expect(body).toContain('Émilie Kaufmann');
  });

  test('says so where no paper is in it', async () => {
    const { statusCode, body } = await post(`/preferences/${token}/seed`, { text: 'hello' });
    expect(statusCode).toBe(422);
    expect(body).toContain('No paper was found in it.');
  });

  test('proposes from 500 entries within two seconds', async () => {
    const text = Array.from({ length: 500 }, (_, i) => entry(i)).join('');
    const begun = performance.now();
    const { body } = await post(`/preferences/${token}/seed`, { text });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(body).toContain('500 papers were read');
  });
});
