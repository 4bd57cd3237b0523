import { type AddressChangeDeps, askToMove, getMove, sayYes, stay } from './address-change.ts';
import { type FollowWish, getFollows, setFollows } from './follows.ts';
import { comeBack, type Offer, sayWhy } from './leaving.ts';
import { eraseMe, getOwnData } from './own-data.ts';
import { getPreferences, languageOfReader, type PreferencesInput, readerOf, setPreferences } from './preferences.ts';
import {
  forgetTaste,
  getSay,
  type OwnWeight,
  type SayDeps,
  type SayLink,
  setSay,
  setTaste,
  tasteOfReader,
} from './say.ts';
import { getStanding } from './standing.ts';
import {
  checkToken,
  confirm,
  confirmAgain,
  getWish,
  type SignUp,
  subscribe,
  type SubscribeDeps,
  unsubscribe,
} from './subscribe.ts';
import type { Purpose } from './tokens.ts';
import type { LeavingReason } from '../subscriber.ts';

type ActionDeps = SubscribeDeps &
  AddressChangeDeps &
  SayDeps & {
    /** Throws CLOCK_WRONG while this machine's clock is: what a reader asks for then would be dated wrongly. */
    requireTrueClock: () => Promise<unknown>;
  };

/** What readers can do, bound to what it needs. What begins with `get` or `check` changes nothing. */
export type SubscriberActions = ReturnType<typeof createActions>;

export function createActions(deps: ActionDeps) {
  const inTime =
    <Asked extends unknown[], Answer>(act: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      await deps.requireTrueClock();
      return act(...asked);
    };
  return {
    /** Resolves alike for every address; throws ADDRESS_INVALID or INPUT_INVALID. */
    subscribe: (input: SignUp) => subscribe(deps, input),
    /** Throws INPUT_INVALID where no confirmation can go now. */
    confirmAgain: inTime((subscriberId: number) => confirmAgain(deps, subscriberId)),
    /** A form was filled in by a program. */
    noteDecoy: (network: string) => deps.guard.noteDecoy(network),
    getWish: (token: string) => getWish(deps, token),
    confirm: inTime((token: string) => confirm(deps, token)),
    unsubscribe: (token: string) => unsubscribe(deps, token),
    comeBack: inTime((token: string, offer: Offer) => comeBack(deps, token, offer)),
    sayWhy: (token: string, reason: LeavingReason) => sayWhy(deps, token, reason),
    /** Throws TOKEN_INVALID. */
    checkToken: (purpose: Purpose, token: string) => checkToken(deps, purpose, token),
    /** The tag of the language of a link's reader; `null`: the newsletter's, or the link is not good. */
    getLanguage: (purpose: Purpose, token: string) => languageOfReader(deps, purpose, token),
    getStanding: (token: string) => getStanding(deps, token),
    getPreferences: (token: string) => getPreferences(deps, token),
    setPreferences: inTime((token: string, input: PreferencesInput) => setPreferences(deps, token, input)),
    getFollows: (token: string) => getFollows(deps, token),
    /** Throws TOKEN_INVALID or INPUT_INVALID. */
    setFollows: inTime((token: string, wish: FollowWish) => setFollows(deps, token, wish)),
    getTaste: async (token: string) => tasteOfReader(deps, (await readerOf(deps, token)).id),
    setTaste: inTime(async (token: string, wanted: readonly OwnWeight[]) =>
      setTaste(deps, (await readerOf(deps, token)).id, wanted),
    ),
    forgetTaste: inTime(async (token: string) => forgetTaste(deps, (await readerOf(deps, token)).id)),
    getSay: (link: SayLink) => getSay(deps, link),
    setSay: inTime((link: SayLink, liked: boolean | null) => setSay(deps, link, liked)),
    /** Resolves alike for every address; throws ADDRESS_INVALID. */
    askToMove: inTime((token: string, email: string) => askToMove(deps, token, email)),
    checkMove: async (purpose: 'move' | 'stay', token: string) => void (await getMove(deps, purpose, token)),
    /** The new mailbox confirms, and the old one agrees: whether the digests move by that. */
    move: inTime((token: string) => sayYes(deps, 'new', token)),
    agree: inTime((token: string) => sayYes(deps, 'old', token)),
    stay: (token: string) => stay(deps, token),
    getOwnData: (token: string) => getOwnData(deps, token),
    erase: (token: string) => eraseMe(deps, token),
  };
}
