import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Look } from '../../src/brand/look.ts';
import { compileDigest } from '../../src/editions/compile.ts';
import { showSpecimen } from '../../src/editions/specimen.ts';
import {
  renderAlert,
  renderAlreadySubscribed,
  renderConfirmation,
  renderMoveAsked,
  renderMoveHere,
} from '../../src/editions/notice.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { senderOf } from '../../src/mail/sender.ts';
import { listHeaders, writeLetterhead } from '../../src/mail/mime.ts';
import { digestInput, paperView, personalise, READER_LINKS } from '../support/mail.ts';
import { lookOf } from '../support/looks.ts';
import { DATES, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';
import { wordsOf } from '../../src/words/words.ts';

const NAME = 'Kiel Preprints';
const OLD = /paperboy|morning ml/i;
const renamed = lookOf({ name: NAME, imprint: '# Who\n\nWe.', privacy: 'Nothing is kept.', contact: 'a@kiel.example' });
const publicUrl = 'https://papers.kiel.example';

let site: TestSite;
let look: Look = renamed;
beforeAll(async () => {
  site = await testSite({ look: () => look, publicUrl });
});
afterAll(() => site[Symbol.asyncDispose]());

const get = async (url: string, accept = 'text/html') => site.app.inject({ url, headers: { accept } });

/** Every page that links lead to from the front page, and what programs ask for. */
async function crawl(): Promise<Map<string, string>> {
  const paper = `/papers/${encodeURIComponent(samplePaper(1, TODAY).id)}`;
  const open = new Set([
    '/',
    '/feed.json',
    '/feeds.opml',
    '/openapi.json',
    '/robots.txt',
    '/sitemap.xml',
    '/subscribe',
    '/nothing-here',
    '/fresh',
    '/search?q=things',
    '/search?q=nothingofthekind',
    '/search/feed.xml?q=things',
    '/favicon.ico',
    '/confirm/wrong',
    '/preferences/wrong',
    '/editions/2026-W22',
    '/topics/robotics/feed.xml',
    '/api/v1/editions',
    '/api/v1/papers',
    '/api/v1/nothing',
    `/api/v1/editions/${DATES[0]}`,
    paper,
    `${paper}.bib`,
  ]);
  const found = new Map<string, string>();
  for (const url of open) {
    const answer = await get(url);
    found.set(url, `${JSON.stringify(answer.headers)} ${answer.body}`);
    if (!String(answer.headers['content-type']).startsWith('text/html')) continue;
    for (const [, link = ''] of answer.body.matchAll(/(?:href|src|action)="(\/[^"#]*)"/g))
      open.add(link.replaceAll('&amp;', '&'));
  }
  return found;
}

describe('a newspaper with a name of its own', () => {
  test('has the old one on no page, in no feed and in no answer of the API', async () => {
    const found = await crawl();
    expect(found.size).toBeGreaterThan(40);
    const old = [...found].filter(([url, text]) => OLD.test(`${url} ${text}`)).map(([url]) => url);
    expect(old).toEqual([]);
    for (const url of ['/', '/docs', '/feed.xml', '/feed.json', '/feeds.opml', '/openapi.json', '/imprint', '/topics'])
      expect(found.get(url), url).toContain(NAME);
  });

  test('has it in the server for language models', async () => {
    const answer = await site.app.inject({
      method: 'POST',
      url: '/mcp',
      remoteAddress: '192.0.2.7',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      payload: {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } },
      },
    });
    expect(answer.json().result.serverInfo.name).toBe(NAME);
    expect(answer.body).not.toMatch(OLD);
  });

  test('has the old one in no mail', async () => {
    const sender = { look: renamed, words: wordsOf('en'), publicUrl, postalAddress: null };
    const mails = await Promise.all([
      renderConfirmation({ ...sender, choices: 'all papers', next: 'tomorrow', confirmUrl: publicUrl }),
      renderAlreadySubscribed({ ...sender, choices: 'all', preferencesUrl: publicUrl, unsubscribeUrl: publicUrl }),
      renderAlreadySubscribed({
        ...sender,
        choices: 'all',
        preferencesUrl: publicUrl,
        unsubscribeUrl: publicUrl,
        asked: { words: 'papers on things', url: publicUrl },
      }),
      renderMoveAsked({ ...sender, stayUrl: publicUrl }),
      renderMoveHere({ ...sender, moveUrl: publicUrl, choices: 'all papers' }),
      renderAlert({ ...sender, sentence: 'Something broke: mend it.' }),
    ]);
    const compiled = await compileDigest(
      digestInput([paperView()], { look: renamed, publicUrl, sample: true, postalAddress: null }),
    );
    mails.push(personalise(compiled, { paperIds: [paperView().id], links: READER_LINKS }));
    for (const { subject, html, text } of mails)
      for (const part of [subject, decodePieces(html), decodePieces(text)]) expect(part).not.toMatch(OLD);
    for (const { html, text } of mails) {
      expect(decodePieces(html)).toContain(NAME);
      expect(decodePieces(text)).toContain(NAME.toUpperCase());
      for (const page of ['/imprint', '/privacy', 'a@kiel.example']) {
        expect(decodePieces(html)).toContain(page);
        expect(decodePieces(text)).toContain(page);
      }
    }
    expect(await showSpecimen(renamed, publicUrl, 'digest')).not.toMatch(OLD);
  });

  test('has it in what its mail is from, and in its list', () => {
    const config = {
      mailFrom: { name: null, address: 'news@kiel.example' },
      noticeFrom: { name: 'The desk', address: 'desk@kiel.example' },
      publicUrl,
      postalAddress: null,
      bounceDomain: null,
      inbound: null,
      imapUrl: null,
    };
    const sender = senderOf(config, () => renamed);
    expect([sender.from.name, sender.noticeFrom?.name]).toEqual([NAME, 'The desk']);
    const list = { siteName: sender.look.brand.name, publicUrl, date: TODAY, kind: 'digest', topic: 'all' };
    const head = writeLetterhead({ from: sender.from, subject: 'x', date: new Date(), headers: listHeaders(list) });
    expect(head).not.toMatch(OLD);
    expect(head).toContain(`List-Id: ${NAME} <digest.papers.kiel.example>`);
  });

  test('takes up another name while it runs, and pages that it does not have are not there', async () => {
    expect((await get('/')).body).toContain(NAME);
    look = lookOf({ name: 'Another <Paper>', accent: '#00507a', accentDark: '#8ec5ff' });
    const { body } = await get('/');
    expect(body).toContain('Another &lt;Paper&gt;');
    expect(body).not.toContain(NAME);
    const [, stylesheet = ''] = /href="(\/assets\/site[^"]+)"/.exec(body) ?? [];
    expect((await get(stylesheet)).body).toContain('--accent: #00507a');
    expect((await get('/favicon.ico')).body).toContain('#00507a');
    expect((await get('/imprint')).statusCode).toBe(404);
    look = renamed;
    expect((await get('/')).body).toContain(NAME);
  });

  test('shows our page where one of the operator’s fails, and says which line did', async () => {
    const told: string[] = [];
    const pages = { story: '<p>\n<%= it.nothing.here %></p>', nameplate: 'Own <%= it.site.name %>' };
    look = { ...renamed, version: 'own pages', pages, tell: (fault) => void told.push(fault) };
    expect((await get('/topics')).body).toContain(`Own ${NAME}`);
    look = { ...look, version: 'broken', pages: { ...pages, topics: '<p>\n<%= it.nothing.here %></p>' } };
    expect((await get('/topics')).body).toContain('Robotics');
    expect(told).toEqual([expect.stringMatching(/topics\.eta, line 2: Cannot read properties of undefined/)]);
    look = renamed;
  });

  test('serves a logo that is a document without letting it do anything', async () => {
    const content = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    look = {
      ...renamed,
      version: 'with logo',
      logo: { href: '/assets/logo.0123.svg', type: 'image/svg+xml', content },
    };
    expect((await get('/')).body).toContain('src="/assets/logo.0123.svg"');
    const { headers, body } = await get('/assets/logo.0123.svg');
    expect(body).toBe(content.toString());
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain('sandbox');
    expect(headers['cache-control']).toContain('immutable');
    const former = await get('/assets/logo.4567.png');
    expect([former.body, former.headers['cache-control']]).toEqual([body, 'public, max-age=3600']);
    look = renamed;
  });
});
