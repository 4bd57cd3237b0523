import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listTopics } from '../../src/db/topics.ts';
import { paper as papers } from '../../src/db/schema.ts';
import { compileDigest } from '../../src/editions/compile.ts';
import {
  renderAlreadySubscribed,
  renderConfirmation,
  renderMoveAsked,
  renderMoveHere,
} from '../../src/editions/notice.ts';
import { showSpecimen } from '../../src/editions/specimen.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { wordsOf } from '../../src/words/words.ts';
import { untranslatedIn } from '../support/untranslated.ts';
import { digestInput, paperView, personalise, READER_LINKS } from '../support/mail.ts';
import { lookOf } from '../support/looks.ts';
import { samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

const look = lookOf({
  name: 'Xyzzy',
  tagline: 'Xyzzy',
  language: 'en-XA',
  languages: ['ar-XB'],
  contact: 'a@b.example',
});
/** Names of formats and examples, what was searched for, and what our papers say beside their titles. */
const FIXED = [
  'you@example.org',
  'https://arxiv.org/abs/2605.26114',
  'BibTeX',
  'RIS',
  'CSL-JSON',
  'arXiv',
  'hep-th/9901001',
  'nothingofthekind',
  'after:2026-05 before:2026-06',
  'code:yes',
  'org:" "',
  'topic:computer-science',
  'Computer science',
  'We look at',
  'A study of',
  'Things in',
  ', number',
  'We bound',
  'by',
  'for',
  ', as',
  'mysys',
  '& others do.',
  ' of ',
];
const publicUrl = 'https://papers.example';
const words = wordsOf('en-XA');

let site: TestSite;
let data: string[];
beforeAll(async () => {
  site = await testSite({ look: () => look, publicUrl });
  const known = await site.db.select().from(papers);
  const topics = await listTopics(site.db);
  data = [
    'Xyzzy',
    ...FIXED,
    ...topics.flatMap(({ name, description }) => [name, description]),
    ...known.flatMap((one) => [one.title, one.abstract, one.organisation ?? '', ...one.authors, ...one.keywords]),
  ];
});
afterAll(() => site[Symbol.asyncDispose]());

const page = async (url: string): Promise<string> =>
  (await site.app.inject({ url, headers: { accept: 'text/html' } })).body;

/** Every page that a link leads to from the front page, and those that none does. */
async function crawl(): Promise<Map<string, string>> {
  const form = (payload: string) =>
    site.app.inject({
      method: 'POST',
      url: '/subscribe',
      payload,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      remoteAddress: '192.0.2.9',
    });
  const found = new Map([
    ['POST /subscribe', (await form('email=reader@example.org')).body],
    ['POST /subscribe, wrongly', (await form('email=nothing')).body],
    ['POST /subscribe, misspelt', (await form('email=a@gmial.com')).body],
  ]);
  const { rows } = await site.db.$client.query<{ id: string }>('select id from subscriber limit 1');
  const claims = { subscriberId: Number(rows[0]!.id), issuedAt: new Date('2026-05-29T09:30:00Z') };
  const link = (purpose: 'confirm' | 'preferences' | 'unsubscribe') =>
    `/${purpose}/${site.keyring.sign(purpose, claims)}`;
  const open = new Set([
    '/',
    '/subscribe',
    '/nothing-here',
    '/fresh',
    '/search?q=things',
    '/search?q=nothingofthekind',
    '/editions/2026-W22',
    '/editions/1999-01-01',
    '/confirm/wrong',
    `/papers/${encodeURIComponent(samplePaper(1, TODAY).id)}`,
    link('confirm'),
    `${link('confirm')}/weekly`,
    link('preferences'),
    `${link('preferences')}/follow?kind=search&value=robots`,
    `${link('preferences')}/seed`,
    `${link('preferences')}/erase`,
    link('unsubscribe'),
    `${link('unsubscribe')}/why/no-time`,
  ]);
  for (const url of open) {
    if (found.size > MOST_PAGES) break;
    const body = await page(url);
    found.set(url, body);
    for (const [, href = ''] of body.matchAll(/href="(\/[^"]*)"/g))
      if (!/^\/(?:docs|assets|feed|openapi)|feed\.|cite\.|data\.json/.test(href))
        open.add(href.replaceAll('&amp;', '&'));
  }
  return found;
}
const MOST_PAGES = 90;

const left = (pages: ReadonlyMap<string, string>) =>
  [...pages].flatMap(([url, html]) =>
    untranslatedIn(html, data).map((text) => `${url.replace(/k1\.[^/]+/, '…')}: ${text}`),
  );

describe('in the pseudo-language nothing is English', () => {
  test('on the site', async () => {
    const pages = await crawl();
    expect(pages.size).toBeGreaterThan(30);
    expect(left(pages)).toEqual([]);
  });

  test('in mail', async () => {
    const sender = { look, words, publicUrl, postalAddress: null };
    const notices = await Promise.all([
      renderConfirmation({ ...sender, choices: '', next: '', confirmUrl: publicUrl }),
      renderAlreadySubscribed({ ...sender, choices: '', preferencesUrl: publicUrl, unsubscribeUrl: publicUrl }),
      renderAlreadySubscribed({
        ...sender,
        choices: '',
        asked: { words: '', url: publicUrl },
        preferencesUrl: publicUrl,
        unsubscribeUrl: publicUrl,
      }),
      renderMoveAsked({ ...sender, stayUrl: publicUrl }),
      renderMoveHere({ ...sender, moveUrl: publicUrl, choices: '' }),
    ]);
    const view = paperView({
      reasons: ['43 upvotes in a day, more than 96 of 100 papers of its age', 'Code available'],
    });
    const digest = personalise(await compileDigest(digestInput([view], { look, words, sample: true })), {
      paperIds: [view.id],
      links: READER_LINKS,
    });
    const known = [view.title, view.news, view.newsShort, view.byline, view.bylineShort, view.topic, view.organisation];
    // The count of papers is made beside the digest, in English.
    data.push(...known.filter((text) => text !== null), publicUrl, 'papers.example', '1 paper', 'Sampleton');
    data.push('Paperboy, 1 Print Lane, 1000 ');
    const mails = new Map([
      ...notices.map(({ html }, i) => [`notice ${i}`, decodePieces(html)] as const),
      ['digest', decodePieces(digest.html)] as const,
    ]);
    expect(left(mails)).toEqual([]);
  });

  test('and a look that is tried out is in its language too', async () => {
    expect(await showSpecimen(look, publicUrl, 'confirm')).toContain('lang="en-XA"');
    expect(await showSpecimen(lookOf({ language: 'ar-XB' }), publicUrl, 'digest')).toContain('dir="rtl"');
  });
});
