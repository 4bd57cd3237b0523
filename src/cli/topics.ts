import { DAY } from '../duration.ts';
import { getPaper, papersFirstSeen } from '../db/papers.ts';
import { AppError } from '../errors.ts';
import type { Paper } from '../paper.ts';
import { BELONGS, type Verdict } from '../papers/classify.ts';
import { canonicalId } from '../papers/identity.ts';
import { ownTopicsFile, readOwnTopics } from '../papers/own-topics.ts';
import type { TopicInForce, Topics } from '../papers/topics.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

const NEAREST = 3;
const EVIDENCE_SHOWN = 8;
const EXAMPLES = 3;
const MOST_DAYS = 365;

/** Says why a stored paper is under its topics, and which came nearest without taking it. */
export async function topicsExplain(
  { config, log, signal, print }: Context,
  name: string,
  options: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const id = canonicalId(name.trim());
  const paper = id === null ? null : await getPaper(store.db, id);
  if (!paper)
    throw new AppError(
      'NOT_FOUND',
      `There is no paper "${name.slice(0, 100)}" in the database. Give an id such as arxiv:2507.14843, or its link on ` +
        'arXiv or Hugging Face; "paperboy ingest" fetches the newest.',
    );
  const topics = store.topics.classify(paper);
  const nearest = store.topics.nearest(paper, NEAREST);
  if (options.json) return print(JSON.stringify({ id: paper.id, title: paper.title, topics, nearest }));
  await print(`${paper.title}\n${paper.id}`);
  for (const verdict of topics) await print(`\n${line(verdict)}\n${reasons(verdict)}`);
  if (topics.length === 0) await print('\nIt falls under no topic.');
  await print(`\nNot under these, which need ${percent(BELONGS)}:`);
  for (const verdict of nearest) await print(`\n${line(verdict)}\n${reasons(verdict)}`);
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const line = ({ slug, score }: Verdict): string => `${slug}  ${percent(score)}`;

const reasons = ({ evidence }: Verdict): string =>
  evidence
    .slice(0, EVIDENCE_SHOWN)
    .map(({ what, where, weight }) => `  ${signed(weight)}  ${what} (${where})`)
    .join('\n') || '  nothing speaks for it or against it';

const signed = (weight: number): string => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(1)}`;

/**
 * Files the papers of the last days under the topics in force and shows what becomes of them. Ends
 * with exit code 1 when the operator's topics are broken, and shows those that ship then.
 */
export async function topicsTest(
  { config, log, signal, print }: Context,
  options: { days: string; json?: boolean },
): Promise<void> {
  const days = daysOf(options.days);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const { topics: own, faults } = await readOwnTopics(config.dataDir);
  const { topics } = store;
  const until = store.now();
  const after = new Date(until.getTime() - days * DAY);
  const papers = await papersFirstSeen(store.db, { after, until, sample: false });
  const found = sortedUnder(papers, topics);
  if (options.json) await print(JSON.stringify({ days, papers: papers.length, ...found, own: own.length, faults }));
  else await show(print, { days, papers: papers.length, own, ...found });
  if (faults.length > 0) throw new AppError('CONFIG_INVALID', faults.join('\n'));
  if (!options.json) await print(`\n${ownTopicsFile(config.dataDir)}: ${own.length} topics of your own.`);
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new AppError(
    'INPUT_INVALID',
    `--days must be a whole number from 1 to ${MOST_DAYS}, not "${text.slice(0, 20)}".`,
  );
}

interface Under {
  slug: string;
  papers: number;
  examples: string[];
}

function sortedUnder(papers: readonly Paper[], topics: Topics) {
  const filed = papers.map((paper) => ({ paper, verdicts: topics.classify(paper) }));
  const under = (slug: string): Under => {
    // The surest first: they show best what a topic means.
    const there = filed
      .flatMap(({ paper, verdicts }) => verdicts.filter((v) => v.slug === slug).map((v) => ({ paper, score: v.score })))
      .toSorted((a, b) => b.score - a.score);
    return { slug, papers: there.length, examples: there.slice(0, EXAMPLES).map(({ paper }) => paper.title) };
  };
  const none = filed.filter(({ verdicts }) => verdicts.length === 0).map(({ paper }) => paper.title);
  return {
    topics: topics.list.map(({ slug }) => under(slug)),
    none: { papers: none.length, examples: none.slice(0, EXAMPLES) },
  };
}

async function show(
  print: Context['print'],
  {
    days,
    papers,
    own,
    topics,
    none,
  }: { days: number; papers: number; own: TopicInForce[] } & ReturnType<typeof sortedUnder>,
): Promise<void> {
  const ownSlugs = new Set(own.map(({ slug }) => slug));
  await print(`${papers} papers of the last ${days} days`);
  for (const { slug, papers: count, examples } of [...topics, { slug: 'under none', ...none }]) {
    await print(`\n${String(count).padStart(5)}  ${slug}${ownSlugs.has(slug) ? ' (your own)' : ''}`);
    for (const title of examples) await print(`       ${title}`);
  }
}
