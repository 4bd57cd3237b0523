import { CLOSE_BRACE, OPEN_BRACE } from './marks.ts';

// What a TeX control word stands for in Unicode. Data, so that a missing one is added in one line.

/**
 * By name. Maps, because `\constructor` and `\__proto__` are names too, and every object has those.
 */
type Table = ReadonlyMap<string, string>;

const words = (table: string): Table =>
  new Map(
    table
      .trim()
      .split(/\s*\n\s*|\s{2,}/)
      .map((pair) => pair.split(' ') as [string, string]),
  );

/** Letters: in text they swallow the space that ends the control word (`\o re` is "øre"). */
export const LETTERS: Table = words(`
  alpha α  beta β  gamma γ  delta δ  epsilon ϵ  varepsilon ε  zeta ζ  eta η  theta θ  vartheta ϑ  iota ι
  kappa κ  lambda λ  mu μ  nu ν  xi ξ  omicron ο  pi π  varpi ϖ  rho ρ  varrho ϱ  sigma σ  varsigma ς  tau τ
  upsilon υ  phi φ  varphi φ  chi χ  psi ψ  omega ω  Gamma Γ  Delta Δ  Theta Θ  Lambda Λ  Xi Ξ  Pi Π  Sigma Σ
  Upsilon Υ  Phi Φ  Psi Ψ  Omega Ω  ell ℓ  hbar ℏ  aleph ℵ  Re ℜ  Im ℑ  wp ℘  i ı  j ȷ  imath ı  jmath ȷ  ss ß
  ae æ  AE Æ  oe œ  OE Œ  o ø  O Ø  aa å  AA Å  l ł  L Ł  th þ  TH Þ  dh ð  DH Ð
`);

/** What temml's tables lack, or show by a sign that fewer fonts have. */
export const SYMBOLS: Table = words(`
  deg °  textdegree °  varnothing ∅  textellipsis …  cmark ✓  xmark ✗  textcopyright ©
  textregistered ®  texttrademark ™  textsterling £  euro €  texteuro €  textgreater >  textless <  textbar |
  textunderscore _  textasciicircum ^  textasciitilde ~  textbackslash \\  textdollar $  textquoteleft ‘
  textquoteright ’  textquotedblleft “  textquotedblright ”  textquotesingle '  textendash –  textemdash —
  textperiodcentered ·  textbullet •  textpm ±  texttimes ×  textmu µ  micro µ  celsius °C  LaTeX LaTeX  TeX TeX
  lbrace ${OPEN_BRACE}  rbrace ${CLOSE_BRACE}  percent %  lq ‘  rq ’  textonehalf ½  textrightarrow →  textleftarrow ←
`);
export const BINARIES: Table = words(`sim ~  cdot ·  bullet •  ast *`);
export const RELATIONS: Table = words(`
  leqslant ≤  geqslant ≥  perp ⊥  longrightarrow →  longleftarrow ←  implies ⇒  iff ⇔  mid |  Longrightarrow ⇒
  Longleftarrow ⇐  Longleftrightarrow ⇔  longleftrightarrow ↔  longmapsto ↦
`);

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Abbreviations that papers define for themselves, by their usual name. */
export const ABBREVIATIONS: Table = new Map(
  Object.entries({
    eg: 'e.g.',
    ie: 'i.e.',
    etal: 'et al.',
    etc: 'etc.',
    wrt: 'w.r.t.',
    vs: 'vs.',
    aka: 'a.k.a.',
    cf: 'cf.',
    iid: 'i.i.d.',
  }),
);

/** Function names that temml's tables lack; they are upright words. */
export const OPERATORS: ReadonlySet<string> = names(`
  poly polylog softmax sign sgn tr Tr rank diag Var Cov KL supp span erf
`);

/** The fractions, by whichever package. */
export const FRACTIONS: ReadonlySet<string> = names(`
  frac dfrac tfrac cfrac nicefrac sfrac xfrac flatfrac textfrac
`);

/** What a macro puts round its argument, as most papers that define it mean it. */
export const FENCES: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['norm', ['‖', '‖']],
  ['abs', ['|', '|']],
  ['ceil', ['⌈', '⌉']],
  ['floor', ['⌊', '⌋']],
  ['set', [OPEN_BRACE, CLOSE_BRACE]],
  ['enquote', ['“', '”']],
]);

