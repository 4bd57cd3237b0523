import type { FastifyInstance, FastifyReply } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import type { PreferencesInput } from '../../subscribers/preferences.ts';
import type { Confirmed } from '../../subscribers/subscribe.ts';
import type { Standing } from '../../subscribers/standing.ts';
import { followWords } from '../../subscribers/follows.ts';
import { choiceWords, momentWords } from '../../subscribers/wording.ts';
import { fieldsOf, readForms } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { followPages, followsView } from './follows.ts';
import { problemsOf } from './subscribe.ts';
import { formView, type Problems, readChoices } from './subscription-form.ts';
import { longDay } from './views.ts';

interface TokenRoute {
  Params: { token: string };
}

/**
 * The pages that links in mail lead to. Mail scanners follow links, so GET and HEAD only show a
 * button and POST acts. No page says more about a token that is not good than that it is not: see
 * TOKEN_INVALID in failures.ts.
 */
export async function tokenPages(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
  });
  await app.register(confirmPages, deps);
  await app.register(unsubscribePages, deps);
  await app.register(preferencesPages, deps);
  await app.register(followPages, deps);
}

const CONFIRMED: Readonly<Record<Confirmed['outcome'], string>> = {
  coming: 'The current edition is on its way to your inbox.',
  had: 'You have had the current edition already, so it does not come again.',
  nothing: 'The next edition that holds something for you is yet to come.',
  already: 'You were already, and nothing has changed.',
};

const nextWords = ({ next, chosen }: Confirmed): string =>
  next === null
    ? 'The next digest comes as soon as its edition is made.'
    : `The next digest comes on ${momentWords(next, chosen.timezone)}.`;

const page = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8');

async function confirmPages(app: FastifyInstance, { db, render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);

  app.get<TokenRoute>('/confirm/:token', async (request, reply) => {
    const { chosen, asked, next } = await actions.getWish(request.params.token);
    return page(reply).send(
      render('message', {
        title: 'Shall the papers come?',
        noindex: true,
        lines: [
          `You asked for ${choiceWords(chosen, await listTopics(db), asked ? followWords(asked) : undefined)}.`,
          'One press, and they come: the current edition at once if it holds something new to you, the next on ' +
            `${momentWords(next, chosen.timezone)}. Every one has a link that ends it.`,
        ],
        button: { label: 'Confirm my subscription' },
      }),
    );
  });

  app.post<TokenRoute>('/confirm/:token', { onRequest: limits.token }, async (request, reply) => {
    const confirmed = await actions.confirm(request.params.token);
    return page(reply).send(
      render('message', {
        title: 'You are subscribed',
        noindex: true,
        lines: [
          `${CONFIRMED[confirmed.outcome]} ${nextWords(confirmed)}`,
          `You get ${choiceWords(confirmed.chosen, await listTopics(db))}. Every mail has a link to change that, ` +
            'and one to end it.',
        ],
      }),
    );
  });
}

/** Why nothing came, and when the next digest does. */
function standingWords({ next, timezone, emptyOn }: Standing): string[] {
  const empty = `Nothing new came on your topics for ${longDay(emptyOn ?? '2000-01-01').text}, so no digest was sent.`;
  return [
    ...(emptyOn === null ? [] : [empty]),
    ...(next === null ? [] : [`The next digest is due on ${momentWords(next, timezone)}.`]),
  ];
}

async function unsubscribePages(app: FastifyInstance, { render, actions }: SiteDeps): Promise<void> {
  ignoreBodies(app);

  app.get<TokenRoute>('/unsubscribe/:token', (request, reply) => {
    actions.checkToken('unsubscribe', request.params.token);
    return page(reply).send(
      render('message', {
        title: 'Stop the papers?',
        noindex: true,
        lines: ['One press, and no further digest comes to you.'],
        button: { label: 'Unsubscribe' },
      }),
    );
  });

  // RFC 8058 §3.2: no cookie, no other sign of who it is, no redirect; and the same answer each
  // time.
  app.post<TokenRoute>('/unsubscribe/:token', async (request, reply) => {
    const { resubscribeToken } = await actions.unsubscribe(request.params.token);
    return page(reply).send(
      render('message', {
        title: 'You are unsubscribed',
        noindex: true,
        lines: ['No further digest comes to you. Thank you for reading.'],
        ...(resubscribeToken !== null && {
          button: { lead: 'Changed your mind?', label: 'Subscribe again', action: `/confirm/${resubscribeToken}` },
        }),
      }),
    );
  });
}

/** The address alone says everything, so a body of any type is taken and not looked at. */
function ignoreBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = 'application/octet-stream';
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
}

async function preferencesPages(app: FastifyInstance, { db, now, render, actions, limits }: SiteDeps): Promise<void> {
  await readForms(app);

  const show = async (
    reply: FastifyReply,
    chosen: PreferencesInput,
    state: { token: string; saved: boolean; active: boolean; problems?: Problems },
  ) =>
    page(reply).send(
      render('preferences', {
        title: 'Your papers, your way',
        noindex: true,
        saved: state.saved,
        active: state.active,
        standing: standingWords(await actions.getStanding(state.token)),
        form: formView(await listTopics(db), now(), chosen, state.problems),
        follows: followsView(state.token, await actions.getFollows(state.token)),
      }),
    );

  app.get<TokenRoute>('/preferences/:token', async (request, reply) => {
    const known = await actions.getPreferences(request.params.token);
    const { token } = request.params;
    const chosen = { ...known, fresh: known.wantsFresh };
    return show(reply, chosen, { token, saved: false, active: known.status === 'active' });
  });

  app.post<TokenRoute>('/preferences/:token', { onRequest: limits.token }, async (request, reply) => {
    const { token } = request.params;
    const { status } = await actions.getPreferences(token);
    const chosen = readChoices(fieldsOf(request.body));
    const problems = await actions.setPreferences(token, chosen).then(() => null, problemsOf);
    if (problems) reply.code(422);
    return show(reply, chosen, {
      token,
      saved: problems === null,
      active: status === 'active',
      ...(problems && { problems }),
    });
  });
}
