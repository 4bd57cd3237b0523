import type { Fact } from '../../editions/facts.ts';
import type { DocsView } from './docs-view.ts';
import type { FormView } from './subscription-form.ts';
import type { FollowInput } from '../../subscribers/follows.ts';
import type { CurveView } from './vote-curve.ts';
import type { Words } from '../../words/words.ts';

/** What the layout needs of every page. */
export interface PageMeta {
  title: string;
  description?: string;
  /**
   * The page's one address, for <link rel="canonical">; absent where the address belongs to one
   * reader.
   */
  path?: string;
  noindex?: boolean;
  feed?: { title: string; href: string };
  /** Which entry of the navigation this is. */
  here?: 'front' | 'topics' | 'editions' | 'search';
  /** Whether it asks for an address in its margin. */
  hasPitch?: boolean;
  /** With what links to it are shown, if not with the picture of the site. */
  picture?: { href: string; alt: string };
  /** What stands in the head of a paper's page for machines. */
  citation?: CitationMeta;
}

/** What each template is given; the name is the file's. */
export interface Views {
  front: PageMeta & FrontView;
  editions: PageMeta & ArchiveView;
  /** `names`: what stands for topics that are too many to name. */
  edition: PageMeta & {
    edition: EditionView;
    names: string | null;
    others: CountedLink[];
    periods: LinkView[];
    turn: TurnView[];
    hasFresh: boolean;
  };
  period: PageMeta & PeriodView;
  fresh: PageMeta & FreshView;
  paper: PageMeta & { paper: PaperView; related: HeadlineView[] };
  topic: PageMeta & TopicView;
  topics: PageMeta & { topics: { name: string; about: string; href: string; papers: number }[]; day: DayView | null };
  name: PageMeta & NameView;
  search: PageMeta & SearchView;
  subscribe: PageMeta & { form: FormView; lead: string; follow?: FollowInput | undefined };
  /** `standing`: sentences on the last digest and the next. */
  preferences: PageMeta & PreferencesView & { follows: FollowsView };
  follow: PageMeta & {
    preferencesHref: string;
    saved: boolean;
    problem: string | null;
    offer: OfferView | null;
    follows: FollowsView;
  };
  /** `text`: what was pasted, where it has to be corrected. */
  seed: PageMeta & { preferencesHref: string; problem: string | null; text: string; proposals: ProposalsView | null };
  message: PageMeta & MessageView;
  docs: PageMeta & DocsView;
  /** A page that the operator wrote. `html` is safe to be put out as it is. */
  own: PageMeta & { html: string };
  error: PageMeta & { status: number; detail: string };
}

/** What a reader follows, as its section shows it. */
export interface FollowsView {
  /** Where its forms lead. */
  action: string;
  seedHref: string;
  groups: { name: string; items: { label: string; href: string | null; key: string }[] }[];
  /** Whether there is something to get nothing else than. */
  canBeOnly: boolean;
  isOnly: boolean;
}

/** What stands behind a button: one thing to follow, which a link named. */
export interface OfferView {
  kind: string;
  value: string;
  words: string;
}

/** What a list of references proposes; `key` is what a tick sends. */
interface ProposalsView {
  action: string;
  references: number;
  groups: { name: string; items: { key: string; label: string; count: number }[] }[];
}

export interface LinkView {
  label: string;
  href: string;
  here?: boolean;
}
export interface DayView {
  iso: string;
  text: string;
}

/** A link with how many papers are behind it. */
export interface CountedLink extends LinkView {
  papers: number | null;
}
/** A headline among others: its link, and a line of facts. */
export interface HeadlineView {
  href: string;
  /** HTML, as `titleHtml` of a card is. */
  titleHtml: string;
  facts: Fact[];
}
/** One of the ways on at the foot of a page. */
export interface TurnView {
  label: string;
  rank: number | null;
  href: string;
  /** HTML. */
  words: string;
}

/**
 * A paper as it is read in five seconds: headline, who, what is new in one sentence, why it is
 * here.
 */
