import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feedbackExplain } from '../../src/cli/feedback.ts';
import type { Context } from '../../src/cli/context.ts';
import { recentFeedback } from '../../src/db/feedback.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { installation } from '../support/app.ts';
import { paperboy } from '../support/commands.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { addReaders } from '../support/ledger.ts';

const BOUNCE = [
  'From: MAILER-DAEMON@mx.example.net',
  'Subject: failure notice',
  '',
  'Hi. This is the qmail-send program at mx.example.net.',
  "I'm afraid I wasn't able to deliver your message to the following addresses.",
  '',
  '<reader@example.com>:',
  'Sorry, no mailbox here by that name. (#5.1.1)',
].join('\n');

describe('paperboy feedback explain', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'paperboy-feedback-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const explain = async (file: string, json: boolean): Promise<string[]> => {
    const lines: string[] = [];
    const print = async (text: string): Promise<void> => void lines.push(text);
    await feedbackExplain({ print, signal: new AbortController().signal } as Context, path.join(folder, file), {
      json,
    });
    return lines;
  };
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  test('says what it saw and why', async () => {
    write('bounce.eml', BOUNCE);
    const text = (await explain('bounce.eml', false)).join('\n');
    expect(text).toContain('hard, for good: there is no such mailbox');
    expect(text).toContain('reader@example.com: hard, unknown-user (about the mailbox)');
    expect(text).toContain('because of: no mailbox here');
    expect(text).toContain('read as: qmail');
  });
  test('prints one object with --json', async () => {
    write('bounce.eml', BOUNCE);
    expect(JSON.parse((await explain('bounce.eml', true)).at(-1)!)).toEqual({
      kind: 'hard',
      permanent: true,
      recipients: ['reader@example.com'],
      whose: 'mailbox',
      rule: 'unknown-user',
    });
  });
  test('has one sentence for what is no message', async () => {
    write('empty.eml', '');
    writeFileSync(path.join(folder, 'large.eml'), Buffer.alloc(51 * 1024 * 1024));
    await expect(explain('empty.eml', true)).rejects.toThrow('it is empty. Give it one message.');
    await expect(explain('large.eml', true)).rejects.toThrow(
      'it has more than 50 MB. Give one message, not a whole mailbox.',
    );
    await expect(explain('missing.eml', true)).rejects.toThrow('there is no such file');
  });
});

describe('paperboy feedback', () => {
  test('takes in a message from a pipe or a file once, and says whose it is', async () => {
    await using database = await testDatabase();
    const [id] = await addReaders(database.db, [{ email: 'reader@example.com' }]);
    const keyring = createKeyring(['k'.repeat(32)]);
    const mark = keyring.mark({ subscriberId: id!, date: '2026-05-29' });
    const message = `${BOUNCE}\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <digest.${mark}@papers.example>\n`;
    const folder = mkdtempSync(path.join(tmpdir(), 'paperboy-feedback-'));
    writeFileSync(path.join(folder, 'ours.eml'), message);
    writeFileSync(path.join(folder, 'strange.eml'), BOUNCE);
    const run = (file: string) => paperboy(database, 'feedback', path.join(folder, file), '--json');
    expect(JSON.parse((await run('ours.eml')).at(-1)!)).toMatchObject({ kind: 'hard', rule: 'unknown-user', kept: 1 });
    expect(JSON.parse((await run('ours.eml')).at(-1)!)).toMatchObject({ kept: 0, known: 1 });
    expect(JSON.parse((await run('strange.eml')).at(-1)!)).toMatchObject({ kind: 'hard', kept: 0, known: 0 });
    expect(await recentFeedback(database.db, id!, 9)).toMatchObject([{ via: 'pipe', digestDate: '2026-05-29' }]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('asks the mail server to try again when it cannot keep a message, and sends back none that is none', async () => {
    await using home = await installation({ SECRET_KEY: 'k'.repeat(32) });
    const file = path.join(home.scratch, 'bounce.eml');
    writeFileSync(file, BOUNCE);
    const away = { DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/away` };
    const ended = await Promise.all([
      home.run(['feedback', file], away),
      home.run(['feedback', 'take', file], { ...away, SMTP_RATE: 'fast' }),
      home.run(['feedback', 'missing.eml'], away),
    ]);
    expect(ended.map(({ code }) => code)).toEqual([75, 75, 1]);
    writeFileSync(file, '');
    const empty = await home.run(['feedback', file], away);
    expect(empty).toMatchObject({ code: 0, stdout: expect.stringContaining('it is empty') });
  }, 60_000);
});
