const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A full stop after these ends no sentence, and neither does one after a single initial. */
const ABBREVIATION =
  /(?:^|[\s(“‘"'])(?:e\.g|i\.e|et al|cf|vs|etc|approx|resp|w\.r\.t|a\.k\.a|i\.i\.d|Fig|Figs|Eq|Eqs|Sec|Secs|Tab|Ref|Refs|No|Dr|Prof|Mr|Mrs|Ms|St|Inc|Ltd|Jr|Sr|U\.S|[A-Z])\.$/;

/**
 * The first sentences of `text` that fit into about `length` characters. At least one sentence is
 * kept; one that is far too long is cut at a word and ends in an ellipsis.
 */
export function firstSentences(text: string, length: number): string {
  if (text.length <= length) return text;
  let kept = '';
  for (const sentence of sentences(text)) {
    if (kept !== '' && kept.length + sentence.trimEnd().length > length) break;
    kept += sentence;
    if (kept.length >= length) break;
  }
  kept = kept.trimEnd();
  return kept.length <= length * 1.3 ? kept : cutAtWord(kept, length);
}

function* sentences(text: string): Generator<string> {
  let pending = '';
  for (const { segment } of SENTENCES.segment(text)) {
    pending += segment;
    if (ABBREVIATION.test(pending.trimEnd().slice(-24))) continue;
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
