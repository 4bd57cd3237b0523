/**
 * How often a reader gets a digest: every day, Monday to Friday, or on Mondays. All at the reader's
 * own hour.
 */
export const FREQUENCIES = ['daily', 'weekdays', 'weekly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `pending` until the address is confirmed; the last four are ends. */
export type Status = 'pending' | 'active' | 'unsubscribed' | 'bounced' | 'complained' | 'erased';

/** What a reader may choose. `topics` holds topic slugs, or `all` alone for the overall edition. */
export interface Preferences {
  topics: string[];
  frequency: Frequency;
  timezone: string;
  sendHour: number;
  /** Whether digests tell what is likely to be talked about. */
  wantsFresh: boolean;
  /** Whether digests hold only what is followed beside topics. */
  followsOnly?: boolean;
}

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
