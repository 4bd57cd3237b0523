import type { FastifyInstance, FastifyReply } from 'fastify';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import type { Words } from '../../words/words.ts';
import type { MessageView, PageMeta } from './views.ts';

interface TokenRoute {
  Params: { token: string };
}

type View = PageMeta & MessageView;
const viewOf = (title: string, ...lines: string[]): View => ({ title, noindex: true, lines });

const askNew = ({ t }: Words): View => ({
  ...viewOf(t('here-heading'), t('here-page-how'), t('here-page-replaces')),
  button: { label: t('here-button') },
});
const askOld = ({ t }: Words, token: string): View => ({
  ...viewOf(t('stay-title'), t('stay-where'), t('stay-how')),
  button: { label: t('stay-agree'), action: `/stay/${token}/agree` },
  offers: [{ lead: t('stay-or'), buttons: [{ label: t('stay-stop'), action: `/stay/${token}` }] }],
});
const askAgree = ({ t }: Words): View => ({
  ...viewOf(t('stay-title'), t('stay-press')),
  button: { label: t('stay-agree') },
});
const moved = ({ t }: Words): View => viewOf(t('moved-title'), t('moved-from'));
const oldIsOpen = ({ t }: Words): View => viewOf(t('moved-old-title'), t('moved-old'), t('moved-until'));
const newIsOpen = ({ t }: Words): View => viewOf(t('moved-new-title'), t('moved-new'), t('moved-until'));
const stayed = ({ t }: Words): View => viewOf(t('stayed-title'), t('already-preheader'));

/** Where the mails about a change of address lead: GET shows buttons, POST acts. */
export async function movePages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);
  const page = (reply: FastifyReply, words: Words, view: View): FastifyReply =>
    reply.type('text/html; charset=utf-8').send(render(words, 'message', view));
  const onRequest = limits.token;

  app.get<TokenRoute>('/move/:token', async ({ words, params: { token } }, reply) => {
    await actions.checkMove('move', token);
    return page(reply, words, askNew(words));
  });
  app.post<TokenRoute>('/move/:token', { onRequest }, async ({ words, params: { token } }, reply) =>
    page(reply, words, ((await actions.move(token)) ? moved : oldIsOpen)(words)),
  );

  app.get<TokenRoute>('/stay/:token', async ({ words, params: { token } }, reply) => {
    await actions.checkMove('stay', token);
    return page(reply, words, askOld(words, token));
  });
  app.post<TokenRoute>('/stay/:token', { onRequest }, async ({ words, params: { token } }, reply) => {
    await actions.stay(token);
    return page(reply, words, stayed(words));
  });

  app.get<TokenRoute>('/stay/:token/agree', async ({ words, params: { token } }, reply) => {
    await actions.checkMove('stay', token);
    return page(reply, words, askAgree(words));
  });
  app.post<TokenRoute>('/stay/:token/agree', { onRequest }, async ({ words, params: { token } }, reply) =>
    page(reply, words, ((await actions.agree(token)) ? moved : newIsOpen)(words)),
  );
}
