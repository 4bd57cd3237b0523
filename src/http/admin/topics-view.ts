import type { Paper } from '../../paper.ts';
import type { TopicChange, TopicOrigin, Trial } from '../../papers/desk-topics.ts';
import { paperPath } from '../../papers/links.ts';
import { topicPath } from '../paths.ts';
import { type OwnTopic, wordsOf } from '../../papers/own-topics.ts';
import type { TopicInForce } from '../../papers/topics.ts';
import type { FormFields } from '../plugins/forms.ts';
import { textField } from '../plugins/forms.ts';
import { capitalised, counted, figure } from '../../figures.ts';
import type { Clock } from './words.ts';

/** So many papers of each side of a trial are named. */
const NAMED = 15;
const CHANGES_SHOWN = 10;

const ORIGINS: Readonly<Record<TopicOrigin, string>> = {
  // What is the same of most rows tells nothing.
  ours: '',
  'added to': 'added to at the desk',
  desk: 'made at the desk',
  file: 'topics.json',
};

export interface TopicListFacts {
  topics: readonly TopicInForce[];
  originOf: (slug: string) => TopicOrigin;
  readers: ReadonlyMap<string, number>;
  papers: ReadonlyMap<string, number>;
}

export interface TopicsView {
  sentence: string;
  rows: { href: string; name: string; origin: string; readers: string; papers: string }[];
}

/** The list of topics. Pure. */
export function topicsView({ topics, originOf, readers, papers }: TopicListFacts): TopicsView {
  const most = topics.toSorted((a, b) => (readers.get(b.slug) ?? 0) - (readers.get(a.slug) ?? 0))[0];
  const empty = topics.filter(({ slug }) => (papers.get(slug) ?? 0) === 0).length;
  const followed = most === undefined ? 0 : (readers.get(most.slug) ?? 0);
  const lead =
    followed === 0 ? 'no reader has chosen one yet' : `${most!.name} has the most readers, ${figure(followed)}`;
  const none = empty === 0 ? '' : `; ${counted(empty, 'topic')} had no paper in 30 days`;
  return {
    sentence: `${capitalised(counted(topics.length, 'topic'))}: ${lead}${none}.`,
    rows: topics.map(({ slug, name }) => ({
      href: `/admin/topics/${slug}`,
      name,
      origin: ORIGINS[originOf(slug)],
      readers: figure(readers.get(slug) ?? 0),
      papers: figure(papers.get(slug) ?? 0),
    })),
  };
}

/** The form of a topic, as text. */
export interface TopicForm {
  slug: string;
  name: string;
  description: string;
  categories: string;
  strong: string;
  weak: string;
  not: string;
}

const EMPTY: TopicForm = { slug: '', name: '', description: '', categories: '', strong: '', weak: '', not: '' };

/** What the form shows of a topic before it was touched. */
export function formOf(
  topic: Pick<TopicInForce, 'slug' | 'name' | 'description'> | null,
  desk: OwnTopic | null,
): TopicForm {
  if (desk === null)
    return topic === null ? EMPTY : { ...EMPTY, slug: topic.slug, name: topic.name, description: topic.description };
  const { strong, weak, not } = wordsOf(desk);
  return {
    slug: desk.slug,
    name: desk.name,
    description: desk.description ?? '',
    categories: (desk.categories ?? []).join(', '),
    strong: strong.join('\n'),
    weak: weak.join('\n'),
    not: not.join('\n'),
  };
}

/** What was typed. */
export const typed = (fields: FormFields, slug: string | null): TopicForm => {
  const text = (name: string): string => textField(fields, name)?.trim() ?? '';
  return {
    slug: slug ?? text('slug'),
    name: text('name'),
    description: text('description'),
    categories: text('categories'),
    strong: text('strong'),
    weak: text('weak'),
    not: text('not'),
  };
};

