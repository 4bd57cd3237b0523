import { createReadStream } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick } from './fields.ts';
import { createImportJobs } from './import-job.ts';
import { importView } from './import-view.ts';
import { createStreams } from './stream.ts';
import { discard, MOST_BYTES, NO_FILE, readUpload, type UploadForm } from './upload.ts';

interface ImportRoute {
  Params: { job: string };
}

/** Readers from a file: what would happen first, and then, if the operator says so, it happens. */
export async function importDesk(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta } = deps;
  const jobs = createImportJobs(deps);
  const stream = createStreams(app);
  app.addHook('onClose', () => jobs.close());

  const form = (request: Parameters<typeof meta>[0], problem: string | null): string =>
    renderDesk('import', {
      ...meta(request),
      title: 'Import readers',
      here: 'readers',
      problem,
      import: null,
      isLive: false,
    });
  const shown = (request: Parameters<typeof meta>[0], job: string, isLive = false): string => {
    const view = importView(jobs.find(job), clock);
    return renderDesk('import', {
      ...meta(request),
      title: 'Import readers',
      here: 'readers',
      ...(view.isAtWork && { stream: `${view.action}/live` }),
      problem: null,
      import: view,
      isLive: isLive && !view.isAtWork,
    });
  };

  app.get('/readers/import', async (request, reply) => page(reply).send(form(request, null)));

  // A form of its own kind: its file goes to the disk as it comes, and may be larger than any other.
  await app.register(async (upload) => {
    upload.removeContentTypeParser('multipart/form-data');
    upload.addContentTypeParser('multipart/form-data', { bodyLimit: MOST_BYTES }, readUpload);
    upload.addHook('onResponse', async ({ body }) => {
      if (isUpload(body)) await discard(body);
    });
    upload.post('/readers/import', { bodyLimit: MOST_BYTES }, async (request, reply) => {
      const sent = isUpload(request.body) ? request.body : null;
      if (!sent?.upload) return page(reply.code(422)).send(form(request, sent?.problem ?? NO_FILE));
      try {
        const job = jobs.begin(sent.upload);
        sent.upload = null;
        return await reply.redirect(`/admin/readers/import/${job.id}`, 303);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return page(reply.code(422)).send(form(request, error.message));
      }
    });
  });

  app.get<ImportRoute>('/readers/import/:job', async (request, reply) =>
    page(reply).send(shown(request, request.params.job)),
  );

  app.get<ImportRoute>('/readers/import/:job/live', (request, reply) =>
    stream(
      request,
      reply,
      async () => shown(request, request.params.job, true),
      () => deps.isIn(request),
    ),
  );

  app.post<ImportRoute>('/readers/import/:job/run', async (request, reply) => {
    requireTick(fieldsOf(request.body), 'Tick that you have their consent, and press the button again.');
    jobs.run(request.params.job);
    return reply.redirect(`/admin/readers/import/${request.params.job}`, 303);
  });

  app.post<ImportRoute>('/readers/import/:job/drop', async (request, reply) => {
    await jobs.drop(request.params.job);
    return reply.redirect('/admin/readers', 303);
  });

  /** The lines of which there is something to say, with their addresses: taking it is written down. */
  app.post<ImportRoute>('/readers/import/:job/report', async (request, reply) => {
    const { report } = jobs.find(request.params.job);
    if (report === null) throw new AppError('NOT_FOUND', 'There is no report: of no line is anything to be said.');
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'readers.report', about: 'all readers' });
    return reply
      .header('content-disposition', 'attachment; filename="import.report.csv"')
      .type('text/csv; charset=utf-8')
      .send(createReadStream(report));
  });
}

const isUpload = (body: unknown): body is UploadForm => typeof body === 'object' && body !== null && 'upload' in body;
