import type { Db } from '../db/client.ts';
import { type AddReaders, type ImportRow, endAdded, type KnownAs, knownAs, readerAdder } from '../db/import.ts';
import { hasSuppressions, suppressedAmong } from '../db/suppressions.ts';
import { listTopics } from '../db/topics.ts';
import { AddressSet } from './address-set.ts';
import { type CsvRecord, readRecords } from './csv.ts';
import type { LeftElsewhere } from './elsewhere.ts';
import { fitsLayout, judgeRecord, keptDue, type Layout, type LeftOutKind, type Reading } from './portability.ts';
import type { Keyring } from './tokens.ts';

/** So many records are stored or left at once: fewer cost more statements, more would only wait. */
const PORTION = 1_000;
/** While the database takes two portions in, the next one is read. */
const AT_ONCE = 2;

/** What is said of a line: it is left out, or its address is known here or stands in the file twice. */
export type FindingKind = LeftOutKind | 'twice' | 'suppressed' | 'left' | 'pending';

export interface Finding {
  line: number;
  kind: FindingKind;
  /** As the file has it; `null` where there is none. */
  email: string | null;
  why: string;
}

export interface ImportSums {
  added: number;
  /** Active here already. */
  active: number;
  /** By what was found. */
  found: Partial<Record<FindingKind, number>>;
  /** Left out for how they stand elsewhere, though they are active here and stay so. */
  stayActive: number;
  /** Left out, though an earlier line of the file had added them: they are ended again. */
  endedAgain: number;
  /** The last line that these sums count. */
  line: number;
}

/** Of those who are known here, and of an address that stands in the file twice. */
const IS_KNOWN: ReadonlySet<FindingKind> = new Set(['twice', 'suppressed', 'left', 'pending']);

/** Whether a line of that kind makes no reader; the others are of readers who are known. */
export const isLeftOut = (kind: FindingKind): boolean => !IS_KNOWN.has(kind);

const sumOf = ({ found }: ImportSums, counts: (kind: FindingKind) => boolean): number =>
  Object.entries(found).reduce((sum, [kind, n]) => (counts(kind as FindingKind) ? sum + n : sum), 0);
/** How many lines are of readers who are known, and are left as they are. */
export const knownIn = (sums: ImportSums): number => sums.active + sumOf(sums, (kind) => !isLeftOut(kind));
/** How many lines make no reader. */
export const leftOutIn = (sums: ImportSums): number => sumOf(sums, isLeftOut);

interface ImportDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
}

export interface ImportInput {
  lines: AsyncIterable<string>;
  layout: Layout;
  /** Why all readers of the file are to have no mail, if they are. */
  leavers: LeftElsewhere | null;
  /** Everything is read and looked up, and nothing is written. */
  dryRun: boolean;
  signal: AbortSignal;
  /** Hears of each portion that is in, in the order of the file. */
  onPortion: (findings: readonly Finding[], sums: ImportSums) => Promise<void>;
}

/** What is known of some records before the database is asked. */
interface Portion {
  readers: { line: number; row: ImportRow }[];
  leavers: Finding[];
  /** Leavers whose address stood in an earlier line. */
  laterLeavers: Finding[];
  findings: Finding[];
  lastLine: number;
  records: number;
}
const emptyPortion = (): Portion => ({
  readers: [],
  leavers: [],
  laterLeavers: [],
  findings: [],
  lastLine: 0,
  records: 0,
});

/** What became of a portion. */
type Settled = Pick<ImportSums, 'added' | 'active' | 'stayActive' | 'line'> & { findings: Finding[] };
type Later = Pick<ImportSums, 'stayActive' | 'endedAgain'> & { findings: Finding[] };

/**
 * Imports the readers of a file, portion by portion: each is in as a whole, or not at all. What
 * cuts it off is told beside the sums of what is in.
 */
