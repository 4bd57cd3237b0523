import type { FastifyInstance, FastifyReply } from 'fastify';
import { listTopics } from '../../db/topics.ts';
import { type CameBack, isLeavingReason, isOffer, type Offer } from '../../subscribers/leaving.ts';
import { LEAVING_REASONS, type LeavingReason } from '../../subscriber.ts';
import { wordsIn } from '../../brand/look.ts';
import type { Words } from '../../words/words.ts';
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
  await speakAsReaders(app, deps);
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

const nextWords = (words: Words, { next, chosen }: Confirmed): string =>
  next === null
    ? words.t('confirmed-next-unknown')
    : words.t('confirmed-next', { next: momentWords(words, next, chosen.timezone) });

const page = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8');

async function confirmPages(app: FastifyInstance, { db, render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);

  app.get<TokenRoute>('/confirm/:token', async (request, reply) => {
    const { words } = request;
    const { chosen, asked, next } = await actions.getWish(request.params.token);
    const followed = asked ? followWords(words, asked) : undefined;
    return page(reply).send(
      render(words, 'message', {
        title: words.t('confirm-page-title'),
        noindex: true,
        lines: [
          words.t('confirm-page-asked', { choices: choiceWords(words, chosen, await listTopics(db), followed) }),
          words.t('confirm-page-press', { next: momentWords(words, next, chosen.timezone) }),
        ],
        button: { label: words.t('confirm-page-button') },
      }),
    );
  });

  app.post<TokenRoute>('/confirm/:token', { onRequest: limits.token }, async (request, reply) => {
    const { words } = request;
    const confirmed = await actions.confirm(request.params.token);
    return page(reply).send(
      render(words, 'message', {
        title: words.t('confirmed-title'),
        noindex: true,
        lines: [
          `${words.t(`confirmed-${confirmed.outcome}`)} ${nextWords(words, confirmed)}`,
          words.t('confirmed-get', { choices: choiceWords(words, confirmed.chosen, await listTopics(db)) }),
        ],
      }),
    );
  });

  app.get<OfferRoute>('/confirm/:token/:offer', async (request, reply) => {
    const { words } = request;
    const label = words.t(OFFER_LABELS[offerOf(request.params.offer)]);
    await actions.getWish(request.params.token);
    return page(reply).send(
      render(words, 'message', {
        title: words.t('back-title'),
        noindex: true,
        lines: [words.t('back-press')],
        button: { label },
      }),
    );
  });

  app.post<OfferRoute>('/confirm/:token/:offer', { onRequest: limits.token }, async (request, reply) => {
    const { words } = request;
    const back = await actions.comeBack(request.params.token, offerOf(request.params.offer));
    return page(reply).send(
      render(words, 'message', {
        title: words.t('back-done'),
        noindex: true,
        lines: backWords(words, back, choiceWords(words, back.chosen, await listTopics(db))),
      }),
    );
  });
}

async function unsubscribePages(app: FastifyInstance, { render, actions, limits }: SiteDeps): Promise<void> {
  ignoreBodies(app);

  app.get<TokenRoute>('/unsubscribe/:token', (request, reply) => {
    const { words } = request;
    actions.checkToken('unsubscribe', request.params.token);
    return page(reply).send(
      render(words, 'message', {
        title: words.t('leave-title'),
        noindex: true,
        lines: [words.t('leave-press')],
        button: { label: words.t('unsubscribe') },
      }),
    );
  });

  // RFC 8058 §3.2: no cookie, no other sign of who it is, no redirect; and the same answer each
  // time.
  app.post<TokenRoute>('/unsubscribe/:token', async (request, reply) => {
    const { words } = request;
    const { resubscribeToken } = await actions.unsubscribe(request.params.token);
    return page(reply).send(
      render(words, 'message', {
        title: words.t('left-title'),
        noindex: true,
        lines: [words.t('left-thanks')],
        ...(resubscribeToken !== null && {
          button: {
            lead: words.t('left-changed'),
            label: words.t('left-again'),
            action: `/confirm/${resubscribeToken}`,
          },
          offers: [offersFor(words, resubscribeToken), questionFor(words, request.params.token)],
        }),
      }),
    );
  });

  app.get<WhyRoute>('/unsubscribe/:token/why/:reason', (request, reply) => {
    const { words } = request;
    const reason = leavingReason(request.params.reason);
    actions.checkToken('unsubscribe', request.params.token);
    return page(reply).send(
      render(words, 'message', {
        title: words.t('why-title'),
        noindex: true,
        lines: [words.t(`why-press-${reason}`)],
        button: { label: words.t('why-say') },
      }),
    );
  });

  app.post<WhyRoute>('/unsubscribe/:token/why/:reason', { onRequest: limits.token }, async (request, reply) => {
    const { words } = request;
    await actions.sayWhy(request.params.token, leavingReason(request.params.reason));
    return page(reply).send(
      render(words, 'message', {
        title: words.t('why-thanks'),
        noindex: true,
        lines: [words.t('why-kept')],
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

const OFFER_LABELS = {
  weekly: 'form-once-a-week',
  fewer: 'left-fewer',
  pause: 'left-pause',
} as const satisfies Record<Offer, string>;

const offersFor = (words: Words, token: string): NonNullable<MessageView['offers']>[number] => ({
  lead: words.t('left-less'),
  buttons: Object.entries(OFFER_LABELS).map(([offer, key]) => ({
    label: words.t(key),
    action: `/confirm/${token}/${offer}`,
  })),
});

const questionFor = (words: Words, token: string): NonNullable<MessageView['offers']>[number] => ({
  lead: words.t('left-question'),
  buttons: LEAVING_REASONS.map((reason) => ({
    label: words.t(`why-${reason}`),
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
const backWords = (words: Words, { chosen, next }: CameBack, choices: string): string[] => [
  words.t('preferences-get', { choices, papers: chosen.length }),
  words.t('standing-next', { next: momentWords(words, next, chosen.timezone) }),
];

/** From here on requests are answered in the language of the reader whose link it is. */
async function speakAsReaders(app: FastifyInstance, { look, actions }: SiteDeps): Promise<void> {
  app.addHook<TokenRoute>('preHandler', async (request) => {
    const purpose = PURPOSES.find((one) => request.routeOptions.url?.startsWith(`/${one}/`) === true);
    if (purpose === undefined) return;
    const language = await actions.getLanguage(purpose, request.params.token);
    request.words = wordsIn(look(), language);
  });
}

/** Each begins the addresses of its links. */
const PURPOSES = ['confirm', 'preferences', 'unsubscribe', 'say', 'move', 'stay'] as const;
