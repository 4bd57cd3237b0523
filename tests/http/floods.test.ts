import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findSubscriber } from '../../src/db/subscribers.ts';
import { AppError } from '../../src/errors.ts';
import { wideNetworkOf } from '../../src/http/plugins/limits.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';

const SCRIPT = readFileSync(path.join(import.meta.dirname, '../../templates/assets/work.js'), 'utf8');

let site: TestSite;
let now: Date;
let network = 0;
let host = 0;
beforeAll(async () => {
  site = await testSite({
    trustProxy: true,
    now: () => now,
    checkDomain: async (address) => {
      if (address.endsWith('@gone.example')) throw new AppError('ADDRESS_INVALID', 'The domain does not exist.');
    },
  });
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(() => {
  now = NOW;
  network += 1;
});

/** Each from a machine of its own in the test's network, or in `from`. */
const clientIn = (from = `10.0.${network}`) => ({ 'x-forwarded-for': `${from}.${++host % 250}` });
const postForm = (fields: Record<string, string>, from?: string) =>
  site.app.inject({
    method: 'POST',
    url: '/subscribe',
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...clientIn(from) },
  });
const postJson = (payload: object, from?: string) =>
  site.app.inject({ method: 'POST', url: '/api/v1/subscriptions', payload, headers: clientIn(from) });
const flood = async () => {
  for (let i = 0; i < 20; i++) await postJson({ email: `flood${i}@example.org` });
};
const hidden = (body: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1];
const isKnown = async (email: string) => (await findSubscriber(site.db, email)) !== null;

/** What the page's script puts into the field of the proof, and whether it sends the form. */
function runScript(proof: string): { value: string; isSent: boolean } {
  const field = { value: proof, form: { submit: () => (isSent = true) } };
  let isSent = false;
  const later: (() => void)[] = [];
  const world = {
    document: { querySelector: () => field },
    atob,
    btoa,
    setTimeout: (work: () => void) => later.push(work),
  };
  runInContext(SCRIPT, createContext(world));
  while (later.length > 0) later.shift()!();
  return { value: field.value, isSent };
}

describe('a network that floods the form', () => {
  test('gets the form back, filled in, with work that its browser does and sends by itself', async () => {
    await flood();
    const fields = { email: 'person@example.org', topics: 'robotics', sendHour: '5' };
    const { statusCode, body, headers } = await postForm(fields);
    expect([statusCode, headers['cache-control']]).toEqual([429, 'no-store']);
    expect(body).toContain('value="person@example.org"');
    expect(body).toContain('value="robotics" checked');
    expect(body).toMatch(/<script src="\/assets\/work\.\w+\.js" defer>/);
    expect(await isKnown('person@example.org')).toBe(false);
    const { value: proof, isSent } = runScript(hidden(body, 'proof')!);
    expect(isSent).toBe(true);
    expect((await postForm({ ...fields, proof })).statusCode).toBe(202);
    expect(await findSubscriber(site.db, 'person@example.org')).toMatchObject({ topics: ['robotics'], sendHour: 5 });
    expect((await postForm({ email: 'second@example.org', proof })).statusCode).toBe(429);
  });

  test('is told when the button works without a script, and it does', async () => {
    await flood();
    const { body } = await postForm({ email: 'patient@example.org' });
    expect(body).toContain('press Subscribe after 09:32 UTC');
    const proof = hidden(body, 'proof')!;
    now = new Date('2026-05-29T09:32:00Z');
    expect((await postForm({ email: 'patient@example.org', proof })).statusCode).toBe(202);
  });

  test('is told by the API in one sentence, with the challenge', async () => {
    await flood();
    const asked = await postJson({ email: 'program@example.org' });
    expect([asked.statusCode, asked.headers['content-type'], asked.headers['retry-after']]).toEqual([
      429,
      'application/problem+json',
      '120',
    ]);
    expect(asked.json()).toMatchObject({
      code: 'PROOF_WANTED',
      status: 429,
      detail: expect.stringMatching(/^Many .*\.$/),
    });
    const { challenge } = asked.json();
    const solution = await solveChallenge({ challenge, deriveKey });
    const proof = Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
    expect((await postJson({ email: 'program@example.org', proof })).statusCode).toBe(202);
    expect(await isKnown('program@example.org')).toBe(true);
  });

  test('is asked whatever the address, and others are not', async () => {
    await flood();
    for (const email of ['flood1@example.org', 'new@example.org'])
      expect((await postForm({ email })).statusCode).toBe(429);
    expect((await postForm({ email: 'flood1@example.org' }, '10.1.1')).statusCode).toBe(202);
  });

  test('is asked as soon as programs fill in its forms', async () => {
    for (let i = 0; i < 3; i++)
      expect((await postForm({ email: 'robot@example.org', website: 'x' })).statusCode).toBe(202);
    expect((await postForm({ email: 'robot@example.org' })).statusCode).toBe(429);
  });

  test('counts no address that is refused', async () => {
    for (let i = 0; i < 25; i++) await postForm({ email: 'x' });
    expect((await postForm({ email: 'person2@example.org' })).statusCode).toBe(202);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.0/24'],
  ['2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['0:0:0:1::/64', '0:0:0::/48'],
  ['unknown', 'unknown'],
])('a client at %s is of the network %s', (client, wide) => expect(wideNetworkOf(client)).toBe(wide));

describe('a misspelt address', () => {
  const TYPED = 'ada@gmial.com';
  const MEANT = 'ada@gmail.com';
  beforeEach(() => site.db.$client.query('delete from subscriber where email in ($1, $2)', [TYPED, MEANT]));

  test('is asked about before anything is sent, with all that was filled in', async () => {
    const { statusCode, body } = await postForm({ email: TYPED, topics: 'robotics' });
    expect(statusCode).toBe(422);
    expect(body).toContain(`Did you mean ${MEANT}?`);
    expect(body).toContain('value="robotics" checked');
    expect([hidden(body, 'meantFor'), await isKnown(TYPED), await isKnown(MEANT)]).toEqual([TYPED, false, false]);
  });

  test.each([
    ['yes', MEANT],
    ['no', TYPED],
  ])('is taken as its reader says: %s', async (meant, taken) => {
    expect((await postForm({ email: TYPED, meantFor: TYPED, meant })).statusCode).toBe(202);
    expect([await isKnown(MEANT), await isKnown(TYPED)]).toEqual([taken === MEANT, taken === TYPED]);
  });

  test('that was corrected by hand to another slip is asked about anew', async () => {
    const { statusCode, body } = await postForm({ email: 'ada@hotmial.com', meantFor: TYPED, meant: 'yes' });
    expect([statusCode, body.includes('Did you mean ada@hotmail.com?')]).toEqual([422, true]);
  });

  test('that is to stay is not asked about again when something else is to be corrected', async () => {
    const { body } = await postForm({ email: TYPED, meantFor: TYPED, meant: 'no', sendHour: '77' });
    expect([hidden(body, 'meantFor'), hidden(body, 'meant')]).toEqual([TYPED, 'no']);
    expect(body).not.toContain('Did you mean');
  });

  test('is taken by the API as it is, with what was probably meant', async () => {
    for (let i = 0; i < 2; i++)
      expect((await postJson({ email: TYPED })).json()).toMatchObject({ status: 'accepted', suggestion: MEANT });
    expect(await isKnown(TYPED)).toBe(true);
    expect((await postJson({ email: MEANT })).json()).not.toHaveProperty('suggestion');
  });
});

test('an address at a domain that takes no mail is refused in the form and in the API', async () => {
  const page = await postForm({ email: 'ada@gone.example' });
  expect([page.statusCode, page.body.includes('The domain does not exist.')]).toEqual([422, true]);
  expect((await postJson({ email: 'ada@gone.example' })).json()).toMatchObject({
    code: 'ADDRESS_INVALID',
    status: 422,
  });
  expect(await isKnown('ada@gone.example')).toBe(false);
});
