import { AppError, type ErrorCode } from '../errors.ts';
import type { Messages } from './messages.ts';
import { type MessageKey, type Words, wordsOf } from './words.ts';

/**
 * A failure of which a reader is told. Its message is the English sentence, for programs and logs;
 * a page says it in the language of its reader.
 */
export class ReaderError<Key extends MessageKey = MessageKey> extends AppError {
  readonly sayIn: (words: Words) => string;

  constructor(code: ErrorCode, key: Key, args: Messages[Key], options?: ErrorOptions) {
    const sayIn = (words: Words): string => words.t(key, ...([args] as never));
    super(code, sayIn(wordsOf(null)), options);
    this.sayIn = sayIn;
  }
}

/** What a failure says to a reader of this language. */
export const saidIn = (words: Words, error: AppError): string =>
  error instanceof ReaderError ? error.sayIn(words) : error.message;
