import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { texToText } from '../../src/tex/text.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';
import { texLike } from './tex-like.ts';

describe('TeX becomes readable Unicode', () => {
  test.each([
    ['escaped signs', String.raw`saves 77\% of R\&D \#1 a\_b`, 'saves 77% of R&D #1 a_b'],
    ['formulas', String.raw`in $\mathcal{O}(n)$ and $\mathcal{O}(n^2)$ time`, 'in O(n) and O(n²) time'],
    ['quotes', "``quotes'' and `single' ones", '“quotes” and ‘single’ ones'],
    ['quotes closed by a straight one', '``LLM-as-a-judge" works', '“LLM-as-a-judge” works'],
    [
      'declarations',
      String.raw`the {\em maximum absolute determinants} of {\sc DP-BAI}`,
      'the maximum absolute determinants of DP-BAI',
    ],
    [
      'accents',
      String.raw`L\'aszl\'o Erd\H{o}s, Fran\c{c}ois, Schr\"odinger, \v{S}im\'anek, Bolet\'{\i}n`,
      'László Erdős, François, Schrödinger, Šimánek, Boletín',
    ],
    ['letters', String.raw`\O ystein, Stra\ss e, \L{}ukasz`, 'Øystein, Straße, Łukasz'],
    ['Greek', String.raw`$\alpha\beta$-divergence and $\Omega(\epsilon)$`, 'αβ-divergence and Ω(ϵ)'],
    ['scripts', String.raw`$x_1^2$, $10^{-3}$, $x_{max}$, $\theta_{i}$, $2^{k-1}$`, 'x₁², 10⁻³, x_max, θᵢ, 2ᵏ⁻¹'],
    ['scripts without Unicode', String.raw`$A^{d\times d}$`, 'A^(d×d)'],
    [
      'blackboard, roots, fractions',
      String.raw`$\mathbb{R}^d$, $\sqrt{n}$, $\sqrt{n+1}$, $\frac{a}{b}$, $\frac{a+1}{b}$, $\frac12$`,
      'ℝᵈ, √n, √(n+1), a/b, (a+1)/b, 1/2',
    ],
    ['relations and names', String.raw`$n \log n \leq \infty$`, 'n log n ≤ ∞'],
    ['negation', String.raw`$A\not=B$`, 'A ≠ B'],
    ['dashes and hard spaces', 'pages 3--5 --- see Fig.~3', 'pages 3–5 — see Fig. 3'],
    ['bare braces', 'an {A}gentic {Quantile Advantage} estimate', 'an Agentic Quantile Advantage estimate'],
    ['line ends', '  A title\n  over\tlines ', 'A title over lines'],
    ['unknown macros with arguments', String.raw`\foo{bar} and \mypink{Github}`, 'bar and Github'],
    [
      'unknown macros without',
      String.raw`We propose \oni, a system; \method is fast`,
      'We propose oni, a system; method is fast',
    ],
    [
      'links',
      String.raw`see \href{https://a.org/x_y}{our page} or \url{https://b.org/~c/d_e}`,
      'see our page (https://a.org/x_y) or https://b.org/~c/d_e',
    ],
    ['links that lost their command', 'at https://a.org/x_1{https://a.org/x_1}.', 'at https://a.org/x_1.'],
    ['references', String.raw`as shown \cite{foo} in \ref{fig:1}.`, 'as shown in.'],
    ['money', 'costs $5 and $10, not $1,500 ($65)', 'costs $5 and $10, not $1,500 ($65)'],
    ['escaped money', String.raw`\$OneMillion-Bench for \$200`, '$OneMillion-Bench for $200'],
    [
      'money beside mathematics',
      String.raw`for $5 we get $O(n)$ and $\alpha$ for $6`,
      'for $5 we get O(n) and α for $6',
    ],
    ['"about" and ranges', 'about ~10x, 12~20%, large models~(LLMs)', 'about ~10x, 12~20%, large models (LLMs)'],
    ['percent signs', '50% of 100%', '50% of 100%'],
  ])('%s', (_, tex, text) => expect(texToText(tex)).toBe(text));

  test.each([
    ['R^2ec and un^2CLIP, C^2DLM', 'R²ec and un²CLIP, C²DLM'],
    ['V_{0.5}, π_{RL}, pi_0, 360^circ, 2^{128}, c^*, 10^-4', 'V_0.5, π_RL, π₀, 360°, 2¹²⁸, c*, 10⁻⁴'],
    ['is mathcal{O}(n^2), O(varepsilon^{-s}d^s)', 'is O(n²), O(ε⁻ˢdˢ)'],
    ['2.3times faster, 256{times}256, 1{,}879', '2.3× faster, 256×256, 1,879'],
    ['tool_call in snake_case_names', 'tool_call in snake_case_names'],
    [String.raw`GPT-4o\'s, about \0.1`, "GPT-4o's, about $0.1"],
  ])('markup that a source stripped is understood: %s', (tex, text) => expect(texToText(tex)).toBe(text));
});

