import { createKeyring } from '../../src/subscribers/tokens.ts';

/** The keys of tests that need some. */
export const KEYRING = createKeyring(['a secret of the tests, long enough to be one']);

/** No domain's mail is held, and what is refused waits for its minute. */
export const WITHOUT_BRAKES = {
  keyring: KEYRING,
  brakes: { admit: () => null, letGoAt: () => null },
  enqueueJudge: async () => {},
};

/** What a guard of the form asks for where tests do the work. */
export const EASY_WORK = { cost: 2, keyPrefix: '00' };
