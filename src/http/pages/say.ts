import type { FastifyInstance } from 'fastify';
import { isFelt } from '../../papers/taste.ts';
import type { Spoken } from '../../subscribers/say.ts';
import { traitWords } from '../../subscribers/wording.ts';
import { noLongerWorks } from '../../subscribers/tokens.ts';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import type { Words } from '../../words/words.ts';
import type { MessageView, PageMeta } from './views.ts';

interface SayRoute {
  Params: { token: string; selection: string; number: string; word: string };
}

/** What each word of a link says of its paper; `null` takes back what was said. */
const SAYS: Readonly<Record<string, boolean | null>> = { more: true, less: false, undo: null };
const LABELS = { more: 'digest-more-like-this', less: 'digest-not-for-me', undo: 'say-undo' } as const;
type Word = keyof typeof LABELS;

/**
 * Where the two links under each paper of a digest lead: a page with the paper and a button. POST
 * says it; nothing is counted before.
 */
export async function sayPages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);

  app.get<SayRoute>('/say/:token/:selection/:number/:word', async (request, reply) => {
    const word = wordOf(request.params.word);
    const spoken = await actions.getSay(request.params);
    return reply
      .type('text/html; charset=utf-8')
      .send(render(request.words, 'message', askView(request.words, word, spoken)));
  });

  app.post<SayRoute>('/say/:token/:selection/:number/:word', { onRequest: limits.token }, async (request, reply) => {
    const word = wordOf(request.params.word);
    const { token, selection, number } = request.params;
    const spoken = await actions.setSay(request.params, SAYS[word]!);
    return reply
      .type('text/html; charset=utf-8')
      .send(
        render(
          request.words,
          'message',
          doneView(request.words, { word, spoken, address: `/say/${token}/${selection}/${number}` }),
        ),
      );
  });
}

function wordOf(text: string): Word {
  if (!Object.hasOwn(LABELS, text)) throw noLongerWorks();
  return text as Word;
}

function askView({ t }: Words, word: Word, { paper, liked }: Spoken): PageMeta & MessageView {
  const before = liked === null ? [] : [liked ? t('say-said-more') : t('say-said-less')];
  return {
    title: t(`say-ask-${word}`),
    noindex: true,
    lines: [t('say-paper', { title: paper.title }), ...before, `${t(`say-effect-${word}`)} ${t('say-bound')}`],
    button: { label: t(LABELS[word]) },
  };
}

const MOST_NAMED = 4;

function doneView(
  words: Words,
  { word, spoken, address }: { word: Word; spoken: Spoken; address: string },
): PageMeta & MessageView {
  const { t } = words;
  const { paper, liked } = spoken;
  const undo = { label: t('say-undo'), action: `${address}/undo` };
  return {
    title: t(`say-done-${word}`),
    noindex: true,
    // No link: a mail that is passed on must not lead to a way to change all of its reader's choices.
    lines: [t('say-paper', { title: paper.title }), changeWords(words, spoken), t('say-where')],
    ...(liked !== null && { offers: [{ lead: t('say-slip'), buttons: [undo] }] }),
  };
}

/** What is different from now on: by name, where the paper has what counts. */
function changeWords(words: Words, { liked, shared }: Spoken): string {
  const { t } = words;
  if (liked === null) return t('say-counts-nothing');
  const telling = shared.filter(({ weight }) => weight > 0 === liked).slice(0, MOST_NAMED);
  if (telling.length === 0 || !isFelt(shared)) return `${t('say-noted')} ${t('say-bound')}`;
  const names = words.list(telling.map((line) => traitWords(words, line)));
  return `${liked ? t('say-count-for', { names }) : t('say-count-against', { names })} ${t('say-bound')}`;
}
