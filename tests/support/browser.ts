import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { findProgram } from './require.ts';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findProgram('chromium')!, args: ARGS });

/** Less than half as much to carry over and to read as the form that Node loads. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the look of a page decides; everything else is the same in every look. */
const OF_THE_LOOK = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'];
/** Each scheme and each width once: what is wrong with a colour is wrong at any width. */
const LOOKS = [
  { colorScheme: 'dark', width: 375, rules: null },
  { colorScheme: 'light', width: 1280, rules: OF_THE_LOOK },
] as const;

/** Whatever is wrong with a page, however it is looked at. */
export async function faultsOf(browser: Browser, visit: (page: Page) => Promise<unknown>): Promise<string[]> {
  const page = await emptyPageOf(browser);
  const faults = complaintsOf(page);
  await visit(page);
  faults.push(...(await violationsOf(page)));
  page.removeAllListeners();
  return faults;
}

const pages = new WeakMap<Browser, Promise<Page>>();

/**
 * One page for all visits, made as good as new: a page of its own is a process of its own, which
 * has to read all of axe again.
 */
async function emptyPageOf(browser: Browser): Promise<Page> {
  if (!pages.has(browser)) pages.set(browser, browser.newPage());
  const page = await pages.get(browser)!;
  const session = await sessionOf(page);
  // A page that was left may still speak: its last word is not the next one's.
  if (page.url() !== 'about:blank') {
    const origin = new URL(page.url()).origin;
    await page.goto('about:blank');
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  }
  await page.context().clearCookies();
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 720 });
  return page;
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

function sessionOf(page: Page): Promise<CDPSession> {
  if (!sessions.has(page)) sessions.set(page, page.context().newCDPSession(page));
  return sessions.get(page)!;
}

/** What the page says of itself, from now on: the list grows. */
export function complaintsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  // A page that answers with an error status is one itself; nothing else may complain.
  page.on('console', (message) => {
    if (!/^Failed to load resource: .* status of 4(04|22)/.test(message.text())) faults.push(message.text());
  });
  return faults;
}

/** What axe finds, and what is too wide for a phone; leaves the page as narrow as that. */
export async function violationsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  // As a script, and not by Playwright's `eval`: the browser compiles the same script once only.
  await (await sessionOf(page)).send('Runtime.evaluate', { expression: `${AXE};0` });
  for (const { colorScheme, width, rules } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    // A frame holds a mail, which is looked at by itself: axe would ask it in vain, and the browser complain.
    const options = JSON.stringify({ iframes: false, resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
    const found = await page.evaluate(`axe.run(${options}).then(({ violations }) => violations)`);
    const violations = found as axe.Result[];
    faults.push(...violations.flatMap((v) => v.nodes.map((n) => `${colorScheme}, ${width} px, ${v.id}: ${n.html}`)));
  }
  await page.setViewportSize({ width: 320, height: 800 });
  const excess = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  if (excess > 0) faults.push(`${excess} px too wide for a phone`);
  return faults;
}
