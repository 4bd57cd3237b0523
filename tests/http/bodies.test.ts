import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW, testSite, type TestSite } from '../support/site.ts';

const MEGABYTE = 1_000_000;

let site: TestSite;
let port: number;
let token: string;
beforeAll(async () => {
  site = await testSite();
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  port = (site.app.server.address() as AddressInfo).port;
  const { rows } = await site.db.$client.query<{ id: string }>(
    `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at)
     values ('reader@example.org', 'active', '{all}', 'daily', 'UTC', 8, now())
     returning id`,
  );
  token = site.keyring.sign('unsubscribe', { subscriberId: Number(rows[0]!.id), issuedAt: NOW });
});
afterAll(() => site[Symbol.asyncDispose]());

/** Pours a hundred megabytes in, and tells the answer and how much of it the server took. */
async function pour(path: string, type: string, framing: 'chunked' | 'counted') {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {}); // it hangs up while we still write
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  let closed = false;
  const end = new Promise<void>((resolve) =>
    socket.once('close', () => {
      closed = true;
      resolve();
    }),
  );
  const length = framing === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${100 * MEGABYTE}`;
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`);
  const bytes = Buffer.alloc(64 * 1024, 'x');
  bytes.write('--b\r\ncontent-disposition: form-data; name="email"; filename="a"\r\n\r\n');
  const piece = framing === 'chunked' ? Buffer.concat([Buffer.from('10000\r\n'), bytes, Buffer.from('\r\n')]) : bytes;
  while (!closed && socket.bytesWritten < 100 * MEGABYTE)
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), end]);
  socket.destroy();
  await end;
  return { status: Number(answer.slice(9, 12)), megabytes: socket.bytesWritten / MEGABYTE };
}

const MULTIPART = 'multipart/form-data; boundary=b';
test.each([
  ['a form', () => '/subscribe', MULTIPART],
  ['a form without a boundary', () => '/subscribe', 'multipart/form-data'],
  ['a form, urlencoded', () => '/subscribe', 'application/x-www-form-urlencoded'],
  ['JSON', () => '/api/v1/subscriptions', 'application/json'],
  ['a one-click unsubscribe', () => `/unsubscribe/${token}`, MULTIPART],
  ['the preferences', () => `/preferences/${token}`, MULTIPART],
  ['an address that leads nowhere', () => '/nowhere', MULTIPART],
  ['a page', () => '/editions', MULTIPART],
])('a hundred megabytes for %s are not taken in', async (_, path, type) => {
  for (const framing of ['chunked', 'counted'] as const) {
    const { status, megabytes } = await pour(path(), type, framing);
    expect(status === 0 || (status >= 400 && status < 500), `${framing}: ${status}`).toBe(true);
    expect(megabytes, framing).toBeLessThan(20);
  }
  expect((await site.app.inject('/health/live')).statusCode).toBe(200);
});

test('a one-click unsubscribe as mailbox providers send it is taken', async () => {
  const body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
  const answer = await fetch(`http://127.0.0.1:${port}/unsubscribe/${token}`, {
    method: 'POST',
    headers: { 'content-type': MULTIPART },
    body,
  });
  expect(answer.status).toBe(200);
});
