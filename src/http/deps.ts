import type { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import type { PlanDeps } from '../delivery/plan.ts';
import type { Topics } from '../papers/topics.ts';
import type { SubscriberActions } from '../subscribers/actions.ts';
import type { Logger } from '../telemetry.ts';
import type { Readiness } from './health.ts';
import type { WebhookDeps } from './webhooks.ts';
import type { Limits } from './plugins/limits.ts';
import type { Render } from './render.ts';

/** The operator's token, and the file it is kept in if it is not in the environment. */
export interface AdminToken {
  token: string;
  file: string | null;
}

export interface ServerDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'editionHour' | 'smtpRate'>;
  /** Who knows it works at the desk and reads the figures; `null`: no one does. */
  adminToken: AdminToken | null;
  /** What a digest that goes on asks for. */
  plan: Pick<PlanDeps, 'enqueueBatch'>;
  db: Db;
  /** Connections for searches alone. */
  searchDb: Db;
  log: Logger;
  now: () => Date;
  /** The topics in force. */
  topics: Topics;
  actions: SubscriberActions;
  /** Which parts answer. May throw: then nothing is ready. */
  ready: () => Promise<Readiness>;
  /** Takes what providers tell; without it `/webhooks` leads nowhere. */
  webhooks?: WebhookDeps['receive'];
  /** Default: a registry of the server's own. */
  metrics?: Registry;
}

/** What the routes work with. */
export interface SiteDeps extends ServerDeps {
  render: Render;
  limits: Limits;
}
