import type { FastifyInstance } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, readForms, textField } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { formView, type Problems, readChoices } from './subscription-form.ts';

/** A field that people do not see and programs fill in. */
const HONEYPOT = 'website';

/** Where the form on the front page leads: one page for every address, or the form again with what to correct. */
export async function subscribePage(app: FastifyInstance, { db, render, actions, limits }: SiteDeps): Promise<void> {
  await readForms(app);
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  app.post('/subscribe', { onRequest: limits.subscribe }, async (request, reply) => {
    const fields = fieldsOf(request.body);
    const input = { email: textField(fields, 'email') ?? '', ...readChoices(fields) };
    const problems = textField(fields, HONEYPOT) ? null : await actions.subscribe(input).then(() => null, problemsOf);
    reply.type('text/html; charset=utf-8');
    if (problems === null) return reply.code(202).send(render('message', CHECK_YOUR_INBOX));
    const form = formView(await listTopics(db), input, problems);
    return reply.code(422).send(render('subscribe', { title: 'Almost there', noindex: true, form }));
  });
}

const CHECK_YOUR_INBOX = {
  title: 'Check your inbox',
  noindex: true,
  lines: [
    'We have written to the address you gave. Press the link in that mail to confirm, and the papers follow.',
    'Nothing there after a few minutes? Look among the spam, or check the address and send the form again.',
  ],
};

/** What a reader can put right is shown in the form; anything else goes on to the error page. */
export function problemsOf(error: unknown): Problems {
  if (error instanceof AppError && error.code === 'ADDRESS_INVALID') return { email: error.message };
  if (error instanceof AppError && error.code === 'INPUT_INVALID') return { choices: error.message };
  throw error;
}
