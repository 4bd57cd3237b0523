import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Finding, findingsOf, headlineOf } from '../../src/health/finding.ts';
import { findingsNow, startWatch, type Tell, watchOnce, type WatchDeps } from '../../src/health/watch.ts';
import { openEngine } from '../../src/engine.ts';
import { openStore } from '../../src/store.ts';
import { createLogger } from '../../src/telemetry.ts';
import { configFor } from '../support/commands.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silent } from '../support/papers.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { at, NOON, soundRows } from './sound.ts';

let database: TestDatabase;
let now = NOON;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  now = NOON;
  await soundRows(database.db);
});

const { well, mend } = findingsOf('disk', 'storage', 'Disk');
const FULL = mend('The disk is full.', 'Free some room.');
const FREE = well('20 GB are free.');
const OTHER = findingsOf('clock', 'queue', 'Clock').look('It is slow.', 'Set it.');

type Mail = Parameters<Tell>[0];
const processOf = (near: () => Finding[], tell: (mail: Mail) => boolean, more: Partial<WatchDeps> = {}): WatchDeps => ({
  db: database.db,
  now: () => now,
  log: silent,
  lookNear: async () => near(),
  lookFar: async () => [],
  tell: async (mail) => tell(mail),
  morning: null,
  roles: ['worker'],
  id: 'here 1',
  ...more,
});

describe('the watch', () => {
  test('tells a cause once, whichever of five processes is first, and once that it is over', async () => {
    const mails: Mail[] = [];
    let found = FULL;
    const deps = Array.from({ length: 5 }, (_, i) =>
      processOf(
        () => [found, OTHER],
        (mail) => mails.push(mail) > 0,
        { id: `here ${i}` },
      ),
    );
    const turns = async (from: number, to: number) => {
      for (let minute = from; minute < to; minute++) {
        now = at(minute);
        await Promise.all(deps.map((one) => watchOnce(one)));
      }
    };
    await turns(0, 6);
    expect(mails).toEqual([{ kind: 'news', sentence: 'The disk is full.', more: ['Free some room.'] }]);
    found = FREE;
    await turns(6, 20);
    expect(mails.slice(1)).toEqual([
      { kind: 'over', sentence: expect.stringContaining('The disk is full.'), more: [] },
    ]);
  });

  test('tries again two minutes later when the mail could not leave', async () => {
    const tried: number[] = [];
    const deps = processOf(
      () => [FULL],
      () => tried.push(now.getTime()) >= 3,
    );
    for (let minute = 0; minute < 12; minute++) {
      now = at(minute);
      await watchOnce(deps);
    }
    expect(tried.map((ms) => (ms - NOON.getTime()) / 60_000)).toEqual([2, 4, 6]);
  });

  test('keeps since when a verdict holds, and forgets checks that are no more', async () => {
    let found = [FULL, OTHER];
    const deps = processOf(
      () => found,
      () => true,
    );
    await watchOnce(deps);
    now = at(1);
    found = [mend('The disk is fuller.', 'Free some room.')];
    await watchOnce(deps);
    expect(await findingsNow(database.db)).toEqual([{ ...found[0], look: 'near', since: NOON, lookedAt: at(1) }]);
  });

  test('writes one note each morning, and again when it could not leave', async () => {
    const notes: Mail[] = [];
    let leaves = false;
    const deps = processOf(
      () => [FREE, OTHER],
      (mail) => leaves && notes.push(mail) > 0,
      { morning: 8 * 60 },
    );
    for (let minute = 0; minute < 5; minute++) {
      leaves = minute > 0;
      now = at(minute);
      await Promise.all([watchOnce(deps), watchOnce(deps)]);
    }
    expect(notes).toHaveLength(1);
    expect(notes[0]).toEqual({
      kind: 'morning',
      sentence: 'Nothing is to mend; one thing is worth a look: Clock.',
      more: ['Clock: It is slow. Set it.'],
    });
  });

  test('goes on after a turn that failed, and stops when it is asked to', async () => {
    let turns = 0;
    const watch = startWatch(
      processOf(
        () => {
          throw new Error(`turn ${++turns}`);
        },
        () => true,
        { now: () => at(2 * turns) },
      ),
      5,
    );
    await until('three turns', async () => turns > 2);
    await watch.stop();
  });

  test('asked to stop, it waits for no answer from afar, and leaves that look to the next process', async () => {
    const looks: AbortSignal[] = [];
    const far = processOf(
      () => [FREE],
      () => true,
      {
        async lookFar(signal) {
          looks.push(signal!);
          await once(signal!, 'abort');
          return [FULL];
        },
      },
    );
    for (const turn of [1, 2]) {
      const watch = startWatch(far);
      await until('the look', () => looks.length === turn);
      await watch.stop();
    }
    expect((await findingsNow(database.db)).map(({ sentence }) => sentence)).toEqual(['20 GB are free.']);
  });
});

