import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDay } from '../src/day.ts';
import { inCodeOrder } from '../src/order.ts';
import { moment, webAddress } from '../src/papers/source.ts';
import { repositoryOwnerOf, type ListedPaper } from '../src/ranking/listed.ts';

/** A paper of a recorded list, and what is only there to be compared with. */
export type VotedPaper = ListedPaper & { abstract: string; upvotes: number; stars: number };

/** An entry of Hugging Face's Daily Papers, as far as it is looked at. */
interface Entry {
  paper: {
    id: string;
    title: string;
    summary: string;
    authors: { name: string; hidden?: boolean }[];
    upvotes: number;
    discussionId?: string;
    publishedAt?: string;
    projectPage?: string;
    githubRepo?: string;
    githubStars?: number;
    mediaUrls?: string[];
    organization?: Organisation;
    submittedOnDailyBy?: { user?: string };
  };
  organization?: Organisation;
}
interface Organisation {
  name?: string;
  fullname?: string;
}

/** The recorded days of several folders and their files, oldest first; a day that two have counts once. */
export const listFiles = (folders: readonly string[]): [day: string, file: string][] =>
  [
    ...new Map(
      folders.flatMap((folder) =>
        globSync('*.json', { cwd: folder })
          .filter((file) => isDay(path.basename(file, '.json')))
          .map((file): [string, string] => [path.basename(file, '.json'), path.join(folder, file)]),
      ),
    ),
  ].toSorted(([a], [b]) => inCodeOrder(a, b));

/** The recorded lists of several folders, oldest first. */
export const readLists = (folders: readonly string[]): VotedPaper[][] =>
  listFiles(folders)
    .map(([day, file]) => readList(day, JSON.parse(readFileSync(file, 'utf8'))))
    .filter((papers) => papers.length > 0);

/** By id: the order of the source follows the votes. */
const readList = (day: string, entries: readonly Entry[]): VotedPaper[] =>
  entries.map((entry) => listed(day, entry)).toSorted((a, b) => inCodeOrder(a.id, b.id));

function listed(day: string, { paper, ...outer }: Entry): VotedPaper {
  const organisation = paper.organization ?? outer.organization;
  const codeUrl = webAddress(paper.githubRepo);
  return {
    id: paper.id,
    day,
    title: paper.title,
    abstract: paper.summary,
    titleLength: Buffer.byteLength(paper.title),
    abstractLength: Buffer.byteLength(paper.summary),
    authors: paper.authors.flatMap(({ name, hidden }) => (hidden === true ? [] : [name])),
    submitter: paper.submittedOnDailyBy?.user ?? null,
    organisation: organisation?.fullname || organisation?.name || null,
    repositoryOwner: repositoryOwnerOf(codeUrl),
    hasCode: codeUrl !== null,
    hasProject: webAddress(paper.projectPage) !== null,
    hasMedia: (paper.mediaUrls ?? []).length > 0,
    publishedAt: moment(paper.publishedAt),
    pageAt:
      paper.discussionId === undefined ? null : new Date(Number.parseInt(paper.discussionId.slice(0, 8), 16) * 1000),
    upvotes: paper.upvotes,
    stars: paper.githubStars ?? 0,
  };
}
