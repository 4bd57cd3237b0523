import type { Random } from '../support/random.ts';

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random(choices.length)]!;
const chance = (random: Random, percent: number): boolean => random(100) < percent;

/** Characters and marks that parsers trip over. */
const BITS = [
  '%00', '%ff', '%', '%2e%2e/', '../', '//', '\\', '{', '}', '$', 'a^', '--', "'", '"', '<', '>', '&', '&#0;', ']]>',
  '<![CDATA[', '\0', '\r\n', '\n', '\t', '\u202e', '\u200b', '\ud800', '\uffff', '😀', 'é', '[', ']', '(', ',', ';', '=', '0x8', '1e309',
  '-1', 'NaN', 'null', 'true', '__proto__', 'constructor', 'x'.repeat(300), '\\sqrt', '\\constructor', '@', ' ',
]; // prettier-ignore

/** A text with one to three things done to it. */
export function mutateText(random: Random, text: string): string {
  let mutated = text;
  for (let n = 1 + random(3); n > 0; n--) {
    const at = random(mutated.length + 1);
    const to = at + random(Math.max(1, mutated.length - at));
    mutated = pick(random, [
      () => mutated.slice(0, at),
      () => mutated.slice(0, at) + mutated.slice(to),
      () => mutated.slice(0, at) + pick(random, BITS) + mutated.slice(at),
      () => mutated.slice(0, at) + String.fromCharCode(random(256)) + mutated.slice(at + 1),
      () => mutated.slice(0, to) + mutated.slice(at, to).repeat(1 + random(5)) + mutated.slice(to),
    ])();
  }
  return mutated.slice(0, 200_000);
}

const TOKEN = '{token}';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';
const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const WISH = 'email=reader%40example.org&topics=robotics&frequency=weekly&timezone=Europe%2FBerlin&sendHour=8';
const WISH_PARTS = `${part('email', 'reader@example.org')}${part('sendHour', '8')}--b--\r\n`;
const WISH_JSON = '{"email":"reader@example.org","topics":["all"],"frequency":"daily","timezone":"UTC","sendHour":8}';

/** Every route, as it is meant to be used. */
const REQUESTS: readonly { method: string; path: string; type?: string; body?: string }[] = [
  ...[
    '/', '/editions', '/editions?before=2026-05-29', '/editions/2026-05-29', '/editions/2026-05-29?topic=robotics',
    '/papers/arxiv:2605.29001', '/papers/arxiv:hep-th%2F9901001', '/topics/robotics', '/topics/robotics/feed.xml',
    '/search?q=things', '/feed.xml', '/feed.json', '/docs', '/openapi.json', '/health/live', '/health/ready', '/metrics',
    '/robots.txt', '/favicon.ico', '/assets/style.css', '/api/v1/papers?limit=5', '/api/v1/papers?before=mpq~arxiv:2605.29001',
    '/api/v1/papers/arxiv:2605.29001', '/api/v1/editions', '/api/v1/editions/2026-05-29?topic=all', '/api/v1/editions/latest',
    '/api/v1/topics', `/confirm/${TOKEN}`, `/unsubscribe/${TOKEN}`, `/preferences/${TOKEN}`, '/nowhere', '/admin', '/webhooks/x',
  ].map((path) => ({ method: 'GET', path })), // prettier-ignore
  { method: 'POST', path: '/subscribe', type: FORM, body: WISH },
  { method: 'POST', path: '/subscribe', type: MULTIPART, body: WISH_PARTS },
  { method: 'POST', path: '/api/v1/subscriptions', type: 'application/json', body: WISH_JSON },
  { method: 'POST', path: `/confirm/${TOKEN}` },
  { method: 'POST', path: `/unsubscribe/${TOKEN}`, type: FORM, body: 'List-Unsubscribe=One-Click' },
  { method: 'POST', path: `/unsubscribe/${TOKEN}`, type: MULTIPART, body: part('List-Unsubscribe', 'One-Click') },
  { method: 'POST', path: `/preferences/${TOKEN}`, type: FORM, body: WISH },
  { method: 'POST', path: `/preferences/${TOKEN}`, type: MULTIPART, body: WISH_PARTS },
];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'get', 'CONNECT'];
const TYPES = [
  FORM, MULTIPART, 'multipart/form-data', 'multipart/form-data; boundary=', 'multipart/mixed; boundary=b', 'application/json',
  'application/json; charset=utf-7', 'text/plain', 'application/xml', 'application/octet-stream', '', ';', 'application/x-www-form-urlencoded; charset=x',
]; // prettier-ignore
const HEADERS = [
  'accept: application/json', 'accept: */*;q=x', 'accept-encoding: br;q=0, gzip;q=9', 'accept-encoding: zstd, ,', 'if-none-match: "x", W/"y", *',
  'if-modified-since: yesterday', 'range: bytes=0-0,5-1,-', 'cookie: a=b; __proto__=c', 'expect: 100-continue', 'expect: x', 'upgrade: websocket',
  'connection: upgrade, close', 'x-forwarded-for: 1.2.3.4:5, ,', 'x-forwarded-for: [::1]:80', 'x-forwarded-host: evil', 'forwarded: for=_x',
  'origin: null', 'access-control-request-method: DELETE', 'authorization: Bearer x', 'host: ', 'host: a b', 'transfer-encoding: gzip, chunked',
  'content-length: 5', 'content-length: -1', 'content-length: 99999999999', 'content-encoding: gzip', 'te: trailers', 'x: y: z',
  `x-long: ${'x'.repeat(9_000)}`, `cookie: ${'a=b; '.repeat(4_000)}`,
]; // prettier-ignore

