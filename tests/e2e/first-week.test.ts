import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, dayOf } from '../../src/day.ts';
import { capitalised, counted } from '../../src/figures.ts';
import { type App, finished, type Installation, installation } from '../support/app.ts';
import { complaintsOf, launchBrowser, violationsOf } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { type Hand, operator, type Operator } from '../support/operator.ts';
import { mailReceiver, type MailReceiver } from '../support/receiver.ts';
import { requires } from '../support/require.ts';
import { until } from '../support/until.ts';

/** `WEEK_READERS=20000 npx vitest run tests/e2e/first-week.test.ts`: the whole of what is promised. */
const READERS = Number(process.env['WEEK_READERS'] ?? 300);
/** Messages a second: it can be watched, and does not take long. */
const RATE = Math.max(50, Math.round(READERS / 20));
/** In so long twenty messages would go out at the least. */
const QUIET_MS = 500;
/** `PICTURES=DIR` keeps a picture of each step. */
const PICTURES = process.env['PICTURES'];

const TOKEN = 'the token of the desk, in the first week';
const TODAY = dayOf(new Date());
const [YESTERDAY, BEFORE, TOMORROW] = [-1, -2, 1].map((days) => addDays(TODAY, days)) as [string, string, string];

/**
 * With either of them the week is walked by each hand, and axe looks at each step. The suite of every
 * day goes by mouse alone: desk.test.ts lets axe look at the same pages.
 */
const IS_WHOLE = PICTURES !== undefined || process.env['WEEK_READERS'] !== undefined;
const OTHER_HANDS: readonly Hand[] = IS_WHOLE ? ['keyboard', 'no script'] : [];

/** Their provider knows none of them: one for each hand. */
const goneOf = (hand: Hand): string => `gone-${hand.replace(' ', '-')}@campus.example`;
const OPERATOR = 'operator@desk.example';

