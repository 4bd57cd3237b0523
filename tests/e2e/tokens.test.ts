import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKeyring, type Purpose } from '../../src/subscribers/tokens.ts';
import { type App, type Installation, installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { linkIn, oneClickAddress } from '../support/letter.ts';
import { mailReceiver, type MailReceiver } from '../support/receiver.ts';
import { dump } from '../support/papers.ts';
import { until } from '../support/until.ts';

const SECRET_KEY = 'a secret of the end-to-end tests which is long enough';
const ROTATED = 'an older secret of the end-to-end tests which is as long';
const TABLES = ['subscriber', 'suppression', 'digest', 'batch', 'delivery'];
const PURPOSES = ['confirm', 'unsubscribe', 'preferences'] as const satisfies Purpose[];
const DAY_MS = 86_400_000;

let closing: AsyncDisposableStack;
let home: Installation;
let relay: MailReceiver;
let app: App;
let subscriberId: number;

/** One reader who is waiting to confirm, and one who has confirmed and got a digest. */
beforeAll(async () => {
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await testDatabase());
  relay = opening.use(await mailReceiver());
  home = opening.use(
    await installation({
      DATABASE_URL: database.url,
      SMTP_URL: relay.url,
      SECRET_KEY: `${SECRET_KEY},${ROTATED}`,
      MAIL_FROM: 'paperboy@papers.example',
    }),
  );
  await home.paperboy('ingest');
  app = await home.start();
  await until(
    'the edition',
    async () => (await (await fetch(`${home.site}/api/v1/editions`)).text()).includes('"date"'),
    { within: 30_000 },
  );
  await Promise.all(['waiting@example.org', 'reading@example.org'].map(ask));
  const confirmation = await letter('reading@example.org', 1);
  expect((await fetch(linkIn(confirmation, 'confirm'), { method: 'POST' })).status).toBe(200);
  await letter('reading@example.org', 2);
  await letter('waiting@example.org', 1);
  const { db } = home.database();
  await until(
    'quiet',
    async () =>
      (
        await db.$client.query(
          `select from batch where state = 'open' union all select from subscriber where notice_sent_at is null`,
        )
      ).rowCount === 0,
  );
  subscriberId = Number(
    (await db.$client.query<{ id: string }>(`select id from subscriber where email = 'reading@example.org'`)).rows[0]!
      .id,
  );
  closing = opening.move();
}, 120_000);

afterAll(async () => {
  await closing?.disposeAsync();
});

const ask = (email: string): Promise<Response> =>
  fetch(`${home.site}/api/v1/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });

const letter = (address: string, nth: number) =>
  until(`letter ${nth} to ${address}`, async () => (await relay.lettersTo(address))[nth - 1], { within: 30_000 });

describe('links in mail', () => {
  test('every one of them may be looked at as often as one likes: nothing changes', async () => {
    const [confirmation, digest] = await relay.lettersTo('reading@example.org');
    const [waiting] = await relay.lettersTo('waiting@example.org');
    const links = [
      linkIn(waiting!, 'confirm'),
      linkIn(confirmation!, 'confirm'),
      linkIn(digest!, 'unsubscribe'),
      linkIn(digest!, 'preferences'),
      oneClickAddress(digest!),
    ];
    const { db } = home.database();
    const before = await dump(db, TABLES);
    expect(before['subscriber']).toHaveLength(2);
    expect(before['delivery']).toHaveLength(1);
    for (const link of links) {
      for (const method of ['GET', 'HEAD', 'GET']) {
        const answer = await fetch(link, { method, redirect: 'manual' });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
      // Some scanners add parameters of their own.
      expect((await fetch(`${link}?utm_source=mail&confirm=1`)).status).toBe(200);
    }
    expect(await dump(db, TABLES)).toEqual(before);
  });

  test('a link made before the key was rotated still works', async () => {
    const old = createKeyring([ROTATED]).sign('preferences', {
      subscriberId,
      issuedAt: new Date(Date.now() - 30 * DAY_MS),
    });
    expect((await fetch(`${home.site}/preferences/${old}`)).status).toBe(200);
  });

  test('whatever is wrong with a token, the answer is the same to the byte, and nothing changes', async () => {
    const keyring = createKeyring([SECRET_KEY]);
    const stranger = createKeyring(['another secret, which this Paperboy has never been told']);
    const now = new Date();
    const claims = { subscriberId, issuedAt: now };
    const badTokens = (purpose: Purpose): Record<string, string> => {
      const good = keyring.sign(purpose, claims);
      const foreign = PURPOSES.filter((p) => p !== purpose);
      return {
        forged: good.replace(/.{22}$/, 'A'.repeat(22)),
        'one bit off': good.slice(0, -2) + (good.at(-2) === 'A' ? 'B' : 'A') + good.at(-1),
        'of somebody else': good.replace(/\.[^.]+\./, `.${(subscriberId + 1).toString(36)}.`),
        truncated: good.slice(0, -5),
        'cut to nothing': 'x',
        extended: `${good}A`,
        'of another key': stranger.sign(purpose, claims),
        'of nobody': keyring.sign(foreign[0]!, { subscriberId: 999_999, issuedAt: now }),
        ...Object.fromEntries(foreign.map((p) => [`made for ${p}`, keyring.sign(p, claims)])),
        'made for bounces': keyring.sign('bounce', claims),
        ...(purpose === 'confirm' && {
          expired: keyring.sign('confirm', { subscriberId, issuedAt: new Date(now.getTime() - 8 * DAY_MS) }),
        }),
        'not even an escape': '%E0%A4%A',
        'not even ASCII': '%F0%9F%93%B0',
        'as long as a novel': 'a'.repeat(5_000),
      };
    };
    const { db } = home.database();
    const before = await dump(db, TABLES);
    const answers = new Map<string, string[]>();
    for (const purpose of PURPOSES) {
      for (const [wrong, token] of Object.entries(badTokens(purpose))) {
        for (const method of ['GET', 'POST']) {
          const answer = await fetch(`${home.site}/${purpose}/${token}`, { method, redirect: 'manual' });
          const said = `${answer.status} ${answer.headers.get('content-type')} ${answer.headers.get('cache-control')}\n${await answer.text()}`;
          answers.set(said, [...(answers.get(said) ?? []), `${method} ${purpose}: ${wrong}`]);
        }
      }
    }
    expect([...answers.values()].toSorted((a, b) => a.length - b.length).slice(0, -1)).toEqual([]);
    expect([...answers.keys()][0]).toMatch(/^404 text\/html/);
    expect(await dump(db, TABLES)).toEqual(before);
  });

  test('the log holds neither tokens nor addresses', async () => {
    expect(app.complaints()).not.toMatch(/example\.org|[\w-]{6}\.[0-9a-z]+\.[0-9a-z]+\.[\w-]{22}/);
  });
});
