import type { FastifyInstance } from 'fastify';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import type { MessageView, PageMeta } from './views.ts';

interface TokenRoute {
  Params: { token: string };
}

const ASK: Readonly<Record<'move' | 'stay', PageMeta & MessageView>> = {
  move: {
    title: 'Shall the papers come here?',
    noindex: true,
    lines: [
      'One press, and your digests come to the address at which you opened this.',
      'If papers come to it already, these take their place.',
    ],
    button: { label: 'Confirm the new address' },
  },
  stay: {
    title: 'Stop the change?',
    noindex: true,
    lines: ['One press, and your digests keep coming to the address at which you opened this.'],
    button: { label: 'Stop the change' },
  },
};

const DONE: Readonly<Record<'move' | 'stay', PageMeta & MessageView>> = {
  move: {
    title: 'The papers come here now',
    noindex: true,
    lines: ['From the next digest on they come to the new address, and none to the old one.'],
  },
  stay: { title: 'Nothing changes', noindex: true, lines: ['Your digests keep coming as before.'] },
};

/** Where the mails about a change of address lead: GET shows a button, POST acts. */
export async function movePages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);
  for (const purpose of ['move', 'stay'] as const) {
    app.get<TokenRoute>(`/${purpose}/:token`, async (request, reply) => {
      await actions.checkMove(purpose, request.params.token);
      return reply.type('text/html; charset=utf-8').send(render('message', ASK[purpose]));
    });
    app.post<TokenRoute>(`/${purpose}/:token`, { onRequest: limits.token }, async (request, reply) => {
      await actions[purpose](request.params.token);
      return reply.type('text/html; charset=utf-8').send(render('message', DONE[purpose]));
    });
  }
}
