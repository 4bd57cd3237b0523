import { addDays } from '../../day.ts';
import type { Chosen } from '../../editions/select.ts';
import { authorLine } from '../../papers/authors.ts';
import { editionPath, paperLinks, paperPath } from '../../papers/links.ts';
import type { Edition, EditionEntry, Paper, Signal, Topic } from '../../paper.ts';
import { OVERALL } from '../../paper.ts';
import { newsOf } from '../../papers/news.ts';
import { texToHtml } from '../../tex/mathml.ts';
import { topicPath } from '../paths.ts';
import type { DocsView } from './docs-view.ts';
import type { FormView } from './subscription-form.ts';

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
  here?: 'front' | 'editions' | 'search';
}

/** What each template is given; the name is the file's. */
export interface Views {
  front: PageMeta & FrontView;
  editions: PageMeta & ArchiveView;
  /** `names`: what stands for topics that are too many to name. */
  edition: PageMeta & { edition: EditionView; names: string | null; others: LinkView[]; hasFresh: boolean };
  fresh: PageMeta & FreshView;
  paper: PageMeta & { paper: PaperView };
  topic: PageMeta & TopicView;
  search: PageMeta & SearchView;
  subscribe: PageMeta & { form: FormView; lead: string };
  /** `standing`: sentences on the last digest and the next. */
  preferences: PageMeta & { form: FormView; saved: boolean; active: boolean; standing: string[] };
  message: PageMeta & MessageView;
  docs: PageMeta & DocsView;
  error: PageMeta & { status: number; detail: string };
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
  authors: string;
  organisation: string | null;
  published: DayView | null;
  lead: string;
  /** The same with what was found marked; safe to be put out as it is. */
  leadHtml?: string;
  /** Who wrote that, when it is not from the abstract. */
  leadBy: string | null;
  reasons: string[];
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
  cards: CardView[];
}
export interface FrontView {
  edition: EditionView | null;
  /** Why there is no edition of today. */
  missing: string | null;
  /** How the edition stands to the day: whether it is today's, or none came for days. */
  age: 'today' | 'earlier' | 'old';
  topics: LinkView[];
  earlier: LinkView[];
  /** Whether there is a page of forecasts to lead to. */
  hasFresh: boolean;
  form: FormView;
}
export interface ArchiveView {
  editions: { href: string; day: DayView; papers: number; sample: boolean }[];
  older: string | null;
}
export interface TopicView {
  name: string;
  about: string;
  slug: string;
  editions: EditionView[];
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
}
export interface PaperView {
  /** HTML, as the paragraphs are. */
  heading: string;
  authors: string[];
  moreAuthors: number;
  organisation: string | null;
  published: DayView | null;
  firstSeen: DayView;
  /** What is new, where it does not stand in the abstract: a source's or a model's sentence. */
  news: { text: string; by: string } | null;
  isWithdrawn: boolean;
  paragraphs: string[];
  links: LinkView[];
  /** `place`: where it was counted, which is not always the source that told of it. */
  signals: { label: string; value: string; place: string }[];
  keywords: string[];
}
export interface MessageView {
  lines: string[];
  /** A button: where it posts (absent: to the page's own address) and what it says. */
  button?: { label: string; action?: string; lead?: string };
}

const LONG_DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
const NUMBER = new Intl.NumberFormat('en-GB');

/** `2025-07-22` → Tuesday 22 July 2025. */
export function longDay(date: string): DayView {
  return { iso: date, text: LONG_DAY.format(new Date(`${date}T00:00:00Z`)) };
}
export const dayView = (moment: Date): DayView => ({
  iso: moment.toISOString().slice(0, 10),
  text: DAY.format(moment),
});

const MAX_AUTHORS = 40;

