import { createChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import type { Challenge as AltchaChallenge, Solution } from 'altcha-lib/types';
import { dayOf } from '../day.ts';
import type { Db } from '../db/client.ts';
import {
  countDecoy,
  countSignUps,
  countWait,
  type NetworkActivity,
  type NetworkAt,
  useChallenge,
} from '../db/sign-ups.ts';
import { DAY, HOUR, MINUTE } from '../duration.ts';
import { inGroups } from './requests.ts';
import { type Keyring, pseudonymOf } from './tokens.ts';

/** So many sign-ups of a network within this hour and the last are no household's and no office's. */
const MANY_SIGN_UPS = 20;
/** One form that was filled in blindly may be a browser's doing; three are a program's. */
const MANY_DECOYS = 3;
/** How long a challenge may be answered: a form is left open over lunch. */
const CHALLENGE_MS = 2 * HOUR;
/** Who has no script waits so long instead; and so many of a network may within an hour. */
const WAIT_MS = 2 * MINUTE;
const WAITS_AN_HOUR = 10;
/** 16 bits of four digests each, 262,144 on average: about half a second of a laptop, and two of a telephone. */
const WORK: Work = { cost: 4, keyPrefix: '0000' };

/** How many digests one try takes, and how the last of them has to begin. */
interface Work {
  cost: number;
  keyPrefix: string;
}

/** What a network that sends many sign-ups is asked for with each further one. */
export interface Challenge {
  /** The challenge to be worked on; base64 of its JSON is a proof too, once `opensAt` has come. */
  work: AltchaChallenge;
  /** From when on it counts without the work. */
  opensAt: Date;
}

/** Looks after the form: who floods it has to work or to wait. */
export interface Guard {
  /** The network under the key of its day, and of the day before. */
  pseudonymsOf(network: string): readonly string[];
  /** Counts a sign-up. `null`: it may go on; else what is to be done first. The address is not looked at. */
  admit(network: string, proof: string | undefined): Promise<Challenge | null>;
  /** Counts a form that a program filled in. */
  noteDecoy(network: string): Promise<void>;
}

const isSuspicious = ({ signUps, decoys }: NetworkActivity): boolean =>
  signUps > MANY_SIGN_UPS || decoys >= MANY_DECOYS;

/** Counts are shared by all processes through the database; a network stands there under a key of its day. */
export function createGuard(
  { db, keyring, now }: { db: Db; keyring: Keyring; now: () => Date },
  wanted: Work = WORK,
): Guard {
  const count = inGroups(
    (networks: readonly NetworkAt[]) => countSignUps(db, networks),
    ({ network, hour }) => `${network} ${hour.getTime()}`,
  );
  const pseudonymAt = (network: string, at: Date): string =>
    pseudonymOf(keyring.secrets(`network ${dayOf(at)}`)[0]!, network);
  const placeOf = (network: string): NetworkAt => {
    const hour = new Date(Math.floor(now().getTime() / HOUR) * HOUR);
    const hourBefore = new Date(hour.getTime() - HOUR);
    return {
      network: pseudonymAt(network, hour),
      hour,
      before: { network: pseudonymAt(network, hourBefore), hour: hourBefore },
    };
  };
  return {
    pseudonymsOf: (network) => [now(), new Date(now().getTime() - DAY)].map((at) => pseudonymAt(network, at)),
    async admit(network, proof) {
      const place = placeOf(network);
      if (!isSuspicious(await count(place))) return null;
      if (proof !== undefined && (await isProven({ db, keyring, now: now() }, place, proof))) return null;
      return newChallenge(keyring, now(), wanted);
    },
    noteDecoy: (network) => countDecoy(db, placeOf(network)),
  };
}

async function newChallenge(keyring: Keyring, now: Date, wanted: Work): Promise<Challenge> {
  const work = await createChallenge({
    algorithm: 'SHA-256',
    ...wanted,
    deriveKey,
    // Not by the library's own expiry, which knows only the end.
    data: { madeAt: now.getTime() },
    hmacSignatureSecret: keyring.secrets('challenge')[0]!,
  });
  return { work, opensAt: new Date(now.getTime() + WAIT_MS) };
}

/** Whether a challenge of ours was met, by work or by waiting, and is used for the first time. */
async function isProven(
  { db, keyring, now }: { db: Db; keyring: Keyring; now: Date },
  place: NetworkAt,
  text: string,
): Promise<boolean> {
  const proof = readProof(text);
  if (proof === null) return false;
  const { challenge, solution } = proof;
  const verdict = await verdictOn(keyring, challenge, solution);
  const madeAt = Number(challenge.parameters.data?.['madeAt']);
  const age = now.getTime() - madeAt;
  if (!verdict.isOurs || !(age <= CHALLENGE_MS)) return false;
  if (!verdict.isSolved && age < WAIT_MS) return false;
  const isFirstUse = await useChallenge(db, challenge.parameters.nonce, new Date(madeAt + CHALLENGE_MS));
  return isFirstUse && (verdict.isSolved || countWait(db, place, WAITS_AN_HOUR));
}

async function verdictOn(
  keyring: Keyring,
  challenge: AltchaChallenge,
  solution: Solution,
): Promise<{ isOurs: boolean; isSolved: boolean }> {
  for (const hmacSignatureSecret of keyring.secrets('challenge')) {
    const found = await verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret });
    if (found.invalidSignature === false) return { isOurs: true, isSolved: found.verified };
  }
  return { isOurs: false, isSolved: false };
}

/** Longer is no proof of ours. */
const LONGEST_PROOF = 2_000;

/** Base64 of `{"challenge": …, "solution": …}`, as altcha writes it; `null` for what is none. */
function readProof(text: string): { challenge: AltchaChallenge; solution: Solution } | null {
  if (text.length > LONGEST_PROOF) return null;
  try {
    const { challenge, solution = { counter: 0, derivedKey: '' } } = JSON.parse(
      Buffer.from(text, 'base64').toString(),
    ) as { challenge: AltchaChallenge; solution?: Solution };
    const isShaped = typeof challenge.signature === 'string' && typeof challenge.parameters.nonce === 'string';
    return isShaped ? { challenge, solution } : null;
  } catch {
    return null;
  }
}

/** A challenge as a form carries it, and as a proof by waiting is given. */
export const challengeText = ({ work }: Challenge): string =>
  Buffer.from(JSON.stringify({ challenge: work })).toString('base64');
