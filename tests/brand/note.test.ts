import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noteToHtml, noteToText } from '../../src/brand/note.ts';

const BASE = 'https://papers.example/';

describe('the operator’s note', () => {
  test.each([
    ['Good *morning*.', 'Good <em>morning</em>.'],
    ['Two\n\nparagraphs', 'Two<br><br>paragraphs'],
    ['One line\nand another', 'One line\nand another'],
    ['See [the imprint](/imprint)', 'See <a href="/imprint">the imprint</a>'],
    ['<b>not bold</b>', '&lt;b&gt;not bold&lt;/b&gt;'],
    ['[run](javascript:alert(1))', '[run](javascript:alert(1))'],
    ['# no head', '# no head'],
    ['- no list', '- no list'],
    ['![no image](https://x.example/y.png)', '!<a href="https://x.example/y.png">no image</a>'],
    ['&#0; &amp; &lt;', '&amp;#0; &amp;amp; &amp;lt;'],
    ['a `<code>` b', 'a <code>&lt;code&gt;</code> b'],
  ])('%j on a page of the site', (words, html) => expect(noteToHtml(words)).toBe(html));

  test('in mail links are whole and dressed, for no style sheet holds there', () => {
    expect(noteToHtml('[why](/imprint)', { base: BASE, linkStyle: 'color:#111;' })).toBe(
      '<a href="https://papers.example/imprint" style="color:#111;">why</a>',
    );
  });

  test.each([
    ['Good *morning*, see [why](/imprint).', ['Good morning, see why (https://papers.example/imprint).']],
    ['<https://x.example/>', ['https://x.example/']],
    ['One\nline\\\nof three\n\nand one', ['One line of three', 'and one']],
  ])('as text it has no marks: %j', (words, text) => expect(noteToText(words, BASE)).toEqual(text));

  const wild = fc
    .array(
      fc.oneof(
        fc.constantFrom('<', '>', '"', "'", '&', '*', '_', '`', '[', ']', '(', ')', '!', '#', '\\', '\n', '\n\n', '\0'),
        fc.constantFrom('<script>', '</p>', 'javascript:', 'data:text/html,', '](', '//evil.example', 'on=', 'style="'),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));
  const OURS =
    /<\/?(?:em|strong|code)>|<br>|<\/a>|<a href="(?:https?:|mailto:|\/(?![/\\])|#)[^"<>]*"(?: style="color:#111;")?>/gi;

  test('wild Markdown is never HTML of its own', () => {
    fc.assert(
      fc.property(wild, fc.boolean(), (words, isMail) => {
        const html = noteToHtml(words, isMail ? { base: BASE, linkStyle: 'color:#111;' } : {});
        expect(html.replace(OURS, '')).not.toMatch(/[<>"]/);
        expect(html).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(html.isWellFormed()).toBe(true);
        for (const paragraph of noteToText(words, BASE)) expect(paragraph).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      }),
      { numRuns: 500 },
    );
  });
});
