import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCycle, type Import, importsOf, isOurs, objection, packagesOf } from './support/imports.ts';

const SRC = path.join(import.meta.dirname, '..', 'src');
const files = globSync('**/*.{ts,js}', { cwd: SRC }).map((file) => ({
  file: file.replaceAll(path.sep, '/'),
  source: readFileSync(path.join(SRC, file), 'utf8'),
}));
const imports = files.flatMap(({ file, source }) => importsOf(file, source));

describe('src', () => {
  test('is read whole', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(300);
    const known = new Set(files.map(({ file }) => file));
    expect(imports.filter((i) => isOurs(i.to) && !known.has(i.to))).toEqual([]);
  });
  test('imports one way, and keeps packages where they belong', () => {
    expect(imports.map(objection).filter((o) => o !== null)).toEqual([]);
  });
  test('has no ring of imports', () => {
    expect(findCycle(imports)).toBeNull();
  });
  test('has transactions of its own and calls none of drizzle, which loses clients', () => {
    expect(files.filter(({ source }) => callsDrizzleTransaction(source)).map(({ file }) => file)).toEqual([]);
  });
  test('reads the environment in config.ts alone', () => {
    expect(files.filter(({ source }) => readsEnvironment(source)).map(({ file }) => file)).toEqual(['config.ts']);
  });
});

/**
 * Most of what a start computes is the loading of packages. What only some starts need is imported where it is
 * needed, or made by `lazily`; who adds a package here says that all of them need it.
 */
const STORE = ['@fluent/bundle', 'drizzle-orm', 'entities', 'pg', 'saxes'];
const MAIL = ['eta', 'markdown-it'];
const MAILING = [...STORE, ...MAIL, 'isemail', 'lru-cache', 'prom-client'];
const SITE = [
  '@fastify/accept-negotiator',
  '@fastify/cookie',
  '@fastify/cors',
  '@fastify/formbody',
  '@fastify/rate-limit',
  '@fastify/swagger',
  'altcha-lib',
  'fastify',
  'fresh',
  'helmet',
  'mailchecker',
  'typebox',
];
describe('a start loads no more packages than it needs:', () => {
  test.each<[string, string, string[]]>([
    ['any command', 'main.ts', ['commander', 'pino']],
    ['the help', 'cli/program.ts', ['commander']],
    ['a command that looks into the database', 'store.ts', STORE],
    ['doctor', 'cli/doctor.ts', [...STORE, ...MAIL]],
    ['a worker', 'cli/serve.ts', [...MAILING, 'bullmq', 'pg-copy-streams']],
    ['the site beside it', 'site.ts', [...MAILING, ...SITE]],
  ])('%s', (_, entry, packages) => {
    expect(packagesOf(imports, entry)).toEqual(packages.toSorted());
  });
});

const withoutComments = (source: string): string => source.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

const callsDrizzleTransaction = (source: string): boolean =>
  /(?:\.|\?\.|\[['"])\s*transaction\b['"\]]*\s*(?:<[^>]*>)?\s*\(/.test(withoutComments(source));

const readsEnvironment = (source: string): boolean =>
  /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env)|\benv\b[^}]*\}\s*=\s*process\b|import[^;]*\benv\b[^;]*['"](?:node:)?process['"]/.test(
    withoutComments(source),
  );

