import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BRAND_FIELDS, faultsOfBrand } from '../../brand/brand.ts';
import { noAlertTo, TEST_NOT_SENT, testAlert } from '../../delivery/alert.ts';
import { fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick, saidOf } from './fields.ts';
import { partOf, type SettingsFacts, settingsView } from './settings-view.ts';

const DONE: Readonly<Record<string, string>> = {
  brand: 'Saved. Site and mail follow within a minute.',
  reset: 'The desk says nothing of the brand any more: what ships, files and the environment hold.',
  alert: 'The test is sent: see whether it arrives.',
};

/** Two pages of 50,000 characters, as a form writes them. */
const MOST_BYTES = 1024 * 1024;

/** What the newspaper is called and how it looks, its templates, and whom alerts go to. */
export async function settingsPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, look, renderDesk, meta, tools } = deps;
  const { brand, config } = tools;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { typed = null, problem = null }: { typed?: SettingsFacts['typed']; problem?: string | null } = {},
  ): Promise<FastifyReply> {
    const [brandFaults, templateFaults] = [brand.brandFaults(), brand.templateFaults()];
    const origins = brand.origins();
    const facts = { look: look(), origins, saved: await brand.saved(), typed, brandFaults, templateFaults, config };
    const said = saidOf(DONE, (request.query as { done?: unknown }).done);
    const view = settingsView(facts);
    const wrong = view.problem ?? problem;
    return page(wrong === null ? reply : reply.code(422)).send(
      renderDesk('settings', { ...meta(request), title: 'Settings', ...view, said, problem: wrong }),
    );
  }

  app.get('/settings', (request, reply) => show(request, reply));

  app.post('/settings/brand', { bodyLimit: MOST_BYTES }, async (request, reply) => {
    const fields = fieldsOf(request.body);
    const texts = BRAND_FIELDS.map((name) => [name, (textField(fields, name) ?? '').replaceAll('\r\n', '\n')] as const);
    const typed = Object.fromEntries(texts);
    const part = partOf(typed, brand.origins());
    if (faultsOfBrand(part).length > 0) return show(request, reply, { typed });
    await brand.save(part, AT_THE_DESK);
    return reply.redirect('/admin/settings?done=brand', 303);
  });

  app.post('/settings/brand/reset', async (request, reply) => {
    requireTick(
      fieldsOf(request.body),
      'Tick that what the desk says shall be taken back, and press the button again.',
    );
    await brand.save({}, AT_THE_DESK);
    return reply.redirect('/admin/settings?done=reset', 303);
  });

  app.post('/settings/alert', async (request, reply) => {
    if (tools.testAlert === null) throw noAlertTo();
    if (!(await testAlert({ db, now, alert: tools.testAlert }, AT_THE_DESK)))
      return show(request, reply, { problem: TEST_NOT_SENT });
    return reply.redirect('/admin/settings?done=alert#alerts', 303);
  });
}
