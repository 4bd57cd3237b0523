import type { FastifyInstance, FastifyReply } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import type { TasteLine } from '../../db/say.ts';
import { addDays, dayOf } from '../../day.ts';
import { kindOf } from '../../papers/taste.ts';
import { topicsIn } from '../../papers/topic-words.ts';
import { type KnownPreferences, LONGEST_PAUSE_DAYS, type PreferencesInput } from '../../subscribers/preferences.ts';
import type { OwnWeight } from '../../subscribers/say.ts';
import { dayIn } from '../../subscribers/schedule.ts';
import type { Standing } from '../../subscribers/standing.ts';
import { choiceWords, momentWords, traitWords } from '../../subscribers/wording.ts';
import { wordsIn } from '../../brand/look.ts';
import type { DateForm } from '../../words/dates.ts';
import type { Words } from '../../words/words.ts';
import { fieldsOf, type FormFields, readForms, textField } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { followsView } from './follows.ts';
import { problemsOf } from './subscribe.ts';
import { formView, languagesOf, type Problems, readChoices } from './subscription-form.ts';
import type { TasteView } from './views.ts';

interface TokenRoute {
  Params: { token: string };
}

/** What a page of preferences shows beside what is stored. */
interface State {
  chosen?: PreferencesInput;
  saved?: boolean;
  problems?: Problems;
  move?: { asked: boolean; problem: string | null; email: string };
}

/**
 * A reader's preferences, behind a link of their mail: what comes and when, what their words came
 * to, the address, their data. GET shows, POST acts.
 */
export async function preferencesPages(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  const { db, now, look, render, actions, limits } = deps;
  await readForms(app);
  const onRequest = limits.token;

  const show = async (reply: FastifyReply, token: string, state: State = {}) => {
    const known = await actions.getPreferences(token);
    // What was just chosen holds for this page too.
    const words = wordsIn(look(), known.language);
    const topics = topicsIn(words, await listTopics(db));
    const { lines, says } = await actions.getTaste(token);
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'preferences', {
        title: words.t('preferences-title'),
        noindex: true,
        saved: state.saved ?? false,
        active: known.status === 'active',
        standing: [
          ...standingWords(words, await actions.getStanding(token), now()),
          words.t('preferences-get', { choices: choiceWords(words, known, topics), papers: known.length }),
        ],
        address: known.address,
        base: `/preferences/${token}`,
        pauseMost: addDays(dayOf(now()), LONGEST_PAUSE_DAYS),
        form: formView(words, topics, now(), state.chosen ?? chosenOf(known), {
          languages: languagesOf(look().brand),
          problems: state.problems,
        }),
        taste: tasteView(words, lines, says),
        follows: followsView(words, token, await actions.getFollows(token)),
        move: state.move ?? { asked: false, problem: null, email: '' },
      }),
    );
  };

  app.get<TokenRoute>('/preferences/:token', async (request, reply) => show(reply, request.params.token));

  app.post<TokenRoute>('/preferences/:token', { onRequest }, async (request, reply) => {
    const { token } = request.params;
    const chosen = readChoices(fieldsOf(request.body));
    const problems = await actions.setPreferences(token, chosen).then(
      () => null,
      (error: unknown) => problemsOf(request.words, error),
    );
    if (problems === null) return show(reply, token, { saved: true });
    reply.code(422);
    return show(reply, token, { chosen, problems });
  });

  app.post<TokenRoute>('/preferences/:token/taste', { onRequest }, async (request, reply) => {
    const { token } = request.params;
    await actions.setTaste(token, readWeights(fieldsOf(request.body)));
    return show(reply, token, { saved: true });
  });

  app.post<TokenRoute>('/preferences/:token/taste/forget', { onRequest }, async (request, reply) => {
    const { token } = request.params;
    await actions.forgetTaste(token);
    return show(reply, token, { saved: true });
  });

  app.post<TokenRoute>('/preferences/:token/address', { onRequest }, async (request, reply) => {
    const { token } = request.params;
    const email = textField(fieldsOf(request.body), 'email') ?? '';
    const problems = await actions.askToMove(token, email).then(
      () => null,
      (error: unknown) => problemsOf(request.words, error),
    );
    if (problems) reply.code(422);
    return show(reply, token, { move: { asked: problems === null, problem: problems?.email ?? null, email } });
  });

  app.get<TokenRoute>('/preferences/:token/data.json', async (request, reply) => {
    const data = await actions.getOwnData(request.params.token);
    return reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="your-data.json"')
      .send(JSON.stringify(data, null, 2));
  });

  app.get<TokenRoute>('/preferences/:token/erase', async (request, reply) => {
    const { words } = request;
    await actions.getPreferences(request.params.token);
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'message', {
        title: words.t('erase-title'),
        noindex: true,
        lines: [words.t('erase-press'), words.t('erase-stays')],
        button: { label: words.t('erase-button') },
      }),
    );
  });

  app.post<TokenRoute>('/preferences/:token/erase', { onRequest }, async (request, reply) => {
    const { words } = request;
    await actions.erase(request.params.token);
    return reply
      .type('text/html; charset=utf-8')
      .send(
        render(words, 'message', { title: words.t('erased-title'), noindex: true, lines: [words.t('erased-nothing')] }),
      );
  });
}

