import type { Handlers } from '../../src/jobs/worker.ts';

const nothing = async (): Promise<void> => {};

/** What a test wants to happen; every other job does nothing. */
export const handlers = (some: Partial<Handlers>): Handlers => ({
  ingest: nothing,
  edition: nothing,
  dispatch: nothing,
  collect: nothing,
  backup: nothing,
  judge: nothing,
  sums: nothing,
  sweep: nothing,
  notice: nothing,
  notices: nothing,
  summarise: nothing,
  watch: nothing,
  remember: nothing,
  index: nothing,
  thin: nothing,
  fit: nothing,
  deliver: nothing,
  ...some,
});
