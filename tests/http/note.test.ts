import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { saveNote } from '../../src/db/edition-choices.ts';
import { createContentCache } from '../../src/editions/content.ts';
import { addressTo } from '../../src/editions/personalise.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { NOW, testSite, type TestSite, TODAY } from '../support/site.ts';

const WORDS = 'Good morning. The first stands *out of turn*: [why](/imprint). <b>';

describe('the operator’s note above no. 1', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await testSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  const get = async (url: string) => (await site.app.inject(url)).body;

  const LETTERHEAD = { look: DEFAULT_LOOK, publicUrl: 'http://paperboy.test', postalAddress: null };
  const reader = { topics: [], since: '2026-05-28', wantsFresh: false, length: 10, taste: '', had: '' };
  const links = { unsubscribe: 'u', preferences: 'p', browser: 'b', say: 's' };

  test('without one there is no trace of it', async () => {
    for (const url of ['/', `/editions/${TODAY}`]) expect(await get(url)).not.toContain('class="operator-note"');
    expect(JSON.parse(await get('/api/v1/editions/latest')).note).toBeNull();
    expect(JSON.parse(await get('/feed.json')).items).toHaveLength(15);
  });

  test('stands in both parts of the mail, also where the day was compiled before it was written', async () => {
    await saveNote(site.db, TODAY, '', NOW);
    const contentOf = createContentCache({ db: site.db, topics: topicsInForce() }, LETTERHEAD);
    const mailOf = async (frozenAt: Date) => {
      const { mail } = (await (await contentOf(TODAY, frozenAt)).digestFor(reader))!;
      const { html, text } = addressTo(mail, links);
      return { html: decodePieces(html), text: decodePieces(text) };
    };
    expect((await mailOf(NOW)).html).not.toContain('out of turn');
    await saveNote(site.db, TODAY, WORDS, NOW);
    // The same digest stays the same mail.
    expect((await mailOf(NOW)).html).not.toContain('out of turn');
    const { html, text } = await mailOf(new Date(NOW.getTime() + 1));
    expect(html).toMatch(
      /<em>out of turn<\/em>: <a href="http:\/\/paperboy\.test\/imprint" style="[^"]+">why<\/a>\. &lt;b&gt;/,
    );
    expect(html.indexOf('out of turn')).toBeLessThan(html.indexOf('<h2'));
    expect(text).toContain('The first stands out of turn: why');
    expect(text).toContain('(http://paperboy.test/imprint). <b>');
  });

  test('stands above no. 1 on the front page and on all pages of its day, and on no other', async () => {
    await saveNote(site.db, TODAY, WORDS, NOW);
    const shown = '<em>out of turn</em>: <a href="/imprint">why</a>. &lt;b&gt;';
    for (const url of [
      '/',
      `/editions/${TODAY}`,
      `/editions/${TODAY}?topic=language-models`,
      `/editions/${TODAY}?since=2026-05-27`,
    ])
      expect(await get(url)).toContain(shown);
    expect(await get('/editions/2026-05-28')).not.toContain('out of turn');
  });

  test('is an item of its own in the feeds, and its words are in the API as they were written', async () => {
    await saveNote(site.db, TODAY, WORDS, NOW);
    const { items } = JSON.parse(await get('/feed.json'));
    expect(items).toHaveLength(16);
    expect(items[0]).toMatchObject({
      id: `http://paperboy.test/editions/${TODAY}#note`,
      content_text: 'Good morning. The first stands out of turn: why (http://paperboy.test/imprint). <b>',
      authors: [{ name: 'Paperboy' }],
    });
    expect(await get('/feed.xml')).toContain(`<id>http://paperboy.test/editions/${TODAY}#note</id>`);
    expect(JSON.parse(await get('/api/v1/editions/latest')).note).toBe(WORDS);
  });
});