const split = (text: string, by: RegExp): string[] => [
  ...new Set(
    text
      .split(by)
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

/** The topic that a form describes; whether it can be one is another question. */
export const topicOf = (form: TopicForm): OwnTopic => ({
  slug: form.slug,
  name: form.name,
  ...(form.description !== '' && { description: form.description }),
  ...(form.categories !== '' && { categories: split(form.categories, /[\s,;]+/) }),
  ...((form.strong !== '' || form.weak !== '') && {
    keywords: { strong: split(form.strong, /[\n,;]+/), weak: split(form.weak, /[\n,;]+/) },
  }),
  ...(form.not !== '' && { not: split(form.not, /[\n,;]+/) }),
});

export interface TopicFacts {
  /** `null`: a new one. */
  topic: TopicInForce | null;
  origin: TopicOrigin;
  form: TopicForm;
  readers: number;
  papers: number;
  changes: readonly TopicChange[];
  trial: Trial | null;
  said: string | null;
  problem: string | null;
}

export interface TopicView {
  sentence: string;
  deck: string;
  action: string;
  isNew: boolean;
  isOpen: boolean;
  /** Whether what is typed comes on top of what ships. */
  adds: boolean;
  form: TopicForm;
  said: string | null;
  problem: string | null;
  trial: { says: string; come: PaperList; go: PaperList } | null;
  changes: { id: string; at: string; says: string }[];
  remove: { lead: string; rest: string } | null;
  page: string | null;
}

interface PaperList {
  heading: string;
  papers: { title: string; href: string }[];
  more: string | null;
}

/** One topic, to be looked at and changed. Pure. */
export function topicView(facts: TopicFacts, clock: Clock): TopicView {
  const { topic, origin, form, readers, papers, changes, trial } = facts;
  const own = topic === null ? [] : changes.filter(({ slug }) => slug === topic.slug);
  return {
    sentence:
      topic === null
        ? 'A topic of your own: papers that name its words, or are of its categories.'
        : `${topic.name}: ${counted(readers, 'reader')}, ${counted(papers, 'paper')} in the last 30 days.`,
    deck: deckOf(origin, topic),
    action: `/admin/topics/${topic?.slug ?? 'new'}`,
    isNew: topic === null,
    isOpen: origin !== 'file',
    adds: origin === 'ours' || origin === 'added to',
    form,
    said: facts.said,
    problem: facts.problem,
    trial: trial && {
      says:
        `Of ${counted(trial.looked, 'paper')} of the last 30 days, ${figure(trial.come.length)} would come in and ` +
        `${figure(trial.go.length)} would go; ${figure(trial.stay)} stay. Nothing is saved yet.`,
      come: listOf('Come in', trial.come),
      go: listOf('Go', trial.go),
    },
    changes: own.slice(0, CHANGES_SHOWN).map((change) => ({
      id: change.at,
      at: clock.moment(new Date(change.at)),
      says: `${change.by} ${changeWords(change)}`,
    })),
    remove: origin === 'desk' || origin === 'added to' ? removeWords(origin, readers) : null,
    page: topic === null ? null : topicPath(topic.slug),
  };
}

function deckOf(origin: TopicOrigin, topic: TopicInForce | null): string {
  if (topic === null) return 'Try it on the last 30 days before you save it.';
  if (origin === 'file')
    return 'The file topics.json in the data directory says what it is: change it there, and start again.';
  if (origin === 'desk') return 'It was made here. Try a change on the last 30 days before you save it.';
  return 'It comes with Paperboy, with words that were fitted. What you say here is added to them.';
}

function removeWords(origin: TopicOrigin, readers: number): TopicView['remove'] {
  if (origin === 'added to')
    return {
      lead: 'It becomes again what comes with Paperboy.',
      rest: 'What you had said of it can be put back below.',
    };
  return {
    lead:
      readers === 0
        ? 'No reader follows it.'
        : `${capitalised(counted(readers, 'reader'))} who ${readers === 1 ? 'follows' : 'follow'} it would get nothing of it.`,
    rest: 'Editions of before keep it, and it can be put back below.',
  };
}

const changeWords = ({ before, after }: TopicChange): string => {
  if (after === null) return 'took back what was said of it';
  return before === null ? 'said what it is' : 'changed it';
};

const listOf = (heading: string, papers: readonly Paper[]): PaperList => ({
  heading: `${heading}: ${figure(papers.length)}`,
  papers: papers.slice(0, NAMED).map(({ id, title }) => ({ title, href: paperPath(id) })),
  more: papers.length > NAMED ? `and ${figure(papers.length - NAMED)} more` : null,
});
