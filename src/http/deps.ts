import type { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import type { Topics } from '../papers/topics.ts';
import type { Follow, Preferences, Status } from '../subscriber.ts';
import type { FollowInput, FollowWish } from '../subscribers/follows.ts';
import type { PreferencesInput } from '../subscribers/preferences.ts';
import type { Confirmed, Wish } from '../subscribers/subscribe.ts';
import type { Purpose } from '../subscribers/tokens.ts';
import type { Standing } from '../subscribers/standing.ts';
import type { Logger } from '../telemetry.ts';
import type { Readiness } from './health.ts';
import type { Limits } from './plugins/limits.ts';
import type { Render } from './render.ts';

/** What readers can do, already bound to what it needs. */
export interface SubscriberActions {
  /** Resolves alike for every address; throws ADDRESS_INVALID or INPUT_INVALID. */
  subscribe(input: PreferencesInput & { email: string; follow?: FollowInput | undefined }): Promise<void>;
  /** Throws TOKEN_INVALID; changes nothing. */
  getWish(token: string): Promise<Wish>;
  confirm(token: string): Promise<Confirmed>;
  unsubscribe(token: string): Promise<{ resubscribeToken: string | null }>;
  /** Throws TOKEN_INVALID; changes nothing. */
  checkToken(purpose: Purpose, token: string): void;
  getStanding(token: string): Promise<Standing>;
  getPreferences(token: string): Promise<Preferences & { status: Status }>;
  setPreferences(token: string, input: PreferencesInput): Promise<void>;
  /** Throws TOKEN_INVALID; changes nothing. */
  getFollows(token: string): Promise<{ follows: Follow[]; isOnly: boolean; topics: string[] }>;
  /** Throws TOKEN_INVALID or INPUT_INVALID. */
  setFollows(token: string, wish: FollowWish): Promise<void>;
}

export interface ServerDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'adminToken'>;
  db: Db;
  log: Logger;
  now: () => Date;
  /** The topics in force. */
  topics: Topics;
  actions: SubscriberActions;
  /** Which parts answer. May throw: then nothing is ready. */
  ready: () => Promise<Readiness>;
  /** Default: a registry of the server's own. */
  metrics?: Registry;
}

/** What the routes work with. */
export interface SiteDeps extends ServerDeps {
  render: Render;
  limits: Limits;
}
