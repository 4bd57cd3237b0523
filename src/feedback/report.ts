import type { Reason, Whose } from '../mail/reply-rules.ts';

/**
 * What a message that came back is. `hard`: there is no such mailbox. `soft`: any other bounce, for
 * now or for good. `unrelated`: nothing that concerns a delivery.
 */
export type ReportKind = 'hard' | 'soft' | 'complaint' | 'unsubscribe' | 'auto-reply' | 'unrelated';

/** What it says of one recipient. */
export interface Returned {
  /** Null where the message does not name one: its marks may tell. */
  recipient: string | null;
  kind: ReportKind;
  /** Whether the message that it answers will not be delivered any more. */
  permanent: boolean;
  whose: Whose | null;
  /** A reason of `src/mail/reply-rules.ts`, or the kind of report. */
  rule: Reason | ReportRule;
  /** The words of the server, or of the report. */
  diagnostic: string;
  /** The words that decided. */
  because: string;
}

export type ReportRule =
  | 'abuse'
  | 'opt-out'
  | 'not-spam'
  | 'auth-failure'
  | 'delivered'
  | 'unsubscribe'
  | 'auto-reply'
  | 'read-receipt'
  | 'ordinary';

/** By what a message names the delivery that it is about. Each needs to be verified before it counts. */
export interface Marks {
  /** Of the message that was sent. */
  messageId: string | null;
  /** Messages that it is a reply to. */
  repliesTo: string[];
  /** Whole return paths with a token, as they came: a relay may have folded their case. */
  returnPaths: string[];
  /** Tokens of unsubscribe links. */
  unsubscribes: string[];
}

export interface Report extends Omit<Returned, 'recipient'>, Marks {
  recipients: string[];
  each: Returned[];
  /** How it was read: a standard (`dsn`, `arf`), or the name of a form. */
  form: string;
  reportingMta: string | null;
  date: Date | null;
}
