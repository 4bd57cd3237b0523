import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';
import type { Assets } from '../assets.ts';
import type { SiteDeps } from '../deps.ts';
import { failureOf } from '../failures.ts';
import { fieldsOf, readForms, textField } from '../plugins/forms.ts';
import { type DeskDeps, page } from './deps.ts';
import { keysDesk } from './keys.ts';
import { createDeskRenderer } from './render.ts';
import { editionDesk } from './editions.ts';
import { healthPage } from './health.ts';
import { keepCount } from './kept.ts';
import { readNeeds } from './needs.ts';
import { toMend } from './needs-view.ts';
import { resumePage } from './resume.ts';
import { importDesk } from './import.ts';
import { createReaderPages, readerDesk } from './reader.ts';
import { readersDesk } from './readers.ts';
import { numbersPage } from './numbers.ts';
import { sameSecret } from '../../same-secret.ts';
import { createSessions, type Session } from './session.ts';
import { sourcesPage } from './sources.ts';
import { settingsPage } from './settings.ts';
import { todayPage } from './today.ts';
import { topicsDesk } from './topics.ts';
import { trailPage } from './trail.ts';
import { unknownPage } from './unknown.ts';
import { webhooksDesk } from './webhooks.ts';
import { createClock } from './words.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is logged in at the desk; `null` elsewhere, and for who is not. */
    desk: Session | null;
    /** How many things need who is logged in. */
    mend: number;
  }
}

/**
 * The operator's desk, at /admin, for who knows ADMIN_TOKEN. Without one it is not registered, and
 * all of it leads nowhere. GET shows, POST acts; a POST needs the word of its session, which only
 * our own forms hold, and may not come from another site's page.
 */
export async function deskPages(
  app: FastifyInstance,
  options: SiteDeps & Pick<DeskDeps, 'tools' | 'standings' | 'counts'> & { assets: Assets },
): Promise<void> {
  const { db, now, tools, assets, config } = options;
  const sessions = createSessions({ db, now, token: tools.token });
  const clock = createClock(Intl.DateTimeFormat().resolvedOptions().timeZone, now);
  const renderDesk = createDeskRenderer({ assets, name: () => options.look().brand.name, clock });
  const meta: DeskDeps['meta'] = ({ desk, mend }) => ({
    session: desk && { csrf: desk.csrf, since: clock.time(desk.beganAt) },
    mend,
  });
  const needs = readNeeds({ db, now, clock, canBackUp: tools.backUp !== null });
  const mendCount = keepCount(async () => toMend((await needs()).needs), now);
  const jar = cookieOf(config.publicUrl);
  const isIn = async (request: FastifyRequest): Promise<boolean> =>
    (await sessions.find(request.cookies[jar.name])) !== null;
  const deps: DeskDeps = { ...options, clock, renderDesk, meta, isIn, needs };

  app.decorateRequest('desk', null);
  app.decorateRequest('mend', 0);
  await app.register(cookie);
  await readForms(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    reply.header('content-security-policy', allowStreams(String(reply.getHeader('content-security-policy'))));
    requireSameOrigin(request);
    request.desk = await sessions.find(request.cookies[jar.name]);
    if (request.desk) request.mend = (await mendCount()).value;
  });

  // What fails at the desk is said at the desk.
  app.setErrorHandler((error, request, reply) => {
    const { status, title, detail } = failureOf(error);
    if (status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
    const links = [{ label: 'Today', href: '/admin' }];
    const view = { ...meta(request), title, heading: `${title}.`, lines: [detail], links };
    return page(reply.code(status)).send(renderDesk('message', view));
  });

  app.get('/login', async (request, reply) => {
    if (request.desk) return reply.redirect(nextOf(request.query), 303);
    return page(reply).send(renderDesk('login', loginView(nextOf(request.query), null)));
  });

  app.post('/login', { onRequest: options.limits.login }, async (request, reply) => {
    const fields = fieldsOf(request.body);
    const next = nextOf({ next: textField(fields, 'next') });
    if (!sessions.isToken(textField(fields, 'token') ?? '')) {
      request.log.warn('A login at the desk failed');
      const problem = 'That is not the token of this newsletter: copy it whole from where it is kept.';
      return page(reply.code(403)).send(renderDesk('login', loginView(next, problem)));
    }
    return reply.setCookie(jar.name, await sessions.begin(), jar.options).redirect(next, 303);
  });

  await app.register(async (inside) => {
    inside.addHook('onRequest', async (request, reply) => {
      if (request.desk) return;
      await reply.redirect(`/admin/login?next=${encodeURIComponent(request.url)}`, 303);
    });
    inside.addHook('preHandler', async (request) => {
      if (request.method === 'GET' || request.method === 'HEAD') return;
      const word = textField(fieldsOf(request.body), 'csrf') ?? '';
      if (!sameSecret(word, request.desk!.csrf)) throw stale();
    });
    inside.post('/logout', async (request, reply) => {
      await sessions.end(request.cookies[jar.name]!);
      return reply.clearCookie(jar.name, jar.options).redirect('/admin/login', 303);
    });
    await inside.register(todayPage, deps);
    await inside.register(unknownPage, deps);
    await inside.register(editionDesk, deps);
    const pages = createReaderPages(deps);
    await inside.register(readersDesk, { ...deps, pages });
    await inside.register(readerDesk, { ...deps, pages });
    await inside.register(importDesk, deps);
    await inside.register(sourcesPage, deps);
    await inside.register(topicsDesk, deps);
    await inside.register(numbersPage, deps);
    await inside.register(trailPage, deps);
    await inside.register(keysDesk, deps);
    await inside.register(webhooksDesk, deps);
    await inside.register(healthPage, deps);
    await inside.register(resumePage, deps);
    await inside.register(settingsPage, deps);
  });

  const loginView = (next: string, problem: string | null) => ({
    title: 'Log in',
    session: null,
    mend: 0,
    next,
    problem,
    hint:
      tools.tokenFile === null
        ? 'It is ADMIN_TOKEN in the environment.'
        : `It was printed at the first start, and is kept in ${tools.tokenFile}.`,
  });
}

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
};

/** The desk listens to its own stream, and shows its own previews in a frame. */
const allowStreams = (policy: string): string => `${policy};connect-src 'self';frame-src 'self'`;

/**
 * Over https the name of the cookie says that no other host set it (RFC 6265bis section 4.1.3.2),
 * and it is sent nowhere that another site leads.
 */
function cookieOf(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  return {
    name: secure ? '__Host-paperboy-desk' : 'paperboy-desk',
    options: { path: '/', httpOnly: true, sameSite: 'strict', secure } as const,
  };
}

/** Browsers say where a request comes from, and no page can make them say otherwise (Fetch Metadata). */
function requireSameOrigin({ method, headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (method === 'GET' || method === 'HEAD' || site === undefined || site === 'same-origin' || site === 'none') return;
  throw new AppError('INPUT_INVALID', 'This came from another site: open the desk itself and do it there.');
}

const stale = (): AppError =>
  new AppError('INPUT_INVALID', 'This page is from an earlier login: go back, load it again and repeat what you did.');

/** Where a login leads: a page of the desk, and none elsewhere. */
function nextOf(query: unknown): string {
  const { next } = query as { next?: unknown };
  const { pathname, search } = URL.parse(typeof next === 'string' ? next : '', 'http://desk.invalid') ?? {
    pathname: '',
    search: '',
  };
  return /^\/admin(?:\/(?!login)|$)/.test(pathname) && `${pathname}${search}` === next ? next : '/admin';
}
