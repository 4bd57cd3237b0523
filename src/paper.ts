/**
 * One work. `id` is canonical (`arxiv:2507.14843`, versions folded); the text fields are already
 * readable Unicode.
 */
export interface Paper {
  id: string;
  source: string;
  title: string;
  abstract: string;
  authors: string[];
  organisation: string | null;
  publishedAt: Date | null;
  firstSeenAt: Date;
  categories: string[];
  keywords: string[];
  codeUrl: string | null;
  projectUrl: string | null;
  /** Whether pictures or films were brought with it. */
  hasMedia: boolean;
  /** A source's own sentence on what is new, and which source or model wrote it. */
  summary: string | null;
  summaryBy: string | null;
  /** Title and abstract in TeX, where the source wrote them so. */
  titleTex: string | null;
  abstractTex: string | null;
  /** Who brought it to a list that readers vote on, that list's day, and when its page was made. */
  submitter: string | null;
  /** `YYYY-MM-DD` */
  listedOn: string | null;
  pageAt: Date | null;
  isWithdrawn: boolean;
  /** The newest version known, counted from 1, and when it came. */
  version: number | null;
  versionAt: Date | null;
}

/**
 * How long after it was first seen a paper can still enter an edition: a week, and the night before
 * its list, when most pages are made.
 */
export const CANDIDATE_DAYS = 8;

/** What most sources do not know of a paper. */
export const NO_DETAILS = {
  codeUrl: null,
  projectUrl: null,
  hasMedia: false,
  summary: null,
  summaryBy: null,
  titleTex: null,
  abstractTex: null,
  submitter: null,
  listedOn: null,
  pageAt: null,
  isWithdrawn: false,
  version: null,
  versionAt: null,
} as const satisfies Partial<Paper>;

/** One observation of one metric of one paper at one time. */
export interface Signal {
  paperId: string;
  source: string;
  metric: string;
  observedAt: Date;
  value: number;
}

/**
 * A named filter that readers can follow. `categories` are what arXiv is asked for, `keywords` the
 * terms that say most for it; what decides is a rule of weights (papers/classify.ts).
 */
export interface Topic {
  slug: string;
  name: string;
  description: string;
  categories: string[];
  keywords: string[];
}

/** The slug under which the overall edition (every paper, no filter) is frozen. */
export const OVERALL = 'all';

/** One place in an edition: a paper, where it stands and why. */
export interface EditionEntry {
  rank: number;
  score: number;
  /** What it is worth, its age left aside. */
  weeklyScore: number;
  /** Of a return: the day of the edition that it led before. */
  backSince: string | null;
  /** Short sentences for a reader: "Top 2 % for its age". */
  reasons: string[];
  paper: Paper;
}

/** The frozen list of one day for one topic. `date` is `YYYY-MM-DD`. */
export interface Edition {
  date: string;
  topic: string;
  frozenAt: Date;
  /** Made of the samples that ship with Paperboy, because no source could be reached yet. */
  sample: boolean;
  entries: EditionEntry[];
}
