import { LRUCache } from 'lru-cache';
import type { ImportRow, ReaderRow } from '../db/import.ts';
import { AppError } from '../errors.ts';
import { newAddress, normaliseAddress } from './address.ts';
import { type CsvRecord, SEPARATORS, type Separator, splitRecord } from './csv.ts';
import { type LeftElsewhere, leftElsewhere, STANDING_SPELLINGS, type StandingColumn } from './elsewhere.ts';
import { checkPreferences, numberOf, pauseOf } from './preferences.ts';
import { dayIn, nextDue, type Wish } from './schedule.ts';
import { languageOf } from '../words/languages.ts';

/** The columns of an import, in the order in which a file without a header has them. */
const COLUMNS = [
  'email',
  'timezone',
  'send_hour',
  'frequency',
  'topics',
  'status',
  'length',
  'weekly_on',
  'paused_until',
  'fresh',
  'language',
] as const;
type Column = Exclude<(typeof COLUMNS)[number], 'status'>;

/** What a column is called here and there, letters and digits alone, in lower case. */
const SPELLINGS: ReadonlyMap<string, Column | StandingColumn> = new Map(
  Object.entries({
    ...STANDING_SPELLINGS,
    email: 'email',
    emailaddress: 'email', // Mailchimp, Buttondown
    emailadresse: 'email',
    mail: 'email',
    mailaddress: 'email',
    subscriberemail: 'email',
    contactemail: 'email',
    useremail: 'email',
    timezone: 'timezone',
    sendhour: 'send_hour',
    frequency: 'frequency',
    topics: 'topics',
    length: 'length',
    weeklyon: 'weekly_on',
    pauseduntil: 'paused_until',
    fresh: 'fresh',
    language: 'language',
  } as const),
);

/** How the records of a file are to be read. */
export interface Layout {
  separator: Separator;
  /** What each cell of a record is; `null` for what is of no use here. */
  columns: readonly (Column | StandingColumn | null)[];
  /** Whether the first line names the columns, and is no reader. */
  header: boolean;
}

/**
 * Finds out from the first line of a file what separates its cells and where the addresses are: by
 * a known name of the column, or by an address in the first cell of a file without a header. `null`
 * when neither is there.
 */
export function layoutOf(firstLine: string): Layout | null {
  const split = SEPARATORS.map((separator) => ({ separator, cells: splitRecord(firstLine, separator) })).filter(
    (found): found is { separator: Separator; cells: string[] } => Array.isArray(found.cells),
  );
  for (const { separator, cells } of split) {
    const columns = columnsOf(cells);
    if (columns.includes('email')) return { separator, columns, header: true };
  }
  const bare = split.find(({ cells }) => isAddress(cells[0]!));
  return bare ? { separator: bare.separator, columns: COLUMNS, header: false } : null;
}

/**
 * Of two columns for the same thing the first counts; but of how a reader stands, each may say that
 * they want no mail.
 */
function columnsOf(names: readonly string[]): (Column | StandingColumn | null)[] {
  const columns = names.map((name) => SPELLINGS.get(name.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? null);
  return columns.map((column, i) => (columns.indexOf(column) === i || isStanding(column) ? column : null));
}

const STANDING = new Set<string>(Object.values(STANDING_SPELLINGS));
const isStanding = (column: Column | StandingColumn | null): column is StandingColumn =>
  column !== null && STANDING.has(column);

function isAddress(text: string): boolean {
  try {
    return normaliseAddress(text.replace(GUARDED, '')) !== '';
  } catch {
    return false;
  }
}

/**
 * Whether a record of several lines may be one: a line break in a column of ours is a quote that
 * swallowed lines.
 */
export const fitsLayout =
  ({ columns }: Layout) =>
  (cells: readonly string[]): boolean =>
    cells.every((cell, i) => (columns[i] ?? null) === null || !cell.includes('\n'));

/** Why a record makes no reader. */
export type LeftOutKind = 'quotes' | 'size' | 'cells' | 'address' | 'choice' | LeftElsewhere;

/** What a record comes to: a reader, or why it makes none; `email` is `null` where there is none. */
export type Judged = { row: ImportRow } | { leftOut: LeftOutKind; why: string; email: string | null };

const leave = (leftOut: LeftOutKind, why: string, email: string | null = null): Judged => ({ leftOut, why, email });

const ONLY_ACTIVE = 'Only readers who want mail are imported: let them subscribe on the site.';
const WHY_LEFT: Readonly<Record<LeftElsewhere, string>> = {
  unsubscribed: `The file says that this reader unsubscribed. ${ONLY_ACTIVE}`,
  bounced: `The file says that mail to this reader came back. ${ONLY_ACTIVE}`,
  complained: `The file says that this reader complained. ${ONLY_ACTIVE}`,
  unconfirmed: `The file says that this reader has not confirmed. ${ONLY_ACTIVE}`,
  stopped: `The file says that this reader is not active. ${ONLY_ACTIVE}`,
};

/** What is the same for all records of a file. */
export interface Reading {
  layout: Layout;
  /** The slugs of all topics. */
  topics: readonly string[];
  /** Why all readers of the file are to have no mail, if they are. */
  leavers: LeftElsewhere | null;
  dueAfter: (now: Date, wish: Wish) => Date;
}

/** Judges one record: whether it makes a reader, and which. Pure, but for what `dueAfter` keeps. */
export function judgeRecord(cells: CsvRecord['cells'], reading: Reading, now: Date): Judged {
  const { columns } = reading.layout;
  if (cells === 'size') return leave('size', 'The line is longer than a reader can be. Cut it.');
  if (cells === 'quotes')
    return leave('quotes', 'A quote is left open, or closed amid a cell. Write a quote in a cell twice.');
  const record: Partial<Record<Column, string>> = {};
  let left = reading.leavers;
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    if (column === null || cells[i] === undefined) continue;
    if (isStanding(column)) left ??= leftElsewhere(column, cells[i]!);
    else record[column] = cells[i]!.trim();
  }
  const surplus = cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (surplus) return leave('cells', 'It has more cells than the first line. Put a cell with a separator into quotes.');
  return left === null ? judgeReader(record, reading, now) : leave(left, WHY_LEFT[left], addressIn(record));
}