/** Macros that the parser does not know to have arguments, in its notation. */
export const SIGNATURES: Readonly<Record<string, { signature: string }>> = Object.fromEntries(
  Object.entries({
    m: 'ding bm mathds mathbbm mathscr unicode ang norm abs ceil floor set enquote pmod unit si num mathop mathrel mathbin',
    'm m': 'tfrac dfrac sfrac xfrac flatfrac textfrac binom dbinom tbinom overset underset stackrel',
    'o m m': 'cfrac nicefrac SI qty qtyproduct',
    'o m m m': 'SIrange qtyrange',
    'o m': 'xrightarrow xleftarrow',
    'm m m m m m': 'genfrac',
  }).flatMap(([signature, list]) => list.split(' ').map((name) => [name, { signature }])),
);

/** Control words that only change how what follows looks, and take no argument of their own. */
export const DECLARATIONS: ReadonlySet<string> = names(`
  em bf it sc tt sf rm sl bfseries itshape scshape ttfamily sffamily rmfamily mdseries upshape normalfont tiny
  scriptsize footnotesize small normalsize large Large LARGE huge Huge left right middle big Big bigg Bigg
  bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle scriptstyle limits nolimits noindent par
  centering allowbreak nobreak xspace protect relax ensuremath boldmath unboldmath newline linebreak smallskip
  medskip bigskip hfill quad qquad item footnotemark nobreakdash sloppy selectfont itshape scriptscriptstyle
  normalcolor maketitle leavevmode unskip ignorespaces break newpage clearpage displaylimits nonumber notag hline
`);

/** Declarations that stand for white space. */
export const SPACES: ReadonlySet<string> = new Set([
  ' ',
  '\n',
  '\t',
  ',',
  ';',
  ':',
  '>',
  '\\',
  '~',
  'quad',
  'qquad',
  'par',
  'newline',
  'linebreak',
  'item',
  'smallskip',
  'medskip',
  'bigskip',
  'hfill',
  'space',
  'thinspace',
  'enspace',
  'enskip',
  'newblock',
]);

/** Accent control symbols and words, as the combining character that follows the letter. */
export const ACCENTS: Table = new Map(
  Object.entries({
    '`': '\u0300',
    "'": '\u0301',
    '^': '\u0302',
    '~': '\u0303',
    '=': '\u0304',
    u: '\u0306',
    '.': '\u0307',
    '"': '\u0308',
    r: '\u030a',
    H: '\u030b',
    v: '\u030c',
    d: '\u0323',
    c: '\u0327',
    k: '\u0328',
    b: '\u0331',
    hat: '\u0302',
    widehat: '\u0302',
    tilde: '\u0303',
    widetilde: '\u0303',
    bar: '\u0304',
    overline: '\u0305',
    breve: '\u0306',
    dot: '\u0307',
    ddot: '\u0308',
    mathring: '\u030a',
    check: '\u030c',
    acute: '\u0301',
    grave: '\u0300',
    vec: '\u20d7',
    underline: '\u0332',
  }),
);

/** Control words whose arguments are for the machine, not the reader. */
export const SILENT: ReadonlySet<string> = names(`
  label ref eqref cref Cref autoref pageref vspace hspace vskip hskip color phantom hphantom vphantom
  includegraphics pagestyle bibliography
`);

const table = (from: string, to: string): Table => {
  const target = Array.from(to);
  return new Map(Array.from(from, (c, i) => [c, target[i]!]));
};

export const SUPERSCRIPTS = table(
  '0123456789+-−=()*′°abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤†‡',
  '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾*′°ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ†‡',
);
export const SUBSCRIPTS = table('0123456789+-−=()aehijklmnoprstuvxβγρφχ', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ');
export const BLACKBOARD = table('CHNPQRZABDEFGIJKLMOSTUVWXY1', 'ℂℍℕℙℚℝℤ𝔸𝔹𝔻𝔼𝔽𝔾𝕀𝕁𝕂𝕃𝕄𝕆𝕊𝕋𝕌𝕍𝕎𝕏𝕐𝟙');
