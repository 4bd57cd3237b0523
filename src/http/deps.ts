import type { Registry } from 'prom-client';
import type { Look } from '../brand/look.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import type { PlanDeps } from '../delivery/plan.ts';
import type { PreviewDeps } from '../delivery/preview.ts';
import type { Transport } from '../mail/transport.ts';
import type { Topics } from '../papers/topics.ts';
import type { SubscriberActions } from '../subscribers/actions.ts';
import type { Logger } from '../telemetry.ts';
import type { Words } from '../words/words.ts';
import type { Readiness } from './health.ts';
import type { WebhookDeps } from './webhooks.ts';
import type { Limits } from './plugins/limits.ts';
import type { Render } from './render.ts';

/** What only the desk works with. */
export interface DeskTools extends Pick<PreviewDeps, 'keyring' | 'sender' | 'without' | 'sign'> {
  /** The operator's token, and the file it is kept in if it is not in the environment. */
  token: string;
  tokenFile: string | null;
  transport: Transport;
  /** Asks for a batch of a digest that goes on. */
  enqueueBatch: PlanDeps['enqueueBatch'];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The language in which it is answered. */
    words: Words;
  }
}

export interface ServerDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'editionHour' | 'smtpRate'>;
  /** `null`: there is no desk, and no one may read the figures. */
  desk: DeskTools | null;
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
