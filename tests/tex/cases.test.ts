import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../bench/text-findings.ts';
import { papersIn } from '../../bench/recorded-papers.ts';
import { texToText } from '../../src/tex/text.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';

const tex = String.raw;

describe('what authors write reads as they mean it', () => {
  test.each([
    ['fractions', tex`$\frac 1 2$, $\frac12$, $\frac{1}2$, $\tfrac12$, $\nicefrac{a}{b}$`, '1/2, 1/2, 1/2, 1/2, a/b'],
    ['fractions of the old kind', tex`${'$'}{a \over b}$ and $1\over n$`, 'a/b and 1/n'],
    ['fractions in text', tex`a \frac12 and a \nicefrac{1}{2}`, 'a 1/2 and a 1/2'],
    ['fractions in fractions', tex`$\cfrac{1}{1+\cfrac{1}{x}}$, $\frac{\frac12}{3}$`, '1/(1+1/x), (1/2)/3'],
    [
      'fractions beside factors',
      tex`$2\frac{1}{3}$, $\frac{1}{n}\sum_{i} x_i$, $\frac12\|x\|^2$`,
      '2 1/3, 1/n ∑ᵢxᵢ, 1/2‖x‖²',
    ],
    ['roots and derivatives in fractions', tex`$\frac{1}{\sqrt{n}}$, $\frac{\partial f}{\partial x}$`, '1/√n, ∂f/∂x'],
    ['binomials', tex`$\binom{n}{k}$ and $\binom nk$`, '(n choose k) and (n choose k)'],
    [
      'sets',
      tex`$\{0,1\}^n$, $\{ x : x>0 \}$, $\left\{a\right\}$, $\lbrace b\rbrace$, $\set{c}$`,
      '{0,1}ⁿ, {x: x>0}, {a}, {b}, {c}',
    ],
    ['sets whose backslashes were lost', 'weights in {-1, 0, 1} and {A}da', 'weights in {-1, 0, 1} and Ada'],
    ['blanks of a prompt', 'fill {user_name} into {slot}', 'fill {user_name} into {slot}'],
    [
      'norms and bars',
      tex`$\|x\|_2$, $D(p\|q)$, $P(A\mid B)$, $\norm{x}$, $\abs{y}$`,
      '‖x‖₂, D(p‖q), P(A | B), ‖x‖, |y|',
    ],
    [
      'relations of AMS',
      tex`$a\lesssim b$, $A\nleq B$, $A \subsetneq B$, $x\hookrightarrow y$`,
      'a ≲ b, A ≰ B, A ⊊ B, x ↪ y',
    ],
    ['operators', tex`$f\circ g$, $a\wedge b$, $A\setminus B$, $a\cdot b$`, 'f ∘ g, a ∧ b, A ∖ B, a · b'],
    ['signs of one number', tex`$\pm 1$, $x=\pm1$, $\sim5$, $\times 3$, 5$\times$`, '±1, x=±1, ~5, ×3, 5×'],
    [
      'spaces on one side',
      tex`$p <0.05$, $n= 5$, $1 -o(1)$, $x = -1$, $(-1)$`,
      'p < 0.05, n = 5, 1 - o(1), x = -1, (-1)',
    ],
    [
      'functions',
      tex`$n\log n$, $\log\left(n\right)$, $\log_2n$, $\min_{x}f(x)$, $-\log p$`,
      'n log n, log(n), log₂ n, minₓ f(x), -log p',
    ],
    [
      'upright words',
      tex`$10\mathrm{ms}$, $\mathrm{KL}(p)$, $\operatorname{rank} A$, $\mathrm{CO}_2$`,
      '10 ms, KL(p), rank A, CO₂',
    ],
    [
      'macros of an author',
      tex`\sys{} (fast), \sys\ and \sys, \sys{}s, (\sys), \sys-XL`,
      'sys (fast), sys and sys, syss, (sys), sys-XL',
    ],
    [
      'macros of an author beside words',
      tex`Our\sys{}works, $x\mysym y$, on \mathfive, it`,
      'Our sys works, x mysym y, on mathfive, it',
    ],
    ['macros of an author with arguments', tex`\hl{a}{b}, \foo[c=d]{bar}, \pink{c}`, 'a b, bar, c'],
    [
      'what stands over a sign',
      tex`$X\stackrel{d}{=}Y$, $\underset{x}{\min}$, $a\xrightarrow[n]{f}b$`,
      'X =ᵈ Y, minₓ, a →ᶠ b',
    ],
    [
      'units',
      tex`\SI{1.2e5}{\kilo\meter\per\second\squared}, \qty{45}{\celsius}, \si{\kg\per\cubic\metre}, \num{3e-4}, \ang{45}`,
      '1.2 × 10⁵ km/s², 45 °C, kg/m³, 3 × 10⁻⁴, 45°',
    ],
    ['ranges of units', tex`\SIrange{1}{5}{\giga\hertz}, \SI{20}{\percent}, \qty{3}{km/h}`, '1–5 GHz, 20 %, 3 km/h'],
    ['formulas on lines of their own', tex`so \begin{align}a&=b\end{align} holds`, 'so a = b holds'],
    ['hard spaces', tex`$k$~means, Fig.~3, ~5 of 10~20, $10^5$~tokens`, 'k means, Fig. 3, ~5 of 10~20, 10⁵ tokens'],
    [
      'numbers that are mathematics',
      tex`of $2.0, 3.1$ and $1 - o(1)$, $3$ of $10$`,
      'of 2.0, 3.1 and 1 - o(1), 3 of 10',
    ],
    [
      'numbers that are money',
      'from $1.5 and $2.5 million to $5/$10, then $100, 50 more, $3',
      'from $1.5 and $2.5 million to $5/$10, then $100, 50 more, $3',
    ],
    ['references of HTML', 'R&amp;D &lt;b&gt; &alpha; x&#x2014;y AT&T; &unknown;', 'R&D <b> α x—y AT&T; &unknown;'],
    ['elements of HTML', '<i>E. coli</i> at 10<sup>-3</sup><br/>of H<sub>2</sub>O', 'E. coli at 10⁻³ of H₂O'],
    [
      'tokens that look like HTML',
      'the <i> and <s>a</s> and <think>b</think>',
      'the <i> and <s>a</s> and <think>b</think>',
    ],
    [
      'links with blanks',
      'at https://a.org/{id}/x?q={1}~b and https://a.org/c{the page}',
      'at https://a.org/{id}/x?q={1}~b and https://a.org/c (the page)',
    ],
    ['links that became macros', tex`see \https://a.org/b`, 'see https://a.org/b'],
    ['signs of Zapf', tex`\ding{51} and \ding{182}`, '✓ and ❶'],
  ])('%s', (_, input, text) => expect(texToText(input)).toBe(text));
});

