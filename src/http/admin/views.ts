import type { LinkView } from '../pages/views.ts';
import type { EditionView } from './edition-view.ts';
import type { KeysView } from './keys-view.ts';
import type { ImportView } from './import-view.ts';
import type { Answer } from './reader-answer.ts';
import type { ReaderView } from './reader-view.ts';
import type { ReadersView } from './readers-view.ts';
import type { NumbersView } from './numbers-view.ts';
import type { SourcesView } from './sources-view.ts';
import type { HealthView } from './health-view.ts';
import type { ResumeView } from './resume-view.ts';
import type { SettingsView } from './settings-view.ts';
import type { TodayView } from './today-view.ts';
import type { TopicsView, TopicView } from './topics-view.ts';
import type { UnknownView } from './unknown-view.ts';
import type { WebhooksView } from './webhooks-view.ts';

/** What the layout needs of every page of the desk. */
export interface DeskMeta {
  title: string;
  /** `null`: before the login. */
  session: { csrf: string; since: string } | null;
  /** Which entry of the masthead this is. */
  here?: DeskPlace;
  /** How many things need the operator: shown in the masthead. */
  mend: number;
  /** Where the page comes from again, each time it has changed. */
  stream?: string;
}

export const PLACES = [
  { name: 'today', label: 'Today', href: '/admin' },
  { name: 'editions', label: 'Editions', href: '/admin/editions' },
  { name: 'readers', label: 'Readers', href: '/admin/readers' },
  { name: 'sources', label: 'Sources', href: '/admin/sources' },
  { name: 'topics', label: 'Topics', href: '/admin/topics' },
  { name: 'numbers', label: 'Numbers', href: '/admin/numbers' },
  { name: 'health', label: 'Health', href: '/admin/health' },
] as const;
export type DeskPlace = (typeof PLACES)[number]['name'];

/** What stands in the footer of each page. */
export const MORE: readonly LinkView[] = [
  { label: 'Settings', href: '/admin/settings' },
  { label: 'Keys', href: '/admin/keys' },
  { label: 'Webhooks', href: '/admin/webhooks' },
  { label: 'Who did what', href: '/admin/trail' },
];

/** What was just done, or could not be. */
interface Told {
  said: string | null;
  problem: string | null;
}

/** What each template is given; the name is the file's. */
export interface DeskViews {
  login: DeskMeta & { problem: string | null; next: string; hint: string };
  message: DeskMeta & { heading: string; lines: string[]; links: LinkView[] };
  today: DeskMeta & {
    at: { iso: string; text: string };
    /** What was just done. */
    said: string | null;
    today: TodayView;
    edition: {
      heading: string;
      aside: string;
      papers: { rank: number; href: string; title: string }[];
      links: LinkView[];
    } | null;
    /** The edition to come; `null`: the headline says how it stands. */
    next: (LinkView & { says: string }) | null;
  };
  editions: DeskMeta & {
    sentence: string;
    next: LinkView;
    rows: { href: string; day: string; papers: string; lead: string }[];
  };
  edition: DeskMeta & EditionView;
  keys: DeskMeta & KeysView;
  webhooks: DeskMeta & WebhooksView;
  readers: DeskMeta & Told & ReadersView;
  reader: DeskMeta & Told & { reader: ReaderView };
  /** `isLive`: it is one of the stream, and no page of its own. */
  import: DeskMeta & { problem: string | null; import: ImportView | null; isLive: boolean };
  /** An address under which no subscription stands. */
  stranger: DeskMeta & { problem: string | null; email: string; answer: Answer; mayAdd: boolean };
  /** A message as it was sent to a reader. */
  mail: DeskMeta & {
    id: number;
    date: string;
    day: string;
    subject: string;
    isThere: boolean;
    /** Whether it holds the papers that were sent. */
    isSame: boolean;
    /** The papers that were sent, on the site. */
    path: string;
    as: 'wide' | 'text';
  };
  sources: DeskMeta & SourcesView;
  topics: DeskMeta & TopicsView;
  topic: DeskMeta & TopicView;
  numbers: DeskMeta & NumbersView;
  health: DeskMeta & HealthView & { said: string | null };
  settings: DeskMeta & SettingsView & { said: string | null };
  resume: DeskMeta & ResumeView & { problem: string | null };
  unknown: DeskMeta & UnknownView & { problem: string | null };
  trail: DeskMeta & { entries: { at: string; who: string; says: string }[]; older: string | null };
}
