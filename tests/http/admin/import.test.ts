import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readTrail } from '../../../src/db/trail.ts';
import { suppress } from '../../../src/db/suppressions.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { paperboy } from '../../support/commands.ts';
import { testSite, type TestSite } from '../../support/site.ts';
import { until } from '../../support/until.ts';
import { empty } from '../../support/database.ts';

const TOKEN = 'the token of the desk';

/** The files that wait to be imported, of all processes of this machine. */
const waiting = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('paperboy-import-'));

describe('an import at the desk', () => {
  let site: TestSite;
  let desk: AtTheDesk;
  const before = new Set(waiting());
  beforeAll(async () => {
    site = await testSite({ adminToken: TOKEN, empty: true });
    desk = await atTheDesk(site.app, TOKEN);
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    expect(ours()).toEqual([]);
  });
  beforeEach(() => empty(site.db, 'subscriber', 'suppression', 'trail'));
  const ours = (): string[] =>
    waiting().filter((name) => !before.has(name) && existsSync(`${tmpdir()}/${name}/readers.csv`));

  async function upload(text: string, { csrf = desk.csrf, name = 'list.csv', first = 'csrf' } = {}) {
    const boundary = 'xxBOUNDARYxx';
    const field = `--${boundary}\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n${csrf}\r\n`;
    const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${text}\r\n`;
    return site.app.inject({
      method: 'POST',
      url: '/admin/readers/import',
      payload: `${first === 'csrf' ? field + file : file + field}--${boundary}--\r\n`,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      cookies: desk.cookies,
    });
  }
  const pathOf = ({ headers }: LightMyRequestResponse): string => String(headers.location).replace('/admin', '');
  async function settled(path: string): Promise<string> {
    let body = '';
    await until('the end of the work', async () => {
      ({ body } = await desk.get(path));
      return !body.includes('data-stream');
    });
    return body;
  }
  const count = async (): Promise<number> =>
    Number((await site.db.$client.query('select count(*) from subscriber')).rows[0].count);

  const LIST =
    'email,timezone\nann@example.org,Europe/Berlin\nbob@example.org,\nann@example.org,\nnonsense,\nbarred@example.org,\n';

  test('shows what would happen and writes nothing, then does just that, once', async () => {
    await suppress(site.db, site.keyring.hashesOf('barred@example.org')[0]!, 'bounced', new Date());
    const sent = await upload(LIST);
    expect(sent.statusCode).toBe(303);
    const path = pathOf(sent);
    const shown = await settled(path);
    expect(shown).toContain('Two readers would be added; two are known, one line left out.');
    expect(shown).toContain('Add two readers');
    expect(shown).toContain('That does not look like an email address:');
    expect(shown).not.toContain('ann@');
    expect(await count()).toBe(0);
    expect((await desk.post(`${path}/run`)).statusCode).toBe(422);
    await Promise.all([1, 2].map(() => desk.post(`${path}/run`, { sure: 'yes' })));
    expect(await settled(path)).toContain('Two readers were added; two are known, one line left out.');
    expect(await count()).toBe(2);
    const [deed] = await readTrail(site.db, { about: 'all readers', limit: 5 });
    expect(deed).toMatchObject({ did: 'readers.import', words: '2 added, 2 known, 1 left out', via: 'desk' });
    const report = await desk.post(`${path}/report`);
    expect(report.body).toContain('line,kind,email,what');
    expect(report.body).toContain('barred@example.org');
  });

  test('takes the file that the export gives, of a command too', async () => {
    await settled(pathOf(await upload(LIST)));
    const exported = (await desk.post('/readers/export')).body;
    expect((await paperboy(site.database, 'subscribers', 'export')).join('\n')).toBe(exported.trimEnd());
  });

  test('keeps the file until it is imported or forgotten, and no longer than another one comes', async () => {
    const first = pathOf(await upload(LIST));
    await settled(first);
    expect(ours()).toHaveLength(1);
    const second = pathOf(await upload(LIST));
    await settled(second);
    expect((await desk.get(first)).statusCode).toBe(404);
    await desk.post(`${second}/drop`);
    await until('the file to go', () => ours().length === 0);
    // Whatever ended it, a restart too, is told with the way to go on.
    const gone = await desk.get(second);
    expect([gone.statusCode, gone.body]).toEqual([404, expect.stringContaining('who is in already is left as is')]);
    expect((await desk.post(`${second}/run`, { sure: 'yes' })).body).toContain(
      'a restart, another file or half an hour',
    );
  });

  test.each([
    ['names no column of addresses', 'name,age\nAnn,3\n', 'names no column &quot;email&quot;'],
    ['holds no line of use', 'email\nnonsense\n', 'has no line that can be used'],
  ])('says what is wrong with a file that %s', async (_what, text, sentence) => {
    const body = await settled(pathOf(await upload(text)));
    expect(body).toContain(sentence);
    expect(body).toContain('list.csv');
    expect(body).not.toContain(tmpdir());
    expect(body).toContain('type="file"');
  });

  test('asks for a file where none was chosen, and does not keep one without the word of the session', async () => {
    expect((await upload('', { name: '' })).body).toContain('Choose a file first');
    expect((await upload(LIST, { csrf: 'x' })).statusCode).toBe(422);
    expect((await upload(LIST, { first: 'file' })).statusCode).toBe(422);
    expect(await count()).toBe(0);
  });

  test('turns a file of more than 64 MB away, and one that does not arrive whole', async () => {
    const large = await upload('x'.repeat(65 * 1024 * 1024));
    expect([413, 422]).toContain(large.statusCode);
    const cut = await site.app.inject({
      method: 'POST',
      url: '/admin/readers/import',
      payload: `--b\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n${desk.csrf}\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\nann@`,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      cookies: desk.cookies,
    });
    expect([cut.statusCode, cut.body]).toEqual([422, expect.stringContaining('did not arrive whole')]);
  });
});
