import type { FastifyInstance } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import { MINUTE } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { type Challenge, challengeText } from '../../subscribers/guard.ts';
import { QUIET_MS } from '../../subscribers/subscribe.ts';
import { suggestionFor } from '../../subscribers/suggest.ts';
import type { FollowInput } from '../../subscribers/follows.ts';
import { fieldsOf, type FormFields, readForms, textField } from '../plugins/forms.ts';
import { networkOfClient } from '../plugins/limits.ts';
import type { SiteDeps } from '../deps.ts';
import { preferredLanguage } from '../../words/languages.ts';
import { saidIn } from '../../words/reader-error.ts';
import type { Words } from '../../words/words.ts';
import {
  type ChallengeView,
  type FormMore,
  formView,
  offered,
  languagesOf,
  type Problems,
  readChoices,
} from './subscription-form.ts';
import type { MessageView, PageMeta } from './views.ts';

/** A field that people do not see and programs fill in. */
const HONEYPOT = 'website';

/**
 * Where the form on the front page leads: one page for every address, or the form again with what
 * to correct or to do.
 */
export async function subscribePage(
  app: FastifyInstance,
  { db, now, look, render, actions, limits, topics }: SiteDeps,
): Promise<void> {
  await readForms(app);
  /** What the browser asks for is only ticked ahead: the reader has the last word. */
  const preferred = ({ 'accept-language': asked }: { 'accept-language'?: string | undefined }): string | undefined =>
    preferredLanguage(
      asked,
      languagesOf(look().brand).map(({ tag }) => tag),
    ) ?? undefined;
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  // Where a browser comes that opens the address of the form's answer anew.
  app.get('/subscribe', async ({ words, headers }, reply) => {
    const language = preferred(headers);
    const form = formView(
      words,
      offered(words, await listTopics(db), topics),
      now(),
      { language },
      { languages: languagesOf(look().brand) },
    );
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'subscribe', {
        title: words.t('form-subscribe'),
        noindex: true,
        lead: words.t('form-pitch'),
        form,
      }),
    );
  });

  app.post('/subscribe', { onRequest: limits.subscribe }, async (request, reply) => {
    const { words } = request;
    const fields = fieldsOf(request.body);
    const network = networkOfClient(request);
    const follow = followIn(fields);
    const { email, suggestion } = readAddress(fields);
    const input = { email, ...readChoices(fields), follow };
    reply.type('text/html; charset=utf-8');
    if (textField(fields, HONEYPOT)) {
      await actions.noteDecoy(network);
      return reply.code(202).send(render(words, 'message', checkYourInbox(words)));
    }
    const showForm = async (status: number, page: { title: string; lead: string; more?: FormMore }) => {
      const more = { ...page.more, languages: languagesOf(look().brand) };
      const form = formView(words, offered(words, await listTopics(db), topics), now(), input, more);
      return reply.code(status).send(render(words, 'subscribe', { ...page, noindex: true, form, follow }));
    };
    if (suggestion !== null) return showForm(422, { ...almostThere(words), more: { suggestion } });
    const { challenge, problems } = await actions
      .subscribe({ ...input, network, proof: textField(fields, 'proof') })
      .then(
        (asked) => ({ challenge: asked, problems: undefined }),
        (error: unknown) => ({ challenge: null, problems: problemsOf(words, error) }),
      );
    if (problems) return showForm(422, { ...almostThere(words), more: { problems } });
    if (challenge) return showForm(429, { ...oneMoment(words), more: { challenge: challengeView(challenge) } });
    return reply.code(202).send(render(words, 'message', checkYourInbox(words)));
  });
}

/**
 * The address as it was filled in, or as the reader said that they meant it, and what they are still
 * to be asked about. An answer counts for the address that the question was about.
 */
function readAddress(fields: FormFields): { email: string; suggestion: string | null } {
  const email = textField(fields, 'email') ?? '';
  const suggestion = suggestionFor(email);
  const isAnswered = textField(fields, 'meantFor') === email;
  if (suggestion === null || !isAnswered) return { email, suggestion };
  return { email: textField(fields, 'meant') === 'yes' ? suggestion : email, suggestion: null };
}

/** What the page that the form stood on is about. */
function followIn(fields: FormFields): FollowInput | undefined {
  const [kind, value] = [textField(fields, 'followKind'), textField(fields, 'followValue')];
  return kind === undefined || value === undefined ? undefined : { kind, value };
}

const almostThere = ({ t }: Words) => ({ title: t('subscribe-almost'), lead: t('subscribe-look') });
const oneMoment = ({ t }: Words) => ({ title: t('subscribe-moment'), lead: t('subscribe-many') });

const checkYourInbox = ({ t }: Words): PageMeta & MessageView => ({
  title: t('subscribe-inbox'),
  noindex: true,
  lines: [t('subscribe-on-its-way'), t('subscribe-nothing', { minutes: QUIET_MS / MINUTE })],
});

/** A wait is told by the minute after it is over. */
const challengeView = (challenge: Challenge): ChallengeView => ({
  text: challengeText(challenge),
  opens: new Date(challenge.opensAt.getTime() + MINUTE - 1).toISOString().slice(11, 16),
});

/** What a reader can put right is shown in the form; anything else goes on to the error page. */
export function problemsOf(words: Words, error: unknown): Problems {
  if (error instanceof AppError && error.code === 'ADDRESS_INVALID') return { email: saidIn(words, error) };
  if (error instanceof AppError && error.code === 'INPUT_INVALID') return { choices: saidIn(words, error) };
  throw error;
}
