import { SCOPES, type Scope } from '../../api-key.ts';
import type { ApiKey } from '../../db/api-keys.ts';
import { capitalised, counted, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

const SAYS: Readonly<Record<Scope, string>> = {
  'health:read': 'see how the installation does',
  'health:write': 'have everything looked at now, and a test mailed to ALERT_TO',
  'digests:read': 'see how today stands, and the sums of digests',
  'digests:send': 'pause, resume, cancel and send digests',
  'editions:read': 'see what stands for the next edition, and digests as they would be sent',
  'editions:write': 'pin, drop, write the note and send tests',
  'subscribers:read': 'list and look up readers, their addresses masked, and see why no mail came',
  'subscribers:write': 'add, import, unsubscribe and erase readers, lift suppressions, and send one a digest',
  'subscribers:addresses': 'see and export the addresses of readers, and the messages as they were sent',
  'sources:read': 'see what each source brought',
  'sources:write': 'have a source asked now',
  'topics:read': 'see topics, and try changes of them',
  'topics:write': 'change topics',
  'numbers:read': 'see the numbers over time',
  'settings:read': 'see what the newspaper is called and how it looks',
  'settings:write': 'change that',
  'webhooks:read': 'see where programs are told, and whether it arrives',
  'webhooks:write': 'add, repeat and remove what programs are told',
  'keys:read': 'see which keys there are',
  'keys:write': 'revoke keys',
  'backups:read': 'see how the backups went',
  'backups:write': 'have a backup made now',
  'trail:read': 'see who did what',
  'mail:resume': 'let mail go out again after a restore',
};

export interface KeysView {
  sentence: string;
  /** The key that was just made: it is shown this once. */
  made: { name: string; key: string } | null;
  said: string | null;
  problem: string | null;
  /** What was typed in, where it could not be used. */
  name: string;
  scopes: { scope: string; says: string; chosen: boolean }[];
  keys: { name: string; scopes: string; made: string; used: string }[];
  revoked: string | null;
}

export interface KeysFacts {
  keys: readonly ApiKey[];
  made: KeysView['made'];
  said: string | null;
  problem: string | null;
  typed: { name: string; scopes: readonly string[] };
}

/** Programs that may do a part of what the desk does. Pure. */
export function keysView({ keys, made, said, problem, typed }: KeysFacts, clock: Clock): KeysView {
  const inForce = keys.filter(({ revokedAt }) => revokedAt === null);
  const gone = keys.filter(({ revokedAt }) => revokedAt !== null).map(({ name }) => name);
  return {
    sentence: sentenceOf(inForce),
    made,
    said,
    problem,
    name: typed.name,
    scopes: SCOPES.map((scope) => ({ scope, says: SAYS[scope], chosen: typed.scopes.includes(scope) })),
    keys: inForce.map(({ name, scopes, createdAt, usedAt }) => ({
      name,
      scopes: listed(scopes),
      made: clock.time(createdAt),
      used: usedAt === null ? 'not yet' : clock.time(usedAt),
    })),
    revoked: gone.length === 0 ? null : `Revoked: ${listed(gone)}. Their names are not given again.`,
  };
}

function sentenceOf(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return 'No program has a key: what is done here is done by you alone.';
  const unused = keys.filter(({ usedAt }) => usedAt === null).length;
  const have = `${capitalised(counted(keys.length, 'program'))} ${keys.length === 1 ? 'has' : 'have'} a key`;
  return unused === 0 ? `${have}.` : `${have}; ${counted(unused, 'key')} ${unused === 1 ? 'was' : 'were'} never used.`;
}
