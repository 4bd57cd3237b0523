import { AppError, codeOf, type ErrorCode } from '../errors.ts';

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
  /** The same for a person at a page, where it is not to be told as to a program. */
  page?: string;
}

const NOT_FOUND: Failure = {
  status: 404,
  code: 'NOT_FOUND',
  title: 'There is nothing here',
  detail: 'This address leads nowhere: check it for a slip of the pen, or start from the front page.',
};

const TOKEN_INVALID: Failure = {
  status: 404,
  code: 'TOKEN_INVALID',
  title: 'This link does not work',
  detail:
    'It may be incomplete, out of date or made for another page: open it from the newest mail again, or subscribe ' +
    'afresh on the front page.',
};

const UNAVAILABLE: Failure = {
  status: 503,
  code: 'DATABASE_UNAVAILABLE',
  title: 'Out of reach for a moment',
  detail: 'A part of this service is not answering: try again in a minute.',
};

const INTERNAL: Failure = {
  status: 500,
  code: 'INTERNAL',
  title: 'Something broke on our side',
  detail: 'The fault has been noted and it was not yours: try again in a minute.',
};

/** What Fastify itself refuses, by status. */
const REFUSED: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: check its address and its body, and send it again.',
  413: 'The request is too large: send less than 64 kB.',
  415: 'The request has a body of a kind that is not read here: send a form, or JSON where the documentation says so.',
  431: 'The request headers are too large: send shorter ones.',
};

const refused = (status: number, detail: string): Failure => ({
  status,
  code: 'INVALID_REQUEST',
  title: 'That request cannot be read',
  detail,
  page:
    `${status === 413 ? 'That is more than is taken here' : 'What was sent cannot be read here'}: go back and ` +
    'try once more, or start from the front page.',
});

function failureOfAppError(error: AppError): Failure {
  switch (error.code) {
    case 'TOKEN_INVALID':
      return TOKEN_INVALID;
    case 'NOT_FOUND':
      return { ...NOT_FOUND, detail: error.message };
    case 'SIGNATURE_INVALID':
      return { status: 401, code: error.code, title: 'That is not signed', detail: error.message };
    case 'KEY_INVALID':
      return { status: 401, code: error.code, title: 'That needs a key', detail: error.message };
    case 'SCOPE_MISSING':
      return { status: 403, code: error.code, title: 'This key may not do that', detail: error.message };
    case 'UNDER_WAY':
      return { status: 409, code: error.code, title: 'That is under way', detail: error.message };
    case 'RATE_LIMITED':
      return { status: 429, code: error.code, title: 'A little too fast', detail: error.message };
    case 'ADDRESS_INVALID':
    case 'INPUT_INVALID':
      return { status: 422, code: error.code, title: 'That cannot be used as it is', detail: error.message };
    case 'OVERLOADED':
      return { status: 503, code: error.code, title: 'Too busy for a moment', detail: error.message };
    case 'CLOCK_WRONG':
    case 'DATABASE_UNAVAILABLE':
    case 'QUEUE_UNAVAILABLE':
    case 'RELAY_UNAVAILABLE':
    case 'SOURCE_UNAVAILABLE':
      return { ...UNAVAILABLE, code: error.code };
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
    return DATABASE_AWAY.test(codeOf(error) ?? '') ? UNAVAILABLE : INTERNAL;
  return refused(status, REFUSED[status] ?? REFUSED[400]!);
}

export const notFound = (): Failure => NOT_FOUND;
export const tokenInvalid = (): Failure => TOKEN_INVALID;
export const methodNotAllowed = (allowed: readonly string[]): Failure => ({
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  title: 'That does not work here',
  detail: `This address answers ${allowed.join(', ')} and nothing else: use one of these.`,
  page: 'This page cannot be used in that way: go back and try once more, or start from the front page.',
});