export async function importReaders(
  { db, now, keyring }: ImportDeps,
  { lines, layout, leavers, dryRun, signal, onPortion }: ImportInput,
): Promise<{ sums: ImportSums; cutOffBy?: unknown }> {
  const reading: Reading = { layout, leavers, topics: (await listTopics(db)).map((t) => t.slug), dueAfter: keptDue() };
  const sums: ImportSums = { added: 0, active: 0, found: {}, stayActive: 0, endedAgain: 0, line: 0 };
  const since = now();
  const add = dryRun ? null : await readerAdder(db);
  const seen: Seen = { all: new AddressSet(), leavers: new AddressSet() };
  const underWay: { settling: Promise<Settled>; laterLeavers: readonly Finding[] }[] = [];

  let isWhole = true;

  function cutShort(error: unknown): never {
    isWhole = false;
    throw error;
  }
  async function conclude(): Promise<void> {
    const { settling, laterLeavers } = underWay.shift()!;
    const settled = await settling.catch(cutShort);
    for (const key of ['added', 'active', 'stayActive'] as const) sums[key] += settled[key];
    // All portions before are in by now, and so is the line that may have added them.
    const later = await settleLater({ db, keyring }, laterLeavers, dryRun ? null : { since, now: now() }).catch(
      cutShort,
    );
    for (const key of ['stayActive', 'endedAgain'] as const) sums[key] += later[key];
    const findings = [...settled.findings, ...later.findings].toSorted((a, b) => a.line - b.line);
    for (const { kind } of findings) sums.found[kind] = (sums.found[kind] ?? 0) + 1;
    if (isWhole) sums.line = settled.line;
    await onPortion(findings, sums);
  }
  async function begin(portion: Portion): Promise<void> {
    if (underWay.length >= AT_ONCE) await conclude();
    const settling = settle({ db, keyring }, add, portion, now());
    settling.catch(() => {}); // heard of when its turn comes
    underWay.push({ settling, laterLeavers: portion.laterLeavers });
  }
  async function readAll(): Promise<void> {
    let portion = emptyPortion();
    const records = readRecords(lines, layout.separator, fitsLayout(layout));
    if (layout.header) await records.next();
    for await (const record of records) {
      if (portion.records >= PORTION) {
        await begin(portion);
        portion = emptyPortion();
        signal.throwIfAborted();
      }
      takeRecord(record, portion, { reading, seen, now: now() });
    }
    signal.throwIfAborted();
    if (portion.records > 0) await begin(portion);
  }

  let cutOffBy: unknown;
  const cutOff = (error: unknown): void => {
    cutOffBy ??= error;
  };
  await readAll().catch(cutOff);
  while (underWay.length > 0) await conclude().catch(cutOff);
  return { sums, cutOffBy };
}

/** The addresses of the lines so far, and of those of them that left. */
interface Seen {
  all: AddressSet;
  leavers: AddressSet;
}

const TWICE = 'The address stands in an earlier line, which counts. Remove one of them.';

/** Judges a record and puts it into its portion. Of an address that comes twice the first counts. */
function takeRecord(
  { line, cells }: CsvRecord,
  portion: Portion,
  { reading, seen, now }: { reading: Reading; seen: Seen; now: Date },
): void {
  portion.records++;
  portion.lastLine = line;
  const judged = judgeRecord(cells, reading, now);
  if ('row' in judged) {
    if (seen.all.add(judged.row.email)) portion.readers.push({ line, row: judged.row });
    else portion.findings.push({ line, kind: 'twice', email: judged.row.email, why: TWICE });
    return;
  }
  const { leftOut, why, email } = judged;
  const finding = { line, kind: leftOut, email, why };
  if (email === null || !IS_LEAVER.has(leftOut)) portion.findings.push(finding);
  else {
    const isFirst = seen.all.add(email);
    const isFirstLeaver = seen.leavers.add(email);
    if (isFirst) portion.leavers.push(finding);
    else (isFirstLeaver ? portion.laterLeavers : portion.findings).push(finding);
  }
}

const IS_LEAVER: ReadonlySet<LeftOutKind> = new Set<LeftElsewhere>([
  'unsubscribed',
  'bounced',
  'complained',
  'unconfirmed',
  'stopped',
]);

const NONE: ReadonlySet<string> = new Set();
const NO_PLACE: ReadonlySet<number> = new Set();

