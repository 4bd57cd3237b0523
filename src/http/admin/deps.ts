import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../db/trail.ts';
import type { DeskTools, SiteDeps } from '../deps.ts';
import type { Counts } from '../counts.ts';
import type { Standings } from '../standings.ts';
import type { ReadNeeds } from './needs.ts';
import type { RenderDesk } from './render.ts';
import type { DeskMeta } from './views.ts';
import type { Clock } from './words.ts';

/** What the pages of the desk work with. */
export interface DeskDeps extends SiteDeps {
  tools: DeskTools;
  standings: Standings;
  counts: Counts;
  clock: Clock;
  renderDesk: RenderDesk;
  /** What the layout shows of the login, and of what needs the operator. */
  meta(request: FastifyRequest): Pick<DeskMeta, 'session' | 'mend'>;
  /** All that needs the operator, read now. */
  needs: ReadNeeds;
  /** Whether who asks is still logged in. */
  isIn(request: FastifyRequest): Promise<boolean>;
}

/** A message in a frame of ours: its own styles are inline, and nothing in it runs or loads. */
export const FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";

export const page = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8');

/** Who acts here: the desk has one token, so one name. */
export const AT_THE_DESK: Actor = { who: 'operator', via: 'desk' };
