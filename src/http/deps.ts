import type { Registry } from 'prom-client';
import type { Look } from '../brand/look.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import type { Topics } from '../papers/topics.ts';
import type { SubscriberActions } from '../subscribers/actions.ts';
import type { Logger } from '../telemetry.ts';
import type { Readiness } from './health.ts';
import type { WebhookDeps } from './webhooks.ts';
import type { Limits } from './plugins/limits.ts';
import type { Render } from './render.ts';

export interface ServerDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'adminToken'>;
  db: Db;
  /** Connections for searches alone. */
  searchDb: Db;
  log: Logger;
  now: () => Date;
  /** The topics in force. */
  topics: Topics;
  /** The look in force. */
  look: () => Look;
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
