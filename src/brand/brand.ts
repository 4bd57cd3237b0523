import { AppError } from '../errors.ts';
import { LANGUAGES, languageOf } from '../words/languages.ts';
import { DATE_STYLES, type DateStyle } from '../words/dates.ts';
import { contrast, mix } from './contrast.ts';

/** What an operator calls the newspaper, and how it looks. */
export interface Brand {
  name: string;
  /** What it is, in a few words. */
  tagline: string;
  /** The tag of the language that site and mail are in. */
  language: string;
  /** The languages that readers may choose instead. */
  languages: readonly string[];
  /** How days are written. */
  dateStyle: DateStyle;
  /** The one colour of links and buttons, by day and where the background is dark: `#rrggbb`. */
  accent: string;
  accentDark: string;
  /** The name of an image in the data directory. */
  logo: string | null;
  /** What stands at the foot of site and mail. */
  footer: string | null;
  /** Where answers to mail go, if not to its sender. */
  replyTo: string | null;
  /** Whom readers can write to. */
  contact: string | null;
  /** Pages in Markdown. */
  imprint: string | null;
  privacy: string | null;
}

export type BrandField = keyof Brand;
/** What one place says of the brand; what it leaves out, another says. */
export type BrandPart = Partial<Brand>;

export const DEFAULT_BRAND: Brand = Object.freeze({
  name: 'Paperboy',
  tagline: 'Trending research papers, by mail',
  language: 'en',
  languages: [],
  dateStyle: 'full',
  accent: '#a5321d',
  accentDark: '#f2917c',
  logo: null,
  footer: null,
  replyTo: null,
  contact: null,
  imprint: null,
  privacy: null,
});

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most;
const isLine = (value: unknown, most: number): boolean =>
  isText(value, most) && /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(value);
