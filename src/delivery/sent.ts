import { pretend } from '../db/client.ts';
import { readAsSent } from '../db/deliveries.ts';
import { AppError } from '../errors.ts';
import { digestPath } from '../papers/links.ts';
import { createComposer, type Composer } from './compose.ts';
import { partsOf, type PreviewDeps } from './preview.ts';

type SentDeps = Omit<PreviewDeps, 'now' | 'without'>;

/** Whose message, and of which day. */
export interface SentOf {
  subscriberId: number;
  date: string;
}

/**
 * Both parts of a message, whether it holds the papers that the ledger says, and the page of those on
 * the site.
 */
export type SentParts = ReturnType<typeof partsOf> & { isSame: boolean; path: string };

type Composed = Pick<Composer, 'compose' | 'hold'>;
type AsSent = NonNullable<Awaited<ReturnType<typeof readAsSent>>>;

/**
 * Makes a message again as it was sent, from what the ledger keeps of it: Message-ID, Date and links
 * are the same, and so are the papers, as long as the reader's choices are. Nothing is kept of it.
 * `null`: it cannot be made, or there was none.
 */
export const messageAsSent = (deps: SentDeps, of: SentOf): Promise<Buffer | null> =>
  again(deps, of, async (composer, delivery) => {
    const outgoing = await composer.compose(of.date, delivery);
    return outgoing && Buffer.concat(outgoing.message);
  });

/** The same to be looked at: its links lead nowhere, and it names no address. */
export const partsAsSent = (deps: SentDeps, of: SentOf): Promise<SentParts | null> =>
  again(deps, of, async (composer, delivery) => {
    const held = await composer.hold(of.date, delivery);
    if (held === null) return null;
    const isSame = delivery.selectionId === null || delivery.selectionId === held.selectionId;
    const path = digestPath(of.date, delivery.selectionId ?? held.selectionId);
    return { ...partsOf(held.digest, deps.sender, path), isSame, path };
  });

export const noMessage = (): AppError =>
  new AppError('NOT_FOUND', 'That message cannot be made again: none was made, or what it was made from is gone.');

const again = <T>(
  deps: SentDeps,
  { subscriberId, date }: SentOf,
  make: (composer: Composed, delivery: AsSent) => Promise<T | null>,
): Promise<T | null> =>
  pretend(deps.db, async (tx) => {
    const delivery = await readAsSent(tx, subscriberId, date);
    return delivery && make(createComposer({ ...deps, db: tx }), delivery);
  });
