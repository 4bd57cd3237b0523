import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FluentBundle, FluentResource } from '@fluent/bundle';
import { dateIn, type DateForm, type DateStyle, daysIn } from './dates.ts';
import { escapeHtml } from './escape-html.ts';
import { ENGLISH, type Language, languageOf } from './languages.ts';
import type { Messages } from './messages.ts';
import { accented, bracketed } from './pseudo.ts';

const LOCALES = path.join(import.meta.dirname, '../../locales');

export type MessageKey = keyof Messages;
/** A message without arguments is asked for by its key alone. */
type Args<Key extends MessageKey> = [Messages[Key]] extends [null] ? [args?: null] : [args: Messages[Key]];
/** What the tags of a message stand for in HTML: `{ link: '<a href="/">' }`. */
export type Tags = Readonly<Record<string, string>>;

/** Everything that is said to readers, in one language. */
export interface Words {
  language: Language;
  /** A sentence of the catalogue, as plain text. */
  t<Key extends MessageKey>(key: Key, ...args: Args<Key>): string;
  /** The same as HTML: arguments are escaped, and `<link>…</link>` becomes what `tags` says. */
  html<Key extends MessageKey>(key: Key, args: Messages[Key], tags?: Tags): string;
  number(value: number): string;
  /** "A, B and C" */
  list(items: readonly string[]): string;
  date(form: DateForm, moment: Date | string, timeZone?: string): string;
  /** "12–18 May" */
  days(form: DateForm, from: string, until: string): string;
}

const made = new Map<string, Words>();

/**
 * The words of a language by its tag; of one that is not known, and of none, English. Each catalogue
 * is read once for each style of dates.
 */
export function wordsOf(tag: string | null, dateStyle: DateStyle = 'full'): Words {
  const language = languageOf(tag ?? '') ?? ENGLISH;
  const key = `${language.tag} ${dateStyle}`;
  const words = made.get(key) ?? createWords(language, readCatalogue(language.catalogue), dateStyle);
  made.set(key, words);
  return words;
}

/** The source of a catalogue. */
export const readCatalogue = (name: string): string => readFileSync(path.join(LOCALES, `${name}.ftl`), 'utf8');

/** Words from the source of a catalogue. Throws where it cannot be read as Fluent. */
export function createWords(language: Language, source: string, dateStyle: DateStyle = 'full'): Words {
  const { locale, isPseudo = false } = language;
  // Latin names within Arabic sentences must not turn what stands around them.
  const bundle = new FluentBundle(locale, {
    useIsolating: language.dir === 'rtl' && !isPseudo,
    ...(isPseudo && { transform: accented }),
  });
  const [fault] = bundle.addResource(new FluentResource(source));
  if (fault) throw new Error(`Cannot read the catalogue ${language.catalogue}: ${fault.message}`);
  const said = isPseudo ? bracketed : (text: string): string => text;
  const numbers = new Intl.NumberFormat(locale);
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const format = (key: MessageKey, args: Readonly<Record<string, string | number>> | null | undefined): string => {
    const pattern = bundle.getMessage(key)?.value;
    // A reader gets the page all the same. A test sees that no catalogue lacks a message.
    if (!pattern) return language === ENGLISH ? key : wordsOf(null).t(key as never, args as never);
    return said(bundle.formatPattern(pattern, args ?? null, []));
  };
  return {
    language,
    t: (key, ...[args]) => format(key, args),
    html: (key, args, tags = {}) => withTags(format(key, escaped(args)), tags),
    number: (value) => numbers.format(value),
    list: (items) => said(lists.format(items)),
    date: (form, moment, timeZone = 'UTC') => said(dateIn(locale, dateStyle, form, moment, timeZone)),
    days: (form, from, until) => said(daysIn(locale, dateStyle, form, from, until)),
  };
}

const escaped = (args: object | null): Record<string, string | number> | null =>
  args === null
    ? null
    : Object.fromEntries(
        Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? escapeHtml(value) : value]),
      );

/** Catalogues hold no other marks of HTML than these tags; a test sees to it. */
const TAG = /<(\/?)(\w+)>/g;

const withTags = (text: string, tags: Tags): string =>
  text.replace(TAG, (_tag, slash: string, name: string) => {
    const opening = tags[name] ?? '';
    return slash === '' ? opening : `</${/^<(\w+)/.exec(opening)?.[1] ?? 'span'}>`;
  });
