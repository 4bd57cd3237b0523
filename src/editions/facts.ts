import { ENGLISH } from '../words/languages.ts';
import type { Words } from '../words/words.ts';

/** A fact of a paper; how many votes it has stands out. */
export interface Fact {
  count: string;
  text: string;
}

const COUNT = /^[\d,.]+ (?:upvotes?|stars?|points?|comments?)/;
const VOTES =
  /^(?<votes>[\d,]+) upvotes in (?:an? (?<one>hour|day)|(?<many>\d+) (?<unit>hours|days))(?:, more than (?:(?<ahead>\d+) of 100 papers|(?<first>any other paper)) of its age)?$/;

/**
 * A reason of a paper as a fact. Reasons are kept in English with their edition; every form that
 * ranking gives them is said in the reader's language here, and any other as it was kept.
 */
export function factOf(words: Words, reason: string): Fact {
  const votes = words.language === ENGLISH ? null : VOTES.exec(reason)?.groups;
  if (votes) return votesFact(words, votes);
  const said = reasonWords(words, reason);
  const count = COUNT.exec(said)?.[0] ?? '';
  return { count, text: said.slice(count.length) };
}

/** Where there is little room: how many votes, without the comparison; and nothing of whose paper it is. */
export function shortReason(reason: string): string {
  if (COUNT.test(reason)) return reason.split(', ')[0]!;
  return /^(?:By|From) /.test(reason) ? '' : reason;
}

function votesFact(words: Words, { votes = '', one, many, unit, ahead, first }: Record<string, string>): Fact {
  const time = Number(many ?? 1);
  const within =
    (one ?? unit)?.startsWith('hour') === true
      ? words.t('reason-in-hours', { hours: time })
      : words.t('reason-in-days', { days: time });
  return {
    count: words.t('votes', { votes: Number(votes.replaceAll(',', '')) }),
    text: ` ${compared(words, within, { ahead, first })}`,
  };
}

function compared(words: Words, within: string, { ahead, first }: { ahead?: string; first?: string }): string {
  if (first !== undefined) return words.t('reason-first', { within });
  return ahead === undefined ? within : words.t('reason-ahead', { within, ahead: Number(ahead) });
}

/** The other forms of a reason, each with how it is said. */
const FORMS: readonly [form: RegExp, say: (words: Words, found: readonly string[]) => string][] = [
  [
    /^By (.+), whose papers did well here before$/,
    (words, [, names = '']) => words.t('reason-authors', { names: words.list(names.split(' and ')) }),
  ],
  [
    /^From (.+), whose papers did well here before$/,
    (words, [, name = '']) => words.t('reason-organisation', { name }),
  ],
  [/^Code available$/, (words) => words.t('reason-code')],
  [/^Has a project page$/, (words) => words.t('reason-project')],
  [/^Shown in pictures or a film$/, (words) => words.t('reason-media')],
  [/^New today$/, (words) => words.t('new-today')],
  [/^Top (\d+) % for its age$/, (words, [, share = '']) => words.t('reason-top', { share: Number(share) })],
  [/^(\d+) comments?$/, (words, [, comments = '']) => words.t('reason-comments', { comments: Number(comments) })],
  [
    /^by (\w+) authors? whose papers were listed before$/,
    (words, [, authors = '']) => words.t('fresh-authors-listed', { authors: countOf(authors) }),
  ],
  [
    /^by (\w+) authors? of (.+)$/,
    (words, [, authors = '', paper = '']) =>
      words.t('fresh-authors-of', { authors: countOf(authors), paper: companionWords(words, paper) }),
  ],
];

/** A reason that ranking gave, of a paper or of a forecast, in the reader's language. */
export function reasonWords(words: Words, reason: string): string {
  if (words.language === ENGLISH) return reason;
  for (const [form, say] of FORMS) {
    const found = form.exec(reason);
    if (found) return say(words, found);
  }
  return reason;
}

const COUNTED = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const countOf = (text: string): number => (COUNTED.includes(text) ? COUNTED.indexOf(text) : Number(text));

/** What the authors of a forecast wrote before: "ACoT-VLA (85 upvotes)". */
function companionWords(words: Words, paper: string): string {
  const votesIn = (text: string | undefined): string => words.t('votes', { votes: Number(text) });
  if (paper === 'a paper that was listed before') return words.t('fresh-some-paper');
  const some = /^a paper that got (\d+) upvotes$/.exec(paper);
  if (some) return words.t('fresh-some-paper-votes', { votes: votesIn(some[1]) });
  const named = /^(.+) \((\d+) upvotes\)$/.exec(paper);
  return named ? words.t('fresh-paper-votes', { name: named[1]!, votes: votesIn(named[2]) }) : paper;
}

/** How likely a forecast is, by the words that ranking has for it. */
export function chanceWords(words: Words, likelihood: string): string {
  if (likelihood === 'very likely') return words.t('chance-high');
  return likelihood === 'likely' ? words.t('chance-good') : words.t('chance-fair');
}
