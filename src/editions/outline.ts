import { OVERALL } from '../paper.ts';
import type { Follow } from '../subscriber.ts';
import type { Words } from '../words/words.ts';
import { type Brought, partOf as followPart } from './follows.ts';
import type { Chosen } from './select.ts';

/** How much room a paper gets: the first of all, one of a pair, the first of a section, or little. */
export type Tier = 'lead' | 'half' | 'head' | 'brief';

export interface Story {
  id: string;
  tier: Tier;
  /** Whether it is a return for this reader. */
  isBack: boolean;
}

/** What stands under one head: a topic, "In brief", or none for what leads the digest. */
export interface Section {
  label: string | null;
  /** "6 of 21" */
  found: string | null;
  /** What of the reader's own found it, where it is no topic. */
  follow?: Follow;
  stories: Story[];
}

/** A digest without its words: what stands where. */
export interface Outline {
  sections: Section[];
  /** "10 of 30", and "Agents 6, Robotics 4" of a reader of several topics. */
  count: string;
  parts: string;
  /** How many papers the day has beside these, and the first of them. */
  others: { count: number; ids: string[] };
}

export interface OutlineInput {
  chosen: readonly Chosen[];
  /** What else the reader follows, and what it brought. */
  brought?: readonly Brought[];
  /** What the reader follows. */
  topics: readonly string[];
  /** Whether it goes by the week. */
  isWeekly: boolean;
  /** What the reader had before: it is not among what is left to read. */
  had: ReadonlyMap<string, number>;
  /** Each topic's name, and the ids of the papers that its edition shows. */
  editions: ReadonlyMap<string, { name: string; shown: readonly string[] }>;
}

const NAMED_BEHIND_THE_DOOR = 3;

/** Lays out a digest in a language: one lead and a pair before the rest, or a section for each topic. Pure. */
export function outlineOf(
  words: Words,
  { chosen, brought = [], topics, editions, isWeekly, had }: OutlineInput,
): Outline {
  const followed = topics.length === 0 ? [OVERALL] : topics;
  const bySection = Map.groupBy(chosen, (paper) => paper.topic);
  const isDivided = followed.length > 1;
  const held = new Set([...chosen.map(({ paper }) => paper.id), ...brought.flatMap(({ papers }) => papers)]);
  const shown = [...new Set(followed.flatMap((topic) => editions.get(topic)?.shown ?? []))];
  const others = shown.filter((id) => !held.has(id) && !had.has(id));
  const partOf = ([topic, papers]: [string, readonly Chosen[]]): string =>
    `${editions.get(topic)?.name ?? topic} ${papers.length}`;
  const ofTopics = isDivided
    ? [...bySection].map(([topic, papers], i) => topicSection(words, papers, editions.get(topic), i === 0))
    : undivided(words, chosen);
  return {
    sections: [...ofTopics, ...followSections(words, brought, chosen.length === 0)],
    count: isWeekly ? words.t('digest-best-of-week', { papers: held.size }) : countOf(words, held.size, others.length),
    parts: [...(isDivided ? [...bySection].map(partOf) : []), followPart(words, brought)]
      .filter(Boolean)
      .join(words.t('comma')),
    others: { count: others.length, ids: others.slice(0, NAMED_BEHIND_THE_DOOR) },
  };
}

const countOf = (words: Words, papers: number, others: number): string =>
  others > 0 ? words.t('digest-some-of', { papers, all: papers + others }) : words.t('papers', { papers });

const storyOf =
  (tier: Tier) =>
  ({ paper, backSince }: Chosen): Story => ({ id: paper.id, tier, isBack: backSince !== null });

/** One lead, a pair where more than these three follow, and the rest in brief. */
function undivided(words: Words, chosen: readonly Chosen[]): Section[] {
  const [lead, ...rest] = chosen;
  if (!lead) return [];
  const pair = rest.length > 2 ? rest.slice(0, 2) : [];
  const brief = rest.slice(pair.length);
  return [
    { label: null, found: null, stories: [storyOf('lead')(lead), ...pair.map(storyOf('half'))] },
    { label: words.t('digest-in-brief'), found: null, stories: brief.map(storyOf('brief')) },
  ].filter(({ stories }) => stories.length > 0);
}

function topicSection(
  words: Words,
  papers: readonly Chosen[],
  edition: { name: string; shown: readonly string[] } | undefined,
  isFirst: boolean,
): Section {
  const shown = Math.max(papers.length, edition?.shown.length ?? 0);
  const first = isFirst ? 'lead' : 'head';
  return {
    label: edition?.name ?? papers[0]!.topic,
    found:
      shown > papers.length
        ? words.t('digest-some-of', { papers: papers.length, all: shown })
        : words.number(papers.length),
    stories: papers.map((paper, i) => storyOf(i === 0 ? first : 'brief')(paper)),
  };
}

/** The sections of what follows bring. The first leads a digest that holds nothing else. */
const followSections = (words: Words, brought: readonly Brought[], isAlone: boolean): Section[] =>
  brought.map(({ follow, papers }, at) => ({
    label: headOf(words, follow),
    found: words.t('digest-new-count', { papers: papers.length }),
    follow,
    stories: papers.map((id, i) => ({ id, tier: tierOf(isAlone && at === 0, i), isBack: false })),
  }));

function tierOf(leads: boolean, place: number): Tier {
  if (place > 0) return 'brief';
  return leads ? 'lead' : 'head';
}

function headOf(words: Words, { kind, label }: Follow): string {
  if (kind === 'author') return words.t('digest-by', { name: label });
  return kind === 'organisation'
    ? words.t('digest-from', { name: label })
    : words.t('digest-search', { search: label });
}

/** The stories in the order in which they are printed and numbered. */
export const printed = (outline: Outline): Story[] => outline.sections.flatMap(({ stories }) => stories);
