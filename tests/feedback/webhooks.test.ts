import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseBrevo, verifyBrevo } from '../../src/feedback/webhooks/brevo.ts';
import { createReplayWindow, mailgunToken, parseMailgun, verifyMailgun } from '../../src/feedback/webhooks/mailgun.ts';
import { parsePostmark, verifyPostmark } from '../../src/feedback/webhooks/postmark.ts';
import { parseSendgrid, sendgridKey, verifySendgrid } from '../../src/feedback/webhooks/sendgrid.ts';
import { confirmationOf, parseSes, verifySes } from '../../src/feedback/webhooks/ses.ts';
import type { WebhookEvent } from '../../src/feedback/webhooks/webhook.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';

const NOW = new Date('2026-11-25T06:00:00Z');
const MINUTES = 60_000;
const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * MINUTES);
const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('SendGrid', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = sendgridKey(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
  const sent = body([{ event: 'bounce', email: 'a@example.com' }]);
  const request = (over: { time?: Date; by?: typeof privateKey; body?: Buffer } = {}) => {
    const timestamp = String(Math.floor((over.time ?? NOW).getTime() / 1000));
    const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), sent]), over.by ?? privateKey).toString(
      'base64',
    );
    return {
      headers: {
        'x-twilio-email-event-webhook-timestamp': timestamp,
        'x-twilio-email-event-webhook-signature': signature,
      },
      body: over.body ?? sent,
      now: NOW,
    };
  };
  test('is believed with its signature', () => expect(verifySendgrid(request(), [key])).toEqual({ ok: true }));
  test.each([
    ['of another key', request({ by: other.privateKey })],
    ['of another body', request({ body: body([{ event: 'bounce', email: 'b@example.com' }]) })],
    ['that is old', request({ time: at(-16) })],
    ['of the future', request({ time: at(16) })],
    ['that is missing', { ...request(), headers: {} }],
    [
      'without a time',
      { ...request(), headers: { ...request().headers, 'x-twilio-email-event-webhook-timestamp': '' } },
    ],
    [
      'that is none',
      { ...request(), headers: { ...request().headers, 'x-twilio-email-event-webhook-signature': 'AAAA' } },
    ],
  ])('is refused with a signature %s', (_why, bad) => expect(verifySendgrid(bad, [key]).ok).toBe(false));
  test('names a key that is none', () => expect(() => sendgridKey('no key')).toThrow('Copy it from Mail Settings'));
});

describe('Mailgun', () => {
  const request = (over: { time?: Date; key?: string; token?: string } = {}): Buffer => {
    const timestamp = String(Math.floor((over.time ?? NOW).getTime() / 1000));
    const token = over.token ?? 'token';
    const signature = createHmac('sha256', over.key ?? 'key')
      .update(timestamp + token)
      .digest('hex');
    return body({ signature: { timestamp, token, signature }, 'event-data': { event: 'complained' } });
  };
  const fresh = { has: () => false };
  test('is believed with its signature, once', () => {
    const used = createReplayWindow();
    expect(verifyMailgun({ body: request(), now: NOW }, ['old key', 'key'], used)).toEqual({ ok: true });
    used.add(mailgunToken(request()), NOW);
    expect(verifyMailgun({ body: request(), now: NOW }, ['key'], used)).toEqual({
      ok: false,
      why: 'the request was used before',
    });
    expect(verifyMailgun({ body: request({ token: 'other' }), now: NOW }, ['key'], used)).toEqual({ ok: true });
  });
  test.each([
    ['of another key', request({ key: 'other' })],
    ['that is old', request({ time: at(-16) })],
    ['of the future', request({ time: at(16) })],
    ['that is missing', body({ 'event-data': { event: 'complained' } })],
    ['of an empty key', request({ key: '' })],
  ])('is refused with a signature %s', (_why, bad) =>
    expect(verifyMailgun({ body: bad, now: NOW }, ['key', ''], fresh).ok).toBe(false),
  );
});

describe.each([
  ['Postmark', verifyPostmark],
  ['Brevo', verifyBrevo],
])('%s', (_name, verify) => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    [{ authorization: basic('paperboy:secret') }],
    [{ authorization: 'Bearer s3cret' }],
    [{ 'x-webhook-token': 's3cret' }],
  ])('is believed with %j', (headers) =>
    expect(verify({ headers }, ['paperboy:secret', 's3cret'])).toEqual({ ok: true }),
  );
  test.each([
    [{}],
    [{ authorization: basic('paperboy:wrong') }],
    [{ authorization: 'Bearer paperboy' }],
    [{ authorization: 'Bearer ' }],
    [{ 'x-webhook-token': '' }],
    [{ authorization: 'Digest s3cret' }],
  ])('is refused with %j', (headers) => expect(verify({ headers }, ['paperboy:secret', 's3cret', '']).ok).toBe(false));
});