describe.skipIf(SHARED_DATA_MISSING)('recorded text (skipped where ../shared/data is absent)', () => {
  interface Case {
    input: string;
    expected: string;
  }
  const read = (): Case[] => JSON.parse(readFileSync(path.join(DATA, 'text-cases.json'), 'utf8'));
  const squashed = (text: string): string => text.replace(/\s/g, '');
  const wanted = ({ expected }: Case): string => {
    const [, same] = /^the same as (.*) gives$/.exec(expected) ?? [];
    return same === undefined ? expected.replace(/, or another readable form$/, '') : texToText(same);
  };

  test('every case reads as a reader should see it', () => {
    const cases = read();
    expect(cases.length).toBeGreaterThan(40);
    const got = cases.map((one) => ({ input: one.input, text: squashed(texToText(one.input)) }));
    expect(got).toEqual(cases.map((one) => ({ input: one.input, text: squashed(wanted(one)) })));
  });

  test('of a pool of arXiv no name vanishes, no macro leaks, no fraction or set is broken', () => {
    const papers = [...papersIn([path.join(DATA, 'arxiv-pool')]).values()].filter(
      ({ title, abstract }, i) => i % 5 === 0 && /\\/.test(title + abstract),
    );
    expect(papers.length).toBeGreaterThan(200);
    const findings = papers.flatMap(({ id, title, abstract }) =>
      [title, abstract].flatMap((raw) => findingsOf(raw, texToText(raw)).map((finding) => ({ id, ...finding }))),
    );
    expect(findings).toEqual([]);
  });
});

describe('the findings of the bench', () => {
  test.each([
    ['leaked', tex`$a\succeq b$`, 'asucceq b'],
    ['leaked', tex`\textbf{a}`, tex`\textbf a`],
    ['vanished', tex`On \mathfive, we`, 'On, we'],
    ['vanished', tex`Our \sys{} wins`, 'Our syswins'],
    ['vanished', tex`\pink{Github} it`, 'it'],
    ['fractions', tex`$\tfrac12$`, '/12'],
    ['fractions', tex`$\frac{a+1}{b}$`, 'ab+1/'],
    ['braces', tex`$\{0,1\}$`, '0,1'],
  ])('see what is %s in %s → %s', (kind, raw, text) =>
    expect(findingsOf(raw, text).map((finding) => finding.kind)).toContain(kind),
  );
});
