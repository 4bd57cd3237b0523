/**
 * How often a reader gets a digest: every day, Monday to Friday, or on one day of the week. All at
 * the reader's own hour.
 */
export const FREQUENCIES = ['daily', 'weekdays', 'weekly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** How many papers a digest can be asked to hold. */
export const DIGEST_LENGTHS = [5, 10, 20] as const;
export type DigestLength = (typeof DIGEST_LENGTHS)[number];

/** A day of the week: 1 = Monday … 7 = Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** `pending` until the address is confirmed; the last four are ends. */
export type Status = 'pending' | 'active' | 'unsubscribed' | 'bounced' | 'complained' | 'erased';

/** The states in which readers are listed: of the erased ones there is nothing to tell. */
export const LISTED_STATES = [
  'active',
  'pending',
  'unsubscribed',
  'bounced',
  'complained',
] as const satisfies readonly Status[];

/** What a reader may choose. `topics` holds topic slugs, or `all` alone for the overall edition. */
export interface Preferences {
  topics: string[];
  frequency: Frequency;
  /** The day of a weekly digest. */
  weeklyOn: Weekday;
  timezone: string;
  sendHour: number;
  /** The tag of the language of their mail; `null`: the newsletter's. */
  language?: string | null | undefined;
  /** Whether digests tell what is likely to be talked about. */
  wantsFresh: boolean;
  /** Whether digests hold only what is followed beside topics. */
  followsOnly?: boolean;
  /** How many papers a digest holds; one of several topics may hold more. */
  length: DigestLength;
  /** No digest before this moment; `null`: they come. */
  pausedUntil: Date | null;
}

/** Why a reader left, if they say so: words of our own, and none of theirs. */
export const LEAVING_REASONS = ['too-many', 'not-my-field', 'found-elsewhere', 'no-time'] as const;
export type LeavingReason = (typeof LEAVING_REASONS)[number];

/** What can be followed beside topics; `not` keeps out of digests what it finds. */
export const FOLLOW_KINDS = ['search', 'author', 'organisation', 'not'] as const;

export interface Follow {
  kind: (typeof FOLLOW_KINDS)[number];
  /** The words of the search, or the key of the name. */
  value: string;
  /** How the reader knows it. */
  label: string;
}

/** In the place of topics: the digests of this reader hold only what they follow beside them. */
export const NO_TOPIC = 'none';
