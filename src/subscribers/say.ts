import { type Db, transaction, type Tx } from '../db/client.ts';
import { latestEditionDate, placesOn } from '../db/editions.ts';
import { getPaper } from '../db/papers.ts';
import {
  countSays,
  forgetSays,
  keepSay,
  readersWithSays,
  replaceTaste,
  saidOf,
  saysOf,
  tasteLines,
  type TasteLine,
} from '../db/say.ts';
import { selectionPapers } from '../db/selections.ts';
import { readSetting, saveSetting } from '../db/settings.ts';
import { getSubscriber, lockSubscriber } from '../db/subscribers.ts';
import { dayOf } from '../day.ts';
import { OVERALL, type Paper } from '../paper.ts';
import { backgroundOf, createTraits, tasteOf } from '../papers/taste.ts';
import type { Topics } from '../papers/topics.ts';
import { type Keyring, noLongerWorks } from './tokens.ts';

export interface SayDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  /** The topics in force: papers are liked by them. */
  topics: Pick<Topics, 'classify' | 'list'>;
}

/**
 * A link under a paper of a digest: its reader's token of the day, what that copy of the digest held,
 * and the paper's number there.
 */
export interface SayLink {
  token: string;
  selection: string;
  number: string;
}

/** A paper under which a reader's say was asked, and what they said; `null`: nothing. */
export interface Spoken {
  paper: Paper;
  liked: boolean | null;
  /** What of the reader's taste the paper has, the strongest first. */
  shared: TasteLine[];
}

/** What was said last counts: older words are of an older taste. */
const MOST_SAYS = 200;

/** The reader and the paper of a link. Throws TOKEN_INVALID for one that leads to none. */
async function resolve({ db, keyring, now }: SayDeps, { token, selection, number }: SayLink) {
  const { subscriberId, issuedAt } = keyring.verify('say', token, now());
  const reader = await getSubscriber(db, subscriberId);
  if (!reader || reader.status === 'erased' || !/^\d{1,15}\/[1-9]\d?$/.test(`${selection}/${number}`))
    throw noLongerWorks();
  const id = (await selectionPapers(db, dayOf(issuedAt), Number(selection)))?.[Number(number) - 1];
  const paper = id === undefined ? null : await getPaper(db, id);
  if (paper === null) throw noLongerWorks();
  return { subscriberId, paper };
}

/** What a link under a paper is about. Changes nothing. */
export async function getSay(deps: SayDeps, link: SayLink): Promise<Spoken> {
  const { subscriberId, paper } = await resolve(deps, link);
  const ids = new Set(createTraits(deps.topics)(paper).map(({ id }) => id));
  const lines = await tasteLines(deps.db, subscriberId);
  return {
    paper,
    shared: lines.filter(({ trait }) => ids.has(trait)),
    liked: await saidOf(deps.db, subscriberId, paper.id),
  };
}

/** The reader pressed the button: `liked` is kept, `null` takes back what was said. */
export async function setSay(deps: SayDeps, link: SayLink, liked: boolean | null): Promise<Spoken> {
  const { subscriberId, paper } = await resolve(deps, link);
  const { now } = deps;
  const traits = createTraits(deps.topics);
  await changeTaste(deps, subscriberId, async (tx) => {
    await keepSay(tx, { subscriberId, paperId: paper.id, liked, saidAt: now() });
    return weighed(tx, { traits, now }, subscriberId, await ownLines(tx, subscriberId));
  });
  return getSay(deps, link);
}

/** A reader's taste, and how many papers they said something of. */
export const tasteOfReader = async ({ db }: Pick<SayDeps, 'db'>, subscriberId: number) => ({
  lines: await tasteLines(db, subscriberId),
  says: await countSays(db, subscriberId),
});

/** A line of a taste as its reader sets it: how much the trait counts, or `null` for what their words say. */
export interface OwnWeight {
  trait: string;
  weight: number | null;
}

/** The reader changed lines of their taste. Those that they set stay as they are. */
export const setTaste = (deps: SayDeps, subscriberId: number, wanted: readonly OwnWeight[]): Promise<void> =>
  changeTaste(deps, subscriberId, async (tx) => {
    const lines = new Map((await tasteLines(tx, subscriberId)).map((line) => [line.trait, line]));
    for (const { trait, weight } of wanted) {
      const line = lines.get(trait);
      if (line) lines.set(trait, { ...line, weight: weight ?? line.weight, isOwn: weight !== null });
    }
    return weighed(
      tx,
      { traits: createTraits(deps.topics), now: deps.now },
      subscriberId,
      [...lines.values()].filter(({ isOwn }) => isOwn),
    );
  });

/** Forgets what a reader said, and all that came of it. */
export const forgetTaste = (deps: SayDeps, subscriberId: number): Promise<void> =>
  changeTaste(deps, subscriberId, async (tx) => {
    await forgetSays(tx, subscriberId);
    return [];
  });

const SETTING = 'tastes';
/** What the weights of kept lines mean. Those of an older scale would move digests by too much. */
const SCALE = 'chances';

/** Weighs what readers said anew, once, where their lines were kept on an older scale. */
export async function rescaleTastes(deps: Omit<SayDeps, 'keyring'> & { signal: AbortSignal }): Promise<void> {
  const { db, now, signal } = deps;
  const kept = (await readSetting(db, SETTING)) as { scale: string } | null;
  if (kept?.scale === SCALE) return;
  const traits = createTraits(deps.topics);
  for (const id of await readersWithSays(db)) {
    if (signal.aborted) return;
    await transaction(db, async (tx) => {
      if (!(await lockSubscriber(tx, id))) return;
      await replaceTaste(tx, id, await weighed(tx, { traits, now }, id, await ownLines(tx, id)), now());
    });
  }
  await saveSetting(db, { name: SETTING, value: { scale: SCALE }, by: null, now: now() });
}

async function changeTaste(
  { db, now }: SayDeps,
  subscriberId: number,
  change: (tx: Tx) => Promise<TasteLine[]>,
): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await lockSubscriber(tx, subscriberId))) throw noLongerWorks();
    await replaceTaste(tx, subscriberId, await change(tx), now());
  });
}

const ownLines = async (tx: Tx, subscriberId: number): Promise<TasteLine[]> =>
  (await tasteLines(tx, subscriberId)).filter(({ isOwn }) => isOwn);

/** The reader's own lines, and what their words come to beside them. */
async function weighed(
  tx: Tx,
  { traits, now }: { traits: ReturnType<typeof createTraits>; now: () => Date },
  subscriberId: number,
  own: readonly TasteLine[],
): Promise<TasteLine[]> {
  const said = (await saysOf(tx, subscriberId, MOST_SAYS)).map(({ paper, liked }) => ({
    traits: traits(paper),
    liked,
  }));
  if (said.length === 0) return [...own];
  const date = await latestEditionDate(tx, { onOrBefore: dayOf(now()) });
  const recent = date === null ? [] : await placesOn(tx, date, [OVERALL]);
  const learnt = tasteOf(said, backgroundOf(recent.map(({ paper }) => traits(paper))));
  const set = new Set(own.map(({ trait }) => trait));
  return [
    ...own,
    ...learnt
      .filter(({ id }) => !set.has(id))
      .map(({ id, label, weight }) => ({ trait: id, label, weight, isOwn: false })),
  ];
}
