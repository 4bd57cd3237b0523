import { AppError, codeOf, type ErrorCode } from '../errors.ts';
import { saidIn } from '../words/reader-error.ts';
import { type Words, wordsOf } from '../words/words.ts';

/**
 * What a client is told when a request fails: one sentence on what happened and what to do, and
 * nothing of ours.
 */
export interface Failure {
  status: number;
  /** Stable, for programs. */
  code: ErrorCode | 'INVALID_REQUEST' | 'METHOD_NOT_ALLOWED' | 'INTERNAL';
  title: string;
  detail: string;
  /** The same for a person at a page, in their language. */
  page: (words: Words) => { title: string; detail: string };
}

type Kind = 'not-found' | 'token' | 'unavailable' | 'internal' | 'unsigned' | 'limited' | 'unusable' | 'busy';

/** A failure that pages and programs are told of in the same sentence; `error` has one of its own. */
function failureLike(status: number, code: Failure['code'], kind: Kind, error?: AppError): Failure {
  const page = (words: Words) => ({
    title: words.t(`failure-${kind}-title`),
    detail: error === undefined ? words.t(`failure-${kind}`) : saidIn(words, error),
  });
  return { status, code, ...page(wordsOf(null)), page };
}

const NOT_FOUND = failureLike(404, 'NOT_FOUND', 'not-found');
const TOKEN_INVALID = failureLike(404, 'TOKEN_INVALID', 'token');
const unavailable = (code: ErrorCode): Failure => failureLike(503, code, 'unavailable');
const INTERNAL = failureLike(500, 'INTERNAL', 'internal');

/** What Fastify itself refuses, by status. */
const REFUSED: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: check its address and its body, and send it again.',
  413: 'The request is larger than what is taken here (64 kB at most addresses): send less.',
  415: 'The request has a body of a kind that is not read here: send a form, or JSON where the documentation says so.',
  431: 'The request headers are too large: send shorter ones.',
};

const refused = (status: number, detail: string): Failure => ({
  status,
  code: 'INVALID_REQUEST',
  title: 'That request cannot be read',
  detail,
  page: ({ t }) => ({
    title: t('failure-refused-title'),
    detail: status === 413 ? t('failure-too-large') : t('failure-refused'),
  }),
});

/** What only programs with a key meet: it is told in English. */
const ofPrograms = (status: number, title: string, { code, message: detail }: AppError): Failure => ({
  status,
  code,
  title,
  detail,
  page: () => ({ title, detail }),
});

function failureOfAppError(error: AppError): Failure {
  switch (error.code) {
    case 'TOKEN_INVALID':
      return TOKEN_INVALID;
    case 'NOT_FOUND':
      return failureLike(404, error.code, 'not-found', error);
    case 'SIGNATURE_INVALID':
      return failureLike(401, error.code, 'unsigned', error);
    case 'KEY_INVALID':
      return ofPrograms(401, 'That needs a key', error);
    case 'SCOPE_MISSING':
      return ofPrograms(403, 'This key may not do that', error);
    case 'UNDER_WAY':
      return ofPrograms(409, 'That is under way', error);
    case 'RATE_LIMITED':
      return failureLike(429, error.code, 'limited', error);
    case 'ADDRESS_INVALID':
    case 'INPUT_INVALID':
      return failureLike(422, error.code, 'unusable', error);
    case 'OVERLOADED':
      return failureLike(503, error.code, 'busy', error);
    case 'CLOCK_WRONG':
    case 'DATABASE_UNAVAILABLE':
    case 'QUEUE_UNAVAILABLE':
    case 'RELAY_UNAVAILABLE':
    case 'SOURCE_UNAVAILABLE':
      return unavailable(error.code);
    default:
      return INTERNAL;
  }
}

/**
 * Postgres or its socket is away (ENOENT), shutting down (57P…), full (53…), or the connection
 * broke (08…).
 */
const DATABASE_AWAY = /^(?:ECONN|ETIMEDOUT$|EPIPE$|ENOENT$|08|53|57P)/;

const statusOf = (error: Error): number | undefined =>
  'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;

/**
 * Turns a thrown value into what the client may know. Anything unforeseen is a 500 whose text stays
 * here.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return failureOfAppError(error);
  if (!(error instanceof Error)) return INTERNAL;
  if ('validation' in error)
    return refused('validationContext' in error && error.validationContext === 'body' ? 422 : 400, error.message);
  const status = statusOf(error);
  if (status === undefined || status < 400 || status > 499)
    return DATABASE_AWAY.test(codeOf(error) ?? '') ? unavailable('DATABASE_UNAVAILABLE') : INTERNAL;
  return refused(status, REFUSED[status] ?? REFUSED[400]!);
}

export const notFound = (): Failure => NOT_FOUND;
export const tokenInvalid = (): Failure => TOKEN_INVALID;
export const methodNotAllowed = (allowed: readonly string[]): Failure => ({
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  title: 'That does not work here',
  detail: `This address answers ${allowed.join(', ')} and nothing else: use one of these.`,
  page: ({ t }) => ({ title: t('failure-method-title'), detail: t('failure-method') }),
});
