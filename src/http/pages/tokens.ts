import type { FastifyInstance, FastifyReply } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import { type CameBack, isLeavingReason, isOffer, type Offer } from '../../subscribers/leaving.ts';
import type { LeavingReason } from '../../subscriber.ts';
import type { Confirmed } from '../../subscribers/subscribe.ts';
import { followWords } from '../../subscribers/follows.ts';
import { noLongerWorks } from '../../subscribers/tokens.ts';
import { choiceWords, momentWords } from '../../subscribers/wording.ts';
import { ignoreBodies } from '../plugins/forms.ts';
import type { SiteDeps } from '../deps.ts';
import { followPages } from './follows.ts';
import { movePages } from './move.ts';
import { preferencesPages } from './preferences.ts';
import { sayPages } from './say.ts';
import type { MessageView } from './views.ts';

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
  await app.register(sayPages, deps);
  await app.register(movePages, deps);
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

  app.get<OfferRoute>('/confirm/:token/:offer', async (request, reply) => {
    const label = OFFER_LABELS[offerOf(request.params.offer)];
    await actions.getWish(request.params.token);
    return page(reply).send(
      render('message', {
        title: 'Shall the papers come again?',
        noindex: true,
        lines: ['One press, and they do, as it says here.'],
        button: { label },
      }),
    );
  });

  app.post<OfferRoute>('/confirm/:token/:offer', { onRequest: limits.token }, async (request, reply) => {
    const back = await actions.comeBack(request.params.token, offerOf(request.params.offer));
    return page(reply).send(
      render('message', {
        title: 'You are subscribed again',
        noindex: true,
        lines: backWords(back, choiceWords(back.chosen, await listTopics(db))),
      }),
    );
  });
}

async function unsubscribePages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
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
          offers: [offersFor(resubscribeToken), questionFor(request.params.token)],
        }),
      }),
    );
  });

  app.get<WhyRoute>('/unsubscribe/:token/why/:reason', (request, reply) => {
    const reason = leavingReason(request.params.reason);
    actions.checkToken('unsubscribe', request.params.token);
    return page(reply).send(
      render('message', {
        title: 'Why did you leave?',
        noindex: true,
        lines: [`One press says: ${REASONS[reason].toLowerCase()}.`],
        button: { label: 'Say so' },
      }),
    );
  });

  app.post<WhyRoute>('/unsubscribe/:token/why/:reason', { onRequest: limits.token }, async (request, reply) => {
    await actions.sayWhy(request.params.token, leavingReason(request.params.reason));
    return page(reply).send(
      render('message', {
        title: 'Thank you for saying so',
        noindex: true,
        lines: ['It is kept as one word, and you stay unsubscribed.'],
      }),
    );
  });
}

interface WhyRoute {
  Params: { token: string; reason: string };
}
interface OfferRoute {
  Params: { token: string; offer: string };
}

const OFFER_LABELS: Readonly<Record<Offer, string>> = {
  weekly: 'Once a week',
  fewer: 'Five papers at a time',
  pause: 'Pause for four weeks',
};
const REASONS: Readonly<Record<LeavingReason, string>> = {
  'too-many': 'Too many mails',
  'not-my-field': 'Not my field',
  'found-elsewhere': 'I read papers elsewhere',
  'no-time': 'No time to read',
};

const offersFor = (token: string): NonNullable<MessageView['offers']>[number] => ({
  lead: 'Or would less of it do?',
  buttons: Object.entries(OFFER_LABELS).map(([offer, label]) => ({ label, action: `/confirm/${token}/${offer}` })),
});

const questionFor = (token: string): NonNullable<MessageView['offers']>[number] => ({
  lead: 'One question, if you like: why did you leave?',
  buttons: Object.entries(REASONS).map(([reason, label]) => ({
    label,
    action: `/unsubscribe/${token}/why/${reason}`,
  })),
});

function leavingReason(text: string): LeavingReason {
  if (!isLeavingReason(text)) throw noLongerWorks();
  return text;
}

function offerOf(text: string): Offer {
  if (!isOffer(text)) throw noLongerWorks();
  return text;
}

/** What a reader who came back gets from now on, and when. */
const backWords = ({ chosen, next }: CameBack, choices: string): string[] => [
  `You get ${choices}, up to ${chosen.length} papers at a time.`,
  `The next digest is due on ${momentWords(next, chosen.timezone)}.`,
];
