import { FluentResource } from '@fluent/bundle';
import { decodeHTML } from 'entities';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Look } from '../../src/brand/look.ts';
import { listTopics } from '../../src/db/topics.ts';
import { loadContent } from '../../src/editions/content.ts';
import { renderConfirmation } from '../../src/editions/notice.ts';
import { addressTo } from '../../src/editions/personalise.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { syncTopics, topicsInForce } from '../../src/papers/topics.ts';
import { DEFAULTS } from '../../src/subscribers/preferences.ts';
import { choiceWords } from '../../src/subscribers/wording.ts';
import { LANGUAGES } from '../../src/words/languages.ts';
import { readCatalogue, wordsOf } from '../../src/words/words.ts';
import { lookOf } from '../support/looks.ts';
import { READER_LINKS } from '../support/mail.ts';
import { samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

const publicUrl = 'https://papers.example';
const languages = LANGUAGES.filter(({ isPseudo }) => isPseudo !== true);

/** What a catalogue says in two words or more, its arguments left out. */
function phrasesOf(catalogue: string): Set<string> {
  const found = new Set<string>();
  const read = (part: unknown): void => {
    if (typeof part === 'string')
      for (const piece of part.split(/<\/?\w+>/)) if (/\p{L}{2,}\s+\p{L}{2,}/u.test(piece)) found.add(piece.trim());
    if (typeof part === 'object' && part !== null) Object.values(part).forEach(read);
  };
  for (const { value } of new FluentResource(readCatalogue(catalogue)).body) read(value);
  return found;
}
const english = phrasesOf('en');

/** What a person reads of a page or mail, or hears of it. */
const textOf = (html: string): string =>
  decodeHTML(
    html
      .replace(/<(script|style|pre)\b[^]*?<\/\1>|<!--[^]*?-->/g, ' ')
      .replace(/<[^>]*>/g, (tag) => [...tag.matchAll(/(?:label|content|alt|placeholder)="([^"]*)"/g)].join(' ') || ' '),
  ).replace(/\s+/g, ' ');

/** The English phrases that stand in a page of another language whose catalogue does not say them too. */
const englishIn = (html: string, catalogue: string): string[] => {
  const own = phrasesOf(catalogue);
  const text = textOf(html);
  return [...english].filter((phrase) => !own.has(phrase) && text.includes(phrase));
};

let look: Look;
let site: TestSite;
let preferences: string;
beforeAll(async () => {
  look = lookOf({});
  site = await testSite({ look: () => look, publicUrl });
  await syncTopics(site.db, topicsInForce());
  await site.app.inject({
    method: 'POST',
    url: '/subscribe',
    payload: 'email=reader@example.org',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const { rows } = await site.db.$client.query<{ id: string }>('select id from subscriber');
  const claims = { subscriberId: Number(rows[0]!.id), issuedAt: new Date('2026-05-29T09:30:00Z') };
  preferences = `/preferences/${site.keyring.sign('preferences', claims)}`;
  await site.db.$client.query(`
    insert into taste (subscriber_id, trait, label, weight)
    select id, 'topic:robotics', 'Robotics and embodiment', 0.5
    from subscriber`);
});
afterAll(() => site[Symbol.asyncDispose]());

const OF_ROBOTS = '@article{a, title = {Robot manipulation with a robotic arm}, author = {Doe, Jane}, year = 2024}';

const propose = async (text: string): Promise<string> => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const payload = new URLSearchParams({ text }).toString();
  return (await site.app.inject({ method: 'POST', url: `${preferences}/seed`, payload, headers })).body;
};

async function pagesIn(language: string): Promise<Map<string, string>> {
  look = lookOf({ name: 'Xyzzy', tagline: 'Xyzzy', language, languages: languages.map(({ tag }) => tag) });
  const words = wordsOf(language);
  const open = async (url: string): Promise<string> =>
    (await site.app.inject({ url, headers: { accept: 'text/html' } })).body;
  const mail = { look, words, publicUrl, postalAddress: null };
  const topics = await listTopics(site.db);
  const content = await loadContent({ db: site.db, topics: topicsInForce() }, mail, TODAY);
  const chosen = { ...DEFAULTS, topics: topics.map(({ slug }) => slug) };
  const digest = await content.digestFor({
    topics: ['all'],
    since: '2026-05-28',
    wantsFresh: true,
    length: 10,
    taste: '',
    had: '',
  });
  const confirmation = { ...mail, confirmUrl: publicUrl, choices: choiceWords(words, chosen, topics), next: '' };
  return new Map([
    ['front', await open('/')],
    ['paper', await open(`/papers/${encodeURIComponent(samplePaper(1, TODAY).id)}`)],
    ['search', await open('/search?q=things+after:May')],
    ['search that finds nothing', await open('/search?q=nothingofthekind')],
    ['subscribe', await open('/subscribe')],
    ['topics', await open('/topics')],
    ['preferences', await open(preferences)],
    ['what is proposed', await propose(OF_ROBOTS)],
    ['404', await open('/nothing-here')],
    ['confirmation', decodePieces((await renderConfirmation(confirmation)).html)],
    ['digest', decodePieces(addressTo(digest!.mail, READER_LINKS).html)],
  ]);
}

describe.each(languages)('in $tag', ({ tag, dir, catalogue }) => {
  let pages: Map<string, string>;
  beforeAll(async () => {
    pages = await pagesIn(tag);
  });

  test('page and mail say which language they are in, and from which side it is read', () => {
    const heads = [...pages].map(([name, html]) => [name, /<html\b[^>]*>/.exec(html)?.[0] ?? '']);
    const wrong = heads.filter(([, head]) => !head!.includes(`lang="${tag}"`) || !head!.includes(`dir="${dir}"`));
    expect(wrong).toEqual([]);
  });

  test('what a reader’s says came to, what is proposed, and places are called as in this language', () => {
    const { t } = wordsOf(tag);
    for (const page of ['preferences', 'what is proposed']) expect(pages.get(page)).toContain(t('topic-name-robotics'));
    expect(pages.get('preferences')).toContain(`>Argentina${t('comma')}Buenos Aires`);
  });

  test('feeds say their language, and why a paper is there in it', async () => {
    const feed = (await site.app.inject('/feed.xml')).body;
    expect(feed).toContain(`xml:lang="${tag}"`);
    expect((await site.app.inject('/feed.json')).json()).toMatchObject({ language: tag });
    expect(englishIn(feed, catalogue === 'en' ? 'de' : catalogue).length > 0).toBe(tag === 'en');
  });

  if (tag === 'en')
    test('each of them holds some English of the catalogue, so that it would be seen elsewhere', () => {
      const without = [...pages].filter(([, html]) => englishIn(html, 'de').length === 0);
      expect(without.map(([name]) => name)).toEqual([]);
    });
  else
    test('page and mail hold no English of the catalogue', () => {
      const left = [...pages].flatMap(([name, html]) => englishIn(html, catalogue).map((text) => `${name}: ${text}`));
      expect(left).toEqual([]);
    });
});
