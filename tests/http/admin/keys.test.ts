import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listKeys } from '../../../src/db/api-keys.ts';
import { listEndpoints } from '../../../src/db/hook-endpoints.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { type AtTheDesk, atTheDesk, form } from '../../support/desk.ts';
import { testSite, type TestSite } from '../../support/site.ts';

const TOKEN = 'a word that only the operator knows';
let site: TestSite;
let desk: AtTheDesk;
let server: Server;
let status = 200;
const heard: string[] = [];
beforeAll(async () => {
  site = await testSite({ adminToken: TOKEN });
  desk = await atTheDesk(site.app, TOKEN);
  server = createServer((request, response) => {
    heard.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(status).end('thanks'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await site[Symbol.asyncDispose]();
});

describe('keys at the desk', () => {
  test('are shown once, open what they may, and are revoked behind a tick', async () => {
    expect((await desk.get('/keys')).body).toContain('No program has a key');
    const made = await desk.post('/keys', { name: 'CRM', scope: 'health:read' });
    const key = /pb_[\w-]{43}/.exec(made.body)![0];
    const health = () => site.app.inject({ url: '/api/v1/admin/health', headers: { authorization: `Bearer ${key}` } });
    expect((await health()).statusCode).toBe(200);
    expect((await desk.get('/keys')).body).not.toContain(key);
    expect((await desk.post('/keys/revoke', { name: 'CRM' })).statusCode).toBe(422);
    expect((await health()).statusCode).toBe(200);
    expect((await desk.post('/keys/revoke', { name: 'CRM', sure: 'yes' })).statusCode).toBe(303);
    expect((await health()).statusCode).toBe(401);
    const deeds = await readTrail(site.db, { about: 'CRM', limit: 9 });
    expect(deeds.map(({ did, via }) => `${did} ${via}`)).toEqual(['key.revoke desk', 'key.add desk']);
  });

  test('that cannot be made leave what was typed, and say why', async () => {
    for (const fields of [
      { name: 'CRM', scope: 'health:read' },
      { name: 'New' },
      { name: '<b>', scope: 'health:read' },
    ]) {
      const answer = await desk.post('/keys', fields as Record<string, string>);
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain('role="alert"');
    }
    expect(await listKeys(site.db)).toHaveLength(1);
  });

  test('are made by no form of another site', async () => {
    const asked = { method: 'POST', url: '/admin/keys', cookies: desk.cookies } as const;
    await site.app.inject({ ...asked, ...form({ name: 'Eve', scope: 'health:read' }) });
    await site.app.inject({ ...asked, ...form({ csrf: 'guessed', name: 'Eve', scope: 'health:read' }) });
    expect((await listKeys(site.db)).map(({ name }) => name)).not.toContain('Eve');
  });
});

describe('webhooks at the desk', () => {
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;

  test('are near only where that is ticked, and their secret is shown once', async () => {
    const refused = await desk.post('/webhooks', { url: url(), event: 'digest.done' });
    expect([refused.statusCode, refused.body.includes('must begin with https://')]).toEqual([422, true]);
    expect(await listEndpoints(site.db)).toEqual([]);
    const made = await desk.post('/webhooks', { url: url(), event: 'digest.done', near: 'yes' });
    expect(made.body).toMatch(/whsec_[\w+/]{43}=/);
    expect((await desk.get('/webhooks')).body).not.toContain('whsec_');
  });

  test('are tried at once, switched off where they are gone, on again, repeated and removed', async () => {
    const { id } = (await listEndpoints(site.db))[0]!;
    const page = async () => (await desk.get('/webhooks')).body;
    await desk.post(`/webhooks/${id}/test`);
    expect(heard).toHaveLength(1);
    expect(await page()).toContain('200 thanks');
    status = 410;
    await desk.post(`/webhooks/${id}/test`);
    expect(await page()).toContain('it answered that it is gone');
    status = 200;
    await desk.post(`/webhooks/${id}/on`);
    await desk.post(`/webhooks/${id}/replay`);
    expect(heard).toHaveLength(3);
    expect(heard[2]).toBe(heard[1]);
    expect((await desk.post(`/webhooks/${id}/rotate`)).body).toContain('whsec_');
    expect((await desk.post(`/webhooks/${id}/remove`)).statusCode).toBe(422);
    expect((await desk.post(`/webhooks/${id}/remove`, { sure: 'yes' })).statusCode).toBe(303);
    expect(await page()).toContain('No program is told');
    expect((await desk.post(`/webhooks/${id}/test`)).statusCode).toBe(404);
  });
});
