import { addDays } from '../../day.ts';
import { noteToHtml } from '../../brand/note.ts';
import type { EditionNote } from '../../db/edition-choices.ts';
import type { EditionSummary } from '../../db/editions.ts';
import type { Headline } from '../../db/places.ts';
import { factOf, shortReason } from '../../editions/facts.ts';
import type { Chosen } from '../../editions/select.ts';
import { type Edition, type EditionEntry, OVERALL, type Paper, type Topic } from '../../paper.ts';
import { authorLine, shortAuthorLine } from '../../papers/authors.ts';
import { editionPath, paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import { topicIn } from '../../papers/topic-words.ts';
import type { Topics } from '../../papers/topics.ts';
import { texToHtml } from '../../tex/mathml.ts';
import type { Words } from '../../words/words.ts';
import { topicPath } from '../paths.ts';
import {
  type CardView,
  type CountedLink,
  dayView,
  type EarlierView,
  type EditionView,
  type HeadlineView,
  type LinkView,
  longDay,
  shortDay,
  weekDay,
} from './views.ts';

/** The links of a paper that lead to the web, and nowhere else. */
export function linksOf(words: Words, paper: Paper): LinkView[] {
  const { pdf, code, project } = paperLinks(paper);
  return [
    { label: words.t('link-pdf'), href: pdf },
    { label: words.t('link-code'), href: code },
    { label: words.t('link-project'), href: project },
  ].filter((l): l is LinkView => typeof l.href === 'string' && /^https?:\/\//.test(l.href));
}

export const headlineHtml = ({ title, titleTex }: Pick<Paper, 'title' | 'titleTex'>): string =>
  texToHtml(titleTex, title);

/** Said on the day of an edition ("New today"), it is wrong on every other. */
const OF_THE_DAY = /\b(?:today|this week)$/;

export function cardOf(
  words: Words,
  paper: Paper,
  entry?: Pick<EditionEntry, 'rank' | 'reasons'> & Partial<Pick<EditionEntry, 'backSince'>>,
  topic: string | null = null,
): CardView {
  const news = newsOf(paper);
  const who = (byline: string): string[] =>
    [byline, paper.organisation === byline ? null : paper.organisation].filter(
      (name) => name !== null && name !== '',
    ) as string[];
  const reasons = (entry?.reasons ?? []).filter((reason) => !OF_THE_DAY.test(reason));
  const short = shortReason(reasons[0] ?? '');
  return {
    rank: entry?.rank ?? null,
    href: paperPath(paper.id),
    title: paper.title,
    titleHtml: headlineHtml(paper),
    topic,
    who: who(authorLine(words, paper)),
    whoShort: who(shortAuthorLine(paper)),
    published: entry === undefined ? paper.publishedAt && dayView(words, paper.publishedAt) : null,
    news: news.text,
    newsShort: news.short,
    newsBy: news.by,
    reasons: reasons.map((reason) => factOf(words, reason)),
    reasonShort: short === '' ? null : factOf(words, short),
    label: labelOf(words, paper, entry?.backSince ?? null),
    links: linksOf(words, paper),
  };
}

function labelOf(words: Words, { isWithdrawn }: Paper, backSince: string | null): string | null {
  if (isWithdrawn) return words.t('withdrawn');
  return backSince === null ? null : words.t('back-since', { day: shortDay(words, backSince) });
}

/** A headline with who wrote it and how many upvotes it has by now; `more` goes on from there. */
export function headlineOf(
  words: Words,
  paper: Headline & Pick<Paper, 'authors' | 'organisation'>,
  upvotes: number | null,
  more: string,
): HeadlineView {
  const votes = upvotes === null ? [] : [{ count: words.t('votes', { votes: upvotes }), text: more }];
  return {
    href: paperPath(paper.id),
    titleHtml: headlineHtml(paper),
    facts: [{ count: '', text: shortAuthorLine(paper) }, ...votes].filter(
      ({ count, text }) => count !== '' || text !== '',
    ),
  };
}

/** Names what a paper is about most, for the label above its headline. */
export const topicNamer =
  (words: Words, { classify, list }: Topics) =>
  (paper: Paper): string | null => {
    const [first] = classify(paper);
    const topic = list.find(({ slug }) => slug === first?.slug);
    return topic === undefined ? null : topicIn(words, topic).name;
  };

export function editionView(
  words: Words,
  edition: Edition,
  topics: readonly Topic[],
  topicOf: (paper: Paper) => string | null = () => null,
  note: Note = null,
): EditionView {
  return {
    day: longDay(words, edition.date),
    href: editionPath(edition.date, [edition.topic]),
    sample: edition.sample,
    topics: topicNames(edition.topic === OVERALL ? [] : [edition.topic], topics),
    from: null,
    noteHtml: noteHtml(note),
    cards: edition.entries.map((e) => cardOf(words, e.paper, e, topicOf(e.paper))),
  };
}

type Note = Pick<EditionNote, 'words'> | null;
const noteHtml = (note: Note): string | null => note && noteToHtml(note.words);

const topicNames = (slugs: readonly string[], topics: readonly Topic[]): EditionView['topics'] =>
  slugs.map((slug) => ({ name: topics.find((t) => t.slug === slug)?.name ?? slug, href: topicPath(slug) }));

/** What the readers of several topics, or of several days, got: the papers of their digest. */
export function digestView(
  words: Words,
  digest: { date: string; since: string; topics: readonly string[]; sample: boolean; entries: readonly Chosen[] },
  topics: readonly Topic[],
  note: Note,
): EditionView {
  const first = addDays(digest.since, 1);
  return {
    day: longDay(words, digest.date),
    href: editionPath(digest.date, digest.topics),
    sample: digest.sample,
    topics: topicNames(digest.topics, topics),
    from: first < digest.date ? longDay(words, first) : null,
    noteHtml: noteHtml(note),
    cards: digest.entries.map((e, i) =>
      cardOf(words, e.paper, { rank: i + 1, reasons: e.reasons, backSince: e.backSince }),
    ),
  };
}

/** The links that lead from one edition's list to the same day's other lists, the largest first. */
export function topicLinks(
  date: string,
  sizes: readonly { topic: string; papers: number }[],
  topics: readonly Topic[],
  current: string | null = null,
): CountedLink[] {
  const names = new Map(topics.map(({ slug, name }) => [slug, name]));
  return sizes
    .filter(({ topic }) => names.has(topic))
    .map(({ topic, papers }) => ({
      label: names.get(topic)!,
      href: editionPath(date, [topic]),
      papers,
      here: topic === current,
    }));
}

/** An edition among others, by what led it. */
export function earlierView(words: Words, edition: EditionSummary, leads: ReadonlyMap<string, Headline>): EarlierView {
  const lead = leads.get(edition.date);
  return {
    href: editionPath(edition.date),
    day: longDay(words, edition.date),
    shortDay: weekDay(words, edition.date),
    papers: edition.papers,
    sample: edition.sample,
    lead: lead === undefined ? null : headlineHtml(lead),
  };
}
