import type { ImportRow, SubscriberRow } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { newAddress, normaliseAddress } from './address.ts';
import { SEPARATORS, type Separator, splitRecord } from './csv.ts';
import { checkPreferences, numberOf, pauseOf } from './preferences.ts';
import { dayIn, nextDue } from './schedule.ts';

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
] as const;
/** What other newsletters' exports have beside them: whether a reader wants mail, or wants none. */
type Column = (typeof COLUMNS)[number] | 'wants_mail' | 'wants_none';

/** What a column is called here and there, letters and digits alone, in lower case. */
const SPELLINGS: ReadonlyMap<string, Column> = new Map(
  Object.entries({
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
    status: 'status', // listmonk, Beehiiv
    subscriberstatus: 'status',
    subscriptionstatus: 'status',
    subscribertype: 'status', // Buttondown
    subscribedtoemails: 'wants_mail', // Ghost
    emaildisabled: 'wants_none', // Substack
    unsubscribed: 'wants_none',
  } as const),
);

/** How the records of a file are to be read. */
export interface Layout {
  separator: Separator;
  /** What each cell of a record is; `null` for what is of no use here. */
  columns: readonly (Column | null)[];
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

/** Of two columns for the same thing the first counts. */
function columnsOf(names: readonly string[]): (Column | null)[] {
  const columns = names.map((name) => SPELLINGS.get(name.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? null);
  return columns.map((column, i) => (columns.indexOf(column) === i ? column : null));
}

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

/**
 * A record by the names of its columns. Surplus cells may be empty, and are refused where they are
 * not.
 */
export function namedCells(cells: readonly string[] | null, { columns }: Layout): Readonly<Record<string, string>> {
  if (cells === null)
    throw new AppError('INPUT_INVALID', 'A quote is left open, or closed amid a cell. Write a quote in a cell twice.');
  if (cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    throw new AppError(
      'INPUT_INVALID',
      'It has more cells than the first line. Put a cell with a separator into quotes.',
    );
  return Object.fromEntries(
    columns.flatMap((column, i) => (column === null ? [] : [[column, (cells[i] ?? '').trim()]])),
  );
}

/**
 * One line of an import: the columns `email,timezone,send_hour,frequency,topics`, topics separated
 * by `;`, all but email optional. An export has the status beside them: one who is not active there
 * must not become so by moving house.
 */
export function importRow(record: Readonly<Record<string, string>>, topics: readonly string[], now: Date): ImportRow {
  const { email = '', timezone, send_hour: hour, frequency, topics: wanted, status, length, weekly_on: day } = record;
  if (status && !ACTIVE.test(status))
    throw new AppError(
      'INPUT_INVALID',
      `The column "status" says ${JSON.stringify(status.slice(0, 20))}: only active subscribers are imported.`,
    );
  if (YES.test(record['wants_none'] ?? '') || NO.test(record['wants_mail'] ?? ''))
    throw new AppError('INPUT_INVALID', 'This reader wants no mail: only active subscribers are imported.');
  if (!email) throw new AppError('INPUT_INVALID', 'There is no address in the column "email".');
  const preferences = checkPreferences(
    {
      timezone,
      frequency,
      sendHour: hour ? numberOf(hour) : undefined,
      length: length ? numberOf(length) : undefined,
      weeklyOn: day ? numberOf(day) : undefined,
      topics: wanted?.split(';').map((t) => t.trim()),
    },
    topics,
  );
  const pausedUntil = pauseOf(record['paused_until'], preferences.timezone, now);
  return {
    email: newAddress(email.replace(GUARDED, '')),
    ...preferences,
    pausedUntil,
    nextDueAt: pausedUntil === null ? nextDue(now, preferences) : null,
  };
}

/** How others call those who get their mail. */
const ACTIVE = /^(?:active|enabled|subscribed|confirmed|regular|premium)$/i;
const YES = /^(?:true|t|yes|y|1)$/i;
const NO = /^(?:false|f|no|n|0)$/i;

/**
 * A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet: an apostrophe guards it, and
 * one more where there are some already.
 */
const FORMULA = /^'*[=+\-@\t\r]/;
/** That apostrophe, so that an import reads what was exported. */
const GUARDED = /^'(?='*[=+\-@])/;

/** RFC 4180: quoted when it must be. */
function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The first line of an export. */
export const CSV_HEADER = COLUMNS.join(',');

/** One line of an export, in the columns of an import and the status. */
export const csvLine = (row: SubscriberRow): string =>
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
  ]
    .map(field)
    .join(',');
