import { countHeld, type Held } from '../db/deliveries.ts';
import { type WarmUp, warmUpsOn } from '../db/warm-ups.ts';
import { createMailHosts, type MailHost, type MxResolver, systemMxResolver } from '../delivery/mail-hosts.ts';
import { requireShapingRules } from '../delivery/own-shaping.ts';
import { ruleOfRelay, type ShapingRule } from '../delivery/shaping-rules.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import { relayHostsOf } from '../surroundings.ts';
import { domainOf, normaliseAddress } from '../subscribers/address.ts';
import type { Context } from './context.ts';

/** How long the DNS is waited for: a person asks, and no message waits. */
const PATIENCE_MS = 5_000;

/** Says who takes an address's mail, what holds there, and what waits for it. Changes nothing. */
export async function shapingExplain(
  { config, log, signal, print }: Context,
  address: string,
  { json = false }: { json?: boolean },
): Promise<void> {
  const domain = domainNamed(address);
  const rules = await requireShapingRules(config.dataDir);
  const relay = relayHostsOf(config)[0]!;
  const relayRule = ruleOfRelay(rules, relay);
  const host = await hostOf(rules, domain);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const warmUp = (await warmUpsOn(store.db)).find((plan) => plan.host === host.name) ?? null;
  const waiting = await countHeld(store.db, domain);
  if (json)
    return print(JSON.stringify({ domain, host: host.name, rule: host.rule, relay: relayRule, warmUp, waiting }));
  await print(`Mail to ${domain} is taken by ${host.name}.`);
  await print(host.rule === null ? NO_RULE : linesOf(host.rule));
  await print(relayLines(relayRule));
  await print(warmUp === null ? 'Warm-up: off' : `Warm-up: ${warmUpLine(warmUp)}`);
  await print(waitingLine(waiting));
}

const NO_RULE = 'Rule: none. It gets mail as fast as it takes it; when it says "later", half as much for a while.';

/** Of an address, or of a domain alone. */
const domainNamed = (text: string): string =>
  domainOf(normaliseAddress(text.includes('@') ? text : `postmaster@${text}`));

/** Who takes a domain's mail, by the DNS if no rule names the domain. */
export async function hostOf(
  rules: readonly ShapingRule[],
  domain: string,
  resolver: MxResolver = systemMxResolver(),
): Promise<MailHost> {
  const hosts = createMailHosts({ rules, resolver, patienceMs: PATIENCE_MS });
  return hosts.of(domain);
}

/** The mail host of a name: that of a rule, or the one that takes the mail of a domain. */
export async function hostNamed(rules: readonly ShapingRule[], name: string): Promise<string> {
  const wanted = name.trim().toLowerCase();
  if (rules.some(({ host }) => host === wanted)) return wanted;
  if (wanted.includes('.')) return (await hostOf(rules, domainNamed(wanted))).name;
  throw new AppError(
    'NOT_FOUND',
    `There is no mail host "${name.slice(0, 60)}". Name a domain such as gmail.com, or one of ` +
      `${rules.map(({ host }) => host).join(', ')}.`,
  );
}

const numberOf = (value: number | null): string => value?.toLocaleString('en') ?? 'not stated';

function linesOf({ host, source, ...rule }: ShapingRule): string {
  const lines = [
    `Rule: ${host} (${source})`,
    `  messages a minute: ${numberOf(rule.messagesPerMinute)}`,
    `  connections: ${numberOf(rule.connections)}; messages a connection: ${numberOf(rule.messagesPerConnection)}`,
    '    These two hold only where Paperboy itself connects to the host. Through a relay the relay keeps them.',
    ...rule.slowDown.map(({ says, minutes }) => `  rests ${minutes} min when a reply says: ${says}`),
  ];
  return lines.join('\n');
}

function relayLines(rule: ShapingRule | null): string {
  if (rule === null) return 'Relay: SMTP_URL names no host with a rule; SMTP_CONNECTIONS and SMTP_RATE hold.';
  return [
    `Relay: SMTP_URL names ${rule.host} (${rule.source}): Paperboy connects to it, and each process keeps to`,
    `  connections: ${numberOf(rule.connections)}; messages a connection: ${numberOf(rule.messagesPerConnection)}; ` +
      `messages a minute, all processes together: ${numberOf(rule.messagesPerMinute)}`,
  ].join('\n');
}

/** How far a plan is, in a line. */
export const warmUpLine = ({ startedAt, day, allowance, sent, refused }: WarmUp): string =>
  `since ${startedAt.toISOString().slice(0, 10)}; on ${day} (UTC) ${sent} of ${allowance} messages, ${refused} refused`;

function waitingLine({ heldBack, warmUp, next }: Held): string {
  if (heldBack + warmUp === 0) return 'Waiting now: nothing to this domain is held back.';
  const when = next === null ? '' : `; the first is tried again at ${next.toISOString().slice(0, 19)}Z`;
  return `Waiting now: ${heldBack} held back for the host's limits, ${warmUp} for its warm-up, to this domain${when}.`;
}
