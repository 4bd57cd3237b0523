// How other programs write down their readers, and what they say of those who get no mail. Seen in
// their own exports: listmonk (cmd/subscribers.go: uuid, email, name, attributes, status), Ghost
// (members-csv/lib/unparse.js: subscribed_to_emails, deleted_at), Keila (contacts_csv_export.ex:
// Email, Data, Status), and Mailchimp, whose three files have LAST_CHANGED, UNSUB_TIME or CLEAN_TIME.

/** Why another program sends a reader no mail. */
export type LeftElsewhere = 'unsubscribed' | 'bounced' | 'complained' | 'unconfirmed' | 'stopped';

/** A column that says so, and how to read it. */
export type StandingColumn = 'status' | 'lists' | 'wants_mail' | `is_${LeftElsewhere}`;

/** How the columns are called here and there: letters and digits alone, in lower case. */
export const STANDING_SPELLINGS: Readonly<Record<string, StandingColumn>> = {
  status: 'status', // listmonk, Keila, Beehiiv
  subscriberstatus: 'status',
  subscriptionstatus: 'status', // listmonk, of one list
  emailstatus: 'status',
  memberstatus: 'status',
  contactstatus: 'status',
  optinstatus: 'status',
  confirmstatus: 'status',
  subscribertype: 'status', // Buttondown
  lists: 'lists', // listmonk
  subscriptions: 'lists',
  subscribedtoemails: 'wants_mail', // Ghost
  subscribed: 'wants_mail',
  issubscribed: 'wants_mail',
  isactive: 'wants_mail',
  active: 'wants_mail',
  enabled: 'wants_mail',
  emaildisabled: 'is_unsubscribed', // Substack
  unsubscribed: 'is_unsubscribed',
  isunsubscribed: 'is_unsubscribed',
  unsub: 'is_unsubscribed',
  unsubtime: 'is_unsubscribed', // Mailchimp
  unsubreason: 'is_unsubscribed',
  unsubscribedat: 'is_unsubscribed',
  unsubscribedon: 'is_unsubscribed',
  unsubscribedate: 'is_unsubscribed',
  unsubscribetime: 'is_unsubscribed',
  optout: 'is_unsubscribed',
  optedout: 'is_unsubscribed',
  optouttime: 'is_unsubscribed',
  cleantime: 'is_bounced', // Mailchimp
  cleaned: 'is_bounced',
  cleanedat: 'is_bounced',
  bounced: 'is_bounced',
  isbounced: 'is_bounced',
  bouncedat: 'is_bounced',
  hardbounced: 'is_bounced',
  unreachable: 'is_bounced',
  complained: 'is_complained',
  complainedat: 'is_complained',
  markedasspam: 'is_complained',
  spamcomplaint: 'is_complained',
  unconfirmed: 'is_unconfirmed',
  pending: 'is_unconfirmed',
  blocklisted: 'is_stopped',
  blacklisted: 'is_stopped',
  blocked: 'is_stopped',
  disabled: 'is_stopped',
  suppressed: 'is_stopped',
  archived: 'is_stopped',
  deleted: 'is_stopped',
  deletedat: 'is_stopped', // Ghost
};

/** What others call those who get their mail. */
const ACTIVE = /^(?:active|enabled|subscribed|confirmed|regular|premium|free|paid|comped)$/;
/** What they call the others; any other word stops the mail too. */
const WORDS: readonly (readonly [RegExp, LeftElsewhere])[] = [
  [/unsub|opt(?:ed)?[ _-]?out|left/, 'unsubscribed'],
  [/bounce|clean|unreach|undeliverable|invalid/, 'bounced'],
  [/complain|spam|abuse/, 'complained'],
  [/unconfirm|pending|not[ _-]?confirmed|waiting/, 'unconfirmed'],
];

const NO = /^(?:false|f|no|n|0|off)$/;
/** What databases and spreadsheets write where there is no moment. */
const EMPTY = /^(?:|null|nil|none|\\n|n\/a|-|0000-00-00.*)$/;

/** Whether a cell of such a column lets its reader have mail: `null`; or why not. Pure. */
export function leftElsewhere(column: StandingColumn, cell: string): LeftElsewhere | null {
  const text = cell.trim().toLowerCase();
  if (column === 'status') return text === '' || ACTIVE.test(text) ? null : reasonOf(text);
  if (column === 'lists') return leftAllLists(text);
  if (column === 'wants_mail') return NO.test(text) ? 'unsubscribed' : null;
  return NO.test(text) || EMPTY.test(text) ? null : (column.slice('is_'.length) as LeftElsewhere);
}

const reasonOf = (status: string): LeftElsewhere => WORDS.find(([words]) => words.test(status))?.[1] ?? 'stopped';

/** listmonk writes a list as JSON, with how the reader stands in it. One that is wanted is enough. */
function leftAllLists(text: string): LeftElsewhere | null {
  const standings = [...text.matchAll(/"subscription_status"\s*:\s*"([a-z]+)"/g)].map(([, word]) => word!);
  const isWanted = standings.length === 0 || standings.includes('confirmed');
  return isWanted ? null : reasonOf(standings[0]!);
}

/**
 * Mailchimp puts those who left into files of their own, which it names so. Not all of them say it
 * in a column: who never subscribed has no time of leaving.
 */
const FILES: readonly (readonly [RegExp, LeftElsewhere])[] = [
  [/^non-?subscribed[ _-]/, 'unconfirmed'],
  [/^unsubscribed[ _-]/, 'unsubscribed'],
  [/^cleaned[ _-]/, 'bounced'],
  [/^archived[ _-]/, 'stopped'],
];

/** Why the readers of a file of that name get no mail; `null`: they may. */
export const fileOfLeavers = (name: string): LeftElsewhere | null =>
  FILES.find(([names]) => names.test(name.toLowerCase()))?.[1] ?? null;
