import type { Metric } from '../../db/papers.ts';
import type { Headline, PaperPlace } from '../../db/places.ts';
import { dayOf } from '../../day.ts';
import { factOf } from '../../editions/facts.ts';
import { capitalised } from '../../figures.ts';
import { OVERALL, type Paper, type Signal } from '../../paper.ts';
import { bibtexOf, type Reference, referenceOf, slashedDay } from '../../papers/citation.ts';
import { editionPath, paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import { invertedName } from '../../papers/person-name.ts';
import { topicNamesIn } from '../../papers/topic-words.ts';
import type { Topics } from '../../papers/topics.ts';
import { versionsOf } from '../../papers/versions.ts';
import { nameKey } from '../../search/fold.ts';
import { texToHtml } from '../../tex/mathml.ts';
import type { Words } from '../../words/words.ts';
import { authorPath, organisationPath, phrasePath, topicPath } from '../paths.ts';
import { headlineHtml, linksOf } from './cards.ts';
import {
  type CitationMeta,
  dayView,
  type LinkView,
  longDay,
  type NameLink,
  type PaperView,
  shortDay,
  type TurnView,
  type VotesView,
} from './views.ts';
import { curveOf, middleOf, type Observed } from './vote-curve.ts';

export interface PaperKnown {
  paper: Paper;
  /** Every observation of it, oldest first. */
  signals: readonly Signal[];
  /** The drawn ones of the papers of its list. */
  peers: readonly Signal[];
  places: readonly PaperPlace[];
  around: readonly (Headline & { rank: number })[];
}

/** So many authors stand above the fold, so many in all, and to reference managers; schema.org's words are longer. */
const FIRST_AUTHORS = 12;
const MOST_AUTHORS = 200;
const MOST_TOLD = 40;
/** So many stand in the citation that the page shows; its file has them all. */
const MOST_CITED = 20;
const MOST_PLACES = 8;
/** A middle of fewer papers says nothing. */
const LEAST_PEERS = 5;

export function paperView(
  words: Words,
  { paper, signals, peers, places, around }: PaperKnown,
  topics: Topics,
): PaperView {
  const best = bestPlace(places);
  const names = topicNamesIn(words, topics.list).set(OVERALL, words.t('digest-all-papers'));
  const filed = topics.classify(paper).map(({ slug }) => ({ label: names.get(slug) ?? slug, href: topicPath(slug) }));
  const news = newsOf(paper);
  const { page } = paperLinks(paper);
  const authors = paper.authors.map((name) => nameLink(authorPath, name));
  // One or two alone behind a fold would only be in the way.
  const shown = authors.length <= FIRST_AUTHORS + 2 ? authors.length : FIRST_AUTHORS;
  return {
    heading: headlineHtml(paper),
    rank: best?.rank ?? null,
    kicker: [...(best ? [longDay(words, best.date).text] : []), ...filed.slice(0, 1).map(({ label }) => label)],
    authors: authors.slice(0, shown),
    otherAuthors: authors.slice(shown, MOST_AUTHORS),
    moreAuthors: Math.max(0, authors.length - MOST_AUTHORS),
    organisation: paper.organisation === null ? null : nameLink(organisationPath, paper.organisation),
    news: { text: news.text, by: news.by },
    isWithdrawn: paper.isWithdrawn,
    readHref: page,
    links: [...linksOf(words, paper), ...discussionsOf(words, paper, signals)],
    paragraphs: texToHtml(paper.abstractTex, paper.abstract)
      .split(/\n\s*\n/)
      .filter((p) => p.trim() !== ''),
    topics: filed,
    keywords: paper.keywords.map((label) => ({ label, href: phrasePath(label) })),
    votes: votesOf(words, paper, { signals, peers, best }),
    facts: factsOf(words, paper, signals),
    versions: versionsView(words, paper),
    places: places.slice(0, MOST_PLACES).map(({ date, topic, rank, papers }) => ({
      name: names.get(topic) ?? topic,
      href: editionPath(date, [topic]),
      day: { iso: date, text: shortDay(words, date) },
      rank,
      papers,
    })),
    bibtex: bibtexOf(referenceOf(paper), MOST_CITED),
    cite: (['bib', 'ris', 'json'] as const).map((form) => ({
      label: FORMS[form],
      href: `${paperPath(paper.id)}/cite.${form}`,
    })),
    turn: best === null ? [] : turnOf(words, best, around),
  };
}

const FORMS = { bib: 'BibTeX', ris: 'RIS', json: 'CSL-JSON' };

/** The overall edition in which it stood best, the earliest of those, else the topic's. */
export function bestPlace(places: readonly PaperPlace[]): PaperPlace | null {
  const overall = places.filter(({ topic }) => topic === OVERALL);
  const from = overall.length > 0 ? overall : places;
  return from.reduceRight<PaperPlace | null>((best, one) => (best === null || one.rank < best.rank ? one : best), null);
}

function nameLink(pathOf: (key: string) => string, name: string): NameLink {
  const key = nameKey(name);
  return { name, href: key === '' ? null : pathOf(key) };
}

function discussionsOf(words: Words, { id, source }: Paper, signals: readonly Signal[]): LinkView[] {
  const isThere = source === 'huggingface' || signals.some((s) => s.source === 'huggingface');
  return isThere
    ? [{ label: words.t('paper-discussion'), href: `https://huggingface.co/papers/${id.replace(/^arxiv:/, '')}` }]
    : [];
}

/** The metrics that count approval: the first that a paper has is drawn. */
export const DRAWN = [
  { source: 'huggingface', metric: 'upvotes', votes: 'votes-upvotes' },
  { source: 'hackernews', metric: 'points', votes: 'votes-points' },
] as const;

function votesOf(
  words: Words,
  paper: Paper,
  { signals, peers, best }: Pick<PaperKnown, 'signals' | 'peers'> & { best: PaperPlace | null },
): VotesView | null {
  const drawn = DRAWN.find(({ source, metric }) => signals.some((s) => s.source === source && s.metric === metric));
  if (drawn === undefined) return null;
  const run = lineOf(signals, drawn);
  const last = run.at(-1)!;
  const others = [...Map.groupBy(peers, ({ paperId }) => paperId).values()].map((one) => lineOf(one, drawn));
  // Votes begin with the page that readers vote on.
  const begins = paper.pageAt !== null && drawn.metric === 'upvotes' && paper.pageAt < run[0]!.at;
  const from: Observed[] = begins ? [{ at: paper.pageAt!, value: 0 }] : [];
  const line = [...from, ...run];
  const middle =
    others.length < LEAST_PEERS
      ? []
      : middleOf(
          line.map(({ at }) => at),
          others,
        );
  return {
    count: words.number(last.value),
    words: words.t(drawn.votes, { votes: last.value, day: shortDay(words, dayOf(last.at)) }),
    curve: curveOf(words, line, middle),
    told:
      best === null || best.reasons.length === 0
        ? null
        : { day: shortDay(words, best.date), reasons: best.reasons.map((reason) => factOf(words, reason)) },
  };
}

/** What one metric of one paper came to, over time. */
const lineOf = (signals: readonly Signal[], { source, metric }: Metric): Observed[] =>
  signals
    .filter((s) => s.source === source && s.metric === metric)
    .map(({ observedAt, value }) => ({ at: observedAt, value }));

/** The newest of each other metric, and the days of the paper. */
function factsOf(words: Words, paper: Paper, signals: readonly Signal[]): PaperView['facts'] {
  const newest = new Map(signals.map((s) => [`${s.source} ${s.metric}`, s]));
  const drawn = DRAWN.find(({ source, metric }) => newest.has(`${source} ${metric}`));
  if (drawn) newest.delete(`${drawn.source} ${drawn.metric}`);
  const counted = [...newest.values()]
    .toSorted((a, b) => b.value - a.value)
    .map((s) => ({
      label: words.t('fact-counted', { metric: metricWords(words, s.metric), place: countedOn(s) }),
      value: words.number(s.value),
    }));
  return [
    ...counted,
    ...(paper.publishedAt ? [{ label: words.t('fact-published'), value: dayView(words, paper.publishedAt).text }] : []),
    { label: words.t('fact-first-seen'), value: dayView(words, paper.firstSeenAt).text },
    { label: 'arXiv', value: paper.id.replace(/^arxiv:/, '') },
  ];
}

function versionsView(words: Words, paper: Paper): PaperView['versions'] {
  const versions = versionsOf(paper);
  if (versions === null) return null;
  const { newest, newestAt, firstAt, links, hasGap } = versions;
  const told =
    newestAt === null
      ? words.t('paper-version', { version: newest })
      : words.t('paper-version-of', { version: newest, day: dayView(words, newestAt).text });
  return {
    words: firstAt === null ? told : words.t('paper-version-first', { told, day: dayView(words, firstAt).text }),
    links: links.map(({ version, href }) => ({ label: `v${version}`, href })),
    hasGap,
  };
}

/** A metric that is not known has the name that its source gives it. */
const METRICS: Readonly<Record<string, 'fact-upvotes' | 'fact-comments' | 'fact-stars' | 'fact-points'>> = {
  upvotes: 'fact-upvotes',
  comments: 'fact-comments',
  stars: 'fact-stars',
  points: 'fact-points',
};
const metricWords = (words: Words, metric: string): string => {
  const key = METRICS[metric];
  return key === undefined ? capitalised(metric) : words.t(key);
};
const countedOn = ({ metric, source }: Signal): string => PLACES[metric] ?? SOURCES[source] ?? source;

/** Hugging Face tells how many stars a repository has: they are GitHub's. */
const PLACES: Readonly<Record<string, string>> = { stars: 'GitHub' };
const SOURCES: Readonly<Record<string, string>> = {
  huggingface: 'Hugging Face',
  arxiv: 'arXiv',
  hackernews: 'Hacker News',
  github: 'GitHub',
};

function turnOf(words: Words, place: PaperPlace, around: PaperKnown['around']): TurnView[] {
  const neighbours = around.map((paper) => ({
    label: paper.rank < place.rank ? words.t('paper-above') : words.t('paper-below'),
    rank: paper.rank,
    href: paperPath(paper.id),
    words: headlineHtml(paper),
  }));
  const papers = words.t('papers', { papers: place.papers });
  const edition = { label: words.t('paper-edition'), rank: null, href: editionPath(place.date, [place.topic]) };
  return [
    ...neighbours,
    { ...edition, words: words.t('paper-edition-of', { day: longDay(words, place.date).text, papers }) },
  ];
}

/** Highwire's tags, which Google Scholar and reference managers read, and schema.org's words. */
export function citationMeta(paper: Paper, pageUrl: string): CitationMeta {
  const reference = referenceOf(paper);
  const { title, authors, published, doi, url, pdf, arxivId, keywords } = reference;
  return {
    tags: [
      { name: 'citation_title', content: title },
      ...authors.slice(0, MOST_AUTHORS).map((name) => ({ name: 'citation_author', content: invertedName(name) })),
      ...(published ? [{ name: 'citation_publication_date', content: slashedDay(published) }] : []),
      { name: 'citation_arxiv_id', content: arxivId },
      { name: 'citation_doi', content: doi },
      { name: 'citation_abstract_html_url', content: url },
      { name: 'citation_pdf_url', content: pdf },
      ...(keywords.length > 0 ? [{ name: 'citation_keywords', content: keywords.join('; ') }] : []),
    ],
    jsonLd: inScript(scholarlyArticle(reference, pageUrl)),
  };
}

function scholarlyArticle({ published, authors, version, modified, ...reference }: Reference, pageUrl: string): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'ScholarlyArticle',
    '@id': pageUrl,
    url: pageUrl,
    mainEntityOfPage: pageUrl,
    headline: reference.title,
    author: authors.slice(0, MOST_TOLD).map((name) =>
      'literal' in name
        ? { '@type': 'Organization', name: name.literal }
        : {
            '@type': 'Person',
            name: [name.given, name.particle, name.family, name.suffix].filter(Boolean).join(' '),
            givenName: name.given,
            familyName: [name.particle, name.family].filter(Boolean).join(' '),
          },
    ),
    ...(published && { datePublished: dayOf(published) }),
    ...(version !== null && { version }),
    ...(modified && { dateModified: dayOf(modified) }),
    identifier: [
      { '@type': 'PropertyValue', propertyID: 'arXiv', value: reference.arxivId },
      { '@type': 'PropertyValue', propertyID: 'DOI', value: reference.doi },
    ],
    sameAs: [reference.url, `https://doi.org/${reference.doi}`],
    publisher: { '@type': 'Organization', name: 'arXiv', url: 'https://arxiv.org' },
    isAccessibleForFree: true,
    ...(reference.keywords.length > 0 && { keywords: reference.keywords }),
  };
}

/** JSON in which no element can end, and no line for JavaScript either. */
const inScript = (value: object): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
