import type { FastifyInstance, FastifyRequest } from 'fastify';
import { freezesAt, isDay } from '../../day.ts';
import { recordDeed } from '../../db/trail.ts';
import { cancelDigest, pauseDigest, resumeDigest } from '../../delivery/halt.ts';
import type { Edition } from '../../paper.ts';
import { editionPath, paperPath } from '../../papers/links.ts';
import { fieldsOf } from '../plugins/forms.ts';
import { AppError } from '../../errors.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick, saidOf } from './fields.ts';
import { createStreams } from './stream.ts';
import { toMend } from './needs-view.ts';
import { readToday } from './today-facts.ts';
import { todayView } from './today-view.ts';
import { capitalised, figure } from '../../figures.ts';
import { whose } from './words.ts';

const LEADING = 5;

const DONE: Readonly<Record<string, string>> = {
  pause: 'The digest is paused: nothing more goes out until you resume it.',
  resume: 'The digest goes on.',
  ask: 'The sources are being asked: count again in a few seconds to see what they brought.',
  cancel: 'The digest is cancelled.',
  resend: 'They are sent once more, with the same Message-ID.',
  close: 'They are left as they are: none of them is sent again.',
  'after-restore': 'Mail is sent again: each reader gets the next digest at their hour.',
};

/** All of an edition, how its mail looks, and where it stands on the site. */
const editionLinks = ({ date, entries }: Edition) => [
  { label: `All ${figure(entries.length)}`, href: `/admin/editions/${date}?all=yes#papers` },
  { label: 'As mail', href: `/admin/editions/${date}?as=phone#preview` },
  { label: 'As text', href: `/admin/editions/${date}?as=text#preview` },
  { label: 'On the site', href: editionPath(date) },
];

interface DigestRoute {
  Params: { date: string };
}

/** What went out today, what follows, and what needs the operator. */
export async function todayPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools, standings, config } = deps;
  const stream = createStreams(app);
  const factsOf = readToday(deps);

  async function html(request: FastifyRequest, said: string | null): Promise<string> {
    const [{ facts, edition }, next] = await Promise.all([factsOf(), standings.nextDate()]);
    const view = todayView(facts, clock);
    return renderDesk('today', {
      ...meta(request),
      title: 'Today',
      here: 'today',
      stream: '/admin/live',
      mend: toMend(facts.needs),
      at: { iso: facts.now.toISOString(), text: clock.moment(facts.now) },
      said,
      today: view,
      next: nextOf(next, facts.now),
      edition: edition && {
        heading: capitalised(whose(edition.date, facts.now, 'edition', clock)),
        aside: `${figure(edition.entries.length)} papers, frozen at ${clock.time(edition.frozenAt)}`,
        papers: edition.entries.slice(0, LEADING).map((entry) => ({
          rank: entry.rank,
          title: entry.paper.title,
          href: paperPath(entry.paper.id),
        })),
        links: editionLinks(edition),
      },
    });
  }

  /** The edition to come, and when it freezes; `null`: its hour is over, and the headline says so. */
  function nextOf(date: string, at: Date): { label: string; href: string; says: string } | null {
    const due = freezesAt(date, config.editionHour);
    if (due <= at) return null;
    const label = capitalised(whose(date, at, 'edition', clock));
    return { label, href: `/admin/editions/${date}`, says: `freezes at ${clock.time(due)}.` };
  }

  // The first count reads a whole digest, so it is begun with the server. When it fails, the first
  // look counts again and says why.
  app.addHook('onListen', (done) => {
    factsOf().catch(() => undefined);
    done();
  });

  app.get('/', async (request, reply) => {
    const done = (request.query as { done?: unknown }).done;
    return page(reply).send(await html(request, saidOf(DONE, done)));
  });

  app.get('/live', (request, reply) =>
    stream(
      request,
      reply,
      () => html(request, null),
      () => deps.isIn(request),
    ),
  );

  const act = (name: 'pause' | 'resume' | 'cancel', work: (date: string) => Promise<void>): void => {
    app.post<DigestRoute>(`/digests/:date/${name}`, async (request, reply) => {
      const { date } = request.params;
      if (!isDay(date))
        throw new AppError('INPUT_INVALID', 'The date of a digest is written YYYY-MM-DD: go back to Today.');
      if (name === 'cancel')
        requireTick(fieldsOf(request.body), 'Tick that you want it cancelled for good, and press the button again.');
      await work(date);
      await recordDeed(db, AT_THE_DESK, { at: now(), did: `digest.${name}`, about: date });
      return reply.redirect(`/admin?done=${name}`, 303);
    });
  };
  act('pause', (date) => pauseDigest({ db, now }, date));
  act('resume', (date) => resumeDigest({ db, now, enqueueBatch: tools.enqueueBatch }, date));
  act('cancel', (date) => cancelDigest({ db, now }, date));
}
