import type { FastifyInstance } from 'fastify';
import { DEFAULT_LOOK } from '../src/brand/look.ts';
import type { Db } from '../src/db/client.ts';
import { SECOND } from '../src/duration.ts';
import { buildServer } from '../src/http/server.ts';
import { topicsInForce } from '../src/papers/topics.ts';
import { createActions } from '../src/subscribers/actions.ts';
import { createGuard } from '../src/subscribers/guard.ts';
import { checkNoDomain } from '../src/subscribers/mail-domain.ts';
import { createKeyring } from '../src/subscribers/tokens.ts';
import { createLogger } from '../src/telemetry.ts';
import type { Random } from '../tests/support/random.ts';

/** The site over a database of papers; no reader is in it. */
export async function siteOver(db: Db, searchDb: Db): Promise<FastifyInstance> {
  const log = createLogger('silent');
  const now = (): Date => new Date();
  const keyring = createKeyring(['a secret of the bench, long enough to be one']);
  const recordRequest = async (): Promise<never> => Promise.reject(new Error('The bench takes no sign-ups'));
  const app = await buildServer({
    config: {
      publicUrl: 'http://paperboy.bench',
      trustProxy: false,
      editionHour: 4,
      smtpRate: null,
      onUnknown: 'resend',
    },
    desk: null,
    db,
    searchDb,
    log,
    now,
    topics: topicsInForce(),
    ready: async () => ({ database: true }),
    look: () => DEFAULT_LOOK,
    actions: createActions({
      db,
      keyring,
      log,
      now,
      recordRequest,
      guard: createGuard({ db, keyring, now }),
      checkDomain: checkNoDomain,
      enqueueNotice: () => {},
      editionHour: 4,
      welcome: async () => 'nothing',
      topics: topicsInForce(),
      requireTrueClock: async () => {},
    }),
  });
  await app.ready();
  return app;
}

/** How long an answer took, in milliseconds, and which status it had. */
export interface Timed {
  ms: number;
  status: number;
}

/** Asks once, and waits for the whole answer. */
export async function timed(app: FastifyInstance, url: string, place: number): Promise<Timed> {
  const begun = performance.now();
  // Each from another address: what one client may ask is not measured here.
  const remoteAddress = `10.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
  const { statusCode } = await app.inject({ url, remoteAddress });
  return { ms: performance.now() - begun, status: statusCode };
}

const shareOf = (times: readonly Timed[], share: number): number =>
  Math.round(times.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))]!);

export const summary = (times: readonly Timed[]): Record<string, number> => ({
  of: times.length,
  p50: shareOf(times, 0.5),
  p99: shareOf(times, 0.99),
  slowest: shareOf(times, 1),
  failed: times.filter(({ status }) => status !== 200).length,
});

const OPERATORS = [
  '"', '-', ' or ', 'or', '||', 'author:', 'org:', 'topic:', 'category:', 'code:', 'after:', 'before:', '-"', ':*', '&',
  '!', '(', ')', '<->', "'", '\\', '%', '_', '*', '--', ';', '=', ':', '{', '[', '$1', '<script>',
]; // prettier-ignore
const ODD = ['\0', '\u0007', '\u001b', '\u202e', '\u2066', '\u200f', '\ufeff', '\u00ad', '\ufffd', '\ufffe', '\u0301',
  '\u{1f600}', '\u{10ffff}', '𝔸', 'π₀', 'Ω', 'ﬁ', '漢字', 'שלום', 'İ', 'ß', '\u2028', '\t', '\n', '　']; // prettier-ignore
const LONGEST = 10_000;

/** Text of words that papers hold, misspelt ones, operators and characters of all kinds, up to 10 kB. */
export function wildText(random: Random, words: readonly string[]): string {
  const most = [20, 80, 400, LONGEST][random(4)]!;
  const length = 1 + random(most);
  let text = '';
  while (text.length < length) {
    const kind = random(10);
    if (kind < 5) text += `${words[random(words.length)]!} `;
    else if (kind < 6) text += `${mistake(random, words[random(words.length)]!)} `;
    else if (kind < 8) text += OPERATORS[random(OPERATORS.length)]!;
    else if (kind < 9) text += ODD[random(ODD.length)]!;
    else text += random(2) === 0 ? String(random(3_000)) : String.fromCharCode(random(0xffff));
  }
  return text.slice(0, length).toWellFormed();
}

function mistake(random: Random, word: string): string {
  const at = random(word.length);
  return word.slice(0, at) + String.fromCharCode(97 + random(26)) + word.slice(at + random(2));
}

/** What a text is made of, for a reader of figures: no word of it. */
const shapeOf = (text: string): string =>
  `${text.length} characters, ${text.split(/\s+/).length} words, ${(text.match(/"/g) ?? []).length} quotes`;

const SLOW_MS = SECOND / 10;

/** Asks the API so many strange questions, one after the other. */
export async function measureWild(
  app: FastifyInstance,
  random: Random,
  words: readonly string[],
  count: number,
): Promise<Record<string, unknown>> {
  const times: (Timed & { text: string })[] = [];
  for (let i = 0; i < count; i++) {
    const text = wildText(random, words);
    times.push({ ...(await timed(app, `/api/v1/search?q=${encodeURIComponent(text)}`, i)), text });
  }
  const slow = times.filter(({ ms }) => ms > SLOW_MS);
  // Asked alone once more: what the machine did meanwhile, or began with, is no question's fault.
  const again = [];
  for (const [i, { text, ms }] of slow.entries()) {
    const asked = await timed(app, `/api/v1/search?q=${encodeURIComponent(text)}`, count + i);
    again.push({ text, ms: Math.min(ms, asked.ms) });
  }
  const slowest = again.toSorted((a, b) => b.ms - a.ms).slice(0, 5);
  return {
    ...summary(times),
    serverErrors: times.filter(({ status }) => status >= 500).length,
    over100ms: slow.length,
    over100msTwice: again.filter(({ ms }) => ms > SLOW_MS).length,
    shapes: slowest.map(
      ({ ms, text }) => `${Math.round(ms)} ms: ${shapeOf(text)}: ${JSON.stringify(text.slice(0, 120))}`,
    ),
  };
}