export function linksOf(paper: Paper): LinkView[] {
  const { page, pdf, code, project } = paperLinks(paper);
  return [
    { label: 'Abstract page', href: page },
    { label: 'PDF', href: pdf },
    { label: 'Code', href: code },
    { label: 'Project', href: project },
  ].filter((l): l is LinkView => typeof l.href === 'string' && /^https?:\/\//.test(l.href));
}

export function cardOf(
  paper: Paper,
  entry?: Pick<EditionEntry, 'rank' | 'reasons'> & Partial<Pick<EditionEntry, 'backSince'>>,
): CardView {
  const news = newsOf(paper);
  const back = entry?.backSince
    ? [`Back: it stood in the edition of ${SHORT_DAY.format(new Date(`${entry.backSince}T00:00:00Z`))}`]
    : [];
  return {
    rank: entry?.rank ?? null,
    href: paperPath(paper.id),
    title: paper.title,
    titleHtml: texToHtml(paper.titleTex, paper.title),
    authors: authorLine(paper),
    organisation: paper.authors.length > 0 ? paper.organisation : null,
    published: paper.publishedAt && dayView(paper.publishedAt),
    lead: news.text,
    leadBy: news.by,
    reasons: [...back, ...(entry?.reasons ?? [])],
    links: linksOf(paper),
  };
}

export function editionView(edition: Edition, topics: readonly Topic[]): EditionView {
  return {
    day: longDay(edition.date),
    href: editionPath(edition.date, [edition.topic]),
    sample: edition.sample,
    topics: topicNames(edition.topic === OVERALL ? [] : [edition.topic], topics),
    from: null,
    cards: edition.entries.map((e) => cardOf(e.paper, e)),
  };
}

const topicNames = (slugs: readonly string[], topics: readonly Topic[]): EditionView['topics'] =>
  slugs.map((slug) => ({ name: topics.find((t) => t.slug === slug)?.name ?? slug, href: topicPath(slug) }));

/** What the readers of several topics, or of several days, got: the papers of their digest. */
export function digestView(
  digest: { date: string; since: string; topics: readonly string[]; sample: boolean; entries: readonly Chosen[] },
  topics: readonly Topic[],
): EditionView {
  const first = addDays(digest.since, 1);
  return {
    day: longDay(digest.date),
    href: editionPath(digest.date, digest.topics),
    sample: digest.sample,
    topics: topicNames(digest.topics, topics),
    from: first < digest.date ? longDay(first) : null,
    cards: digest.entries.map((e, i) => cardOf(e.paper, { rank: i + 1, reasons: e.reasons, backSince: e.backSince })),
  };
}

/** The links that lead from one edition's list to the same day's other lists. */
export const topicFilter = (date: string, topics: readonly Topic[], current: string | null): LinkView[] => [
  { label: 'All papers', href: editionPath(date), here: current === OVERALL },
  ...topics.map((t) => ({ label: t.name, href: editionPath(date, [t.slug]), here: t.slug === current })),
];

export const topicLinks = (topics: readonly Topic[]): LinkView[] =>
  topics.map((t) => ({ label: t.name, href: topicPath(t.slug) }));

export function paperView(paper: Paper, signals: readonly Signal[]): PaperView {
  return {
    heading: texToHtml(paper.titleTex, paper.title),
    authors: paper.authors.slice(0, MAX_AUTHORS),
    moreAuthors: Math.max(0, paper.authors.length - MAX_AUTHORS),
    organisation: paper.organisation,
    published: paper.publishedAt && dayView(paper.publishedAt),
    firstSeen: dayView(paper.firstSeenAt),
    news: paper.summary === null ? null : { text: newsOf(paper).text, by: paper.summaryBy ?? paper.source },
    isWithdrawn: paper.isWithdrawn,
    paragraphs: texToHtml(paper.abstractTex, paper.abstract)
      .split(/\n\s*\n/)
      .filter((p) => p.trim() !== ''),
    links: linksOf(paper),
    signals: signals
      .toSorted((a, b) => b.value - a.value)
      .map((s) => ({ label: s.metric, value: NUMBER.format(s.value), place: countedOn(s) })),
    keywords: paper.keywords,
  };
}

const countedOn = ({ metric, source }: Signal): string => PLACES[metric] ?? SOURCES[source] ?? source;

/** Hugging Face tells how many stars a repository has: they are GitHub's. */
const PLACES: Readonly<Record<string, string>> = { stars: 'GitHub' };
const SOURCES: Readonly<Record<string, string>> = {
  huggingface: 'Hugging Face',
  arxiv: 'arXiv',
  hackernews: 'Hacker News',
  github: 'GitHub',
};
