import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { compileDigest, type DigestPaper } from '../../src/editions/compile.ts';
import { freshLayout, layOut, layoutFile } from '../../src/editions/layout.ts';
import { plain } from '../../src/editions/plain-text.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { composed, digestInput, paperView, personalise, PUBLIC_URL, READER_LINKS } from '../support/mail.ts';
import { pythonIsHere, readWithPython } from '../support/python-email.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';

async function digestOf(papers: DigestPaper[], values = {}) {
  const compiled = await compileDigest(digestInput(papers, values));
  return personalise(compiled, { paperIds: papers.map((p) => p.id), links: READER_LINKS });
}
const squeezed = (text: string) => text.replace(/\s+/g, '');
const wrapped = (text: string) => text.replace(/\s+/g, ' ');

const nasty = fc.constantFrom(
  '<script>alert(1)</script>',
  '</h2></td>',
  '{{ title }}',
  '<%= it.title %>',
  '<% throw 1 %>',
  '[[x]]',
  '%%',
  '$&',
  '&amp;',
  '<!-- cut: brief -->',
  '-->',
  '"',
  "'",
  '`',
  '\\',
  'שלום עולם',
  'العربية',
  '👩‍🔬',
  '🇬🇧',
  '\u202e',
  '\u0000rank\u0000',
  '\r\nBcc: x@example.org\r\n',
  '\n.\n',
  '=3D',
  '日本語のとても長い題名がここに続いていきますので折り返しが必要になります',
  'x'.repeat(120),
  '\ud800',
  'é',
  '∇',
  ' ',
  '.',
  'From ',
);
const wild = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 30 }), fc.lorem({ maxCount: 8 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(' '));
const wildPaper = fc.record({
  title: wild.map((t) => `T ${t}`),
  byline: wild,
  bylineShort: wild,
  news: wild,
  newsShort: wild,
  reasons: fc.array(wild, { maxLength: 2 }),
});

describe('the templates', () => {
  test.each(['digest', 'confirm'] as const)('%s.html is what "npm run layout" makes of %s.mjml', async (name) => {
    expect(readFileSync(layoutFile(name), 'utf8')).toBe(await freshLayout(name));
  });

  test.each(['digest', 'confirm'])('%s.mjml passes strict validation', async (name) => {
    const source = readFileSync(new URL(`../../templates/mail/${name}.mjml`, import.meta.url), 'utf8');
    expect(await layOut(source)).toEqual({ html: expect.stringContaining('</html>') });
  });
});

describe('a digest', () => {
  test(
    'says exactly what its papers say, whatever that is, as mailparser and Python read it',
    { timeout: 60_000 },
    async () => {
      const cases = fc
        .sample(fc.array(wildPaper, { minLength: 1, maxLength: 4 }), { numRuns: 60, seed: 7 })
        .map((papers) => papers.map((p, i) => paperView({ ...p, id: `p${i}` })));
      const digests = await Promise.all(cases.map((papers) => digestOf(papers)));
      const messages = digests.map((digest) => composed(digest));
      const python = pythonIsHere ? readWithPython(messages) : [];

      for (const [i, papers] of cases.entries()) {
        const digest = digests[i]!;
        const [html, text] = [decodePieces(digest.html), decodePieces(digest.text)];
        const parsed = await simpleParser(messages[i]!);
        expect(parsed.html).toBe(html);
        expect(parsed.text).toBe(text);
        expect(parsed.subject).toBe(digest.subject);
        for (const [place, paper] of papers.entries()) {
          const { title, byline, bylineShort, news, newsShort, reasons } = paper;
          const said = place === 0 ? [byline, news, ...reasons] : [bylineShort, newsShort];
          for (const value of [title, ...said]) expect(squeezed(text)).toContain(squeezed(plain(value)));
        }
        for (const line of text.split('\n'))
          if (!line.includes('https://')) expect([...line].length).toBeLessThanOrEqual(78);
        for (const line of messages[i]!.toString('latin1').split('\r\n'))
          expect(line.length).toBeLessThanOrEqual(line.startsWith('List-Unsubscribe:') ? 998 : 78);
        expect(messages[i]!.toString('latin1')).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/);

        if (!pythonIsHere) continue;
        const read = python[i]!;
        expect(read.defects).toEqual([]);
        expect(read.types).toEqual(['text/plain', 'text/html']);
        expect(read.text.trimEnd()).toBe(text.trimEnd());
        expect(read.html.trimEnd()).toBe(html.trimEnd());
        expect(read.headlines).toEqual(papers.map((p) => plain(p.title)));
        expect(Object.fromEntries(read.headers).Subject).toBe(digest.subject);
        for (const href of read.hrefs) expect(text).toContain(href);
      }
    },
  );

  test('repeats every link of the HTML part in the text part', async () => {
    const { html, text } = await digestOf([paperView()]);
    const hrefs = [...decodePieces(html).matchAll(/href="([^"]*)"/g)].map((m) => m[1]!.replaceAll('&amp;', '&'));
    const { say, ...links } = READER_LINKS;
    const says = [`${say}/1/more`, `${say}/1/less`];
    expect(new Set(hrefs)).toEqual(
      new Set([`${PUBLIC_URL}/`, ...Object.values(links), ...says, ...Object.values(paperView().links)]),
    );
    for (const href of hrefs) expect(decodePieces(text)).toContain(href);
  });

  test('links to nothing but the web', async () => {
    const bad = { ...paperView().links, code: 'javascript:alert(1)' };
    const { html, text } = await digestOf([paperView({ links: bad })]);
    expect(decodePieces(html) + decodePieces(text)).not.toContain('javascript:');
  });

  test('leaves out what a paper does not have', async () => {
    const bare = paperView({
      byline: '',
      bylineShort: '',
      organisation: null,
      news: '',
      newsShort: '',
      reasons: [],
      links: { ...paperView().links, code: null, project: null },
    });
    const { html, text } = await digestOf([bare], { postalAddress: null });
    for (const part of [decodePieces(html), decodePieces(text)]) {
      for (const absent of ['Code', 'Project', 'null', 'undefined', 'Print Lane']) expect(part).not.toContain(absent);
    }
  });

  test('shows the date, why it comes, the way out and the postal address', async () => {
    const { html, text } = await digestOf([paperView()]);
    for (const part of [decodePieces(html), decodePieces(text)].map(wrapped)) {
      for (const expected of [
        /Tuesday,? 22 July/,
        /1 paper(?:<\/b>)? · 1 minute/,
        /You asked .*Paperboy.* for all papers/,
        /Unsubscribe/,
        /Preferences/,
        /View in browser/,
        /1 Print Lane/,
      ])
        expect(part).toMatch(expected);
    }
  });

  test('made of samples says so before its first paper, and in its subject', async () => {
    const { html, text, subject } = await digestOf([paperView()], { sample: true });
    expect(decodePieces(html)).toMatch(/Sample\.<\/b>[^]*A title/);
    expect(decodePieces(text)).toMatch(/^SAMPLE: [^]*A title/m);
    expect(subject).toBe('Sample: A title');
    const real = await digestOf([paperView()]);
    expect(decodePieces(real.html) + decodePieces(real.text) + real.subject).not.toMatch(/sample[^t]/i);
  });

  test('keeps to the rules of HTML mail: language, title, hidden preheader, presentation tables, both colour schemes, nothing fetched', async () => {
    const html = decodePieces((await digestOf([paperView()])).html);
    expect(html).toMatch(/<html lang="en"/);
    expect(html).toMatch(/<title>Paperboy, Tuesday,? 22 July<\/title>/);
    expect(html).toMatch(/<div style="display:none;mso-hide:all;[^"]*">One sentence\.<\/div>/);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme: dark');
    for (const table of html.match(/<table[^>]*>/g)!) expect(table).toContain('role="presentation"');
    expect(html).not.toMatch(/<img|<script|<link|@import|src=|url\(/);
  });

  test('of ten real papers stays under 90 kB, on any day', async () => {
    for (const day of recordedDays().slice(-20)) {
      const papers = realPapers(day).slice(0, 10);
      const message = composed(await digestOf(papers));
      expect(message.length).toBeLessThan(90_000);
    }
  });

  test('of ten papers with the longest texts that are let through stays under 90 kB', async () => {
    const long = Array.from({ length: 10 }, (_, i) =>
      paperView({
        id: `p${i}`,
        title: 'Étude & "essai" '.repeat(12),
        news: 'Größe — überall. '.repeat(11),
        newsShort: 'Größe — überall. '.repeat(7),
        reasons: ['Top 2 % for its age', '120 upvotes in a day', '48 points on Hacker News'],
      }),
    );
    expect(composed(await digestOf(long)).length).toBeLessThan(90_000);
  });
});

function realPapers(day: string): DigestPaper[] {
  return recordedDay(day).map(({ paper }) =>
    paperView({
      id: `arxiv:${paper.id}`,
      title: paper.title,
      byline: `${paper.authors?.[0]?.name ?? 'Somebody'} and others`,
      news: (paper.summary ?? '').slice(0, 200),
      newsShort: (paper.summary ?? '').slice(0, 120),
      links: {
        site: `${PUBLIC_URL}/papers/arxiv:${paper.id}`,
        page: `https://arxiv.org/abs/${paper.id}`,
        pdf: `https://arxiv.org/pdf/${paper.id}`,
        code: paper.githubRepo ?? null,
        project: null,
      },
    }),
  );
}