requires('chromium')('the first week of an operator', () => {
  const closing = new AsyncDisposableStack();
  let browser: Browser;
  let relay: MailReceiver;
  let home: Installation;
  let app: App;

  async function open(): Promise<Installation> {
    const database = closing.use(await testDatabase());
    return closing.use(
      await installation({
        DATABASE_URL: database.url,
        SMTP_URL: relay.url,
        SECRET_KEY: 'a secret of the first week which is long enough',
        MAIL_FROM: 'editor@papers.example',
        POSTAL_ADDRESS: '1 Print Lane, 1000 Sampleton',
        ADMIN_TOKEN: TOKEN,
        EDITION_HOUR: '0',
        SMTP_RATE: String(RATE),
      }),
    );
  }

  beforeAll(async () => {
    relay = closing.use(
      await mailReceiver({
        answer: (to) =>
          to.endsWith('@campus.example') ? { code: 550, text: '5.1.1 Recipient address rejected: User unknown' } : null,
      }),
    );
    [browser, home] = await Promise.all([launchBrowser(), open()]);
    closing.defer(() => browser.close());
    app = await home.start();
    await until('the first edition', async () => (await (await fetch(home.site)).text()).includes(`Finding 1 of`));
    // What the sources said on the days before: there is more than today's edition holds.
    await Promise.all([BEFORE, YESTERDAY].map((date) => home.paperboy('ingest', '--date', date)));
  }, 120_000);
  afterAll(() => closing.disposeAsync(), 60_000);

  /** One who is logged in at the desk of an installation, and leaves it in the end. */
  async function atDesk(site: string, hand: Hand, work: (one: Operator) => Promise<void>): Promise<void> {
    const context: BrowserContext = await browser.newContext({
      javaScriptEnabled: hand !== 'no script',
      viewport: { width: 1280, height: 900 },
    });
    try {
      const one = operator(await context.newPage(), hand);
      await one.page.goto(`${site}/admin`);
      await one.write('The operator’s token', TOKEN);
      await one.press('Log in');
      await work(one);
    } finally {
      await context.close();
    }
  }

  const headline = (one: Operator): Promise<string> => one.page.innerText('h1');
  const go = (one: Operator, where: string) => one.page.goto(`${new URL(one.page.url()).origin}${where}`);

  async function rename(one: Operator, name: string): Promise<void> {
    await go(one, '/admin/settings');
    await one.write('Name', name);
    await one.press('Save');
    expect(await one.page.innerText('[role=status]')).toContain('Saved');
    await until('the site to follow', async () => (await (await fetch(home.site)).text()).includes(`<title>${name}`));
  }

  async function sendTest(one: Operator, subject: string): Promise<void> {
    const before = (await relay.lettersTo(OPERATOR)).length;
    await one.write('To', OPERATOR);
    await one.press('Send a test');
    expect(await one.page.innerText('[role=status]')).toContain('The test is sent');
    const letters = await relay.lettersTo(OPERATOR);
    expect(letters.length).toBe(before + 1);
    expect(letters.at(-1)!.subject).toContain(subject);
  }

  async function writeNote(one: Operator, date: string, note: string): Promise<void> {
    await go(one, `/admin/editions/${date}`);
    await one.write('Note', note);
    await one.press('Save the note');
    expect(await one.page.innerText('[role=status]')).toContain('The note is saved');
  }

  /** The last that stand for it: one is pinned, one is dropped, and the mail shows both. */
  async function pinAndDrop(one: Operator): Promise<void> {
    await go(one, `/admin/editions/${TOMORROW}?all=yes`);
    const titles = await one.page.locator('ol.papers h3').allInnerTexts();
    const [dropped, pinned] = titles.slice(-2) as [string, string];
    await one.press(`Pin ${pinned} to the top`);
    expect(await one.page.innerText('ol.papers li:first-child')).toContain(pinned);
    expect(await one.page.innerText('ol.papers li:first-child .trace')).toContain('Pinned by you');
    await go(one, `/admin/editions/${TOMORROW}?all=yes`);
    await one.press(`Drop ${dropped}`);
    expect(await one.page.innerText('.dropped')).toContain(dropped);
    const mail = await (await one.page.request.get(`${home.site}/admin/editions/${TOMORROW}/mail?as=text`)).text();
    expect(mail).toContain(pinned);
    expect(mail.split('\n').filter((line) => line.includes(dropped))).toEqual([]);
    await one.press(`Unpin ${pinned}`);
    await one.press(`Put back ${dropped}`);
    expect(await headline(one)).not.toContain('pinned');
  }

  const list = (addresses: readonly string[]): string =>
    // At an hour that is not the next: the digest is begun by hand.
    `email,timezone,send_hour\n${addresses.map((email) => `${email},UTC,${(new Date().getUTCHours() + 12) % 24}\n`).join('')}`;

  async function importReaders(one: Operator, addresses: readonly string[], look?: Look): Promise<void> {
    await go(one, '/admin/readers/import');
    await one.give('File', { name: 'list.csv', text: `${list(addresses)}no address\n${addresses[0]}\n` });
    await one.press('See what would happen');
    const readers = counted(addresses.length, 'reader');
    await read(one, 'would be added');
    expect(await headline(one)).toBe(capitalised(`${readers} would be added; one is known, one line left out.`));
    await look?.(one, 'import, dry');
    await one.tick('I have the consent of each of them, and can show it');
    await one.press(`Add ${readers}`);
    await read(one, 'added; one is known');
    await look?.(one, 'import, done');
  }

  /** Looks again and again, as one does without a script, until the headline says so. */
  const read = async (one: Operator, words: string): Promise<void> => {
    const says = async (): Promise<boolean> => {
      await one.page.reload();
      return (await headline(one)).includes(words);
    };
    await until(`the headline to say "${words}"`, says, { within: 120_000, every: 200 });
    // The headline may have moved by itself: the buttons are on the page that it leads to.
    const onward = 'See what it came to';
    if (await one.page.getByRole('link', { name: onward }).isVisible()) await one.press(onward);
  };

  async function liftSuppression(one: Operator, email: string, look?: Look): Promise<void> {
    await go(one, '/admin/readers');
    await one.write('Find a reader', email);
    await one.press('Find');
    expect(await headline(one)).toContain('their provider says that the address does not exist');
    expect(await one.page.innerText('code.said >> nth=0')).toContain('550 5.1.1');
    await look?.(one, 'no mail came');
    await one.press('Lift the suppression');
    expect(await one.page.innerText('[role=status]')).toContain('they are a reader again');
    await look?.(one, 'lifted');
  }

  type Look = (one: Operator, step: string) => Promise<void>;
  const faults: string[] = [];
  let steps = 0;
  /** Whatever is wrong with what the operator sees now, and pictures of it. */
  const lookAt: Look = async ({ page }, step) => {
    steps += 1;
    const name = `${String(steps).padStart(2, '0')} ${step}`;
    if (PICTURES !== undefined) await takePictures(page, path.join(PICTURES, name.replaceAll(/\W+/g, '-')));
    if (IS_WHOLE) faults.push(...(await violationsOf(page)).map((fault) => `${name}: ${fault}`));
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  };

  const told: Record<string, number> = {};

  test.each(OTHER_HANDS)(
    'day one, %s alone: rename, note, pin, drop, test, import',
    async (hand) => {
      await atDesk(home.site, hand, async (one) => {
        await rename(one, `Morning by ${hand}`);
        await writeNote(one, TOMORROW, `Hello by **${hand}**.`);
        await pinAndDrop(one);
        await sendTest(one, 'Finding');
        await importReaders(one, [goneOf(hand)]);
      });
    },
    60_000,
  );

  test('a digest is prepared, watched, paused and resumed, a reader is helped, and a restored copy waits for a word', async () => {
    await atDesk(home.site, 'mouse', async (one) => {
      const { page } = one;
      const complaints = complaintsOf(page);
      await lookAt(one, 'today, first');
      await rename(one, 'Morning ML');
      await lookAt(one, 'renamed');
      await page.goto(home.site);
      expect(await page.innerText('header')).toContain('Morning ML');
      await lookAt(one, 'the site follows');
      await go(one, `/admin/editions/${TODAY}?of=all&as=text`);
      await lookAt(one, 'preview');
      await sendTest(one, 'Finding');
      expect((await relay.lettersTo(OPERATOR)).at(-1)!.html).toContain('Morning ML');
      await lookAt(one, 'test sent');
      await writeNote(one, TODAY, 'Our *first* week: answer this mail with what you miss.');
      await lookAt(one, 'note');
      await pinAndDrop(one);
      await go(one, `/admin/editions/${TOMORROW}`);
      await lookAt(one, 'the edition to come');
      const addresses = Array.from({ length: READERS - 1 }, (_, i) => `reader${i}@readers.example`);
      await importReaders(one, [...addresses, goneOf('mouse')], lookAt);
      const hands: Hand[] = ['mouse', ...OTHER_HANDS];
      // On one day their provider did not know them, and on a second it does not know them still.
      const before = hands.map((hand) => home.paperboy('digest', 'send', '--date', YESTERDAY, '--to', goneOf(hand)));
      await Promise.all([...before, watchDigest(one)]);
      await liftSuppression(one, goneOf('mouse'), lookAt);
      for (const hand of OTHER_HANDS) await atDesk(home.site, hand, (other) => liftSuppression(other, goneOf(hand)));
      const [letter] = await relay.lettersTo('reader0@readers.example');
      expect([letter!.subject, letter!.html]).toEqual([
        expect.stringContaining('Finding'),
        expect.stringContaining('<em>first</em> week'),
      ]);
      expect(complaints).toEqual([]);
    });
    await restoreAndResume();
    expect(faults).toEqual([]);
    console.log(JSON.stringify({ readers: READERS, rate: RATE, steps, ...told }));
  }, 1_200_000);

  /** The digest of today, from the first message to sums that balance. Nothing is loaded anew meanwhile. */
  async function watchDigest(one: Operator): Promise<void> {
    const { page } = one;
    const began = performance.now();
    const sending = finished(home.spawn(['digest', 'send', '--date', TODAY, '--json']));
    const shows = async (): Promise<boolean> => {
      await go(one, '/admin');
      return page.isVisible('button:has-text("Pause")');
    };
    await until('Today to show it', shows, { within: 60_000, every: 200 });
    const accepted = async (): Promise<number> => {
      const row = page.locator('.sums tr:has(th:text-is("accepted")) td.n');
      return (await row.count()) === 0 ? 0 : Number((await row.innerText()).replaceAll(',', ''));
    };
    const first = await accepted();
    await until('the figures to move by themselves', async () => (await accepted()) > first, { within: 60_000 });
    await one.press('Pause');
    expect(await headline(one)).toContain('Today’s digest is paused');
    // What was on the wire ends; after that nothing moves.
    const atRest = await until('what is on the wire to end', async () => {
      const before = relay.received.length;
      await sleep(QUIET_MS);
      return relay.received.length === before && before;
    });
    await sleep(2 * QUIET_MS);
    expect(relay.received.length, 'mails while it is paused').toBe(atRest);
    expect(await accepted()).toBeLessThan(READERS - 1);
    await page.reload();
    await lookAt(one, 'today, paused');
    await one.press('Resume');
    await lookAt(one, 'today, under way again');
    expect((await sending).code).toBe(0);
    told['digestSeconds'] = Math.round((performance.now() - began) / 1000);
    // The page counts anew each two seconds.
    const shown = async (): Promise<boolean> => {
      await page.reload();
      return (await accepted()) === READERS - 1;
    };
    await until('all to be counted', shown, { within: 10_000, every: 500 });
    expect(await page.innerText('.sums tfoot')).toContain('The sums balance.');
    const to = relay.received.map((mail) => mail.to).filter((address) => address.endsWith('@readers.example'));
    expect([to.length, new Set(to).size]).toEqual([READERS - 1, READERS - 1]);
    await lookAt(one, 'today, done');
  }

  /** Another machine gets the backup: it sends nothing before the operator has said so. */
  async function restoreAndResume(): Promise<void> {
    const file = path.join(home.scratch, 'week.backup');
    const [restored] = await Promise.all([open(), home.paperboy('backup', file)]);
    const mails = relay.received.length;
    await Promise.all([app.stop(), restored.paperboy('restore', file, '--replace')]);
    const again = await restored.start();
    await atDesk(restored.site, 'mouse', async (one) => {
      expect(await headline(one)).toContain('Nothing is sent');
      await lookAt(one, 'restored, today');
      await one.press('See what would be sent');
      await one.unfold('Let mail go out again');
      await lookAt(one, 'restored, the gate');
      await one.tick('This is the installation that goes on');
      await one.press('Let mail go out');
      expect(await one.page.innerText('[role=status]')).toContain('Mail is sent again');
      expect(await headline(one)).not.toContain('Nothing is sent');
      await lookAt(one, 'restored, resumed');
    });
    const { code } = await restored.run(['digest', 'send', '--date', TODAY]);
    expect(code).toBe(0);
    expect(relay.received.length, 'mails of the same digest after the restore').toBe(mails);
    await again.stop();
  }
});

/** As it is on a wide screen, on phones, and in the dark. */
async function takePictures(page: Operator['page'], base: string): Promise<void> {
  mkdirSync(path.dirname(base), { recursive: true });
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [320, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await showFrames(page);
    // A frame is drawn by a process of its own, which has caught up by the second picture.
    await page.screenshot();
    await page.screenshot({ path: `${base}-${width}${colorScheme === 'dark' ? '-dark' : ''}.png` });
  }
}

/** Has all of a page in the window, where a frame is loaded once it is in view. */
async function showFrames(page: Operator['page']): Promise<void> {
  const { width } = page.viewportSize()!;
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height });
  for (const element of await page.locator('iframe').all()) {
    const frame = (await (await element.elementHandle())!.contentFrame())!;
    await until('a frame to be asked for', () => frame.url() !== 'about:blank');
    await frame.waitForLoadState('load');
  }
}
