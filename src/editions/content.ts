import { LRUCache } from 'lru-cache';
import { type Look, wordsIn } from '../brand/look.ts';
import type { Tx } from '../db/client.ts';
import { choicesFor, droppedOf, noteOf } from '../db/edition-choices.ts';
import { placesOn } from '../db/editions.ts';
import { readFollows } from '../db/follows.ts';
import { picksOn } from '../db/fresh.ts';
import { papersById } from '../db/papers.ts';
import { relatedPapers } from '../db/related.ts';
import { readerOfTaste, weightsOf } from '../db/say.ts';
import { papersHad } from '../db/selections.ts';
import { listTopics } from '../db/topics.ts';
import { addDays, daysBetween, startOf } from '../day.ts';
import { authorLine, shortAuthorLine } from '../papers/authors.ts';
import { editionPath, paperLinks, paperPath } from '../papers/links.ts';
import { newsOf } from '../papers/news.ts';
import { OVERALL, type Paper } from '../paper.ts';
import { type Follow, NO_TOPIC } from '../subscriber.ts';
import { createTraits, leanOf } from '../papers/taste.ts';
import { topicNamesIn } from '../papers/topic-words.ts';
import type { Topics } from '../papers/topics.ts';
import type { Words } from '../words/words.ts';
import { compileDigest, type CompiledDigest, type DigestPaper } from './compile.ts';
import { type Outline, outlineOf, printed } from './outline.ts';
import { broughtBy, createHits, followedWords, type HitsOf, unwanted, wantedAmong } from './follows.ts';
import { freshRecord, freshView, picksFor, recordWords, telling } from './fresh.ts';
import { type LikedPaper, selectPapers, type Selection } from './personalise.ts';
import { type Chosen, type Leaning, orderPlaces, type Place, selectForReader } from './select.ts';

/** What decides which papers a reader gets from a day's editions. */
export interface Reader {
  topics: readonly string[];
  /** The day of the digest before: after a longer time the week's best come first. */
  since: string;
  wantsFresh: boolean;
  /** What the reader had before, as `HAD` gives it. */
  had: string;
  /** What they follow beside topics, as `readFollows` takes it. */
  follows?: string | undefined;
  /** How many papers they want. */
  length: number;
  /** The tag of the language that they chose; `null`: the newsletter's. */
  language?: string | null | undefined;
  /** Whose taste orders the digest, and as of when; empty of readers who said nothing. */
  taste: string;
}

/** A reader's digest, but for the links. */
export interface Digest {
  /** The ids of all papers in it, in the order in which it names them. */
  papers: string[];
  mail: Selection;
}

/** The day's editions, from which every reader's digest is made. */
export interface DigestContent {
  sample: boolean;
  /** What the operator says above no. 1, as it was when this was loaded. */
  note: string | null;
  /** `null`: there is nothing for this reader. */
  digestFor(reader: Reader): Promise<Digest | null>;
}

interface ContentDeps {
  db: Tx;
  /** What a paper is about, and which readers a pick of the morning is shown to. */
  topics: Pick<Topics, 'classify' | 'list'>;
}

interface Site {
  readonly look: Look;
  publicUrl: string;
  postalAddress: string | null;
}

/** Days whose digests are on their way: today's, and those that are late. */
const DAYS_KEPT = 8;
/**
 * Of each day so many digests are kept that differ in what they hold, and so many answers to which
 * of them a reader gets.
 */
const DIGESTS_KEPT = 500;
const CHOICES_KEPT = 2000;
/** Who was away for longer than a weekend, or is weekly, gets the best of the week. */
const DAILY_DAYS = 3;

interface KeptDay {
  content: Promise<DigestContent>;
  /** The newest digest that it was looked at for. */
  frozenAt: number;
}

/**
 * Loads and compiles each day once, at the first question; the newest few are kept. `frozenAt` is of
 * the digest that is asked for: until then a note may have been written.
 */
