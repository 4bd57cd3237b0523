/** Every way Paperboy itself fails. Callers branch on the code, never on the message. */
export type ErrorCode =
  | 'CONFIG_INVALID' // an environment variable or command-line argument is wrong
  | 'INPUT_INVALID' // what a person typed or a program sent cannot be used
  | 'OUTPUT_FAILED' // what a command prints cannot be written
  | 'PORT_TAKEN' // a port we were told to listen on is in use
  | 'DATA_UNUSABLE' // the data directory cannot be used
  | 'SENDING_CLOSED' // nothing is sent until the operator resumes after a restore
  | 'CLOCK_WRONG' // this machine and the database differ about what time it is
  | 'DATABASE_UNAVAILABLE' // Postgres cannot be reached, or is too old
  | 'DATABASE_OUTDATED' // the database lacks migrations, which not every command may make
  | 'DATABASE_NEWER' // a newer Paperboy has changed the database
  | 'QUEUE_UNAVAILABLE' // Redis cannot be reached, or is too old
  | 'RELAY_UNAVAILABLE' // the SMTP server cannot be reached
  | 'SOURCE_UNAVAILABLE' // a paper source did not answer usefully
  | 'ADDRESS_INVALID' // not an address that mail can be sent to
  | 'TOKEN_INVALID' // forged, truncated, expired or made for something else
  | 'SIGNATURE_INVALID' // a provider's request is not signed as it should be
  | 'KEY_INVALID' // no key of the admin API, or one that opens nothing any more
  | 'SCOPE_MISSING' // a key of the admin API that may do other things
  | 'UNDER_WAY' // the same request is being answered
  | 'NOT_FOUND' // what was asked for does not exist
  | 'RATE_LIMITED' // too many requests of one client
  | 'OVERLOADED'; // too much is asked of us for an answer in time

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'CLOCK_WRONG',
  'DATABASE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'RELAY_UNAVAILABLE',
  'SOURCE_UNAVAILABLE',
  'RATE_LIMITED',
  'OVERLOADED',
]);

/**
 * An expected failure. The message is one sentence a person can act on: what failed, where, and
 * what to do. It never carries an address, a token or a password; the technical reason travels in
 * `cause`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}

/**
 * The code of a thrown value (`ECONNREFUSED`, `23505`, …), looking through drizzle's wrapper, or
 * `undefined`. Drizzle puts parameter values (addresses) into its messages, so logs carry this code
 * and not the message.
 */
export function codeOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
    if (e instanceof AggregateError && e.errors[0] instanceof Error) {
      const first = codeOf(e.errors[0]);
      if (first) return first;
    }
  }
  return undefined;
}
