import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { recentFeedback } from '../../src/db/feedback.ts';
import { findSubscriber } from '../../src/db/subscribers.ts';
import { heardInMail } from '../../src/feedback/heard.ts';
import { createMailbox } from '../../src/feedback/imap.ts';
import { type Inbound, startInbound } from '../../src/feedback/inbound.ts';
import { createJudge } from '../../src/feedback/judge.ts';
import { readReport } from '../../src/feedback/read.ts';
import { receiveFeedback } from '../../src/feedback/receive.ts';
import { newAddress } from '../../src/subscribers/address.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { unreadDigestsOf } from '../support/digests.ts';
import { dovecot } from '../support/imap-server.ts';
import { freePort } from '../support/ports.ts';
import { requires } from '../support/require.ts';
import { KEYRING } from '../support/keys.ts';
import { addReaders } from '../support/ledger.ts';
import { paper } from '../../src/db/schema.ts';
import { samplePaper } from '../support/site.ts';

const DATE = '2026-05-27';
const DOMAIN = 'bounces.papers.example';
const EMAIL = 'reader@example.org';
const now = () => new Date(`${DATE}T09:00:00Z`);
/** As the site takes from one network. */
const MOST_ASKED = 20;
const log = createLogger('silent');

let database: TestDatabase;
let inbound: Inbound;
let id = 0;
let asked: string[] = [];
const warn = vi.spyOn(log, 'warn');
const papers = [samplePaper(1, DATE), samplePaper(2, DATE)];
const { addEdition, send } = unreadDigestsOf(() => database.db, papers);
const deps = () => ({ db: database.db, keyring: KEYRING, now, log });

beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(paper).values(papers.map((p) => ({ ...p, updatedAt: p.firstSeenAt })));
  await addEdition(DATE, 'all', [1, 2]);
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'suppression', 'feedback', 'delivery', 'batch', 'digest');
  [id] = (await addReaders(database.db, [{ email: EMAIL }])) as [number];
  await send(DATE);
  asked = [];
  warn.mockClear();
  inbound = await startInbound({
    ...deps(),
    domain: DOMAIN,
    host: '127.0.0.1',
    port: 0,
    protocol: 'smtp',
    subscribe: async (email) => asked.push(newAddress(email)) <= MOST_ASKED,
  });
});
afterEach(() => inbound.stop());

