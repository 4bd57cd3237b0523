import { addDays, dayOf } from '../day.ts';
import { type Db, pretend, type Tx } from '../db/client.ts';
import { buildEditionWithin } from '../editions/build.ts';
import { type Digest, loadContent } from '../editions/content.ts';
import { addressTo } from '../editions/personalise.ts';
import { DIGEST_SIZE } from '../editions/select.ts';
import { AppError } from '../errors.ts';
import type { Sign } from '../mail/dkim/signer.ts';
import { withoutAddresses } from '../mail/classify-reply.ts';
import { decodePieces } from '../mail/quoted-printable.ts';
import type { Sender } from '../mail/sender.ts';
import type { Outgoing, Transport } from '../mail/transport.ts';
import { OVERALL } from '../paper.ts';
import { editionPath } from '../papers/links.ts';
import { syncTopics, type Topics } from '../papers/topics.ts';
import type { FeatureGroup } from '../ranking/features.ts';
import { parsePreferences } from '../subscribers/preferences.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import { createComposer } from './compose.ts';
import { requireOpenGate } from './gate.ts';

export interface PreviewDeps {
  db: Db;
  now: () => Date;
  keyring: Keyring;
  sender: Sender;
  /** The topics in force. */
  topics: Topics;
  without?: readonly FeatureGroup[];
  sign?: Sign | undefined;
}

/** Whose digest is looked at: a reader of these topics, by their slugs, who had nothing before. */
export interface PreviewOf {
  date: string;
  topics?: readonly string[] | undefined;
}

/** The whole message to an address, signed as mail is, with links that lead nowhere. */
export const previewMessage = (deps: PreviewDeps, of: PreviewOf, email: string): Promise<Outgoing> =>
  asIfFrozen(deps, of, (tx, topics) => {
    const frozenAt = new Date(`${of.date}T06:00:00Z`);
    const to = { ...readerOf(of.date, topics), subscriberId: 0, email, frozenAt };
    return createComposer({ ...deps, db: tx }).compose(of.date, to);
  });

/** Mails that message, marked as a test; the ledger knows nothing of it. */
export async function sendTest(
  deps: PreviewDeps & { transport: Transport },
  of: PreviewOf,
  email: string,
): Promise<void> {
  await requireOpenGate(deps.db);
  const result = await deps.transport.send(await previewMessage(deps, of, email));
  if (result.kind === 'reply' && result.code < 300) return;
  throw new AppError(
    'RELAY_UNAVAILABLE',
    `The test was not sent: the relay ${result.kind === 'reply' ? `answered ${result.code} ` : 'says '}` +
      `"${withoutAddresses(result.text, '<address>')}". "paperboy doctor" tells more.`,
  );
}

/** Both parts of a digest, as they are read, with its subject. */
export interface Parts {
  subject: string;
  html: string;
  text: string;
}

/** Both parts of it. */
export const previewParts = (deps: PreviewDeps, of: PreviewOf): Promise<Parts> =>
  asIfFrozen(deps, of, async (tx, topics) => {
    const { sender, topics: inForce } = deps;
    const content = await loadContent({ db: tx, topics: inForce }, sender, of.date);
    const digest = await content.digestFor(readerOf(of.date, topics));
    if (!digest) return null;
    return partsOf(digest, sender, editionPath(of.date, topics));
  });

/** Both parts of a digest, with links that lead nowhere but to its page on the site. */
export function partsOf(digest: Digest, { publicUrl }: Pick<Sender, 'publicUrl'>, browserPath: string): Parts {
  const { subject, html, text } = addressTo(digest.mail, {
    unsubscribe: `${publicUrl}/unsubscribe/preview`,
    preferences: `${publicUrl}/preferences/preview`,
    say: `${publicUrl}/say/preview`,
    browser: `${publicUrl}${browserPath}`,
  });
  return { subject, html: decodePieces(html), text: decodePieces(text) };
}

/**
 * Makes something of a day's digest as if its edition were frozen now, and leaves all as it was: a
 * look must not decide what readers get.
 */
async function asIfFrozen<T>(
  deps: PreviewDeps,
  { date, topics: wanted = [OVERALL] }: PreviewOf,
  make: (tx: Tx, topics: string[]) => Promise<T | null>,
): Promise<T> {
  const made = await pretend(deps.db, async (tx) => {
    await syncTopics(tx, deps.topics);
    const { topics } = await parsePreferences(tx, { topics: [...wanted] });
    const now = deps.now();
    const moment = date > dayOf(now) ? now : undefined;
    const { topics: editions } = await buildEditionWithin({ ...deps, tx }, { date, moment });
    return editions === 0 ? null : make(tx, topics);
  });
  if (made !== null) return made;
  throw new AppError(
    'NOT_FOUND',
    `There is nothing for these topics on ${date}. Run "paperboy ingest --date ${date}" first, or choose other ` +
      'topics.',
  );
}

/** Of a reader who had nothing before. */
const readerOf = (date: string, topics: string[]) => ({
  topics,
  since: addDays(date, -1),
  wantsFresh: true,
  length: DIGEST_SIZE,
  taste: '',
  had: '',
});
