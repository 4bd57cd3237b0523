import { type Db, transaction, type Tx } from '../db/client.ts';
import { isBegun } from '../db/digests.ts';
import { choose, type EditionChoice, saveNote, unchoose } from '../db/edition-choices.ts';
import { editionState, lockEditions } from '../db/editions.ts';
import { papersById } from '../db/papers.ts';
import { AppError } from '../errors.ts';

/** A note has room for so many characters: three lines or four in a mail. */
export const NOTE_LENGTH = 600;
const WHY_LENGTH = 200;

interface ChooseDeps {
  db: Db;
  now: () => Date;
}

/** Pins a paper to the edition of a day, or drops it from that one and later ones. Throws INPUT_INVALID. */
export async function choosePaper(
  { db, now }: ChooseDeps,
  { paperId, why, ...choice }: Pick<EditionChoice, 'date' | 'paperId' | 'choice' | 'why' | 'by'>,
): Promise<void> {
  const kept = { ...choice, paperId, why: why === '' ? null : (why?.slice(0, WHY_LENGTH) ?? null), at: now() };
  await transaction(db, async (tx) => {
    await requireOpen(tx, choice.date, paperId);
    // A drop of an earlier day would keep out what is pinned now.
    if (choice.choice === 'pin') await unchoose(tx, choice.date, paperId);
    await choose(tx, kept);
  });
}

/** Takes back what was chosen of a paper for a day. Throws INPUT_INVALID. */
export async function takeChoiceBack({ db }: ChooseDeps, date: string, paperId: string): Promise<void> {
  await transaction(db, async (tx) => {
    await requireOpen(tx, date, paperId);
    await unchoose(tx, date, paperId);
  });
}

/**
 * An edition that is being frozen has read the choices before: who chooses meanwhile waits, and is told
 * that it is frozen.
 */
async function requireOpen(tx: Tx, date: string, paperId: string): Promise<void> {
  await lockEditions(tx);
  const [paper] = await papersById(tx, [paperId]);
  if (!paper) throw new AppError('INPUT_INVALID', 'That paper is not here any more: load the list again.');
  if ((await editionState(tx, date)) === 'frozen')
    throw new AppError('INPUT_INVALID', 'This edition is frozen: what stands in it does not change any more.');
}

/** Keeps the operator's note of a day; empty words take it away. Gives how many characters it has. */
export async function keepNote({ db, now }: ChooseDeps, date: string, words: string): Promise<number> {
  if (await isBegun(db, date))
    throw new AppError('INPUT_INVALID', 'The digest of this day is on its way: its note stays as it is.');
  const { length } = [...words];
  if (length > NOTE_LENGTH)
    throw new AppError(
      'INPUT_INVALID',
      `The note has ${length} characters, and room is for ${NOTE_LENGTH}: shorten it.`,
    );
  await saveNote(db, date, words, now());
  return length;
}
