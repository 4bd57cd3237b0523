import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND } from '../src/db/trail.ts';
import { keepLooks, type Looks, openLooks, saveBrand, savedBrand } from '../src/looks.ts';
import { createLogger } from '../src/telemetry.ts';
import { empty, type TestDatabase, testDatabase } from './support/database.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'looks-'));
const log = createLogger('silent');
const now = () => new Date('2026-05-29T09:00:00Z');
let database: TestDatabase;
let dataDir: string;
let number = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});
beforeEach(async () => {
  dataDir = path.join(scratch, String(number++));
  mkdirSync(path.join(dataDir, 'templates/pages'), { recursive: true });
  await empty(database.db, 'setting');
});

const open = (more: { siteName?: string; mailName?: string } = {}): Promise<Looks> =>
  openLooks(
    database.db,
    {
      dataDir,
      siteName: more.siteName ?? null,
      mailFrom: { name: more.mailName ?? null, address: 'a@b.example' },
      templatesDir: path.join(dataDir, 'templates'),
    },
    log,
  );
const save = (part: object) => saveBrand({ db: database.db, now }, { part, by: COMMAND });
const write = (file: string, text: string | Buffer): void => writeFileSync(path.join(dataDir, file), text);

describe('the look in force', () => {
  test('is the same object until something changes, and takes up what the desk saves', async () => {
    const looks = await open();
    const before = looks.look();
    await looks.refresh();
    expect(looks.look()).toBe(before);
    await save({ name: 'Kiel Preprints', footer: 'A service.' });
    await looks.refresh();
    expect(looks.look().brand).toMatchObject({ name: 'Kiel Preprints', footer: 'A service.' });
    expect(looks.look().version).not.toBe(before.version);
    expect(looks.origins()).toMatchObject({ name: 'desk', tagline: 'default' });
    expect(await savedBrand(database.db)).toEqual({ name: 'Kiel Preprints', footer: 'A service.' });
    await save({});
    await looks.refresh();
    expect(looks.look().brand.name).toBe('Paperboy');
  });

  test('is taken up by itself in a process that runs', async () => {
    const looks = await open();
    await save({ name: 'Kiel' });
    const { promise, resolve } = Promise.withResolvers<void>();
    using _kept = keepLooks({ refresh: () => looks.refresh().then(resolve) }, log, 1);
    await promise;
    expect(looks.look().brand.name).toBe('Kiel');
  });

  test('goes by files before the desk, and by SITE_NAME before both', async () => {
    write('brand.json', '{"name": "File", "tagline": "Of a file"}');
    write('imprint.md', '# We');
    await save({ name: 'Desk', tagline: 'Desk', footer: 'Desk' });
    const looks = await open({ siteName: 'Environment', mailName: 'Mail' });
    expect(looks.look().brand).toMatchObject({
      name: 'Environment',
      tagline: 'Of a file',
      footer: 'Desk',
      imprint: '# We',
    });
    expect(looks.origins()).toMatchObject({ name: 'SITE_NAME', tagline: 'file', footer: 'desk', imprint: 'file' });
    expect((await open({ mailName: 'Mail' })).look().brand.name).toBe('File');
  });

  test('stays as it was while brand.json is broken, and says so', async () => {
    write('brand.json', '{"name": "File"}');
    const looks = await open();
    write('brand.json', '{"name": "File", "accent": "#ffff00"}');
    await looks.refresh();
    expect(looks.look().brand.name).toBe('File');
    expect(looks.brandFaults()).toEqual([expect.stringMatching(/brand\.json: "accent" is hard to read/)]);
    write('brand.json', '{"name": "Mended"}');
    await looks.refresh();
    expect([looks.look().brand.name, looks.brandFaults()]).toEqual(['Mended', []]);
  });

  test('stays as it was while the database is away', async () => {
    await save({ name: 'Desk' });
    const away = Object.create(database.db) as typeof database.db;
    let isAway = false;
    Object.defineProperty(away, 'execute', {
      value: (query: never) => (isAway ? Promise.reject(new Error('away')) : database.db.execute(query)),
    });
    const config = { dataDir, siteName: null, mailFrom: { name: null, address: 'a@b.example' }, templatesDir: null };
    const looks = await openLooks(away, config, log);
    isAway = true;
    await looks.refresh();
    expect(looks.look().brand.name).toBe('Desk');
  });

  test('has a logo that is what its name says, and none that is not', async () => {
    await save({ logo: 'logo.png' });
    const looks = await open();
    expect(looks.look().logo).toBeNull();
    expect(looks.brandFaults()).toEqual([expect.stringMatching(/Cannot read the logo .*logo\.png \(ENOENT\)/)]);
    write('logo.png', '<svg onload="alert(1)"/>');
    await looks.refresh();
    expect(looks.brandFaults()).toEqual([expect.stringContaining('not an image of the type')]);
    write('logo.png', Buffer.from('89504e470d0a1a0a00', 'hex'));
    await looks.refresh();
    expect(looks.brandFaults()).toEqual([]);
    expect(looks.look().logo).toMatchObject({ href: expect.stringMatching(/^\/assets\/logo\.[0-9a-f]{12}\.png$/) });
    write('logo.png', Buffer.alloc(300 * 1024));
    await looks.refresh();
    expect(looks.brandFaults()).toEqual([expect.stringContaining('a logo may have 200 kB')]);
  });

  test('has pages of the operator, and keeps the last good state of one that breaks', async () => {
    write('templates/pages/error.eta', '<p>Own <%= it.title %></p>');
    const looks = await open();
    const good = looks.look();
    expect(good.pages).toEqual({ error: '<p>Own <%= it.title %></p>' });
    write('templates/pages/error.eta', '<p>Own\n<%= it.title </p>');
    await looks.refresh();
    expect(looks.look()).toBe(good);
    expect(looks.templateFaults()).toEqual([expect.stringMatching(/^pages\/error\.eta, line 2: /)]);
  });

  test('refuses to save what is not sound', async () => {
    await expect(save({ name: '' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(save({ accent: '#ffff00' })).rejects.toThrow(/hard to read/);
    expect(await savedBrand(database.db)).toEqual({});
  });
});
