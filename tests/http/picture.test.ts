import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPainter } from '../../src/http/picture/draw.ts';
import { readFonts } from '../../src/http/picture/fonts.ts';
import { layOut, type PictureOf } from '../../src/http/picture/lay-out.ts';
import { testSite, type TestSite } from '../support/site.ts';

const fonts = readFonts();
const PAPER: PictureOf = {
  site: 'Paperboy',
  accent: '#a5321d',
  title: 'π₀: A Vision-Language-Action Flow Model with 𝒪(n²) Cost and ℝᵈ ⊗ ∇ℒ',
  authors: ['Ada Lovelace', 'José García-Pérez'],
  authorLine: (authors) => authors.join(' and '),
  news: 'We present a flow model that controls robots, and show that it learns in an hour what took others a day.',
};
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text .*?>(.*)<\/text>/g)].map(([, said]) => said!.replace(/<[^>]*>/g, ''));
const drawn = (changes: Partial<PictureOf>): string[] => textsOf(layOut({ ...PAPER, ...changes }, fonts).svg);

describe('the picture of a paper', () => {
  test('says the name of the newspaper, the title with its mathematics, who, and what is new', () => {
    const said = drawn({});
    expect(said[0]).toBe('Paperboy');
    expect(said.join(' ')).toContain(PAPER.title);
    expect(said.join(' ')).toContain('Ada Lovelace and José García-Pérez');
    expect(said.join(' ')).toContain(PAPER.news);
  });

  test('cuts what is too long, and says so', () => {
    const said = drawn({ title: 'Uncharacteristically long words '.repeat(30), news: 'Much is new. '.repeat(60) });
    expect(said.length).toBeLessThan(12);
    expect(said.filter((line) => line.endsWith('…')).length).toBeGreaterThan(0);
    expect(layOut({ ...PAPER, title: 'x'.repeat(5_000) }, fonts).svg.length).toBeLessThan(10_000);
  });

  test('writes Arabic, Hebrew and Chinese, and leaves out what no font of ours has', () => {
    const names = ['محمد بن سلمان', 'משה כהן', '李飞飞', 'ⵣ ⵎⵓⵃ 𐎀𐎁'];
    const said = drawn({ site: '每日论文', title: 'Faces 🦙 of things', authors: names }).join(' ');
    expect(said).toContain('每日论文');
    expect(said).toContain('محمد بن سلمان and משה כהן and 李飞飞');
    expect(said).toContain('Faces of things');
    expect(said).not.toMatch(/[🦙ⵣ]/u);
  });

  test('is laid out at once, whatever it is written in', () => {
    const han = Array.from({ length: 600 }, (_, i) => String.fromCodePoint(0x4e00 + 31 * i)).join('');
    const begun = process.cpuUsage();
    layOut({ ...PAPER, title: han, news: han.split('').toReversed().join('') }, fonts);
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(400);
  });

  test('leaves out what no picture may hold', () => {
    expect(drawn({ title: 'One\u0001 and\u0000 other', news: '' }).join(' ')).toContain('One and other');
  });

  test('takes no markup from what a paper says', () => {
    const { svg } = layOut({ ...PAPER, title: '</text><image href="file:///etc/passwd"/>&x;' }, fonts);
    expect(svg).not.toContain('<image');
  });

  test('is drawn once for all who ask, as a PNG of 1200 × 630', { timeout: 30_000 }, async () => {
    const painter = createPainter();
    const [one, other] = await Promise.all([painter.draw(PAPER), painter.draw(PAPER)]);
    expect(one).toBe(other);
    expect(await painter.draw(PAPER)).toBe(one);
    expect(one.toString('latin1', 1, 4)).toBe('PNG');
    expect([one.readUInt32BE(16), one.readUInt32BE(20)]).toEqual([1200, 630]);
    await painter.close();
  });
});

describe('the page of a paper', { timeout: 30_000 }, () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await testSite();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  test('names its picture with its size and words, and the picture is there', async () => {
    const { rows } = await site.db.$client.query<{ id: string; title: string }>('select id, title from paper limit 1');
    const { body } = await site.app.inject(`/papers/${rows[0]!.id}`);
    const named = (name: string): string | undefined =>
      new RegExp(`<meta property="og:image${name}" content="([^"]*)">`).exec(body)?.[1];
    expect([named(':width'), named(':height'), named(':type')]).toEqual(['1200', '630', 'image/png']);
    expect(named(':alt')).toContain(rows[0]!.title);
    const picture = await site.app.inject(new URL(named('')!).pathname);
    expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/png']);
    expect(picture.headers['cache-control']).toBe('public, max-age=86400');
    expect(picture.rawPayload.readUInt32BE(16)).toBe(1200);
    expect((await site.app.inject('/pictures/arxiv:9999.99999.png')).statusCode).toBe(404);
  });
});
