import type { Tx } from '../db/client.ts';
import { entriesForWindow } from '../db/editions.ts';
import { listTopics } from '../db/topics.ts';
import { authorLine } from '../papers/authors.ts';
import { paperLinks, paperPath } from '../papers/links.ts';
import { OVERALL, type Paper } from '../paper.ts';
import { firstSentences } from '../papers/sentence.ts';
import { compileDigest, type DigestPaper } from './compile.ts';
import { createMemo } from './memo.ts';
import { selectPapers, type Selection } from './personalise.ts';
import { rankEntries, selectForReader } from './select.ts';

/** Everything that readers of one window of editions share. */
export interface DigestContent {
  sample: boolean;
  /**
   * The digest of a reader of these topics, but for the links; `null` when the window brought
   * nothing for them.
   */
  select(topics: readonly string[]): Selection | null;
}

/** The editions after `since`, up to and including `date`. */
export interface Window {
  date: string;
  since: string;
}

interface Site {
  siteName: string;
  publicUrl: string;
  postalAddress: string | null;
}

/** Windows differ by how often readers get mail: a day, a weekend, a week. */
const WINDOWS_KEPT = 12;
/**
 * Of each window so many digests are kept that differ in what they hold, and so many answers to
 * which of them a set of topics gets.
 */
const SELECTIONS_KEPT = 500;
const CHOICES_KEPT = 5000;
/** An abstract is cut at a sentence near this many characters. */
const ABSTRACT_LENGTH = 320;

/** Loads and compiles each window once, at the first question; the newest few are kept. */
export function createContentCache(db: Tx, site: Site): (window: Window) => Promise<DigestContent> {
  const kept = new Map<string, Promise<DigestContent>>();
  return (window) => {
    const key = `${window.since}/${window.date}`;
    let found = kept.get(key);
    if (!found) {
      found = loadContent(db, site, window);
      // A failure (the database is away) fails those who wait now, and not the next question.
      found.catch(() => kept.delete(key));
      // Nor are samples kept: the first real edition takes their place under the same date.
      void found.then(
        ({ sample }) => sample && kept.delete(key),
        () => {},
      );
      kept.set(key, found);
      if (kept.size > WINDOWS_KEPT) kept.delete(kept.keys().next().value!);
    }
    return found;
  };
}

export async function loadContent(db: Tx, site: Site, { date, since }: Window): Promise<DigestContent> {
  const topics = [OVERALL, ...(await listTopics(db)).map((t) => t.slug)];
  const entries = await entriesForWindow(db, { since, until: date, topics });
  const papers = new Map(entries.map((e) => [e.paper.id, viewOf(e.paper, e.reasons, site.publicUrl)]));
  const sample = entries.some((e) => e.paper.source === 'sample');
  const compiled = await compileDigest({ ...site, date, sample, papers: [...papers.values()] });
  const ranked = rankEntries(entries);
  // Many sets of topics bring the same papers.
  const selections = createMemo<Selection | null>(SELECTIONS_KEPT);
  const choices = createMemo<string>(CHOICES_KEPT);
  const choose = (topics: readonly string[]): string =>
    selectForReader({ ranked, topics })
      .map((e) => e.paper.id)
      .join(' ');
  const select = (topics: readonly string[]): Selection | null => {
    const chosen = choices(topics.toSorted().join(), () => choose(topics));
    return selections(chosen, () => (chosen === '' ? null : selectPapers(compiled, chosen.split(' '))));
  };
  return { sample, select };
}

export const viewOf = (paper: Paper, reasons: readonly string[], publicUrl: string): DigestPaper => ({
  id: paper.id,
  title: paper.title,
  byline: authorLine(paper),
  publishedOn: paper.publishedAt?.toISOString().slice(0, 10) ?? null,
  abstract: firstSentences(paper.abstract, ABSTRACT_LENGTH),
  reasons: [...reasons],
  links: { site: `${publicUrl}${paperPath(paper.id)}`, ...paperLinks(paper) },
});
