import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSubscriber } from '../../src/db/subscribers.ts';
import { suppress } from '../../src/db/suppressions.ts';
import { NOW, testSite, type TestSite } from '../support/site.ts';
import { KEYRING } from '../support/keys.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite({ trustProxy: true });
});
afterAll(() => site[Symbol.asyncDispose]());

let client = 0;
/** Each call comes from somewhere else, unless `from` says where. */
const headersFrom = (from?: string) => ({ 'x-forwarded-for': from ?? `192.0.2.${++client % 250}` });

const postForm = (fields: Record<string, string> | [string, string][], from?: string) =>
  site.app.inject({
    method: 'POST',
    url: '/subscribe',
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headersFrom(from) },
  });
const postJson = (payload: unknown, from?: string) =>
  site.app.inject({
    method: 'POST',
    url: '/api/v1/subscriptions',
    payload: JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headersFrom(from) },
  });

async function addressesOfEveryKind(suffix: string): Promise<string[]> {
  const kinds = ['fresh', 'pending', 'active', 'unsubscribed', 'bounced', 'suppressed'];
  for (const status of kinds.slice(1, 5)) {
    await site.db.$client.query(
      `INSERT INTO subscriber (email, status, topics, frequency, timezone, send_hour, created_at) VALUES ($1, $2, '{all}', 'daily', 'UTC', 8, $3)`,
      [`${status}.${suffix}@example.org`, status, NOW],
    );
  }
  await suppress(site.db, KEYRING.hashesOf(`suppressed.${suffix}@example.org`)[0]!, 'bounced', NOW);
  return kinds.map((kind) => `${kind}.${suffix}@example.org`);
}

