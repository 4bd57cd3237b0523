import type { Keyring, TokenClaims } from './tokens.ts';

export interface ReaderLinks { confirm: string; unsubscribe: string; preferences: string }

/** The signed links of one reader, absolute. `publicUrl` has no trailing slash. */
export const linksFor = (keyring: Keyring, publicUrl: string, claims: TokenClaims): ReaderLinks => ({
  confirm: `${publicUrl}/confirm/${keyring.sign('confirm', claims)}`,
  unsubscribe: `${publicUrl}/unsubscribe/${keyring.sign('unsubscribe', claims)}`,
  preferences: `${publicUrl}/preferences/${keyring.sign('preferences', claims)}`,
});
