import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { failureOf } from '../../src/http/failures.ts';

const coded = (code: string) => Object.assign(new Error('text of ours'), { code });

describe('what a client is told', () => {
  test.each([
    [new AppError('TOKEN_INVALID', 'x'), 404],
    [new AppError('NOT_FOUND', 'x'), 404],
    [new AppError('ADDRESS_INVALID', 'x'), 422],
    [new AppError('INPUT_INVALID', 'x'), 422],
    [new AppError('RATE_LIMITED', 'x'), 429],
    [new AppError('QUEUE_UNAVAILABLE', 'x'), 503],
    [new AppError('CONFIG_INVALID', 'x'), 500],
    [coded('ECONNREFUSED'), 503],
    [new Error('Failed query', { cause: coded('57P01') }), 503],
    [coded('42P01'), 500],
    [Object.assign(new Error('text of ours'), { statusCode: 413 }), 413],
    [Object.assign(new Error('text of ours'), { statusCode: 302 }), 500],
    ['a string', 500],
    [undefined, 500],
  ])('%s → %i', (error, status) => {
    const failure = failureOf(error);
    expect(failure.status).toBe(status);
    expect(failure.detail).not.toContain('text of ours');
    if (status >= 500) expect(failure.detail).not.toBe('x');
  });
});
