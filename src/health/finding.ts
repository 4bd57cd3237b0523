import { capitalised, counted } from '../figures.ts';

/** What a look found of one check: to mend by the operator, worth a look (it can wait, or heals by itself), or well. */
export type Verdict = 'mend' | 'look' | 'well';

export const GROUPS = ['backups', 'storage', 'relay', 'dns', 'sources', 'queue', 'settings'] as const;
export type Group = (typeof GROUPS)[number];

export interface Finding {
  /** The same of the same check at every look: `spf`, `source:arxiv`. */
  check: string;
  group: Group;
  /** The check as a person calls it. */
  name: string;
  verdict: Verdict;
  /** What is so. */
  sentence: string;
  /** What to do; `null` where nothing is. */
  remedy: string | null;
}

type Check = Pick<Finding, 'check' | 'group' | 'name'>;

/** The three findings that a check can come to. */
export const findingsOf = (check: string, group: Group, name: string) => {
  const of: Check = { check, group, name };
  return {
    well: (sentence: string): Finding => ({ ...of, verdict: 'well', sentence, remedy: null }),
    look: (sentence: string, remedy: string): Finding => ({ ...of, verdict: 'look', sentence, remedy }),
    mend: (sentence: string, remedy: string): Finding => ({ ...of, verdict: 'mend', sentence, remedy }),
  };
};

const SOURCE_CHECK = 'source:';
/** The check of a source, and the source that a check is of; `null`: it is of none. */
export const sourceCheck = (source: string): string => SOURCE_CHECK + source;
export const checkedSource = (check: string): string | null =>
  check.startsWith(SOURCE_CHECK) ? check.slice(SOURCE_CHECK.length) : null;

const WEIGHT: Readonly<Record<Verdict, number>> = { mend: 0, look: 1, well: 2 };

/** The worst first, and among those of one verdict as they came. */
export const worstFirst = <One extends { verdict: Verdict }>(findings: readonly One[]): One[] =>
  findings.toSorted((one, other) => WEIGHT[one.verdict] - WEIGHT[other.verdict]);

const things = (count: number): string => counted(count, 'thing is', 'things are');

/** One sentence for all of them: what needs the operator, else what is worth a look. */
export function headlineOf(findings: readonly Pick<Finding, 'verdict' | 'name'>[]): string {
  const named = (verdict: Verdict): string[] => findings.filter((f) => f.verdict === verdict).map(({ name }) => name);
  const [mend, look] = [named('mend'), named('look')];
  if (mend.length > 0) return `${capitalised(things(mend.length))} to mend: ${firstOf(mend)}.`;
  if (look.length > 0) return `Nothing is to mend; ${things(look.length)} worth a look: ${firstOf(look)}.`;
  return `All ${findings.length} checks are well; nothing needs you.`;
}

/** The first three, and how many more. */
const firstOf = (names: readonly string[]): string => {
  const more = names.length - 3;
  return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
