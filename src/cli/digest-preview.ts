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
import { withoutAddresses } from '../mail/classify-reply.ts';
import type { Outgoing } from '../mail/transport.ts';
import { decodePieces } from '../mail/quoted-printable.ts';
import { AppError, codeOf } from '../errors.ts';
import { addDays, dayOf } from '../day.ts';
import { OVERALL } from '../paper.ts';
import { openEngine } from '../engine.ts';
import { openStore, type Store } from '../store.ts';
import { normaliseAddress } from '../subscribers/address.ts';
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
  const rendered = await asIfFrozen(store, { date, topics: options.topics }, (desk, topics) =>
    render(desk, date, topics, options.format),
  );
  if (options.out === undefined) return print(rendered);
  await writeTo(options.out, rendered);
  await print(`Written to ${options.out}.`);
}

/**
 * Mails one digest to any address, as a reader of these topics would get it, with links that lead
 * nowhere. It leaves no mark: no reader, no delivery, and an edition that is not frozen stays open.
 */
export async function digestTest(
  { config, log, signal, print }: Context,
  options: { to: string; date?: string; topics?: string },
): Promise<void> {
  const email = normaliseAddress(options.to);
  await using engine = await openEngine(await openStore(config, log, { schema: 'read', signal }));
  const date = options.date === undefined ? dayOf(engine.now()) : day(options.date);
  const outgoing = await asIfFrozen(engine, { date, topics: options.topics }, (desk, topics) =>
    composeFor(desk, { date, topics, email }),
  );
  const result = await engine.transport.send(outgoing);
  if (result.kind !== 'reply' || result.code >= 300)
    throw new AppError(
      'RELAY_UNAVAILABLE',
      `The test was not sent: the relay ${result.kind === 'reply' ? `answered ${result.code} ` : 'says '}` +
        `"${withoutAddresses(result.text, '<address>')}". "paperboy doctor" tells more.`,
    );
  await print(`The digest of ${date} was sent. Its links lead nowhere, and the ledger knows nothing of it.`);
}

/** Makes something of a day's digest as if its edition were frozen now, and leaves all as it was. */
async function asIfFrozen<T>(
  store: Store,
  { date, topics: named }: { date: string; topics: string | undefined },
  make: (desk: Desk, topics: string[]) => Promise<T | null>,
): Promise<T> {
  const made = await pretend(store.db, async (tx) => {
    await syncTopics(tx, store.topics);
    const wanted = named?.split(',').map((t) => t.trim()) ?? [OVERALL];
    const { topics } = await parsePreferences(tx, { topics: wanted });
    const { topics: editions } = await buildEditionWithin({ ...store, tx }, { date });
    return editions === 0 ? null : make({ ...store, db: tx }, topics);
  });
  if (made !== null) return made;
  throw new AppError(
    'NOT_FOUND',
    `There is nothing for these topics on ${date}. Run "paperboy ingest --date ${date}" first, or choose other ` +
      'topics.',
  );
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
  const outgoing = await composeFor(desk, { date, topics, email: 'reader@example.org' });
  return outgoing && Buffer.concat(outgoing.message).toString();
}

/** The whole message, signed as mail is, of a reader that there is not. */
async function composeFor(
  desk: Desk,
  { date, topics, email }: { date: string; topics: string[]; email: string },
): Promise<Outgoing | null> {
  const signer = await createSigner(desk.config.dkim, desk.log);
  const { compose } = createComposer({ ...desk, sign: signer?.sign });
  const frozenAt = new Date(`${date}T06:00:00Z`);
  return compose(date, { ...readerOf(date, topics), subscriberId: 0, email, frozenAt });
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
