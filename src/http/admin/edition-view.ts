import { HOUR, MINUTE } from '../../duration.ts';
import type { EditionChoice, EditionNote } from '../../db/edition-choices.ts';
import type { Standing } from '../../editions/build.ts';
import { NOTE_LENGTH } from '../../editions/choose.ts';
import { CHOSEN_REASON } from '../../editions/select.ts';
import type { EditionEntry, Topic } from '../../paper.ts';
import { shortAuthorLine } from '../../papers/authors.ts';
import { paperPath } from '../../papers/links.ts';
import { capitalised, counted, figure } from '../../figures.ts';
import { type Clock, whose } from './words.ts';

/** What is shown before it is asked for more. */
const SHOWN = 10;

export interface EditionFacts {
  now: Date;
  date: string;
  /** When it is frozen, or was. */
  frozenAt: Date;
  /** What it holds, once frozen; else what stands for it. */
  frozen: readonly EditionEntry[] | null;
  standing: Standing | null;
  note: EditionNote | null;
  /** Whether its digest is on its way: then the note stays as it is. */
  isSent: boolean;
  topics: readonly Topic[];
  /** The topic whose reader is looked at, and how. */
  of: string;
  as: PreviewForm;
  /** How many papers are wanted on the page. */
  isWhole: boolean;
  said: string | null;
  problem: string | null;
}

export const PREVIEW_FORMS = ['phone', 'wide', 'text'] as const;
export type PreviewForm = (typeof PREVIEW_FORMS)[number];

export interface EditionView {
  kicker: string;
  sentence: string;
  deck: string;
  said: string | null;
  problem: string | null;
  action: string;
  note: { words: string; most: number; hint: string; isOpen: boolean };
  papersAside: string;
  papers: EditionPaper[];
  more: { label: string; href: string } | null;
  canChoose: boolean;
  dropped: { id: string; title: string; trace: string; why: string }[];
  preview: {
    topics: { slug: string; name: string; chosen: boolean }[];
    tabs: { label: string; href: string; here: boolean }[];
    src: string;
    as: PreviewForm;
  };
  of: string;
}

export interface EditionPaper {
  id: string;
  rank: number;
  title: string;
  href: string;
  facts: string[];
  trace: string | null;
  isPinned: boolean;
}

export function editionView(facts: EditionFacts, clock: Clock): EditionView {
  const { date, now, standing, frozen, frozenAt, note, isSent, topics, of, as } = facts;
  const action = `/admin/editions/${date}`;
  const names = new Map(topics.map(({ slug, name }) => [slug, name]));
  const papers = frozen === null ? standingPapers(standing, names, clock) : frozenPapers(frozen);
  const choices = standing?.choices ?? [];
  const listed = frozen === null ? (standing?.entries.filter(({ isListed }) => isListed).length ?? 0) : papers.length;
  return {
    kicker: clock.moment(now),
    sentence: sentence(facts, listed, clock),
    deck: deck(facts),
    said: facts.said,
    problem: facts.problem,
    action,
    note: {
      words: note?.words ?? '',
      most: NOTE_LENGTH,
      hint: noteHint(note, isSent, clock),
      isOpen: !isSent,
    },
    papersAside:
      frozen === null
        ? `Of ${figure(standing?.entries.length ?? 0)} that stand for it, the best ${figure(listed)}`
        : `${capitalised(counted(papers.length, 'paper'))}, frozen at ${clock.time(frozenAt)}`,
    papers: facts.isWhole ? papers : papers.slice(0, SHOWN),
    more:
      facts.isWhole || papers.length <= SHOWN
        ? null
        : { label: `All ${figure(papers.length)}`, href: `${action}?all=yes&of=${of}&as=${as}#papers` },
    canChoose: frozen === null,
    dropped: choices
      .filter(({ choice }) => choice === 'drop')
      .map((one) => ({ id: one.paperId, title: one.title, why: one.why ?? '', trace: droppedWords(one, clock) })),
    preview: {
      topics: [{ slug: 'all', name: 'Everything' }, ...topics].map(({ slug, name }) => ({
        slug,
        name,
        chosen: slug === of,
      })),
      tabs: PREVIEW_FORMS.map((form) => ({
        label: capitalised(form),
        href: `${action}?of=${of}&as=${form}#preview`,
        here: form === as,
      })),
      src: `${action}/mail?of=${of}&as=${as}`,
      as,
    },
    of,
  };
}

