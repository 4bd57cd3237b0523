import { writeFile } from 'node:fs/promises';
import { buildEdition } from '../editions/build.ts';
import { createComposer } from '../delivery/compose.ts';
import { createSigner } from '../delivery/dkim.ts';
import { loadContent } from '../editions/content.ts';
import { addressTo } from '../editions/personalise.ts';
import { decodePieces } from '../editions/quoted-printable.ts';
import { AppError } from '../errors.ts';
import { addDays } from '../papers/day.ts';
import { OVERALL } from '../papers/paper.ts';
import { openStore, type Store } from '../runtime.ts';
import { parsePreferences } from '../subscribers/preferences.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

interface Options { date: string; topics?: string; format: 'html' | 'text' | 'eml'; out?: string }

/** Renders the digest of a reader who follows these topics, with links that lead nowhere, and mails nobody. */
export async function digestPreview({ config, log, print }: Context, options: Options): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log);
  await buildEdition(store, { date });
  const { topics } = await parsePreferences(store.db, { topics: options.topics?.split(',').map((t) => t.trim()) ?? [OVERALL] });
  const rendered = options.format === 'eml' ? await renderMessage(store, date, topics) : await renderPart(store, date, topics, options.format);
  if (rendered === null) throw new AppError('NOT_FOUND', `There is nothing for these topics on ${date}. Run "paperboy ingest --date ${date}" first, or choose other topics.`);
  if (options.out === undefined) return print(rendered);
  await writeFile(options.out, rendered);
  print(`Written to ${options.out}.`);
}

async function renderMessage(store: Store, date: string, topics: string[]): Promise<string | null> {
  const signer = await createSigner(store.config.dkim, store.log);
  const outgoing = await createComposer({ ...store, sign: signer?.sign })(date, { subscriberId: 0, email: 'reader@example.org', topics, since: addDays(date, -1), frozenAt: new Date(`${date}T06:00:00Z`) });
  return outgoing && Buffer.concat(outgoing.message).toString();
}

async function renderPart({ db, sender }: Store, date: string, topics: string[], format: 'html' | 'text'): Promise<string | null> {
  const selection = (await loadContent(db, sender, { date, since: addDays(date, -1) })).select(topics);
  if (!selection) return null;
  const links = { unsubscribe: `${sender.publicUrl}/unsubscribe/preview`, preferences: `${sender.publicUrl}/preferences/preview`, browser: `${sender.publicUrl}/editions/${date}` };
  return decodePieces(addressTo(selection, links)[format]);
}
