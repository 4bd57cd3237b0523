import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW, testSite, type TestSite } from '../support/site.ts';
import { randomOf } from '../support/random.ts';

/**
 * How many requests there are of each state. ALIKE=2000 compares the medians as they are promised;
 * few requests on a busy machine show only a difference that anyone could see.
 */
const COUNT = Number(process.env['ALIKE'] ?? 60);
const APART = COUNT >= 1000 ? 0.05 : 0.35;

/** Every state that an address can be in when it is typed in, each with how its row is written. */
const STATES = {
  new: null,
  pending: `'pending', null, now() - interval '1 day'`,
  'asked a minute ago': `'pending', null, $3::timestamptz - interval '1 minute'`,
  active: `'active', null, null`,
  left: `'unsubscribed', now(), null`,
  bounced: `'bounced', now(), null`,
  suppressed: null,
} as const;
type State = keyof typeof STATES;
const NAMES = Object.keys(STATES) as State[];

/** Addresses of one length, so that the state alone differs. */
const addressOf = (way: string, state: State, i: number): string =>
  `${way}${NAMES.indexOf(state)}-${String(i).padStart(5, '0')}@example.org`;

describe('what a stranger is told', () => {
  let site: TestSite;
  let agent: Agent;
  let client = 0;
  beforeAll(async () => {
    site = await testSite({ trustProxy: true });
    await site.app.listen({ host: '127.0.0.1', port: 0 });
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterAll(async () => {
    agent.destroy();
    await site[Symbol.asyncDispose]();
  });

  async function bring(way: string): Promise<void> {
    const addresses = (state: State) => Array.from({ length: COUNT }, (_, i) => addressOf(way, state, i));
    for (const [state, row] of Object.entries(STATES) as [State, string | null][])
      if (row !== null)
        await site.db.$client.query(
          `insert into subscriber (email, topics, frequency, timezone, send_hour, created_at, status, ended_at, requested_at)
           select email, '{all}', 'daily', 'UTC', 8, $2, ${row}
           from unnest($1::text[]) email
           where $3::timestamptz is not null`,
          [addresses(state), NOW, NOW],
        );
    const hashes = addresses('suppressed').map((address) => site.keyring.hashesOf(address)[0]!);
    await site.db.$client.query(
      `insert into suppression (address_hash, reason, created_at) select hash, 'bounced', now() from unnest($1::bytea[]) hash`,
      [hashes],
    );
    await site.db.$client.query('analyze subscriber');
  }

  /** Sends a body over a kept connection, from a network of its own. Gives the answer and its milliseconds. */
  function send(path: string, type: string, body: string): Promise<{ said: string; took: number }> {
    const { port } = site.app.server.address() as AddressInfo;
    client += 1;
    const from = `10.${client >> 8}.${client & 255}.1`;
    const headers = { 'content-type': type, 'x-forwarded-for': from, 'content-length': body.length };
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => {
          const { date: _, ...rest } = answer.headers;
          const said = JSON.stringify([answer.statusCode, text, rest]);
          resolve({ said, took: performance.now() - began });
        });
      });
      sent.on('error', reject).end(body);
    });
  }

  test.each([
    [
      'form',
      '/subscribe',
      'application/x-www-form-urlencoded',
      (email: string) => `email=${encodeURIComponent(email)}`,
    ],
    ['json', '/api/v1/subscriptions', 'application/json', (email: string) => JSON.stringify({ email })],
  ])(
    `by %s is the same for ${NAMES.join(', ')}: in body, headers and time`,
    { timeout: 600_000 },
    async (way, path, type, bodyOf) => {
      await bring(way);
      const random = randomOf(7);
      const said = new Set<string>();
      const took = new Map<State, number[]>(NAMES.map((state) => [state, []]));
      for (let i = 0; i < COUNT; i++) {
        const turn = NAMES.map((state) => ({ state, at: random(1_000_000) })).toSorted((a, b) => a.at - b.at);
        for (const { state } of turn) {
          const answer = await send(path, type, bodyOf(addressOf(way, state, i)));
          said.add(answer.said);
          took.get(state)!.push(answer.took);
        }
      }
      expect([...said]).toEqual([expect.stringMatching(/^\[202,/)]);
      const medians = NAMES.map((state) => [state, took.get(state)!.toSorted((a, b) => a - b)[COUNT >> 1]!] as const);
      const middle = medians.map(([, median]) => median).toSorted((a, b) => a - b)[NAMES.length >> 1]!;
      if (COUNT >= 1000) console.info(way, Object.fromEntries(medians.map(([state, ms]) => [state, ms.toFixed(3)])));
      for (const [state, median] of medians)
        expect(
          Math.abs(median / middle - 1),
          `${state}: ${median.toFixed(3)} ms, the middle of all ${middle.toFixed(3)}`,
        ).toBeLessThan(APART);
    },
  );
});
