import type { Paper } from '../paper.ts';
import { boundLabels } from './normalise.ts';

/**
 * One paper out of what is known and what a source says now. The source that first brought it
 * decides its title; the other fields take the richer value from any source. Merging the same thing
 * again changes nothing, in any order of sources. A source corrects itself by a newer version, never
 * by an older one, and else only when it speaks of today (`current`): what it said on a replayed day
 * may be older than what is known.
 */
export function mergePaper(known: Paper, said: Paper, current: boolean): Paper {
  // A sample only held the place of the paper.
  if (known.source === 'sample' && said.source !== 'sample') return said;
  // One that takes a paper back may say nothing else.
  const ahead = known.source === said.source && !said.isWithdrawn ? versionsAhead(said, known) : 0;
  const own = known.source === said.source && (ahead > 0 || (ahead === 0 && current));
  return {
    id: known.id,
    source: known.source,
    title: own ? said.title : known.title,
    abstract: textOf(known.abstract, said.abstract, own, ahead),
    authors: textOf(known.authors, said.authors, own, ahead),
    organisation: (own ? said.organisation : null) ?? known.organisation ?? said.organisation,
    publishedAt: earliest(known.publishedAt, said.publishedAt),
    firstSeenAt: earliest(known.firstSeenAt, said.firstSeenAt)!,
    categories: union(known.categories, said.categories),
    keywords: union(known.keywords, said.keywords),
    codeUrl: (own ? said.codeUrl : null) ?? known.codeUrl ?? said.codeUrl,
    projectUrl: (own ? said.projectUrl : null) ?? known.projectUrl ?? said.projectUrl,
    hasMedia: known.hasMedia || said.hasMedia,
    ...summaryOf(known, said, own),
    titleTex: texOf(known.titleTex, said.titleTex, own, ahead),
    abstractTex: texOf(known.abstractTex, said.abstractTex, own, ahead),
    submitter: known.submitter ?? said.submitter,
    listedOn: earliest(known.listedOn, said.listedOn),
    pageAt: earliest(known.pageAt, said.pageAt),
    isWithdrawn: known.isWithdrawn || said.isWithdrawn,
    ...newestVersion(known, said),
  };
}

/** The newer version's, else the longer, and of two equally long ones the source's own correction. */
function textOf<T extends string | string[]>(known: T, said: T, own: boolean, ahead: number): T {
  if (ahead !== 0) return ahead > 0 ? said : known;
  return said.length > known.length || (own && said.length === known.length) ? said : known;
}

/** The newer version's, which may be without mathematics. */
function texOf(known: string | null, said: string | null, own: boolean, ahead: number): string | null {
  if (ahead !== 0) return ahead > 0 ? said : known;
  return (own ? said : null) ?? known ?? said;
}

/** A sentence goes with who wrote it; a source's own takes the place of a model's. */
function summaryOf(known: Paper, said: Paper, own: boolean): Pick<Paper, 'summary' | 'summaryBy'> {
  const { summary, summaryBy } = said.summary !== null && (own || known.summaryBy !== said.summaryBy) ? said : known;
  return { summary, summaryBy };
}

const earliest = <T extends Date | string>(a: T | null, b: T | null): T | null =>
  a !== null && (b === null || a <= b) ? a : b;

const union = (a: readonly string[], b: readonly string[]): string[] => boundLabels([...a, ...b]);

type Versioned = Pick<Paper, 'version' | 'versionAt'>;

/** How many versions the one is ahead of the other, where both are known. */
const versionsAhead = (one: Versioned, other: Versioned): number =>
  one.version === null || other.version === null ? 0 : one.version - other.version;

/**
 * An announcement comes after its version, so of two moments of one version the earlier is right.
 * The order in which they arrive never matters.
 */
export function newestVersion(a: Versioned, b: Versioned): Versioned {
  if (a.version === b.version) return { version: a.version, versionAt: earliest(a.versionAt, b.versionAt) };
  const { version, versionAt } = (a.version ?? 0) > (b.version ?? 0) ? a : b;
  return { version, versionAt };
}