export function createContentCache(
  deps: ContentDeps,
  site: Site,
): (date: string, frozenAt: Date) => Promise<DigestContent> {
  const kept = new Map<string, KeptDay>();
  let look = site.look;

  const keep = (date: string, frozenAt: number, content: Promise<DigestContent>): Promise<DigestContent> => {
    const forget = (): void => {
      if (kept.get(date)?.content === content) kept.delete(date);
    };
    // A failure (the database is away) fails those who wait now, and not the next question.
    content.catch(forget);
    // Nor are samples kept: the first real edition takes their place under the same date.
    void content.then(
      ({ sample }) => sample && forget(),
      () => {},
    );
    kept.set(date, { content, frozenAt });
    if (kept.size > DAYS_KEPT) kept.delete(kept.keys().next().value!);
    return content;
  };
  const withNote = async (date: string, before: Promise<DigestContent>): Promise<DigestContent> => {
    const known = await before;
    return known.note === (await noteWords(deps.db, date)) ? known : loadContent(deps, site, date);
  };

  return (date, frozenAt) => {
    // What was compiled has the old name and colours in it.
    if (look !== site.look) kept.clear();
    look = site.look;
    const found = kept.get(date);
    const at = frozenAt.getTime();
    if (!found) return keep(date, at, loadContent(deps, site, date));
    return at <= found.frozenAt ? found.content : keep(date, at, withNote(date, found.content));
  };
}

