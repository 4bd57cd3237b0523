import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { paperboy } from '../support/commands.ts';
import { testDatabase } from '../support/database.ts';

test('a webhook is added, tried, repeated, switched on again and removed by commands', async () => {
  await using database = await testDatabase();
  const run = (...argv: string[]) => paperboy(database, 'webhooks', ...argv);
  let status = 200;
  const server = createServer(
    (request, response) => void request.resume().on('end', () => response.writeHead(status).end()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  await expect(run('add', url)).rejects.toThrow('must begin with https://');
  await expect(run('add', url, '--near', '--events', 'nonsense')).rejects.toThrow('no event "nonsense"');
  const [secret, sentence] = await run('add', url, '--near', '--events', 'digest.done,edition.frozen');
  expect(secret).toMatch(/^whsec_/);
  const id = /Webhook (\d+)/.exec(sentence!)![1]!;
  expect((await run('test', id)).join()).toBe('test: it arrived. 200');
  status = 410;
  expect((await run('test', id)).join()).toBe('test: it did not arrive. 410');
  expect((await run('list')).join(' ')).toMatch(/switched off .* it said that it is gone; 0 waiting, 1 given up/);
  status = 200;
  await run('on', id);
  const [, failed] = (await run('show', id)).toReversed();
  expect((await run('replay', /^\d+/.exec(failed!)![0])).join()).toBe('test: it arrived. 200');
  status = 410;
  await run('test', id);
  status = 200;
  await run('on', id);
  expect((await run('replay', '--all', id)).join()).toBe('test: it arrived. 200');
  await expect(run('replay', '--all', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await run('rotate', id))[0]).toMatch(/^whsec_/);
  await run('remove', id);
  expect((await run('list')).join()).toContain('No program is told');
  await expect(run('remove', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(run('remove', 'x')).rejects.toThrow('by its number');
  server.close();
});
