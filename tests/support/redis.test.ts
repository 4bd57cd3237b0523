import { createConnection } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { testRedis } from './redis.ts';
import { requires } from './require.ts';

requires('redis-server')('a Redis of the test’s own', () => {
  test('answers, never evicts, and ends when disposed of', async () => {
    const redis = await testRedis();
    const socket = createConnection(Number(new URL(redis.url).port), '127.0.0.1');
    socket.setEncoding('utf8').write('CONFIG GET maxmemory-policy\r\n');
    const [reply] = (await once(socket, 'data')) as [string];
    expect(reply).toContain('noeviction');
    socket.destroy();
    await redis[Symbol.asyncDispose]();
    expect(() => process.kill(redis.pid, 0)).toThrow();
  });
});
