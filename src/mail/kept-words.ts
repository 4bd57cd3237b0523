import { withoutAddresses } from './classify-reply.ts';

const MOST = 300;
/** With a scheme, or as a host with a path: a token may stand in either. */
const LINK = /:\/\/|%3a%2f%2f|\bwww\.|[\w-]\.[a-z]{2,63}(?::\d+)?[/?]\S|\/unsubscribe\//i;

/**
 * What is kept of a server's words, or a report's: on one line, bounded, without addresses, links
 * and control characters. Postgres takes no NUL in JSON, and no half of a surrogate pair. Pure.
 */
export const keptWords = (text: string): string =>
  withoutAddresses(
    text
      .replace(/[\p{Cf}\p{Cs}]/gu, '')
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .replace(/%40/g, '@'),
    '<address>',
  )
    .replace(/\S+/g, (word) => (LINK.test(word) ? '<link>' : word))
    .trim()
    .slice(0, MOST)
    .replace(/\p{Cs}$/u, '');
