import { expect, test } from 'vitest';
import type { EditionState } from '../../src/db/editions.ts';
import type { SourceRuns } from '../../src/db/health.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { addDays, dayOf, newestEdition, startOf } from '../../src/day.ts';
import { type AlertState, causesOf, nextState, owed } from '../../src/health/alerts.ts';
import type { Finding } from '../../src/health/finding.ts';
import { judgeClock, judgeDisk } from '../../src/health/machine.ts';
import { judgeRelay } from '../../src/health/relay.ts';
import {
  judgeComplaints,
  judgeDigest,
  judgeEdition,
  judgeQueue,
  judgeSource,
  judgeWorkers,
  PER_COMPLAINT,
} from '../../src/health/service.ts';
import { randomOf } from '../support/random.ts';

const START = new Date('2026-05-01T00:00:00Z');
const MINUTES = 31 * (DAY / MINUTE);
const HOUR_OF_EDITION = 4;

/**
 * A month of a service at which nothing is wrong, and much happens: deployments, relays that restart,
 * a source that is away for hours, weekends without papers, slow mornings, a few complaints.
 */
function simulate(seed: number): { told: string[]; looks: number } {
  const dice = randomOf(seed);
  const chance = (): number => dice(1_000_000) / 1_000_000;
  const between = (from: number, to: number): number => from + Math.floor(chance() * (to - from + 1));
  const spells = (count: number, longest: number): (readonly [number, number])[] =>
    Array.from({ length: count }, () => {
      const from = between(1000, MINUTES);
      return [from, from + between(1, longest)] as const;
    });
  const isIn = (list: readonly (readonly [number, number])[], minute: number): boolean =>
    list.some(([from, to]) => minute >= from && minute < to);
  const deployments = spells(12, 2);
  const relayRests = spells(20, 10);
  const sourceAway = spells(6, 20 * 60);
  const queueAway = spells(10, 1);
  const skews = spells(10, 60);
  // Two days of a weekend, and one more that is free, bring no paper.
  const isFree = (day: string): boolean => [0, 6].includes(startOf(day).getUTCDay()) || day === '2026-05-25';
  const states = new Map<string, AlertState>();
  const told: string[] = [];
  let [paperAt, editionAt, lastRun, sweepAt] = [START, START, START, START];
  let failures: Date[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    const now = new Date(START.getTime() + minute * MINUTE);
    const awake = new Date(START.getTime() - DAY);
    const at = { now, awake };
    if (minute % 30 === 0) {
      const isAway = isIn(sourceAway, minute);
      if (isAway) failures.push(now);
      else [lastRun, failures] = [now, []];
      if (!isAway && !isFree(dayOf(now)) && chance() < 0.4) paperAt = now;
    }
    const editionOf = newestEdition(now, HOUR_OF_EDITION);
    const due = startOf(editionOf).getTime() + HOUR_OF_EDITION * HOUR;
    const isMade = editionAt.getTime() >= due;
    if (!isMade && now.getTime() - due > between(0, 40) * MINUTE) editionAt = now;
    if (!isIn(deployments, minute)) sweepAt = now;
    const state: EditionState = editionAt.getTime() >= due ? 'frozen' : 'to come';
    const isDigestHour = now.getUTCHours() >= 6 && now.getUTCHours() < 9;
    const complaints = between(0, 2);
    const runs: SourceRuns = {
      source: 'huggingface',
      goodAt: lastRun,
      failingSince: failures[0] ?? null,
      failures: failures.length,
      words: 'It is away.',
      papers: 40,
      skipped: between(0, 3),
      usualPapers: 42,
      usualSkipped: 1,
    };
    const isRelayAway = isIn(relayRests, minute - (minute % 4));
    const near: Finding[] = [
      judgeWorkers(
        [
          { name: 'sweep', beganAt: START, seenAt: sweepAt },
          { name: 'process worker a 1', beganAt: START, seenAt: sweepAt },
        ],
        at,
      ),
      judgeEdition(
        {
          editionHour: HOUR_OF_EDITION,
          newest: { date: isMade ? editionOf : addDays(editionOf, -1), frozenAt: editionAt, papers: 30 },
          state,
          newestPaperAt: paperAt,
        },
        at,
      ),
      judgeSource('huggingface', runs, at),
      judgeDigest(
        {
          dueSince: isDigestHour ? new Date(now.getTime() - between(0, 65) * MINUTE) : null,
          waiting: isDigestHour ? between(1, 40) : 0,
          waitingSince: isDigestHour ? new Date(now.getTime() - between(0, 10) * MINUTE) : null,
          newest: {
            date: dayOf(now),
            state: 'sending',
            frozenAt: new Date(now.getTime() - between(0, 100) * MINUTE),
            reached: chance() < 0.5,
            moves: false,
          },
        },
        at,
      ),
      judgeQueue(isIn(queueAway, minute) ? null : { work: between(0, 300), deliver: between(0, 5000) }),
      judgeClock(isIn(skews, minute) ? between(-20, 20) * SECOND : between(-80, 80)),
      judgeDisk({ total: 40e9, free: 40e9 - (minute / MINUTES) * 30e9 }),
      judgeComplaints({ count: complaints, accepted: complaints * PER_COMPLAINT }),
    ];
    const far = [
      judgeRelay([
        {
          host: 'relay.example',
          where: 'relay.example:587',
          security: 'starttls',
          failure: isRelayAway ? { step: 'connect', words: 'ECONNREFUSED', remedy: null } : null,
          ms: 40,
          protocol: 'TLSv1.3',
          validUntil: null,
        },
      ]),
    ];
    const causes = causesOf([
      ...near.map((one) => ({ ...one, look: 'near' as const })),
      ...far.map((one) => ({ ...one, look: 'far' as const })),
    ]);
    for (const name of new Set([...states.keys(), ...causes.map((one) => one.cause)])) {
      const next = nextState(states.get(name) ?? null, causes.find((one) => one.cause === name) ?? null, now);
      if (next === null) continue;
      states.set(name, next);
      const what = owed(next, now);
      if (what !== null) told.push(`${now.toISOString()} ${what} ${next.sentence}`);
    }
  }
  return { told, looks: MINUTES };
}

test.each([1, 2])('a sound month, minute by minute, writes no mail (seed %i)', (seed) => {
  const { told, looks } = simulate(seed);
  expect(looks).toBe(44_640);
  expect(told).toEqual([]);
});
