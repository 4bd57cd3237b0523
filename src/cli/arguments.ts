import { AppError } from '../errors.ts';
import { isDay } from '../day.ts';

/** A day as `YYYY-MM-DD`, or INPUT_INVALID naming the option. */
export function day(text: string): string {
  if (isDay(text)) return text;
  throw new AppError('INPUT_INVALID', '--date must be a day written as YYYY-MM-DD, such as 2026-05-29.');
}
