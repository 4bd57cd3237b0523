import { previewMessage, previewParts, sendTest } from '../delivery/preview.ts';
import { createSigner } from '../mail/dkim/signer.ts';
import { dayOf } from '../day.ts';
import { openEngine } from '../engine.ts';
import { openStore } from '../store.ts';
import { normaliseAddress } from '../subscribers/address.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { writeOut } from './output.ts';

interface Options {
  date: string;
  topics?: string;
  format: 'html' | 'text' | 'eml';
  out?: string;
}

/**
 * Renders the digest of a reader who follows these topics, with links that lead nowhere, and mails
 * no one. A day whose edition is not frozen yet is shown as if it were frozen now, and stays open.
 */
export async function digestPreview({ config, log, signal, print }: Context, options: Options): Promise<void> {
  const { format } = options;
  const of = { date: day(options.date), topics: slugs(options.topics) };
  await using store = await openStore(config, log, { schema: 'read', signal });
  const signer = await createSigner(config.dkim, log);
  const deps = { ...store, sign: signer?.sign };
  const rendered =
    format === 'eml'
      ? Buffer.concat((await previewMessage(deps, of, 'reader@example.org')).message).toString()
      : (await previewParts(deps, of))[format];
  if (options.out === undefined) return print(rendered);
  await writeOut(options.out, rendered);
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
  const signer = await createSigner(config.dkim, log);
  await sendTest({ ...engine, sign: signer?.sign }, { date, topics: slugs(options.topics) }, email);
  await print(`The digest of ${date} was sent. Its links lead nowhere, and the ledger knows nothing of it.`);
}

const slugs = (text: string | undefined): string[] | undefined => text?.split(',').map((slug) => slug.trim());
