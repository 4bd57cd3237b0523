import { type Words, wordsOf } from '../words/words.ts';
import { type Brand, DEFAULT_BRAND } from './brand.ts';

/** The operator's image, as pages and mail refer to it. */
export interface Logo {
  /** Its path below the site: it changes with the content. */
  href: string;
  type: 'image/png' | 'image/jpeg' | 'image/svg+xml';
  content: Buffer;
}

/**
 * How everything that readers get looks: the brand, and what of the templates is the operator's. A
 * look never changes: one that does is another, so what was made by a look is kept beside it.
 */
export interface Look {
  brand: Brand;
  logo: Logo | null;
  /** Mail templates of the operator's, laid out: `digest`, `confirm`. */
  layouts: Readonly<Record<string, string>>;
  /** Page templates of the operator's by their names, and files of `assets`. */
  pages: Readonly<Record<string, string>>;
  assets: Readonly<Record<string, string>>;
  /** Names this look among all, in all processes. */
  version: string;
  /** Hears what is wrong with a template of the operator's that is in use: ours took its place. */
  tell: (fault: string) => void;
}

export const DEFAULT_LOOK: Look = Object.freeze({
  brand: DEFAULT_BRAND,
  logo: null,
  layouts: {},
  pages: {},
  assets: {},
  version: 'ours',
  tell: () => {},
});

/** What is said to a reader of the newspaper: in their language if they chose one, with its dates. */
export const wordsIn = ({ brand }: Look, language: string | null = null): Words =>
  wordsOf(language ?? brand.language, brand.dateStyle);