describe('no markup reaches a reader of real papers', () => {
  const days = recordedDays();
  const page: { title: string; abstract?: string }[] = SHARED_DATA_MISSING
    ? recordedDay(days[0]!).map(({ paper }) => ({ title: paper.title, abstract: paper.summary }))
    : JSON.parse(readFileSync(path.join(DATA, 'daily-papers-page.json'), 'utf8'));

  function expectReadable(raw: string): void {
    const text = texToText(raw);
    // Braces stay where they are meant: those of sets, and of a blank such as {name}.
    expect(text).not.toMatch(/\\|\p{Cc}/u);
    if (!/[{}]/.test(raw)) expect(text).not.toMatch(/[{}]/);
    const money = /\$\s?\d|\\\$|\\\d/.test(raw);
    if (!money) expect(text).not.toContain('$');
  }

  test('the daily-papers page', () => {
    for (const { title, abstract } of page) [title, abstract].forEach((raw) => expectReadable(raw ?? ''));
  });

  test('a year of titles and author names', () => {
    for (const day of days) {
      for (const { paper } of recordedDay(day)) {
        expectReadable(paper.title);
        for (const { name } of paper.authors)
          expect(texToText(name)).toBe(name.normalize('NFC').trim().replace(/\s+/g, ' '));
      }
    }
  });

  test('a month of abstracts', () => {
    for (const day of days.filter((d) => d >= '2026-05'))
      for (const { paper } of recordedDay(day)) expectReadable(paper.summary);
  });
});

describe('whatever comes in', () => {
  test('it never throws and leaves nothing that a header, JSON or Postgres cannot hold', () => {
    fc.assert(
      fc.property(texLike, (input) => {
        const text = texToText(input);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\ufdd0-\ufdef]/u);
        expect(text).not.toMatch(/\\[A-Za-z]/);
        expect(text).toBe(text.normalize('NFC').trim());
      }),
      { numRuns: 1500 },
    );
  });

  test('plain text passes through unchanged', () => {
    const plain = fc
      .array(
        fc.string({
          unit: fc.constantFrom(...Array.from('abcXYZ0189äöéßçøñ漢字кириλ,.:;!?()[]/+=<>%&#@*"’“”–—-')),
          minLength: 1,
          maxLength: 9,
        }),
        { maxLength: 40 },
      )
      .map((words) => words.join(' ').replace(/--+/g, '-').trim().replace(/\s+/g, ' '))
      .filter((line) => !/\dtimes/.test(line));
    fc.assert(
      fc.property(plain, (line) => {
        expect(texToText(line)).toBe(line.normalize('NFC'));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '{',
    '}',
    '$',
    '\\',
    '^',
    '_',
    '~',
    '`',
    "'",
    '$x',
    '{\\em ',
    '\\textbf{',
    'x^{',
    'a_{b_',
    '\\frac',
    '\\sqrt[',
    "\\'",
    '$a$b',
    '\\begin{a}',
    'http://a{',
    '\\(',
    '\\left(',
    'x^x^',
    '\\verb|',
    'alpha^',
    '\\footnote{a',
    '$5 ',
  ])('ten kilobytes of %s take no more than their share of time', (piece) => {
    const time = (length: number): number => {
      const input = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
      const start = process.cpuUsage().user;
      texToText(input);
      return (process.cpuUsage().user - start) / 1000;
    };
    time(1_000);
    // Quadratic work would take a hundred times the kilobyte's, exponential work would not end.
    expect(time(10_000)).toBeLessThan(40 * Math.max(time(1_000), 25));
  });

  test.each([
    '\\',
    '\\\\ ',
    '{',
    '{}',
    '{{a}',
    '$',
    '$a$',
    '^',
    'a^',
    '_',
    '~',
    "'",
    '`',
    '"',
    '--',
    ' ',
    ' ,',
    '{} ',
    '\\a{} ',
    '\\sqrt',
    '\\sqrt{',
    '\\not',
    '\\frac{a}',
    '\\begin{a}',
    '{em --\\a^',
    'www.a{$b_',
    'http://',
    'http://a..........',
    '$aaaa bbbb cccc',
  ])('twice as many of %s take about twice the time, and not four times', (piece) => {
    const time = (length: number): number => {
      const input = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
      const start = process.cpuUsage().user;
      texToText(input);
      return (process.cpuUsage().user - start) / 1000;
    };
    time(1_000);
    const whole = time(20_000);
    expect(whole).toBeLessThan(3 * Math.max(time(10_000), 50));
    expect(whole).toBeLessThan(500);
  });

  test('roots within roots cost no more than as many beside each other', () => {
    const start = process.cpuUsage().user;
    expect(texToText(`$${'\\sqrt'.repeat(60)}{x}$`)).toBe(`${'√('.repeat(59)}√x${')'.repeat(59)}`);
    expect((process.cpuUsage().user - start) / 1000).toBeLessThan(500);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'a control word by the name of what every object has, %s, is one like any other',
    (name) => {
      expect(texToText(`A \\${name} here`)).toBe(texToText(`A \\${name} here`.replaceAll('\\', '')));
      expect(texToText(`$\\${name}$`)).toBe(texToText(`$${name}$`));
      expect(texToText(`\\begin{${name}}a\\end{${name}}`)).toBe('a');
    },
  );
});
