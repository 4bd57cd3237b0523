import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginBackupRun, endBackupRun } from '../../../src/db/backup-runs.ts';
import { addInstallation, closeInstallation, databasePlace, isClosed } from '../../../src/db/installation.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { findingsOf } from '../../../src/health/finding.ts';
import { lookAtOnce } from '../../../src/health/watch.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { addReaders, manyReaders } from '../../support/ledger.ts';
import { NOW, testSite, type TestSite } from '../../support/site.ts';

const TOKEN = 'a word that only the operator knows';

describe('health at the desk', () => {
  let site: TestSite;
  let desk: AtTheDesk;
  let disk = findingsOf('disk', 'storage', 'Disk').mend('The disk is full.', 'Free 5 GB.');
  const asked: string[] = [];
  beforeAll(async () => {
    site = await testSite({
      adminToken: TOKEN,
      now: () => new Date(),
      tools: {
        lookAtOnce: () =>
          lookAtOnce({
            db: site.db,
            now: () => new Date(),
            lookNear: async () => [disk],
            lookFar: async () => [
              findingsOf('dmarc', 'dns', 'DMARC').look('The policy is none.', 'Set <p=quarantine>.'),
            ],
          }),
        backUp: async () => void asked.push('backup'),
        config: {
          dataDir: '/nowhere',
          databaseUrl: null,
          templatesDir: null,
          backups: { directory: '/var/backups', keep: 14 },
          alertTo: null,
          alertMorning: null,
        },
      },
    });
    desk = await atTheDesk(site.app, TOKEN);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('a look is taken at once, written down, and counted in the masthead of every page', async () => {
    expect((await desk.get('/health')).body).toContain('Nothing was looked at yet.');
    expect((await desk.post('/health/look')).headers.location).toBe('/admin/health?done=look');
    const { body } = await desk.get('/health');
    expect(body).toContain('One thing is to mend');
    expect(body).toContain('Set &lt;p=quarantine&gt;.');
    expect((await readTrail(site.db, { limit: 1, about: 'installation' }))[0]).toMatchObject({
      did: 'health.look',
      via: 'desk',
    });
    const today = (await desk.get('')).body;
    expect(today).toContain('one thing needs you');
    expect(today).toContain('The disk is full.');
    // The count is kept for two seconds.
    const counted = async () => (await desk.get('/trail')).body.includes('<span class="count">1<');
    await expect.poll(counted, { timeout: 6_000, interval: 100 }).toBe(true);
  });

  test('a verdict that is well again is told no more', async () => {
    disk = findingsOf('disk', 'storage', 'Disk').well('Half of it is free.');
    await desk.post('/health/look');
    expect((await desk.get('/health')).body).toContain('Nothing is to mend; one thing is worth a look: DMARC.');
  });

  test('a backup is asked for once a press, and each run is told', async () => {
    expect((await desk.post('/backups/now')).headers.location).toBe('/admin/health?done=backup#kept');
    expect(asked).toEqual(['backup']);
    const run = { beganAt: new Date(), file: '/var/backups/x.backup' };
    await beginBackupRun(site.db, run);
    expect((await desk.get('/health')).body).toContain('It is being made.');
    await endBackupRun(site.db, {
      ...run,
      endedAt: new Date(),
      bytes: 312_000_000,
      ok: true,
      words: '9 rows, proved by restoring them.',
    });
    const { body } = await desk.get('/health');
    expect(body).toContain('9 rows, proved by restoring them.');
    expect(body).toContain('312 MB');
  });

  test('where no directory is named, none is made', async () => {
    await using other = await testSite({ adminToken: TOKEN, empty: true });
    const there = await atTheDesk(other.app, TOKEN);
    const answer = await there.post('/backups/now');
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('BACKUP_DIR names no directory');
  });
});

describe('after a restore, the desk', () => {
  test('says that nothing is sent and what would be, and lets mail out once that is ticked', async () => {
    await using site = await testSite({ adminToken: TOKEN, now: () => new Date() });
    const desk = await atTheDesk(site.app, TOKEN);
    expect((await desk.get('/resume')).body).toContain('Mail is sent as always.');
    await addReaders(
      site.db,
      manyReaders(5).map((reader) => ({ ...reader, nextDueAt: NOW })),
    );
    await addInstallation(site.db, { id: 'one', place: await databasePlace(site.db), now: NOW });
    await closeInstallation(site.db, 'restored', new Date());
    expect((await desk.get('')).body).toContain(
      'Nothing is sent: the database was restored from a backup; <a href="#needs-you">one thing needs you',
    );
    const { body } = await desk.get('/resume');
    expect(body).toContain('five readers do not get it any more');
    expect(await isClosed(site.db)).toBe(true);
    expect((await desk.post('/resume')).statusCode).toBe(422);
    expect(await isClosed(site.db)).toBe(true);
    expect((await desk.post('/resume', { sure: 'yes' })).headers.location).toBe('/admin?done=after-restore');
    expect(await isClosed(site.db)).toBe(false);
    expect((await readTrail(site.db, { about: 'restored', limit: 5 })).map(({ did, words }) => [did, words])).toEqual([
      ['mail.resume', 'without the digest of the day'],
    ]);
    expect((await desk.get('/resume')).body).toContain('Mail is sent as always.');
  });
});