const HUGE = [
  (): string => `{"email":${'['.repeat(30_000)}`,
  (): string => `{"email":"a@example.org","topics":[${'"all",'.repeat(9_000)}"all"]}`,
  (): string => '{"__proto__":{"email":"x"},"constructor":{"prototype":{"x":1}}}',
  (): string => 'a='.repeat(30_000),
  (): string => `email=${'%'.repeat(60_000)}`,
  (): string => `email=${'a'.repeat(30_000)}%40${'b.'.repeat(15_000)}org`,
  (): string => part('email', 'x').repeat(800),
  (): string => part('email"; filename="x', 'x'.repeat(300_000)),
  (): string => '\0'.repeat(500_000),
];

/** Mostly in bytes that a path may hold: others come no further than the parser of requests. */
function mutatePath(random: Random, path: string): string {
  const mutated = mutateText(random, path);
  return chance(random, 75) ? mutated.replace(/[^\x21-\x7e]/gu, (c) => encodeURIComponent(c.toWellFormed())) : mutated;
}

/**
 * The bytes of one request that a browser would not send, or hardly. `token` makes links that are
 * genuine.
 */
export function mutateRequest(random: Random, token: (purpose: string) => string): Buffer {
  const seed = pick(random, REQUESTS);
  const method = chance(random, 15) ? pick(random, METHODS) : seed.method;
  const purpose = seed.path.split('/')[1]!;
  let path = seed.path.replace(TOKEN, () => (chance(random, 50) ? token(purpose) : mutateText(random, token(purpose))));
  if (chance(random, 40)) path = mutatePath(random, path);
  if (chance(random, 10))
    path += `${path.includes('?') ? '&' : '?'}${mutateText(random, 'q=a&limit=3&before=x&topic=all')}`;
  if (chance(random, 2)) path += 'x'.repeat(random(20_000));
  let body = seed.body ?? '';
  if (body !== '' && chance(random, 50)) body = mutateText(random, body);
  if (chance(random, 8)) body = pick(random, HUGE)();
  const type = chance(random, 25) ? pick(random, TYPES) : seed.type;
  const bytes = Buffer.from(body);
  const headers = [
    'host: localhost',
    'connection: close',
    `x-forwarded-for: 10.${random(256)}.${random(256)}.${random(256)}`,
    ...(type === undefined ? [] : [`content-type: ${type}`]),
    ...(chance(random, 40) ? [pick(random, HEADERS)] : []),
  ];
  const chunked = chance(random, 10);
  if (chunked) headers.push('transfer-encoding: chunked');
  else if (bytes.length > 0) headers.push(`content-length: ${chance(random, 5) ? random(100_000) : bytes.length}`);
  const framed = chunked
    ? Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
    : bytes;
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  const whole = Buffer.concat([head, framed]);
  if (chance(random, 10))
    for (let n = 1 + random(4); n > 0; n--) whole[random(Math.min(whole.length, 2_000))] = random(256);
  return chance(random, 5) ? whole.subarray(0, random(whole.length)) : whole;
}

