import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadContent } from '../../src/editions/content.ts';
import { addressTo } from '../../src/editions/personalise.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { addDays } from '../../src/day.ts';
import { OVERALL } from '../../src/paper.ts';
import type { Bench } from '../comparison.ts';
import { run } from '../child.ts';
import type { Scene } from '../scene.ts';
import type { Job } from './nodemailer-sender.ts';

const SENDER = path.join(import.meta.dirname, 'nodemailer-sender.ts');
/**
 * It takes a dozen times as long as Paperboy, so it gets fewer readers: its pace does not depend on
 * their number.
 */
const SHARE = 10;

/**
 * Sends the same digest with nodemailer's sendMail, in a process of its own: messages a second.
 * `dkim` names an RSA key.
 */
export async function nodemailer({ connections }: Bench, scene: Scene, dkim: Job['dkim'] = null): Promise<number> {
  const date = scene.firstDay;
  const editions = await loadContent(scene.store, scene.store.sender, date);
  const digest = await editions.digestFor({
    topics: [OVERALL],
    since: addDays(date, -1),
    wantsFresh: true,
    length: 10,
    taste: '',
    had: '',
  });
  const content = addressTo(digest!.mail, {
    unsubscribe: '{unsubscribe}',
    preferences: '{preferences}',
    say: `${scene.store.sender.publicUrl}/say/x`,
    browser: `${scene.store.sender.publicUrl}/editions/${date}`,
  });
  const job: Job = {
    relay: scene.sink.url,
    connections,
    readers: Math.ceil(scene.readers / SHARE),
    dkim,
    date,
    sender: scene.store.sender,
    subject: content.subject,
    html: decodePieces(content.html),
    text: decodePieces(content.text),
    bytes: scene.bytes,
  };
  const file = path.join(scene.scratch, 'nodemailer.json');
  writeFileSync(file, JSON.stringify(job));
  const { stdout } = await run(process.execPath, [SENDER, file], {
    env: { PATH: process.env['PATH'] },
    signal: scene.sink.signal,
  });
  return Number(stdout);
}
