import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { testSite, type TestSite } from '../../support/site.ts';

const BASE = '/api/v1/admin';
let site: TestSite;
let acts: { desk: string; api: string; command: string }[];

beforeAll(async () => {
  site = await testSite({ adminToken: 'a word that only the operator knows', empty: true });
  const docs = readFileSync(path.join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  acts = [...docs.matchAll(/^\| `(POST \/[^`]*)` \| (.+?) \| (.+?) \|$/gm)].map(([, desk, api, command]) => ({
    desk: desk!,
    api: api!.replaceAll('`', ''),
    command: command!.replaceAll('`', ''),
  }));
});
afterAll(() => site[Symbol.asyncDispose]());

/** Fastify draws its routes as a tree: a name for each step, with the methods behind it. */
function postsOfDesk(drawn: string): string[] {
  const steps: string[] = [];
  return drawn.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── ([^ ]*)(?: \((.*)\))?$/.exec(line);
    if (found === null) return [];
    const [, indent = '', step = '', methods = ''] = found;
    steps.splice(indent.length / 4, Infinity, step);
    const route = steps.join('').replaceAll(/\(\^[^)]*\)/g, '');
    return methods.split(', ').includes('POST') && route.startsWith('/admin/')
      ? [`POST ${route.slice('/admin'.length).replace(/(.)\/$/, '$1')}`]
      : [];
  });
}

test('the table has each act of the desk, and no other', () => {
  expect(acts.map(({ desk }) => desk).toSorted()).toEqual(postsOfDesk(site.app.printRoutes()).toSorted());
});

test('each route and each command that the table names is there', async () => {
  const { paths } = (await site.app.inject(`${BASE}/openapi.json`)).json();
  const routes = new Set(
    Object.entries<object>(paths).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${at.slice(BASE.length)}`),
    ),
  );
  const commands = new Set(
    createProgram({} as never).commands.flatMap((one) => [
      one.name(),
      ...one.commands.map((sub) => `${one.name()} ${sub.name()}`),
    ]),
  );
  for (const { desk, api, command } of acts) {
    if (!api.startsWith('none')) expect([desk, api, routes.has(api)]).toEqual([desk, api, true]);
    if (!command.startsWith('none')) expect([desk, command, commands.has(command)]).toEqual([desk, command, true]);
  }
});
