import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepSelection } from '../../src/db/selections.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { HOUR } from '../../src/duration.ts';
import { createLogger } from '../../src/telemetry.ts';
import { faultsOf, hasBrowser, launchBrowser } from '../support/browser.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

const TOKEN = 'the token of the desk';

describe.skipIf(!hasBrowser)('the desk, in a browser', () => {
  let site: TestSite;
  let browser: Browser;
  let base: string;
  beforeAll(async () => {
    [site, browser] = await Promise.all([testSite({ adminToken: TOKEN }), launchBrowser()]);
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
  const at = (path: string) => async (page: Page) => {
    await logIn(page);
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
    'a message as it was sent': at(`/readers/1/mail/${TODAY}`),
    'an import looked at': upload('email\nann@example.org\nnonsense\nreader1@example.org\n'),
    'who did what': at('/trail'),
    'what is not there': at('/editions/2026-01-01'),
  };

  test.each(Object.keys(PAGES))(
    '%s: no violation, no complaint, nothing too wide',
    async (name) => {
      const faults = await faultsOf(browser, PAGES[name]!);
      // The browser itself tells of a login that was refused.
      expect(faults.filter((fault) => !/status of 403|\[DOM\]/.test(fault))).toEqual([]);
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
      const before = await accepted();
      await site.db.$client.query(`update delivery set state = 'accepted' where subscriber_id between 23 and 30`);
      // Only what workers hold is counted again: a claim is what changes a batch.
      await site.db.$client.query(`update batch set fence = fence + 1`);
      await expect.poll(accepted, { timeout: 10_000 }).not.toBe(before);
      expect(await page.isVisible('button:has-text("Cancel the digest")')).toBe(true);
    }));
});
