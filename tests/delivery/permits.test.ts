import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPermits } from '../../src/delivery/permits.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

test('never more permits are out than the limit, nobody who waits is forgotten, and who lost interest costs nobody a turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.constantFrom('take', 'give back', 'give up'), fc.nat(9)), { maxLength: 80 }),
      (limit, steps) => {
        const permits = createPermits(limit);
        const messages = Array.from({ length: 10 }, () => ({
          permit: permits(() => true),
          state: 'idle' as 'idle' | 'waiting' | 'out' | 'gone',
        }));
        const take = (m: (typeof messages)[number]): void => {
          if (m.state === 'idle' || m.state === 'waiting')
            m.state = m.permit.take(() => take(m)) === 'go' ? 'out' : 'waiting';
        };
        for (const [step, n] of steps) {
          const m = messages[n]!;
          if (step === 'take' && m.state === 'idle') take(m);
          if (step === 'give up' && m.state === 'waiting') m.state = 'gone';
          if (step === 'give back' && m.state === 'out') {
            m.state = 'gone';
            m.permit.giveBack();
            m.permit.giveBack();
          }
          const out = messages.filter(({ state }) => state === 'out').length;
          expect(out).toBeLessThanOrEqual(limit);
          if (messages.some(({ state }) => state === 'waiting')) expect(out).toBe(limit);
        }
      },
    ),
  );
});

test('of two connections with six messages no more text leaves than permits allow, until what became of it is recorded', async () => {
  await using relay = await mailReceiver();
  const transport = createSmtpTransport({ urls: [relay.url], connections: 2, name: 'papers.example' });
  const permits = createPermits(3);
  const sent = Array.from({ length: 6 }, (_, i) => {
    const permit = permits(() => true);
    const to = `reader${i}@example.net`;
    return transport
      .send(
        { from: 'b+1@papers.example', to, message: [Buffer.from(`Message-ID: <${i}>\r\n\r\nHello\r\n`)] },
        undefined,
        permit,
      )
      .then(() => permit);
  });
  const answered: Awaited<(typeof sent)[number]>[] = [];
  for (const one of sent) void one.then((permit) => answered.push(permit));
  await until('three answers', async () => answered.length === 3);
  // The envelopes of two more are there; a round trip later their text still is not.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(relay.received).toHaveLength(3);
  answered[0]!.giveBack();
  await relay.whenReceived(4);
  for (const one of sent) void one.then((permit) => permit.giveBack());
  await Promise.all(sent);
  expect(new Set(relay.received.map(({ to }) => to)).size).toBe(6);
  await transport.close();
});

test('a message that is no longer ours when the relay asks for its text is not sent, and its connection is given up', async () => {
  await using relay = await mailReceiver();
  const transport = createSmtpTransport({ urls: [relay.url], connections: 1, name: 'papers.example' });
  const permit = createPermits(2)(() => false);
  const result = await transport.send(
    {
      from: 'b+1@papers.example',
      to: 'reader@example.net',
      message: [Buffer.from('Message-ID: <1>\r\n\r\nHello\r\n')],
    },
    undefined,
    permit,
  );
  expect(result).toMatchObject({ kind: 'withdrawn' });
  await transport.close();
  expect(relay.received).toEqual([]);
});