/** Stores a portion, but in a dry run, and finds out what its readers are whom it did not store. */
async function settle(
  { db, keyring }: Omit<ImportDeps, 'now'>,
  add: AddReaders | null,
  portion: Portion,
  now: Date,
): Promise<Settled> {
  const { readers, leavers, lastLine } = portion;
  // To hash a million addresses takes longer than to read them: where nothing is suppressed, none is.
  const barred = (await hasSuppressions(db))
    ? await suppressedAmong(
        db,
        readers.map(({ row }) => keyring.hashesOf(row.email)),
      )
    : NO_PLACE;
  const free = readers.filter((_, place) => !barred.has(place)).map(({ row }) => row);
  const added = add && free.length > 0 ? await add(free, now) : NONE;
  const rest = readers.flatMap(({ line, row }, place) =>
    added.has(row.email) ? [] : [{ line, email: row.email, isBarred: barred.has(place) }],
  );
  const known = await knownAs(
    db,
    [...rest, ...leavers].map(({ email }) => email!),
  );
  const restAs = rest.map(({ isBarred }, i) => (isBarred ? 'suppressed' : known[i]!));
  const leaversAs = known.slice(rest.length);
  const restFindings = rest.flatMap(({ line, email }, i) => {
    const kind = findingOf(restAs[i]!);
    return kind === null ? [] : [{ line, kind, email, why: WHY_KNOWN[kind] }];
  });
  const leaverFindings = leavers.map((leaver, i) =>
    leaversAs[i] === 'active' ? { ...leaver, why: `${leaver.why} ${STAYS}` } : leaver,
  );
  const fresh = add ? added.size : restAs.filter((as) => as === null).length;
  return {
    added: fresh,
    active: readers.length - fresh - restFindings.length,
    stayActive: leaversAs.filter((as) => as === 'active').length,
    findings: [...portion.findings, ...restFindings, ...leaverFindings].toSorted((a, b) => a.line - b.line),
    line: lastLine,
  };
}

/**
 * Ends again whom an earlier line of the file had added, once that line is in; in a dry run (`null`),
 * finds out who that would be.
 */
async function settleLater(
  { db, keyring }: Omit<ImportDeps, 'now'>,
  leavers: readonly Finding[],
  run: { since: Date; now: Date } | null,
): Promise<Later> {
  if (leavers.length === 0) return { stayActive: 0, endedAgain: 0, findings: [] };
  const emails = leavers.map(({ email }) => email!);
  const ended = run === null ? NONE : await endAdded(db, emails, run);
  const known = await knownAs(db, emails);
  const barred =
    run === null
      ? await suppressedAmong(
          db,
          emails.map((email) => keyring.hashesOf(email)),
        )
      : NO_PLACE;
  const isEnded = (place: number): boolean =>
    run === null ? known[place] === null && !barred.has(place) : ended.has(emails[place]!.toLowerCase());
  const wordsFor = (place: number): string => {
    if (isEnded(place)) return ` ${ENDED}`;
    return known[place] === 'active' ? ` ${STAYS}` : '';
  };
  return {
    stayActive: known.filter((as) => as === 'active').length,
    endedAgain: leavers.filter((_, place) => isEnded(place)).length,
    findings: leavers.map((leaver, place) => ({ ...leaver, why: `${leaver.why}${wordsFor(place)}` })),
  };
}

const ENDED = 'An earlier line had added the reader, who is unsubscribed again.';
const STAYS = 'Here the reader is active and stays so.';

const WHY_KNOWN = {
  suppressed: 'The address is suppressed here and never mailed. Only its reader can change that, on the site.',
  left: 'This reader left here, and no import brings them back. Let them subscribe on the site.',
  pending: 'This reader has asked here and not confirmed. Let them confirm.',
} as const;

/** What is to be said of a reader who was not added; `null`: nothing, they are active. */
function findingOf(as: KnownAs | 'suppressed' | null): keyof typeof WHY_KNOWN | null {
  if (as === null || as === 'active') return null;
  return as === 'suppressed' || as === 'pending' ? as : 'left';
}
