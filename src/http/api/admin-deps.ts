import type { DeskTools, SiteDeps } from '../deps.ts';
import type { Counts } from '../counts.ts';
import type { Standings } from '../standings.ts';
import type { Once } from './once.ts';

/** What the routes of the admin API work with. */
export interface AdminDeps extends SiteDeps {
  tools: DeskTools;
  standings: Standings;
  counts: Counts;
  once: Once;
}
