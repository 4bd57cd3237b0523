import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { dayOf } from '../../src/day.ts';
import { topic } from '../../src/db/schema.ts';
import { type App, finished, furnished, type Installation, installation } from '../support/app.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { mailReceiver } from '../support/receiver.ts';
import { addEdition, samplePaper, TOPICS } from '../support/site.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { until } from '../support/until.ts';

const READERS = 1_000;
/**
 * What the relay takes for a message until the backup is made. Two processes send over ten connections
 * each: 50 a second is slow enough for it to be made in their midst on a busy machine.
 */
const SLOW_MS = 400;
const CONNECTIONS = 10;
/** By the real clock: the edition of today is the newest from midnight on. */
const TODAY = dayOf(new Date());

let closing = new AsyncDisposableStack();
afterEach(async () => {
  const ending = closing;
  closing = new AsyncDisposableStack();
  await ending.disposeAsync();
}, 60_000);

interface Relay {
  url: string;
}

const settings = (relay: Relay) => ({
  SMTP_URL: relay.url,
  MAIL_FROM: 'paperboy@papers.example',
  EDITION_HOUR: '0',
});

/** One with a database, and nothing in it. */
const openFurnished = async (relay: Relay, env: Record<string, string> = {}): Promise<Installation> =>
  closing.use(await furnished({ ...settings(relay), ...env }));

/** One where Paperboy never ran. */
const openNew = async (relay: Relay): Promise<Installation> => closing.use(await installation(settings(relay)));

async function fill({ db }: ReturnType<Installation['database']>, readers: Parameters<typeof addReaders>[1]) {
  await db.insert(topic).values(TOPICS).onConflictDoNothing();
  await db.$client.query('truncate edition, edition_entry'); // the samples of a first start
  await addEdition(db, TODAY, [samplePaper(1, TODAY)]);
  await addReaders(db, readers);
}

/** Waits until it has said that nothing is sent, which it does when it first would have sent. */
const untilClosed = (app: App): Promise<unknown> =>
  until('it to say that nothing is sent', () => app.complaints().includes('Nothing is sent'), { within: 60_000 });

const sums = async (home: Installation): Promise<Record<string, number>> =>
  JSON.parse((await home.paperboy('digest', 'status', '--date', TODAY, '--json')).trim().split('\n').at(-1)!);

test(
  'a backup made in the midst of a digest and restored mails nobody before resume, and nobody twice or never after it',
  { timeout: 180_000 },
  async () => {
    let delay = SLOW_MS;
    const relay = closing.use(await mailReceiver({ keep: false, delay: () => delay }));
    const home = await openFurnished(relay, { SMTP_CONNECTIONS: String(CONNECTIONS) });
    const app = await home.start();
    await fill(home.database(), manyReaders(READERS));
    const sending = finished(home.spawn(['digest', 'send', '--date', TODAY, '--json']));
    await relay.whenReceived(50);
    const file = path.join(home.scratch, 'midst.backup');
    await home.paperboy('backup', file);
    expect(relay.received.length, 'mails at the end of the backup').toBeLessThan(READERS);
    delay = 0;
    expect((await sending).code).toBe(0);
    await app.stop();
    expect([relay.received.length, new Set(relay.received.map(({ to }) => to)).size]).toEqual([READERS, READERS]);

    const restored = await openNew(relay);
    await restored.paperboy('restore', file);
    const again = await restored.start();
    await untilClosed(again);
    const refused = await restored.run(['digest', 'send', '--date', TODAY]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('\npaperboy: Nothing is sent, because'),
    ]);
    expect(relay.received.length, 'mails before resume').toBe(READERS);

    const dry = JSON.parse(await restored.paperboy('resume', '--after-restore', '--dry-run', '--json'));
    const resumed = JSON.parse(await restored.paperboy('resume', '--after-restore', '--json'));
    expect({ ...dry, closedAt: 0, dryRun: 0 }).toEqual({ ...resumed, closedAt: 0, dryRun: 0 });
    const { frozen, accepted, skipped } = await sums(restored);
    expect([frozen, accepted! + skipped!]).toEqual([READERS, READERS]);
    expect(skipped).toBeGreaterThan(0);
    await restored.paperboy('digest', 'send', '--date', TODAY);
    expect(relay.received.length, 'mails of the same digest after it').toBe(READERS);
    const { db } = restored.database();
    const { rows } = await db.$client.query(
      `select count(*)::int as count from subscriber where status = 'active' and last_digest_date = $1`,
      [TODAY],
    );
    expect(rows[0].count, 'readers who go on with the next one').toBe(READERS);
    await again.stop();
  },
);

test(
  'two copies of one data directory started at once: the original mails everybody and the copy nobody',
  { timeout: 180_000 },
  async () => {
    const relay = closing.use(await faultServer({ keep: false }));
    const other = closing.use(await faultServer({ keep: false }));
    const home = await openFurnished(relay);
    const app = await home.start();
    await fill(home.database(), manyReaders(50));
    const send = (place: Installation, ...more: string[]) => place.run(['digest', 'send', '--date', TODAY, ...more]);
    expect((await send(home, '--to', 'reader0@example.org')).code).toBe(0);
    await app.stop();
    const copy = await openNew(other);
    execFileSync('cp', ['-a', home.dataDir, copy.dataDir]);
    const [original, second] = await Promise.all([home.start(), copy.start()]);
    const [sent, refused] = await Promise.all([send(home), send(copy)]);
    expect(sent.code, sent.stderr).toBe(0);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the data directory is a copy')]);
    expect([new Set(relay.accepted).size, other.accepted]).toEqual([50, []]);
    // Nor when it is started again, and the original goes on after a kill.
    await Promise.all([second.stop(), original.kill()]);
    const [third, fourth] = await Promise.all([copy.start(), home.start()]);
    expect((await send(copy)).code).toBe(1);
    expect((await send(home)).code).toBe(0);
    expect([relay.accepted.length, other.accepted]).toEqual([50, []]);
    await Promise.all([third.stop(), fourth.stop()]);
  },
);
