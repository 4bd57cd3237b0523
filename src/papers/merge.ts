import type { Paper } from '../paper.ts';
import { boundLabels } from './normalise.ts';

/**
 * One paper out of what is known and what a source says now. The source that first brought it
 * decides its title; the other fields take the richer value from any source. Merging the same thing
 * again changes nothing, in any order of sources. A source corrects itself only when it speaks of
 * today (`current`): what it said on a replayed day may be older than what is known.
 */
export function mergePaper(known: Paper, said: Paper, current: boolean): Paper {
  // A sample only held the place of the paper.
  if (known.source === 'sample' && said.source !== 'sample') return said;
  const own = current && known.source === said.source;
  return {
    id: known.id,
    source: known.source,
    title: own ? said.title : known.title,
    abstract: longer(known.abstract, said.abstract, own),
    authors: longer(known.authors, said.authors, own),
    organisation: (own ? said.organisation : null) ?? known.organisation ?? said.organisation,
    publishedAt: earliest(known.publishedAt, said.publishedAt),
    firstSeenAt: earliest(known.firstSeenAt, said.firstSeenAt)!,
    categories: union(known.categories, said.categories),
    keywords: union(known.keywords, said.keywords),
    codeUrl: (own ? said.codeUrl : null) ?? known.codeUrl ?? said.codeUrl,
    projectUrl: (own ? said.projectUrl : null) ?? known.projectUrl ?? said.projectUrl,
    hasMedia: known.hasMedia || said.hasMedia,
    ...summaryOf(known, said, own),
    titleTex: (own ? said.titleTex : null) ?? known.titleTex ?? said.titleTex,
    abstractTex: (own ? said.abstractTex : null) ?? known.abstractTex ?? said.abstractTex,
    submitter: known.submitter ?? said.submitter,
    listedOn: earliest(known.listedOn, said.listedOn),
    pageAt: earliest(known.pageAt, said.pageAt),
    isWithdrawn: known.isWithdrawn || said.isWithdrawn,
  };
}

/** The longer of two, and of two equally long ones the source's own correction. */
const longer = <T extends string | string[]>(known: T, said: T, own: boolean): T =>
  said.length > known.length || (own && said.length === known.length) ? said : known;

/** A sentence goes with who wrote it; a source's own takes the place of a model's. */
function summaryOf(known: Paper, said: Paper, own: boolean): Pick<Paper, 'summary' | 'summaryBy'> {
  const { summary, summaryBy } = said.summary !== null && (own || known.summaryBy !== said.summaryBy) ? said : known;
  return { summary, summaryBy };
}

const earliest = <T extends Date | string>(a: T | null, b: T | null): T | null =>
  a !== null && (b === null || a <= b) ? a : b;

const union = (a: readonly string[], b: readonly string[]): string[] => boundLabels([...a, ...b]);
