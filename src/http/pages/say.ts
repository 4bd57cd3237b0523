import type { FastifyInstance } from 'fastify';
import type { Spoken } from '../../subscribers/say.ts';
import { noLongerWorks } from '../../subscribers/tokens.ts';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import type { MessageView, PageMeta } from './views.ts';

interface SayRoute {
  Params: { token: string; selection: string; number: string; word: string };
}

/** What each word of a link says of its paper; `null` takes back what was said. */
const SAYS: Readonly<Record<string, boolean | null>> = { more: true, less: false, undo: null };
const LABELS = { more: 'More like this', less: 'Not for me', undo: 'Take it back' } as const;
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
    return reply.type('text/html; charset=utf-8').send(render('message', askView(word, spoken)));
  });

  app.post<SayRoute>('/say/:token/:selection/:number/:word', { onRequest: limits.token }, async (request, reply) => {
    const word = wordOf(request.params.word);
    const { token, selection, number } = request.params;
    const spoken = await actions.setSay(request.params, SAYS[word]!);
    return reply
      .type('text/html; charset=utf-8')
      .send(render('message', doneView(word, spoken, `/say/${token}/${selection}/${number}`)));
  });
}

function wordOf(text: string): Word {
  if (!Object.hasOwn(LABELS, text)) throw noLongerWorks();
  return text as Word;
}

const QUESTIONS: Readonly<Record<Word, string>> = {
  more: 'More like this?',
  less: 'Not for you?',
  undo: 'Take it back?',
};

const EFFECTS: Readonly<Record<Word, string>> = {
  more: 'One press, and papers that share its topics, words or authors stand higher in your digests.',
  less: 'One press, and papers that share its topics, words or authors stand lower in your digests.',
  undo: 'One press, and it is as if you had said nothing of this paper.',
};

const BOUND = 'No. 1 of a day always comes, and some of the others by their votes alone.';

function askView(word: Word, { paper, liked }: Spoken): PageMeta & MessageView {
  const before = liked === null ? [] : [`You said of it: ${liked ? 'more like this' : 'not for me'}.`];
  return {
    title: QUESTIONS[word],
    noindex: true,
    lines: [`“${paper.title}”`, ...before, `${EFFECTS[word]} ${BOUND}`],
    button: { label: LABELS[word] },
  };
}

const DONE: Readonly<Record<Word, string>> = {
  more: 'More like this',
  less: 'Less like this',
  undo: 'Taken back',
};
const MOST_NAMED = 4;
const listWords = new Intl.ListFormat('en-GB', { type: 'conjunction' });

function doneView(word: Word, spoken: Spoken, address: string): PageMeta & MessageView {
  const { paper, liked } = spoken;
  const undo = { label: 'Take it back', action: `${address}/undo` };
  return {
    title: DONE[word],
    noindex: true,
    // No link: a mail that is passed on must not lead to a way to change all of its reader's choices.
    lines: [`“${paper.title}”`, changeWords(spoken), 'The Preferences link in your mail shows what came of it.'],
    ...(liked !== null && { offers: [{ lead: 'A slip of the finger?', buttons: [undo] }] }),
  };
}

/** What is different from now on: by name, where the paper has what counts. */
function changeWords({ liked, shared }: Spoken): string {
  if (liked === null) return 'From your next digest on this paper counts for nothing.';
  const telling = shared.filter(({ weight }) => weight > 0 === liked).slice(0, MOST_NAMED);
  if (telling.length === 0) return `Noted. It counts once you have said as much of another paper. ${BOUND}`;
  const names = listWords.format(telling.map(({ label }) => label));
  return `From your next digest on, these count ${liked ? 'for' : 'against'} a paper: ${names}. ${BOUND}`;
}
