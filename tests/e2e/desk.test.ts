import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueKey } from '../../src/db/api-keys.ts';
import { COMMAND } from '../../src/db/trail.ts';
import { beginBackupRun } from '../../src/db/backup-runs.ts';
import { addInstallation, closeInstallation, databasePlace } from '../../src/db/installation.ts';
import { keepSelection } from '../../src/db/selections.ts';
import { createSums } from '../../src/delivery/sums.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { HOUR } from '../../src/duration.ts';
import { addWebhook, testWebhook } from '../../src/hooks/endpoints.ts';
import { findingsOf } from '../../src/health/finding.ts';
import { lookAtOnce } from '../../src/health/watch.ts';
import { createLogger } from '../../src/telemetry.ts';
import { faultsOf, launchBrowser } from '../support/browser.ts';
import { requires } from '../support/require.ts';
import { atTheDesk, type AtTheDesk } from '../support/desk.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

const TOKEN = 'the token of the desk';
const PICTURES = process.env['PICTURES'];

const { mend, well } = findingsOf('disk', 'storage', 'Disk');
/** A check of each verdict. */
const FOUND = [
  mend('0.6 of 40 GB are free.', 'Keep fewer backups.'),
  { ...well('Postgres 18.4, 14.2 GB.'), check: 'database', name: 'Database' },
  findingsOf('backup', 'backups', 'Last backup').mend('The backup of the night failed.', 'Free some room.'),
  ...['DMARC', 'SPF', 'PTR', 'Bounces'].map((name) =>
    findingsOf(name, 'dns', name).look(`${name} is not as it should be.`, `Publish a record for ${name}.`),
  ),
];
const BACKUPS = { backups: { directory: '/var/backups/paperboy', keep: 14 }, alertTo: 'operator@example.org' };

