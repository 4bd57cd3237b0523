import type { Paper } from '../paper.ts';
import { MOVES, type Sign, SIGNS, OPENER, VERB } from './moves.ts';
import { cutAtClause, sentencesOf } from './sentence.ts';

/** What a paper brings, in one sentence, and the same for where there is little room. */
export interface News {
  text: string;
  short: string;
  /** Who wrote it, when it is not a sentence of the abstract. */
  by: string | null;
}

const LENGTH = 200;
const SHORT_LENGTH = 120;

/** The source's own summary, or the sentence of the abstract that says what is new. */
export function newsOf(paper: Pick<Paper, 'title' | 'abstract' | 'summary' | 'summaryBy'>): News {
  const text = paper.summary ?? withoutOpener(contributionOf(paper));
  const short = paper.summary ?? withoutVerb(text);
  return {
    text: cutAtClause(text, LENGTH),
    short: cutAtClause(short, SHORT_LENGTH),
    by: paper.summary === null ? null : paper.summaryBy,
  };
}

/** A system that is named before the colon of the title, or in the first brackets of the abstract. */
const NAME_WEIGHT = 2;
/** "MACE-Dance is a framework that": as good as "we present". */
const NAME_FIRST_WEIGHT = 3;
/** Of two that are as good the earlier: authors say it once, then explain. */
const LATER = 0.25;

/** The sentence of an abstract that says what the paper brings, as it stands there. */
export function contributionOf({ title, abstract }: Pick<Paper, 'title' | 'abstract'>): string {
  const name = nameIn(title);
  let best = { sentence: '', value: -Infinity };
  for (const [place, sentence] of sentencesOf(abstract).entries()) {
    const value = valueOf(sentence, name) - LATER * place;
    if (value > best.value) best = { sentence, value };
  }
  return best.sentence;
}

function valueOf(sentence: string, name: string | null): number {
  const weightOf = ({ sign, weight }: Sign): number => (sign.test(sentence) ? weight : 0);
  const move = Math.max(0, ...MOVES.map(weightOf));
  return SIGNS.reduce((sum, sign) => sum + weightOf(sign), move) + nameWeight(sentence, name);
}

function nameWeight(sentence: string, name: string | null): number {
  if (name === null || !sentence.includes(name)) return 0;
  const isDefined = sentence.startsWith(name) && / (?:is|are) (?:an?|the) /.test(sentence.slice(0, name.length + 40));
  return isDefined ? NAME_FIRST_WEIGHT : NAME_WEIGHT;
}

/** "LaSER: Internalizing …" names a system; a question or a whole phrase does not. */
function nameIn(title: string): string | null {
  const head = /^([^:?]{2,40}):/.exec(title)?.[1];
  return head !== undefined && head.split(' ').length <= 3 ? head : null;
}

/** "To address this, we present X" → "We present X". */
const withoutOpener = (sentence: string): string => capitalised(sentence.replace(OPENER, ''));

/** "We present X, a framework" → "X, a framework": the verb says nothing. */
const withoutVerb = (sentence: string): string => capitalised(sentence.replace(VERB, ''));

/** Names such as mSFT keep their spelling. */
const capitalised = (text: string): string =>
  /^\p{Ll}\S*\p{Lu}/u.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