export interface CardView {
  rank: number | null;
  href: string;
  title: string;
  /** The title with its formulas; safe to be put out as it is. */
  titleHtml: string;
  /** What it is about most, as a label. */
  topic: string | null;
  /** Who, at length and in little room; with the organisation where that says more. */
  who: string[];
  whoShort: string[];
  /** Of a card that stands in no edition: its day. */
  published: DayView | null;
  news: string;
  newsShort: string;
  /** What is new, or what was looked for, with what was found marked; safe to be put out as it is. */
  newsHtml?: string;
  /** Who wrote that, when it is not from the abstract. */
  newsBy: string | null;
  /** Why it is here; and the same in little room. */
  reasons: Fact[];
  reasonShort: Fact | null;
  /** What is to be known before it is read: that it came back, or was withdrawn. */
  label: string | null;
  links: LinkView[];
}
export interface EditionView {
  day: DayView;
  href: string;
  sample: boolean;
  /** None for the overall edition. */
  topics: { name: string; href: string }[];
  /** The first of several days. */
  from: DayView | null;
  /** What the operator says above no. 1; safe to be put out as it is. */
  noteHtml: string | null;
  cards: CardView[];
}
export interface FrontView {
  edition: EditionView | null;
  /** Why there is no edition of today. */
  missing: string | null;
  /** How the edition stands to the day: whether it is today's, or none came for days. */
  age: 'today' | 'earlier' | 'old';
  topics: CountedLink[];
  rising: HeadlineView[];
  earlier: EarlierView[];
  fresh: FreshBlock | null;
  form: FormView;
}
/** What is foretold, where it stands beside other things. */
export interface FreshBlock {
  day: DayView;
  picks: { href: string; titleHtml: string; likelihood: string; reason: string }[];
  record: string | null;
}
/** An edition as a list of editions shows it. */
export interface EarlierView {
  href: string;
  day: DayView;
  shortDay: string;
  papers: number;
  sample: boolean;
  /** What led it, as HTML. */
  lead: string | null;
}
export interface ArchiveView {
  /** By month, newest first. */
  months: { label: string; href: string; editions: EarlierView[] }[];
  older: string | null;
}
/** The best of a week or a month. */
export interface PeriodView {
  heading: string;
  sample: boolean;
  cards: CardView[];
  days: EarlierView[];
  /** The weeks of a month, or the month of a week. */
  periods: LinkView[];
  turn: TurnView[];
}
export interface TopicView {
  name: string;
  about: string;
  slug: string;
  editions: EditionView[];
  best: HeadlineView[];
  offer: OfferView;
}
/** Everything by one author or from one organisation. */
export interface NameView {
  kind: 'author' | 'organisation';
  name: string;
  papers: number;
  cards: CardView[];
  best: HeadlineView[];
  feedHref: string;
  offer: OfferView;
  older: string | null;
}
/** The picks of the newest morning, and what became of those of a week. */
export interface FreshView {
  day: DayView | null;
  /** The edition of that morning. */
  edition: string | null;
  cards: CardView[];
  record: {
    from: DayView;
    until: DayView;
    picks: number;
    listed: number;
    cameTrue: OutcomeView[];
    missed: OutcomeView[];
  } | null;
}
export interface OutcomeView {
  title: string;
  href: string;
  votes: string;
}
export interface SearchView {
  query: string;
  /** How many were found, in words, and how the question was understood where that is not plain. */
  count: string;
  notes: string[];
  cards: CardView[];
  /** Other searches to try, where nothing was found. */
  ways: LinkView[];
  filters: { name: string; links: (LinkView & { papers: string })[] }[];
  next: string | null;
  feeds: LinkView[];
  /** The search as something to follow. */
  offer: OfferView | null;
}
export interface PaperView {
  /** HTML, as the paragraphs are. */
  heading: string;
  rank: number | null;
  /** The day of the edition in which it stood best, and what it is about most. */
  kicker: string[];
  /** `href`: the page of that name; a name without a letter has none. */
  authors: NameLink[];
  /** Those that are folded away, and how many more there are. */
  otherAuthors: NameLink[];
  moreAuthors: number;
  organisation: NameLink | null;
  news: { text: string; by: string | null };
  isWithdrawn: boolean;
  readHref: string;
  links: LinkView[];
  paragraphs: string[];
  topics: LinkView[];
  keywords: LinkView[];
  votes: VotesView | null;
  facts: { label: string; value: string }[];
  /** The newest version in words, and a link to each; `null`: none is known. */
  versions: { words: string; links: LinkView[]; hasGap: boolean } | null;
  places: { name: string; href: string; day: DayView; rank: number; papers: number }[];
  bibtex: string;
  cite: LinkView[];
  turn: TurnView[];
}
export interface NameLink {
  name: string;
  href: string | null;
}
export interface VotesView {
  count: string;
  /** "upvotes on Hugging Face, counted on 29 May" */
  words: string;
  curve: CurveView | null;
  /** Why it stood in its edition, as it was said then. */
  told: { day: string; reasons: Fact[] } | null;
}
/** What the head of a paper's page says to reference managers and search engines. */
export interface CitationMeta {
  tags: { name: string; content: string }[];
  /** JSON that can stand in a script element. */
  jsonLd: string;
}

export interface PreferencesView {
  form: FormView;
  saved: boolean;
  active: boolean;
  standing: string[];
  /** The address that digests go to, as only its reader knows it. */
  address: string;
  /** Where this page is, below which its other forms post. */
  base: string;
  /** The last day that a pause can end on. */
  pauseMost: string;
  taste: TasteView | null;
  move: { asked: boolean; problem: string | null; email: string };
}
/** What digests are ordered by, line by line. */
export interface TasteView {
  /** Of how many papers the reader said something. */
  says: number;
  lines: { name: string; label: string; kind: string; options: { value: string; label: string; chosen: boolean }[] }[];
}

export interface MessageView {
  lines: string[];
  /** A button: where it posts (absent: to the page's own address) and what it says. */
  button?: { label: string; action?: string; lead?: string };
  /** Quieter buttons, each of which posts to its own address. */
  offers?: { lead: string; buttons: { label: string; action: string }[] }[];
  links?: LinkView[];
}

/** `2025-07-22` → Tuesday 22 July 2025. */
export const longDay = (words: Words, date: string): DayView => ({ iso: date, text: words.date('full', date) });
/** `2026-05-22` → 22 May, and Fri 22 May. */
export const shortDay = (words: Words, date: string): string => words.date('short', date);
export const weekDay = (words: Words, date: string): string => words.date('brief', date);

export const dayView = (words: Words, moment: Date): DayView => ({
  iso: moment.toISOString().slice(0, 10),
  text: words.date('day', moment),
});
