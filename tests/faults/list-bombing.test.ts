import { expect, test } from 'vitest';
import { noticesOwed } from '../../src/db/notices.ts';
import { NOTICE_CAPS } from '../../src/delivery/notice-caps.ts';
import { type NotifyDeps, sendNotices } from '../../src/delivery/notify.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import { HOUR, MINUTE } from '../../src/duration.ts';
import type { Guard } from '../../src/subscribers/guard.ts';
import { mailboxOf } from '../../src/subscribers/mailbox.ts';
import { createLogger } from '../../src/telemetry.ts';
import { ACCEPTED, recordingTransport } from '../support/ledger.ts';
import { randomOf } from '../support/random.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

/** BOMBING=10000: as many sign-ups for a tenth as many mailboxes from 50 networks, and people beside them. */
const SIGN_UPS = Number(process.env['BOMBING'] ?? 240);
const IS_BIG = SIGN_UPS >= 10_000;
const MAILBOXES = Math.ceil(SIGN_UPS / 10);
const NETWORKS = IS_BIG ? 50 : 4;
const PEOPLE = Math.ceil(SIGN_UPS / 50);
/** The flood lasts three hours, or one; then a day goes by, in which what was held back may go. */
const FLOOD_STEPS = IS_BIG ? 18 : 6;
const FLOOD_STEP_MS = 10 * MINUTE;
const LATER_STEPS = IS_BIG ? 48 : 12;
const LATER_STEP_MS = (24 * HOUR) / LATER_STEPS;

/** A machine of a flood that works off every challenge: the caps alone stand in its way. */
const beaten = (guard: Guard): Guard => ({ ...guard, admit: async () => null });

interface Sent {
  to: string;
  mailbox: string;
  network: string | null;
  at: number;
}

/** The most of these that lie within any `ms`. */
function mostWithin(moments: readonly number[], ms: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, i) => {
    while (at - sorted[first]! >= ms) first += 1;
    return Math.max(most, i - first + 1);
  }, 0);
}

/** An inbox under many names: every third is at Gmail, whose dots and tags make no other of it. */
function victim(random: (below: number) => number): string {
  const n = random(MAILBOXES);
  const tag = random(3) === 0 ? `+${random(1000)}` : '';
  if (n % 3 !== 0) return `victim${n}${tag}@example.org`;
  const name = random(2) === 0 ? `victim${n}` : `vic.tim${n}`;
  return `${name}${tag}@${random(2) === 0 ? 'gmail.com' : 'googlemail.com'}`;
}

