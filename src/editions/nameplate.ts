import type { Look } from '../brand/look.ts';
import type { Words } from '../words/words.ts';
import { plain } from './plain-text.ts';

/** Where the operator's pages are, below the site. */
export const IMPRINT_PATH = '/imprint';
export const PRIVACY_PATH = '/privacy';

/** What the head and the foot of every mail say of the newspaper. */
export interface Nameplate {
  siteName: string;
  siteUrl: string;
  /** An image that mail programs show: none of them shows SVG. */
  logoUrl: string | null;
  footer: string | null;
  contact: string | null;
  pages: { label: string; url: string }[];
}

export function nameplateOf(words: Words, { brand, logo }: Look, publicUrl: string): Nameplate {
  return {
    siteName: plain(brand.name),
    siteUrl: `${publicUrl}/`,
    logoUrl: logo === null || logo.type === 'image/svg+xml' ? null : publicUrl + logo.href,
    footer: brand.footer === null ? null : plain(brand.footer),
    contact: brand.contact,
    pages: ownPages(words, brand).map(({ label, path }) => ({ label, url: publicUrl + path })),
  };
}

/** The pages of the operator's that there are. */
export const ownPages = (words: Words, { imprint, privacy }: Look['brand']): { label: string; path: string }[] => [
  ...(imprint === null ? [] : [{ label: words.t('imprint'), path: IMPRINT_PATH }]),
  ...(privacy === null ? [] : [{ label: words.t('privacy'), path: PRIVACY_PATH }]),
];