requires('chromium')('the desk, in a browser', () => {
  let site: TestSite;
  let browser: Browser;
  let base: string;
  let cookies: AtTheDesk['cookies'];
  beforeAll(async () => {
    [site, browser] = await Promise.all([
      testSite({
        adminToken: TOKEN,
        tools: {
          backUp: async () => {},
          testAlert: async () => true,
          config: {
            dataDir: '/var/lib/paperboy',
            databaseUrl: null,
            templatesDir: null,
            alertMorning: null,
            ...BACKUPS,
          },
        },
      }),
      launchBrowser(),
    ]);
    base = await site.app.listen({ port: 0, host: '127.0.0.1' });
    const later = (i: number): Date => new Date(NOW.getTime() + (i < 40 ? -1 : i % 20) * HOUR);
    await addReaders(
      site.db,
      manyReaders(80).map((reader, i) => ({ ...reader, nextDueAt: later(i) })),
    );
    await freezeDigest(
      { db: site.db, log: createLogger('silent'), now: () => NOW, enqueueBatch: async () => {} },
      { date: TODAY },
    );
    const sql = (text: string) => site.db.$client.query(text);
    await sql(`update delivery set state = 'accepted' where subscriber_id < 20`);
    await sql(`update delivery set state = 'unknown', reason = 'lost' where subscriber_id = 20`);
    await sql(`update delivery set state = 'deferred', reason = 'held-back' where subscriber_id = 21`);
    await sql(`update delivery set state = 'rejected', reason = '5.7.1' where subscriber_id = 22`);
    const held = await keepSelection(
      site.db,
      TODAY,
      [1, 2].map((n) => samplePaper(n, TODAY).id),
    );
    await sql(`update delivery set selection_id = ${held}, last_reply = '250 2.0.0 Ok: queued as 4bXq1z9', attempts = 1
      where state = 'accepted'`);
    await sql(`update delivery set state = 'rejected', reason = 'unknown-user', attempts = 1,
      last_reply = '550 5.1.1 <address>: Recipient address rejected: User unknown' where subscriber_id = 23`);
    await sql(`update subscriber set status = 'bounced', ended_at = now(), next_due_at = null where id = 23`);
    await sql(`insert into brake (digest_date, domain, unknown, frozen, pulled_at)
      values ('${TODAY}', 'campus.example', 12, 100, now())`);
    await issueKey(site.db, COMMAND, { name: 'Our register', scopes: ['subscribers:write'], now: NOW });
    const hooks = { db: site.db, now: () => NOW };
    for (const host of ['hooks.example.org', 'gone.example.org']) {
      const { id } = await addWebhook(hooks, COMMAND, { url: `https://${host}/in`, events: [], isNear: false });
      await testWebhook(hooks, COMMAND, id);
    }
    await sql(`update hook_delivery set state = 'failed', due_at = null, attempts = 10, words = '500 out of order'`);
    await sql(`update hook_endpoint set off_at = now(), off_because = 'gone' where url like '%gone%'`);
    ({ cookies } = await atTheDesk(site.app, TOKEN));
    await addInstallation(site.db, { id: 'one', place: await databasePlace(site.db), now: NOW });
    await lookAtOnce({ db: site.db, now: () => NOW, lookNear: async () => FOUND, lookFar: async () => [] });
    await beginBackupRun(site.db, { beganAt: NOW, file: '/var/backups/paperboy/one.backup' });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  async function logIn(page: Page): Promise<void> {
    await page.goto(`${base}/admin`);
    await page.fill('#token', TOKEN);
    await Promise.all([page.waitForURL(`${base}/admin`), page.click('button:has-text("Log in")')]);
  }
  /** Ten logins a minute are let through, and there are more pages. */
  const beIn = (page: Page): Promise<void> =>
    page.context().addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: base })));
  const at = (path: string) => async (page: Page) => {
    await beIn(page);
    await page.goto(`${base}/admin${path}`);
  };

  const find = (what: string) => async (page: Page) => {
    await at('/readers')(page);
    await page.fill('#q', what);
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("Find")')]);
  };
  const upload = (text: string) => async (page: Page) => {
    await at('/readers/import')(page);
    await page.setInputFiles('#file', { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("See what would happen")')]);
    await page.waitForSelector('text=would be added');
    await page.reload();
  };

  /** Every page of the desk, with something in it. */
  const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
    login: (page) => page.goto(`${base}/admin`),
    'login refused': async (page) => {
      await page.goto(`${base}/admin`);
      await page.fill('#token', 'nonsense');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Log in")')]);
    },
    today: at(''),
    editions: at('/editions'),
    'an edition that was': at(`/editions/${TODAY}`),
    'the edition to come': at('/editions/2026-05-30'),
    readers: at('/readers'),
    'readers found by a part': find('reader1'),
    'an address without a subscription': find('stranger@example.org'),
    'a reader in doubt': at('/readers/20'),
    'a reader whose address does not exist': at('/readers/23'),
    'what is unknown of a digest': async (page) => {
      await at(`/digests/${TODAY}/unknown`)(page);
      await page.click('summary >> nth=0');
    },
    'a message as it was sent': at(`/readers/1/mail/${TODAY}`),
    'an import looked at': upload('email\nann@example.org\nnonsense\nreader1@example.org\n'),
    sources: at('/sources'),
    topics: at('/topics'),
    'a topic': at('/topics/robotics'),
    'a topic of the operator': at('/topics/new'),
    'a topic that is tried': async (page) => {
      await at('/topics/robotics')(page);
      await page.fill('#strong', 'things');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Try it")')]);
    },
    'numbers before any': at('/numbers'),
    numbers: async (page) => {
      await createSums({ db: site.db, now: () => NOW }).count();
      await at('/numbers?by=day')(page);
    },
    'who did what': at('/trail'),
    keys: at('/keys'),
    webhooks: at('/webhooks'),
    health: at('/health'),
    settings: at('/settings'),
    'settings refused': async (page) => {
      await at('/settings')(page);
      await page.fill('#accent', '#ffff00');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Save")')]);
    },
    'after a restore': async (page) => {
      await beIn(page);
      await closeInstallation(site.db, 'restored', NOW);
      await page.goto(`${base}/admin/resume`);
      await page.click('summary');
      await site.db.$client.query(`update installation set closed_at = null, closed_because = null, lost_since = null`);
    },
    'what is not there': at('/editions/2026-01-01'),
  };

  test.each(Object.keys(PAGES))(
    '%s: no violation, no complaint, nothing too wide',
    async (name) => {
      const faults = await faultsOf(browser, PAGES[name]!);
      // The browser itself tells of a login that was refused.
      expect(faults.filter((fault) => !/status of (?:403|422)|\[DOM\]/.test(fault))).toEqual([]);
    },
    60_000,
  );

  async function within<T>(
    options: Parameters<Browser['newContext']>[0],
    work: (page: Page) => Promise<T>,
  ): Promise<T> {
    const context: BrowserContext = await browser.newContext(options);
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  }

  test('without JavaScript an operator logs in, pauses, resumes and leaves', () =>
    within({ javaScriptEnabled: false }, async (page) => {
      await logIn(page);
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Pause")')]);
      expect(await page.textContent('h1')).toContain('Today’s digest is paused');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Resume")')]);
      expect(await page.textContent('h1')).toContain('readers have today’s edition');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Log out")')]);
      await page.goto(`${base}/admin/trail`);
      expect(new URL(page.url()).pathname).toBe('/admin/login');
    }));

  /** For the README: `PICTURES=docs/images npx vitest run tests/e2e/desk.test.ts -t picture`. */
  if (PICTURES !== undefined)
    test('a picture of today', () =>
      within({ viewport: { width: 1040, height: 915 }, colorScheme: 'light' }, async (page) => {
        await site.db.$client.query('delete from brake');
        const backup = FOUND.filter(({ check }) => check === 'backup');
        await lookAtOnce({ db: site.db, now: () => NOW, lookNear: async () => backup, lookFar: async () => [] });
        await logIn(page);
        await page.screenshot({ path: path.join(PICTURES, 'desk.png') });
      }));

  test('with the keyboard alone one logs in and reaches what pauses the digest', () =>
    within({}, async (page) => {
      await page.goto(`${base}/admin`);
      await page.waitForFunction(`document.activeElement.id === 'token'`, undefined, { timeout: 5_000 });
      await page.keyboard.type(TOKEN);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${base}/admin`, { timeout: 5_000 });
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate('document.activeElement.textContent')) === 'Pause') break;
      }
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      expect(await page.textContent('h1')).toContain('paused');
      await Promise.all([page.waitForNavigation(), page.click('button:has-text("Resume")')]);
    }));

  test('where JavaScript is on the figures move in place, while nothing else does', () =>
    within({}, async (page) => {
      await logIn(page);
      await page.click('summary');
      const accepted = (): Promise<string | null> => page.textContent('tr:has-text("accepted") td.n');
      const hours = (): Promise<string | null> => page.textContent('#hours-aside');
      const [before, toCome] = [await accepted(), await hours()];
      await site.db.$client.query(`update subscriber set next_due_at = null where id between 60 and 62`);
      await site.db.$client.query(`update delivery set state = 'accepted' where subscriber_id between 23 and 30`);
      // Only what workers hold is counted again: a claim is what changes a batch.
      await site.db.$client.query(`update batch set fence = fence + 1`);
      await expect.poll(accepted, { timeout: 10_000 }).not.toBe(before);
      await expect.poll(hours, { timeout: 10_000 }).not.toBe(toCome);
      expect(await page.isVisible('button:has-text("Cancel the digest")')).toBe(true);
    }));
});
