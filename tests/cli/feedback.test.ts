import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feedbackExplain } from '../../src/cli/feedback.ts';
import type { Context } from '../../src/cli/context.ts';

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
