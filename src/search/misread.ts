import type { Messages } from '../words/messages.ts';
import { type MessageKey, type Words, wordsOf } from '../words/words.ts';

type MisreadKey = Extract<MessageKey, `misread-${string}`>;

/** What of a question was not understood: a message of the catalogue, and what it is about. */
export type Misread = { [Key in MisreadKey]: readonly [key: Key, args: Messages[Key]] }[MisreadKey];

/** The same in a reader's language. */
export const misreadWords = (words: Words, misread: Misread): string => say(words, misread[0], misread[1]);

const say = <Key extends MisreadKey>(words: Words, key: Key, args: Messages[Key]): string =>
  words.t(key, ...([args] as never));

/** As programs are told it. */
export const misreadInEnglish = (misread: Misread): string => misreadWords(wordsOf(null), misread);
