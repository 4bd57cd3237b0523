import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brandOf, BRAND_FIELDS } from '../../../src/brand/brand.ts';
import { DEFAULT_LOOK } from '../../../src/brand/look.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { partOf, settingsView, type SettingsFacts } from '../../../src/http/admin/settings-view.ts';
import { type Looks, openLooks, saveBrand, savedBrand } from '../../../src/looks.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { NOW, testSite, type TestSite } from '../../support/site.ts';

const TOKEN = 'a word that only the operator knows';

describe('settings at the desk', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'settings-'));
  let site: TestSite;
  let looks: Looks;
  let desk: AtTheDesk;
  let relayTakesIt = true;
  beforeAll(async () => {
    writeFileSync(path.join(dataDir, 'imprint.md'), '# Imprint');
    const config = {
      dataDir,
      siteName: null,
      mailFrom: { name: null, address: 'a@paperboy.test' },
      templatesDir: null,
    };
    site = await testSite({
      adminToken: TOKEN,
      look: () => looks?.look() ?? DEFAULT_LOOK,
      tools: {
        testAlert: async () => relayTakesIt,
        brand: {
          saved: () => savedBrand(site.db),
          async save(part, by) {
            await saveBrand({ db: site.db, now: () => NOW }, { part, by });
            await looks.refresh();
          },
          origins: () => looks.origins(),
          brandFaults: () => looks.brandFaults(),
          templateFaults: () => looks.templateFaults(),
        },
        config: {
          dataDir,
          databaseUrl: null,
          templatesDir: null,
          backups: null,
          alertTo: 'operator@example.org',
          alertMorning: 420,
        },
      },
    });
    looks = await openLooks(site.db, config, createLogger('silent'));
    desk = await atTheDesk(site.app, TOKEN);
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true });
  });
  const page = async () => (await desk.get('/settings')).body;

  test('a name that is saved is that of site and desk at once, and the trail says which field', async () => {
    expect(await page()).toContain('It is called Paperboy.');
    const answer = await desk.post('/settings/brand', {
      name: 'Kiel <Preprints>',
      accent: '#005c8a',
      privacy: 'We keep\r\nlittle.',
    });
    expect(answer.headers.location).toBe('/admin/settings?done=brand');
    expect(await page()).toContain('It is called Kiel &lt;Preprints&gt;.');
    expect((await site.app.inject('/')).body).toContain('Kiel &lt;Preprints&gt;');
    expect((await site.app.inject('/privacy')).body).toContain('We keep');
    expect((await readTrail(site.db, { about: 'brand', limit: 1 }))[0]).toMatchObject({
      did: 'brand.save',
      words: 'name, accent, privacy',
    });
  });

  test('what cannot be used is said beside its field, with what was typed, and nothing is saved', async () => {
    const answer = await desk.post('/settings/brand', { name: 'Other', accent: '#ffff00', contact: 'no address' });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Nothing was saved: two fields cannot be used, Accent and Contact.');
    expect(answer.body).toContain('It is hard to read: its contrast with');
    expect(answer.body).toContain('value="no address"');
    expect((await savedBrand(site.db)).name).toBe('Kiel <Preprints>');
  });

  test('what a file fixes is told, and cannot be changed here', async () => {
    expect(await page()).toContain(`Fixed by brand.json or imprint.md in ${dataDir}`);
    await desk.post('/settings/brand', { imprint: 'Another' });
    expect(await savedBrand(site.db)).toEqual({});
  });

  test('an empty field is left to what ships, and all of it is taken back when that is ticked', async () => {
    await desk.post('/settings/brand', { name: 'Kiel', tagline: 'Daily' });
    await desk.post('/settings/brand', { name: 'Kiel', tagline: '' });
    expect(await savedBrand(site.db)).toEqual({ name: 'Kiel' });
    expect((await desk.post('/settings/brand/reset')).statusCode).toBe(422);
    expect(looks.look().brand.name).toBe('Kiel');
    expect((await desk.post('/settings/brand/reset', { sure: 'yes' })).statusCode).toBe(303);
    expect(looks.look().brand.name).toBe('Paperboy');
    expect((await readTrail(site.db, { about: 'brand', limit: 1 }))[0]).toMatchObject({
      did: 'brand.reset',
      words: 'name',
    });
  });

  test('language, languages and dates are chosen of a list, and hold on the site at once', async () => {
    const choices = { language: 'de', languages: ['fr', 'ar'], dateStyle: 'iso' };
    expect((await desk.post('/settings/brand', choices)).statusCode).toBe(303);
    expect(await savedBrand(site.db)).toEqual(choices);
    const front = (await site.app.inject('/')).body;
    expect(front).toContain('<html lang="de" dir="ltr">');
    expect(front).toContain('>2026-05-29</time>');
    const settings = await page();
    for (const chosen of ['"de" selected', '"fr" checked', '"ar" checked', '"iso" selected'])
      expect(settings).toContain(`value=${chosen}`);
    expect(settings).not.toContain('en-XA');
    const odd = await desk.post('/settings/brand', { language: 'xx', languages: 'de, yy', dateStyle: 'odd' });
    expect(odd.body).toContain('Nothing was saved: three fields cannot be used, Language, Languages and Dates.');
    await desk.post('/settings/brand', {});
  });

  test('a test alert is sent, and said not to be where the relay did not take it', async () => {
    expect(await page()).toContain('A note comes each morning at 07:00 UTC.');
    expect((await desk.post('/settings/alert')).headers.location).toBe('/admin/settings?done=alert#alerts');
    relayTakesIt = false;
    const answer = await desk.post('/settings/alert');
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('The test was not sent');
  });
});

