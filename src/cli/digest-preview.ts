import { writeFile } from 'node:fs/promises';
import { pretend, type Tx } from '../db/client.ts';
import { buildEditionWithin } from '../editions/build.ts';
import { editionPath } from '../papers/links.ts';
import { syncTopics } from '../papers/topics.ts';
import { createComposer } from '../delivery/compose.ts';
import { createSigner } from '../mail/dkim/signer.ts';
import { loadContent } from '../editions/content.ts';
import { DIGEST_SIZE } from '../editions/select.ts';
import { addressTo } from '../editions/personalise.ts';
import { decodePieces } from '../mail/quoted-printable.ts';
import { AppError, codeOf } from '../errors.ts';
import { addDays } from '../day.ts';
import { OVERALL } from '../paper.ts';
import { openStore, type Store } from '../runtime.ts';
import { parsePreferences } from '../subscribers/preferences.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

interface Options {
  date: string;
  topics?: string;
  format: 'html' | 'text' | 'eml';
  out?: string;
}

/**
 * Renders the digest of a reader who follows these topics, with links that lead nowhere, and mails
 * no one. A day whose edition is not frozen yet is shown as if it were frozen now, and stays open:
 * a look must not decide what readers get.
 */
export async function digestPreview({ config, log, signal, print }: Context, options: Options): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const rendered = await pretend(store.db, async (tx) => {
    await syncTopics(tx, store.topics);
    const wanted = options.topics?.split(',').map((t) => t.trim()) ?? [OVERALL];
    const { topics } = await parsePreferences(tx, { topics: wanted });
    const { topics: editions } = await buildEditionWithin({ ...store, tx }, { date });
    return editions === 0 ? null : render({ ...store, db: tx }, date, topics, options.format);
  });
  if (rendered === null)
    throw new AppError(
      'NOT_FOUND',
      `There is nothing for these topics on ${date}. Run "paperboy ingest --date ${date}" first, or choose other ` +
        'topics.',
    );
  if (options.out === undefined) return print(rendered);
  await writeTo(options.out, rendered);
  await print(`Written to ${options.out}.`);
}

async function writeTo(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = WHY_NOT[codeOf(cause) ?? ''] ?? `the system says ${codeOf(cause) ?? 'no'}`;
    throw new AppError('OUTPUT_FAILED', `Cannot write ${file}: ${reason}. Name another file with --out.`, { cause });
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EISDIR: 'that is a directory',
  EACCES: 'you may not write there',
  ENOSPC: 'the disk is full',
};

/** Of a reader who had nothing before. */
const readerOf = (date: string, topics: string[]) => ({
  topics,
  since: addDays(date, -1),
  wantsFresh: true,
  length: DIGEST_SIZE,
  taste: '',
  had: '',
});

type Desk = Omit<Store, 'db'> & { db: Tx };

const render = (desk: Desk, date: string, topics: string[], format: Options['format']): Promise<string | null> =>
  format === 'eml' ? renderMessage(desk, date, topics) : renderPart(desk, date, topics, format);

async function renderMessage(desk: Desk, date: string, topics: string[]): Promise<string | null> {
  const signer = await createSigner(desk.config.dkim, desk.log);
  const { compose } = createComposer({ ...desk, sign: signer?.sign });
  const outgoing = await compose(date, {
    ...readerOf(date, topics),
    subscriberId: 0,
    email: 'reader@example.org',
    frozenAt: new Date(`${date}T06:00:00Z`),
  });
  return outgoing && Buffer.concat(outgoing.message).toString();
}

async function renderPart(
  { db, sender, topics: inForce }: Desk,
  date: string,
  topics: string[],
  format: 'html' | 'text',
): Promise<string | null> {
  const digest = await (await loadContent({ db, topics: inForce }, sender, date)).digestFor(readerOf(date, topics));
  if (!digest) return null;
  const links = {
    unsubscribe: `${sender.publicUrl}/unsubscribe/preview`,
    preferences: `${sender.publicUrl}/preferences/preview`,
    say: `${sender.publicUrl}/say/preview`,
    browser: `${sender.publicUrl}${editionPath(date, topics)}`,
  };
  return decodePieces(addressTo(digest.mail, links)[format]);
}
