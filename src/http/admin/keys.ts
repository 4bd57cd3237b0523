import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseKeyName, parseScopes } from '../../api-key.ts';
import { issueKey, listKeys, withdrawKey } from '../../db/api-keys.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, listField, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { isSure } from './fields.ts';
import { type KeysFacts, keysView } from './keys-view.ts';

type Shown = Partial<Pick<KeysFacts, 'made' | 'said' | 'problem' | 'typed'>>;

/** Makes and ends the keys of the admin API. */
export async function keysDesk(app: FastifyInstance, { db, now, clock, renderDesk, meta }: DeskDeps): Promise<void> {
  async function show(request: FastifyRequest, reply: FastifyReply, shown: Shown = {}): Promise<FastifyReply> {
    const { made = null, said = null, problem = null, typed = { name: '', scopes: [] } } = shown;
    const view = keysView({ keys: await listKeys(db), made, said, problem, typed }, clock);
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('keys', { ...meta(request), title: 'Keys', ...view }),
    );
  }

  app.get('/keys', (request, reply) => {
    const { done } = request.query as { done?: unknown };
    return show(request, reply, { said: done === 'revoke' ? 'The key is revoked: it opens nothing any more.' : null });
  });

  // The answer holds the key, which no address to be led to may.
  app.post('/keys', async (request, reply) => {
    const fields = fieldsOf(request.body);
    const typed = { name: textField(fields, 'name') ?? '', scopes: listField(fields, 'scope') };
    try {
      const name = parseKeyName(typed.name);
      const key = await issueKey(db, AT_THE_DESK, { name, scopes: parseScopes(typed.scopes), now: now() });
      return await show(request, reply, { made: { name, key } });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return show(request, reply, { problem: error.message, typed });
    }
  });

  app.post('/keys/revoke', async (request, reply) => {
    const fields = fieldsOf(request.body);
    if (!isSure(fields))
      return show(request, reply, { problem: 'Tick that you want it revoked for good, and press the button again.' });
    await withdrawKey(db, AT_THE_DESK, textField(fields, 'name') ?? '', now());
    return reply.redirect('/admin/keys?done=revoke', 303);
  });
}