describe('the checker', () => {
  test('reads every way of importing', () => {
    const source = `import a from 'a';
import type { B } from '../b.ts';
import { type C, type D } from './c.ts';
import { type E, f, g as h } from './deep/e.ts';
import {
  i,
  type J,
} from '@scope/i/sub';
import 'k';
import * as l from 'node:l';
export { m } from './m.ts';
export type { N } from './n.ts';
export * from './o.ts';
// import p from 'p';
/** import { q } from 'q'; */
const r = await import('./r.ts');
const s = "import t from 't'";
export const u = 'u';`;
    expect(importsOf('room/x.ts', source)).toEqual(
      [
        { from: 'room/x.ts', to: 'a', kind: 'value', names: [] },
        { from: 'room/x.ts', to: 'b.ts', kind: 'type', names: [] },
        { from: 'room/x.ts', to: 'room/c.ts', kind: 'type', names: [] },
        { from: 'room/x.ts', to: 'room/deep/e.ts', kind: 'value', names: ['f', 'g as h'] },
        { from: 'room/x.ts', to: '@scope/i/sub', kind: 'value', names: ['i'] },
        { from: 'room/x.ts', to: 'k', kind: 'value', names: [] },
        { from: 'room/x.ts', to: 'node:l', kind: 'value', names: [] },
        { from: 'room/x.ts', to: 'room/m.ts', kind: 'value', names: ['m'] },
        { from: 'room/x.ts', to: 'room/n.ts', kind: 'type', names: [] },
        { from: 'room/x.ts', to: 'room/o.ts', kind: 'value', names: [] },
        { from: 'room/x.ts', to: 'room/r.ts', kind: 'dynamic', names: [] },
      ].map((i) => expect.objectContaining(i.kind === 'type' ? { ...i, names: expect.anything() } : i)),
    );
  });

  const one = (line: string, from: string) => objection(importsOf(from, line)[0]!);
  test.each([
    ['db/x.ts', `import { nextDue } from '../subscribers/schedule.ts';`],
    ['db/x.ts', `import type { Topic } from '../papers/topics.ts';`],
    ['papers/x.ts', `import { nextDue } from '../subscribers/schedule.ts';`],
    ['subscribers/x.ts', `import { buildEdition } from '../editions/build.ts';`],
    ['editions/x.ts', `import { verdictOf } from '../delivery/verdict.ts';`],
    ['delivery/x.ts', `import { SmtpPool } from '../smtp/pool.ts';`],
    ['delivery/x.ts', `import type { Relay } from '../smtp/relay.ts';`],
    ['smtp/x.ts', `import { createPermits } from '../delivery/permits.ts';`],
    ['smtp/x.ts', `import type { Db } from '../db/client.ts';`],
    ['mail/x.ts', `import type { Selection } from '../editions/personalise.ts';`],
    ['tex/x.ts', `import { texToText } from '../papers/ingest.ts';`],
    ['paper.ts', `import type { PaperSource } from './papers/source.ts';`],
    ['papers/x.ts', `import { parse } from '@unified-latex/unified-latex-util-parse';`],
    ['delivery/x.ts', `import SMTPConnection from 'nodemailer/lib/smtp-connection';`],
    ['delivery/x.ts', `import { openStore } from '../runtime.ts';`],
    ['delivery/x.ts', `import { createQueues } from '../jobs/queues.ts';`],
    ['http/x.ts', `import { createQueues } from '../jobs/queues.ts';`],
    ['jobs/x.ts', `import { buildServer } from '../http/server.ts';`],
    ['runtime.ts', `import { day } from './cli/arguments.ts';`],
    ['cli/x.ts', `import { main } from '../main.ts';`],
    ['errors.ts', `import { openDatabase } from './db/client.ts';`],
    ['runtime.ts', `import { startMailbox } from './embedded/mailbox.ts';`],
    ['cli/x.ts', `await import('../embedded/mailbox.ts');`],
    ['embedded/x.ts', `import { openDatabase } from '../db/client.ts';`],
    ['runtime.ts', `import { loadConfig } from './config.ts';`],
    ['delivery/x.ts', `import { sql } from 'drizzle-orm';`],
    ['papers/x.ts', `import type { SQL } from 'drizzle-orm/pg-core';`],
    ['http/x.ts', `import { Queue } from 'bullmq';`],
    ['runtime.ts', `import { Redis } from 'ioredis';`],
    ['subscribers/x.ts', `import SMTPConnection from 'nodemailer/lib/smtp-connection';`],
    ['runtime.ts', `import fastify from 'fastify';`],
    ['newroom/x.ts', `import { AppError } from '../errors.ts';`],
  ])('objects to %s: %s', (from, line) => {
    expect(one(line, from)).toContain(from);
  });
  test.each([
    ['main.ts', `import { loadConfig } from './config.ts';`],
    ['paperboy.js', `import('./main.ts');`],
    ['cli/x.ts', `import { getEdition } from '../db/editions.ts';`],
    ['db/x.ts', `import { OVERALL, type Paper } from '../paper.ts';`],
    ['db/x.ts', `import type { Frequency } from '../subscriber.ts';`],
    ['runtime.ts', `import { createSmtpTransport } from './smtp/transport.ts';`],
    ['smtp/x.ts', `import type { Outgoing } from '../mail/transport.ts';`],
    ['delivery/x.ts', `import { selectForReader } from '../editions/select.ts';`],
    ['papers/x.ts', `import type { Config } from '../config.ts';`],
    ['delivery/x.ts', `import { linksFor } from '../subscribers/links.ts';`],
    ['runtime.ts', `await import('./embedded/mailbox.ts');`],
    ['db/x.ts', `import { sql } from 'drizzle-orm';`],
    ['smtp/x.ts', `import SMTPConnection from 'nodemailer/lib/smtp-connection';`],
  ])('lets %s pass: %s', (from, line) => {
    expect(one(line, from)).toBeNull();
  });

  const edge = (from: string, to: string): Import => ({ from, to, kind: 'value', names: [] });
  test('follows what is loaded at once, and not what is loaded later', () => {
    const all = ['a.ts', 'b.ts'].flatMap((file) =>
      importsOf(
        file,
        `import 'node:fs';\nimport { x } from '@${file[0]}/p/q';\nimport './b.ts';\nawait import('late');`,
      ),
    );
    expect(packagesOf(all, 'a.ts')).toEqual(['@a/p', '@b/p']);
    expect(packagesOf(all, 'b.ts')).toEqual(['@b/p']);
  });
  test('finds a ring, however long, and none where there is none', () => {
    expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('a', 'c')])).toBeNull();
    expect(findCycle([edge('z', 'a'), edge('a', 'b'), edge('b', 'c'), edge('c', 'a')])).toEqual(['a', 'b', 'c', 'a']);
    expect(findCycle([edge('a', 'a')])).toEqual(['a', 'a']);
  });
  test("sees a transaction of drizzle's in every spelling", () => {
    for (const line of ['db.transaction(work)', 'deps.db\n  .transaction(async (tx) => {})', `db['transaction'](work)`])
      expect(callsDrizzleTransaction(line)).toBe(true);
    for (const line of ['transaction(db, work)', '// db.transaction(work)', 'keyedTransaction(db, work)'])
      expect(callsDrizzleTransaction(line)).toBe(false);
  });
  test('sees the environment read in every spelling', () => {
    for (const line of [
      `process.env['A']`,
      `process.env.A`,
      `process['env'].A`,
      `const { env } = process;`,
      `import { env } from 'node:process';`,
    ])
      expect(readsEnvironment(line)).toBe(true);
    for (const line of [`/** the only reader of process.env */`, `// process.env`, `process.exit()`, `type Env = {}`])
      expect(readsEnvironment(line)).toBe(false);
  });
});
