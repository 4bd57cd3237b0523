import type { FastifyInstance } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import { MINUTE } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { QUIET_MS } from '../../subscribers/subscribe.ts';
import type { FollowInput } from '../../subscribers/follows.ts';
import { fieldsOf, type FormFields, readForms, textField } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { formView, type Problems, readChoices } from './subscription-form.ts';

/** A field that people do not see and programs fill in. */
const HONEYPOT = 'website';

/**
 * Where the form on the front page leads: one page for every address, or the form again with what
 * to correct.
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
    const follow = followIn(fields);
    const input = { email: textField(fields, 'email') ?? '', ...readChoices(fields), follow };
    const problems = textField(fields, HONEYPOT) ? null : await actions.subscribe(input).then(() => null, problemsOf);
    reply.type('text/html; charset=utf-8');
    if (problems === null) return reply.code(202).send(render('message', CHECK_YOUR_INBOX));
    const lead = 'Something in the form needs another look; what you filled in is still here.';
    const form = formView(await listTopics(db), now(), input, problems);
    return reply.code(422).send(render('subscribe', { title: 'Almost there', noindex: true, lead, form, follow }));
  });
}

/** What the page that the form stood on is about. */
function followIn(fields: FormFields): FollowInput | undefined {
  const [kind, value] = [textField(fields, 'followKind'), textField(fields, 'followValue')];
  return kind === undefined || value === undefined ? undefined : { kind, value };
}

const CHECK_YOUR_INBOX = {
  title: 'Check your inbox',
  noindex: true,
  lines: [
    'A mail to the address you gave is on its way. Press the link in it to confirm, and the papers follow.',
    `Nothing there after a few minutes? Look among the spam. ${QUIET_MS / MINUTE} minutes after one mail the form ` +
      'sends another.',
  ],
};

/** What a reader can put right is shown in the form; anything else goes on to the error page. */
export function problemsOf(error: unknown): Problems {
  if (error instanceof AppError && error.code === 'ADDRESS_INVALID') return { email: error.message };
  if (error instanceof AppError && error.code === 'INPUT_INVALID') return { choices: error.message };
  throw error;
}
