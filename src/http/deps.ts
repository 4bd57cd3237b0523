import type { Registry } from 'prom-client';
import type { BrandOrigins, BrandPart } from '../brand/brand.ts';
import type { Look } from '../brand/look.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import type { Actor } from '../db/trail.ts';
import type { PlanDeps } from '../delivery/plan.ts';
import type { PreviewDeps } from '../delivery/preview.ts';
import type { Transport } from '../mail/transport.ts';
import type { PaperSource } from '../papers/source.ts';
import type { Topics } from '../papers/topics.ts';
import type { SubscriberActions } from '../subscribers/actions.ts';
import type { Logger } from '../telemetry.ts';
import type { Words } from '../words/words.ts';
import type { Readiness } from './health.ts';
import type { WebhookDeps } from './webhooks.ts';
import type { Limits } from './plugins/limits.ts';
import type { Render } from './render.ts';

/** The desk's part of the brand, and what is to be told of the rest. */
export interface BrandTools {
  saved(): Promise<BrandPart>;
  /** Saves all that the desk says, and takes it up at once. Throws INPUT_INVALID for what is not sound. */
  save(part: BrandPart, by: Actor): Promise<void>;
  origins(): BrandOrigins;
  brandFaults(): readonly string[];
  templateFaults(): readonly string[];
}

/** What only the desk works with. */
export interface DeskTools extends Pick<PreviewDeps, 'keyring' | 'sender' | 'without' | 'sign'> {
  /** The operator's token, and the file it is kept in if it is not in the environment. */
  token: string;
  tokenFile: string | null;
  transport: Transport;
  /** The hosts of the relays that mail goes to. */
  relays: readonly string[];
  /** Throws CLOCK_WRONG: what readers get is not decided by a clock that differs from the database's. */
  requireTrueClock: () => Promise<void>;
  /** Asks for a batch of a digest that goes on. */
  enqueueBatch: PlanDeps['enqueueBatch'];
  /** Where papers and signals come from. */
  sources: readonly Pick<PaperSource, 'name' | 'hasLists' | 'observe'>[];
  /** Has a source asked at once, and says when it is asked by itself. */
  askSource: (name: string) => Promise<void>;
  nextAsk: (name: string) => Promise<Date | null>;
  /** The topics of the operator's file, by slug; and how this process takes up what was changed. */
  ofFile: ReadonlySet<string>;
  refreshTopics: () => Promise<void>;
  /** Looks at the health of everything now. */
  lookAtOnce: () => Promise<void>;
  /** Asks for a backup, as the one of the night is made; `null`: no directory for them is named. */
  backUp: (() => Promise<void>) | null;
  /** Mails the operator a word to see whether it arrives; `null`: no address is named. */
  testAlert: (() => Promise<boolean>) | null;
  brand: BrandTools;
  /** What the environment fixes of the installation. */
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'templatesDir' | 'backups' | 'alertTo' | 'alertMorning'>;
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
