const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A full stop after these ends no sentence, and neither does one after a single initial. */
const ABBREVIATION =
  /(?:^|[\s(“‘"'])(?:e\.g|i\.e|et al|cf|vs|viz|etc|incl|approx|resp|w\.r\.t|a\.k\.a|i\.i\.d|App|Appx|Fig|Figs|Eq|Eqs|Sec|Secs|Tab|Ref|Refs|Suppl|Proc|Thm|Def|Alg|No|Vol|Ch|Dr|Prof|Mr|Mrs|Ms|St|Inc|Ltd|Co|Corp|Univ|Dept|Jr|Sr|U\.S|U\.K|E\.U|Ph\.D|M\.D|M\.Sc|B\.Sc|[A-Z])\.$/;
/** Names that end in a mark: what follows them goes on. */
const MARKED_NAME = /(?:Yahoo|Jeopardy)[!?]$/;

/** The sentences of a text, each without the blanks around it. */
export const sentencesOf = (text: string): string[] =>
  [...sentences(text)].map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');

function* sentences(text: string): Generator<string> {
  let pending = '';
  for (const { segment } of SENTENCES.segment(text)) {
    pending += segment;
    const end = pending.trimEnd().slice(-24);
    if (ABBREVIATION.test(end) || MARKED_NAME.test(end)) continue;
    yield pending;
    pending = '';
  }
  if (pending !== '') yield pending;
}

/** At most `length` characters and an ellipsis. */
export function cutAtWord(text: string, length: number): string {
  const head = text.slice(0, length);
  const space = head.lastIndexOf(' ');
  return `${head
    .slice(0, space > length / 2 ? space : length)
    .replace(/[\s,;:.–—-]+$/, '')
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** Where a clause may end: before a mark, or before a word that begins another. */
const CLAUSE_END =
  /[,;:] | [–—(]|—| (?=(?:and|but|that|which|who|whose|while|where|when|by|with|without|for|to|in|on|from|through|via|using|across|under|into|than|so|because|as)\b)/g;

/**
 * At most `length` characters, cut after the last clause that fits, or else after a word, with an
 * ellipsis.
 */
export function cutAtClause(text: string, length: number): string {
  if (text.length <= length) return text;
  const room = text.slice(0, length);
  const ends = [...room.matchAll(CLAUSE_END)].map((match) => ({ at: match.index, isMark: match[0].trim() !== '' }));
  const far = ends.filter(({ at }) => at >= length * 0.6);
  const end = far.findLast(({ isMark }) => isMark) ?? far.at(-1);
  if (!end) return cutAtWord(text, length - 1);
  return `${room.slice(0, Math.min(end.at, length - 1)).replace(/[\s,;:.–—(-]+$/, '')}…`;
}
