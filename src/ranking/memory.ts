import { createCompanions, type Companions } from './companions.ts';
import { createHistory, type History } from './history.ts';
import type { ListedPaper } from './listed.ts';
import { standingsOf } from './standing.ts';

/** What is remembered of earlier lists: who earned what, and who wrote with whom. */
export interface Memory {
  readonly history: History;
  readonly companions: Companions;
}

/** A memory that grows with each list. */
export interface LearningMemory extends Memory {
  /** Takes in the list of a day. Days come in order, each once. */
  learn(papers: readonly ListedPaper[]): void;
}

export function createMemory(): LearningMemory {
  const history = createHistory();
  const companions = createCompanions();
  return {
    history,
    companions,
    learn(papers) {
      const voted = papers.filter(({ upvotes }) => upvotes !== null);
      const standings = standingsOf(voted.map(({ upvotes }) => upvotes!));
      const standingOf = new Map(voted.map(({ id }, i) => [id, standings[i]!]));
      for (const paper of papers) companions.add({ ...paper, standing: standingOf.get(paper.id) ?? 0 });
      history.learn(papers);
    },
  };
}