const isLike = (value: unknown, form: RegExp): boolean => isText(value, 254) && form.test(value);
const COLOUR = /^#[0-9a-f]{6}$/i;
const ADDRESS = /^[\w!#$%&'*+/=?^`{|}~.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;
const IMAGE = /^\w[\w-]*\.(?:png|jpe?g|svg)$/;
const MOST_OF_PAGE = 50_000;

const TAGS = LANGUAGES.filter(({ isPseudo }) => !isPseudo)
  .map(({ tag }) => `"${tag}"`)
  .join(', ');
/** The pseudo-languages too: an operator may look at their own templates in them. */
const isLanguage = (value: unknown): boolean => typeof value === 'string' && languageOf(value) !== undefined;

/** By hand and not by a schema, because config.ts asks too, and each command waits for that. */
const IS_RIGHT: Readonly<Record<BrandField, (value: unknown) => boolean>> = {
  name: (value) => isLine(value, 60),
  tagline: (value) => isLine(value, 120),
  language: isLanguage,
  languages: (value) => Array.isArray(value) && value.every(isLanguage),
  dateStyle: (value) => DATE_STYLES.includes(value as DateStyle),
  accent: (value) => isLike(value, COLOUR),
  accentDark: (value) => isLike(value, COLOUR),
  logo: (value) => value === null || isLike(value, IMAGE),
  footer: (value) => value === null || isLine(value, 300),
  replyTo: (value) => value === null || isLike(value, ADDRESS),
  contact: (value) => value === null || isLike(value, ADDRESS),
  imprint: (value) => value === null || isText(value, MOST_OF_PAGE),
  privacy: (value) => value === null || isText(value, MOST_OF_PAGE),
};

const SHOULD_BE: Readonly<Record<BrandField, string>> = {
  name: 'a line of 1 to 60 characters',
  tagline: 'a line of 1 to 120 characters',
  language: `one of ${TAGS}`,
  languages: `a list of some of ${TAGS}`,
  dateStyle: `one of ${DATE_STYLES.map((style) => `"${style}"`).join(', ')}`,
  accent: 'a colour such as "#a5321d"',
  accentDark: 'a colour such as "#f2917c"',
  logo: 'the name of a .png, .jpg or .svg file in the data directory',
  footer: 'a line of 1 to 300 characters',
  replyTo: 'an address such as "editor@example.org"',
  contact: 'an address such as "editor@example.org"',
  imprint: 'a text in Markdown of at most 50,000 characters',
  privacy: 'a text in Markdown of at most 50,000 characters',
};

export const BRAND_FIELDS = Object.keys(SHOULD_BE) as readonly BrandField[];

/** A field as it is typed, and back. */
export const typedValue = (name: BrandField, text: string): string | string[] =>
  name === 'languages' ? text.split(/[\s,]+/).filter(Boolean) : text;
export const textOfValue = (value: string | readonly string[] | null | undefined): string =>
  [value ?? []].flat().join(', ');

/** What an accent stands on or under, as templates/assets/site.css and the mail have it. */
const SURFACES: Readonly<Record<'accent' | 'accentDark', Readonly<Record<string, string>>>> = {
  accent: { 'the paper': '#fdfcf9', 'the tinted boxes': '#f4efe4', 'the text of buttons': '#ffffff' },
  accentDark: { 'the paper': '#171614', 'the tinted boxes': '#24211d', 'the text of buttons': '#23110b' },
};
/** WCAG 2.2, 1.4.3, for text of any size. */
const LEAST_CONTRAST = 4.5;

/** What is wrong with what one place says of the brand, one sentence for each fault, without a dot. */
export function faultsOfBrand(part: unknown): string[] {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return ['make it an object, {"name": …}'];
  const isField = (name: string): name is BrandField => Object.hasOwn(SHOULD_BE, name);
  return Object.entries(part).flatMap(([name, value]): string[] => {
    if (!isField(name)) return [`there is no field "${name.slice(0, 60)}", only ${BRAND_FIELDS.join(', ')}`];
    if (!IS_RIGHT[name](value)) return [`"${name}" must be ${SHOULD_BE[name]}`];
    return name === 'accent' || name === 'accentDark' ? faintOn(name, String(value)) : [];
  });
}

/** Where an accent is hardest to read, and how well it is told apart there: "5.2". */
export function leastContrast(
  name: 'accent' | 'accentDark',
  colour: string,
): { what: string; ratio: string; isEnough: boolean } {
  const ratios = Object.entries(SURFACES[name]).map(([what, surface]) => ({ what, ratio: contrast(colour, surface) }));
  const least = ratios.reduce((one, other) => (other.ratio < one.ratio ? other : one));
  // Rounded down: what is shown as enough is.
  const ratio = (Math.floor(least.ratio * 10) / 10).toFixed(1);
  return { what: least.what, ratio, isEnough: least.ratio >= LEAST_CONTRAST };
}

function faintOn(name: 'accent' | 'accentDark', colour: string): string[] {
  const { what, ratio, isEnough } = leastContrast(name, colour);
  if (isEnough) return [];
  const remedy = name === 'accent' ? 'a darker colour' : 'a lighter colour';
  return [`"${name}" is hard to read: its contrast with ${what} is ${ratio}:1 and must be 4.5:1; take ${remedy}`];
}

/** The same colour, lighter until it can be read on dark paper. */
export function lightened(accent: string): string {
  const steps = Array.from({ length: 21 }, (_, i) => mix(accent, '#ffffff', i / 20));
  return steps.find((colour) => faintOn('accentDark', colour).length === 0) ?? DEFAULT_BRAND.accentDark;
}

/** Where a field of the brand is from: of these, a later one goes before an earlier one. */
export const BRAND_ORIGINS = ['default', 'MAIL_FROM', 'desk', 'file', 'SITE_NAME'] as const;
export type BrandOrigin = (typeof BRAND_ORIGINS)[number];
export type BrandOrigins = Readonly<Record<BrandField, BrandOrigin>>;

/** Whether the desk cannot change what is from there. */
export const isFixed = (origin: BrandOrigin): boolean => origin === 'file' || origin === 'SITE_NAME';

/** Lays what several places say over one another, and tells which place has each field. */
export function brandOf(parts: Readonly<Partial<Record<BrandOrigin, BrandPart>>>): {
  brand: Brand;
  origins: BrandOrigins;
} {
  const brand: Brand = { ...DEFAULT_BRAND };
  const origins = Object.fromEntries(BRAND_FIELDS.map((field) => [field, 'default'])) as Record<
    BrandField,
    BrandOrigin
  >;
  for (const origin of BRAND_ORIGINS)
    for (const [field, value] of Object.entries(parts[origin] ?? {})) {
      Object.assign(brand, { [field]: value });
      origins[field as BrandField] = origin;
    }
  // A blue newspaper that is red by night would be two.
  if (origins.accent !== 'default' && origins.accentDark === 'default') brand.accentDark = lightened(brand.accent);
  return { brand: Object.freeze(brand), origins };
}

const sameText = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? '') === JSON.stringify(other ?? '');

/** Which fields two parts say differently. */
export const changedFields = (before: BrandPart, after: BrandPart): BrandField[] =>
  BRAND_FIELDS.filter((name) => !sameText(before[name], after[name]));

/**
 * What the desk says of the brand once a patch is laid over it (RFC 7396): `null` takes back what was
 * said of a field. Throws INPUT_INVALID for a field that another place fixes. Pure.
 */
export function patchedBrand(
  saved: BrandPart,
  patch: Readonly<Record<string, unknown>>,
  origins: BrandOrigins,
): BrandPart {
  const fixed = BRAND_FIELDS.find((name) => Object.hasOwn(patch, name) && isFixed(origins[name]));
  if (fixed !== undefined) {
    const where = origins[fixed] === 'SITE_NAME' ? 'SITE_NAME in the environment' : 'a file in the data directory';
    throw new AppError('INPUT_INVALID', `"${fixed}" is fixed by ${where}: change it there.`);
  }
  return Object.fromEntries(Object.entries({ ...saved, ...patch }).filter(([, value]) => value !== null));
}
