import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { furnished } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { requires } from '../support/require.ts';
import { until } from '../support/until.ts';

/** What the promise allows from the press of Confirm to the digest. */
const WITHIN = 60_000;
const CONFIRMATION = 'Confirm your subscription';
const READER = 'ada@example.org';

requires('chromium')('a person at a browser', () => {
  test(
    'subscribes, confirms, reads the digest and leaves, with nothing but the site and the mailbox',
    { timeout: 180_000 },
    async () => {
      await using home = await furnished();
      home.papers.up = false;
      const app = await home.start();
      await using browser: Browser = await launchBrowser();
      const context = await browser.newContext();

      const page = await context.newPage();
      await page.goto(app.site!);
      await page.getByRole('textbox', { name: /e-?mail|address/i }).fill(READER);
      await page.getByRole('button', { name: 'Subscribe' }).click();
      await page.getByRole('heading', { name: 'Check your inbox' }).waitFor();

      const mailbox = await context.newPage();
      await mailbox.goto(app.mailbox!);
      const confirm = await follow(context, mailbox, { hasText: CONFIRMATION }, /confirm/i);
      await confirm.getByRole('button', { name: 'Confirm my subscription' }).click();
      await confirm.getByRole('heading', { name: 'You are subscribed' }).waitFor();

      const leave = await follow(context, mailbox, { hasNotText: CONFIRMATION }, /^unsubscribe$/i);
      await leave.getByRole('button', { name: 'Unsubscribe' }).click();
      await leave.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
      expect(await home.paperboy('subscribers', 'show', READER)).toContain('"unsubscribed"');
      await app.stop();
    },
  );
});

/**
 * Opens the newest such letter as soon as the mailbox shows one, presses a link in it, and returns
 * the page that this leads to.
 */
async function follow(
  context: BrowserContext,
  mailbox: Page,
  which: { hasText?: string; hasNotText?: string },
  link: RegExp,
): Promise<Page> {
  const letter = mailbox.getByTestId('email-list-item').filter(which).first();
  await until(
    'a letter on the page of the mailbox',
    async () => {
      if (await letter.isVisible()) return true;
      await mailbox.getByTestId('refresh-button').click();
      return false;
    },
    { within: WITHIN, every: 500 },
  );
  await letter.click();
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    mailbox.frameLocator('iframe').getByRole('link', { name: link }).first().click(),
  ]);
  return page;
}
