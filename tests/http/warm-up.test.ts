import { expect, test } from 'vitest';
import { warmUp, warmUpIn } from '../../src/http/warm-up.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testSite } from '../support/site.ts';

/** A site of which it is seen what it is asked for. */
async function watchedSite() {
  const site = await testSite();
  const answers: { url: string; status: number }[] = [];
  const { inject } = site.app;
  site.app.inject = (async (asked: { url: string }) => {
    const answer = await (inject as (asked: unknown) => Promise<{ statusCode: number }>).call(site.app, asked);
    answers.push({ url: asked.url, status: answer.statusCode });
    return answer;
  }) as typeof inject;
  return { site, answers, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() };
}

test('one page of each kind is made before a visitor asks for it, and all of them are there', async () => {
  await using watched = await watchedSite();
  const { site, answers } = watched;
  await warmUp(site, new AbortController().signal);
  const kinds = answers.map(({ url }) => url.replace(/^(\/api\/v1)?(\/[a-z]*).*$/, '$1$2'));
  for (const kind of ['/', '/papers', '/api/v1/papers', '/editions', '/topics', '/search'])
    expect(kinds).toContain(kind);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a site that stops asks itself for nothing more', async () => {
  await using watched = await watchedSite();
  await warmUp(watched.site, AbortSignal.abort());
  expect(watched.answers).toEqual([]);
});

test('a site that stops waits for the page that it is making, so that nothing is closed under it', async () => {
  await using site = await testSite();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const { app, db } = site;
  let pages = 0;
  app.inject = (async () => {
    pages++;
    asked.resolve();
    await answer.promise;
  }) as unknown as typeof app.inject;
  const callOff = warmUpIn(0, { app, db, log: createLogger('silent') });
  await asked.promise;
  let isOver = false;
  const over = callOff().then(() => (isOver = true));
  await db.execute('select 1');
  expect(isOver).toBe(false);
  answer.resolve();
  await over;
  expect(pages).toBe(1);
});