describe('nobody learns who is subscribed', () => {
  test.each([
    ['form', (email: string) => postForm({ email })],
    ['json', (email: string) => postJson({ email })],
  ] as const)('by %s', async (name, post) => {
    const answers = [];
    for (const email of await addressesOfEveryKind(name)) answers.push(await post(email));
    const [first] = answers;
    expect(first?.statusCode).toBe(202);
    for (const answer of answers) {
      expect([answer.statusCode, answer.body]).toEqual([202, first?.body]);
      expect(Object.keys(answer.headers).sort()).toEqual(Object.keys(first!.headers).sort());
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });
});

test('what was chosen is kept', async () => {
  await postForm([
    ['email', ' Chooser@EXAMPLE.org '],
    ['topics', 'robotics'],
    ['topics', 'language-models'],
    ['frequency', 'weekly'],
    ['sendHour', '18'],
    ['timezone', 'Asia/Kolkata'],
  ]);
  expect(await findSubscriber(site.db, 'chooser@example.org')).toMatchObject({
    status: 'pending',
    topics: ['language-models', 'robotics'],
    frequency: 'weekly',
    sendHour: 18,
    timezone: 'Asia/Kolkata',
  });
  await postJson({
    email: 'json@example.org',
    topics: ['robotics'],
    frequency: 'weekdays',
    timezone: 'Europe/Berlin',
    sendHour: 6,
  });
  expect(await findSubscriber(site.db, 'json@example.org')).toMatchObject({
    topics: ['robotics'],
    frequency: 'weekdays',
    timezone: 'Europe/Berlin',
    sendHour: 6,
  });
});

test('a form sent as multipart is read too', async () => {
  const form = new FormData();
  form.append('email', 'multipart@example.org');
  form.append('topics', 'robotics');
  form.append('topics', 'language-models');
  const request = new Request('http://x', { method: 'POST', body: form });
  const answer = await site.app.inject({
    method: 'POST',
    url: '/subscribe',
    payload: Buffer.from(await request.arrayBuffer()),
    headers: { 'content-type': request.headers.get('content-type')!, ...headersFrom() },
  });
  expect(answer.statusCode).toBe(202);
  expect(await findSubscriber(site.db, 'multipart@example.org')).toMatchObject({
    topics: ['language-models', 'robotics'],
  });
});

describe('multipart', () => {
  const multipart = (payload: string, contentType: string) =>
    site.app.inject({
      method: 'POST',
      url: '/subscribe',
      payload,
      headers: { 'content-type': contentType, ...headersFrom() },
    });
  const field = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test.each([
    ['without a boundary', `${field('email', 'x@example.org')}--b--\r\n`, 'multipart/form-data'],
    ['with another boundary', `${field('email', 'x@example.org')}--b--\r\n`, 'multipart/form-data; boundary=c'],
    ['that is cut off', field('email', 'x@example.org').slice(0, 60), 'multipart/form-data; boundary=b'],
    ['of noise', '\0\r\n--', 'multipart/form-data; boundary=b'],
    ['of nothing', '', 'multipart/form-data; boundary=b'],
  ])('%s is refused, and no fault of ours', async (_, payload, contentType) => {
    const { statusCode, body } = await multipart(payload, contentType);
    expect([400, 422]).toContain(statusCode);
    expect(body).toContain('<h1');
  });

  test('has the bound of every body, in fields and in files', async () => {
    const long = 'x'.repeat(70_000);
    for (const payload of [field('email', long), field('email"; filename="a', long), field('a', '').repeat(2_000)])
      expect((await multipart(`${payload}--b--\r\n`, 'multipart/form-data; boundary=b')).statusCode).toBe(413);
  });

  test('takes no field by the name of what every object has for more than a field', async () => {
    const names = ['__proto__', 'constructor', 'toString'].map((name) => field(name, 'x')).join('');
    const payload = `${names}${field('email', 'proto@example.org')}--b--\r\n`;
    expect((await multipart(payload, 'multipart/form-data; boundary=b')).statusCode).toBe(202);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

test('a form that cannot be taken comes back filled in, with what to correct', async () => {
  const { statusCode, body } = await postForm({
    email: '"><script>@',
    topics: 'robotics',
    frequency: 'weekly',
    sendHour: '5',
    timezone: 'Asia/Kolkata',
  });
  expect(statusCode).toBe(422);
  expect(body).toContain('value="&quot;&gt;&lt;script&gt;@"');
  expect(body).toMatch(/aria-invalid="true" aria-describedby="email-problem"/);
  expect(body).toContain('id="email-problem">That does not look like an email address: ');
  expect(body).toContain('value="robotics" checked');
  expect(body).toContain('value="weekly" checked');
  expect(body).toMatch(/value="5" selected/);
  expect(body).toMatch(/value="Asia\/Kolkata" selected/);
  expect(body).toContain('Robotics, on Mondays at 05:00 Kolkata time');
});

describe('the form', () => {
  const form = async () => (await site.app.inject('/')).body;

  test('ends with its button, below everything that can be chosen', async () => {
    const body = await form();
    for (const name of ['email', 'topics', 'frequency', 'sendHour', 'timezone'])
      expect(body.lastIndexOf(`name="${name}"`)).toBeLessThan(body.indexOf('<button type="submit">Subscribe'));
  });

  test('says that the hour is UTC’s until a zone is chosen, and shows the choice of one unfolded', async () => {
    const body = await form();
    expect(body).toMatch(/Unless you say otherwise: <\/span>All topics, every day at 08:00 UTC</);
    expect(body.indexOf('name="timezone"')).toBeGreaterThan(body.indexOf('</details>'));
  });

  test('lists zones by today’s names with their offsets', async () => {
    const body = await form();
    expect(body).toMatch(/<option value="Asia\/Kolkata" data-once="Asia\/Calcutta">Kolkata \(UTC\+05:30\)</);
    expect(body).toContain('>Berlin (UTC+02:00)<');
    expect(body).not.toMatch(/value="(?:Europe\/Kiev|Asia\/Calcutta|Asia\/Saigon|Asia\/Rangoon)"/);
  });

  test('is a page of its own too, where a browser comes that opens its address anew', async () => {
    const page = await site.app.inject('/subscribe');
    expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(page.body).toMatch(/<form[^>]*method="post" action="\/subscribe"/);
  });
});

test('who waits for the mail is told when the form sends another, and promised no more', async () => {
  const { body } = await postForm({ email: 'waiting@example.org' });
  expect(body).toContain('Look among the spam. 10 minutes after one mail the form sends another.');
  expect(body).not.toContain('send the form again');
});

test.each<Record<string, string>>([
  { topics: 'nonsense' },
  { frequency: 'hourly' },
  { sendHour: '24' },
  { sendHour: 'x' },
  { sendHour: '0x8' },
  { sendHour: '1e1' },
  { sendHour: '+8' },
  { sendHour: '-0' },
  { sendHour: '8.0' },
  { sendHour: '008' },
  { sendHour: '٨' },
  { timezone: 'Mars/Olympus' },
])('a choice that there is not is refused: %o', async (choice) => {
  const { statusCode, body } = await postForm({ email: 'choice@example.org', ...choice });
  expect(statusCode).toBe(422);
  expect(body).toContain('role="alert"');
  expect(await findSubscriber(site.db, 'choice@example.org')).toBeNull();
});

test.each([
  {},
  { email: 7 },
  { email: 'x' },
  { email: 'a@example.org', sendHour: 24 },
  { email: 'a@example.org', sendHour: '7' },
  { email: 'a@example.org', topics: 'robotics' },
  { email: 'a@example.org', topics: ['x'] },
  { email: 'a@example.org', timezone: 'Mars/Olympus' },
  [],
  'text',
])('JSON that cannot be used is refused in one sentence: %o', async (payload) => {
  const answer = await postJson(payload);
  expect(answer.statusCode).toBe(422);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json().detail).toMatch(/^[A-Z"].*[.]$/);
});

test('JSON that is none is refused', async () => {
  const answer = await site.app.inject({
    method: 'POST',
    url: '/api/v1/subscriptions',
    payload: '{"email":',
    headers: { 'content-type': 'application/json', ...headersFrom() },
  });
  expect(answer.statusCode).toBe(400);
  expect(
    (
      await site.app.inject({
        method: 'POST',
        url: '/api/v1/subscriptions',
        payload: 'a=b',
        headers: { 'content-type': 'text/csv', ...headersFrom() },
      })
    ).statusCode,
  ).toBe(415);
});

test('a program that fills in the hidden field is thanked and forgotten', async () => {
  const { statusCode, body } = await postForm({ email: 'program@example.org', website: 'http://spam.example' });
  expect(statusCode).toBe(202);
  expect(body).toBe((await postForm({ email: 'person@example.org' })).body);
  expect(await findSubscriber(site.db, 'program@example.org')).toBeNull();
});

test('too many from one place are asked to wait, in words, and others are not', async () => {
  const from = '198.51.100.7';
  const answers = [];
  for (let i = 0; i < 40; i++)
    answers.push(await (i % 2 ? postForm({ email: 'x' }, from) : postJson({ email: 'x' }, from)));
  const late = answers.filter((a) => a.statusCode === 429);
  expect(late).toHaveLength(10);
  for (const answer of late) {
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).toMatch(/wait \d+ seconds/);
  }
  expect((await postForm({ email: 'someone@example.org' }, '198.51.100.8')).statusCode).toBe(202);
});

test.each([
  ['with a port', (i: number) => `198.51.100.31:${1000 + i}`],
  ['with a trailing comma', (i: number) => `203.0.113.${i}, 198.51.100.32,`],
  ['written as IPv6', (i: number) => (i % 2 ? '::ffff:198.51.100.33' : '::FFFF:c633:6421')],
  ['in brackets, with a port', (i: number) => `[2001:db8:1:2::1]:${1000 + i}`],
  ['of one network of IPv6', (i: number) => `2001:db8:1:3:${i.toString(16)}::1`],
  ['with a zone', (i: number) => `fe80::1%eth${i}`],
  ['with a zone that no system has', (i: number) => `fe80:0:0:7::1%a:${'b'.repeat(40)}${i}`],
])('an address %s counts as one', async (_, from) => {
  const codes = [];
  for (let i = 0; i < 35; i++) codes.push((await postJson({ email: 'x' }, from(i))).statusCode);
  expect(codes.filter((c) => c === 429)).toHaveLength(5);
});

test('what is no address counts for the proxy, however it is written', async () => {
  const garbage = (i: number) => [`unknown-${i}`, `999.1.1.${i}`, `${i}:::`, `"_hidden${i}"`, `${i}`, ','][i % 6]!;
  const codes = [];
  for (let i = 0; i < 36; i++) codes.push((await postJson({ email: 'x' }, garbage(i))).statusCode);
  expect(codes.filter((c) => c === 429)).toHaveLength(6);
  expect(codes).not.toContain(500);
});

test('the last proxy is believed, the client is not', async () => {
  const codes = [];
  for (let i = 0; i < 40; i++) codes.push((await postJson({ email: 'x' }, `203.0.113.${i}, 198.51.100.99`)).statusCode);
  expect(codes.filter((c) => c === 429)).toHaveLength(10);
});
