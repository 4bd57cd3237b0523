import { AppError } from '../../errors.ts';
import { type FormFields, textField } from '../plugins/forms.ts';

/** Whether the box is ticked that stands before what is not easily taken back. */
export const isSure = (fields: FormFields): boolean => textField(fields, 'sure') === 'yes';

/** Throws `sentence` where it is not. */
export function requireTick(fields: FormFields, sentence: string): void {
  if (!isSure(fields)) throw new AppError('INPUT_INVALID', sentence);
}

/** What a page says was just done, by the word that its address ends with; `null`: that is no word of ours. */
export const saidOf = (done: Readonly<Record<string, string>>, word: unknown): string | null =>
  typeof word === 'string' && Object.hasOwn(done, word) ? done[word]! : null;