function sentence({ date, now, frozen, frozenAt, standing }: EditionFacts, listed: number, clock: Clock): string {
  const name = capitalised(whose(date, now, 'edition', clock));
  if (frozen !== null) return `${name} was frozen at ${clock.time(frozenAt)}: ${counted(listed, 'paper')}.`;
  if (listed === 0) return `${name} freezes at ${clock.time(frozenAt)}, and no paper stands for it yet.`;
  const count = (wanted: EditionChoice['choice']): number =>
    standing?.choices.filter(({ choice }) => choice === wanted).length ?? 0;
  const pinned = count('pin') > 0 ? [`${counted(count('pin'), 'of them', 'of them')} pinned`] : [];
  const dropped = count('drop') > 0 ? [`${counted(count('drop'), 'other', 'others')} dropped`] : [];
  return `${name} freezes at ${clock.time(frozenAt)}: ${[counted(listed, 'paper'), ...pinned, ...dropped].join(', ')}.`;
}

function deck({ now, frozen, frozenAt, isSent }: EditionFacts): string {
  if (frozen !== null)
    return isSent
      ? 'What readers get of it does not change any more.'
      : 'What stands in it does not change; a note can still be put above it.';
  const left = frozenAt.getTime() - now.getTime();
  if (left <= 0) return 'Its hour has come: it is frozen as soon as the sources have answered.';
  const next = 'If you do nothing, it goes out as it stands, with what comes in until then.';
  return `That is in ${durationWords(left)}. ${next}`;
}

/** "7 hours 20 minutes": what is begun of a minute is still to come. */
function durationWords(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE);
  const parts = { hour: Math.floor((minutes * MINUTE) / HOUR), minute: minutes % (HOUR / MINUTE) };
  return Object.entries(parts)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}

function noteHint(note: EditionNote | null, isSent: boolean, clock: Clock): string {
  if (isSent) return 'Its digest is on its way: the note stays as it is.';
  const room = `up to ${NOTE_LENGTH} characters`;
  return note === null ? `In Markdown, ${room}.` : `Saved at ${clock.time(note.savedAt)}; ${room}.`;
}

const frozenPapers = (entries: readonly EditionEntry[]): EditionPaper[] =>
  entries.map(({ paper, rank, reasons }) => ({
    id: paper.id,
    rank,
    title: paper.title,
    href: paperPath(paper.id),
    facts: [shortAuthorLine(paper), reasons.join(' · ')].filter(Boolean),
    trace: null,
    isPinned: reasons.includes(CHOSEN_REASON),
  }));

function standingPapers(standing: Standing | null, names: ReadonlyMap<string, string>, clock: Clock): EditionPaper[] {
  const pins = new Map(standing?.choices.filter(({ choice }) => choice === 'pin').map((pin) => [pin.paperId, pin]));
  return (standing?.entries ?? []).map(({ paper, rank, reasons, topics }) => {
    const pin = pins.get(paper.id);
    const at = standing!.byScore.get(paper.id);
    const about = topics.map((slug) => names.get(slug) ?? slug).join(', ');
    return {
      id: paper.id,
      rank,
      title: paper.title,
      href: paperPath(paper.id),
      facts: [
        [shortAuthorLine(paper), about].filter(Boolean).join(' · '),
        reasons.filter((reason) => reason !== CHOSEN_REASON).join(' · '),
      ].filter(Boolean),
      trace: pin ? pinnedWords(pin, at, clock) : null,
      isPinned: pin !== undefined,
    };
  });
}

const pinnedWords = ({ by, at }: EditionChoice, place: number | undefined, clock: Clock): string =>
  `Pinned by ${nameOfActor(by)} at ${clock.time(at)}.` +
  (place === undefined ? '' : ` By its score it would be no. ${place}.`);

const droppedWords = ({ by, at, why }: EditionChoice, clock: Clock): string =>
  `By ${nameOfActor(by)} at ${clock.time(at)}${why === null ? '.' : `: “${why}”.`}`;

/** Who reads it is the operator. */
const nameOfActor = (by: string): string => (by === 'operator' ? 'you' : by);
