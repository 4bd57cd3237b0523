import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paperboyWith } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-own-shaping-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const run = (env: Record<string, string>, ...argv: string[]) =>
  paperboyWith({ env: { PAPERBOY_DATA: directory, ...env }, onPrint: () => {} }, database, ...argv);

test('explain says which host takes the mail of an address, which rule holds, its source, and what holds only when direct', async () => {
  const lines = await run({}, 'shaping', 'explain', 'Reader@Gmail.com');
  expect(lines[0]).toBe('Mail to gmail.com is taken by google.');
  expect(lines).toContainEqual(expect.stringMatching(/^Rule: google \(KumoMTA.*support\.google\.com/));
  expect(lines).toContain('  connections: 5; messages a connection: 50');
  expect(lines).toContainEqual(expect.stringContaining('only where Paperboy itself connects'));
  expect(lines).toContain('Warm-up: off');
  expect(lines).toContain('Waiting now: nothing to this domain is held back.');
  expect(lines.join('\n')).not.toMatch(/reader/i);
});

test('explain is read by programs, and names the rule of the relay', async () => {
  const env = { SMTP_URL: 'smtps://user:secret@smtp-relay.gmail.com' };
  const told = JSON.parse((await run(env, 'shaping', 'explain', 'gmx.de', '--json')).at(-1)!);
  expect(told).toMatchObject({
    domain: 'gmx.de',
    host: 'gmx',
    rule: { connections: 4 },
    relay: { host: 'google', connections: 5 },
    warmUp: null,
    waiting: { heldBack: 0, warmUp: 0 },
  });
  expect(JSON.stringify(told)).not.toContain('secret');
});

test('the operator’s own numbers hold, and a broken file is refused in a sentence', async () => {
  const file = path.join(directory, 'shaping.json');
  writeFileSync(file, JSON.stringify([{ host: 'google', messagesPerMinute: 1200 }]));
  const lines = await run({}, 'shaping', 'explain', 'gmail.com');
  expect(lines).toContain('  messages a minute: 1,200');
  writeFileSync(file, JSON.stringify([{ host: 'google', perMinute: 1200 }]));
  await expect(run({}, 'shaping', 'explain', 'gmail.com')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/shaping\.json, rule 1: there is no field "perMinute"/),
  });
  rmSync(file);
});

test('a warm-up is switched on by host or by a domain of it, shown, and switched off', async () => {
  expect((await run({}, 'warmup', 'start', 'gmail.com', '--allowance', '200'))[0]).toMatch(
    /^The warm-up of google is on: 200 messages today/,
  );
  await expect(run({}, 'warmup', 'start', 'google')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect(await run({}, 'warmup', 'status')).toEqual([
    expect.stringMatching(/^google: since \d{4}-\d\d-\d\d; on \d{4}-\d\d-\d\d \(UTC\) 0 of 200 messages, 0 refused$/),
  ]);
  expect(await run({}, 'shaping', 'explain', 'gmail.com')).toContainEqual(expect.stringMatching(/^Warm-up: since /));
  expect((await run({}, 'warmup', 'off', 'google'))[0]).toMatch(/^The warm-up of google is over\. 0 messages/);
  await expect(run({}, 'warmup', 'off', 'google')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await run({}, 'warmup', 'status')).toEqual(['No mail host is being warmed up.']);
});

test.each([
  ['warmup', 'start', 'gogle'],
  ['warmup', 'start', 'google', '--allowance', '0'],
  ['warmup', 'start', 'google', '--allowance', 'many'],
  ['shaping', 'explain', 'not an address@'],
])('%s %s %s %s %s is refused', async (...argv) => {
  await expect(run({}, ...argv)).rejects.toMatchObject({ message: expect.stringMatching(/\.$/) });
});
