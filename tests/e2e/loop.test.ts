import { afterEach, describe, expect, test } from 'vitest';
import { type Installation, installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { type Letter, linkIn, type MailPlace, oneClickAddress } from '../support/letter.ts';
import { maildev } from '../support/maildev.ts';
import { mailReceiver } from '../support/receiver.ts';
import { testRedis } from '../support/redis.ts';
import { requires } from '../support/require.ts';
import { systemPostgres } from '../support/system-postgres.ts';
import { until } from '../support/until.ts';

const SECRET_KEY = 'a secret of the end-to-end tests which is long enough';
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** What the promise allows from the press of Confirm to the digest. */
const WELCOME_WITHIN = 60_000;

let closing = new AsyncDisposableStack();
afterEach(async () => {
  const ending = closing;
  closing = new AsyncDisposableStack();
  await ending.disposeAsync();
}, 60_000);

const letterTo = (
  place: MailPlace,
  address: string,
  subject: (subject: string) => boolean,
  within?: number,
): Promise<Letter> =>
  until(`a letter to ${address}`, async () => (await place.lettersTo(address)).find((l) => subject(l.subject)), {
    ...(within && { within }),
    every: 100,
  });

const isConfirmation = (subject: string): boolean => subject.startsWith('Confirm');
const isDigest = (subject: string): boolean => !isConfirmation(subject);

const subscribeByForm = (site: string, email: string): Promise<Response> =>
  fetch(`${site}/subscribe`, { method: 'POST', body: new URLSearchParams({ email }), redirect: 'manual' });

const subscribeByApi = (site: string, email: string): Promise<Response> =>
  fetch(`${site}/api/v1/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });

/** Subscribes, confirms and returns the digest that follows at once. */
async function becomeReader(
  site: string,
  place: MailPlace,
  email: string,
  ask: typeof subscribeByForm,
): Promise<Letter> {
  expect((await ask(site, email)).status).toBe(202);
  const confirm = linkIn(await letterTo(place, email, isConfirmation), 'confirm');
  expect(confirm.startsWith(`${site}/`)).toBe(true);
  for (const method of ['GET', 'HEAD']) expect((await fetch(confirm, { method })).status).toBe(200);
  // Had looking at it confirmed the subscription, this would say that there is one already.
  expect((await place.lettersTo(email)).map((l) => l.subject).filter(isDigest)).toEqual([]);
  expect((await fetch(confirm, { method: 'POST', redirect: 'manual' })).status).toBe(200);
  return letterTo(place, email, isDigest, WELCOME_WITHIN);
}

/**
 * Leaves as a mail provider does it for its user (RFC 8058): no cookie, no redirect, as often as it
 * likes.
 */
async function leaveByOneClick(letter: Letter): Promise<void> {
  expect(letter.header('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
  const address = oneClickAddress(letter);
  const multipart = new FormData();
  multipart.set('List-Unsubscribe', 'One-Click');
  for (const body of [
    new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    multipart,
    new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  ]) {
    const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
}

/** A new reader gets the current edition at once, so there must be one. */
const untilAnEditionIsThere = (site: string): Promise<unknown> =>
  until(
    'the first edition',
    async () => (await (await fetch(`${site}/api/v1/editions`)).text()).includes(dayBefore(0)),
    { within: 30_000 },
  );

/** From the first visit to the last mail, over HTTP and SMTP alone. */
async function walkTheLoop(home: Installation, place: MailPlace): Promise<void> {
  const leaves = 'leaves@example.org';
  const stays = 'Stays.Here@example.org';
  await untilAnEditionIsThere(home.site);
  const letter = await becomeReader(home.site, place, leaves, subscribeByForm);
  await becomeReader(home.site, place, stays, subscribeByApi);
  expect(letter.text).toContain(`${home.site}/papers/`);
  await leaveByOneClick(letter);

  const [before, kept] = await Promise.all([place.lettersTo(leaves), place.lettersTo(stays)]);
  await home.paperboy('ingest', '--date', dayBefore(1));
  const sums = JSON.parse(
    (await home.paperboy('digest', 'send', '--date', dayBefore(1), '--json')).trim().split('\n').at(-1)!,
  ) as Record<string, number>;
  expect(sums).toMatchObject({ frozen: 1, accepted: 1, pending: 0 });
  expect((await place.lettersTo(stays)).length).toBe(kept.length + 1);
  expect((await place.lettersTo(leaves)).length).toBe(before.length);
}

describe('from the form to the last digest', () => {
  test(
    'on an empty machine: everything embedded, no source answers, the samples are the first edition',
    { timeout: 180_000 },
    async () => {
      const home = closing.use(await installation());
      home.papers.up = false;
      const app = await home.start();
      home.papers.up = true;
      await walkTheLoop(home, maildev(app.mailbox!));
      await app.stop();
    },
  );
});

requires('postgres')('from the form to the last digest, on the Postgres that the system brings', () => {
  test('in one process', { timeout: 180_000 }, async () => {
    const [postgres, relay] = await Promise.all([systemPostgres(), mailReceiver()]);
    for (const service of [postgres, relay]) closing.use(service);
    expect(postgres.version).toBeGreaterThanOrEqual(15);
    const env = { DATABASE_URL: postgres.url, SMTP_URL: relay.url, SECRET_KEY, MAIL_FROM: 'paperboy@papers.example' };
    const home = closing.use(await installation(env));
    const app = await home.start();
    await walkTheLoop(home, relay);
    await app.stop();
  });
});

requires('redis-server')('from the form to the last digest, on Postgres, Redis and a mail relay of one’s own', () => {
  async function services() {
    const [database, redis, relay] = await Promise.all([testDatabase(), testRedis(), mailReceiver()]);
    for (const service of [database, redis, relay]) closing.use(service);
    const home = closing.use(
      await installation({
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        SMTP_URL: relay.url,
        SECRET_KEY,
        MAIL_FROM: 'Paperboy <paperboy@papers.example>',
      }),
    );
    return { home, relay };
  }

  test('in one process', { timeout: 180_000 }, async () => {
    const { home, relay } = await services();
    const app = await home.start();
    expect(app.mailbox).toBeNull();
    await walkTheLoop(home, relay);
    await app.stop();
  });

  test('with api, worker and scheduler apart', { timeout: 180_000 }, async () => {
    const { home, relay } = await services();
    const roles = await Promise.all((['api', 'worker', 'scheduler'] as const).map((role) => home.start(role)));
    await walkTheLoop(home, relay);
    await Promise.all(roles.map((role) => role.stop()));
  });
});