const VALUES: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => 7,
  () => -1e308,
  () => true,
  () => [],
  () => ({}),
  () => ({ __proto__: null, constructor: 'x', toString: 'y' }),
  () => '\0\u200b\ud800',
  (random) => pick(random, BITS),
  (random) => pick(random, BITS).repeat(random(2_000)),
  () => '9999-99-99T99:99:99Z',
  () => 'javascript:alert(1)',
  () => Array.from({ length: 3_000 }, (_, i) => ({ name: `A\\'${i}` })),
];

/** A value of JSON in which one thing is another. */
function mutateValue(random: Random, value: unknown): unknown {
  if (chance(random, 25) || typeof value !== 'object' || value === null) return pick(random, VALUES)(random);
  if (Array.isArray(value))
    return value.map((item, i) => (i === random(value.length) ? mutateValue(random, item) : item));
  const names = Object.keys(value);
  const chosen = pick(random, names);
  return { ...value, [chosen]: mutateValue(random, (value as Record<string, unknown>)[chosen]) };
}

/**
 * What only a few answers get, because it takes long to make: fields of megabytes, nesting without
 * end.
 */
const MONSTERS: readonly ((random: Random) => string)[] = [
  (random) => pick(random, BITS).repeat(5_000_000 / 300),
  () => 'a^'.repeat(2_500_000),
  () => '\\'.repeat(5_000_000),
  () => '['.repeat(1_000_000),
  () => '<b>'.repeat(1_000_000),
  () => '&eacute;'.repeat(500_000),
];
const isMonstrous = (random: Random): boolean => random(200) === 0;

const id = (random: Random): string => `2605.${String(random(400)).padStart(5, '0')}`;

/** An answer of Hugging Face, damaged. */
export function mutateDailyPapers(random: Random): string {
  const entry = () => ({
    title: 'A finding',
    numComments: random(9),
    paper: {
      id: id(random),
      title: 'Fast $\\mathcal{O}(n)$ \\textbf{things} & more',
      summary: "It saves 77\\% of $x_1^2$ and is 10~times ``faster''.",
      authors: [{ name: 'Ada Lovelace' }, { name: "Mat\\'u\\v{s}", hidden: false }],
      organization: { name: 'lab', fullname: 'The Lab' },
      ai_keywords: ['language models'],
      githubRepo: 'https://github.com/a/b',
      upvotes: random(100),
      publishedAt: '2026-05-28T00:00:00.000Z',
    },
  });
  const entries: unknown[] = Array.from({ length: 1 + random(6) }, entry);
  if (isMonstrous(random)) return JSON.stringify(entries).replace('A finding', () => pick(random, MONSTERS)(random));
  if (isMonstrous(random)) {
    const one = entry();
    return JSON.stringify([{ ...one, paper: { ...one.paper, title: 'T', summary: pick(random, MONSTERS)(random) } }]);
  }
  const text = JSON.stringify(chance(random, 80) ? mutateValue(random, entries) : entries) ?? '';
  return chance(random, 35) ? mutateText(random, text) : text;
}

/** An answer of arXiv's feed, damaged. */
export function mutateFeed(random: Random): string {
  const item = () =>
    `<item><title>Fast $O(n)$ &amp; slow</title><link>https://arxiv.org/abs/${id(random)}</link><description>arXiv:x Announce Type: new\nAbstract: We save 77\\%.</description><category>cs.AI</category><pubDate>Fri, 29 May 2026 00:00:00 -0400</pubDate><dc:creator>Ada Lovelace, L\\'aszl\\'o Kov\\'acs (Budapest)</dc:creator></item>`;
  const text = `<?xml version='1.0'?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>${Array.from({ length: 1 + random(6) }, item).join('')}</channel></rss>`;
  if (isMonstrous(random)) return text.replace('We save', () => pick(random, MONSTERS)(random));
  return mutateText(random, text);
}
