/** Every job and what it carries: ids only, never an address. */
export interface JobPayloads {
  /** Pull one source, or all of them. First tastes are weighed anew that an older Paperboy kept. */
  ingest: { source?: string };
  /** Ask the optional model what is new in papers that have no summary. */
  summarise: Record<string, never>;
  /** Look again at the lists of the last days, on which votes go on. */
  watch: Record<string, never>;
  /** Take in a portion of half a year of past lists. */
  remember: Record<string, never>;
  /** Index the papers that were written since. */
  index: Record<string, never>;
  /** Thin out what was observed long ago. */
  thin: Record<string, never>;
  /** Fit the ranking anew from the lists there are, if the last fit is a week old. */
  fit: Record<string, never>;
  /** Freeze today's edition if its hour has come and it is not frozen yet. */
  edition: Record<string, never>;
  /** Freeze digests for the readers whose hour has come. */
  dispatch: Record<string, never>;
  /** Read what came back into the operator's mailbox. */
  collect: Record<string, never>;
  /** Act upon what came back: refusals, bounces, complaints. */
  judge: Record<string, never>;
  /** Bring the sums up to date that the desk shows. */
  sums: Record<string, never>;
  /** Tell programs of the operator what happened. */
  hooks: Record<string, never>;
  /** Write a backup, prove it, and remove those that are too many. */
  backup: Record<string, never>;
  /** Find in Postgres what the queue lost. */
  sweep: Record<string, never>;
  /** Send the notice that a request to subscribe owes. */
  notice: { subscriberId: number };
  /** Send the notices that several requests owe. */
  notices: { subscriberIds: number[] };
  /** Deliver one batch. */
  deliver: { batchId: number };
}

export type JobName = keyof JobPayloads;

/**
 * Deliveries have a queue of their own: they may take minutes and must not hold up the minute's
 * dispatch.
 */
export const QUEUE_NAMES = { deliver: 'paperboy-deliver', work: 'paperboy-work' } as const;
export type QueueKind = keyof typeof QUEUE_NAMES;

export const queueOf = (name: JobName): QueueKind => (name === 'deliver' ? 'deliver' : 'work');