test.each([
  ['that stops at a challenge', false],
  ['that works off every challenge', true],
])(`a flood %s passes no cap, and holds up none from elsewhere`, { timeout: 600_000 }, async (_, isBeaten) => {
  let now = NOW;
  const queue: number[] = [];
  const options = { trustProxy: true, now: () => now, enqueueNotice: (id: number) => void queue.push(id) };
  await using first = await testSite(options);
  const guards = isBeaten ? { guard: beaten(first.guard) } : {};
  await using one = await testSite({ ...options, ...guards, beside: first });
  await using two = await testSite({ ...options, ...guards, beside: first });
  const transport = recordingTransport(() => ACCEPTED);
  const worker = ({ db, keyring }: TestSite): NotifyDeps => ({
    db,
    keyring,
    transport,
    now: () => now,
    log: createLogger('silent'),
    editionHour: 4,
    sender: {
      publicUrl: 'https://papers.example',
      look: DEFAULT_LOOK,
      postalAddress: null,
      from: { name: 'Paperboy', address: 'paperboy@papers.example' },
      domain: 'papers.example',
      bounceDomain: null,
    },
  });
  const workers = [worker(one), worker(two)];
  const random = randomOf(11);
  const codes = { flood: [] as number[], people: [] as number[] };
  let asked = 0;
  const signUp = async (email: string, from: string): Promise<number> => {
    const { app } = asked++ % 2 === 0 ? one : two;
    const headers = { 'x-forwarded-for': from };
    return (await app.inject({ method: 'POST', url: '/api/v1/subscriptions', payload: { email }, headers })).statusCode;
  };

  /** Both workers send what the queue holds, and then what the sweeper finds; what went is told. */
  const work = async (): Promise<void> => {
    const ids = queue.splice(0);
    await Promise.all(
      workers.map((deps, i) =>
        sendNotices(
          deps,
          ids.filter((__, place) => place % 2 === i),
        ),
      ),
    );
    const owed = await noticesOwed(one.db, new Date(now.getTime() - 24 * HOUR), now, 1000);
    await Promise.all(
      workers.map((deps) =>
        sendNotices(
          deps,
          owed.map(({ id }) => id),
        ),
      ),
    );
  };
  const seen = new Map<string, Sent>();
  const look = async (): Promise<void> => {
    const { rows } = await one.db.$client.query<{ id: string; mailbox: string; network: string | null; at: Date }>(
      'select id, mailbox, network, spent_at as at from spent_notice',
    );
    for (const { id, at, ...row } of rows) seen.set(id, { ...row, to: '', at: at.getTime() });
  };

  const person = (i: number): string => `person${i}@example.net`;
  const went = new Map<string, number>();
  let told = 0;
  const note = (): void => {
    for (; told < transport.sent.length; told++) {
      const { to } = transport.sent[told]!;
      if (!went.has(to)) went.set(to, now.getTime());
    }
  };
  const sentTo: { mailbox: string; at: number }[] = [];
  for (let step = 0; step < FLOOD_STEPS + LATER_STEPS; step++) {
    const before = transport.sent.length;
    if (step < FLOOD_STEPS) {
      for (let i = 0; i < SIGN_UPS / FLOOD_STEPS; i++)
        codes.flood.push(await signUp(victim(random), `10.9.${random(NETWORKS)}.${random(250)}`));
      for (let i = step; i < PEOPLE; i += FLOOD_STEPS)
        codes.people.push(await signUp(person(i), `172.16.${i % 250}.${Math.floor(i / 250) + 1}`));
    }
    await work();
    await look();
    note();
    for (const { to } of transport.sent.slice(before)) sentTo.push({ mailbox: mailboxOf(to), at: now.getTime() });
    await sweep({ db: one.db, now: () => now, enqueueBatch: async () => {}, enqueueNotice: async () => {} });
    now = new Date(now.getTime() + (step < FLOOD_STEPS ? FLOOD_STEP_MS : LATER_STEP_MS));
  }

  // What the relay was given, by mailbox; and by network, as it was counted: each message once.
  expect(seen.size).toBe(transport.sent.length);
  const most = (of: readonly { key: string | null; at: number }[], withinMs: number): number =>
    Math.max(
      ...[...Map.groupBy(of, ({ key }) => key).values()].map((all) =>
        mostWithin(
          all.map(({ at }) => at),
          withinMs,
        ),
      ),
    );
  const byMailbox = sentTo.map(({ mailbox: key, at }) => ({ key, at }));
  const byNetwork = [...seen.values()].map(({ network: key, at }) => ({ key, at }));
  const together = byMailbox.map(({ at }) => ({ key: '', at }));
  const figures = Object.fromEntries(
    (
      [
        ['mailbox', byMailbox],
        ['network', byNetwork],
        ['total', together],
      ] as const
    ).flatMap(([scope, of]) =>
      NOTICE_CAPS[scope].map((cap) => [
        `${scope} in ${cap.withinMs / HOUR} h`,
        { most: most(of, cap.withinMs), cap: cap.most },
      ]),
    ),
  );
  if (IS_BIG)
    console.info({
      ...figures,
      answers: Object.fromEntries(
        [...Map.groupBy(codes.flood, (code) => code)].map(([code, all]) => [code, all.length]),
      ),
      notices: transport.sent.length,
      people: PEOPLE,
    });
  for (const [scope, { most: found, cap }] of Object.entries(figures)) expect(found, scope).toBeLessThanOrEqual(cap);
  // The flood did reach what it ran against.
  expect(figures['mailbox in 1 h']!.most).toBe(3);
  expect(codes.flood.includes(429)).toBe(!isBeaten);

  expect(new Set(codes.people)).toEqual(new Set([202]));
  const late = Array.from({ length: PEOPLE }, (__, i) => went.get(person(i)) ?? Infinity).filter(
    (at, i) => at > NOW.getTime() + (i % FLOOD_STEPS) * FLOOD_STEP_MS,
  );
  expect(late).toEqual([]);
});
