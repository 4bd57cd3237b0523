import { AppError } from '../errors.ts';

/** A day as `YYYY-MM-DD`, or INPUT_INVALID naming the option. */
export function day(text: string): string {
  const parsed = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)) return text;
  throw new AppError('INPUT_INVALID', '--date must be a day written as YYYY-MM-DD, such as 2026-05-29.');
}
