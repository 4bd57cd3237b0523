import type { FastifyInstance } from 'fastify';
import { noteToText } from '../../brand/note.ts';
import { type EditionNote, noteOf } from '../../db/edition-choices.ts';
import { getTopic, listTopics } from '../../db/topics.ts';
import { type Edition, OVERALL, type Paper } from '../../paper.ts';
import { editionPath, paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import { topicIn, topicsIn } from '../../papers/topic-words.ts';
import { atomFeed, type FeedItem, jsonFeed, opml } from '../feed.ts';
import { topicPath } from '../paths.ts';
import { factOf } from '../../editions/facts.ts';
import type { Words } from '../../words/words.ts';
import type { SiteDeps } from '../deps.ts';
import { noTopic, recentEditions } from './topics.ts';
import { longDay } from './views.ts';

const DAYS = 7;
const MAX_AUTHORS = 20;

interface TopicRoute {
  Params: { slug: string };
}

/** The newest editions' papers for feed readers, overall and by topic. */
export async function feeds(app: FastifyInstance, { db, look, config: { publicUrl } }: SiteDeps): Promise<void> {
  const site = (): string => look().brand.name;
  const papersOf = (words: Words, { entries, frozenAt }: Edition): FeedItem[] =>
    entries.map(({ paper, reasons }) =>
      feedItem(publicUrl, paper, { reasons: saidReasons(words, reasons), published: frozenAt }),
    );
  const itemsOf = async (words: Words, topic: string): Promise<FeedItem[]> =>
    eachOnce((await recentEditions(db, topic, DAYS)).flatMap((edition) => papersOf(words, edition)));
  /** The operator's words are an item of their own: no paper's authors are taken to have said them. */
  const allItems = async (words: Words): Promise<FeedItem[]> => {
    const editions = await recentEditions(db, OVERALL, DAYS);
    const notes = await Promise.all(editions.map(({ date }) => noteOf(db, date)));
    return eachOnce(
      editions.flatMap((edition, i) => [
        ...(notes[i] ? [noteItem(words, edition, notes[i], { publicUrl, site: site() })] : []),
        ...papersOf(words, edition),
      ]),
    );
  };

  app.get('/feed.xml', async ({ words }, reply) =>
    reply.type('application/atom+xml; charset=utf-8').send(
      atomFeed(words, {
        title: site(),
        site: site(),
        about: words.t('feed-about'),
        homeUrl: `${publicUrl}/`,
        selfUrl: `${publicUrl}/feed.xml`,
        items: await allItems(words),
      }),
    ),
  );

  app.get('/feed.json', async ({ words }, reply) =>
    reply
      .type('application/feed+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(
        jsonFeed(words, {
          title: site(),
          site: site(),
          about: words.t('feed-about'),
          homeUrl: `${publicUrl}/`,
          selfUrl: `${publicUrl}/feed.json`,
          items: await allItems(words),
        }),
      ),
  );

  app.get('/feeds.opml', async ({ words }, reply) =>
    reply.type('text/x-opml; charset=utf-8').send(
      opml(site(), [
        { title: site(), url: `${publicUrl}/feed.xml`, home: `${publicUrl}/` },
        ...topicsIn(words, await listTopics(db)).map(({ name, slug }) => {
          const home = publicUrl + topicPath(slug);
          return { title: `${site()}: ${name}`, url: `${home}/feed.xml`, home };
        }),
      ]),
    ),
  );

  app.get<TopicRoute>('/topics/:slug/feed.xml', async (request, reply) => {
    const found = await getTopic(db, request.params.slug);
    if (!found) throw noTopic();
    const topic = topicIn(request.words, found);
    const homeUrl = `${publicUrl}${topicPath(topic.slug)}`;
    return reply.type('application/atom+xml; charset=utf-8').send(
      atomFeed(request.words, {
        title: `${site()}: ${topic.name}`,
        site: site(),
        about: topic.description,
        homeUrl,
        selfUrl: `${homeUrl}/feed.xml`,
        items: await itemsOf(request.words, topic.slug),
      }),
    );
  });
}

/** Of a paper that came back, the newest: an id stands in a feed once. */
function eachOnce(items: readonly FeedItem[]): FeedItem[] {
  const newest = new Map(items.toReversed().map((item) => [item.url, item]));
  return items.filter((item) => newest.get(item.url) === item);
}

const noteItem = (
  words: Words,
  { date, frozenAt }: Edition,
  note: EditionNote,
  { publicUrl, site }: { publicUrl: string; site: string },
): FeedItem => ({
  url: `${publicUrl}${editionPath(date)}#note`,
  sourceUrl: null,
  title: words.t('feed-note', { day: longDay(words, date).text }),
  authors: [site],
  summary: noteToText(note.words, `${publicUrl}/`).join(' '),
  reasons: [],
  published: new Date(Math.max(frozenAt.getTime(), note.savedAt.getTime())),
  tags: [],
});

const saidReasons = (words: Words, reasons: readonly string[]): string[] =>
  reasons.map((reason) => factOf(words, reason)).map(({ count, text }) => count + text);

/** A paper as an item of a feed: why it is there, and since when. */
export function feedItem(
  publicUrl: string,
  paper: Paper,
  { reasons, published }: Pick<FeedItem, 'reasons' | 'published'>,
): FeedItem {
  return {
    url: `${publicUrl}${paperPath(paper.id)}`,
    sourceUrl: paperLinks(paper).page,
    title: paper.title,
    authors: paper.authors.slice(0, MAX_AUTHORS),
    summary: newsOf(paper).text,
    reasons,
    published,
    tags: paper.categories,
  };
}
