/** A language that readers can have. */
export interface Language {
  /** Its BCP 47 tag, as `lang` attributes and the database hold it. */
  tag: string;
  /** What its own speakers call it. */
  name: string;
  dir: 'ltr' | 'rtl';
  /** The catalogue of its sentences in locales/. */
  catalogue: string;
  /** How Intl writes its numbers and dates. */
  locale: string;
  /** Made from English to show what the catalogue lacks: never offered to readers. */
  isPseudo?: boolean;
}

export const ENGLISH: Language = { tag: 'en', name: 'English', dir: 'ltr', catalogue: 'en', locale: 'en-GB' };

/**
 * The two last are the pseudo-locales of CLDR: accented English, and the same from right to left.
 */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { tag: 'de', name: 'Deutsch', dir: 'ltr', catalogue: 'de', locale: 'de-DE' },
  { tag: 'fr', name: 'Français', dir: 'ltr', catalogue: 'fr', locale: 'fr-FR' },
  { tag: 'es', name: 'Español', dir: 'ltr', catalogue: 'es', locale: 'es-ES' },
  // Western digits, as in arXiv's numbers, hours and addresses beside them.
  { tag: 'ar', name: 'العربية', dir: 'rtl', catalogue: 'ar', locale: 'ar-u-nu-latn' },
  { tag: 'en-XA', name: 'Åççéñţš', dir: 'ltr', catalogue: 'en', locale: 'en-GB', isPseudo: true },
  { tag: 'ar-XB', name: 'Ɓîđî', dir: 'rtl', catalogue: 'en', locale: 'en-GB', isPseudo: true },
];

export const languageOf = (tag: string): Language | undefined => LANGUAGES.find((one) => one.tag === tag);

/**
 * The first language that a browser asks for and that is among `offered`; regions are not told
 * apart. RFC 9110, 12.5.4.
 */
export function preferredLanguage(acceptLanguage: string | undefined, offered: readonly string[]): string | null {
  const asked = (acceptLanguage ?? '')
    .slice(0, LONGEST_HEADER)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { language: tag.toLowerCase().split('-')[0]!, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  return asked.find(({ language }) => offered.includes(language))?.language ?? null;
}

const LONGEST_HEADER = 500;
