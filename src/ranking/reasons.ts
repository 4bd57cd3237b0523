import type { FeatureGroup } from './features.ts';
import { namesOf, type History } from './history.ts';
import { byScore } from '../order.ts';
import { comparable, dayNumber, type ListedPaper } from './listed.ts';
import { foreteller, type RankingModel } from './model.ts';
import { expectedVotes } from './votes.ts';

/** A paper among those of its list, and its votes at the moment. */
export interface Candidate {
  paper: ListedPaper;
  upvotes: number;
  /** Hours that the votes had, since its page was made or it was first seen. */
  hours: number;
}

/** What a paper is measured against. */
export interface Surroundings {
  model: RankingModel;
  history: History;
  /** Groups that the operator switched off. */
  without?: readonly FeatureGroup[];
  /** The papers around it and their votes at the same moment; itself may be among them. */
  peers: readonly { id: string; upvotes: number; hours: number }[];
}

export interface Ranked {
  id: string;
  /** The votes that it will have in the end, as far as one can tell. */
  score: number;
  /** Reasons in a reader's words, the weightiest first, each of which moves the score. */
  reasons: string[];
}

const MOST_REASONS = 3;
/** A fact that moves the score by less than this share is none worth telling. */
const TELLING = 0.08;

/** Ranks the papers of one list, best first; among equals the id decides. */
export function rankList(candidates: readonly Candidate[], around: Surroundings): Ranked[] {
  const papers = candidates.map(({ paper }) => paper);
  const without = around.without ?? [];
  const foretellWithout = foreteller(around.model, papers, around.history);
  const standings = foretellWithout(without);
  const lacking = FACTS.filter(({ group }) => !without.includes(group)).map((fact) => ({
    ...fact,
    standings: foretellWithout([...without, fact.group]),
  }));
  return candidates
    .map(({ paper, ...votes }, i): Ranked => {
      const scoreAt = (standing: number): number => expectedVotes({ ...votes, standing }, around.model.roots);
      const score = scoreAt(standings[i]!);
      const facts = lacking
        .map(({ tell, standings: poorer }) => ({ tell, gain: 1 - scoreAt(poorer[i]!) / score }))
        .filter(({ gain }) => gain >= TELLING)
        .toSorted((a, b) => b.gain - a.gain)
        .flatMap(({ tell }) => tell(paper, around.history) ?? []);
      const attention = votesReason({ paper, ...votes }, around.peers) ?? [];
      return { id: paper.id, score, reasons: [attention, facts].flat().slice(0, MOST_REASONS) };
    })
    .toSorted(byScore);
}

interface Fact {
  group: FeatureGroup;
  /** Says it to a reader, or `null` where there is nothing good to say. */
  tell(paper: ListedPaper, history: History): string | null;
}

/** What can be said to a reader. Hour, age and lengths move papers too, but are no reason to read. */
const FACTS: readonly Fact[] = [
  { group: 'authors', tell: authorsReason },
  { group: 'organisation', tell: organisationReason },
  { group: 'code', tell: ({ hasCode }) => (hasCode ? 'Code available' : null) },
  { group: 'project', tell: ({ hasProject }) => (hasProject ? 'Has a project page' : null) },
  { group: 'media', tell: ({ hasMedia }) => (hasMedia ? 'Shown in pictures or a film' : null) },
];

/** So many deviations above their days a name's papers stood: no one who saw the votes would deny it. */
const DID_WELL = 0.3;

/** Names at most two authors: those who earned most, if it is more than the average. */
function authorsReason(paper: ListedPaper, history: History): string | null {
  const names = paper.authors
    .map((name) => ({ name, earned: history.earned('author', comparable(name), dayNumber(paper.day))?.flat ?? 0 }))
    .filter(({ earned }) => earned >= DID_WELL)
    .toSorted((a, b) => b.earned - a.earned)
    .slice(0, 2)
    .map(({ name }) => name);
  return names.length === 0 ? null : `By ${names.join(' and ')}, whose papers did well here before`;
}

function organisationReason(paper: ListedPaper, history: History): string | null {
  const [name] = namesOf('organisation', paper);
  const earned = name === undefined ? null : history.earned('organisation', name, dayNumber(paper.day));
  return earned !== null && earned.flat >= DID_WELL
    ? `From ${paper.organisation}, whose papers did well here before`
    : null;
}

/** Fewer votes are no attention yet. */
const LEAST_VOTES = 2;
/** A comparison with fewer papers says nothing. */
const LEAST_PEERS = 20;
/** Being ahead of fewer of 100 is no praise. */
const LEAST_AHEAD = 60;

/** "43 upvotes in a day, more than 96 of 100 papers of its age". */
function votesReason({ paper, upvotes, hours }: Candidate, peers: Surroundings['peers']): string | null {
  if (upvotes < LEAST_VOTES) return null;
  const said = `${upvotes.toLocaleString('en-US')} upvotes ${within(hours)}`;
  const same = peers.filter((peer) => peer.id !== paper.id && isOfAge(peer.hours, hours));
  if (same.length < LEAST_PEERS) return said;
  const fewer = same.filter((peer) => peer.upvotes < upvotes).length;
  if (fewer === same.length) return `${said}, more than any other paper of its age`;
  const ahead = Math.floor((100 * fewer) / same.length);
  return ahead < LEAST_AHEAD ? said : `${said}, more than ${ahead} of 100 papers of its age`;
}

/** Votes of the first hours come fast, so young papers are compared within hours, old ones within days. */
const isOfAge = (peer: number, hours: number): boolean => Math.abs(peer - hours) <= Math.max(2, hours / 4);

function within(hours: number): string {
  if (hours <= 1) return 'in an hour';
  if (hours <= 12) return `in ${Math.ceil(hours)} hours`;
  const days = Math.ceil(hours / 24);
  return days <= 1 ? 'in a day' : `in ${days} days`;
}
