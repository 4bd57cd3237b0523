import type { LinkView } from '../pages/views.ts';
import type { EditionView } from './edition-view.ts';
import type { ImportView } from './import-view.ts';
import type { Answer } from './reader-answer.ts';
import type { ReaderView } from './reader-view.ts';
import type { ReadersView } from './readers-view.ts';
import type { TodayView } from './today-view.ts';

/** What the layout needs of every page of the desk. */
export interface DeskMeta {
  title: string;
  /** `null`: nobody is logged in. */
  session: { csrf: string; since: string } | null;
  /** Which entry of the masthead this is. */
  here?: DeskPlace;
  /** How many things need the operator. */
  mend?: number;
  /** Where the page comes from again, each time it has changed. */
  stream?: string;
}

export const PLACES = [
  { name: 'today', label: 'Today', href: '/admin' },
  { name: 'editions', label: 'Editions', href: '/admin/editions' },
  { name: 'readers', label: 'Readers', href: '/admin/readers' },
] as const;
export type DeskPlace = (typeof PLACES)[number]['name'];

/** What stands in the footer of each page. */
export const MORE: readonly LinkView[] = [{ label: 'Who did what', href: '/admin/trail' }];

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
  };
  editions: DeskMeta & {
    sentence: string;
    next: LinkView;
    rows: { href: string; day: string; papers: string; lead: string }[];
  };
  edition: DeskMeta & EditionView;
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
  trail: DeskMeta & { entries: { at: string; who: string; says: string }[]; older: string | null };
}