export async function loadContent(
  { db, topics: inForce }: ContentDeps,
  site: Site,
  date: string,
): Promise<DigestContent> {
  const topics = await listTopics(db);
  const slugs = [OVERALL, ...topics.map(({ slug }) => slug)];
  const places = await placesOn(db, date, slugs);
  const ordered = { score: orderPlaces(places, 'score'), weeklyScore: orderPlaces(places, 'weeklyScore') };
  const shown = [...Map.groupBy(places, (place) => place.topic)].map(
    ([topic, entries]) => [topic, entries.filter(({ isListed }) => isListed).map(({ paper }) => paper.id)] as const,
  );
  const namesIn = keptBy((words: Words) => topicNamesIn(words, topics).set(OVERALL, words.t('digest-all-papers')));
  const editionsIn = keptBy(
    (words: Words) => new Map(shown.map(([topic, ids]) => [topic, { name: namesIn(words).get(topic)!, shown: ids }])),
  );
  const sample = places.some(({ paper }) => paper.source === 'sample');
  const picks = telling(await picksOn(db, date), inForce);
  const note = await noteWords(db, date);
  // What an operator dropped is brought by no search and no name either.
  const dropped = droppedOf(await choicesFor(db, date));
  const { look, publicUrl, postalAddress } = site;
  const viewIn = (words: Words): View => ({
    words,
    publicUrl,
    topicOf: (paper) => namesIn(words).get(inForce.classify(paper)[0]?.slug ?? '') ?? null,
  });
  const record = picks.length === 0 ? null : await freshRecord(db, date);
  const compileIn = (words: Words): Promise<CompiledDigest> =>
    compileDigest({
      look,
      words,
      publicUrl,
      postalAddress,
      date,
      sample,
      papers: viewsOf(places, viewIn(words)),
      fresh: picks.map((pick) => freshView(words, pick, publicUrl)),
      record: recordWords(words, record),
      note,
    });
  // A day is compiled in each language that one of its readers has.
  const compiledIn = new Map<Words, Promise<CompiledDigest>>();
  const compiledFor = (words: Words): Promise<CompiledDigest> => {
    let compiled = compiledIn.get(words);
    if (!compiled) {
      compiled = compileIn(words);
      compiled.catch(() => compiledIn.delete(words));
      compiledIn.set(words, compiled);
    }
    return compiled;
  };
  const wordsFor = (language: string | null | undefined): Words => wordsIn(look, language ?? null);
  // What is wrong with the templates is to be seen before the first reader.
  await compiledFor(wordsFor(null));
  // Many readers get the same papers.
  const digests = new LRUCache<string, Digest>({ max: DIGESTS_KEPT });
  const choices = new LRUCache<string, Promise<Choice | null>>({ max: CHOICES_KEPT });

  const hits = createHits(db, date);
  /** What stands in no edition of the day, and was found by a search or a name. */
  const addFound = async (words: Words, ids: readonly string[]): Promise<void> => {
    const compiled = await compiledFor(words);
    const found = await papersById(
      db,
      ids.filter((id) => !compiled.has(id)),
    );
    compiled.add(found.map((paper) => viewOf({ paper, reasons: [], backSince: null }, viewIn(words))));
  };
  const traits = createTraits(inForce);
  const likeFirst = createLikes(db, { date, publicUrl: site.publicUrl });

  const choose = async ({
    topics: followed,
    language,
    since,
    had,
    length,
    taste,
    follows: list = '',
  }: Reader): Promise<Choice | null> => {
    const follows = sample ? [] : readFollows(list);
    const hitsOf: HitsOf = follows.length === 0 ? () => [] : await hits(follows);
    const not = unwanted(follows, hitsOf);
    const isWeekly = daysBetween(since, date) > DAILY_DAYS;
    const by = isWeekly ? 'weeklyScore' : 'score';
    const times = await papersHad(db, had, followed);
    const weights = taste === '' ? NO_TASTE : await weightsOf(db, readerOfTaste(taste));
    const leaning: Leaning = { by, of: (paper) => leanOf(weights, traits(paper)) };
    const places = not.size === 0 ? ordered[by] : ordered[by].filter(({ paper }) => !not.has(paper.id));
    const choice = { places, topics: followed, had: times, limit: length };
    const chosen = selectForReader(weights.size > 0 ? { ...choice, leaning } : choice);
    const known = new Set([...times.keys(), ...chosen.map(({ paper }) => paper.id), ...not, ...dropped]);
    const brought = broughtBy(follows, hitsOf, known);
    if (chosen.length === 0 && brought.length === 0) return null;
    for (const id of brought.flatMap(({ papers }) => papers)) known.add(id);
    const words = wordsFor(language);
    await addFound(
      words,
      brought.flatMap(({ papers }) => papers),
    );
    // What a reader keeps out is not left to read either.
    const outline = outlineOf(words, {
      chosen,
      brought,
      topics: followed,
      editions: editionsIn(words),
      isWeekly,
      had: withAll(times, not),
    });
    const key = `${words.language.tag} ${isWeekly} ${keyOf(chosen, followed)} ${JSON.stringify([follows, brought])}`;
    return { words, outline, key, follows, picks: picksFor(picks, { topics: followed, known }) };
  };
  const digestFor = async (reader: Reader): Promise<Digest | null> => {
    const followed = reader.topics.toSorted();
    const { since, language, had, length, taste, follows = '' } = reader;
    const question = `${followed.join()} ${language} ${since} ${had} ${length} ${taste} ${follows}`;
    let asked = choices.get(question);
    if (!asked) {
      asked = choose({ ...reader, topics: followed });
      asked.catch(() => choices.delete(question));
      choices.set(question, asked);
    }
    const choice = await asked;
    if (choice === null) return null;
    const { words, outline } = choice;
    const fresh = reader.wantsFresh ? choice.picks : [];
    const key = `${fresh.join(' ')} / ${choice.key}`;
    const known = digests.get(key);
    if (known) return known;
    const wish = wishOf(words, followed, namesIn(words), choice.follows);
    const doorUrl = site.publicUrl + editionPath(date, followed);
    const papers = [...printed(outline).map(({ id }) => id), ...fresh];
    const likes = (await likeFirst(papers[0]!)).filter(({ id }) => !papers.includes(id) && !dropped.has(id));
    // They came on any day, and what was looked for in this edition is of its own days.
    const liked = (await wantedAmong(db, likes, choice.follows)).slice(0, LIKED_SHOWN);
    // Another reader of the same may have come while that was asked: theirs is one with it.
    const compiled = await compiledFor(words);
    const made = digests.get(key);
    if (made) return made;
    const digest = { papers, mail: selectPapers(compiled, { outline, wish, picks: fresh, liked, doorUrl }) };
    digests.set(key, digest);
    return digest;
  };
  return { sample, note, digestFor };
}

const noteWords = async (db: Tx, date: string): Promise<string | null> => (await noteOf(db, date))?.words ?? null;

/** So many papers are named that are like the first of a digest. */
const LIKED_SHOWN = 2;
/** And so many are looked at, for the nearest may stand in the digest already. */
const LIKED_ASKED = 10;

