import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRAND_FIELDS, brandOf, DEFAULT_BRAND, faultsOfBrand, isFixed, lightened } from '../../src/brand/brand.ts';
import { parseBrand } from '../../src/brand/brand-file.ts';
import { contrast, mix } from '../../src/brand/contrast.ts';
import { markdownToHtml } from '../../src/brand/markdown.ts';

describe('contrast', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#0000ff', '#ffffff', 8.59],
    ['#ff0000', '#ffffff', 4],
  ])('of %s and %s is %d, as WCAG counts it', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });
  test('mixes by shares', () => {
    expect([mix('#000000', '#ffffff', 0.5), mix('#a5321d', '#000000', 0)]).toEqual(['#808080', '#a5321d']);
  });
});

describe('a brand', () => {
  test('that ships is sound', () => {
    expect(faultsOfBrand(DEFAULT_BRAND)).toEqual([]);
  });
  test.each<[object, string]>([
    [
      { accent: '#ffcc00' },
      '"accent" is hard to read: its contrast with the tinted boxes is 1.3:1 and must be 4.5:1; take a darker colour',
    ],
    [{ accentDark: '#333333' }, '"accentDark" is hard to read'],
    [{ accent: 'red' }, '"accent" must be a colour such as'],
    [{ name: '' }, '"name" must be a line of 1 to 60 characters'],
    [{ name: 'two\nlines' }, '"name" must be a line'],
    [{ name: ' before' }, '"name" must be a line'],
    [{ colour: '#000000' }, 'there is no field "colour", only name, tagline'],
    [{ logo: '../secret.png' }, '"logo" must be the name of a .png'],
    [{ replyTo: 'a@b.example\r\nBcc: c@d.example' }, '"replyTo" must be an address'],
    [{ contact: 'nobody' }, '"contact" must be an address'],
    [{ imprint: 'x'.repeat(50_001) }, '"imprint" must be a text in Markdown'],
  ])('is refused with one sentence: %j', (part, fault) => {
    const faults = faultsOfBrand(part);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
  test('is made of what the desk, a file and the environment say, in this order', () => {
    const { brand, origins } = brandOf({
      MAIL_FROM: { name: 'From' },
      desk: { name: 'Desk', tagline: 'Desk', footer: 'Desk' },
      file: { tagline: 'File' },
      SITE_NAME: { name: 'Environment' },
    });
    expect([brand.name, brand.tagline, brand.footer]).toEqual(['Environment', 'File', 'Desk']);
    expect([origins.name, origins.tagline, origins.footer, origins.logo]).toEqual([
      'SITE_NAME',
      'file',
      'desk',
      'default',
    ]);
    expect(BRAND_FIELDS.filter((field) => isFixed(origins[field]))).toEqual(['name', 'tagline']);
    expect(brandOf({ MAIL_FROM: { name: 'From' } }).brand.name).toBe('From');
  });
  test('has an accent for dark paper that follows from the other and can be read', () => {
    const channel = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0'));
    const colour = fc.tuple(channel, channel, channel).map((channels) => `#${channels.join('')}`);
    fc.assert(
      fc.property(colour, (accent) => {
        expect(faultsOfBrand({ accentDark: lightened(accent) })).toEqual([]);
      }),
    );
    const { brand } = brandOf({ file: { accent: '#00507a' } });
    expect(brand.accentDark).not.toBe(DEFAULT_BRAND.accentDark);
  });
  test('in a file that is no JSON is refused with its name', () => {
    expect(parseBrand('{"name": ', '/data/brand.json')).toEqual({
      faults: [expect.stringContaining('/data/brand.json is not JSON')],
    });
  });
});

describe('Markdown of an operator', () => {
  test('keeps its form', () => {
    expect(markdownToHtml('# Who\n\nWrite to [us](mailto:a@b.example) or [here](/about).')).toBe(
      '<h1>Who</h1>\n<p>Write to <a href="mailto:a@b.example">us</a> or <a href="/about">here</a>.</p>\n',
    );
  });
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,hello)',
    '[x](//evil.example)',
    '[x](/\\evil.example)',
    '![x](https://evil.example/x.png)',
    '<javascript:alert(1)>',
    '[x]: vbscript:x\n\n[x]',
  ])('lets nothing through that runs or loads: %s', (text) => {
    const html = markdownToHtml(text);
    expect(html).not.toMatch(/<(?:script|img)|(?:href|src)="(?!https?:|mailto:|\/(?!\/|\\)|#)/i);
  });
  test('lets nothing through that was not foreseen', () => {
    const bit = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '"',
      "'",
      'javascript:',
      '//x',
      'a',
      ' ',
      '\n',
      '!',
      '`',
      '\\',
      '&#',
      'on=',
      ':',
      '#',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 40 }), (bits) => {
        const html = markdownToHtml(bits.join(''));
        expect(html).not.toMatch(/<(?:script|img)|(?:href|src)="(?!https?:|mailto:|\/(?!\/)|#)/i);
      }),
    );
  });
});
