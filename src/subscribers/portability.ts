import type { ImportRow, SubscriberRow } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { normaliseAddress } from './address.ts';
import { checkPreferences } from './preferences.ts';
import { nextDue } from './schedule.ts';

/**
 * One line of an import: the columns `email,timezone,send_hour,frequency,topics`, topics separated by `;`, all but email optional. An
 * export has the status beside them: whoever is not active there must not become so by moving house.
 */
export function importRow(record: Readonly<Record<string, string>>, topics: readonly string[], now: Date): ImportRow {
  const { email = '', timezone, send_hour: hour, frequency, topics: wanted, status } = record;
  if (status && status !== 'active')
    throw new AppError(
      'INPUT_INVALID',
      `The column "status" says ${JSON.stringify(status.slice(0, 20))}: only active subscribers are imported.`,
    );
  if (!email) throw new AppError('INPUT_INVALID', 'There is no address in the column "email".');
  const preferences = checkPreferences(
    {
      timezone,
      frequency,
      sendHour: hour ? hourOf(hour) : undefined,
      topics: wanted?.split(';').map((t) => t.trim()),
    },
    topics,
  );
  return { email: normaliseAddress(email.replace(GUARDED, '')), ...preferences, nextDueAt: nextDue(now, preferences) };
}

/** Digits only: Number would take "1e1" and "0x8" too. */
const hourOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : NaN);

/** A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet: an apostrophe guards it, and one more where there are some already. */
const FORMULA = /^'*[=+\-@\t\r]/;
/** That apostrophe, so that an import reads what was exported. */
const GUARDED = /^'(?='*[=+\-@])/;

/** RFC 4180: quoted when it must be. */
function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of an export, in the columns of an import and the status. */
export const csvLine = (row: SubscriberRow): string =>
  [row.email, row.timezone, String(row.sendHour), row.frequency, row.topics.join(';'), row.status].map(field).join(',');
