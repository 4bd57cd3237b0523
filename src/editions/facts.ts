/** A fact of a paper; how many votes it has stands out. */
export interface Fact {
  count: string;
  text: string;
}

const COUNT = /^[\d,.]+ (?:upvotes?|stars?|points?|comments?)/;

export function factOf(text: string): Fact {
  const count = COUNT.exec(text)?.[0] ?? '';
  return { count, text: text.slice(count.length) };
}

/** Where there is little room: how many votes, without the comparison; and nothing of whose paper it is. */
export function shortReason(reason: string): string {
  if (COUNT.test(reason)) return reason.split(', ')[0]!;
  return /^(?:By|From) /.test(reason) ? '' : reason;
}
