import { describe, expect, test } from 'vitest';
import { parseOwnShaping } from '../../src/delivery/own-shaping.ts';
import { relayLimits, ruleOfMx, ruleOfRelay, SHAPING_RULES, slowDownOf } from '../../src/delivery/shaping-rules.ts';
import { restOf } from '../../src/delivery/shaping.ts';

const named = (host: string) => SHAPING_RULES.find((rule) => rule.host === host)!;
const reply = (line: string) => ({ code: Number(line.slice(0, 3)), text: line.slice(4) });

describe('a rule', () => {
  test.each([
    ['gmail-smtp-in.l.google.com', 'google'],
    ['ASPMX.L.GOOGLE.COM.', 'google'],
    ['smtp.google.com', 'google'],
    ['mta7.am0.yahoodns.net', 'yahoo'],
    ['mx3.mail.yahoo.co.jp', 'yahoo-japan'],
    ['outlook-com.olc.protection.outlook.com', 'outlook'],
    ['example-org.mail.protection.outlook.com', 'microsoft-365'],
    ['example-org.k-v1.mx.microsoft', 'microsoft-365'],
    ['mx01.mail.icloud.com', 'apple'],
    ['smtp-in.orange.fr', 'orange'],
    ['mx1h1.comcast.net', 'comcast'],
    ['mx00.gmx.net', 'gmx'],
    ['mx-ha02.web.de', 'gmx'],
    ['smtpz4.laposte.net', 'la-poste'],
    ['eu-smtp-inbound-1.mimecast.com', 'mimecast'],
    ['mx0a-0000.pphosted.com', 'proofpoint'],
    ['mx1.qq.com', 'qq'],
    ['163mx01.mxmail.netease.com', 'netease'],
    ['notgoogle.com', undefined],
    ['mx.google.com.example.org', undefined],
  ])('of the MX %s is that of %s', (exchange, host) => {
    expect(ruleOfMx(SHAPING_RULES, exchange)?.host).toBe(host);
  });

  test.each([
    ['smtp-relay.gmail.com', 'google'],
    ['email-smtp.eu-west-1.amazonaws.com', 'amazon-ses'],
    ['email-smtp.amazonaws.com', undefined],
    ['smtp.office365.com', 'microsoft-365-submission'],
    ['example-org.mail.protection.outlook.com', 'microsoft-365'],
    ['127.0.0.1', undefined],
    ['mail.example.org', undefined],
  ])('of the relay %s is that of %s', (host, expected) => {
    expect(ruleOfRelay(SHAPING_RULES, host)?.host).toBe(expected);
  });

  test('of a relay leaves no more connections than it names, and no fewer than were asked for', () => {
    expect(relayLimits(SHAPING_RULES, ['smtp-relay.gmail.com'], 50)).toEqual({
      connections: 5,
      messagesPerConnection: 50,
    });
    expect(relayLimits(SHAPING_RULES, ['smtp.office365.com', '10.0.0.1'], 50)).toEqual({
      connections: 3,
      messagesPerConnection: undefined,
    });
    expect(relayLimits(SHAPING_RULES, ['smtp-relay.gmail.com'], 2).connections).toBe(2);
    expect(relayLimits(SHAPING_RULES, ['mail.example.org'], 50)).toEqual({
      connections: 50,
      messagesPerConnection: undefined,
    });
  });

  test('stands once, with a source, and reads small letters', () => {
    const names = SHAPING_RULES.map(({ host }) => host);
    expect(new Set(names).size).toBe(names.length);
    const domains = SHAPING_RULES.flatMap((rule) => rule.domains);
    expect(new Set(domains).size).toBe(domains.length);
    for (const { host, source, slowDown, mx } of SHAPING_RULES) {
      expect(host).toMatch(/^[a-z0-9-]+$/);
      expect(source.length).toBeGreaterThan(5);
      for (const { says } of slowDown) expect(says).toBe(says.toLowerCase());
      for (const ending of mx) expect(ending).toMatch(/^\.[a-z0-9.-]+$/);
    }
  });
});

describe('a reply', () => {
  test.each([
    ['yahoo', '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints', 120],
    ['yahoo', '421 4.7.0 [TS02] Messages temporarily deferred', 30],
    ['outlook', '451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation', 30],
    ['apple', '421 4.7.1 [HCM1] Your mail from 192.0.2.1 was deferred', 15],
    ['orange', '421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections', 60],
    ['google', '421 4.7.28 Gmail has detected an unusual rate of unsolicited mail from your IP address', 30],
    ['google', '450 4.2.1 The user you are trying to contact is receiving mail too quickly', null],
    ['qq', '550 Ip frequency limited', 60],
    ['google', '451 4.7.1 Greylisted, and we detected an unusual rate', 'greylisted'],
    ['google', '450 4.2.0 Recipient address rejected: Greylisted', 'greylisted'],
  ])('of %s, "%s", means %s', (host, line, expected) => {
    expect(restOf(named(host), reply(line))).toBe(expected);
  });

  test('that fits two rules means the longer rest', () => {
    expect(slowDownOf(named('yahoo'), '421 [TS01] [TSS05] both')).toBe(240);
  });
});

describe('shaping.json', () => {
  const FILE = '/data/shaping.json';
  test('changes of a rule that ships what it names, and adds others', () => {
    const { rules, faults } = parseOwnShaping(
      JSON.stringify([
        { host: 'google', messagesPerMinute: 600 },
        { host: 'campus', mx: ['.example.edu'], slowDown: [{ says: 'Slow DOWN', minutes: 5 }] },
      ]),
      FILE,
    );
    expect(faults).toEqual([]);
    expect(rules[0]).toMatchObject({ connections: 5, messagesPerMinute: 600, mx: named('google').mx });
    expect(rules[1]).toMatchObject({ host: 'campus', connections: null, source: FILE });
    expect(slowDownOf(rules[1]!, '421 please slow down')).toBe(5);
  });

  test.each([
    ['{}', /^\/data\/shaping\.json is not a JSON list of rules/],
    ['[3]', /rule 1: make it an object/],
    ['[{"host":"google","perMinute":3}]', /rule 1: there is no field "perMinute", only host, mx, /],
    ['[{"host":"Google"}]', /"host" must be a name of lower-case letters/],
    ['[{"mx":[".a"]}]', /"host" must be/],
    ['[{"host":"google","connections":0}]', /"connections" must be a whole number from 1/],
    ['[{"host":"google","slowDown":[{"says":"x","minutes":3}]}]', /"slowDown" must be a list of/],
    ['[{"host":"campus"}]', /give it "mx", "domains" or "submission"/],
    ['[{"host":"google"},{"host":"google"}]', /rule 2: an earlier rule has the same "host"/],
  ])('%s is refused in a sentence, and none of it is in force', (text, sentence) => {
    const { rules, faults } = parseOwnShaping(text, FILE);
    expect(rules).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(sentence)]);
  });
});