/** The papers like one that were known by the end of a day, the nearest first; each is looked up once. */
function createLikes(
  db: Tx,
  { date, publicUrl }: { date: string; publicUrl: string },
): (id: string) => Promise<Like[]> {
  const end = startOf(addDays(date, 1)).getTime();
  const look = async (id: string): Promise<Like[]> =>
    (await relatedPapers(db, id, LIKED_ASKED))
      .filter(({ paper }) => paper.firstSeenAt.getTime() < end)
      .map(({ paper }) => ({ id: paper.id, title: paper.title, url: publicUrl + paperPath(paper.id) }));
  const asked = new Map<string, Promise<Like[]>>();
  return (id) => {
    let found = asked.get(id);
    if (!found) {
      found = look(id);
      found.catch(() => asked.delete(id));
      asked.set(id, found);
    }
    return found;
  };
}

type Like = LikedPaper & { id: string };

/** Makes something once in each language. */
function keptBy<T>(make: (words: Words) => T): (words: Words) => T {
  const kept = new Map<Words, T>();
  return (words) => {
    const made = kept.get(words) ?? make(words);
    kept.set(words, made);
    return made;
  };
}

const NO_TASTE: ReadonlyMap<string, number> = new Map();

/** What a reader gets, and what tells it from what others get. */
interface Choice {
  words: Words;
  outline: Outline;
  key: string;
  follows: readonly Follow[];
  /** The ids of the picks of the morning that are for this reader. */
  picks: string[];
}

/** Digests that hold the same, under the same heads, are one. */
const keyOf = (chosen: readonly Chosen[], followed: readonly string[]): string =>
  [...followed, ...chosen.map(({ topic, paper, backSince }) => `${paper.id}/${topic}/${backSince ?? ''}`)].join(' ');

/** More topics than these are counted, not named. */
const MOST_NAMED = 4;

function wishOf(
  words: Words,
  topics: readonly string[],
  names: ReadonlyMap<string, string>,
  follows: readonly Follow[],
): string {
  const beside = followedWords(words, follows);
  if (topics.includes(NO_TOPIC)) return beside ?? words.t('digest-wish-followed');
  const wish = topicWords(words, topics, names);
  return beside === null ? wish : words.t('digest-wish-both', { wish, beside });
}

function topicWords(words: Words, followed: readonly string[], names: ReadonlyMap<string, string>): string {
  if (followed.length === 0 || followed.includes(OVERALL)) return words.t('digest-wish-all');
  if (followed.length > MOST_NAMED) return words.t('digest-wish-topics', { topics: followed.length });
  return words.list(followed.map((topic) => names.get(topic) ?? topic));
}

interface View {
  words: Words;
  publicUrl: string;
  /** Names what a paper is about most. */
  topicOf: (paper: Paper) => string | null;
}

/** Each paper once, as a digest shows it. */
function viewsOf(places: readonly Place[], view: View): DigestPaper[] {
  const views = new Map<string, DigestPaper>();
  for (const place of places) {
    const known = views.get(place.paper.id);
    if (known) known.back ??= backText(view.words, place.backSince);
    else views.set(place.paper.id, viewOf(place, view));
  }
  return [...views.values()];
}

function viewOf(
  { paper, reasons, backSince }: Pick<Place, 'paper' | 'reasons' | 'backSince'>,
  { words, publicUrl, topicOf }: View,
): DigestPaper {
  const news = newsOf(paper);
  return {
    id: paper.id,
    title: paper.title,
    byline: authorLine(words, paper),
    bylineShort: shortAuthorLine(paper),
    organisation: paper.organisation,
    news: news.text,
    newsShort: news.short,
    newsBy: news.by,
    reasons,
    topic: topicOf(paper),
    back: backText(words, backSince),
    links: { site: `${publicUrl}${paperPath(paper.id)}`, ...paperLinks(paper) },
  };
}

const withAll = (had: ReadonlyMap<string, number>, ids: ReadonlySet<string>): ReadonlyMap<string, number> =>
  ids.size === 0 ? had : new Map([...had, ...[...ids].map((id) => [id, 1] as const)]);

/** Who reads it had the paper, on whichever day. */
const backText = (words: Words, since: string | null): string | null => (since === null ? null : words.t('back-had'));
