import type { Keyring, Purpose, TokenClaims } from './tokens.ts';

/** Pages behind a signed link; each is named after the purpose of its token. */
export type LinkPurpose = Exclude<Purpose, 'bounce'>;

/** Beside a reader's preferences: where one thing is followed, after a look at it. */
export const followPath = ({ kind, value }: { kind: string; value: string }): string =>
  `/follow?${new URLSearchParams({ kind, value })}`;

/** One reader's signed link, absolute. `publicUrl` has no trailing slash. */
export const linkFor = (keyring: Keyring, publicUrl: string, purpose: LinkPurpose, claims: TokenClaims): string =>
  `${publicUrl}/${purpose}/${keyring.sign(purpose, claims)}`;
