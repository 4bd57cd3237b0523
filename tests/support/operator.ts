import type { Page } from 'playwright-core';

/** How an operator works: by mouse, by keyboard alone, or with a browser that runs no script. */
export type Hand = 'mouse' | 'keyboard' | 'no script';

export interface Operator {
  page: Page;
  hand: Hand;
  /** Writes into the field of this label, in place of what stands there. */
  write(label: string, text: string): Promise<void>;
  /** Presses a button, or follows a link, that leads to another page. */
  press(name: string): Promise<void>;
  /** Opens a fold. */
  unfold(name: string): Promise<void>;
  tick(label: string): Promise<void>;
  choose(label: string, text: string): Promise<void>;
  /** Gives a file to the field of this label. */
  give(label: string, file: { name: string; text: string }): Promise<void>;
}

/** More than any page of the desk has. */
const MOST_STOPS = 400;

/** What stands on the thing that has the focus, or beside it. */
const FOCUSED = `(() => {
  const e = document.activeElement;
  return (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '').trim().replace(/\\s+/g, ' ');
})()`;

export function operator(page: Page, hand: Hand): Operator {
  const reach = async (name: string): Promise<void> => {
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      if ((await page.evaluate(FOCUSED)) === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`No ${MOST_STOPS} presses of Tab lead to "${name}" on ${page.url()}`);
  };
  const leads = async (act: () => Promise<unknown>): Promise<void> =>
    void (await Promise.all([page.waitForEvent('load'), act()]));
  const file = ({ name, text }: { name: string; text: string }) => ({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });

  if (hand === 'keyboard')
    return {
      page,
      hand,
      async write(label, text) {
        await reach(label);
        await page.keyboard.press('Control+A');
        await page.keyboard.insertText(text);
      },
      async press(name) {
        await reach(name);
        await leads(() => page.keyboard.press('Enter'));
      },
      async unfold(name) {
        await reach(name);
        await page.keyboard.press('Enter');
      },
      async tick(label) {
        await reach(label);
        await page.keyboard.press('Space');
      },
      async choose(label, text) {
        await reach(label);
        await page.keyboard.type(text);
      },
      async give(label, given) {
        // The browser is told to ask us before the key is pressed: that takes a moment.
        const asked = page.waitForEvent('filechooser');
        await reach(label);
        const [chooser] = await Promise.all([asked, page.keyboard.press('Space')]);
        await chooser.setFiles(file(given));
      },
    };
  const control = (name: string) =>
    page
      .getByRole('button', { name, exact: true })
      .or(page.getByRole('link', { name, exact: true }))
      .first();
  return {
    page,
    hand,
    write: (label, text) => page.getByLabel(label, { exact: true }).fill(text),
    press: (name) => leads(() => control(name).click()),
    unfold: (name) => page.locator('summary', { hasText: name }).click(),
    tick: (label) => page.getByLabel(label).check(),
    choose: async (label, text) => void (await page.getByLabel(label, { exact: true }).selectOption({ label: text })),
    give: (label, given) => page.getByLabel(label, { exact: true }).setInputFiles(file(given)),
  };
}
