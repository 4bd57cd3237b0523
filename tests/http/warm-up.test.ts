import { expect, test } from 'vitest';
import { warmUp } from '../../src/http/warm-up.ts';
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
  await warmUp(site.app, site.db, new AbortController().signal);
  const kinds = answers.map(({ url }) => url.replace(/^(\/api\/v1)?(\/[a-z]*).*$/, '$1$2'));
  for (const kind of ['/', '/papers', '/api/v1/papers', '/editions', '/topics']) expect(kinds).toContain(kind);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a site that stops asks itself for nothing more', async () => {
  await using watched = await watchedSite();
  await warmUp(watched.site.app, watched.site.db, AbortSignal.abort());
  expect(watched.answers).toEqual([]);
});
