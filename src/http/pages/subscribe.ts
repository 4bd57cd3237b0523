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
import { type ChallengeView, type FormMore, formView, type Problems, readChoices } from './subscription-form.ts';

/** A field that people do not see and programs fill in. */
const HONEYPOT = 'website';

/**
 * Where the form on the front page leads: one page for every address, or the form again with what
 * to correct or to do.
 */
export async function subscribePage(
  app: FastifyInstance,
  { db, now, render, actions, limits }: SiteDeps,
): Promise<void> {
  await readForms(app);
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  // Where a browser comes that opens the address of the form's answer anew.
  app.get('/subscribe', async (_request, reply) => {
    const lead = 'The papers everybody is talking about, in your inbox.';
    const form = formView(await listTopics(db), now());
    return reply
      .type('text/html; charset=utf-8')
      .send(render('subscribe', { title: 'Subscribe', noindex: true, lead, form }));
  });

  app.post('/subscribe', { onRequest: limits.subscribe }, async (request, reply) => {
    const fields = fieldsOf(request.body);
    const network = networkOfClient(request);
    const follow = followIn(fields);
    const { email, suggestion } = readAddress(fields);
    const input = { email, ...readChoices(fields), follow };
    reply.type('text/html; charset=utf-8');
    if (textField(fields, HONEYPOT)) {
      await actions.noteDecoy(network);
      return reply.code(202).send(render('message', CHECK_YOUR_INBOX));
    }
    const showForm = async (status: number, page: { title: string; lead: string; more?: FormMore }) => {
      const form = formView(await listTopics(db), now(), input, page.more);
      return reply.code(status).send(render('subscribe', { ...page, noindex: true, form, follow }));
    };
    if (suggestion !== null) return showForm(422, { ...ALMOST_THERE, more: { suggestion } });
    const { challenge, problems } = await actions
      .subscribe({ ...input, network, proof: textField(fields, 'proof') })
      .then(
        (asked) => ({ challenge: asked, problems: undefined }),
        (error: unknown) => ({ challenge: null, problems: problemsOf(error) }),
      );
    if (problems) return showForm(422, { ...ALMOST_THERE, more: { problems } });
    if (challenge) return showForm(429, { ...ONE_MOMENT, more: { challenge: challengeView(challenge) } });
    return reply.code(202).send(render('message', CHECK_YOUR_INBOX));
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

const ALMOST_THERE = {
  title: 'Almost there',
  lead: 'Something in the form needs another look; what you filled in is still here.',
};
const ONE_MOMENT = {
  title: 'One moment',
  lead: 'Many sign-ups came from your network in the last hour, so this one has to show that it is no machine’s.',
};

const CHECK_YOUR_INBOX = {
  title: 'Check your inbox',
  noindex: true,
  lines: [
    'A mail to the address you gave is on its way. Press the link in it to confirm, and the papers follow.',
    `Nothing there after a few minutes? Look among the spam. ${QUIET_MS / MINUTE} minutes after one mail the form ` +
      'sends another.',
  ],
};

/** A wait is told by the minute after it is over. */
const challengeView = (challenge: Challenge): ChallengeView => ({
  text: challengeText(challenge),
  opens: new Date(challenge.opensAt.getTime() + MINUTE - 1).toISOString().slice(11, 16),
});

/** What a reader can put right is shown in the form; anything else goes on to the error page. */
export function problemsOf(error: unknown): Problems {
  if (error instanceof AppError && error.code === 'ADDRESS_INVALID') return { email: error.message };
  if (error instanceof AppError && error.code === 'INPUT_INVALID') return { choices: error.message };
  throw error;
}
