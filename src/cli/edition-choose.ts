import { getEdition } from '../db/editions.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { choosePaper, keepNote, takeChoiceBack } from '../editions/choose.ts';
import { AppError } from '../errors.ts';
import { OVERALL } from '../paper.ts';
import { canonicalId } from '../papers/identity.ts';
import { openStore, type Store } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

/** Pins a paper to the edition of a day, drops it from that one and later ones, or takes that back. */
export async function editionChoose(
  { config, log, signal, print }: Context,
  choice: 'pin' | 'drop' | 'back',
  paper: string,
  options: { date: string; why?: string },
): Promise<void> {
  const date = day(options.date);
  const paperId = canonicalId(paper);
  if (paperId === null)
    throw new AppError('INPUT_INVALID', `"${paper.slice(0, 60)}" names no paper: write its arXiv id or its link.`);
  await using store = await openStore(config, log, { signal });
  if (choice === 'back') await takeChoiceBack(store, date, paperId);
  else await choosePaper(store, { date, paperId, choice, why: options.why ?? null, by: COMMAND.who });
  await record(store, choice, date, paperId);
  await print(`${paperId} ${DONE[choice]} ${date}.`);
}

const DONE = {
  pin: 'will stand at the head of the edition of',
  drop: 'stands in no edition from that of',
  back: 'stands by its score again in the edition of',
} as const;

/** Keeps what is said above no. 1 of a day; empty words take it away. */
export async function editionNote(
  { config, log, signal, print }: Context,
  options: { date: string; words: string },
): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { signal });
  const length = await keepNote(store, date, options.words.trim());
  await record(store, 'note', date);
  const frozen = (await getEdition(store.db, date, OVERALL)) !== null;
  const where = frozen ? 'It stands on the site now, and in the mail of the day.' : 'It comes with the edition.';
  await print(length === 0 ? `The edition of ${date} has no note.` : `The note of ${date} is kept. ${where}`);
}

const record = ({ db, now }: Store, did: string, date: string, words?: string): Promise<void> =>
  recordDeed(db, COMMAND, { at: now(), did: `edition.${did}`, about: date, ...(words !== undefined && { words }) });
