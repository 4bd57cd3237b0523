import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { type Challenge, challengeText, createGuard, type Guard } from '../../src/subscribers/guard.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { EASY_WORK, KEYRING } from '../support/keys.ts';

const START = new Date('2026-05-29T23:10:00Z');
const MINUTE = 60_000;
const HOME = '192.0.2.0/24';
const ELSEWHERE = '198.51.100.0/24';

let database: TestDatabase;
let now: Date;
let guard: Guard;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'network_hour', 'used_challenge');
  now = START;
  guard = createGuard({ db: database.db, keyring: KEYRING, now: () => now }, EASY_WORK);
});

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const signUp = (network = HOME, proof?: string) => guard.admit(network, proof);
const many = async (times: number, network = HOME) => {
  const answers = [];
  for (let i = 0; i < times; i++) answers.push(await signUp(network));
  return answers;
};
/** What a network gets that sends many sign-ups. */
const challenged = async (): Promise<Challenge> => (await many(21)).at(-1)!;
const proofBy = (work: unknown, solution?: unknown) =>
  Buffer.from(JSON.stringify({ challenge: work, solution })).toString('base64');
const workOff = async ({ work }: Challenge) => proofBy(work, await solveChallenge({ challenge: work, deriveKey }));

describe('a network', () => {
  test('signs up twenty within the hour unasked, and is asked for work with each further one', async () => {
    const answers = await many(22);
    expect(answers.map((challenge) => challenge === null)).toEqual([...Array(20).fill(true), false, false]);
    expect(await signUp(ELSEWHERE)).toBeNull();
  });

  test('is asked for so much work that a browser takes a second and a flood hours', async () => {
    const strict = createGuard({ db: database.db, keyring: KEYRING, now: () => now });
    for (let i = 0; i < 20; i++) await strict.admit(HOME, undefined);
    expect((await strict.admit(HOME, undefined))!.work.parameters).toMatchObject({ cost: 4, keyPrefix: '0000' });
  });

  test('is known across the hour and the day, and no longer than the hour after', async () => {
    await challenged();
    pass(51 * MINUTE);
    expect(await signUp()).not.toBeNull();
    pass(120 * MINUTE);
    expect(await signUp()).toBeNull();
  });

  test('is counted for all processes together, those that ask at once too', async () => {
    const db = openDatabase(database.address, 2);
    const other = createGuard({ db, keyring: KEYRING, now: () => now }, EASY_WORK);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? guard : other).admit(HOME, '')));
    expect(answers.filter((challenge) => challenge !== null)).toHaveLength(10);
    await db.$client.end();
  });

  test('whose forms programs fill in is asked at once', async () => {
    for (let i = 0; i < 2; i++) await guard.noteDecoy(HOME);
    expect(await signUp()).toBeNull();
    await guard.noteDecoy(HOME);
    expect(await signUp()).not.toBeNull();
  });

  test('stands in the database under a key of its day, and not as itself', async () => {
    await many(1);
    const { rows } = await database.db.$client.query<{ network: string }>('select network from network_hour');
    expect(rows[0]!.network).toMatch(/^[\w-]{22}$/);
    const [today, yesterday] = guard.pseudonymsOf(HOME);
    expect(rows[0]!.network).toBe(today);
    expect(yesterday).not.toBe(today);
    pass(60 * MINUTE);
    expect(guard.pseudonymsOf(HOME)[1]).toBe(today);
  });
});

describe('a proof', () => {
  test('of work lets one sign-up pass, once, in whichever process it comes', async () => {
    const proof = await workOff(await challenged());
    const db = openDatabase(database.address, 2);
    const other = createGuard({ db, keyring: KEYRING, now: () => now }, EASY_WORK);
    const answers = await Promise.all([guard, other, guard, other].map((one) => one.admit(HOME, proof)));
    expect(answers.filter((challenge) => challenge === null)).toHaveLength(1);
    await db.$client.end();
  });

  test('by waiting counts after two minutes, once, and ten times an hour', async () => {
    const first = await challenged();
    const waiting = [challengeText(first)];
    while (waiting.length < 12) waiting.push(challengeText((await signUp())!));
    pass(first.opensAt.getTime() - START.getTime() - 1);
    expect(await signUp(HOME, waiting[0])).not.toBeNull();
    pass(1);
    const answers = [];
    for (const proof of waiting) answers.push(await signUp(HOME, proof));
    expect(answers.filter((challenge) => challenge === null)).toHaveLength(10);
    expect(await signUp(HOME, waiting[0])).not.toBeNull();
    // The next hour brings ten more: none is shut out for good.
    pass(50 * MINUTE);
    expect(await signUp(HOME, waiting[11])).not.toBeNull();
    await many(1);
    const next = (await challengedAgain())!;
    pass(2 * MINUTE);
    expect(await signUp(HOME, challengeText(next))).toBeNull();
  });
  const challengedAgain = async () => (await many(1))[0];

  test('that is too old, altered, of another key or no proof at all counts for nothing', async () => {
    const challenge = await challenged();
    const { work } = challenge;
    const good = await workOff(challenge);
    const easier = { ...work, parameters: { ...work.parameters, keyPrefix: '0' } };
    const others = createGuard(
      { db: database.db, keyring: createKeyring(['another key'.repeat(4)]), now: () => now },
      EASY_WORK,
    );
    for (let i = 0; i < 20; i++) await others.admit(HOME, undefined);
    const foreign = (await others.admit(HOME, undefined))!;
    const bad = [
      proofBy(easier, await solveChallenge({ challenge: easier, deriveKey })),
      await workOff(foreign),
      proofBy(work, { counter: 0, derivedKey: '0000' }),
      proofBy(work, { counter: -1, derivedKey: null }),
      proofBy(work, 'x'),
      proofBy(null),
      proofBy({ parameters: null, signature: '' }),
      proofBy({ ...work, signature: 7 }),
      '',
      'x',
      'x'.repeat(100_000),
      Buffer.from('['.repeat(1_400)).toString('base64'),
    ];
    for (const proof of bad) expect(await signUp(HOME, proof), proof.slice(0, 80)).not.toBeNull();
    pass(121 * MINUTE);
    await challenged();
    expect(await signUp(HOME, good)).not.toBeNull();
  });

  test('of a challenge from before a change of keys still counts', async () => {
    const proof = await workOff(await challenged());
    const secrets = ['a secret of the tests, long enough to be one'];
    const rotated = createGuard({
      db: database.db,
      keyring: createKeyring(['n'.repeat(32), ...secrets]),
      now: () => now,
    });
    for (let i = 0; i < 20; i++) await rotated.admit(HOME, undefined);
    expect(await rotated.admit(HOME, proof)).toBeNull();
  });
});
