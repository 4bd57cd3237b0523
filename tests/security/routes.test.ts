import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createWebhooks } from '../../src/feedback/webhooks/receive.ts';
import { createLogger } from '../../src/telemetry.ts';
import { atTheDesk } from '../support/desk.ts';
import { addReaders } from '../support/ledger.ts';
import { KEYRING } from '../support/keys.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

/** All rows of all tables as one word, and when each was last written. */
async function fingerprint({ db }: TestSite): Promise<string> {
  const { rows: tables } = await db.$client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name
    from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
    order by 1`,
  );
  const words: string[] = [];
  for (const { name } of tables) {
    const { rows } = await db.$client.query<{ word: string | null }>(
      `select md5(string_agg(xmin::text || t::text, '' order by t::text)) as word from ${name} t`,
    );
    words.push(`${name} ${rows[0]!.word}`);
  }
  return words.join('\n');
}

/** What Fastify says that it answers, as `GET /papers/:id`. */
function routesOf({ app }: TestSite): string[] {
  const lines = app.printRoutes({ commonPrefix: false }).split('\n');
  const path: string[] = [];
  return lines.flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!found) return [];
    const depth = found[1]!.length / 4;
    path.length = depth;
    path[depth] = found[2]!;
    const isRead = found[3]?.split(', ').some((method) => method === 'GET' || method === 'HEAD');
    return isRead ? [path.join('')] : [];
  });
}

const isNoStream = (url: string): boolean => !/^\/admin\/.*live$/.test(url);

test('no route changes anything on GET or HEAD, whatever it is given', { timeout: 60_000 }, async () => {
  await using site = await testSite({
    adminToken: 'a word of the operator',
    webhooks: (db) =>
      createWebhooks({
        db,
        keyring: KEYRING,
        now: () => NOW,
        log: createLogger('silent'),
        keys: { ses: [], sendgrid: [], postmark: [], mailgun: ['key'], brevo: [] },
      }),
  });
  const [id] = (await addReaders(site.db, [{ email: 'reader@example.org' }])) as [number];
  const tokens = (['confirm', 'unsubscribe', 'preferences'] as const).map((purpose) =>
    site.keyring.sign(purpose, { subscriberId: id, issuedAt: NOW }),
  );
  const given: Record<string, readonly string[]> = {
    token: tokens,
    date: [TODAY],
    slug: ['robotics'],
    id: [encodeURIComponent(samplePaper(1, TODAY).id)],
    provider: ['mailgun'],
  };
  const routes = routesOf(site);
  expect(routes).toEqual(
    expect.arrayContaining(['/', '/unsubscribe/:token', '/confirm/:token', '/preferences/:token']),
  );
  expect(routes.length).toBeGreaterThan(30);
  const urls = routes.flatMap((route) => {
    const name = /:(\w+)/.exec(route)?.[1];
    const values = name === undefined ? [''] : (given[name] ?? ['1']);
    return values.map((value) =>
      route
        .replace(/:\w+(?:\([^)]*\))?/, value)
        .replaceAll(/:\w+/g, '1')
        .replaceAll('*', 'x'),
    );
  });
  const timestamp = String(NOW.getTime() / 1000);
  const signature = createHmac('sha256', 'key').update(`${timestamp}token`).digest('hex');
  const queries = [
    '',
    '?email=reader@example.org&action=unsubscribe&q=a',
    `?timestamp=${timestamp}&token=token&signature=${signature}`,
  ];
  // The desk as its operator sees it. Its streams have no end, and show what the pages do.
  const { cookies } = await atTheDesk(site.app, 'a word of the operator');
  const before = await fingerprint(site);
  let good = 0;
  for (const method of ['GET', 'HEAD'] as const)
    for (const url of urls.filter(isNoStream).flatMap((one) => queries.map((query) => one + query))) {
      const { statusCode } = await site.app.inject({
        method,
        url,
        cookies,
        headers: { authorization: 'Bearer a word of the operator', 'x-http-method-override': 'POST' },
      });
      expect([url, statusCode < 500]).toEqual([url, true]);
      if (statusCode === 200) good++;
    }
  expect(await fingerprint(site)).toBe(before);
  expect(good).toBeGreaterThan(2 * routes.length);
  // And a change is seen.
  await site.app.inject({ method: 'POST', url: `/unsubscribe/${tokens[1]}` });
  expect(await fingerprint(site)).not.toBe(before);
});