describe('the view of settings', () => {
  const config = { dataDir: '/data', templatesDir: null, alertTo: null, alertMorning: null };
  const facts = (more: Partial<SettingsFacts> = {}): SettingsFacts => ({
    look: DEFAULT_LOOK,
    origins: brandOf({}).origins,
    saved: {},
    typed: null,
    brandFaults: [],
    templateFaults: [],
    config,
    ...more,
  });
  const field = (name: string, more: Partial<SettingsFacts>) =>
    settingsView(facts(more)).fields.find((one) => one.name === name)!;

  test('has every field of the brand once', () => {
    expect(settingsView(facts()).fields.map(({ name }) => name)).toEqual(BRAND_FIELDS);
  });

  test.each([
    ['SITE_NAME', { SITE_NAME: { name: 'Kiel' } }, 'Fixed by SITE_NAME in the environment.'],
    ['a file', { file: { name: 'Kiel' } }, 'Fixed by brand.json in /data: change it there.'],
    ['the desk', { desk: { name: 'Kiel' } }, null],
    ['MAIL_FROM', { MAIL_FROM: { name: 'Kiel' } }, null],
  ])('says what fixes the name: %s', (_, parts, fixed) => {
    const { brand, origins } = brandOf(parts);
    expect(field('name', { look: { ...DEFAULT_LOOK, brand }, origins }).fixed).toBe(fixed);
    expect(partOf({ name: 'Other' }, origins)).toEqual(fixed === null ? { name: 'Other' } : {});
  });

  test('shows what stands there while a field is empty, and how well an accent is read', () => {
    expect(field('name', {}).hint).toContain('Now Paperboy, which ships.');
    expect(field('accent', {}).hint).toMatch(/Its least contrast is \d\.\d:1, with .+; 4\.5:1 is needed\./);
    expect(field('footer', {}).hint).not.toContain('Now');
  });

  test('names the operator’s templates and what is wrong with them', () => {
    const look = { ...DEFAULT_LOOK, layouts: { digest: '' }, pages: { front: '' } };
    const { templates } = settingsView(
      facts({ look, config: { ...config, templatesDir: '/own' }, templateFaults: ['digest.mjml, line 3: x.'] }),
    );
    expect(templates).toEqual({
      says: 'Two files in /own take the place of ours. A change is taken up within a minute.',
      files: ['mail/digest.mjml', 'pages/front.eta'],
      faults: ['digest.mjml, line 3: x.'],
    });
  });
});