test.each<[Finding['verdict'][], string]>([
  [['well', 'well'], 'All 2 checks are well; nothing needs you.'],
  [['well', 'look'], 'Nothing is to mend; one thing is worth a look: 1.'],
  [['mend', 'look', 'mend'], 'Two things are to mend: 0, 2.'],
  [Array<Finding['verdict']>(5).fill('mend'), 'Five things are to mend: 0, 1, 2 and 2 more.'],
])('the headline of %j', (verdicts, headline) => {
  expect(headlineOf(verdicts.map((verdict, i) => ({ verdict, name: String(i) })))).toBe(headline);
});

describe('the engine', () => {
  test('mails an alert by the relay of its own, and by the other where that is away', async () => {
    await using own = await mailReceiver();
    await using usual = await mailReceiver();
    const alertBy = async (ALERT_SMTP_URL: string) => {
      const config = configFor(database, { SMTP_URL: usual.url, ALERT_TO: 'ops@example.org', ALERT_SMTP_URL });
      await using engine = await openEngine(await openStore(config, createLogger('silent')));
      return await engine.alert('The disk is full.', { kind: 'news', more: ['Free some room.'] });
    };
    expect(await alertBy(own.url)).toBe(true);
    expect([own.received.length, usual.received.length]).toEqual([1, 0]);
    expect(await alertBy('smtp://127.0.0.1:9')).toBe(true);
    expect(usual.received.length).toBe(1);
    const [letter] = await own.lettersTo('ops@example.org');
    expect(JSON.stringify(letter)).toMatch(/needs you: The disk is full\..*Free some room\./s);
  });

  test('shows every metric that the rules and the dashboard name', async () => {
    await database.db.$client.query(
      `insert into ingest_run (source, as_of, started_at, finished_at, papers, skipped)
       values ('huggingface', now(), now(), now(), 1, 0)`,
    );
    await watchOnce(
      processOf(
        () => [FULL],
        () => true,
      ),
    );
    await using engine = await openEngine(await openStore(configFor(database), createLogger('silent')));
    const shown = await engine.metrics.registry.metrics();
    expect(shown).toMatch(/^paperboy_health\{check="disk"\} [02]$/m);
    expect(shown).toMatch(/^paperboy_edition_age_seconds \d/m);
    expect(shown).toMatch(/^paperboy_ingest_age_seconds\{source="huggingface"\} \d/m);
    const docs = path.join(import.meta.dirname, '..', '..', 'docs');
    const rules = readFileSync(path.join(docs, 'prometheus-rules.yml'), 'utf8');
    const dashboard = JSON.parse(readFileSync(path.join(docs, 'grafana-dashboard.json'), 'utf8')) as unknown;
    const named = new Set(`${rules}${JSON.stringify(dashboard)}`.match(/paperboy_[a-z_]+[a-z]/g));
    expect(named.size).toBeGreaterThan(8);
    const known = new Set([...shown.matchAll(/^# TYPE (\S+)/gm)].flatMap(([, name]) => [name, `${name}_bucket`]));
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });
});
