import { readFileSync } from 'node:fs';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { createComposer } from '../../src/delivery/compose.ts';
import { createSigner, type Sign } from '../../src/mail/dkim/signer.ts';
import { addDays } from '../../src/day.ts';
import type { Scene } from '../scene.ts';

/** As many as are under way at once in a worker of twenty connections. */
const AT_ONCE = 40;
const MESSAGES = 2_000;

export interface Key {
  domain: string;
  selector: string;
  keyFile: string;
}

/**
 * Signs the day's messages, which share their blocks, with a signer of Paperboy's: messages a
 * second.
 */
export async function signWithOurs(scene: Scene, { domain, selector, keyFile }: Key): Promise<number> {
  const signer = await createSigner({ domain, rsa: { selector, keyFile }, ed25519: null }, scene.store.log);
  return sign(scene, signer!.sign);
}

/**
 * The same with mailauth, which takes a message as one buffer, and its key as text that it parses
 * for each.
 */
export function signWithMailauth(scene: Scene, { domain, selector, keyFile }: Key): Promise<number> {
  const key = { signingDomain: domain, selector, privateKey: readFileSync(keyFile) };
  const options = { canonicalization: 'relaxed/relaxed', algorithm: 'rsa-sha256', ...key, signatureData: [key] };
  return sign(scene, async (message) => {
    const { signatures } = await dkimSign(Buffer.concat(message), { ...options, signTime: new Date() });
    if (!signatures) throw new Error('mailauth did not sign');
    return [Buffer.from(signatures), ...message];
  });
}

async function sign(scene: Scene, signer: Sign): Promise<number> {
  const { compose } = createComposer(scene.store);
  const messages = await Promise.all(
    Array.from({ length: MESSAGES }, (_, n) =>
      compose(scene.firstDay, {
        subscriberId: n + 1,
        email: `reader${n + 1}@example.net`,
        topics: ['all'],
        since: addDays(scene.firstDay, -1),
        frozenAt: new Date(),
        wantsFresh: true,
        length: 10,
        taste: '',
        had: '',
      }),
    ),
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < MESSAGES) await signer(messages[next++]!.message);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return MESSAGES / ((performance.now() - started) / 1000);
}