const chosenOf = (known: KnownPreferences): PreferencesInput => ({
  ...known,
  fresh: known.wantsFresh,
  pauseUntil: known.pausedUntil === null ? '' : dayIn(known.pausedUntil, known.timezone),
});

/** Why nothing came, and when the next digest does. */
function standingWords(words: Words, { next, pausedUntil, timezone, emptyOn }: Standing, now: Date): string[] {
  const empty = words.t('standing-empty', { day: words.date('full', emptyOn ?? '2000-01-01') });
  const formOf = (moment: Date): DateForm => dayForm(moment, now, timezone);
  const rest = (until: Date): string => words.t('standing-rest', { day: words.date(formOf(until), until, timezone) });
  const comes = (moment: Date): string =>
    words.t('standing-next', { next: momentWords(words, moment, timezone, formOf(moment)) });
  return [
    ...(emptyOn === null || pausedUntil !== null ? [] : [empty]),
    ...(pausedUntil === null ? [] : [rest(pausedUntil)]),
    ...(next === null ? [] : [comes(next)]),
  ];
}

/** A pause may end on a day of the same name a year later. */
const dayForm = (moment: Date, now: Date, timezone: string): DateForm =>
  yearIn(moment, timezone) === yearIn(now, timezone) ? 'weekday' : 'full';

const yearIn = (moment: Date, timezone: string): string => dayIn(moment, timezone).slice(0, 4);

/** What a reader can set a line to. */
const LEVELS = [
  { value: '2', label: 'taste-much-more' },
  { value: '1', label: 'taste-more' },
  { value: '0', label: 'taste-no-matter' },
  { value: '-1', label: 'taste-less' },
  { value: '-2', label: 'taste-much-less' },
] as const;
const AS_SAID = 'said';
const FIELD = 'weight:';
const KINDS = { topic: 'taste-topic', word: 'taste-word', author: 'taste-author' } as const;

/** `null` of a reader who said nothing. */
function tasteView(words: Words, lines: readonly TasteLine[], says: number): TasteView | null {
  if (lines.length === 0 && says === 0) return null;
  return {
    says,
    lines: lines.map(({ trait, label, weight, isOwn }) => ({
      name: FIELD + trait,
      label: traitWords(words, { trait, label }),
      kind: words.t(KINDS[kindOf(trait)]),
      options: [
        {
          value: AS_SAID,
          label: isOwn ? words.t('taste-as-i-say') : words.t('taste-as-i-said', { weight: signed(weight) }),
          chosen: !isOwn,
        },
        ...LEVELS.map(({ value, label }) => ({
          value,
          label: words.t(label),
          chosen: isOwn && Number(value) === weight,
        })),
      ],
    })),
  };
}

const signed = (weight: number): string => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)}`;

/** The lines of the form, as far as they say something that can be set. */
const readWeights = (fields: FormFields): OwnWeight[] =>
  Object.keys(fields)
    .filter((name) => name.startsWith(FIELD))
    .flatMap((name): OwnWeight[] => {
      const value = textField(fields, name);
      const level = LEVELS.find((one) => one.value === value);
      const trait = name.slice(FIELD.length);
      if (level) return [{ trait, weight: Number(level.value) }];
      return value === AS_SAID ? [{ trait, weight: null }] : [];
    });
