import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOf } from '../../src/day.ts';
import { keepSelection } from '../../src/db/selections.ts';
import { faultsOf, launchBrowser } from '../support/browser.ts';
import { requires } from '../support/require.ts';
import { addReaders } from '../support/ledger.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

requires('chromium')('every page, in a browser', () => {
  let site: TestSite;
  let empty: TestSite;
  let browser: Browser;
  let base: string;
  let emptyBase: string;
  let selection: number;
  let active: { subscriberId: number };
  beforeAll(async () => {
    [site, empty, browser] = await Promise.all([testSite(), testSite({ empty: true }), launchBrowser()]);
    base = await site.app.listen({ port: 0, host: '127.0.0.1' });
    emptyBase = await empty.app.listen({ port: 0, host: '127.0.0.1' });
    selection = await keepSelection(
      site.db,
      TODAY,
      [1, 2].map((n) => samplePaper(n, TODAY).id),
    );
    await site.app.inject({ method: 'POST', url: '/api/v1/subscriptions', payload: { email: 'reader@example.org' } });
    active = { subscriberId: (await addReaders(site.db, [{ email: 'active@example.org' }]))[0]! };
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await empty?.[Symbol.asyncDispose]();
  });

  const token = (purpose: 'confirm' | 'preferences' | 'unsubscribe') =>
    site.keyring.sign(purpose, { subscriberId: 1, issuedAt: NOW });
  /** Of a reader who has confirmed. */
  const own = (path = '') => `/preferences/${site.keyring.sign('preferences', { ...active, issuedAt: NOW })}${path}`;
  const preferences = (path = '') => open(own(path));
  const said = (word: 'more' | 'less') =>
    `/say/${site.keyring.sign('say', { ...active, issuedAt: startOf(TODAY) })}/${selection}/2/${word}`;
  const open = (path: string) => async (page: Page) => {
    await page.goto(base + path);
  };
  const press = (path: string, button: string, fill?: [string, string]) => async (page: Page) => {
    await page.goto(base + path);
    if (fill) await page.fill(...fill);
    await Promise.all([page.waitForNavigation(), page.click(`button:has-text("${button}")`)]);
  };

  const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
    'front page': open('/'),
    'front page, form unfolded': async (page) => {
      await open('/')(page);
      await page.click('summary');
    },
    'front page without an edition': (page) => page.goto(`${emptyBase}/`),
    editions: open('/editions'),
    edition: open(`/editions/${TODAY}`),
    'edition without papers': open(`/editions/${TODAY}?topic=robotics`),
    'a week': open('/editions/2026-W22'),
    'a month': open('/editions/2026-05'),
    author: open('/authors/ada-lovelace'),
    organisation: open('/organisations/institute-of-things'),
    topics: open('/topics'),
    paper: open(`/papers/${samplePaper(1, TODAY).id}`),
    'paper with formulas': open(`/papers/${samplePaper(4, TODAY).id}`),
    topic: open('/topics/language-models'),
    'empty topic': open('/topics/robotics'),
    search: open('/search'),
    'search with results': open('/search?q=things'),
    'search without results': open('/search?q=nonsense'),
    'search corrected': open('/search?q=thinsg'),
    'search of many': open(`/search?q=${encodeURIComponent('things or "sample papers" -robots author:lovelace')}`),
    fresh: open('/fresh'),
    API: open('/docs'),
    subscribe: open('/subscribe'),
    'not found': open('/nowhere'),
    'bad link': open('/confirm/nonsense'),
    'form with a mistake': press('/', 'Subscribe', ['#email', 'not an address']),
    'form with a slip in the domain': press('/', 'Subscribe', ['#email', 'someone@gmial.com']),
    'check your inbox': press('/', 'Subscribe', ['#email', 'someone@example.org']),
    confirm: (page) => open(`/confirm/${token('confirm')}`)(page),
    confirmed: (page) => press(`/confirm/${token('confirm')}`, 'Confirm')(page),
    preferences: (page) => open(`/preferences/${token('preferences')}`)(page),
    'preferences saved': (page) => press(`/preferences/${token('preferences')}`, 'Save')(page),
    'preferences with a taste': (page) => press(said('more'), 'More like this')(page).then(() => preferences()(page)),
    'another address': (page) => press(own(), 'Ask both mailboxes', ['#email', 'nonsense'])(page),
    erase: (page) => preferences('/erase')(page),
    'what you follow, offered': (page) => preferences('/follow?kind=search&value=things')(page),
    'what you follow, saved': (page) => press(own('/follow?kind=search&value=things'), 'Add to my digests')(page),
    'what you follow': (page) => preferences('/follow')(page),
    seed: (page) => preferences('/seed')(page),
    'seed with proposals': (page) =>
      press(own('/seed'), 'Propose', ['#seed-text', `https://arxiv.org/abs/${samplePaper(1, TODAY).id.slice(6)}`])(
        page,
      ),
    'say, asked': (page) => open(said('less'))(page),
    'say, said': (page) => press(said('less'), 'Not for me')(page),
    unsubscribe: (page) => open(`/unsubscribe/${token('unsubscribe')}`)(page),
    unsubscribed: (page) => press(`/unsubscribe/${token('unsubscribe')}`, 'Unsubscribe')(page),
  };

  test.each(Object.keys(PAGES))(
    '%s: no violation, no complaint, nothing too wide',
    async (name) => {
      expect(await faultsOf(browser, PAGES[name]!)).toEqual([]);
    },
    60_000,
  );

  test('the form offers the reader’s own time zone, and tells in one line what is chosen', async () => {
    const page = await browser.newPage({ timezoneId: 'Pacific/Auckland' });
    await page.goto(base);
    expect(await page.inputValue('#timezone')).toBe('Pacific/Auckland');
    const summary = () => page.textContent('.summary-value');
    expect(await summary()).toBe('All topics, every day at 08:00 Auckland time');
    await page.click('summary');
    await page.check('text=Robotics');
    await page.check('text=On Mondays');
    await page.selectOption('#send-hour', '18');
    await page.selectOption('#timezone', 'Asia/Kolkata');
    const told = 'Robotics, on Mondays at 18:00 Kolkata time';
    expect(await summary()).toBe(told);
    // The server says the same of the same choices.
    await page.fill('#email', 'not an address');
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("Subscribe")')]);
    expect(await summary()).toBe(told);
    await page.check('text=Language models');
    expect(await summary()).toBe('2 topics, on Mondays at 18:00 Kolkata time');
    await page.close();
  });

  test('a browser of a network that floods us works for its sign-up by itself, and gets the usual answer', async () => {
    await using flooded = await testSite();
    const url = await flooded.app.listen({ port: 0, host: '127.0.0.1' });
    for (let i = 0; i < 25; i++)
      await flooded.app.inject({
        method: 'POST',
        url: '/api/v1/subscriptions',
        payload: { email: `f${i}@example.org` },
      });
    const page = await browser.newPage();
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
    await page.goto(url);
    await page.fill('#email', 'person@example.org');
    await page.click('button:has-text("Subscribe")');
    await page.waitForSelector('h1:has-text("Check your inbox")', { timeout: 60_000 });
    // Once as asked, and once more with the work done.
    expect(sent).toHaveLength(2);
    await page.close();
  }, 90_000);

  test('a zone that the browser knows by its retired name is offered under today’s', async () => {
    const page = await browser.newPage({ timezoneId: 'Asia/Calcutta' });
    await page.goto(base);
    expect(await page.inputValue('#timezone')).toBe('Asia/Kolkata');
    await page.close();
  });

  test('without JavaScript the form works, shows the zone unfolded, and says whose clock it goes by', async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(base);
    expect(await plain.isVisible('#timezone')).toBe(true);
    expect(await plain.innerText('.summary-value')).toBe(
      'Unless you say otherwise: All topics, every day at 08:00 UTC',
    );
    await plain.fill('#email', 'plain@example.org');
    await plain.click('summary');
    await plain.check('text=Robotics');
    await Promise.all([plain.waitForURL('**/subscribe'), plain.click('button:has-text("Subscribe")')]);
    expect(await plain.textContent('h1')).toBe('Check your inbox');
    await plain.close();
  });

  test('on a phone the unfolded form ends with its button', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(base);
    await page.click('summary');
    const bottom = async (selector: string): Promise<number> => {
      const box = await page.locator(selector).last().boundingBox();
      return box!.y + box!.height;
    };
    for (const choice of ['.choice', '#send-hour', '#timezone'])
      expect(await bottom(choice)).toBeLessThan(await bottom('.subscribe button'));
    await page.close();
  });

  test('the first screen holds the three best papers and the form, whole', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(base);
    for (const selector of ['main button', '.lead article', '.half:nth-child(1)', '.half:nth-child(2)']) {
      const box = await page.locator(selector).first().boundingBox();
      expect([selector, box && box.y + box.height < 800]).toEqual([selector, true]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const top = async (selector: string) => (await page.locator(selector).first().boundingBox())!.y;
    expect(await top('.lead')).toBeLessThan(await top('#email'));
    expect(await top('#email')).toBeLessThan(await top('.half'));
    await page.close();
  });

  test('the front page says Today where it is the day of the edition, and nowhere else', async () => {
    for (const [timezoneId, said] of [
      ['Pacific/Auckland', 'Front page'],
      ['America/New_York', 'Today'],
    ] as const) {
      const page = await browser.newPage({ timezoneId });
      // Noon of the 29th in Greenwich is the 30th in Auckland.
      await page.clock.setFixedTime(new Date(`${TODAY}T12:30:00Z`));
      await page.goto(base);
      expect([timezoneId, await page.textContent('[data-today]')]).toEqual([timezoneId, said]);
      await page.close();
    }
  });

  test('a paper’s page asks for an address with the reader’s own zone', async () => {
    const page = await browser.newPage({ timezoneId: 'Asia/Kolkata' });
    await page.goto(`${base}/papers/${samplePaper(1, TODAY).id}`);
    expect(await page.inputValue('[name="timezone"]')).toMatch(/^Asia\/(Kolkata|Calcutta)$/);
    await page.fill('#email', 'margin@example.org');
    await Promise.all([page.waitForURL('**/subscribe'), page.click('button:has-text("Subscribe")')]);
    expect(await page.textContent('h1')).toBe('Check your inbox');
    await page.close();
  });
});
