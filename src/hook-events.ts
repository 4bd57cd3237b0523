/** What programs of the operator can be told of. */
export const HOOK_EVENTS = [
  'subscriber.subscribed',
  'subscriber.left',
  'subscriber.bounced',
  'subscriber.complained',
  'edition.frozen',
  'digest.done',
] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** Sent by hand, to see whether an endpoint takes what it is sent. */
export const TEST_EVENT = 'test';