const mark = () => KEYRING.mark({ subscriberId: id, date: DATE });
const dsn = (more = ''): string =>
  [
    'From: MAILER-DAEMON@mx.example.org',
    `To: b+${mark()}@${DOMAIN}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
    '',
    '--x',
    'Content-Type: text/plain',
    '',
    `The message could not be delivered.${more}`,
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${EMAIL}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user here',
    '--x--',
    '',
  ].join('\r\n');
const complaint = (messageId: string): string =>
  [
    'From: staff@hotmail.example',
    'Subject: complaint about message',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="x"',
    '',
    '--x',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'Version: 1',
    'User-Agent: test/1',
    '--x',
    'Content-Type: message/rfc822-headers',
    '',
    `Message-ID: ${messageId}`,
    'Subject: papers',
    '--x--',
    '',
  ].join('\r\n');

const mailTo = (to: string | string[], raw: string, from = 'MAILER-DAEMON@mx.example.org') =>
  createTransport({ host: '127.0.0.1', port: inbound.port, ignoreTLS: true }).sendMail({ envelope: { from, to }, raw });
const heard = () => recentFeedback(database.db, id, 10);
const judge = () => createJudge({ ...deps(), alert: async () => true })();
const status = async () => (await findSubscriber(database.db, EMAIL))?.status;

describe('mail that comes back', () => {
  test('to a return path of ours is kept once, in any case of its letters, however often it comes', async () => {
    await mailTo(`b+${mark()}@${DOMAIN}`, dsn());
    await mailTo(`B+${mark().toUpperCase()}@${DOMAIN.toUpperCase()}`, dsn());
    expect(await heard()).toMatchObject([
      {
        kind: 'hard',
        reason: 'unknown-user',
        via: 'inbound',
        digestDate: DATE,
        words: expect.not.stringContaining('@'),
      },
    ]);
    await judge();
    expect(await status()).toBe('active');
  });

  test('a complaint of which only the Message-ID is left ends the subscription', async () => {
    await mailTo(`b+${mark()}@${DOMAIN}`, complaint(`<digest.${mark()}@papers.example>`));
    await judge();
    expect(await status()).toBe('complained');
  });

  test('a made-up Message-ID, return path or recipient suppresses no one', async () => {
    const forged = [complaint(`<digest.${DATE}.${id.toString(36)}.aaaaaaaaaaaaaaaaa@papers.example>`), dsn()];
    for (const raw of forged) {
      await expect(mailTo(`b+${DATE}.${id.toString(36)}.aaaaaaaaaaaaaaaaa@${DOMAIN}`, raw)).rejects.toThrow(/550/);
      const words = {
        key: 'k',
        via: 'inbound',
        kind: 'complaint',
        permanent: true,
        reason: 'abuse',
        words: null,
      } as const;
      const nothing = { returnPaths: [], messageIds: [], unsubscribes: [] };
      expect(await receiveFeedback(deps(), [{ ...words, ...nothing }])).toMatchObject({ kept: 0, strange: 1 });
    }
    expect(await heard()).toEqual([]);
  });

  test('to an unsubscribe address ends the subscription, but for an answer that no person wrote', async () => {
    const vacation = 'From: r@example.org\r\nAuto-Submitted: auto-replied\r\nSubject: Out of office\r\n\r\nAway.\r\n';
    await mailTo(`u+${mark()}@${DOMAIN}`, vacation, EMAIL);
    expect(await heard()).toEqual([]);
    await mailTo(`u+${mark()}@${DOMAIN}`, 'From: r@example.org\r\nSubject: unsubscribe\r\n\r\n', EMAIL);
    await judge();
    expect(await status()).toBe('unsubscribed');
  });

  test('to subscribe@ asks for a subscription, and an automatic answer, a list or a bounce never does', async () => {
    const from = (more: string) => `From: New <new@example.net>\r\n${more}Subject: hello\r\n\r\nPlease.\r\n`;
    await mailTo(`subscribe@${DOMAIN}`, from(''), 'new@example.net');
    expect(asked).toEqual(['new@example.net']);
    for (const more of ['Auto-Submitted: auto-replied\r\n', 'Precedence: bulk\r\n', 'List-Id: <l.example.net>\r\n'])
      await mailTo(`subscribe@${DOMAIN}`, from(more), 'new@example.net');
    await mailTo(`subscribe@${DOMAIN}`, from(''), '');
    expect(asked).toHaveLength(1);
  });

  test('to subscribe@ from an address that is never taken is taken itself, and forgotten', async () => {
    const raw = 'From: New <new@printer.local>\r\nSubject: hello\r\n\r\nPlease.\r\n';
    await mailTo(`subscribe@${DOMAIN}`, raw, 'new@printer.local');
    expect(asked).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  test('to subscribe@ alone is no feedback, whatever it quotes', async () => {
    await mailTo(`subscribe@${DOMAIN}`, complaint(`<digest.${mark()}@papers.example>`));
    expect(await heard()).toEqual([]);
  });

  test('to unsubscribe addresses counts for each of them, and anew in each mail', async () => {
    const [other] = (await addReaders(database.db, [{ email: 'other@example.org' }])) as [number];
    const leave = (n: number) => `From: r@example.org\r\nMessage-ID: <${n}@example.org>\r\n\r\nNo more.\r\n`;
    const addresses = [`u+${mark()}@${DOMAIN}`, `U+${KEYRING.mark({ subscriberId: other, date: DATE })}@${DOMAIN}`];
    await mailTo(addresses, leave(1), EMAIL);
    await mailTo(addresses, leave(1), EMAIL);
    expect(await heard()).toMatchObject([{ kind: 'unsubscribe', words: null }]);
    expect(await recentFeedback(database.db, other, 10)).toMatchObject([{ kind: 'unsubscribe' }]);
    await judge();
    await database.db.$client.query(`update subscriber set status = 'active', ended_at = null`);
    await mailTo(addresses[0]!, leave(2), EMAIL);
    await judge();
    expect(await status()).toBe('unsubscribed');
  });

  test('as an answer tells by what it replies to whose request it is, and a complaint does not', async () => {
    const stranger = complaint('<theirs@example.org>');
    const replying = `In-Reply-To: <digest.${mark()}@papers.example>\r\n${stranger}`;
    const request = `From: r@example.org\r\nIn-Reply-To: <digest.${mark()}@papers.example>\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n`;
    const keep = async (raw: string) => {
      const bytes = Buffer.from(raw);
      const one = heardInMail(bytes, await readReport(bytes), { via: 'pipe' })!;
      return receiveFeedback(deps(), [one]);
    };
    expect(await keep(replying.replace('Message-ID: <theirs@example.org>\r\n', ''))).toMatchObject({ strange: 1 });
    expect(await keep(request)).toMatchObject({ kept: 1 });
    expect(await heard()).toMatchObject([{ kind: 'unsubscribe', words: null }]);
  });

  test('is kept though its words hold a NUL, half a letter, a link and an address in code', async () => {
    const words = `550 no\0 reader%40example.org https://x.example/t/s3cret ${'x'.repeat(400)}`;
    await mailTo(`b+${mark()}@${DOMAIN}`, dsn().replace('550 5.1.1 No such user here', words));
    const [kept] = await heard();
    expect(kept).toMatchObject({ words: expect.stringContaining('<link>') });
    expect(kept!.words).not.toMatch(/reader|s3cret|\0/);
  });
});