function judgeReader(record: Partial<Record<Column, string>>, reading: Reading, now: Date): Judged {
  try {
    return { row: importRow(record, reading.topics, now, reading.dueAfter) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const kind = error.code === 'ADDRESS_INVALID' ? 'address' : 'choice';
    return leave(kind, error.message, record.email ?? null);
  }
}

/** The address of a reader who is left out, as it would be stored. */
function addressIn({ email = '' }: Partial<Record<Column, string>>): string | null {
  try {
    return normaliseAddress(email.replace(GUARDED, ''));
  } catch {
    return null;
  }
}

/**
 * One reader of an import: the columns `email,timezone,send_hour,frequency,topics`, topics separated
 * by `;`, all but email optional. Throws ADDRESS_INVALID or INPUT_INVALID.
 */
export function importRow(
  record: Readonly<Partial<Record<Column, string>>>,
  topics: readonly string[],
  now: Date,
  dueAfter: Reading['dueAfter'] = nextDue,
): ImportRow {
  const { email = '', timezone, send_hour: hour, frequency, topics: wanted, length, weekly_on: day, fresh } = record;
  if (!email) throw new AppError('ADDRESS_INVALID', 'There is no address in the column "email". Write one.');
  const preferences = checkPreferences(
    {
      timezone,
      frequency,
      sendHour: hour ? numberOf(hour) : undefined,
      length: length ? numberOf(length) : undefined,
      weeklyOn: day ? numberOf(day) : undefined,
      topics: wanted?.split(';').map((t) => t.trim()),
      fresh: fresh ? fresh !== 'no' : undefined,
      // Other programs write it in their own ways: what is none of ours is no reason to leave a reader out.
      language: languageOf(record.language ?? '')?.tag,
    },
    topics,
  );
  const pausedUntil = pauseOf(record.paused_until, preferences.timezone, now);
  return {
    email: newAddress(email.replace(GUARDED, '')),
    ...preferences,
    pausedUntil,
    nextDueAt: pausedUntil === null ? dueAfter(now, preferences) : null,
  };
}

/** So many wishes about when digests come are kept in mind: readers share them. */
const WISHES_KEPT = 10_000;

/**
 * The same as `nextDue` for moments that only go on, thirty times as fast: an hour found before is
 * the next one still, as long as it has not come.
 */
export function keptDue(): Reading['dueAfter'] {
  const kept = new LRUCache<string, Date>({ max: WISHES_KEPT });
  return (now, wish) => {
    const key = `${wish.timezone} ${wish.sendHour} ${wish.frequency} ${wish.weeklyOn}`;
    const known = kept.get(key);
    if (known !== undefined && known > now) return known;
    const due = nextDue(now, wish);
    kept.set(key, due);
    return due;
  };
}

/**
 * A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet: an apostrophe guards it, and
 * one more where there are some already.
 */
const FORMULA = /^'*[=+\-@\t\r]/;
/** That apostrophe, so that an import reads what was exported. */
const GUARDED = /^'(?='*[=+\-@])/;

/** RFC 4180: quoted when it must be. */
export function csvField(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The first line of an export. */
export const CSV_HEADER = COLUMNS.join(',');

/** One line of an export, in the columns of an import and the status. */
export const csvLine = (row: ReaderRow): string =>
  [
    row.email,
    row.timezone,
    String(row.sendHour),
    row.frequency,
    row.topics.join(';'),
    row.status,
    String(row.length),
    String(row.weeklyOn),
    row.pausedUntil === null ? '' : dayIn(row.pausedUntil, row.timezone),
    row.wantsFresh ? 'yes' : 'no',
    row.language ?? '',
  ]
    .map(csvField)
    .join(',');
