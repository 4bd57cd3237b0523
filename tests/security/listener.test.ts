import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import { startInbound } from '../../src/feedback/inbound.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase } from '../support/database.ts';
import { KEYRING } from '../support/keys.ts';
import { addReaders } from '../support/ledger.ts';
import { randomOf } from '../support/random.ts';

const SESSIONS = Number(process.env['LISTENER_SESSIONS'] ?? 150);
const AT_ONCE = 100;
const DOMAIN = 'bounces.papers.example';
const MEGABYTE = 1024 * 1024;

test(
  `the listener under ${SESSIONS} hostile sessions relays nothing, keeps nothing, grows little, and still listens`,
  { timeout: 300_000 },
  async () => {
    await using database = await testDatabase();
    const [id] = (await addReaders(database.db, [{ email: 'reader@example.org' }])) as [number];
    const asked: string[] = [];
    const now = () => new Date('2026-05-27T09:00:00Z');
    const inbound = await startInbound({
      db: database.db,
      keyring: KEYRING,
      now,
      log: createLogger('silent'),
      domain: DOMAIN,
      host: '127.0.0.1',
      port: 0,
      protocol: 'smtp',
      subscribe: async (email) => asked.push(email) > 0,
    });
    const ours = `b+${KEYRING.mark({ subscriberId: id, date: '2026-05-27' })}@${DOMAIN}`;
    const random = randomOf(Number(process.env['LISTENER_SEED'] ?? 1));
    const strange = () => Buffer.from(Array.from({ length: 2_000 }, () => random(256)));
    const open = (rcpt: string) => `EHLO x\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<${rcpt}>\r\nDATA\r\n`;
    const ATTACKS: readonly (() => (string | Buffer)[])[] = [
      () => [open('victim@elsewhere.example'), 'Subject: spam\r\n\r\nbuy\r\n.\r\n'],
      () => [
        `EHLO x\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<victim%elsewhere.example@${DOMAIN}>\r\nDATA\r\nx\r\n.\r\n`,
      ],
      () => [open(`"b+x@elsewhere.example"@${DOMAIN}`), 'x\r\n.\r\n'],
      () => [`EHLO x\r\nMAIL FROM:<x@evil.example>\r\n${'RCPT TO:<' + ours + '>\r\n'.repeat(500)}`],
      () => [open(ours), `${'x'.repeat(60_000)}\r\n`.repeat(20)],
      () => [`EHLO ${'x'.repeat(500_000)}`],
      () => ['A'.repeat(2 * MEGABYTE)],
      () => [strange(), strange()],
      () => ['STARTTLS\r\n', strange()],
      () => ['AUTH PLAIN AHgAeA==\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n'],
      () => ['EHLO x\r\n'.repeat(5_000)],
      () => [open(ours), `${'Received: by x\r\n'.repeat(20_000)}\r\n.\r\n`],
      () => [
        open(ours),
        `Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n'.repeat(5_000)}\r\n.\r\n`,
      ],
      () => [open(`subscribe@${DOMAIN}`), `From: ${'a'.repeat(200_000)}\r\n\r\n.\r\n`],
      () => ['BDAT 99999999999999\r\n', 'RSET\0\r\nMAIL FROM:<\r\n', `MAIL FROM:<a@b.example> SIZE=99999999999\r\n`],
    ];
    let relayed = 0;
    async function attack(n: number): Promise<void> {
      const pieces = ATTACKS[n % ATTACKS.length]!();
      await new Promise<void>((resolve) => {
        let heard = '';
        const socket = connect(inbound.port, '127.0.0.1', () => {
          for (const piece of pieces) socket.write(piece);
          if (n % 3 === 0) socket.end();
          else setTimeout(() => socket.destroy(), 500);
        });
        socket
          .on('data', (chunk: Buffer) => {
            heard = (heard + chunk.toString('latin1')).slice(-1_000);
            if (n % ATTACKS.length < 3 && /^354/m.test(heard)) relayed++;
          })
          .on('error', () => {})
          .on('close', () => resolve());
      });
    }
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < SESSIONS) {
          await attack(next++);
          most = Math.max(most, process.memoryUsage().rss - before);
        }
      }),
    );
    console.log(`${SESSIONS} hostile sessions: ${Math.round(most / MEGABYTE)} MB more at most`);
    expect(relayed).toBe(0);
    expect(asked).toEqual([]);
    // 50 clients may hold 5 MB each; the clients of this test are in the same process.
    expect(most).toBeLessThan(400 * MEGABYTE);
    const { rows } = await database.db.$client.query('select status from subscriber where id = $1', [id]);
    expect(rows).toEqual([{ status: 'active' }]);
    await createTransport({ host: '127.0.0.1', port: inbound.port, ignoreTLS: true }).sendMail({
      envelope: { from: 'new@example.org', to: `subscribe@${DOMAIN}` },
      raw: 'From: new@example.org\r\nSubject: subscribe\r\n\r\n',
    });
    expect(asked).toEqual(['new@example.org']);
    await inbound.stop();
  },
);
