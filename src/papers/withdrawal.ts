const PAPER =
  '(?:paper|article|submission|manuscript|work|preprint|pre-print|version|document|report|thesis|note|draft)';
/** From a conference, a paper is withdrawn every day. */
const TAKEN_BACK =
  '(?:temporarily |formally |voluntarily |now )?(?:been )?(?:temporarily |formally )?(?:withdrawn|retracted)(?! from)';
const SAYS_SO = `(?:this|the|our) (?:arxiv )?${PAPER} (?:has|is|was|have)(?: being)? ${TAKEN_BACK}`;

const AT_START = new RegExp(`^\\W{0,3}(?:${SAYS_SO}|(?:${PAPER} )?withdrawn(?: by |[.:!\\]]|$))`, 'i');
/** By whom makes it sure, wherever such a sentence begins. */
const BY_WHOM = new RegExp(
  `(?:^|[.!?;] )\\W{0,3}(?:${SAYS_SO}|(?:${PAPER} (?:has been )?)?withdrawn) by (?:arxiv|(?:the |its |all )?(?:authors?|submitters?|administrators?))\\b`,
  'i',
);
/** arXiv's administrators, in their own words. */
const BY_ARXIV = /(?:withdrawn|removed) by (?:the )?arxiv(?:'s)? (?:admin|moderat)/i;
const IN_TITLE = /^\W{0,3}(?:withdrawn|retracted)\b\W{0,2}[:\])]/i;

/** What arXiv says of a paper, each as it is or empty. */
interface Said {
  title: string;
  abstract: string;
  /** What its authors wrote beside it. */
  comment: string;
  announceType: string;
}

/**
 * Whether a paper was taken back. Papers that speak of withdrawal, of drugs, of troops or of other
 * papers, were not.
 */
export function isWithdrawal({ title, abstract, comment, announceType }: Said): boolean {
  if (/^withdraw/i.test(announceType) || IN_TITLE.test(title.trim())) return true;
  return [abstract, comment].map(line).some((text) => AT_START.test(text) || BY_WHOM.test(text) || BY_ARXIV.test(text));
}

const line = (text: string): string => text.slice(0, 10_000).replace(/\s+/g, ' ').trim();
