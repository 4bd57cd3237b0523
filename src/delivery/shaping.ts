import { HELD_BACK, WARM_UP } from '../db/deliveries.ts';
import { classifyReply, enhancedOf } from '../mail/classify-reply.ts';
import type { HostLimits } from './host-limits.ts';
import type { HostRate } from './host-rate.ts';
import type { MailHost, MailHosts } from './mail-hosts.ts';
import { type ShapingRule, slowDownOf } from './shaping-rules.ts';
import type { WarmUps } from './warm-up.ts';

/** Why a message waits, as its delivery says it, and when to ask again. */
export interface Hold {
  reason: typeof HELD_BACK | typeof WARM_UP;
  at: Date;
}

/** What the hosts that take our mail in the end want, each by its own rule. */
export interface Shaping {
  /** Says whose mail comes next, so that its hosts are known by then. */
  expect(domains: readonly string[]): void;
  /** `null`: a message to the domain may go, and is counted; `key` names it while it waits. */
  admit(domain: string, key: string): Hold | null | Promise<Hold | null>;
  /** A message that was let go did not leave after all. */
  unused(domain: string): void;
  /** A message was refused; `slowDown`: for the amount of mail, as far as the reply alone tells. */
  refused(domain: string, reply: { code: number; text: string }, slowDown: boolean): void;
}

/** Reads a refusal by a host's rule. Greylisting is about one message, and its other words do not count. Pure. */
export function restOf(
  rule: ShapingRule | null,
  { code, text }: { code: number; text: string },
): number | null | 'greylisted' {
  if (classifyReply(code, enhancedOf(text), text).reason === 'greylisted') return 'greylisted';
  return rule === null ? null : slowDownOf(rule, `${code} ${text}`);
}

export function createShaping({
  hosts,
  limits,
  rate,
  warmUps,
  relay,
}: {
  hosts: MailHosts;
  limits: HostLimits;
  rate: HostRate;
  /** Without it no host is warmed up. */
  warmUps?: WarmUps;
  /** The rule of the server that SMTP_URL names, which every message passes. */
  relay?: ShapingRule | null;
}): Shaping {
  const held = (at: Date | null): Hold | null => at && { reason: HELD_BACK, at };

  const unused = (name: string): void => {
    limits.unused(name);
    warmUps?.unused(name);
  };

  /** What needs no answer from elsewhere is told at once: most hosts have neither rate nor plan. */
  const admitTo = ({ name, rule }: MailHost, key: string): Hold | null | Promise<Hold | null> => {
    const later = limits.admit(name);
    if (later) return held(later);
    const plan = warmUps?.admit(name) ?? null;
    const perMinute = rule?.messagesPerMinute ?? null;
    if (plan === null && perMinute === null && !relay?.messagesPerMinute) return null;
    return admitSlowly(name, key, plan, perMinute);
  };
  const admitSlowly = async (
    name: string,
    key: string,
    plan: Date | null | Promise<Date | null>,
    perMinute: number | null,
  ): Promise<Hold | null> => {
    const tomorrow = await plan;
    if (tomorrow) {
      limits.unused(name);
      return { reason: WARM_UP, at: tomorrow };
    }
    const later =
      (perMinute === null ? null : await rate.admit(name, perMinute, key)) ??
      (relay?.messagesPerMinute ? await rate.admit(relay.host, relay.messagesPerMinute, key) : null);
    if (later) unused(name);
    return held(later);
  };
  /** Gives the host to `act` as soon as it is known. */
  const withHost = (domain: string, act: (host: MailHost) => void): void => {
    const host = hosts.of(domain);
    if (host instanceof Promise) void host.then(act);
    else act(host);
  };

  return {
    expect: (domains) => hosts.expect(domains),
    admit(domain, key) {
      const host = hosts.of(domain);
      return host instanceof Promise ? host.then((found) => admitTo(found, key)) : admitTo(host, key);
    },
    unused: (domain) => withHost(domain, ({ name }) => unused(name)),
    refused(domain, reply, slowDown) {
      withHost(domain, ({ name, rule }) => {
        const rest = restOf(rule, reply);
        if (rest === 'greylisted') return;
        if (slowDown || rest !== null) limits.refused(name, rest ?? undefined);
        if (slowDown || rest !== null || reply.code >= 500) warmUps?.refused(name);
      });
    },
  };
}
