import { momentOf } from '../db/moment.ts';
import { isDeepStrictEqual } from 'node:util';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { editionsToArchive, papersToArchive, restoreEdition } from '../db/archive.ts';
import { type Db, transaction } from '../db/client.ts';
import { appendSignals, lockIngest, papersById, writePapers } from '../db/papers.ts';
import { isDay } from '../day.ts';
import type { Paper } from '../paper.ts';
import { canonicalId } from '../papers/identity.ts';
import { mergePaper } from '../papers/merge.ts';

const AT_ONCE = 200;

/**
 * All that the site shows and can be shown elsewhere: papers with what was observed of them, then
 * editions, a line of JSON each. No reader is in it.
 */
export async function* archiveLines(db: Db): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const papers = await papersToArchive(db, after, AT_ONCE);
    for (const paper of papers) yield JSON.stringify(paper);
    if (papers.length < AT_ONCE) break;
    after = papers.at(-1)!.paper.id;
  }
  for (let after = { date: '0001-01-01', topic: '' }; ;) {
    const editions = await editionsToArchive(db, after, AT_ONCE);
    for (const edition of editions) yield JSON.stringify({ edition });
    if (editions.length < AT_ONCE) return;
    after = editions.at(-1)!;
  }
}

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = Type.String({ maxLength: 20_000 });
const Texts = Type.Array(Text, { maxItems: 5_000 });
const Moment = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' });
const Day = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' });
/** The logarithm of a number of votes. */
const Score = Type.Number({ minimum: -100, maximum: 50 });
const PaperLine = Type.Object({
  paper: Type.Object({
    id: Text,
    source: Text,
    title: Text,
    abstract: Text,
    authors: Texts,
    organisation: Nullable(Text),
    publishedAt: Nullable(Moment),
    firstSeenAt: Moment,
    categories: Texts,
    keywords: Texts,
    codeUrl: Nullable(Text),
    projectUrl: Nullable(Text),
    hasMedia: Type.Boolean(),
    summary: Nullable(Text),
    summaryBy: Nullable(Text),
    titleTex: Nullable(Text),
    abstractTex: Nullable(Text),
    submitter: Nullable(Text),
    listedOn: Nullable(Day),
    pageAt: Nullable(Moment),
    isWithdrawn: Type.Boolean(),
    // Older archives have none.
    version: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 999 }))),
    versionAt: Type.Optional(Nullable(Moment)),
  }),
  signals: Type.Array(Type.Object({ source: Text, metric: Text, observedAt: Moment, value: Type.Number() }), {
    maxItems: 100_000,
  }),
});
const EditionLine = Type.Object({
  edition: Type.Object({
    date: Day,
    topic: Text,
    frozenAt: Moment,
    entries: Type.Array(
      Type.Object({
        paperId: Text,
        rank: Type.Integer({ minimum: 1, maximum: 1_000 }),
        score: Score,
        weeklyScore: Nullable(Score),
        reasons: Texts,
        isListed: Type.Boolean(),
        backSince: Nullable(Day),
      }),
      { minItems: 1, maxItems: 1_000 },
    ),
  }),
});
type Line = Static<typeof PaperLine> | Static<typeof EditionLine>;

/** What a line of an archive says, or `null` when it is none. Pure. */
export function readLine(text: string): Line | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (Value.Check(EditionLine, value)) return isDay(value.edition.date) ? value : null;
  if (!Value.Check(PaperLine, value)) return null;
  return canonicalId(value.paper.id) === value.paper.id && value.paper.source !== 'sample' ? value : null;
}

export interface Restored {
  papers: number;
  editions: number;
  /** Editions that were there already, or name a paper that is not. */
  left: number;
  /** Numbers of lines that could not be read. */
  bad: number[];
}

/**
 * Takes an archive in. Papers are merged with what is known, as those of a source are; what was
 * frozen stays, so that doing it twice changes nothing.
 */
export async function restoreArchive(
  { db, now, signal }: { db: Db; now: () => Date; signal?: AbortSignal },
  lines: AsyncIterable<string>,
): Promise<Restored> {
  const done: Restored = { papers: 0, editions: 0, left: 0, bad: [] };
  let portion: Line[] = [];
  let number = 0;
  const store = async (): Promise<void> => {
    await storePortion(db, portion, now(), done);
    portion = [];
  };
  for await (const text of lines) {
    signal?.throwIfAborted();
    number++;
    if (text.trim() === '') continue;
    const line = readLine(text);
    if (line === null) done.bad.push(number);
    else portion.push(line);
    if (portion.length >= AT_ONCE) await store();
  }
  await store();
  return done;
}

const paperIn = ({ paper }: Static<typeof PaperLine>): Paper => ({
  ...paper,
  publishedAt: momentOf(paper.publishedAt),
  firstSeenAt: new Date(paper.firstSeenAt),
  pageAt: momentOf(paper.pageAt),
  version: paper.version ?? null,
  versionAt: momentOf(paper.versionAt ?? null),
});

const storePortion = (db: Db, lines: readonly Line[], now: Date, done: Restored): Promise<void> =>
  transaction(db, async (tx) => {
    const ofPapers = lines.filter((line) => 'paper' in line);
    await lockIngest(tx);
    const said = new Map(ofPapers.map((line) => [line.paper.id, paperIn(line)]));
    const known = new Map((await papersById(tx, [...said.keys()])).map((paper) => [paper.id, paper]));
    const merged = [...said.values()].map((paper) => {
      const before = known.get(paper.id);
      return before ? mergePaper(before, paper, false) : paper;
    });
    await writePapers(
      tx,
      merged.filter((paper) => !isDeepStrictEqual(paper, known.get(paper.id))),
      now,
    );
    const observed = ofPapers.flatMap(({ paper, signals }) =>
      signals.map((one) => ({ ...one, paperId: paper.id, observedAt: new Date(one.observedAt) })),
    );
    await appendSignals(tx, observed);
    done.papers += said.size;
    for (const line of lines) {
      if (!('edition' in line)) continue;
      const { edition } = line;
      if (await restoreEdition(tx, { ...edition, frozenAt: new Date(edition.frozenAt) })) done.editions++;
      else done.left++;
    }
  });
