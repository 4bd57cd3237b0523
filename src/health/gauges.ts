import type { Tx } from '../db/client.ts';
import { clockAhead } from '../db/clock.ts';
import { storedFindings } from '../db/alerts.ts';
import { heartbeats, newestFrozen, sourceRuns } from '../db/health.ts';
import { DAY, SECOND } from '../duration.ts';
import type { Metrics } from '../metrics.ts';
import { type LookDeps } from './look.ts';
import { readDisk } from './machine.ts';
import { BEATS } from './service.ts';

/** Higher is worse, so that a rule can say "above 1". */
const VALUES = { well: 0, look: 1, mend: 2 } as const;
/** A source that brought nothing for longer has no age any more, but a finding. */
const REMEMBERED_MS = 30 * DAY;

/** The same as the findings, for Prometheus. They read what the looks found, and ask no DNS. */
export function addHealthGauges(metrics: Metrics, deps: Pick<LookDeps, 'db' | 'now' | 'config' | 'lastBackup'>): void {
  const { db, now, config, lastBackup } = deps;
  const secondsSince = (at: Date): number => (now().getTime() - at.getTime()) / SECOND;
  metrics.gauge(
    'paperboy_health',
    'What the last look found of each check: 0 well, 1 look, 2 mend.',
    'check',
    async () =>
      Object.fromEntries((await storedFindings(db)).map(({ checkId, verdict }) => [checkId, VALUES[verdict]])),
  );
  metrics.gauge(
    'paperboy_health_look_age_seconds',
    'Seconds since the last looks: near (each minute) and far (every four).',
    'look',
    async () => ages(db, { near: BEATS.near, far: BEATS.far }, secondsSince),
  );
  metrics.gauge(
    'paperboy_sweep_age_seconds',
    "Seconds since the minute's sweep was done: by scheduler, queue and worker.",
    null,
    async () => ages(db, { '': BEATS.sweep }, secondsSince),
  );
  metrics.gauge('paperboy_edition_age_seconds', 'Seconds since the newest edition was frozen.', null, async () => {
    const newest = await newestFrozen(db);
    return only(newest && secondsSince(newest.frozenAt));
  });
  metrics.gauge(
    'paperboy_ingest_age_seconds',
    'Seconds since each source last brought something.',
    'source',
    async () => {
      const runs = await sourceRuns(db, new Date(now().getTime() - REMEMBERED_MS));
      return Object.fromEntries(runs.flatMap(({ source, goodAt }) => (goodAt ? [[source, secondsSince(goodAt)]] : [])));
    },
  );
  metrics.gauge('paperboy_disk_free_bytes', 'Free bytes on the disk of PAPERBOY_DATA.', null, async () => ({
    '': (await readDisk(config.dataDir)).free,
  }));
  metrics.gauge(
    'paperboy_clock_ahead_seconds',
    "Seconds by which this machine's clock is ahead of the database's.",
    null,
    async () => ({
      '': (await clockAhead({ db, now })) / SECOND,
    }),
  );
  if (lastBackup !== null)
    metrics.gauge('paperboy_backup_age_seconds', 'Seconds since the last backup that is good.', null, async () => {
      const last = await lastBackup();
      return only(last?.ok ? secondsSince(last.at) : null);
    });
}

async function ages(
  db: Tx,
  names: Record<string, string>,
  secondsSince: (at: Date) => number,
): Promise<Record<string, number>> {
  const beats = await heartbeats(db);
  return Object.fromEntries(
    Object.entries(names).flatMap(([label, name]) =>
      beats.filter((one) => one.name === name).map(({ seenAt }) => [label, secondsSince(seenAt)]),
    ),
  );
}

/** The value of a gauge without a label, if there is one. */
const only = (value: number | null): Record<string, number> => (value === null ? {} : { '': value });
