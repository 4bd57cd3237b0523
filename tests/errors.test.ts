import pg from 'pg';
import { Writable } from 'node:stream';
import pino from 'pino';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { AppError, codeOf } from '../src/errors.ts';
import { describeError } from '../src/telemetry.ts';
import { testDatabase } from './support/database.ts';
import { freePort } from './support/ports.ts';

describe('an error', () => {
  test('of ours has a code, says whether trying again makes sense, and keeps its cause', () => {
    const cause = new Error('why');
    expect(new AppError('RELAY_UNAVAILABLE', 'Cannot.', { cause })).toMatchObject({
      name: 'AppError',
      code: 'RELAY_UNAVAILABLE',
      retryable: true,
      cause,
    });
    expect(new AppError('TOKEN_INVALID', 'No.')).toMatchObject({ retryable: false });
  });

  test('of whatever kind is known by the code of the innermost that has one', async () => {
    expect(codeOf(new AppError('NOT_FOUND', 'No.'))).toBe('NOT_FOUND');
    expect(codeOf(new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'EACCES' }) }))).toBe('EACCES');
    expect(
      codeOf(new AggregateError([Object.assign(new Error('v6'), { code: 'ECONNREFUSED' }), new Error('v4')])),
    ).toBe('ECONNREFUSED');
    for (const none of [new Error('plain'), 'text', null, undefined, { code: 'E' }, new AggregateError([])])
      expect(codeOf(none)).toBeUndefined();
    const client = new pg.Client({ host: 'localhost', port: await freePort() });
    expect(codeOf(await client.connect().catch((e: unknown) => e))).toBe('ECONNREFUSED');
  });

  test('is logged without anything a reader typed', async () => {
    await using database = await testDatabase();
    const error: unknown = await database.db.execute(sql`select ${'reader@example.org'}::int`).catch((e: unknown) => e);
    expect(String(error)).toContain('reader@example.org');
    let written = '';
    const log = pino(
      { serializers: { err: describeError } },
      new Writable({
        write(chunk, _encoding, done) {
          written += String(chunk);
          done();
        },
      }),
    );
    log.error({ err: error }, 'Cannot');
    expect(JSON.parse(written)).toMatchObject({ err: { code: '22P02', stack: expect.stringContaining('at ') } });
    expect(written).not.toContain('reader@');
  });

  test('that is no error is described too', () => {
    expect(describeError('text')).toEqual({ name: 'string', code: undefined, stack: undefined });
  });
});