test('to subscribe@ from a network that asked too often waits', async () => {
  asked = Array.from({ length: MOST_ASKED }, () => 'someone@example.net');
  const raw = 'From: New <new@example.net>\r\nSubject: hello\r\n\r\nPlease.\r\n';
  await expect(mailTo(`subscribe@${DOMAIN}`, raw, 'new@example.net')).rejects.toThrow(/451 4\.7\.0/);
});

describe('the listener', () => {
  test('relays nothing, takes no address that is not its own, and tells of none', async () => {
    for (const to of [EMAIL, `someone@${DOMAIN}`, 'b+x@elsewhere.example', `postmaster@${DOMAIN}`])
      await expect(mailTo(to, dsn())).rejects.toThrow(/550 5\.1\.1 No such address here/);
  });

  test('asks to try again what cannot be kept, and keeps it then', async () => {
    await database.db.$client.query('alter table feedback rename to feedback_away');
    await expect(mailTo(`b+${mark()}@${DOMAIN}`, dsn())).rejects.toThrow(/451/);
    await database.db.$client.query('alter table feedback_away rename to feedback');
    await mailTo(`b+${mark()}@${DOMAIN}`, dsn());
    expect(await heard()).toHaveLength(1);
  });

  test('refuses what is too large, and survives clients that speak nonsense', async () => {
    const large = dsn(`${'x'.repeat(70)}\r\n`.repeat(80_000));
    await expect(mailTo(`b+${mark()}@${DOMAIN}`, large)).rejects.toThrow(/552|size/);
    const nonsense = ['\0\0\0\r\n', 'MAIL FROM:<\r\nRCPT\r\nDATA\r\n', `EHLO ${'x'.repeat(5000)}\r\n`, 'STARTTLS\r\n'];
    for (const words of nonsense)
      await new Promise<void>((resolve) => {
        const socket = connect(inbound.port, '127.0.0.1', () => socket.end(words));
        socket
          .on('close', () => resolve())
          .on('error', () => resolve())
          .resume();
      });
    await mailTo(`b+${mark()}@${DOMAIN}`, dsn());
    expect(await heard()).toHaveLength(1);
  });
});

describe.skipIf(process.getuid?.() !== 0)('as root', () =>
  requires('dovecot')('a mailbox', () => {
    test('is read from where it ended: what is ours is kept and marked as read, all else stays as it is', async () => {
      await using server = await dovecot();
      const collect = createMailbox({ ...deps(), url: server.url });
      server.put('1.a', 'From: a@example.org\r\nSubject: hello\r\n\r\nA letter.\r\n');
      server.put('2.b', dsn());
      server.put('3.c', complaint('<digest.2026-05-27.1.aaaaaaaaaaaaaaaaa@papers.example>'));
      await collect();
      expect(await heard()).toMatchObject([{ kind: 'hard', via: 'imap', digestDate: DATE }]);
      expect(server.read()).toEqual(['2.b']);
      server.put('4.d', complaint(`<digest.${mark()}@papers.example>`));
      await collect();
      expect((await heard()).map(({ kind }) => kind)).toEqual(['complaint', 'hard']);
      expect(server.read()).toEqual(['2.b', '4.d']);
      // Another process begins anew, and finds nothing new.
      await createMailbox({ ...deps(), url: server.url })();
      expect(await heard()).toHaveLength(2);
    });

    test('is not blamed for a database that fails, and is read on from the message that was not kept', async () => {
      await using server = await dovecot();
      const collect = createMailbox({ ...deps(), url: server.url });
      server.put('1.a', complaint(`<digest.${mark()}@papers.example>`));
      server.put('2.b', dsn());
      await database.db.$client.query(`alter table feedback add constraint hard_ones check (kind <> 'hard')`);
      await expect(collect()).rejects.not.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      expect(server.read()).toEqual(['1.a']);
      await database.db.$client.query('alter table feedback drop constraint hard_ones; truncate feedback');
      await collect();
      expect((await heard()).map(({ kind }) => kind)).toEqual(['hard']);
      expect(server.read()).toEqual(['1.a', '2.b']);
    });

    test('gets no password without TLS, where TLS is wanted', async () => {
      await using server = await dovecot();
      server.put('1.a', dsn());
      await expect(createMailbox({ ...deps(), url: `${server.url}/INBOX?tls=on` })()).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      });
      expect(await heard()).toEqual([]);
      await createMailbox({ ...deps(), url: `${server.url}/INBOX` })();
      expect(await heard()).toHaveLength(1);
    });

    test('that cannot be opened is told in one sentence', async () => {
      const url = `imap://u:wrong@127.0.0.1:${await freePort()}`;
      await expect(createMailbox({ ...deps(), url })()).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringContaining('IMAP_URL'),
      });
    });
  }),
);

test('a delivery of which it was not known whether it left is settled by what comes back of it', async () => {
  await database.db.$client.query(`update delivery set state = 'unknown', reason = 'lost'`);
  await mailTo(`b+${mark()}@${DOMAIN}`, dsn());
  await judge();
  const { rows } = await database.db.$client.query('select state, reason from delivery');
  expect(rows).toEqual([{ state: 'accepted', reason: 'settled' }]);
});
