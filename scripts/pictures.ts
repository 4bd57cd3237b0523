// Draws templates/assets/card.png, which links to the site are shown with, and touch.png: `npm run
// pictures`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const ASSETS = path.join(import.meta.dirname, '../templates/assets');
const icon = readFileSync(path.join(ASSETS, 'icon.svg'), 'utf8');

/** Without a name: it is the operator's to choose, and stands beside the picture. */
const CARD = `
<style>
  body { margin: 0; padding: 96px 104px; width: 992px; height: 438px; background: #fdfcf9; color: #1d1b18; font-family: Palatino, "URW Palladio L", P052, Georgia, "Liberation Serif", serif; }
  p { margin: 0; border: solid #1d1b18; border-width: 2px 0 8px; border-bottom-style: double; padding: 14px 0; text-align: center; font: 26px/1.4 "Liberation Sans", Arial, sans-serif; color: #625d54; }
  h2 { margin: 84px 0 0; text-align: center; font-size: 64px; line-height: 1.2; font-weight: 600; letter-spacing: -0.011em; text-wrap: balance; }
</style>
<p>Trending research papers, by mail</p>
<h2>The papers everybody is talking about, in your inbox.</h2>`;
/** A phone rounds the corners itself. */
const TOUCH_ICON = `<style>body { margin: 0 } svg { display: block }</style>${icon.replace('rx="6"', '')}`;

await using browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, html, width, height] of [
  ['card.png', CARD, 1200, 630],
  ['touch.png', TOUCH_ICON, 180, 180],
] as const) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.setContent(html);
  await page.screenshot({ path: path.join(ASSETS, name) });
}
