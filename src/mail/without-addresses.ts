/**
 * A server's words without the addresses that they quote. Word by word: a long one is looked at
 * once.
 */
export const withoutAddresses = (reply: string, instead: string): string =>
  reply.replace(/\S+/g, (word) => (/.@./.test(word) ? instead : word));
