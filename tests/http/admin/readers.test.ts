import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keepFeedback } from '../../../src/db/feedback.ts';
import { readTrail } from '../../../src/db/trail.ts';
import { findSubscriber, getSubscriber } from '../../../src/db/subscribers.ts';
import { findSuppression, suppress } from '../../../src/db/suppressions.ts';
import { freezeDigest } from '../../../src/delivery/plan.ts';
import { HOUR, MINUTE } from '../../../src/duration.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { createComposer } from '../../../src/delivery/compose.ts';
import { topicsInForce } from '../../../src/papers/topics.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { addReaders, manyReaders } from '../../support/ledger.ts';
import { paperboy } from '../../support/commands.ts';
import { readLetter } from '../../support/letter.ts';
import { NOW, SENDER, testSite, type TestSite, TODAY } from '../../support/site.ts';
import { empty } from '../../support/database.ts';

const TOKEN = 'the token of the desk';
const MARIA = 'maria.curie@example.org';

describe('the desk of the readers', () => {
  let site: TestSite;
  let app: FastifyInstance;
  let desk: AtTheDesk;
  let now = NOW;
  const notices: number[] = [];
  const enqueued: number[] = [];
  beforeAll(async () => {
    site = await testSite({
      adminToken: TOKEN,
      now: () => now,
      enqueueNotice: (id) => void notices.push(id),
      enqueueBatch: async (id) => void enqueued.push(id),
    });
    app = site.app;
    desk = await atTheDesk(app, TOKEN);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    now = NOW;
    notices.length = 0;
    enqueued.length = 0;
    await empty(site.db, 'subscriber', 'suppression', 'delivery', 'batch', 'feedback', 'trail', 'digest');
  });

  const plan = () => ({ db: site.db, log: createLogger('silent'), now: () => now, enqueueBatch: async () => {} });
  const maria = async (more = {}): Promise<number> => (await addReaders(site.db, [{ email: MARIA, ...more }]))[0]!;
  const shown = async (id: number, query = ''): Promise<string> => (await desk.get(`/readers/${id}${query}`)).body;
  const found = async (q: string, more = {}) => desk.post('/readers/find', { q, ...more });
  const deeds = async (about: string): Promise<string[]> =>
    (await readTrail(site.db, { about, limit: 20 })).map(({ did }) => did);

  test('counts them by state, and lists them page by page, by state', async () => {
    await addReaders(site.db, [
      ...manyReaders(60),
      ...manyReaders(3, { status: 'unsubscribed' }).map((one, i) => ({ ...one, email: `gone${i}@example.org` })),
    ]);
    const first = (await desk.get('/readers')).body;
    expect(first).toMatch(/<h1>\d+ readers get the digest\.<\/h1>|There is no reader yet/);
    expect(first.match(/<tr><th scope="row"/g)).toHaveLength(50);
    const older = /href="(\/admin\/readers\?before=\d+)#list">Older/.exec(first)![1]!.replace('/admin', '');
    expect((await desk.get(older)).body.match(/<tr><th scope="row"/g)).toHaveLength(13);
    const left = (await desk.get('/readers?state=unsubscribed')).body;
    expect(left.match(/<tr><th scope="row"/g)).toHaveLength(3);
  });

  test('tells no address until it is shown, and showing one is written down', async () => {
    const id = await maria();
    expect((await desk.get('/readers')).body).not.toContain('maria');
    expect(await shown(id)).not.toContain('maria');
    expect(await shown(id)).toContain('m•••@example.org');
    const open = await desk.post(`/readers/${id}/show`);
    expect(open.body).toContain(MARIA);
    expect(await deeds(String(id))).toEqual(['reader.show']);
    expect((await desk.get('/trail')).body).not.toContain('maria');
  });

  test.each(['maria.curie@example.org', ' Maria Curie <Maria.Curie@EXAMPLE.org> ', 'mailto:maria.curie@example.org'])(
    'finds one by the whole address, and tells it to who typed it: %j',
    async (typed) => {
      const id = await maria();
      const answer = await found(typed);
      expect(answer.body).toContain(`No. ${id}`);
      expect(answer.body).toContain(MARIA);
    },
  );

  test('finds one by number, and some by a part of the address or its domain, still masked', async () => {
    const id = await maria();
    await addReaders(site.db, manyReaders(5));
    expect((await found(`No. ${id}`)).body).toContain(`Reader ${id}`);
    for (const part of ['curie', 'CURIE', 'maria.', 'ria.cu']) {
      const { body } = await found(part);
      expect(body.match(/<tr><th scope="row"/g)).toHaveLength(1);
      expect(body).toContain(`/admin/readers/${id}"`);
      expect(body).not.toContain(MARIA);
    }
    expect((await found('@example.org')).body.match(/<tr><th scope="row"/g)).toHaveLength(6);
    expect((await found('%')).statusCode).toBe(422);
    expect((await found('999999')).body).toContain('There is no reader of that number');
  });

  test('answers of an address under which no subscription stands, and can send it a confirmation', async () => {
    const { body, statusCode } = await found('stranger@example.org');
    expect(statusCode).toBe(200);
    expect(body).toContain('No subscription stands under this address.');
    const sent = await desk.post('/readers/add', { email: 'stranger@example.org', how: 'ask' });
    expect(sent.statusCode).toBe(303);
    const row = (await findSubscriber(site.db, 'stranger@example.org'))!;
    expect(row.status).toBe('pending');
    expect(notices).toEqual([row.id]);
  });

  test('adds one who has agreed at once, with where that stands, and none who is suppressed or has left', async () => {
    const add = (email: string, consent: string) => desk.post('/readers/add', { email, consent, how: 'confirmed' });
    expect((await add('new@example.org', '')).body).toContain('Say where their consent stands');
    const added = await add('new@example.org', 'the list of our stand, of new@example.org');
    const row = (await findSubscriber(site.db, 'new@example.org'))!;
    expect(added.headers.location).toBe(`/admin/readers/${row.id}?done=add`);
    expect(row).toMatchObject({ status: 'active' });
    expect(row.nextDueAt).not.toBeNull();
    const [deed] = await readTrail(site.db, { about: String(row.id), limit: 1 });
    expect(deed!.words).toBe('the list of our stand, of <address>');
    await suppress(site.db, site.keyring.hashesOf('barred@example.org')[0]!, 'bounced', now);
    expect((await add('barred@example.org', 'x')).body).toContain('The address is suppressed here');
    await maria({ status: 'unsubscribed' });
    expect((await add(MARIA, 'x')).body).toContain('This reader left here');
  });

  test('gives out the same file as the command, and writes it down', async () => {
    await addReaders(site.db, manyReaders(3));
    const { body, headers } = await desk.post('/readers/export');
    expect(headers['content-disposition']).toContain('readers-2026-05-29.csv');
    expect(await deeds('all readers')).toEqual(['readers.export']);
    expect(body.trimEnd()).toBe((await paperboy(site.database, 'subscribers', 'export')).join('\n'));
    expect(await deeds('all readers')).toEqual(['readers.export', 'readers.export']);
  });

  test('lifts a suppression, and the reader gets digests again', async () => {
    const id = await maria({ status: 'bounced' });
    await suppress(site.db, site.keyring.hashesOf(MARIA)[0]!, 'bounced', now);
    const before = await shown(id);
    expect(before).toContain('their provider says that the address does not exist.');
    expect(before).toContain('Lift the suppression');
    expect((await desk.post(`/readers/${id}/lift`)).headers.location).toBe(`/admin/readers/${id}?done=back`);
    expect((await getSubscriber(site.db, id))!.status).toBe('active');
    expect(await deeds(String(id))).toEqual(['reader.lift']);
    expect((await desk.post(`/readers/${id}/lift`)).statusCode).toBe(422);
  });

  test('of one who complained only their own confirmation ends it', async () => {
    const id = await maria({ status: 'complained' });
    await suppress(site.db, site.keyring.hashesOf(MARIA)[0]!, 'complained', now);
    expect(await shown(id)).toContain('Only their own confirmation brings them back.');
    await desk.post(`/readers/${id}/lift`);
    expect((await getSubscriber(site.db, id))!.status).toBe('unsubscribed');
    expect(await shown(id)).toContain('They may ask again since today');
    await desk.post(`/readers/${id}/confirm`);
    expect(notices).toEqual([id]);
    expect((await getSubscriber(site.db, id))!.status).toBe('pending');
  });

  test('lifts the suppression of an address that has no reader any more', async () => {
    await suppress(site.db, site.keyring.hashesOf('erased@example.org')[0]!, 'manual', now);
    const { body } = await found('erased@example.org');
    expect(body).toContain('and it is suppressed.');
    await desk.post('/readers/lift', { email: 'erased@example.org' });
    expect(await findSuppression(site.db, site.keyring.hashesOf('erased@example.org'))).toBeNull();
    expect(await deeds('an address without a subscription')).toEqual(['reader.lift']);
  });

  test('sends the confirmation again, not twice within ten minutes, and changes no choice by it', async () => {
    await app.inject({
      method: 'POST',
      url: '/api/v1/subscriptions',
      payload: { email: MARIA, topics: ['robotics'], frequency: 'weekly' },
    });
    const { id } = (await findSubscriber(site.db, MARIA))!;
    const again = await desk.post(`/readers/${id}/confirm`);
    expect([again.statusCode, again.body]).toEqual([422, expect.stringContaining('No confirmation was sent')]);
    now = new Date(NOW.getTime() + 11 * MINUTE);
    expect((await desk.post(`/readers/${id}/confirm`)).statusCode).toBe(303);
    expect(notices).toEqual([id, id]);
    expect(await getSubscriber(site.db, id)).toMatchObject({ topics: ['robotics'], frequency: 'weekly' });
  });

  test('sends the newest digest to one reader alone, once', async () => {
    const id = await maria({ nextDueAt: new Date(NOW.getTime() + HOUR) });
    await addReaders(site.db, manyReaders(3));
    expect(await shown(id)).toContain('Send the newest digest now');
    expect((await desk.post(`/readers/${id}/send`)).statusCode).toBe(303);
    const { rows } = await site.db.$client.query(
      'select subscriber_id::int as id, digest_date::text as date from delivery',
    );
    expect(rows).toEqual([{ id, date: TODAY }]);
    expect(enqueued).toHaveLength(1);
    expect((await desk.post(`/readers/${id}/send`)).body).toContain('Nothing was sent');
    expect(await shown(id)).toContain('Today’s digest is on its way to them.');
  });

  test('unsubscribes and erases only with the box ticked, each written down', async () => {
    const id = await maria();
    for (const what of ['unsubscribe', 'erase'])
      expect((await desk.post(`/readers/${id}/${what}`)).statusCode).toBe(422);
    expect((await getSubscriber(site.db, id))!.status).toBe('active');
    await desk.post(`/readers/${id}/unsubscribe`, { sure: 'yes' });
    expect((await getSubscriber(site.db, id))!.status).toBe('unsubscribed');
    await desk.post(`/readers/${id}/erase`, { sure: 'yes' });
    expect(await shown(id)).toContain('This reader was erased today.');
    expect(await deeds(String(id))).toEqual(['reader.erase', 'reader.unsubscribe']);
  });

  test('shows what the relay said, what came back, and the message as it was sent', async () => {
    const id = await maria();
    await freezeDigest(plan(), { date: TODAY });
    const composer = createComposer({
      db: site.db,
      keyring: site.keyring,
      sender: SENDER,
      topics: topicsInForce(),
    });
    const { rows } = await site.db.$client.query('select frozen_at, since::text from delivery');
    const to = {
      subscriberId: id,
      email: MARIA,
      topics: ['all'],
      since: rows[0].since,
      frozenAt: rows[0].frozen_at,
      wantsFresh: true,
      length: 10,
      taste: '',
      had: '',
    };
    const sent = Buffer.concat((await composer.compose(TODAY, to))!.message);
    const { selectionId } = (await composer.hold(TODAY, to))!;
    await site.db.$client.query(
      `update delivery set state = 'accepted', attempts = 1, last_reply = '250 2.0.0 Ok: queued as 4bXq', selection_id = $1, updated_at = $2`,
      [selectionId, now],
    );
    await keepFeedback(site.db, [
      {
        key: 'x',
        subscriberId: id,
        digestDate: TODAY,
        kind: 'soft',
        permanent: true,
        reason: 'mailbox-full',
        via: 'inbound',
        words: '552 5.2.2 mailbox full',
        heardAt: new Date(now.getTime() + MINUTE),
      },
    ]);
    const body = await shown(id);
    expect(body).toContain('Today’s digest came back today at 09:31 UTC: the mailbox is full.');
    expect(body).toContain('250 2.0.0 Ok: queued as 4bXq');
    expect(body).toContain('<span>Queue id 4bXq</span>');
    expect(body).toContain('in the log of relay.paperboy.test, under its queue id.');
    expect(body).toContain('<span>Frozen at 09:30:00</span>');
    expect(body).toContain('552 5.2.2 mailbox full');
    const mail = (await desk.get(`/readers/${id}/mail/${TODAY}`)).body;
    expect(mail).toContain('Made again from the ledger');
    const frame = await desk.get(`/readers/${id}/mail/${TODAY}/part?as=wide`);
    expect(frame.headers['content-security-policy']).toContain('sandbox');
    expect(frame.body).toContain('A study of things');
    expect(frame.body).not.toContain('maria');
    expect(frame.body).toContain('/unsubscribe/preview');
    const source = await desk.post(`/readers/${id}/mail/${TODAY}/source`);
    expect(source.rawPayload.equals(sent)).toBe(true);
    expect((await readLetter(source.rawPayload, MARIA)).html).toContain('A study of things');
    expect(await deeds(String(id))).toEqual(['reader.source']);
    expect((await desk.get(`/readers/${id}/mail/2026-01-01`)).body).toContain('cannot be made again');
  });

  test('shows nothing and does nothing for who is not logged in, or without the word of the session', async () => {
    const id = await maria();
    for (const url of ['/admin/readers', `/admin/readers/${id}`, `/admin/readers/${id}/mail/${TODAY}`])
      expect((await app.inject({ url })).statusCode).toBe(303);
    for (const path of ['show', 'erase', 'lift'])
      expect((await desk.post(`/readers/${id}/${path}`, { csrf: 'x', sure: 'yes' })).statusCode).toBe(422);
    expect((await desk.post('/readers/export', { csrf: 'x' })).body).not.toContain('maria');
    expect((await getSubscriber(site.db, id))!.status).toBe('active');
  });
});
