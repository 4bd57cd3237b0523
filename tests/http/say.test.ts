import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createComposer } from '../../src/delivery/compose.ts';
import { sendNotice } from '../../src/delivery/notify.ts';
import { askAddressChange } from '../../src/db/address-changes.ts';
import { openDigest } from '../../src/db/digests.ts';
import { findSubscriber } from '../../src/db/subscribers.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createLogger } from '../../src/telemetry.ts';
import { addReaders, manyReaders, recordingTransport } from '../support/ledger.ts';
import { type Letter, readLetter } from '../support/letter.ts';
import { until } from '../support/until.ts';
import { NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';
import { KEYRING } from '../support/keys.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { empty } from '../support/database.ts';

const SENDER = {
  look: DEFAULT_LOOK,
  publicUrl: 'http://paperboy.test',
  from: { name: 'Paperboy', address: 'paperboy@paperboy.test' },
  domain: 'paperboy.test',
  postalAddress: null,
  bounceDomain: null,
};
/** The whole promise is of a thousand mails; some minutes. */
const MAILS = Number(process.env['CRAWLED_MAILS'] ?? 12);

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(() =>
  empty(
    site.db,
    'subscriber',
    'delivery',
    'batch',
    'selection',
    'say',
    'taste',
    'address_change',
    'suppression',
    'spent_notice',
    'digest',
  ),
);

/** Until so many statements wait for a row that another one holds. */
const waiting = (count: number) =>
  until('statements that wait', async () => {
    const [found] = await query(`
      select count(*)::int as count
      from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    return found.count >= count;
  });

const query = async (text: string) => (await site.db.$client.query(text)).rows;
const get = (url: string) => site.app.inject(url);
const post = (url: string, fields?: Record<string, string>) =>
  site.app.inject({
    method: 'POST',
    url,
    ...(fields && {
      payload: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  });

/** Sends today's digest to readers, as the ledger would keep it. */
async function mailTo(ids: readonly number[]): Promise<Letter[]> {
  const composer = createComposer({ db: site.db, keyring: site.keyring, sender: SENDER, topics: topicsInForce() });
  await openDigest(site.db, TODAY, NOW);
  await query(`
    insert into batch (digest_date, kind, state, created_at, due_at) values ('${TODAY}', 'digest', 'done', now(), now())`);
  return Promise.all(
    ids.map(async (subscriberId) => {
      const email = `reader${subscriberId}@example.org`;
      const reader = { subscriberId, email, topics: ['all'], since: '2026-05-28', frozenAt: NOW, wantsFresh: true };
      const to = { ...reader, length: 10, taste: '', had: '' };
      const held = await composer.hold(TODAY, to);
      await query(`
        insert into delivery (digest_date, kind, subscriber_id, batch_id, since, selection_id, state, frozen_at, updated_at)
        select '${TODAY}', 'digest', ${subscriberId}, max(id), '2026-05-28', ${held!.selectionId}, 'accepted', '${NOW.toISOString()}', now()
        from batch`);
      return readLetter(Buffer.concat((await composer.compose(TODAY, to, held))!.message), email);
    }),
  );
}

const linksIn = ({ html, text }: Letter): string[] => [
  ...new Set(
    [...`${html.replaceAll('&amp;', '&')} ${text}`.matchAll(/http:\/\/paperboy\.test([^"\s<>]*)/g)].map(
      (m) => m[1] || '/',
    ),
  ),
];

/** What every table holds. */
async function everything(): Promise<unknown> {
  const tables = await query(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  return Promise.all(
    tables.map(async ({ name }) => [
      name,
      ...(await query(`select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from "${name}" t`)),
    ]),
  );
}

async function reader(): Promise<{ id: number; say: (number: number, word: string) => string; preferences: string }> {
  const [id] = await addReaders(site.db, [{ email: 'reader@example.org' }]);
  const [letter] = await mailTo([id!]);
  const say = linksIn(letter!)
    .find((link) => link.endsWith('/1/more'))!
    .replace('/1/more', '');
  const preferences = linksIn(letter!).find((link) => link.startsWith('/preferences/'))!;
  return { id: id!, say: (number, word) => `${say}/${number}/${word}`, preferences };
}

test('a crawler that follows every link of many mails, and every link behind those of a reader, changes nothing', async () => {
  const ids = await addReaders(site.db, manyReaders(MAILS));
  const letters = await mailTo(ids);
  const before = await everything();
  for (const letter of letters) {
    const own = linksIn(letter).filter((link) => /^\/(?:say|unsubscribe|preferences)\//.test(link));
    expect(own.filter((link) => link.startsWith('/say/'))).toHaveLength(10);
    const behind = own
      .filter((link) => link.startsWith('/preferences/'))
      .flatMap((at) => [`${at}/data.json`, `${at}/erase`]);
    for (const url of [...(letter === letters[0] ? linksIn(letter) : own), ...behind])
      for (const method of ['GET', 'HEAD'] as const)
        expect([url, (await site.app.inject({ method, url })).statusCode]).toEqual([url, 200]);
  }
  expect(await everything()).toEqual(before);
}, 600_000);

describe('a say', () => {
  test('is asked on a page with the paper and a button, and kept when it is pressed', async () => {
    const { say } = await reader();
    const asked = await get(say(1, 'more'));
    expect(asked.body).toContain('A study of things, number 1 of 2026-05-29');
    expect(asked.body).toMatch(/<form method="post">[^]*More like this/);
    expect(asked.headers['cache-control']).toBe('no-store');
    expect(await query('select * from say')).toEqual([]);
    const done = await post(say(1, 'more'));
    expect(done.body).toContain('Take it back');
    expect(done.body).toContain('The Preferences link in your mail shows what came of it.');
    expect(done.body).not.toContain('/preferences/');
    expect(await query('select paper_id, liked from say')).toEqual([
      { paper_id: samplePaper(1, TODAY).id, liked: true },
    ]);
    await post(say(1, 'less'));
    expect(await query('select liked from say')).toEqual([{ liked: false }]);
    await post(say(1, 'undo'));
    expect(await query('select * from say')).toEqual([]);
    expect((await query('select taste_at from subscriber'))[0].taste_at).toBeNull();
  });

  test.each(['/0/more', '/99/more', '/1/most', '/x/more', '/1', ''])(
    'of what is no paper of the mail is none: %s',
    async (tail) => {
      const { say } = await reader();
      const link = say(1, 'more').replace('/1/more', tail);
      for (const answer of [await get(link), await post(link)]) {
        expect(answer.statusCode).toBe(404);
        expect(answer.body).toBe((await get('/say/nonsense')).body);
      }
      expect(await query('select * from say')).toEqual([]);
    },
  );

  test('comes to lines on the page of preferences, which can be set, and forgotten', async () => {
    const { say, preferences } = await reader();
    await post(say(1, 'more'));
    expect((await get(preferences)).body).toContain('what you said of one paper');
    await query(`insert into taste select id, 'word:things', 'things', 0.5 from subscriber`);
    const shown = (await get(preferences)).body;
    expect(shown).toContain('As I said: +0.50');
    await post(`${preferences}/taste`, { 'weight:word:things': '-2', 'weight:word:else': '1' });
    expect(await query('select trait, weight from taste where is_own')).toEqual([{ trait: 'word:things', weight: -2 }]);
    expect((await query('select taste_at from subscriber'))[0].taste_at).not.toBeNull();
    await post(say(3, 'more'));
    expect(await query('select trait, weight from taste where is_own')).toEqual([{ trait: 'word:things', weight: -2 }]);
    await post(`${preferences}/taste/forget`);
    expect(await query('select 1 from taste union all select 1 from say')).toEqual([]);
  });
});

describe('preferences', () => {
  test('hold length, day of the week and a pause, and say in words what comes; the address is masked', async () => {
    const { preferences } = await reader();
    const fields = {
      frequency: 'weekly',
      weeklyOn: '3',
      length: '5',
      sendHour: '7',
      timezone: 'new york',
      fresh: 'no',
    };
    const saved = await post(preferences, fields);
    expect(saved.body).toContain('on Wednesdays at 07:00 New York time, up to 5 papers');
    expect(saved.body).toContain('r•••@example.org');
    expect(saved.body).not.toContain('reader@example.org');
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({
      weeklyOn: 3,
      length: 5,
      timezone: 'America/New_York',
      nextDueAt: new Date('2026-06-03T11:00:00Z'),
    });
    const paused = await post(preferences, { ...fields, pauseUntil: '2026-08-01' });
    expect(paused.body).toContain('Your digests rest until Saturday 1 August.');
    expect(paused.body).toContain('due on Wednesday 5 August at 07:00');
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ nextDueAt: null });
    const long = await post(preferences, { ...fields, pauseUntil: '2027-05-29' });
    expect(long.body).toMatch(/rest until Saturday,? 29 May 2027\./);
    expect(long.body).toMatch(/due on Wednesday,? 2 June 2027 at 07:00/);
    await post(preferences, { ...fields, pauseUntil: '' });
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ pausedUntil: null });
  });

  test('bring no second digest on a day: who had today’s gets the next tomorrow, whatever the hour', async () => {
    const { preferences } = await reader();
    await post(preferences, { frequency: 'daily', sendHour: '18', timezone: 'UTC' });
    const { nextDueAt } = (await findSubscriber(site.db, 'reader@example.org'))!;
    expect(nextDueAt?.toISOString()).toBe('2026-05-30T18:00:00.000Z');
  });

  test('leave a digest that is owed as it is, unless they pause', async () => {
    const [id] = await addReaders(site.db, [{ email: 'reader@example.org', nextDueAt: NOW }]);
    const preferences = `/preferences/${site.keyring.sign('preferences', { subscriberId: id!, issuedAt: NOW })}`;
    const fields = { frequency: 'daily', sendHour: '18', timezone: 'UTC' };
    await post(preferences, fields);
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ sendHour: 18, nextDueAt: NOW });
    await post(preferences, { ...fields, pauseUntil: '2026-08-01' });
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ nextDueAt: null });
  });

  test.each(['a say', 'a change of address'])('keep nothing of a reader whose erasing %s meets', async (what) => {
    const { id, say, preferences } = await reader();
    const client = await site.db.$client.connect();
    await client.query('begin');
    // Holds the reader, so that both wait, and the erasing comes last.
    await client.query(`select from subscriber where id = ${id} for update`);
    const meeting = Promise.resolve(
      what === 'a say' ? post(say(1, 'more')) : post(`${preferences}/address`, { email: 'new@example.org' }),
    );
    await waiting(1);
    const erasing = Promise.resolve(post(`${preferences}/erase`));
    await waiting(2);
    await client.query('commit');
    client.release();
    await meeting; // its page may find the reader erased already
    expect((await erasing).statusCode).toBe(200);
    expect(await query('select subscriber_id from say union all select subscriber_id from address_change')).toEqual([]);
  });

  test('give a reader all that is kept of them, and erase it', async () => {
    const { id, say, preferences } = await reader();
    await post(say(1, 'more'));
    const data = JSON.parse((await get(`${preferences}/data.json`)).body);
    expect(data).toMatchObject({ subscription: { email: 'reader@example.org' }, say: [{ liked: true }] });
    expect(data.deliveries[0].papers).toHaveLength(5);
    expect((await post(`${preferences}/erase`)).body).toContain('You are erased');
    expect(await query('select 1 from taste union all select 1 from say')).toEqual([]);
    expect(await query('select status, next_due_at from subscriber')).toEqual([
      { status: 'erased', next_due_at: null },
    ]);
    for (const url of [preferences, `${preferences}/data.json`, say(1, 'more')])
      expect((await get(url)).statusCode).toBe(404);
    expect(JSON.stringify(await query(`select * from subscriber where id = ${id}`))).not.toContain('example.org');
  });
});

describe('a change of address', () => {
  const mailOwed = async (id: number, answer?: () => SendResult) => {
    const transport = recordingTransport(answer);
    const now = () => NOW;
    await sendNotice(
      {
        db: site.db,
        keyring: site.keyring,
        sender: SENDER,
        transport,
        editionHour: 4,
        now,
        log: createLogger('silent'),
      },
      id,
    );
    return Promise.all(transport.sent.map(({ to, bytes }) => readLetter(bytes, to)));
  };
  const linkTo = (letter: Letter, page: string) => linksIn(letter).find((link) => link.startsWith(`/${page}/`))!;

  const asked = async () => {
    const { id, preferences } = await reader();
    expect((await post(`${preferences}/address`, { email: 'new@example.org' })).body).toContain('Asked.');
    const [old, fresh] = await mailOwed(id);
    return { id, old: old!, fresh: fresh!, stay: linkTo(old!, 'stay'), move: linkTo(fresh!, 'move') };
  };

  test('is told to both, and no look at a link of theirs changes a thing', async () => {
    const { id, old, fresh, stay, move } = await asked();
    expect([old.to, fresh.to]).toEqual(['reader@example.org', 'new@example.org']);
    expect(old.text).not.toContain('new@example.org');
    const before = await everything();
    for (const url of [move, stay, `${stay}/agree`]) expect((await get(url)).statusCode).toBe(200);
    const { body } = await get(stay);
    expect(body).toContain('Agree to the change');
    expect(body).toContain('Stop the change');
    expect(await everything()).toEqual(before);
    expect(await mailOwed(id)).toEqual([]);
  });

  test.each([
    ['the new one last', ['agree', 'move'], 'The new address must be confirmed too'],
    ['the old one last', ['move', 'agree'], 'The old address must agree too'],
  ])('is made when both mailboxes said yes, %s', async (_order, [first, second], open) => {
    const { id, stay, move } = await asked();
    const links: Record<string, string> = { agree: `${stay}/agree`, move };
    for (let presses = 0; presses < 2; presses++) expect((await post(links[first!]!)).body).toContain(open);
    expect(await findSubscriber(site.db, 'new@example.org')).toBeNull();
    expect((await post(links[second!]!)).body).toContain('Your digests have moved');
    expect(await findSubscriber(site.db, 'new@example.org')).toMatchObject({ id, status: 'active' });
    for (const url of [stay, `${stay}/agree`, move]) expect((await post(url)).statusCode).toBe(404);
  });

  test('mails no second digest to a mailbox that had one today by the subscription that gives way', async () => {
    await reader(); // had today’s
    const [moving] = await addReaders(site.db, [{ email: 'moving@example.org', nextDueAt: NOW }]);
    await askAddressChange(site.db, { subscriberId: moving!, email: 'reader@example.org', askedAt: NOW }, 0);
    const claims = { subscriberId: moving!, issuedAt: NOW };
    await post(`/stay/${site.keyring.sign('stay', claims)}/agree`);
    await post(`/move/${site.keyring.sign('move', claims)}`);
    const { id, nextDueAt } = (await findSubscriber(site.db, 'reader@example.org'))!;
    expect([id, nextDueAt]).toEqual([moving, new Date('2026-05-30T08:00:00Z')]);
  });

  test('is made once of two towards each other’s address, and neither waits for ever', async () => {
    const ids = await addReaders(site.db, [{ email: 'one@example.org' }, { email: 'two@example.org' }]);
    const links: string[] = [];
    for (const [i, email] of ['two@example.org', 'one@example.org'].entries()) {
      const claims = { subscriberId: ids[i]!, issuedAt: NOW };
      await askAddressChange(site.db, { subscriberId: ids[i]!, email, askedAt: NOW }, 0);
      await post(`/stay/${site.keyring.sign('stay', claims)}/agree`);
      links.push(`/move/${site.keyring.sign('move', claims)}`);
    }
    const answers = await Promise.all(links.map((link) => post(link)));
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 404]);
    expect(await query(`select status from subscriber order by status`)).toEqual([
      { status: 'active' },
      { status: 'erased' },
    ]);
  });

  test('asked for anew has to be agreed to anew', async () => {
    const { id, stay, move } = await asked();
    await post(`${stay}/agree`);
    await post(move.replace('/move/', '/stay/')); // a link of one mailbox is none of the other
    const issuedAt = new Date(NOW.getTime() + 3_600_000);
    await askAddressChange(site.db, { subscriberId: id, email: 'third@example.org', askedAt: issuedAt }, 0);
    expect(await query('select agreed_at, confirmed_at from address_change')).toEqual([
      { agreed_at: null, confirmed_at: null },
    ]);
    expect((await post(move)).statusCode).toBe(404);
  });

  test.each([
    ['rejected', '550 5.1.1 no such user'],
    ['put off', '451 4.3.0 later'],
  ])('is not told to the new mailbox while the mail to the old one is %s', async (_what, line) => {
    const { id, preferences } = await reader();
    await post(`${preferences}/address`, { email: 'new@example.org' });
    const sent = await mailOwed(id, () => ({ kind: 'reply', code: Number(line.slice(0, 3)), text: line.slice(4) }));
    expect(sent.map(({ to }) => to)).toEqual(['reader@example.org']);
    const later = (await mailOwed(id)).map(({ to }) => to);
    expect(later).toEqual(line.startsWith('4') ? ['reader@example.org', 'new@example.org'] : []);
  });

  test('is stopped by the link that the old one got', async () => {
    const { id, preferences } = await reader();
    await post(`${preferences}/address`, { email: 'new@example.org' });
    const [old, fresh] = await mailOwed(id);
    expect((await post(linkTo(old!, 'stay'))).statusCode).toBe(200);
    expect((await post(linkTo(fresh!, 'move'))).statusCode).toBe(404);
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ id });
  });

  test('does not tell whether the address is known or barred, and mails nothing to a barred one', async () => {
    await site.db.$client.query(`insert into suppression values ($1, 'complained', now())`, [
      KEYRING.hashesOf('barred@example.org')[0]!,
    ]);
    await addReaders(site.db, [{ email: 'known@example.org' }]);
    const { id, preferences } = await reader();
    const answers: string[] = [];
    for (const email of ['known@example.org', 'barred@example.org', 'unknown@example.org']) {
      await query('truncate address_change');
      answers.push((await post(`${preferences}/address`, { email })).body);
      if (email.startsWith('barred')) expect((await mailOwed(id)).map(({ to }) => to)).toEqual(['reader@example.org']);
    }
    expect(new Set(answers).size).toBe(1);
    expect((await post(`${preferences}/address`, { email: 'other@example.org' })).statusCode).toBe(422); // too soon
  });
});

describe('who has unsubscribed', () => {
  const leave = async () => {
    const { id } = await reader();
    const { body } = await post(
      `/unsubscribe/${site.keyring.sign('unsubscribe', { subscriberId: id, issuedAt: NOW })}`,
    );
    return [...body.matchAll(/formaction="([^"]+)"/g)].map((match) => match[1]!);
  };

  test.each([
    ['weekly', { frequency: 'weekly', nextDueAt: new Date('2026-06-01T08:00:00Z') }],
    ['fewer', { length: 5, nextDueAt: new Date('2026-05-30T08:00:00Z') }],
    ['pause', { pausedUntil: new Date('2026-06-26T00:00:00Z'), nextDueAt: null }],
  ])('is offered %s, which one press takes', async (offer, expected) => {
    const action = (await leave()).find((address) => address.endsWith(`/${offer}`))!;
    expect((await get(action)).statusCode).toBe(200);
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ status: 'unsubscribed' });
    expect((await post(action)).body).toContain('You are subscribed again');
    expect(await findSubscriber(site.db, 'reader@example.org')).toMatchObject({ status: 'active', ...expected });
  });

  test('is asked one question, and the answer is one of our words', async () => {
    const action = (await leave()).find((address) => address.endsWith('/why/too-many'))!;
    expect((await get(action)).statusCode).toBe(200);
    expect(await query('select left_because from subscriber')).toEqual([{ left_because: null }]);
    expect((await post(action)).statusCode).toBe(200);
    expect(await query('select left_because from subscriber')).toEqual([{ left_because: 'too-many' }]);
    expect((await post(action.replace('too-many', 'a-word-of-theirs'))).statusCode).toBe(404);
  });
});
