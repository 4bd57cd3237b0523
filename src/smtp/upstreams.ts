import type { Relay } from './relay.ts';
import type { Session } from './session.ts';

/** How long a relay that failed is left alone, at first and at most, in milliseconds. */
export interface Rest {
  first: number;
  longest: number;
}

/** A relay, what is open to it, and how it has been doing. */
export class Upstream {
  readonly relay: Relay;
  readonly sessions = new Set<Session>();
  opening = 0;
  /** The last attempt to use it succeeded. */
  works = false;
  /** No new connection before this moment, by performance.now(). */
  restsUntil = 0;
  #rest = 0;

  constructor(relay: Relay) {
    this.relay = relay;
  }

  get open(): number {
    return this.sessions.size + this.opening;
  }

  get isAlive(): boolean {
    return this.opening > 0 || this.sessions.values().some((session) => !session.closed);
  }

  worked(): void {
    this.works = true;
    this.restsUntil = this.#rest = 0;
  }

  failed({ first, longest }: Rest): void {
    this.works = false;
    // Many connections that fail together are one failure.
    if (performance.now() < this.restsUntil) return;
    this.#rest = Math.min(longest, this.#rest === 0 ? first : this.#rest * 2);
    this.restsUntil = performance.now() + this.#rest;
  }
}

/** The relays in order of preference, and which of them to connect to. */
export class Upstreams {
  readonly all: readonly Upstream[];
  /** What the relay that failed last said, or the error's code. */
  lastFailure = '';
  #rest: Rest;
  /**
   * Those that failed since one worked, or since no message waits: all of them makes "the relay is
   * down".
   */
  #failed = new Set<Upstream>();

  constructor(relays: readonly Relay[], rest: Rest) {
    this.all = relays.map((relay) => new Upstream(relay));
    this.#rest = rest;
  }

  *sessions(): Generator<Session> {
    for (const { sessions } of this.all) yield* sessions;
  }

  get open(): number {
    return this.all.reduce((sum, { open }) => sum + open, 0);
  }

  get opening(): number {
    return this.all.reduce((sum, { opening }) => sum + opening, 0);
  }

  worked(upstream: Upstream): void {
    upstream.worked();
    this.#failed.clear();
  }

  failed(upstream: Upstream, text: string): void {
    upstream.failed(this.#rest);
    this.lastFailure = text;
    if (!upstream.isAlive) this.#failed.add(upstream);
  }

  /** Whether a message that waits can still hope for a relay. */
  get anyLeft(): boolean {
    return this.all.some((upstream) => upstream.isAlive || !this.#failed.has(upstream));
  }

  /** Those who waited have heard that all are down: the next message has them all tried again. */
  forgetFailures(): void {
    this.#failed.clear();
  }

  /** Where the next connection should go; `null` when it is better to wait for those there are. */
  choose(now: number): Upstream | null {
    for (const upstream of this.all) {
      // One that is not known to work gets one connection to prove it.
      if (now >= upstream.restsUntil && !this.#failed.has(upstream))
        return upstream.works || upstream.opening === 0 ? upstream : null;
      // It works, if not for as many connections as we would like.
      if (upstream.isAlive) return null;
    }
    return this.all.some((upstream) => upstream.isAlive)
      ? null
      : (this.all.find((upstream) => !this.#failed.has(upstream)) ?? null);
  }

  /**
   * Sessions to end so that a preferred relay gets its place back: all once it works, one to try it
   * with.
   */
  misplaced(now: number): Session[] {
    const best = this.all.findIndex((upstream) => now >= upstream.restsUntil);
    if (best < 0) return [];
    const worse = this.all.slice(best + 1).flatMap(({ sessions }) => [...sessions]);
    if (this.all[best]!.works) return worse;
    return worse.some((session) => session.retiring) || this.all[best]!.opening > 0 ? [] : worse.slice(0, 1);
  }
}
