import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { texToHtml } from '../../src/tex/mathml.ts';
import { texToText } from '../../src/tex/text.ts';
import { texLike } from './tex-like.ts';

const tex = String.raw;
const htmlOf = (source: string): string => texToHtml(source, texToText(source));

/** What elements and attributes there are; throws where the HTML is no well-formed XML. */
function partsOf(html: string): Set<string> {
  const parts = new Set<string>();
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    parts.add(name);
    for (const attribute of Object.keys(attributes)) parts.add(`@${attribute}`);
  });
  parser.write(`<root>${html}</root>`).close();
  parts.delete('root');
  return parts;
}

test.each([
  tex`$\text{\char64983img src=x onerror=alert(1)\char64984}$`,
  tex`$\text{\char60 img src=x\char62}$`,
  tex`$\text{\char"3C script\char"3E}$`,
  '$\ufdd7b\ufdd8$',
])('no character that a formula makes begins a tag: %s', (source) => {
  expect(htmlOf(source)).not.toMatch(/<(?!\/?(?:math|m[a-z]+)[ >])/);
});
test('what a formula says is never taken for a pattern of replacement', () =>
  expect(htmlOf(tex`$\text{a\$&b}$`)).not.toContain('<math>b'));

describe('formulas become MathML', () => {
  test('with the Unicode as their name, between words that are escaped', () => {
    expect(htmlOf(tex`R\&D in $n^2$ <b> steps`)).toBe(
      'R&amp;D in <math aria-label="n²"><msup><mi>n</mi><mn>2</mn></msup></math> &lt;b&gt; steps',
    );
  });

  test.each(['$a$', tex`\(a\)`, tex`\[a\]`, '$$a$$', tex`\begin{equation}a\end{equation}`])('written as %s', (source) =>
    expect(htmlOf(`x ${source} y`)).toBe('x <math aria-label="a"><mi>a</mi></math> y'),
  );

  test('but for those that temml does not know, which are text', () =>
    expect(htmlOf(tex`$\mysys$ and $x$`)).toBe('mysys and <math aria-label="x"><mi>x</mi></math>'));

  test('but for money', () => expect(htmlOf('costs $5 and $10')).toBe('costs $5 and $10'));

  test('only where the TeX says what the text says', () => {
    expect(texToHtml('$n^2$ steps', 'n² steps')).toContain('<math');
    expect(texToHtml('$n^2$ steps', 'n³ steps & more')).toBe('n³ steps &amp; more');
    expect(texToHtml(null, 'a < b')).toBe('a &lt; b');
  });

  test('and no macro that a formula defines is known to the next', () => {
    htmlOf(tex`$\gdef\sys{x}\sys$`);
    expect(htmlOf(tex`$\sys$`)).toBe('sys');
  });
});

const SAFE =
  /^(?:math|m[a-z]+|@(?:aria-label|mathvariant|stretchy|fence|separator|symmetric|form|[lr]space|accent(?:under)?|movablelimits|largeop|m(?:in|ax)size|displaystyle|scriptlevel|linethickness|width|height|depth|voffset|display))$/;

describe('nothing of a source comes through as markup', () => {
  test.each([
    '$</math><script>alert(1)</script>$',
    '<script>alert(1)</script>',
    tex`$\href{javascript:alert(1)}{x}$`,
    tex`$\url{javascript:alert(1)}$`,
    tex`$\includegraphics[height=1em]{https://evil.example/x.png}$`,
    tex`$\style{background:url(https://evil.example)}{x}$`,
    tex`$\class{evil}{x}$ $\id{evil}{x}$ $\htmlData{a=b}{x}$`,
    tex`$\color{red} x$ $\textcolor{#ff0000}{y}$ $\colorbox{red}{z}$ $\boxed{a}$`,
    tex`$\text{<img src=x onerror=alert(1)>}$`,
    tex`$\text{" onload="alert(1)}$`,
    tex`$\mathrm{"><svg onload=alert(1)>}$`,
    tex`$\unicode{x3c}script>$`,
    '\uf8d00\uf8d1 \ufdd00\ufdd1 $x$ \uf8d099\uf8d1',
    '&lt;script&gt; &#60;img src=x&#62;',
  ])('%s', (source) => {
    const html = htmlOf(source);
    for (const part of partsOf(html)) expect(part).toMatch(SAFE);
    expect(html).not.toMatch(/<(?!\/?m)|\bstyle=|javascript:[^)]*"/);
  });

  test('nor anything else than formulas and text, whatever comes in', () => {
    fc.assert(
      fc.property(texLike, (source) => {
        for (const part of partsOf(htmlOf(source))) expect(part).toMatch(SAFE);
      }),
      { numRuns: 600 },
    );
  });

  test.each([
    tex`$\def\a{\a\a}\a$`,
    tex`$\def\a{bb}\def\b{\a\a}\a\b\b$`,
    `$${'{'.repeat(290)}${'}'.repeat(290)}$`,
    `$${tex`\sqrt`.repeat(100)}{x}$`,
    `$${'x^{'.repeat(140)}${'}'.repeat(140)}$`,
    `$${tex`\left(`.repeat(80)}$`,
    '$x$'.repeat(1_000),
    `$${tex`\rule{9999em}{9999em}`}$`,
  ])('nor does it take long: %s', (source) => {
    const start = process.cpuUsage().user;
    htmlOf(source);
    expect((process.cpuUsage().user - start) / 1000).toBeLessThan(1_500);
  });
});