describe('Amazon SES', () => {
  let folder = '';
  const pem: { certificate: string; key: string; other: string; old: string } = {
    certificate: '',
    key: '',
    other: '',
    old: '',
  };
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'paperboy-sns-'));
    const make = (name: string): void => {
      const files = ['-keyout', `${folder}/${name}.key`, '-out', `${folder}/${name}.pem`];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=sns.amazonaws.com', ...files],
        { stdio: 'ignore' },
      );
    };
    make('amazon');
    make('other');
    pem.certificate = readFileSync(`${folder}/amazon.pem`, 'utf8');
    pem.key = readFileSync(`${folder}/amazon.key`, 'utf8');
    pem.other = readFileSync(`${folder}/other.key`, 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const TOPIC = 'arn:aws:sns:us-east-1:123456789012:papers';
  const URL_OF_CERTIFICATE = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
  // The clock of the certificate is this machine's.
  const today = new Date(Date.now() + 60_000);
  const message = (over: Record<string, string> = {}, by?: string): Buffer => {
    const fields: Record<string, string> = {
      Type: 'Notification',
      MessageId: 'm',
      TopicArn: TOPIC,
      Message: '{"notificationType":"Bounce"}',
      Timestamp: today.toISOString(),
      SignatureVersion: '2',
      SigningCertURL: URL_OF_CERTIFICATE,
      ...over,
    };
    const signed = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
      .filter((name) => fields[name] !== undefined)
      .map((name) => `${name}\n${fields[name]}\n`)
      .join('');
    const algorithm = fields['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
    return body({ Signature: sign(algorithm, Buffer.from(signed), by ?? pem.key).toString('base64'), ...fields });
  };
  const verifyAt = async (sent: Buffer, now = today) => {
    const fetched: string[] = [];
    const fetchCertificate = async (url: string): Promise<string> => {
      fetched.push(url);
      return pem.certificate;
    };
    return { verified: await verifySes({ body: sent, now }, { topics: [TOPIC], fetchCertificate }), fetched };
  };

  test.each(['1', '2'])('is believed with a signature of version %s', async (SignatureVersion) => {
    expect(await verifyAt(message({ SignatureVersion, Subject: 'Notice' }))).toEqual({
      verified: { ok: true },
      fetched: [URL_OF_CERTIFICATE],
    });
  });
  test('is refused with a signature of another key, or of another message', async () => {
    expect((await verifyAt(message({}, pem.other))).verified.ok).toBe(false);
    const changed = JSON.parse(message().toString()) as Record<string, string>;
    expect((await verifyAt(body({ ...changed, Message: '{}' }))).verified.ok).toBe(false);
    expect((await verifyAt(body({ ...changed, Signature: undefined }))).verified.ok).toBe(false);
    expect((await verifyAt(body({ ...changed, SignatureVersion: '3' }))).verified.ok).toBe(false);
  });
  test('is refused when it is old, or its certificate is', async () => {
    expect((await verifyAt(message(), new Date(today.getTime() + 61 * MINUTES))).verified.ok).toBe(false);
    expect((await verifyAt(message(), new Date(today.getTime() - 6 * MINUTES))).verified.ok).toBe(false);
    const later = new Date(today.getTime() + 4000 * 86_400_000);
    expect((await verifyAt(message({ Timestamp: later.toISOString() }), later)).verified.ok).toBe(false);
  });
  test('is refused for a topic of somebody else, before anything is fetched', async () => {
    expect(await verifyAt(message({ TopicArn: 'arn:aws:sns:us-east-1:999999999999:papers' }))).toMatchObject({
      verified: { ok: false },
      fetched: [],
    });
  });
  test.each([
    'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem',
    'https://sns.us-east-1.amazonaws.com.example.com/SimpleNotificationService-0123.pem',
    'https://evil.s3.amazonaws.com/SimpleNotificationService-0123.pem',
    'https://sns.us-east-1.amazonaws.com@example.com/SimpleNotificationService-0123.pem',
    'https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-0123.pem',
    'https://sns.us-east-1.amazonaws.com/other.pem',
    'https://sns.us-east-1.amazonaws.com/x/../SimpleNotificationService-0123.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem?x=1',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem\n',
    'https://127.0.0.1/SimpleNotificationService-0123.pem',
    '',
  ])('never fetches %j', async (SigningCertURL) => {
    expect(await verifyAt(message({ SigningCertURL }))).toMatchObject({ verified: { ok: false }, fetched: [] });
  });

  const CONFIRM = `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`;
  const confirmation = (SubscribeURL: string): Buffer =>
    message({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL, Message: 'You have chosen to subscribe' });
  test('asks to confirm a subscription, which holds no event', async () => {
    expect((await verifyAt(confirmation(CONFIRM))).verified).toEqual({ ok: true });
    expect(confirmationOf(confirmation(CONFIRM))).toBe(CONFIRM);
    expect(parseSes(confirmation(CONFIRM))).toEqual([]);
    expect(confirmationOf(message())).toBeNull();
  });
  test.each([
    CONFIRM.replace('https', 'http'),
    CONFIRM.replace('amazonaws.com', 'amazonaws.com.example.com'),
    CONFIRM.replace('sns.', 'user@sns.'),
    CONFIRM.replace('Confirm', 'Delete'),
    CONFIRM.replace('papers', 'other'),
    CONFIRM.replace('.com/', '.com:444/'),
    'javascript:alert(1)',
    '',
  ])('is not confirmed at %s', (url) => expect(confirmationOf(confirmation(url))).toBeNull());
});

