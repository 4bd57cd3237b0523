import type { FastifyInstance, FastifyReply } from 'fastify';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import type { MessageView, PageMeta } from './views.ts';

interface TokenRoute {
  Params: { token: string };
}

type View = PageMeta & MessageView;

const ASK_NEW: View = {
  title: 'Shall the papers come here?',
  noindex: true,
  lines: [
    'One press, and your digests come to the address at which you opened this, once the old one agrees too.',
    'If papers come to it already, these take their place.',
  ],
  button: { label: 'Confirm the new address' },
};
const AGREE = 'Agree to the change';
const STOP = 'Stop the change';
const askOld = (token: string): View => ({
  title: 'Shall your digests move?',
  noindex: true,
  lines: [
    'They are to go to another address, and none to the one at which you opened this.',
    'They move when you agree here and the new address is confirmed too. You did not ask for it? Then stop it.',
  ],
  button: { label: AGREE, action: `/stay/${token}/agree` },
  offers: [{ lead: 'Or keep them coming here:', buttons: [{ label: STOP, action: `/stay/${token}` }] }],
});
const ASK_AGREE: View = {
  title: 'Shall your digests move?',
  noindex: true,
  lines: ['One press, and you agree: they go to the new address once it is confirmed there too.'],
  button: { label: AGREE },
};

const MOVED: View = {
  title: 'Your digests have moved',
  noindex: true,
  lines: ['From the next digest on they come to the new address, and none to the old one.'],
};
const OLD_IS_OPEN: View = {
  title: 'The old address must agree too',
  noindex: true,
  lines: [
    'The new address is confirmed. The one that your digests come to so far got a mail with a link: agree there, ' +
      'and they move.',
    'Until then nothing changes. After a week the change has to be asked for again.',
  ],
};
const NEW_IS_OPEN: View = {
  title: 'The new address must be confirmed too',
  noindex: true,
  lines: [
    'You agreed. The new address gets a mail with a link: confirm it there, and your digests move.',
    'Until then nothing changes. After a week the change has to be asked for again.',
  ],
};
const STAYED: View = { title: 'Nothing changes', noindex: true, lines: ['Your digests keep coming as before.'] };

/** Where the mails about a change of address lead: GET shows buttons, POST acts. */
export async function movePages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);
  const page = (reply: FastifyReply, view: View): FastifyReply =>
    reply.type('text/html; charset=utf-8').send(render('message', view));
  const onRequest = limits.token;

  app.get<TokenRoute>('/move/:token', async ({ params: { token } }, reply) => {
    await actions.checkMove('move', token);
    return page(reply, ASK_NEW);
  });
  app.post<TokenRoute>('/move/:token', { onRequest }, async ({ params: { token } }, reply) =>
    page(reply, (await actions.move(token)) ? MOVED : OLD_IS_OPEN),
  );

  app.get<TokenRoute>('/stay/:token', async ({ params: { token } }, reply) => {
    await actions.checkMove('stay', token);
    return page(reply, askOld(token));
  });
  app.post<TokenRoute>('/stay/:token', { onRequest }, async ({ params: { token } }, reply) => {
    await actions.stay(token);
    return page(reply, STAYED);
  });

  app.get<TokenRoute>('/stay/:token/agree', async ({ params: { token } }, reply) => {
    await actions.checkMove('stay', token);
    return page(reply, ASK_AGREE);
  });
  app.post<TokenRoute>('/stay/:token/agree', { onRequest }, async ({ params: { token } }, reply) =>
    page(reply, (await actions.agree(token)) ? MOVED : NEW_IS_OPEN),
  );
}
