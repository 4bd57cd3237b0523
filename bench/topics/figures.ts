import type { Label } from './papers.ts';

export interface TopicFigures {
  /** Of the papers filed there, those whose labels name the topic, core or also; null of none. */
  precision: number | null;
  /** Of the papers whose core it is, those filed there; null of none. */
  recall: number | null;
  filed: number;
  core: number;
}

export interface Figures {
  precision: number;
  recall: number;
  /** The share of papers that fall under none of the topics of the labels. */
  untopiced: number;
  /** The most topics that one paper falls under. */
  maxTopics: number;
  papers: number;
  topics: Record<string, TopicFigures>;
}

/** Compares what papers were filed under with their labels. Pure. */
export function figuresOf(filed: readonly { label: Label; slugs: readonly string[] }[], topics: readonly string[]) {
  const all = countsOf(filed, topics);
  return {
    precision: share(all.right, all.filed) ?? 0,
    recall: share(all.found, all.core) ?? 0,
    untopiced: share(filed.filter(({ slugs }) => slugs.length === 0).length, filed.length) ?? 0,
    maxTopics: Math.max(0, ...filed.map(({ slugs }) => slugs.length)),
    papers: filed.length,
    topics: Object.fromEntries(
      topics.map((topic): [string, TopicFigures] => {
        const { right, filed: n, found, core } = countsOf(filed, [topic]);
        return [topic, { precision: share(right, n), recall: share(found, core), filed: n, core }];
      }),
    ),
  } satisfies Figures;
}

function countsOf(filed: readonly { label: Label; slugs: readonly string[] }[], topics: readonly string[]) {
  const counts = { right: 0, filed: 0, found: 0, core: 0 };
  for (const { label, slugs } of filed)
    for (const topic of topics) {
      const [isFiled, isCore] = [slugs.includes(topic), label.core.includes(topic)];
      counts.filed += Number(isFiled);
      counts.right += Number(isFiled && (isCore || label.also.includes(topic)));
      counts.core += Number(isCore);
      counts.found += Number(isFiled && isCore);
    }
  return counts;
}

const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((1000 * part) / whole) / 1000;
