import { expect, test } from 'vitest';
import { createMailHosts } from '../../src/delivery/mail-hosts.ts';
import { SHAPING_RULES } from '../../src/delivery/shaping-rules.ts';
import { dnsServer } from '../support/dns-server.ts';

const HOUR = 3_600_000;
const mx = (...names: string[]) => names.map((exchange, i) => ({ exchange, priority: 10 * (i + 1) }));
const rules = SHAPING_RULES;

test('domains whose mail one host takes have one host, whatever they are called', async () => {
  await using dns = await dnsServer({
    'one.example': mx('aspmx.l.google.com', 'alt1.aspmx.l.google.com'),
    'two.example': mx('smtp.google.com'),
    'three.example': mx('mx.hoster.example'),
    'four.example': mx('MX.Hoster.example'),
  });
  const hosts = createMailHosts({ rules, resolver: dns.resolver });
  const domains = ['one.example', 'two.example', 'three.example', 'four.example', 'gmail.com'];
  hosts.expect(domains);
  const names = await Promise.all(domains.map(async (domain) => (await hosts.of(domain)).name));
  expect(names).toEqual(['google', 'google', 'mx.hoster.example', 'mx.hoster.example', 'google']);
  expect(dns.asked).not.toContain('gmail.com');
});

test('a domain without MX, with a null MX, or that is not there is a host of its own', async () => {
  await using dns = await dnsServer({ 'none.example': [], 'null.example': mx('.'), 'gone.example': null });
  const hosts = createMailHosts({ rules, resolver: dns.resolver });
  for (const domain of ['none.example', 'null.example', 'gone.example'])
    expect(await hosts.of(domain)).toEqual({ name: domain, rule: null });
});

test('each domain is asked once in an hour, and the old host holds while it is asked again', async () => {
  const zone = { 'one.example': mx('mx.old.example') };
  await using dns = await dnsServer(zone);
  let now = 0;
  const hosts = createMailHosts({ rules, resolver: dns.resolver, clock: () => now });
  expect(await hosts.of('one.example')).toMatchObject({ name: 'mx.old.example' });
  hosts.expect(['one.example', 'one.example']);
  expect(dns.asked).toEqual(['one.example']);
  zone['one.example'] = mx('mx.new.example');
  now = HOUR;
  hosts.expect(['one.example']);
  expect(hosts.of('one.example')).toMatchObject({ name: 'mx.old.example' });
  await expect.poll(() => hosts.of('one.example')).toMatchObject({ name: 'mx.new.example' });
});

test('a name server that does not answer holds up the first messages for a moment and then none, and what was known holds', async () => {
  const zone: Record<string, ReturnType<typeof mx>> = { 'known.example': mx('mx.google.com') };
  await using dns = await dnsServer(zone);
  let now = 0;
  const hosts = createMailHosts({ rules, resolver: dns.resolver, clock: () => now, patienceMs: 20 });
  await hosts.of('known.example');
  delete zone['known.example'];
  now = HOUR;
  hosts.expect(['known.example', 'silent.example']);
  expect(await hosts.of('silent.example')).toEqual({ name: 'silent.example', rule: null });
  // Its question has timed out by the time that this one's has.
  await expect.poll(() => hosts.of('another.example') instanceof Promise, { timeout: 3000 }).toBe(false);
  expect(hosts.of('third.example')).toEqual({ name: 'third.example', rule: null });
  expect(hosts.of('known.example')).toMatchObject({ name: 'google' });
});
