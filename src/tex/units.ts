// What siunitx calls units and prefixes. Data, so that a missing one is added in one line.

const pairs = (table: string): ReadonlyMap<string, string> =>
  new Map(
    table
      .trim()
      .split(/\s+/)
      .map((pair) => pair.split('=') as [string, string]),
  );

const PREFIXES = pairs(`
  quecto=q ronto=r yocto=y zepto=z atto=a femto=f pico=p nano=n micro=µ milli=m centi=c deci=d deca=da deka=da
  hecto=h kilo=k mega=M giga=G tera=T peta=P exa=E zetta=Z yotta=Y kibi=Ki mebi=Mi gibi=Gi tebi=Ti pebi=Pi exbi=Ei
`);

const UNITS = pairs(`
  meter=m metre=m second=s gram=g ampere=A kelvin=K mole=mol candela=cd hertz=Hz newton=N pascal=Pa joule=J watt=W
  coulomb=C volt=V farad=F ohm=Ω siemens=S weber=Wb tesla=T henry=H lumen=lm lux=lx becquerel=Bq gray=Gy sievert=Sv
  katal=kat radian=rad steradian=sr celsius=°C degreeCelsius=°C degree=° arcminute=′ arcsecond=″ percent=% minute=min
  hour=h day=d liter=L litre=L hectare=ha tonne=t electronvolt=eV dalton=Da bit=bit byte=B bel=B decibel=dB neper=Np
  astronomicalunit=au parsec=pc lightyear=ly atomicmassunit=u bar=bar angstrom=Å mmHg=mmHg year=yr week=wk
  um=µm us=µs ug=µg uL=µL ul=µL uA=µA uV=µV uW=µW uJ=µJ umol=µmol ohms=Ω
`);

const POWERS = pairs(`squared=² cubed=³`);
/** Said before the unit that they belong to. */
const POWERS_AHEAD = pairs(`square=² cubic=³`);

/**
 * A unit spelt in siunitx's words, `\kilo\meter\per\second`, as it is written: "km/s". What is no
 * such word stays as it is, so `\km` and `kg` are units too.
 */
export function unitOf(words: readonly string[]): string {
  let text = '';
  let prefix = '';
  let ahead = '';
  for (const word of words) {
    if (word === 'per') text += '/';
    else if (POWERS.has(word)) text += POWERS.get(word)!;
    else if (POWERS_AHEAD.has(word)) ahead = POWERS_AHEAD.get(word)!;
    else if (PREFIXES.has(word)) prefix = PREFIXES.get(word)!;
    else {
      const apart = /[^\s/]$/.test(text) && /^\p{L}/u.test(word);
      text += (apart ? ' ' : '') + prefix + (UNITS.get(word) ?? word) + ahead;
      prefix = ahead = '';
    }
  }
  return text + prefix;
}

/** A number as siunitx reads it: `1.2e5` is 1.2 × 10⁵, `5 +- 1` is 5 ± 1. */
export const numberOf = (text: string): string =>
  text
    .trim()
    .replace(/\s*\+-\s*/g, ' ± ')
    .replace(/(?<=\d)\s*[eEdD]\s*([+-]?\d+)/g, (_, power: string) => ` × 10^${power}`)
    .replace(/(?<=\d)\s*x\s*(?=\d)/g, ' × ');
