import { expect, test } from 'vitest';
import { readReport } from '../../src/feedback/read.ts';
import { fluflBounces, phpBounces, phpComplaints, reports } from '../support/feedback-corpora.ts';
import { randomOf } from '../support/random.ts';
import { SHARED_DATA_MISSING } from '../support/shared-data.ts';

const COUNT = Number(process.env['FEEDBACK_COUNT'] ?? 300);
const SEED = Number(process.env['FEEDBACK_SEED'] ?? 14);
const LONGEST_MS = 50;

const WHOLE = Buffer.from(
  [
    'From: MAILER-DAEMON@mx.example.net',
    'Subject: failure notice',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    '',
    'Your message could not be delivered to <a@example.com>: user unknown',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Final-Recipient: rfc822; a@example.com',
    'Action: failed',
    'Status: 5.1.1',
    '--b--',
  ].join('\n'),
);

/** Pieces that parsers and patterns stumble over. */
const PIECES = [
  '\0',
  '\r',
  '\n\n',
  '--b\n',
  '=?utf-8?q?',
  '<a@b.cd>: ',
  'a@',
  '-',
  ' ',
  '\t',
  '"',
  '(',
  'a.',
  '=\n',
  'Content-Type: multipart/mixed; boundary=b\n\n--b\n',
  'user unknown ',
  'quota exceeded ',
  '550 5.1.1 ',
  '\u00ff',
  'to: ',
];

function mutated(bytes: Buffer, random: (n: number) => number): Buffer {
  let out = Buffer.from(bytes);
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(out.length + 1);
    const end = Math.min(out.length, at + random(2000));
    const piece = Buffer.from(PIECES[random(PIECES.length)]!);
    switch (random(5)) {
      case 0:
        out = Buffer.concat([out.subarray(0, at), out.subarray(end)]);
        break;
      case 1:
        out = Buffer.concat([out.subarray(0, end), out.subarray(at)]);
        break;
      case 2:
        if (at < out.length) out[at] = random(256);
        break;
      case 3:
        out = Buffer.concat([
          out.subarray(0, at),
          ...Array.from({ length: 1 + random(3000) }, () => piece),
          out.subarray(at),
        ]);
        break;
      default:
        out = out.subarray(0, at);
    }
  }
  return out;
}

/** Of computing, the best of three: the machine may be doing something else. */
async function millisecondsOf(bytes: Buffer): Promise<number> {
  let best = Infinity;
  for (let n = 0; n < 3 && best > LONGEST_MS; n++) {
    const before = process.cpuUsage();
    await readReport(bytes);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test(
  `${COUNT} mutated messages: no crash, none over ${LONGEST_MS} ms, and memory is bounded`,
  async () => {
    const random = randomOf(SEED);
    const real = SHARED_DATA_MISSING ? [] : [...fluflBounces(), ...phpBounces(), ...phpComplaints(), ...reports()];
    const seeds = [WHOLE, ...real.map(({ bytes }) => bytes)];
    let longest = 0;
    for (let n = 0; n < 20; n++) await readReport(seeds[n % seeds.length]!);
    const before = process.memoryUsage().rss;
    for (let n = 0; n < COUNT; n++) {
      const message = mutated(seeds[random(seeds.length)]!, random);
      const took = await millisecondsOf(message);
      longest = Math.max(longest, took);
      expect(took, `message ${n} of seed ${SEED}`).toBeLessThan(LONGEST_MS);
    }
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
    if (COUNT > 1000)
      console.log(JSON.stringify({ count: COUNT, longest: Math.round(longest), grown: Math.round(grown) }));
    expect(grown).toBeLessThan(256);
  },
  30_000 + 40 * COUNT,
);