// What each provider's events mean: those of django-anymail, with the event that it makes of them.

interface Case {
  cls: string;
  test: string;
  inputs: { raw_sns_message?: unknown; raw_event?: unknown };
  posts: { data?: unknown }[];
  expect: Record<string, unknown>;
}
const casesOf = (provider: string): Case[] =>
  SHARED_DATA_MISSING
    ? []
    : (JSON.parse(readFileSync(path.join(DATA, 'mail/webhooks', `${provider}.json`), 'utf8')) as Case[]);

/** Anymail's words for what an event is, as ours. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  bounced: ['hard', 'soft'],
  complained: ['complaint'],
  unsubscribed: ['unsubscribe'],
  deferred: ['soft'],
  rejected: ['hard', 'soft', 'complaint', 'unsubscribe'],
  failed: ['soft', 'unrelated'],
};
const kindsOf = (type: string): readonly string[] => KINDS[type] ?? ['unrelated'];

const bytesOf = ({ posts, inputs }: Case): Buffer | null => {
  const data = posts[0]?.data;
  if (inputs.raw_sns_message) return body(inputs.raw_sns_message);
  if (typeof data === 'string') return data.startsWith('<expr>') ? null : Buffer.from(data);
  return data === undefined ? null : Buffer.from(new URLSearchParams(data as Record<string, string>).toString());
};

describe.skipIf(SHARED_DATA_MISSING)('events of providers (skipped: there is no ../shared/data)', () => {
  const parsers: Record<string, (sent: Buffer) => WebhookEvent[]> = {
    amazon_ses: parseSes,
    sendgrid: parseSendgrid,
    postmark: parsePostmark,
    mailgun: parseMailgun,
    brevo: parseBrevo,
  };
  test.each(Object.entries(parsers))('of %s mean what they mean elsewhere', (provider, parse) => {
    let seen = 0;
    for (const one of casesOf(provider)) {
      const type = one.expect['event.event_type'];
      const sent = bytesOf(one);
      if (typeof type !== 'string' || sent === null) continue;
      const [event] = parse(sent);
      seen++;
      const label = `${one.cls}.${one.test}`;
      expect(kindsOf(type), label).toContain(event!.kind);
      const recipient = one.expect['event.recipient'];
      if (typeof recipient === 'string') expect(event!.recipient, label).toBe(recipient);
      expect(event!.id, label).toMatch(/\S/);
      expect(parse(sent)[0]!.id, label).toBe(event!.id);
    }
    expect(seen).toBeGreaterThanOrEqual(4);
  });
});

describe('what a provider calls hard', () => {
  const postmark = (Details: string): WebhookEvent =>
    parsePostmark(body({ RecordType: 'Bounce', Type: 'HardBounce', ID: 1, Email: 'a@example.com', Details }))[0]!;
  test.each([
    ['smtp;550 5.1.1 The email account that you tried to reach does not exist.', 'hard', 'unknown-user'],
    ['', 'hard', 'unknown-user'],
    ['smtp;552 5.2.2 mailbox full', 'soft', 'mailbox-full'],
    ['smtp;550 5.7.1 blocked using zen.spamhaus.org', 'soft', 'blocked'],
  ])('%j is %s', (said, kind, rule) => expect(postmark(said)).toMatchObject({ kind, rule, permanent: true }));
  test('a report of not-spam is no complaint', () => {
    const Message = JSON.stringify({
      notificationType: 'Complaint',
      complaint: { complaintFeedbackType: 'not-spam', complainedRecipients: [{ emailAddress: 'a@example.com' }] },
      mail: { messageId: 'm' },
    });
    expect(parseSes(body({ Type: 'Notification', MessageId: 'm', Message }))[0]).toMatchObject({ kind: 'unrelated' });
  });
  test('SES quotes our own Message-ID', () => {
    const Message = JSON.stringify({
      notificationType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'NoEmail',
        bouncedRecipients: [{ emailAddress: 'a@example.com' }],
      },
      mail: { messageId: 'theirs', headers: [{ name: 'Message-ID', value: '<ours@example.org>' }] },
    });
    expect(parseSes(body({ Type: 'Notification', MessageId: 'm', Message }))[0]).toMatchObject({
      kind: 'hard',
      messageId: '<ours@example.org>',
    });
  });
  test.each([
    ['Postmark', parsePostmark],
    ['SendGrid', parseSendgrid],
    ['Brevo', parseBrevo],
    ['Amazon', parseSes],
  ])('what %s sent and is no JSON gets one clear sentence', (_name, parse) => {
    expect(() => parse(Buffer.from('no JSON'))).toThrow('Check that the webhook is of the right kind.');
  });
});
