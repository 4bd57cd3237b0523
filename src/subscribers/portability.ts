import type { ImportRow, SubscriberRow } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { normaliseAddress } from './address.ts';
import { checkPreferences } from './preferences.ts';
import { nextDue } from './schedule.ts';

/** One line of an import: the columns `email,timezone,send_hour,frequency,topics`, topics separated by `;`, all but email optional. */
export function importRow(record: Readonly<Record<string, string>>, topics: readonly string[], now: Date): ImportRow {
  const { email, timezone, send_hour: hour, frequency, topics: wanted } = record;
  if (!email) throw new AppError('INPUT_INVALID', 'There is no address in the column "email".');
  const preferences = checkPreferences({
    timezone, frequency, sendHour: hour ? Number(hour) : undefined, topics: wanted?.split(';').map((t) => t.trim()),
  }, topics);
  return { email: normaliseAddress(email), ...preferences, nextDueAt: nextDue(now, preferences) };
}

/** RFC 4180: quoted when it must be. A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of an export, in the columns of an import and the status. */
export const csvLine = (row: SubscriberRow): string =>
  [row.email, row.timezone, String(row.sendHour), row.frequency, row.topics.join(';'), row.status].map(field).join(',');
