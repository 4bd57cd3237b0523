import { HOUR } from '../duration.ts';
import { namesOf, type Earned, type History, type Kind } from './history.ts';
import { dayNumber, type ListedPaper } from './listed.ts';
import type { Matrix } from './ridge.ts';

export const GROUPS = {
  authors: ['authorPositive','authorPositiveRecent','authorBestThree','authorBestThreeRecent','authorBest','authorMean','authorKnown','authorExperience', 'authorLast', 'authorFirst'],
  submitter: ['submitterFlat','submitterRecent','submitterPapers'],
  organisation: ['organisationFlat','organisationRecent','organisationPapers', 'organisationNamed'],
  repository: ['repositoryFlat','repositoryRecent','repositoryPapers'],
  count: ['authorCount'],
  code: ['code'],
  project: ['project'],
  media: ['media'],
  lengths: ['titleLength','abstractLength'],
  age: ['age'],
  hour: ['hour','late','before', 'pageAge'],
} as const;
export const NAMES: string[] = Object.values(GROUPS).flat();

const mean = (v: number[]) => v.length ? v.reduce((a,b)=>a+b,0)/v.length : 0;
const bestThree = (v: number[]) => mean(v.toSorted((a,b)=>b-a).slice(0,3));
const one = (history: History, kind: Kind, paper: ListedPaper, day: number): Earned => {
  const name = namesOf(kind, paper)[0];
  return (name !== undefined && history.of(kind, name, day)) || { papers: 0, flat: 0, recent: 0 };
};

export function featuresOf(paper: ListedPaper, history: History): number[] {
  const day = dayNumber(paper.day);
  const names = namesOf('author', paper);
  const all = names.map((n) => history.of('author', n, day));
  const known = all.filter((e): e is Earned => e !== null);
  const flats = known.map(e=>e.flat), recents = known.map(e=>e.recent);
  const positive = (v: number[]) => Math.log1p(v.reduce((s,x)=>s+Math.max(0,x),0));
  const s = one(history,'submitter',paper,day), o = one(history,'organisation',paper,day), r = one(history,'repository',paper,day);
  const h = paper.pageAt === null ? 3 : paper.pageAt.getTime()/HOUR - day*24;
  const age = paper.publishedAt === null ? 2 : Math.max(0, day - paper.publishedAt.getTime()/(24*HOUR));
  return [
    positive(flats), positive(recents), bestThree(flats), bestThree(recents), Math.max(0,...recents), mean(flats), known.length/Math.max(1,names.length), Math.log1p(known.reduce((x,e)=>x+e.papers,0)), all.at(-1)?.recent ?? 0, all[0]?.recent ?? 0,
    s.flat,s.recent,Math.log1p(s.papers),
    o.flat,o.recent,Math.log1p(o.papers), paper.organisation?1:0,
    r.flat,r.recent,Math.log1p(r.papers),
    Math.log1p(paper.authors.length),
    +paper.hasCode, +paper.hasProject, +paper.hasMedia,
    Math.log1p(paper.title.length), Math.log1p(paper.abstract.length),
    Math.log1p(age),
    Math.min(12, Math.max(0,h)), Math.max(0,Math.min(h,10)-4), h<0.5?1:0, Math.log1p(Math.max(0,-h)),
  ];
}

/** each also minus its day's mean */
export function dayRows(papers: readonly ListedPaper[], history: History): Float64Array {
  const raw = papers.map((p)=>featuresOf(p,history));
  const w = NAMES.length;
  const out = new Float64Array(papers.length*w*2);
  for (let c=0;c<w;c++){ const m = mean(raw.map(r=>r[c]!)); raw.forEach((r,i)=>{ out[i*2*w+c]=r[c]!; out[i*2*w+w+c]=r[c]!-m; }); }
  return out;
}
export type { Matrix };
